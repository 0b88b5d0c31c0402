"""The operating system's own: child processes, files written whole. Knows nothing of the project."""
