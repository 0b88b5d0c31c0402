"""WSGI middleware that keeps complete answers: a request only chooses among what was prepared (RFC
9110, RFC 9111).

It knows HTTP, an epoch and a clock; nothing of feeds or Flask. The application behind it answers
plain GETs, without conditions and without codings, and says in ``Expires`` when time alone changes
an answer. Handed no budget, it keeps nothing, and what a client sees is the same.
"""

import logging
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from feedservice.clock import Clock
from feedservice.http.lru import Kept
from feedservice.http.prepared_response import Headers, Prepared

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

HOW = "httpcache.how"
"""The variable of the environment that tells whoever stands around the cache how a request was
answered."""
STATUS = "httpcache.status"
"""The variable that tells the status, such as ``200 OK``."""
DEGRADED = "httpcache.degraded"
"""The variable that holds a function: whether answers are kept ones that could not be made anew. It
asks the epoch."""


class _Unkept:
    """The key of an answer that is prepared as any other, and neither kept nor shared."""


UNKEPT = _Unkept()
"""For addresses whose answers depend on more than a key could hold."""

EVERY = timedelta(milliseconds=100)
"""How long an epoch is taken for granted: a change shows in every process well within a second."""
BRIEFLY = timedelta(seconds=2)
"""How long what is not there is kept: many ask for it, none in vain for long."""
RETRY = timedelta(seconds=1)
"""How long an answer that could not be made anew is given before it is tried again."""
DEGRADED_FOR = timedelta(seconds=10)
"""How long after a failure kept answers are reported."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_BRIEF = frozenset({301, 404, 410})
_SHARE_OF_ERRORS = 16
"""One part in so many of the budget is for answers of `_BRIEF`: a flood of them pushes out no
document."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A kept answer, and until when it may be given without asking, with this epoch and because of
    a failure.
    """

    answer: Prepared
    epoch: Hashable
    fresh_until: datetime | None
    excused_until: datetime | None = None

    def is_fresh(self, epoch: Hashable, now: datetime) -> bool:
        if self.fresh_until is not None and now >= self.fresh_until:
            return False
        return self.epoch == epoch or (self.excused_until is not None and now < self.excused_until)


class HttpCache:
    """Answers GET and HEAD from what is kept; lets everything else through.

    Args:
        app: the application.
        key: the canonical address that a request asks for; `UNKEPT` where its answer is not to be
            kept; None where the application answers for itself, conditions and ranges included.
        epoch: what all answers of one moment have in common; raises where nobody knows it.
        clock: tells freshness.
        budget: bytes of answers to keep; 0 keeps none.
        every: how often the epoch is asked at most.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        key: Callable[["WSGIEnvironment"], Hashable | None],
        epoch: Callable[[], Hashable],
        clock: Clock,
        *,
        budget: int = 0,
        every: timedelta = EVERY,
    ) -> None:
        self._app = app
        self._key = key
        self._ask_epoch = epoch
        self._clock = clock
        self._every = every
        self._documents: Kept[_Entry] = Kept(budget)
        self._errors: Kept[_Entry] = Kept(budget // _SHARE_OF_ERRORS)
        self._flights: dict[Hashable, Future[tuple[Prepared, str]]] = {}
        self._lock = Lock()
        self._asking = Lock()
        self._epoch: Hashable | None = None
        self._asked = self._ask_again = _NEVER
        self._is_lost = False
        self._failed: datetime | None = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        method = environ["REQUEST_METHOD"]
        now = self._clock()
        epoch = self._epoch if self._asked <= now < self._ask_again else None
        key = self._key(environ) if method == "GET" or method == "HEAD" else None  # noqa: PLR1714 - on the hot path
        if key is None:
            return self._pass(environ, start_response)
        if epoch is None:
            epoch = self._epoch_at(now)
            key = self._key(environ)  # the site may have become another
        if key is UNKEPT or key is None:
            return self._send(
                Prepared(*_ask(self._app, environ), now), "pass", environ, start_response, now
            )
        entry = self._documents.get(key) or self._errors.get(key)
        if entry is not None and epoch is not None and entry.is_fresh(epoch, now):
            answer, how = entry.answer, "stale" if self._is_lost or entry.excused_until else "hit"
        else:
            answer, how = self._fly(key, epoch, environ, entry, now)
        size = answer.size
        sent = self._send(answer, how, environ, start_response, now)
        if answer.size != size:
            self._documents.weigh(key, answer.size)
        return sent

    @property
    def size(self) -> int:
        """Bytes that are kept now."""
        return self._documents.size + self._errors.size

    def is_degraded(self, now: datetime) -> bool:
        """Whether answers are given that could not be made anew just now."""
        failed = self._is_lost or (self._failed is not None and now - self._failed < DEGRADED_FOR)
        return failed and len(self._documents) > 0

    def _send(
        self,
        answer: Prepared,
        how: str,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        now: datetime,
    ) -> list[bytes]:
        sent = answer.select(environ, now)
        environ[HOW], environ[STATUS] = how, sent.status
        start_response(sent.status, list(sent.headers))
        return [sent.body] if sent.body and environ["REQUEST_METHOD"] == "GET" else []

    def _pass(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ[HOW] = "pass"
        environ[DEGRADED] = self._is_degraded_now

        def start(status: str, headers: Headers, *exc_info: Any) -> Callable[[bytes], object]:
            environ[STATUS] = status
            told = [pair for pair in headers if pair[0].lower() != "expires"]
            return start_response(status, told, *exc_info)

        return self._app(environ, start)

    def _is_degraded_now(self) -> bool:
        now = self._clock()
        self._epoch_at(now)
        return self.is_degraded(now)

    def _epoch_at(self, now: datetime) -> Hashable | None:
        """The epoch, asked a few times a second at most; the last known one where nobody can
        tell.
        """
        if self._asked <= now < self._ask_again or not self._asking.acquire(
            blocking=self._asked is _NEVER
        ):
            return self._epoch
        try:
            self._epoch = self._ask_epoch()
            self._is_lost = False
        except Exception as error:  # noqa: BLE001 - whatever keeps the epoch from us, what is kept can be given
            if not self._is_lost:
                log.warning("kept answers only, since the epoch cannot be asked: %s", error)
            self._is_lost = True
        finally:
            self._asked, self._ask_again = now, now + self._every
            self._asking.release()
        return self._epoch

    def _fly(
        self,
        key: Hashable,
        epoch: Hashable | None,
        environ: "WSGIEnvironment",
        old: _Entry | None,
        now: datetime,
    ) -> tuple[Prepared, str]:
        """Make an answer, once for all who wait for the same one."""
        flight = (key, epoch)
        with self._lock:
            future = self._flights.get(flight)
            if future is None:
                mine = self._flights[flight] = Future()
        if future is not None:
            return future.result()
        try:
            mine.set_result(self._make(key, epoch, environ, old, now))
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._flights[flight]
        return mine.result()

    def _make(
        self,
        key: Hashable,
        epoch: Hashable | None,
        environ: "WSGIEnvironment",
        old: _Entry | None,
        now: datetime,
    ) -> tuple[Prepared, str]:
        last = old.answer if old is not None else None
        may_stand = old is not None and _may_stand(old.answer, now)
        try:
            status, headers, body = _ask(self._app, environ)
            answer = Prepared(status, headers, body, now, last)
        except Exception:
            if old is None or not may_stand:
                raise
            log.exception("%r could not be made anew", key)
            return self._excuse(key, old, now), "stale"
        if answer.code >= 500 and old is not None and may_stand:
            log.warning("%r could not be made anew: %s", key, status)
            return self._excuse(key, old, now), "stale"
        if epoch is not None and "no-store" not in answer.caching:
            if answer.code == 200:
                self._documents.put(key, _Entry(answer, epoch, answer.good_until), answer.size)
            elif answer.code in _BRIEF:
                self._documents.drop(key)
                until = min(now + BRIEFLY, answer.good_until or now + BRIEFLY)
                self._errors.put(key, _Entry(answer, epoch, until), answer.size)
        return answer, "miss"

    def _excuse(self, key: Hashable, old: _Entry, now: datetime) -> Prepared:
        self._failed = now
        self._documents.put(key, replace(old, excused_until=now + RETRY), old.answer.size)
        return old.answer


def _may_stand(answer: Prepared, now: datetime) -> bool:
    """Whether an old answer may be given for want of a new one: never past the moment at which it
    expires.
    """
    return answer.code == 200 and (answer.good_until is None or now < answer.good_until)


def _ask(app: "WSGIApplication", environ: "WSGIEnvironment") -> tuple[str, Headers, bytes]:
    """Ask the application for the whole answer, as a GET without conditions and codings does."""
    plain = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
    plain["REQUEST_METHOD"] = "GET"
    told: list[tuple[str, Headers]] = []
    written: list[bytes] = []

    def start(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:  # noqa: ARG001
        told[:] = [(status, headers)]
        return written.append

    found = app(plain, start)
    try:
        parts = list(found)
    finally:
        close = getattr(found, "close", None)
        if close is not None:
            close()
    if not told:
        raise RuntimeError("the application began no answer")
    return (*told[-1], b"".join([*written, *parts]))
