"""A WSGI request → its `Route`, read once and left in the environment. Knows no Flask.

The cache takes its keys from the route, observers their labels, the views all the rest.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING
from urllib.parse import unquote

from feedservice.domain import urls
from feedservice.domain.model import Site
from feedservice.domain.route import SENT_TO, Kind, Route
from feedservice.domain.routes import parse
from feedservice.feeds.formats import FORMATS
from feedservice.http.at_once import take_time
from feedservice.http.cache import UNCACHEABLE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROUTE = "feedservice.route"
"""The variable of the environment that holds the route of the request."""

HIDDEN_PATH = "/preview/…"
"""What logs call the path of a preview: the path itself lets one in."""
_UNCACHED = frozenset({Kind.MEDIA, Kind.PICTURE, Kind.HEALTH, Kind.METRICS, Kind.PREVIEW, *SENT_TO})
"""What answers for itself, conditions and ranges included."""
MEMORY = 4096
"""Addresses that are remembered: reading a query takes longer than finding its answer."""
_SHORT = 400
"""Characters of path and query up to which an address is remembered: a route spells it seven times,
so that 4,096 of a stranger's take 12 MB at most."""
_LONG = 2000
"""The same, from which on no answer is kept."""


class Lane(Enum):
    """Who waits with whom for an answer that is to be made.

    Searches, narrowed lists, and addresses that nothing is at, whose words are searched for, are
    endless and cost most; what everybody polls waits for none.
    """

    FRONT = auto()
    USUAL = auto()
    SEARCH = auto()


SiteSource = Callable[[], tuple[int, Site]]
"""Returns the revision of the index, and the site as it was then; raises where nobody knows it."""


class Routing:
    """Reads addresses by the site as it was when the revision was last asked.

    Args:
        known: asks the index.
    """

    def __init__(self, known: SiteSource) -> None:
        self._known = known
        # One value, since threads read all three while another learns of a new site: that, what
        # its addresses were read as, and the path of its base_url.
        self._read: tuple[Site | None, dict[tuple[str, str], Route], str] = (None, {}, "")

    def revision(self) -> int:
        """Ask for the revision.

        Raises:
            IndexUnavailable: nobody knows it.
        """
        revision, site = self._known()
        if site != self._read[0]:
            self.restore(site)
        return revision

    def site(self) -> Site | None:
        """Return the site by which addresses are read now; None where nobody knew it yet."""
        return self._read[0]

    def restore(self, site: Site) -> None:
        """Read addresses by what another process knew, until the site can be asked."""
        self._read = (site, {}, _path_of(site.base_url))

    def key(self, environ: "WSGIEnvironment") -> Hashable | None:
        """Return the key of a request for `HttpCache`; requests with one key have one answer."""
        route: Route = environ[ROUTE]
        if route.kind in _UNCACHED:
            return None
        if route.site is not self._read[0]:
            route = environ[ROUTE] = self._route(environ)
        return route.key if route.site and route.key else UNCACHEABLE

    def lane(self, environ: "WSGIEnvironment") -> Lane:
        """Return the lane of a request."""
        route: Route = environ[ROUTE]
        if route.kind in (Kind.SEARCH, Kind.OTHER) or route.query:
            return Lane.SEARCH
        return Lane.FRONT if route.kind is Kind.SITE and not route.period else Lane.USUAL

    def before(
        self, app: "WSGIApplication", front: "WSGIApplication | None" = None
    ) -> "WSGIApplication":
        """Return what answers a request by ``app`` once its route is read; ``/`` by ``front``.

        ``/news/feed.rss`` is asked for as ``/feed.rss`` where base_url ends with ``/news``; a proxy
        may take that off itself, so an address without it is answered too.
        """
        front = front or app

        def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            path = environ.get("PATH_INFO", "")
            if not path.startswith("/") and not environ.get("SCRIPT_NAME"):
                # "GET feed.rss": the authority or asterisk of RFC 9112 §3.2, and no path.
                start_response("400 Bad Request", [("Content-Length", "0")])
                return []
            site, read, prefix = self._read
            if site is None:
                take_time(environ)
                prefix = self._prefix() if path != "/healthz" else ""  # which asks nobody
            if prefix and (path == prefix or path.startswith(f"{prefix}/")):
                path = path[len(prefix) :] or "/"
                environ = {**environ, "SCRIPT_NAME": prefix, "PATH_INFO": path}
            route = read.get((path, environ.get("QUERY_STRING", "")))
            environ[ROUTE] = route if route is not None else self._route(environ)
            return (front if path == "/" else app)(environ, start_response)

        return answer

    def _prefix(self) -> str:
        """The path of base_url where the site was not asked for yet."""
        try:
            site = self._known()[1]
        except Exception:  # noqa: BLE001 - the app meets the same fault, and knows how to answer it
            return ""
        return _path_of(site.base_url)

    def _route(self, environ: "WSGIEnvironment") -> Route:
        asked = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        site, remembered, _ = self._read
        path, query = (
            text.encode("latin-1", "replace").decode("utf-8", "replace") for text in asked
        )
        route = parse(path, query, site, FORMATS)
        if len(path) + len(query) > _LONG:
            return replace(route, key="")
        # A refusal is an exception, which would hold on to the request that it was raised in.
        if route.refusal is None and len(path) + len(query) <= _SHORT:
            if len(remembered) >= MEMORY:
                remembered.clear()
            remembered[asked] = route
        return route


def _path_of(base_url: str) -> str:
    """The path of base_url as WSGI spells it (PEP 3333: bytes as Latin-1)."""
    return unquote(urls.base_path(base_url)).encode().decode("latin-1")
