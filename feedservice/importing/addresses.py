"""Addresses as strangers write them: split, joined and compared without ever raising. Pure."""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urljoin, urlsplit

from feedservice.domain import urls
from feedservice.domain.absolute_urls import has_long_authority, is_url
from feedservice.domain.text import nfc

_NUMBER = "?p="
"""Of two names that WordPress has for one number."""
POST_NUMBER = re.compile(r"(?:^|&)(?:p|page_id)=([0-9]+)(?:&|$)")
"""The parameter of a query by which WordPress numbers an entry."""


def split_or_none(address: str) -> SplitResult | None:
    """Return the parts of an address; None where it is not valid (``http://[``)."""
    address = address.strip()
    if has_long_authority(address):
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port  # read only here: a bad port raises when it is asked for
    except ValueError:
        return None
    return parts


def path_of(address: str) -> str:
    """Return the path of an address, decoded and in NFC; empty where it is not valid."""
    parts = split_or_none(address)
    return nfc(unquote(parts.path)) if parts else ""


def aliases_below(base: str, aliases: Iterable[str]) -> tuple[str, ...]:
    """Return old addresses where the pages were built that led on from them.

    Args:
        base: the path of the folder that a site was in, beside whose other pages they lay.
        aliases: as the site's files name them.
    """
    folder = base.strip("/")
    root = f"/{folder}/" if folder else "/"
    return tuple(each if is_http(each) else root + each.lstrip("/") for each in aliases)


def from_root(path: str, base_url: str) -> str:
    """Return an old path as it is below base_url, where the new site lies in the same folder."""
    below = path_of(base_url).rstrip("/")
    return path.removeprefix(below) if path.startswith(f"{below}/") else path


def join(base: str, address: str) -> str:
    """Return an absolute address; empty where it is not valid."""
    address = address.strip()
    if has_long_authority(address):
        return ""
    try:
        joined = urljoin(base, address)
    except ValueError:
        return ""
    return joined if split_or_none(joined) else ""


def is_http(address: str) -> bool:
    """Whether an address is a valid http one, with a host."""
    parts = split_or_none(address)
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)


def writable(address: str) -> str:
    """Return an absolute address as our files can hold it; empty where it is none.

    >>> writable("HTTP://old.example/a b.jpg"), writable("http://old.example:0/a.jpg")
    ('http://old.example/a%20b.jpg', '')
    """
    if is_url(address):
        return address
    try:
        written = urls.uri(address) if is_http(address) else ""
    except ValueError:
        return ""
    return written if is_url(written) else ""


def without_userinfo(address: str) -> tuple[str, tuple[str, str] | None]:
    """Return an address without name and password, and the two, decoded, where it has them.

    >>> without_userinfo("https://desk:a%40b@old.example/feed")
    ('https://old.example/feed', ('desk', 'a@b'))
    """
    scheme, separator, rest = address.partition("://")
    authority = re.match(r"[^/?#\\]*", rest)
    userinfo, at, host = authority[0].rpartition("@") if authority else ("", "", "")
    if not at or not authority:
        return address, None
    name, _, password = userinfo.partition(":")
    return f"{scheme}{separator}{host}{rest[authority.end() :]}", (unquote(name), unquote(password))


def host_and_path(address: str) -> tuple[str, str]:
    """Return host and path of an address, however it is spelt; empty texts where it has none.

    >>> host_and_path("https://www.news.example/2025/%D8%A3/?x=1#top")
    ('news.example', '/2025/أ')
    """
    parts = split_or_none(address)
    if parts is None:
        return "", ""
    host = (parts.hostname or "").removeprefix("www.")
    path = re.sub(r"/index\.html?$", "", path_of(address).rstrip("/"))
    number = POST_NUMBER.search(parts.query)
    return host, f"{path}{_NUMBER}{number[1]}" if number else path


def query_of(address: str) -> str:
    """Return the parameters of an address that tell which entry is meant, as a query.

    >>> query_of("https://old.example/?p=7&lang=ar"), query_of("/news.php?sid=7&utm_source=rss")
    ('p=7', 'sid=7')
    """
    parts = split_or_none(address)
    number = POST_NUMBER.search(parts.query) if parts else None
    if parts is None or number:
        return number[0].strip("&") if number else ""
    pairs = parse_qsl(parts.query, errors="replace")
    kept = [pair for pair in pairs if not pair[0].startswith("utm_")]
    return urlencode(kept, errors="replace")  # JSON can hold halves of letters


def is_post_number(identity: str, address: str) -> bool:
    """Whether the id of an entry is an address of its own site by WordPress' number.

    >>> is_post_number("https://old.example/?p=7", "https://old.example/2024/05/daraya/")
    True
    """
    host, path = host_and_path(identity)
    is_same = not address or host_and_path(address)[0] == host
    return identity != address and is_http(identity) and has_number(path) and is_same


def number_of(path: str) -> tuple[str, str]:
    """Return the path of a blog and the number, where `host_and_path` told one; else empty texts.

    >>> number_of("/blog?p=7")
    ('/blog', '7')
    """
    blog, _mark, number = path.rpartition(_NUMBER)
    return (blog, number) if has_number(path) else ("", "")


def has_number(path: str) -> bool:
    """Return whether the path that `host_and_path` told has the number of an entry."""
    return _NUMBER in path
