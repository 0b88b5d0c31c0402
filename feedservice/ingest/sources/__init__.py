"""Where content comes from that is not in a folder of this machine: mirrored into one that is."""
