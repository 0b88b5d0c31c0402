"""The commands. Each parses, calls and prints; nothing is decided here."""
