"""The arrow FILES → INDEX: decides what is due, reads and writes it. Knows no feeds, no HTTP."""
