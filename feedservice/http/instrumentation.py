"""WSGI middleware that tells how each request was answered: how long it took, how many bytes."""

import logging
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING

from feedservice.http.at_once import Later
from feedservice.http.cache import STATUS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

Observer = Callable[["WSGIEnvironment", str, int, float], None]
"""Is told of a request's environment, its answer's status (``200 OK``), bytes, and seconds."""


class Instrumented:
    """Tells observers of each request, once the last byte of its answer was handed over.

    Args:
        app: a cache of answers, which says each answer's status.
        observers: are told.
    """

    def __init__(self, app: "WSGIApplication", observers: Iterable[Observer]) -> None:
        self._app = app
        self._observers = tuple(observers)
        self._is_failing = False

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request; one that is asked `Later` is told of then."""
        began = perf_counter()
        try:
            body = self._app(environ, start_response)
        except Later:
            raise
        except BaseException:
            self._tell(environ, began, 0, "500")
            raise
        if isinstance(body, list):
            self._tell(environ, began, len(body[0]) if len(body) == 1 else sum(map(len, body)))
            return body
        return _Counted(body, lambda length: self._tell(environ, began, length))

    def _tell(
        self, environ: "WSGIEnvironment", began: float, length: int, status: str = ""
    ) -> None:
        seconds = perf_counter() - began
        try:
            for observer in self._observers:
                observer(environ, status or environ[STATUS], length, seconds)
        except Exception:  # whoever watches must not cost the reader an answer
            if not self._is_failing:
                log.exception("requests are answered, and not all of them are observed")
            self._is_failing = True


class _Counted:
    """A body that tells how long it was when it is closed."""

    def __init__(self, body: Iterable[bytes], tell: Callable[[int], None]) -> None:
        self._body = body
        self._tell = tell
        self._length = 0

    def __iter__(self) -> Iterator[bytes]:
        for part in self._body:
            self._length += len(part)
            yield part

    def close(self) -> None:
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._tell(self._length)
