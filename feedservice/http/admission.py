"""How much is made and sent at once, so that kept answers always find a thread.

A server has few threads and one of them is held by each answer that is made, by each request that
waits for it, and by each large body whose client is slow. Here all three are bounded; what is
beyond is refused with 503. Knows HTTP, nothing of what is asked for.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache
from html import escape
from threading import Semaphore
from typing import TYPE_CHECKING, Any, TypeVar

from feedservice.domain.direction import direction
from feedservice.http.prepared_response import Headers, Prepared
from feedservice.i18n import LANGUAGES, _, render

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Result = TypeVar("Result")

PATIENCE = 2.0
"""Seconds that a request waits at most, for a slot or for the answer that another is making."""
STREAMS = 4
"""Large bodies that are sent at once."""
LARGE = 256 * 1024
"""Bytes of a body that a server takes off a thread's hands, however slow its client is: granian
takes four parts of 64 KiB."""
RETRY_AFTER = "2"
"""Seconds, whole ones (RFC 9110 §10.2.3)."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Busy(Exception):
    """Too many wait already, or this one has waited long enough."""


class TimedOut(Busy):
    """This one has waited long enough."""


class Slots:
    """So many answers are made at once, and so many requests wait, for a while.

    Args:
        count: how many are made at once.
        waiting: how many wait at once.
        patience: seconds that each waits at most.
        turn: what whoever holds a slot takes besides, such as one that other processes want too.
    """

    def __init__(
        self,
        count: int,
        waiting: int,
        patience: float = PATIENCE,
        turn: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._free = Semaphore(count)
        self._places = Semaphore(waiting)
        self._patience = patience
        self._turn = turn

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a slot.

        Raises:
            Busy: there was none.
        """
        if not self._free.acquire(blocking=False):
            with self._place():
                if not self._free.acquire(timeout=self._patience):
                    raise TimedOut
        try:
            with self._turn():
                yield
        finally:
            self._free.release()

    def wait(self, future: Future[Result]) -> Result:
        """Return what whoever holds a slot makes.

        Raises:
            Busy: it takes too long.
        """
        with self._place():
            try:
                return future.result(self._patience)
            except TimeoutError:
                if future.done():
                    raise
                raise TimedOut from None

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            yield
        finally:
            self._places.release()


@cache
def refusal(*, is_cut_off: bool = False) -> Prepared:
    """Return the answer to whoever is refused: 503, in each language, not to be kept.

    Args:
        is_cut_off: what the answer is made of is away, and not too much asked for.
    """
    many, away = _("Too many requests at the same time"), _("The site cannot answer at the moment")
    heading = away if is_cut_off else many
    advice = _("Try again in a few seconds.")
    said = "".join(
        f'<section lang="{each}" dir="{direction(each)}">'
        f"<h1>{escape(render(heading, each))}</h1><p>{escape(render(advice, each))}</section>"
        for each in LANGUAGES
    )
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("Retry-After", RETRY_AFTER),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'"),
    ]
    body = f"<!doctype html><meta charset=utf-8><title>503</title>{said}"
    return Prepared("503 Service Unavailable", headers, body.encode(), _LONG_AGO)


class BoundedStreams:
    """WSGI middleware: so many large bodies are sent at once, since each holds a thread.

    Args:
        app: says by ``Content-Length`` how much it sends, when it is called.
        count: how many.
    """

    def __init__(self, app: "WSGIApplication", count: int = STREAMS) -> None:
        self._app = app
        self._free = Semaphore(count)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        told: list[Any] = []

        def start(status: str, headers: Headers, *exc_info: Any) -> Callable[[bytes], object]:
            told[:] = [status, headers, *exc_info]
            return lambda _data: None

        body = self._app(environ, start)
        length = next((int(v) for name, v in told[1] if name.lower() == "content-length"), 0)
        if length > LARGE and environ["REQUEST_METHOD"] == "GET":
            if not self._free.acquire(blocking=False):
                _close(body)
                refused = refusal().select(environ, _LONG_AGO)
                start_response(refused.status, list(refused.headers))
                return [refused.body]
            body = _Closing(body, self._free.release)
        start_response(*told)
        return body


class _Closing:
    """A body that tells, once, when it is closed."""

    def __init__(self, body: Iterable[bytes], tell: Callable[[], None]) -> None:
        self._body = body
        self._tell = tell

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        try:
            _close(self._body)
        finally:
            tell, self._tell = self._tell, lambda: None
            tell()


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()
