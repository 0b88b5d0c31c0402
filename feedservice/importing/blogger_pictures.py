"""Addresses of pictures that Blogger shows in many sizes → that of the whole picture. Pure."""

import re

_HOST = re.compile(
    r"https?://(?:[0-9a-z.-]+\.bp\.blogspot\.com|blogger\.googleusercontent\.com"
    r"|lh[0-9]\.(?:ggpht|googleusercontent)\.com)/",
    re.IGNORECASE,
)
_SIZE = re.compile(r"[swh][0-9]{1,4}(?:-[a-z0-9]{1,8}){0,6}")
_WHOLE = "s1600"
"""What Blogger itself links to where a reader wants to see all of it."""


def in_full(address: str) -> str:
    """Return where the whole of a picture is; an address of anything else as it is.

    >>> in_full("https://1.bp.blogspot.com/-a/b/s72-c/x.png")
    'https://1.bp.blogspot.com/-a/b/s1600/x.png'
    >>> in_full("https://lh3.googleusercontent.com/abc=w72-h72-p-k-no-nu")
    'https://lh3.googleusercontent.com/abc=s1600'
    """
    if not _HOST.match(address):
        return address
    folder, _, name = address.rpartition("/")
    parent, _, size = folder.rpartition("/")
    if _SIZE.fullmatch(size):
        return f"{parent}/{_WHOLE}/{name}"
    bare, _, size = address.rpartition("=")
    return f"{bare}={_WHOLE}" if bare and _SIZE.fullmatch(size) else address
