"""Every address of the site is built here: pages, feeds, canonical queries. Pure; paths only.

One rule: every list is a page, and the same address with ``.rss``, ``.atom`` or ``.json`` is its
feed. A query narrows a list. Equal selections have one address, so the address can be a cache key,
a self link and (without ``limit`` and ``content``) part of a feed's id.
"""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from feedservice.domain.model import Site
from feedservice.domain.selections import Filter, Selection
from feedservice.domain.taxonomy import Taxonomy

PAGES = "pages/"
"""Begins the slug of a page, which no article's can: a slug has no slash."""
_UNRESERVED = "/-._~"
_SHORT = 200
"""Characters of a text that is remembered: a feed names few lists, many times."""
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NOT_IN_HOST = re.compile(r'[\s\x00-\x1f\x7f/?#@\\"<>^`{|}%]')


def percent(text: str) -> str:
    """Return ``text`` percent-encoded as UTF-8, but RFC 3986 §2.3's unreserved characters and /."""
    return _percent(text) if len(text) <= _SHORT else quote(text, safe=_UNRESERVED)


@lru_cache(maxsize=2048)
def _percent(text: str) -> str:
    return quote(text, safe=_UNRESERVED)


def percent_path(path: str) -> str:
    """Return a path of ours, with its query, percent-encoded where it is not yet."""
    return _LONE_PERCENT.sub("%25", quote(path, safe="/-._~%?=&,;:@!$'()*+#"))


def article_path(slug: str) -> str:
    """Return the address of an article, or of a page, whose slug begins with `PAGES`."""
    return ("/" if slug.startswith(PAGES) else "/articles/") + percent(slug)


def label_path(taxonomy: Taxonomy, slug: str) -> str:
    """Return the page of a category, tag or author."""
    return f"/{taxonomy.plural}/{percent(slug)}"


def media_path(src: str) -> str:
    """Return the address of a file below media/ (``src`` begins with ``media/``)."""
    return "/" + percent(src)


def file_address(src: str) -> str:
    """Return the path of a file below media/ (``media/…``), or the URL of one elsewhere.

    >>> file_address("media/a b.png"), file_address("https://cdn.example/ا.png")
    ('/media/a%20b.png', 'https://cdn.example/%D8%A7.png')
    """
    return media_path(src) if src.startswith("media/") else uri(src)


def sitemap_path(name: str = "") -> str:
    """Return the sitemap of the site, of a month (``2025-12``), or of the ``news``."""
    return f"/sitemap-{percent(name)}.xml" if name else "/sitemap.xml"


def feed_path(page: str, suffix: str) -> str:
    """Return the feed of the list at ``page`` (a path, with its query) in the format of ``suffix``.

    >>> feed_path("/", ".rss"), feed_path("/categories/field?limit=5", ".atom")
    ('/feed.rss', '/categories/field.atom?limit=5')
    """
    path, mark, query = page.partition("?")
    return ("/feed" if path == "/" else path) + suffix + mark + query


def archive_path(page: str, period: str) -> str:
    """Return the address, without a format's suffix, of the archive document of a list.

    >>> archive_path("/", "2025-12"), archive_path("/tags/a", "2025-12-05")
    ('/archive/2025-12', '/tags/a/archive/2025-12-05')
    """
    return f"{page.rstrip('/')}/archive/{percent(period)}"


def absolute(base_url: str, path: str) -> str:
    """Return the absolute URL of a path of ours."""
    return base_url + path


@lru_cache(maxsize=16)
def base_path(base_url: str) -> str:
    """Return the path of ``base_url``, percent-encoded; empty where the site is at the root."""
    return urlsplit(base_url).path.rstrip("/")


def base_of(site: Site, path: str, base_url: str) -> str:
    """Return what goes before a path of ours: ``base_url``, or where media are elsewhere, that."""
    is_elsewhere = site.media_url and path.startswith(("/media/", "/pictures/"))
    return site.media_url if is_elsewhere else base_url


def file_url(site: Site, src: str) -> str:
    """Return the URL of a picture that site.yaml names; empty where it names none."""
    address = file_address(src) if src else ""
    is_own = address.startswith("/")
    return absolute(base_of(site, address, site.base_url), address) if is_own else address


def from_host(base_url: str, address: str) -> str:
    """Return a link to a path of ours, below the path of ``base_url``; a URL elsewhere as it is."""
    is_own = address.startswith("/") and not address.startswith("//")
    return base_path(base_url) + address if is_own else address


def canonical(selection: Selection) -> str:
    """Return the one page address of a selection, percent-encoded, with its query where it has one.

    The path is taken by the first condition that one slug satisfies: a category, else a tag, else
    an author, else ``/search`` where there is a ``q``, else ``/``. The rest is in the query, in a
    fixed order.
    """
    alone = next((each for each in selection.filters if len(each.any_of) == 1), None)
    if alone:
        return _with_pairs(label_path(alone.taxonomy, alone.any_of[0]), selection, alone)
    return _with_pairs("/search" if selection.q else "/", selection)


def search_page(selection: Selection, page: int = 1, *, newest: bool = False) -> str:
    """Return a page of what a search finds; ``/search`` where there are no words yet.

    >>> search_page(Selection(q="a"), 2), search_page(Selection(q="a"), newest=True)
    ('/search?q=a&page=2', '/search?q=a&order=newest')
    """
    if selection == Selection():
        return "/search"
    is_told = newest and not selection.before  # a cursor tells it
    return canonical(selection) + "&order=newest" * is_told + f"&page={page}" * (page > 1)


def subscription(selection: Selection) -> str:
    """Return the page on which people subscribe to a list, which its query alone names.

    >>> subscription(Selection.of(Taxonomy.CATEGORY, "field"))
    '/subscribe?category=field'
    """
    return _with_pairs("/subscribe", replace(selection, before=None))


def _with_pairs(path: str, selection: Selection, alone: Filter | None = None) -> str:
    """A path with what it does not say of a selection as its query."""
    pairs: list[tuple[str, str]] = []
    for each in selection.filters:
        if each is not alone:
            slugs = [*map(percent, each.any_of), *("-" + percent(slug) for slug in each.none_of)]
            pairs.append((each.taxonomy, ",".join(slugs)))
    if selection.q:
        pairs.append(("q", percent(selection.q)))
    if selection.since:
        pairs.append(("since", _stamp(selection.since)))
    if selection.before:
        pairs.append(
            ("before", f"{_stamp(selection.before.published)},{percent(selection.before.slug)}")
        )
    if selection.limit is not None:
        pairs.append(("limit", str(selection.limit)))
    if selection.content is not None:
        pairs.append(("content", selection.content.value))
    query = "&".join(f"{name}={value}" for name, value in pairs)
    return f"{path}?{query}" if query else path


def identity(selection: Selection) -> str:
    """Return the canonical address without ``limit`` and ``content``: feed ids are made of it."""
    return canonical(replace(selection, limit=None, content=None))


def _stamp(moment: datetime) -> str:
    # Not strftime: it writes the year 999 in three digits.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def uri(url: str) -> str:
    """Return a URL or IRI as a URI (RFC 3987 §3.1): host in punycode, the rest percent-encoded.

    What already is percent-encoded is left; so is a host that cannot be encoded.
    """
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    # Only the host is decoded, and only where it stays one: `a%2Fb@host` would become a path on
    # host `a`.
    decoded = unquote(host)
    if not decoded.isascii() and not _NOT_IN_HOST.search(decoded):
        with suppress(UnicodeError):
            host = decoded.encode("idna").decode("ascii")
    safe = "!$&'()*+,;=:@/?-._~%"
    path, query, fragment = (
        quote(part, safe) for part in (parts.path, parts.query, parts.fragment)
    )
    whole = urlunsplit(
        (parts.scheme, quote(user, "!$&'()*+,;=:-._~%") + at + host, path, query, fragment)
    )
    return _LONE_PERCENT.sub("%25", whole)
