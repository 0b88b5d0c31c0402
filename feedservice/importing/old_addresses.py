"""Every address of an old site, from its sitemap (sitemaps.org 0.9) or its feed, asked of the new.

Sitemaps of a sitemap index are followed, one after another, within bounds.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from lxml import etree

from feedservice.domain.errors import ImportFailure
from feedservice.i18n import _
from feedservice.importing.addresses import is_http, split_or_none

MAX_ADDRESSES = 200_000
MAX_SITEMAPS = 1_000
_SITEMAP = re.compile(rb"<(?:[\w.-]++:)?(urlset|sitemapindex)[\s>/]")

Ask = Callable[[str, str], int]
"""Path (decoded, from the root of the site) and query → the HTTP status of the new site."""
Get = Callable[[str], bytes]
"""An http address → what it holds; raises where it cannot be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What became of the old addresses: how many answer, and which do not, with their status."""

    answered: int
    failed: tuple[tuple[str, int], ...]


def is_sitemap(data: bytes) -> bool:
    """Whether a document is a sitemap or an index of some."""
    return _SITEMAP.search(data[:65_536]) is not None


def of_sitemap(data: bytes, get: Get) -> Iterator[str]:
    """Yield every address that a sitemap, or the sitemaps of its index, names.

    Raises:
        ImportFailure: it is not XML, or names more than `MAX_ADDRESSES`.
    """
    pending, met, count = [""], set[str](), 0
    while pending:
        named = pending.pop()
        root = _parsed(get(named) if named else data)
        addresses = [(each.text or "").strip() for each in root.iterfind("{*}*/{*}loc")]
        if etree.QName(root).localname == "sitemapindex":
            new = [each for each in dict.fromkeys(addresses) if each not in met and is_http(each)]
            met.update(new)
            if len(met) > MAX_SITEMAPS:
                raise ImportFailure(_("more than {limit} sitemaps", limit=MAX_SITEMAPS))
            pending += reversed(new)
            continue
        count += len(addresses)
        if count > MAX_ADDRESSES:
            raise ImportFailure(_("more than {limit} addresses", limit=MAX_ADDRESSES))
        yield from filter(is_http, addresses)


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
