"""What an address is called as a file, and which kind of response a file is. Pure.

A page is ``<address>.html``: static hosts answer an address without a suffix from it without a
redirect, and no list meets its own folder (``tags/a.html`` beside ``tags/a/archive/``). Slugs have
no dot, so no page meets a feed either.
"""

import re
from urllib.parse import unquote

from feedservice.domain import urls
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds.formats import FORMATS

ERRORS = ("404.json", "404.html", "410.html")
"""Error pages. They lie at the root, where static hosts look for them."""

OPENSEARCH = "opensearch.xml"
"""The one document of its kind."""
LOCATED = frozenset({".html", ".woff2", ".css", ".js"})
"""Kinds whose files are not found by their suffix alone."""

FEEDS = "|".join(re.escape(each.suffix.removeprefix(".")) for each in FORMATS.values())
"""The suffixes of feeds, as a pattern without the dot."""

_FEED = re.compile(rf".*\.(?:{FEEDS}|opml)")

_SLUG_TAIL = 96
"""How many characters of a cursor's slug are in a file's name: the last ones."""

CURSOR = (
    r"before=([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z,"
    rf"[-A-Za-z0-9._~%]*?([-A-Za-z0-9._~%]{{1,{_SLUG_TAIL}}})"
)
"""The query of a next page, as PCRE and Python have it: date, time, and the end of the slug."""

SUBSCRIBED = rf"({'|'.join(Taxonomy)})=[-A-Za-z0-9._~%]*?([-A-Za-z0-9._~%]{{1,{_SLUG_TAIL}}})"
"""The query by which /subscribe names a list: its kind, and the end of its slug."""

_LISTS = "|".join(each.plural for each in Taxonomy)
_IN_PARTS = "feeds|tags|authors|archive(?:/[0-9]{4}-[0-9]{2})?"
PARTS = (
    (rf"/?(?:(?:{_LISTS})/[^/.]+)?\?{CURSOR}", "/before/$1$2$3T$4$5$6Z-$7"),
    (rf"/subscribe\?{SUBSCRIBED}", "/$1/$2"),
    (rf"/(?:{_IN_PARTS})\?page=([2-9]|[1-9][0-9]+)", "/page/$1"),
    (r"/feeds\.opml\?tags=1", "-tags"),
)
"""Addresses with a query that are files: a pattern of them, and what follows the path in the name
of the file."""


def prefix_of(base_url: str) -> str:
    """Return the path of ``base_url``, decoded, without a trailing slash: ``/news``, or ``""``."""
    return unquote(urls.base_path(base_url))


def file_of(path: str, query: str = "") -> str:
    """Return the file of an address below the folder of base_url.

    Args:
        path: decoded, below base_url.
        query: ``before=…`` of a next page, ``tag=…`` of a page to subscribe on, ``page=…`` of
            the site's lists, ``tags=1`` of OPML.

    >>> file_of("/"), file_of("/tags/ماء"), file_of("/tags/ماء.rss")
    ('index.html', 'tags/ماء.html', 'tags/ماء.rss')
    >>> file_of("/tags/a", "before=2025-12-01T10:00:00Z,b")
    'tags/a/before/20251201T100000Z-b.html'
    """
    name = path.removeprefix("/") or "index"
    subscribed = re.fullmatch(SUBSCRIBED, query)
    if subscribed:
        return f"{name}/{subscribed[1]}/{subscribed[2]}.html"
    if query == "tags=1":
        return name.replace(".", "-tags.")
    if query.startswith("page="):
        return f"{name}/page/{query.removeprefix('page=')}.html"
    if query:
        match = re.fullmatch(CURSOR, query)
        assert match, query
        year, month, day, hour, minute, second, slug = match.groups()
        return f"{name}/before/{year}{month}{day}T{hour}{minute}{second}Z-{slug}.html"
    return name if "." in name.rpartition("/")[2] else f"{name}.html"


def kind_of(path: str, status: int = 200) -> str:
    """Return the kind of a response: responses of a kind have the same headers.

    Args:
        path: decoded, below base_url.
        status: of the response.

    >>> kind_of("/tags/ماء.rss"), kind_of("/tags/ماء"), kind_of("/static/old/style.css")
    ('.rss', '.html', 'old.css')
    >>> kind_of("/media/a.PNG"), kind_of("/x.json", 404), kind_of("/tags/ماء.rss", 301)
    ('media.png', '404.json', 'redirect-feed')
    >>> kind_of("/tags/ماء/archive/2025-12.rss")
    'archive.rss'
    """
    if status == 301:  # scripts of other sites may read those of feeds
        return "redirect-feed" if _FEED.fullmatch(path) else "redirect"
    suffix = f".{file_of(path).rpartition('.')[2].lower()}"
    if status != 200:
        return f"{status}.json" if suffix == ".json" else f"{status}.html"
    if path.startswith(("/media/", "/pictures/")):
        return f"{path[1:].partition('/')[0]}{suffix}"
    if "/archive/" in path and _FEED.fullmatch(path):  # hubs are not told of it
        return f"archive{suffix}"
    if path == f"/{OPENSEARCH}":
        return OPENSEARCH
    if path == "/subscribe":  # the one page of a list that is noindex
        return "subscribe.html"
    return f"old{suffix}" if path.startswith("/static/old/") else suffix
