"""WSGI middleware that keeps prepared answers, among which a request chooses (RFC 9111).

It knows HTTP, a revision and a clock; nothing of feeds or Flask. The application behind it answers
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
from feedservice.http.lru import SegmentedLRU
from feedservice.http.prepared_response import Headers, Prepared

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

CACHE_STATUS = "http.cache_status"
"""The variable of the environment that tells whoever is around the cache how a request was
answered."""
STATUS = "http.status"
"""The variable that tells the status, such as ``200 OK``."""
DEGRADED = "http.degraded"
"""The variable that holds a function: whether answers are kept ones that could not be made anew. It
asks the revision."""
HELD = "http.held"
"""The variable that tells the application the ``Last-Modified`` of the answer that is held: where
nothing has changed since, it may say 304 with a new ``Expires`` instead of making it again."""


class _Uncacheable:
    """The key of an answer that is prepared as any other, and neither kept nor shared."""


UNCACHEABLE = _Uncacheable()
"""For addresses whose answers depend on more than a key could hold."""

REVISION_TTL = timedelta(milliseconds=100)
"""How long a revision is taken for granted: changes show well within a second."""
NEGATIVE_TTL = timedelta(seconds=2)
"""How long what is not there is kept: many ask for it, none in vain for long."""
RETRY = timedelta(seconds=1)
"""How long an answer that could not be made anew is given before it is tried again."""
DEGRADED_FOR = timedelta(seconds=10)
"""How long after a failure kept answers are reported."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_NEGATIVE = frozenset({301, 404, 410})
_SHARE_OF_ERRORS = 16
"""One part in so many of the budget is for answers of `_NEGATIVE`: a flood of them pushes out no
document."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A kept answer, and from when until when it may be given: with its revision, or stale.

    Not before it was made: a clock that was set back since would show what it should not yet.
    """

    answer: Prepared
    revision: Hashable
    made: datetime
    fresh_until: datetime | None
    stale_until: datetime | None = None

    def is_fresh(self, revision: Hashable, now: datetime) -> bool:
        if now < self.made or (self.fresh_until is not None and now >= self.fresh_until):
            return False
        return self.revision == revision or (
            self.stale_until is not None and now < self.stale_until
        )

    def may_be_stale(self, now: datetime) -> bool:
        """Whether it may be given for want of a new one: never past its own moment."""
        is_over = self.fresh_until is not None and now >= self.fresh_until
        return self.answer.code == 200 and self.made <= now and not is_over


class HttpCache:
    """Answers GET and HEAD from what is kept; lets everything else through.

    Args:
        app: the application.
        key: the canonical address that a request asks for; `UNCACHEABLE` where its answer is not
            to be kept; None where the application itself answers conditions and ranges.
        revision: what all answers of one moment have in common; raises where nobody knows it.
        clock: tells freshness.
        budget: bytes of answers to keep; 0 keeps none.
        revision_ttl: how often the revision is asked at most.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        key: Callable[["WSGIEnvironment"], Hashable | None],
        revision: Callable[[], Hashable],
        clock: Clock,
        *,
        budget: int = 0,
        revision_ttl: timedelta = REVISION_TTL,
    ) -> None:
        self._app = app
        self._key = key
        self._ask_revision = revision
        self._clock = clock
        self._revision_ttl = revision_ttl
        self._documents: SegmentedLRU[_Entry] = SegmentedLRU(budget)
        self._errors: SegmentedLRU[_Entry] = SegmentedLRU(budget // _SHARE_OF_ERRORS)
        self._in_flight: dict[Hashable, Future[tuple[Prepared, str]]] = {}
        self._lock = Lock()
        self._asking = Lock()
        self._revision: Hashable | None = None
        self._asked = self._ask_again = _NEVER
        self._is_lost = False
        self._failed: datetime | None = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        method = environ["REQUEST_METHOD"]
        now = self._clock()
        revision = self._revision if self._asked <= now < self._ask_again else None
        key = self._key(environ) if method == "GET" or method == "HEAD" else None  # noqa: PLR1714 - on the hot path
        if key is None:
            return self._pass(environ, start_response)
        if revision is None:
            revision = self._revision_at(now)
            key = self._key(environ)  # the site may have become another
        if key is UNCACHEABLE or key is None:
            return self._send(
                Prepared(*_ask(self._app, environ), now), "pass", environ, start_response, now
            )
        entry = self._documents.get(key) or self._errors.get(key)
        if entry is not None and revision is not None and entry.is_fresh(revision, now):
            answer, how = entry.answer, "stale" if self._is_lost or entry.stale_until else "hit"
        else:
            answer, how = self._coalesce(key, revision, environ, entry, now)
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
        environ[CACHE_STATUS], environ[STATUS] = how, sent.status
        start_response(sent.status, list(sent.headers))
        return [sent.body] if sent.body and environ["REQUEST_METHOD"] == "GET" else []

    def _pass(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ[CACHE_STATUS] = "pass"
        environ[DEGRADED] = self._is_degraded_now

        def start(status: str, headers: Headers, *exc_info: Any) -> Callable[[bytes], object]:
            environ[STATUS] = status
            told = [pair for pair in headers if pair[0].lower() != "expires"]
            return start_response(status, told, *exc_info)

        return self._app(environ, start)

    def _is_degraded_now(self) -> bool:
        now = self._clock()
        self._revision_at(now)
        return self.is_degraded(now)

    def _revision_at(self, now: datetime) -> Hashable | None:
        """The revision, asked a few times a second; the last known one where nobody can tell."""
        if self._asked <= now < self._ask_again or not self._asking.acquire(
            blocking=self._asked is _NEVER
        ):
            return self._revision
        try:
            self._revision = self._ask_revision()
            self._is_lost = False
        except Exception as error:  # noqa: BLE001 - whatever keeps the revision from us, what is kept can be given
            if not self._is_lost:
                log.warning("kept answers only, since the revision cannot be asked: %s", error)
            self._is_lost = True
        finally:
            self._asked, self._ask_again = now, now + self._revision_ttl
            self._asking.release()
        return self._revision

    def _coalesce(
        self,
        key: Hashable,
        revision: Hashable | None,
        environ: "WSGIEnvironment",
        old: _Entry | None,
        now: datetime,
    ) -> tuple[Prepared, str]:
        """Make an answer, once for all who wait for the same one."""
        request = (key, revision)
        with self._lock:
            future = self._in_flight.get(request)
            if future is None:
                mine = self._in_flight[request] = Future()
        if future is not None:
            return future.result()
        try:
            mine.set_result(self._make(key, revision, environ, old, now))
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._in_flight[request]
        return mine.result()

    def _make(
        self,
        key: Hashable,
        revision: Hashable | None,
        environ: "WSGIEnvironment",
        old: _Entry | None,
        now: datetime,
    ) -> tuple[Prepared, str]:
        last = old.answer if old is not None else None
        may_be_stale = old is not None and old.may_be_stale(now)
        held = last.settled if last is not None and may_be_stale else None
        try:
            status, headers, body = _ask(self._app, environ, held)
            answer = Prepared(status, headers, body, now, last)
        except Exception:
            if old is None or not may_be_stale:
                raise
            log.exception("%r could not be made anew", key)
            return self._serve_stale(key, old, now), "stale"
        if answer.code >= 500 and old is not None and may_be_stale:
            log.warning("%r could not be made anew: %s", key, status)
            return self._serve_stale(key, old, now), "stale"
        fresh_until = answer.good_until
        if answer.code == 304 and last is not None:
            answer = last
        if revision is not None and "no-store" not in answer.caching:
            if answer.code == 200:
                self._documents.put(key, _Entry(answer, revision, now, fresh_until), answer.size)
            elif answer.code in _NEGATIVE:
                self._documents.drop(key)
                until = min(now + NEGATIVE_TTL, fresh_until or now + NEGATIVE_TTL)
                self._errors.put(key, _Entry(answer, revision, now, until), answer.size)
        return answer, "miss"

    def _serve_stale(self, key: Hashable, old: _Entry, now: datetime) -> Prepared:
        self._failed = now
        self._documents.put(key, replace(old, stale_until=now + RETRY), old.answer.size)
        return old.answer


def _ask(
    app: "WSGIApplication", environ: "WSGIEnvironment", held: datetime | None = None
) -> tuple[str, Headers, bytes]:
    """Ask the application for the whole answer, as a GET without conditions and codings does."""
    plain = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
    plain["REQUEST_METHOD"] = "GET"
    if held is not None:
        plain[HELD] = held
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
