"""Asking a WSGI application for a whole answer, as a GET without conditions and codings does."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from feedservice.http.prepared_response import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_NOTHING: Mapping[str, object] = MappingProxyType({})


def get(
    app: "WSGIApplication", environ: "WSGIEnvironment", told: Mapping[str, object] = _NOTHING
) -> tuple[str, Headers, bytes]:
    """Return status, headers and body.

    Args:
        app: is asked.
        environ: of the request, whose method and ``HTTP_`` variables it does not see.
        told: variables that it sees besides.
    """
    plain = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
    plain["REQUEST_METHOD"] = "GET"
    plain.update(told)
    said: list[tuple[str, Headers]] = []
    written: list[bytes] = []

    def start(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:  # noqa: ARG001
        said[:] = [(status, headers)]
        return written.append

    found = app(plain, start)
    try:
        parts = list(found)
    finally:
        close = getattr(found, "close", None)
        if close is not None:
            close()
    if not said:
        raise RuntimeError("the application began no answer")
    return (*said[-1], b"".join([*written, *parts]))
