"""WSGI middleware that keeps prepared answers, among which a request chooses (RFC 9111).

It knows HTTP, a revision and a clock; nothing of feeds or Flask. The application behind it answers
plain GETs, without conditions and without codings, and says in ``Expires`` when time alone changes
an answer. Handed no budget, it keeps nothing, and what a client sees is the same.
"""

import logging
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from feedservice.clock import Clock
from feedservice.http.admission import BoundedStreams, Busy, Slots, refusal
from feedservice.http.ahead import Ahead
from feedservice.http.at_once import COUNTED, Later, take_time
from feedservice.http.entry import RESTORED, RETRY, Entry
from feedservice.http.flights import Flight, Flights, Make
from feedservice.http.kept import Kept
from feedservice.http.miss import Miss
from feedservice.http.plain_get import get
from feedservice.http.prepared_response import Headers, Prepared
from feedservice.http.revision import TTL, Revision

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

CACHE_STATUS = "http.cache_status"
"""The variable of the environment that tells who is around how a request was answered."""
STATUS = "http.status"
"""The variable that tells the status, such as ``200 OK``."""
DEGRADED = "http.degraded"
"""The variable that holds a function: since when answers cannot be made anew; it asks for that."""
HELD = "http.held"
"""The variable that tells the application the ``Last-Modified`` of the answer that is held: where
nothing has changed since, it may say 304 with a new ``Expires`` instead of making it again."""

UNCACHEABLE: Hashable = object()
"""The key of an answer that is prepared as any other, and neither kept nor shared."""

DEGRADED_FOR = timedelta(seconds=10)
"""How long after a failure kept answers are reported."""
_OLD = frozenset({"stale", "updating"})
_SLOTS, _PLACES = 4, 16
"""Answers that are made at once, and requests that wait, where the application says nothing."""


class HttpCache:
    """Answers GET and HEAD from what is kept; lets everything else through.

    Args:
        app: the application.
        key: the canonical address that a request asks for; `UNCACHEABLE` where its answer is not
            to be kept; None where the application itself answers conditions and ranges.
        revision: what all answers of one moment have in common; raises where nobody knows it.
        clock: tells freshness.
        budget: bytes of answers to keep; 0 keeps none.
        revision_ttl: how often the revision is asked where nothing tells of a change.
        patience: seconds that a request waits for the revision at most; None where it is told at
            once.
        changes: returns another value after each change, at no cost; the revision is asked then.
        slots: among whom a request waits when its answer is to be made.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        key: Callable[["WSGIEnvironment"], Hashable | None],
        revision: Callable[[], Hashable],
        clock: Clock,
        *,
        budget: int = 0,
        revision_ttl: timedelta = TTL,
        patience: float | None = None,
        changes: Callable[[], object] | None = None,
        slots: "Callable[[WSGIEnvironment], Slots] | None" = None,
    ) -> None:
        self._app = app
        self._streams = BoundedStreams(app)
        one = Slots(_SLOTS, _PLACES)
        self._slots = slots or (lambda _environ: one)
        self._key = key
        self._revision = Revision(revision, revision_ttl, changes, self._tell_lost, patience)
        self._may_hang = patience is not None
        self._clock = clock
        self._kept = Kept(budget)
        self._flights = Flights()
        self._failed: tuple[datetime, datetime] | None = None
        self._restored: datetime | None = None
        self._ahead = Ahead(self._renew, clock) if budget and changes else None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request; raises `Later` where it was to be `AT_ONCE` and takes time."""
        method = environ["REQUEST_METHOD"]
        now = self._clock()
        seen = revision = self._revision.just_seen(now)
        # So written since it is on the hot path.
        key = self._key(environ) if method == "GET" or method == "HEAD" else None  # noqa: PLR1714
        if key is None:
            take_time(environ)
            return self._pass(environ, start_response)
        if revision is None:
            revision = self._revision.at(now, environ)
            key = self._key(environ)  # the site may have become another
        try:
            if key is UNCACHEABLE or key is None:
                take_time(environ)
                answer, how = self._make_apart(Miss(UNCACHEABLE, revision, environ, None, now))
                return self._send(answer, how, environ, start_response, now)
            entry = self._kept.peek(key) if COUNTED in environ else self._kept.get(key)
            if entry is not None and revision is not None and entry.is_fresh(revision, now):
                is_stale = entry.stale_until or (seen is None and self._revision.is_away(now))
                answer, how = entry.answer, "stale" if is_stale else "hit"
            else:
                take_time(environ)
                answer, how = self._coalesce(Miss(key, revision, environ, entry, now))
                if self._ahead and entry and how == "miss" and not environ.get("QUERY_STRING"):
                    self._ahead.note(key, environ)
            size = answer.size
            sent = self._send(answer, how, environ, start_response, now)
        except Later as later:
            later.is_counted = True
            raise
        except Busy:
            is_cut_off = self._may_hang and self._revision.is_away(self._clock())
            told = refusal(is_cut_off=is_cut_off)
            return self._send(told, "busy", environ, start_response, now)
        if answer.size != size:
            self._kept.weigh(key, answer.size)
        return sent

    @property
    def size(self) -> int:
        """Bytes that are kept now."""
        return self._kept.size

    def revision(self, now: datetime) -> Hashable | None:
        """Return the revision of what is answered now; None where nobody tells it."""
        known = self._revision.at(now)
        return None if known is RESTORED or self._revision.is_away(now) else known

    def degraded_since(self, now: datetime) -> datetime | None:
        """Return since when answers are given that cannot be made anew; None where all can."""
        first, last = self._failed or (now, now - DEGRADED_FOR)
        since = [self._revision.lost_since, first if now - last < DEGRADED_FOR else None]
        if self._revision.known == RESTORED:
            since.append(self._restored)
        return min(filter(None, since), default=None) if len(self._kept) else None

    def documents(self) -> list[tuple[Hashable, Entry]]:
        """Return what is kept, of whatever revision, what was asked for last first."""
        return self._kept.documents()

    def entries(self, now: datetime) -> list[tuple[Hashable, Entry]]:
        """Return what is kept, what was asked for last first; nothing while that is all there is.

        What the present revision is known to have was as good as made now.
        """
        known, last = self._revision.known, self._revision.lost_since or now
        if known in (None, RESTORED):
            return []
        return [
            (key, replace(entry, made=last) if entry.is_of(known, last) else entry)
            for key, entry in self.documents()
        ]

    def restore(self, entries: Sequence[tuple[Hashable, Entry]]) -> None:
        """Keep what another process kept, until the revision can be asked; best first."""
        self.borrow(entries)
        self._revision.known, self._restored = RESTORED, self._clock()

    def borrow(self, entries: Sequence[tuple[Hashable, Entry]]) -> None:
        """Keep what another process keeps and this one has nothing of, or older; best first."""
        own = dict(self.entries(self._clock()))
        self._kept.restore(
            (key, replace(entry, revision=RESTORED))
            for key, entry in reversed(entries)
            if key not in own or own[key].is_older(entry)
        )

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
        is_old = how in _OLD
        start_response(sent.status, answer.briefly(sent.headers) if is_old else list(sent.headers))
        return [sent.body] if sent.body and environ["REQUEST_METHOD"] == "GET" else []

    def _pass(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ[CACHE_STATUS], environ[DEGRADED] = "pass", self._degraded_since

        def start(status: str, headers: Headers, *exc_info: Any) -> Callable[[bytes], object]:
            environ[STATUS] = status
            told = [pair for pair in headers if pair[0].lower() != "expires"]
            return start_response(status, told, *exc_info)

        return self._streams(environ, start)

    def _degraded_since(self) -> datetime | None:
        now = self._clock()
        self._revision.at(now)
        return self.degraded_since(now)

    def _tell_lost(self, error: Exception) -> None:
        if len(self._kept):
            log.warning("kept answers only, since the revision cannot be asked: %s", error)

    def _coalesce(self, miss: Miss) -> tuple[Prepared, str]:
        """Make an answer, once for all who want it; meanwhile they get what there was, if they may.

        Raises:
            Busy: there is nothing to give, and too many wait, or for too long, or in vain.
        """
        slots, spare, own = self._slots(miss.environ), miss.spare, miss.own
        if spare is not None and self._revision.is_away(miss.now):
            return self._give_again(miss, spare)
        flight, is_mine = self._flights.join(miss)
        if is_mine:
            make = partial(self._make_in_turn, miss.beside, slots)
            land = partial(self._flights.land, miss.key, flight, make)
            return self._wait_for(flight, land, own) or self._give_again(miss, spare)
        if own and not flight.is_ahead:
            return own.answer, "updating"
        try:
            return slots.wait(flight.future)
        except Busy:
            if own is None:
                raise
            return self._give_again(miss, own)

    def _make_apart(self, miss: Miss) -> tuple[Prepared, str]:
        """Make an answer that nobody shares; raises as `_coalesce`."""
        flight, beside = Flight(miss.revision), miss.beside.environ

        def make() -> tuple[Prepared, str]:
            with self._slots(beside).take():
                return Prepared(*get(self._app, beside), miss.now), "pass"

        return self._wait_for(flight, partial(flight.land, make)) or self._give_again(miss, None)

    def _wait_for(
        self, flight: Flight, land: Make, own: Entry | None = None
    ) -> tuple[Prepared, str] | None:
        """Have it made; None where that takes long, and is waited for in vain or need not be."""
        made = flight.in_a_hurry(land) if self._may_hang else land()
        if made or own or self._revision.is_away(self._clock()):
            return made
        return flight.future.result()

    def _renew(self, key: Hashable, environ: "WSGIEnvironment") -> None:
        """Make what is kept anew, if it is old, while nobody waits for an answer."""
        now = self._clock()
        revision, old = self._revision.at(now), self._kept.get(key)
        if revision is None or old is None or self._key(environ) != key:
            return
        miss = Miss(key, revision, environ, old, now)
        is_old = miss.spare is not None and not old.is_fresh(revision, now)
        if is_old and (flight := self._flights.ahead(miss)):
            self._flights.land(key, flight, lambda: self._make(miss))

    def _make_in_turn(self, miss: Miss, slots: Slots) -> tuple[Prepared, str]:
        try:
            with slots.take():
                return self._make(miss)
        except Busy:
            if miss.spare is None:
                raise
            return self._give_again(miss, miss.spare)

    def _make(self, miss: Miss) -> tuple[Prepared, str]:
        last = miss.old.answer if miss.old is not None else None
        spare, now = miss.spare, miss.now
        try:
            held = {HELD: miss.own.answer.settled} if miss.own else {}
            told = get(self._app, miss.environ, held)
            answer = Prepared(*told, now, last)
        except Exception:
            if spare is None:
                raise
            log.exception("%r could not be made anew", miss.key)
            return self._give_again(miss, spare, failed=True)
        if answer.code >= 500 and spare is not None:
            log.warning("%r could not be made anew: %s", miss.key, answer.status)
            return self._give_again(miss, spare, failed=True)
        fresh_until = answer.good_until
        if answer.code == 304 and last is not None:
            answer = last.until(fresh_until, now)
        answer.encode(miss.environ)  # what is large weighs less then
        self._kept.take(miss, answer, fresh_until)
        return answer, "miss"

    def _give_again(
        self, miss: Miss, spare: Entry | None, *, failed: bool = False
    ) -> tuple[Prepared, str]:
        """Give what is kept, for a while without trying again.

        Raises:
            Busy: there is nothing, or its own moment came meanwhile.
        """
        now = self._clock()
        if spare is None or not spare.may_be_stale(now):
            raise Busy
        if failed:
            first, last = self._failed or (now, now)
            self._failed = first if now - last < DEGRADED_FOR else now, now
        self._kept.put(miss, replace(spare, stale_until=now + RETRY))
        return spare.answer, "stale"
