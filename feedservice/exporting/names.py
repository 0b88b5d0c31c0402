"""What an address is called as a file, and which kind of answer a file is. Pure.

A page is ``<address>.html``: static hosts answer an address without a suffix from it without a
redirect, and no list meets its own folder (``tags/a.html`` beside ``tags/a/archive/``). Slugs have
no dot, so no page meets a feed either.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds.formats import FORMATS

ERRORS = {"404.json": 404, "404.html": 404, "410.html": 410}
"""Files that say that there is none, and their statuses. They lie at the root, where static hosts
look for them."""
SUFFIXES = "|".join(re.escape(form.suffix.removeprefix(".")) for form in FORMATS.values())
LISTS = "|".join(each.plural for each in Taxonomy)
"""Folders of lists, as a pattern."""
TAIL = 96
"""How many characters of a cursor's slug stand in a file's name: those of the end, as nginx's
pattern takes them."""

CURSOR = (
    r"before=([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z,"
    rf"[-A-Za-z0-9._~%]*?([-A-Za-z0-9._~%]{{1,{TAIL}}})"
)
"""The query of a next page, as PCRE and Python have it: date, time, and the end of the slug."""
_KINDS = (
    ("style-old", r"/static/old/style\.css"),
    ("style", r"/static/[^/]+/style\.css"),
    *(
        (f"archive{form.suffix}", rf"/(?:.*/)?archive/[^/]+{re.escape(form.suffix)}")
        for form in FORMATS.values()
    ),
    *(
        (f"feed{form.suffix}", rf"/(?:feed|.+/[^/]+){re.escape(form.suffix)}")
        for form in FORMATS.values()
    ),
    ("opml", r"/feeds\.opml"),
    ("sitemap", r"/sitemap[^/]*\.xml"),
    ("robots", r"/robots\.txt"),
    ("page", r"/(?:.*/)?[^/]+\.html"),
)


def prefix_of(base_url: str) -> str:
    """Return the path of ``base_url``, decoded, without a trailing slash: ``/news``, or an empty
    text.
    """
    return unquote(urlsplit(base_url).path).rstrip("/")


def file_of(path: str, query: str = "") -> str:
    """Return the file of an address (decoded path below base_url; ``before=…`` of a next page),
    without a suffix.

    >>> file_of("/"), file_of("/tags/ماء"), file_of("/tags/ماء.rss")
    ('index.html', 'tags/ماء.html', 'tags/ماء.rss')
    >>> file_of("/tags/a", "before=2025-12-01T10:00:00Z,b")
    'tags/a/before/20251201T100000Z-b.html'
    """
    if query:
        match = re.fullmatch(CURSOR, query)
        assert match, query
        year, month, day, hour, minute, second, slug = match.groups()
        moment = f"{year}{month}{day}T{hour}{minute}{second}Z"
        return f"{path.strip('/')}/before/{moment}-{slug}.html".lstrip("/")
    name = path.removeprefix("/")
    if not name:
        return "index.html"
    return name if "." in name.rpartition("/")[2] else f"{name}.html"


def pattern_of(kind: str) -> str:
    """Return the pattern of the files of a kind (below base_url's folder, ``/`` first), as PCRE and
    Python have it.
    """
    if kind in ERRORS:
        return "/" + re.escape(kind)
    if kind.startswith("media."):
        return rf"/media/.+\.(?i:{re.escape(kind.removeprefix('media.'))})"
    return dict(_KINDS)[kind]


def kind_of(file: str) -> str:
    """Return the kind of a file (below base_url's folder).

    Files of a kind are answered with the same headers. A file of media/ is of the kind of its
    suffix.

    Raises:
        ValueError: it is of none.
    """
    if file in ERRORS:
        return file
    path = f"/{file}"
    if path.startswith("/media/"):
        return f"media.{path.rpartition('.')[2].lower()}"
    for kind, pattern in _KINDS:
        if re.fullmatch(pattern, path):
            return kind
    raise ValueError(file)


def kind_of_redirect(path: str) -> str:
    """Return the kind of a redirect from a path: those of feeds are open to scripts of other
    sites.
    """
    return "redirect-feed" if re.search(rf"\.(?:{SUFFIXES}|opml)$", path) else "redirect"


def in_order(kinds: Iterable[str]) -> list[str]:
    """Return kinds in the order in which their patterns must be tried: the narrower ones first."""
    ordered = [*ERRORS, *dict(_KINDS)]
    return sorted(
        kinds, key=lambda kind: (ordered.index(kind) if kind in ordered else len(ordered), kind)
    )
