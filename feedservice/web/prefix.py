"""A site below a path of its host: takes the path of base_url off an address before routing. WSGI;
knows no Flask.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from feedservice.domain.model import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class WithoutPrefix:
    """Answers ``/news/feed.rss`` as ``/feed.rss`` where base_url ends with ``/news``.

    A proxy may take the path off itself: an address without it is answered too.
    """

    def __init__(self, app: "WSGIApplication", site: Callable[[], Site]) -> None:
        self._app = app
        self._site = site

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        prefix = self._prefix() if path != "/healthz" else ""  # which asks nobody
        if prefix and (path == prefix or path.startswith(f"{prefix}/")):
            environ = {**environ, "SCRIPT_NAME": prefix, "PATH_INFO": path[len(prefix) :] or "/"}
        return self._app(environ, start_response)

    def _prefix(self) -> str:
        """The path of base_url as WSGI spells it (PEP 3333: bytes as Latin-1)."""
        try:
            return _path_of(self._site().base_url)
        except Exception:  # noqa: BLE001 - the app meets the same fault, and knows how to answer it
            return ""


@lru_cache(16)
def _path_of(base_url: str) -> str:
    return unquote(urlsplit(base_url).path).encode().decode("latin-1")
