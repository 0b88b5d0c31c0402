"""Which absolute addresses may be written into documents, headers and configurations. Pure."""

import re
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

_REFUSED = re.compile(r'[\x00-\x20\x7f-\xa0"<>\\^`{|}\ud800-\udfff\ufffe\uffff]|\s')
_HOST = re.compile(r"(?:[A-Za-z0-9._%-]|[^\x00-\x7f])+|[0-9A-Fa-f:.]+")
_LONG_AUTHORITY = re.compile(r"[^/?#]*//[^/?#]{512}")
_BASE_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[\w.~-]+)*/?")


def is_url(url: str) -> bool:
    """Whether ``url`` is an absolute http(s) address, of characters that one may have."""
    if has_long_authority(url):
        return False
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and _HOST.fullmatch(parts.hostname or "") is not None
            and parts.port != 0  # asking for a port that is none raises
            and not _REFUSED.search(url)
        )
    except ValueError:
        return False


def has_long_authority(url: str) -> bool:
    """Whether host and user have over 511 characters: a host has 253 (RFC 1035 §2.3.4).

    Python's urlsplit takes time quadratic in one that is not ASCII.
    """
    return _LONG_AUTHORITY.match(url) is not None


def is_base_url(url: str) -> bool:
    """Whether a site's addresses may begin with ``url``: ASCII, a path of words, no query."""
    if not (is_url(url) and url.isascii()) or set(url) & set("?#@"):
        return False
    return _BASE_PATH.fullmatch(unquote(urlsplit(url).path)) is not None


def is_of_this_machine(url: str) -> bool:
    """Whether ``url`` names a host that is another machine for everybody else (RFC 6761 §6.3)."""
    host = urlsplit(url).hostname if is_url(url) else None
    try:
        return host is not None and ip_address(host).is_loopback
    except ValueError:
        return f".{host}".endswith(".localhost")


def looks_like_url(text: str) -> bool:
    """Whether ``text`` means to be an http(s) address, good or bad."""
    return text.startswith(("http://", "https://"))
