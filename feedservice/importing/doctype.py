"""XML's document type is taken off before anything is parsed: no feed needs it. Pure."""

import re

_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[\w.-]++:)?(?:rss|feed|rdf)[\s>/]", re.IGNORECASE)


def without_doctype(document: bytes) -> bytes:
    """Return a feed (or its beginning) without what is from ``<!DOCTYPE`` to the root element."""
    root = _ROOT.search(document)
    doctype = _DOCTYPE.search(document, 0, root.start()) if root else None
    return document[: doctype.start()] + document[root.start() :] if root and doctype else document


def from_declaration(document: bytes) -> bytes:
    """Return a feed (or its beginning) without what a program wrote before its XML began."""
    root = _ROOT.search(document)
    if not root:
        return document
    declared = document.find(b"<?xml", 0, root.start())
    return document[declared:] if declared > 0 else document
