"""Addresses of what is outside: sources of content, places for media. How logs have them."""

import re
from contextlib import suppress
from urllib.parse import urlsplit

from feedservice.i18n import _

_HERE = ("localhost", "127.0.0.1", "::1")
_SOURCE = re.compile(
    r"(?:git\+(?:https?|ssh|file)|file)://(?!-)[^\s\0-\x1f#]+"
    r"(?:#(?:[\w][\w./-]*)?(?::[^\s\0-\x1f#:]+)?)?"
    r"|s3://[a-z0-9][a-z0-9.-]{1,62}(?:/[^\s\0-\x1f#?]*)?"
)
SOURCES = _(
    "git+https://, git+ssh:// or file://, the address of a Git repository, and #branch or "
    "#branch:folder; or s3://bucket/prefix"
)
"""What is accepted as a source."""
PLACES = _(
    "the absolute path of a folder or s3://bucket/prefix, apart from the content, or an absolute "
    "http(s) URL without a query"
)
"""What is accepted as where media are."""


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


def is_place(value: str) -> bool:
    """Whether media can be put there: an absolute path, or a prefix in an object store."""
    is_path = value.startswith("/") and not re.search(r"[\0-\x1f]", value)
    return is_path or (is_store(value) and is_source(value))


def is_store(value: str) -> bool:
    """Whether an address is one of an object store."""
    return value.startswith("s3://")


def is_apart(one: str, other: str) -> bool:
    """Whether neither of two addresses is within the other; an empty one is nowhere."""
    ways = [[part for part in each.split("/") if part] for each in (one, other)]
    shared = min(map(len, ways))
    return not shared or ways[0][:shared] != ways[1][:shared]


def without_secret(source: str) -> str:
    """Return the address of a source without who may ask it, as logs may have it."""
    return re.sub("//[^/]*@", "//", source)
