"""Processes: the server, the one writer, WebSub, metrics; wiring constructs everything."""
