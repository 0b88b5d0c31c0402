"""A request → the canonical address that it asks for: what its answer is kept under. WSGI; knows no
Flask.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache, partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from feedservice.domain import routes, urls
from feedservice.domain.errors import Refusal
from feedservice.domain.model import Author, Site
from feedservice.domain.routes import read_selection
from feedservice.feeds.formats import FORMATS
from feedservice.http.cache import UNCACHEABLE
from feedservice.web.feeds import narrows

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_SUFFIXES = tuple(each.suffix for each in FORMATS.values())
_LISTS = ("/categories/", "/tags/", "/authors/")
_BELOW = ("/media/", "/preview/")
_THEMSELVES = frozenset({"/healthz", "/readyz", "/metrics", "/preview"})
_MEMORY = 4096
"""Addresses whose keys are remembered: reading a query takes longer than finding its answer."""
_LONG = 2000
"""Characters of path and query from which on nothing of an address is remembered or kept."""

Known = Callable[[], tuple[int, Site]]
"""Returns the revision of the index, and the site as it was then; raises where nobody knows it."""


class Keys:
    """Hands the cache its revision and its keys, and remembers the site that belongs to them.

    Args:
        known: asks the index.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._site: Site | None = None
        self._remembered: Callable[[str, str], Hashable | None] = _unknown

    def revision(self) -> int:
        """Ask for the revision.

        Raises:
            IndexUnavailable: nobody knows it.
        """
        revision, site = self._known()
        if site != self._site:
            self._remembered = lru_cache(_MEMORY)(partial(_key, site))
            self._site = site
        return revision

    def site(self) -> Site:
        """Return the site as it was when the revision was last asked.

        Raises:
            IndexUnavailable: nobody knows it yet.
        """
        return self._site or self._known()[1]

    def key(self, environ: "WSGIEnvironment") -> Hashable | None:
        """Return the key of a GET or HEAD, as `HttpCache` takes it.

        Two requests with one key have one answer. Unknown parameters are never part of it.
        """
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        if len(path) + len(query) > _LONG:
            return None if _answers_itself(path) else UNCACHEABLE
        return self._remembered(path, query)


def _answers_itself(path: str) -> bool:
    return path in _THEMSELVES or path.startswith(_BELOW)


def _unknown(path: str, _query: str) -> Hashable | None:
    """The key of every request while no site is known."""
    return None if _answers_itself(path) else UNCACHEABLE


def _key(site: Site, wsgi_path: str, wsgi_query: str) -> Hashable | None:
    if _answers_itself(wsgi_path):
        return None
    path = wsgi_path.encode("latin-1").decode("utf-8", "replace")
    if "\ufffd" in path or "\0" in path or (path.endswith("/") and path != "/"):
        return UNCACHEABLE  # the last is a redirect that takes the query along, whatever it is
    suffix = next((each for each in _SUFFIXES if path.endswith(each)), "")
    page = "/" if suffix and path == f"/feed{suffix}" else path.removesuffix(suffix)
    is_list = page in ("/", "/search") or (page.startswith(_LISTS) and page.count("/") == 2)
    if not is_list or path == f"/{suffix}" != "/":
        return "path", path
    query = wsgi_query.encode("latin-1").decode("utf-8", "replace")
    pairs = routes.known(parse_qsl(query, keep_blank_values=True, errors="replace"))
    if any("\ufffd" in value for _, value in pairs):
        return UNCACHEABLE
    strangers: list[str] = []

    def anybody(slug: str) -> Author:
        strangers.append(slug)
        return Author(slug=slug, name=slug)

    try:
        selection = read_selection(page, pairs, site, anybody)
    except Refusal:
        return UNCACHEABLE if wsgi_query else ("path", path)
    if strangers:
        # Whether there is such an author, and under which name, only the index knows.
        return UNCACHEABLE if wsgi_query else ("path", path)
    is_indexed = page != "/search" and not narrows(pairs)
    return "list", suffix, urls.canonical(selection), is_indexed
