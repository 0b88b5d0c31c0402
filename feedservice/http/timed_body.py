"""A body that is read in time: granian waits for whatever a client does not send.

Knows HTTP, nothing of what is asked for.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Semaphore, Thread
from time import monotonic
from typing import Protocol

from werkzeug.exceptions import RequestTimeout

from feedservice.http.admission import Busy

PATIENCE = 10.0
"""Seconds that a sender may be behind."""
SLOWEST = 16 * 1024
"""Bytes a second that are sent at least."""
_PART = 64 * 1024
_WAITING = Semaphore(30)
"""Threads that wait for bytes: one that came too late waits on, until its client is gone."""


class Stream(Protocol):
    """What a server gives a body as."""

    def read(self, size: int = ..., /) -> bytes:
        """Wait for so many bytes, or for the body's end."""


class TimedBody:
    """The body of a request, as ``wsgi.input``.

    Args:
        stream: of the server, which nothing ends but bytes or the end of the connection.
        now: tells seconds.
    """

    def __init__(self, stream: Stream, now: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._now = now
        self._end = now() + PATIENCE

    def read(self, size: int = -1) -> bytes:
        """Return a part of the body; nothing at its end.

        Raises:
            Busy: too many that were too slow are still there.
            RequestTimeout: it is sent too slowly.
            Exception: what the server says of its connection.
        """
        left = self._end - self._now()
        if left <= 0:
            raise RequestTimeout
        if not _WAITING.acquire(blocking=False):
            raise Busy
        part: Future[bytes] = Future()
        wanted = _PART if size < 0 else min(size, _PART)
        try:
            Thread(target=_read, args=(self._stream, wanted, part), daemon=True).start()
        except RuntimeError as error:  # the system gives no more of them
            _WAITING.release()
            raise Busy from error
        try:
            data = part.result(left)
        except TimeoutError as error:
            self._end = self._now()
            raise RequestTimeout from error
        self._end += len(data) / SLOWEST
        return data


def _read(stream: Stream, size: int, part: "Future[bytes]") -> None:
    try:
        part.set_result(stream.read(size))
    except Exception as error:  # noqa: BLE001 - it is the reader's
        part.set_exception(error)
    finally:
        _WAITING.release()
