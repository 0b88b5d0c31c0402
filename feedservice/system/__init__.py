"""Child processes, and files written whole. Knows nothing of the project."""
