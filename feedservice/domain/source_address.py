"""The address of a source of content that is no folder: which there are, and how logs have it."""

import re
from contextlib import suppress
from urllib.parse import urlsplit

_HERE = ("localhost", "127.0.0.1", "::1")
_SOURCE = re.compile(
    r"(?:git\+(?:https?|ssh|file)|file)://(?!-)[^\s\0-\x1f#]+"
    r"(?:#(?:[\w][\w./-]*)?(?::[^\s\0-\x1f#:]+)?)?"
    r"|s3://[a-z0-9][a-z0-9.-]{1,62}(?:/[^\s\0-\x1f#?]*)?"
)


def is_source(value: str) -> bool:
    """Whether a text is the address of a Git repository or of a prefix in an object store."""
    with suppress(ValueError):  # a password with a slash in it ends the host amid a port
        parts = urlsplit(value)
        is_here = parts.hostname in _HERE
        # With digits before the slash, the port is one: an @ in a path behind a port is %40.
        is_cut = parts.port is not None and "@" not in parts.netloc and "@" in value
        is_one = _SOURCE.fullmatch(value) and not is_cut
        return bool(is_one and (is_here or parts.scheme != "git+http"))
    return False


def without_secret(source: str) -> str:
    """Return the address of a source without who may ask it, as logs may have it."""
    return re.sub("//[^/]*@", "//", source)
