"""WSGI and HTTP alone (RFC 9110, 9111): conditions, codings, kept answers. Knows nothing of feeds
or Flask.
"""
