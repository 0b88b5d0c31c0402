"""The arrow FILES → INDEX: what is due is decided, read, and written. Knows no feeds and no
HTTP.
"""
