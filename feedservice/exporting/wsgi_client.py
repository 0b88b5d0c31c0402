"""Asks the application in this process, as a client would: a plain WSGI call."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from werkzeug.datastructures import Headers
from werkzeug.test import run_wsgi_app

from feedservice.domain.errors import ExportError
from feedservice.i18n import _

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``blocks`` are the body, read once."""

    status: int
    headers: Headers
    blocks: Iterator[bytes]

    @property
    def etag(self) -> str:
        """The tag without quotes."""
        return self.headers.get("ETag", "").strip('"')


@contextmanager
def ask(
    app: "WSGIApplication", base_url: str, path: str, query: str = "", *, method: str = "GET"
) -> Iterator[Answer]:
    """Answer one request for identity bytes.

    Args:
        app: the service.
        base_url: names the host.
        path: decoded, below base_url.
        query: as it is in an address.
        method: of HTTP.

    Raises:
        ExportError: the service failed.
    """
    environ: dict[str, object] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "HTTP_HOST": urlsplit(base_url).netloc,
        "HTTP_ACCEPT_ENCODING": "identity",
        "REMOTE_ADDR": "127.0.0.1",
    }
    setup_testing_defaults(environ)
    body, status, headers = run_wsgi_app(app, environ)
    try:
        code = int(status.split(" ", 1)[0])
        if code >= 500:
            raise ExportError(
                _(
                    "{path}: the service answers {status}: the export stays as it was",
                    path=path,
                    status=status,
                )
            )
        yield Answer(code, headers, iter(body))
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
