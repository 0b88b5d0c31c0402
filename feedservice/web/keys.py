"""A request → the canonical address that it asks for: what its answer is kept under. WSGI; knows no Flask."""

from collections.abc import Callable, Hashable
from functools import lru_cache, partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from feedservice import addresses
from feedservice.errors import Refusal
from feedservice.feeds.formats import FORMATS
from feedservice.model import Author, Site
from feedservice.selecting import read_selection
from feedservice.web.feeds import narrows

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_SUFFIXES = tuple(each.suffix for each in FORMATS.values())
_LISTS = ("/categories/", "/tags/", "/authors/")
_NOT_KEPT = ("/media/", "/preview/")
_OPERATORS = frozenset({"/healthz", "/readyz", "/metrics"})
_MEMORY = 4096
"""Addresses whose keys are remembered: reading a query takes longer than finding its answer."""

Known = Callable[[], tuple[int, Site]]
"""Returns the revision of the index, and the site as it was then; raises where nobody knows it."""


class Keys:
    """Hands the cache its epoch and its keys, and remembers the site that belongs to them.

    Args:
        known: asks the index.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._site: Site | None = None
        self._remembered: Callable[[str, str], str | None] = _nothing

    def epoch(self) -> int:
        """Ask for the epoch.

        Raises:
            IndexUnavailable: nobody knows it.
        """
        revision, site = self._known()
        if site != self._site:
            self._remembered = lru_cache(_MEMORY)(partial(_key, site))
            self._site = site
        return revision

    def site(self) -> Site:
        """Return the site as it was when the epoch was last asked.

        Raises:
            IndexUnavailable: nobody knows it yet.
        """
        return self._site or self._known()[1]

    def key(self, environ: "WSGIEnvironment") -> Hashable | None:
        """Return the key of a GET or HEAD; None where its answer is not to be kept.

        Two requests with one key have one answer. Unknown parameters are never part of it.
        """
        return self._remembered(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))


def _nothing(_path: str, _query: str) -> None:
    """The key of every request while no site is known."""


def _key(site: Site, wsgi_path: str, wsgi_query: str) -> str | None:
    path = wsgi_path.encode("latin-1").decode("utf-8", "replace")
    if path in _OPERATORS or path.startswith(_NOT_KEPT) or "\ufffd" in path or "\0" in path:
        return None
    if path.endswith("/") and path != "/":
        return None  # a redirect that takes the query along, whatever it is
    suffix = next((each for each in _SUFFIXES if path.endswith(each)), "")
    page = path.removesuffix(suffix)
    if page == "/feed" and suffix:
        page = "/"
    if page not in ("/", "/search") and not (page.startswith(_LISTS) and page.count("/") == 2):
        return path
    query = wsgi_query.encode("latin-1").decode("utf-8", "replace")
    pairs = addresses.known(parse_qsl(query, keep_blank_values=True, errors="replace"))
    if any("\ufffd" in value for _, value in pairs):
        return None
    try:
        selection = read_selection(page, pairs, site, _anybody)
    except Refusal:
        return None if pairs else path
    is_indexed = page != "/search" and not narrows(pairs)
    return f"{suffix}{addresses.canonical(selection)}{'' if is_indexed else ' noindex'}"


def _anybody(slug: str) -> Author:
    """Whether an author whom site.yaml does not name has articles changes the answer, not what is asked for."""
    return Author(slug=slug, name=slug)
