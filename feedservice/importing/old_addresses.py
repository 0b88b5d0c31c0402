"""Every address of an old site, from its sitemap (sitemaps.org 0.9) or its feed, asked of the new.

Sitemaps of a sitemap index are followed, one after another, within bounds; so are packed ones.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from lxml import etree

from feedservice.domain.errors import ImportFailure
from feedservice.i18n import _
from feedservice.importing.addresses import is_http, split_or_none

MAX_ADDRESSES = 200_000
MAX_SITEMAPS = 1_000
MAX_ADDRESS = 2_048
"""Characters of an address (sitemaps.org: fewer than 2,048)."""
_DATE = 64
"""Characters of a date."""
MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes of one sitemap: the protocol allows 50 MB."""
_SITEMAP = re.compile(rb"<(?:[\w.-]++:)?(urlset|sitemapindex)[\s>/]")

Ask = Callable[[str, str], int]
"""Path (decoded, from the root of the site) and query → the HTTP status of the new site."""
Get = Callable[[str], bytes]
"""An http address → what it holds; raises where it cannot be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An address as a sitemap spells it, and the dates that it gives, as they are written.

    What is longer than `MAX_ADDRESS` is cut behind one character more.
    """

    address: str
    published: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What became of the old addresses: how many answer, and which do not, with their status."""

    answered: int
    failed: tuple[tuple[str, int], ...]


def is_sitemap(data: bytes) -> bool:
    """Whether a document is a sitemap or an index of some, packed or not."""
    if data.startswith(b"\x1f\x8b"):
        with suppress(zlib.error):
            data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, 65_536)
    return _SITEMAP.search(data[:65_536]) is not None


def of_sitemap(data: bytes, get: Get) -> Iterator[str]:
    """Yield every http address that a sitemap, or the sitemaps of its index, names.

    Raises:
        ImportFailure: as `listed` does.
    """
    return filter(is_http, (each.address for each in listed(data, get)))


def listed(data: bytes, get: Get) -> Iterator[Listed]:
    """Yield every address that a sitemap, or the sitemaps of its index, names, with its dates.

    Raises:
        ImportFailure: it is not XML, or names more than `MAX_ADDRESSES`.
    """
    pending, met, count = [""], set[str](), 0
    while pending:
        named = pending.pop()
        root = _parsed(unpacked(get(named) if named else data))
        found = [_listed(each) for each in root.iterfind("{*}*") if _text(each, "loc")]
        if etree.QName(root).localname == "sitemapindex":
            addresses = dict.fromkeys(each.address for each in found)
            new = [each for each in addresses if each not in met and is_http(each)]
            met.update(new)
            if len(met) > MAX_SITEMAPS:
                raise ImportFailure(_("more than {limit} sitemaps", limit=MAX_SITEMAPS))
            pending += reversed(new)
            continue
        count += len(found)
        if count > MAX_ADDRESSES:
            raise ImportFailure(_("more than {limit} addresses", limit=MAX_ADDRESSES))
        yield from found


def unpacked(data: bytes) -> bytes:
    """Return what a packed sitemap (``sitemap.xml.gz``) unpacks to, within bounds.

    Raises:
        ImportFailure: it is broken, or has more than `MAX_UNPACKED` bytes.
    """
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        data = unpacker.decompress(data, MAX_UNPACKED)
    except zlib.error as error:
        raise ImportFailure(_("the sitemap is not XML: {reason}", reason=str(error))) from error
    if unpacker.unconsumed_tail:
        raise ImportFailure(
            _("{source} has more than {limit} bytes", source="sitemap", limit=MAX_UNPACKED)
        )
    return data


def _listed(each: etree._Element) -> Listed:
    news = each.find("{*}news")
    return Listed(
        address=_text(each, "loc")[: MAX_ADDRESS + 1],
        published="" if news is None else _text(news, "publication_date")[:_DATE],
        modified=_text(each, "lastmod")[:_DATE],
    )


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()


def answers(addresses: Iterator[str], ask: Ask) -> Answers:
    """Ask the new site for the path of each address, once; redirects within it are answers."""
    answered, failed = 0, []
    for address in dict.fromkeys(addresses):
        parts = split_or_none(address)
        if parts is None:
            continue
        path = unquote_to_bytes(parts.path or "/").decode("utf-8", "replace")
        status = ask(path, parts.query)
        if status < 400:
            answered += 1
        else:
            failed.append((address, status))
    return Answers(answered=answered, failed=tuple(failed))


def _parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ImportFailure(_("the sitemap is not XML: {reason}", reason=str(error))) from error
    if root is None:
        raise ImportFailure(_("the sitemap is not XML: {reason}", reason="-"))
    return root
