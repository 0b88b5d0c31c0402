"""WSGI and HTTP alone (RFC 9110, 9111). Knows nothing of feeds or Flask."""
