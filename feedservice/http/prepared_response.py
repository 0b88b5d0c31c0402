"""A complete answer, prepared: headers, body and 304 of each content coding.

Knows HTTP (RFC 9110 §8, §12, §13), nothing of where answers come from or of how long they are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from werkzeug.http import http_date

from feedservice.http.at_once import take_time
from feedservice.http.encodings import CODERS, DECODERS
from feedservice.http.negotiation import (
    Coding,
    choose_coding,
    cut_lifetimes,
    is_not_modified,
    last_modified_header,
    reach,
    read_date,
)

Headers = list[tuple[str, str]]

SMALL = 500
"""Bytes below which compression gains less than its headers and a packet cost."""
COMPRESSED = frozenset({"font/woff2", "image/png", "image/x-icon"})
"""Types whose bytes are compressed as they are; our icons of several sizes hold PNG."""
OVERHEAD = 6144
"""Bytes that an answer's headers, its place among what is kept, and Python's objects for both take,
all codings together: 4.3 KB with one of them, 6.2 with three."""

_MADE_HERE = frozenset(
    {"etag", "last-modified", "content-length", "content-encoding", "expires", "cache-control"}
)
_FOR_CACHES = frozenset(
    {"vary", "surrogate-key", "surrogate-control", "cache-tag", "cdn-cache-control"}
)
_CDN_LIFETIMES = frozenset({"surrogate-control", "cdn-cache-control"})
_NOT_MODIFIED = "304 Not Modified"
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request gets."""

    status: str
    headers: Headers
    body: bytes


class Coded(NamedTuple):
    """How a body is coded, and how many bytes it has in identity."""

    coding: Coding
    length: int


@dataclass(frozen=True, slots=True)
class Variant:
    """An answer in one coding, whole and as a 304; where it ``is_packed``, another has its body."""

    etag: str
    whole: Sent
    unchanged: Sent
    is_packed: bool


class Prepared:
    """An answer to a GET without conditions, ready for every GET and HEAD of its address.

    Only a 200 with a strong validator is coded and compared; any other answer is sent as it is.
    What is coded is not kept in identity, which would be most of its memory: the few who ask for
    that get it unpacked.

    Args:
        status: such as ``200 OK``.
        headers: the application's. Its ``Last-Modified`` may lie ahead of the clock; ``Expires`` is
            the moment at which time alone changes the answer, and is not sent: the lifetimes of
            ``Cache-Control`` are cut to it.
        body: the identity bytes.
        now: no ``Last-Modified`` is later.
        old: an earlier answer of the same address, whose coded bodies serve again where the bytes
            are the same.
        coded: how ``body`` is coded, where it is no identity bytes.

    Attributes:
        last_modified: when it last changed, as it was told; None where nobody said so.
        first_shown: the ``Last-Modified`` of who got it at ``now``; empty where it has none.
        settled: its ``Last-Modified`` once that is over: no later change is given the same one.
        size: the bytes that it holds in memory, about; it changes with each coding that is made.
    """

    def __init__(
        self,
        status: str,
        headers: Headers,
        body: bytes,
        now: datetime,
        old: "Prepared | None" = None,
        *,
        coded: "Coded | None" = None,
    ) -> None:
        self.status = status
        self._length = coded.length if coded else len(body)
        told = {name.lower(): value for name, value in headers}
        is_dense = told.get("content-type", "") in COMPRESSED
        self._is_small = is_dense or self._length < SMALL
        self.code = int(status[:3])
        self.good_until = read_date(told.get("expires"))
        self.caching = told.get("cache-control", "")
        self._reach = timedelta(seconds=reach(self.caching))
        self._etag = told.get("etag", "").strip('"') if self.code == 200 else ""
        self.last_modified = read_date(told.get("last-modified"))
        is_over = self.last_modified is not None and self.last_modified < now
        self.settled = self.last_modified if is_over else None
        self._settles: datetime | None = None
        self._headers = [(name, value) for name, value in headers if name.lower() not in _MADE_HERE]
        self._lock = Lock()
        own = {coded.coding if coded else "identity": body}
        # Of the same class. Another dict for each change, since threads read it.
        same = old if old and self._etag and old._etag == self._etag else None  # noqa: SLF001
        self._bodies: Mapping[Coding, bytes] = same._bodies if same else own  # noqa: SLF001
        self._variants: dict[Coding, Variant] = {}
        self._settle(now)
        self.first_shown = self._shown
        self.size = self._measured()

    def parts(self, good_until: datetime | None) -> tuple[str, Headers, bytes, Coded]:
        """Return what another `Prepared` like this one is made of: its arguments."""
        told = [*self._headers]
        told += [("ETag", f'"{self._etag}"')] if self._etag else []
        told += [("Cache-Control", self.caching)] if self.caching else []
        moments = (("Last-Modified", self.last_modified), ("Expires", good_until))
        told += [(name, http_date(moment)) for name, moment in moments if moment is not None]
        bodies = self._bodies
        coding = next(each for each in DECODERS if each in bodies)
        return self.status, told, bodies[coding], Coded(coding, self._length)

    def until(self, good_until: datetime | None, now: datetime) -> "Prepared":
        """Return the same answer, which time alone changes at another moment perhaps."""
        if good_until == self.good_until:
            return self
        status, headers, body, coded = self.parts(good_until)
        return Prepared(status, headers, body, now, self, coded=coded)

    def allows_until(self, seconds: int) -> datetime | None:
        """Return until when it may be given for so many seconds more; None for ever."""
        # A cache in front of this one may hold an answer for a second.
        return self.good_until and self.good_until - _SECOND - timedelta(seconds=seconds)

    def codings(self) -> tuple[Coding, ...]:
        """Return the codings that somebody asked for and got since its headers last changed.

        None where it is sent as it is, whatever is asked for.
        """
        return () if self._is_small else tuple(self._variants)

    def encode(self, asked: Mapping[str, Any]) -> None:
        """Code it as a GET with these CGI variables will want it, before anybody gets it."""
        if self._etag:
            with self._lock:
                self._encode(choose_coding(asked.get("HTTP_ACCEPT_ENCODING"), self._is_small))

    def select(self, asked: Mapping[str, Any], now: datetime) -> Sent:
        """Return what a GET with these CGI variables gets (RFC 9110 §13.2.2).

        Args:
            asked: a WSGI environment.
            now: see ``now`` of the class.

        Raises:
            Later: it was to be answered `AT_ONCE`, and is to be coded, or waited for.
        """
        if self._settles is not None and now >= self._settles:
            take_time(asked)
            self._settle(now)
        coding: Coding = "identity"
        if self._etag:
            coding = choose_coding(asked.get("HTTP_ACCEPT_ENCODING"), self._is_small)
        variant = self._variants.get(coding)
        if variant is None:
            take_time(asked)
            variant = self._make(coding)
        if not self._etag:
            return variant.whole
        match, since = asked.get("HTTP_IF_NONE_MATCH"), asked.get("HTTP_IF_MODIFIED_SINCE")
        if (match is not None or since is not None) and (
            match == variant.etag
            or is_not_modified(match, since, variant.etag[1:-1], self.last_modified)
        ):
            return variant.unchanged
        whole = variant.whole
        if not variant.is_packed:
            return whole
        take_time(asked)
        return Sent(whole.status, whole.headers, self._unpacked())

    def briefly(self, headers: Headers) -> Headers:
        """Return ``headers`` of this answer for who gets it though it is old.

        A CDN, which was told of the change, keeps it a second. It is not said to be of the present:
        a cache that has what another replica gave since tells by ``Last-Modified`` which is newer.
        """
        others = {name: "max-age=1" for name, _ in headers if name.lower() in _CDN_LIFETIMES}
        others["Last-Modified"] = self.first_shown
        return [(name, others.get(name, value)) for name, value in headers]

    def _settle(self, now: datetime) -> None:
        """Make headers anew: those that are cut by the present move along with it."""
        with self._lock:
            stamp = self.last_modified
            self._shown = "" if stamp is None else http_date(last_modified_header(stamp, now))
            self._caching, settles = self._cut_caching(now)
            if stamp is not None and stamp > now:
                next_second = now.replace(microsecond=0) + _SECOND
                settles = min(next_second, settles or next_second)
            self._settles = settles
            self._variants = {}

    def _cut_caching(self, now: datetime) -> tuple[str, datetime | None]:
        """The ``Cache-Control`` of now, and when it is another one; None for never."""
        end = self.allows_until(0)
        if end is None or not self._reach:
            return self.caching, None
        if now < end - self._reach:
            return self.caching, end - self._reach
        seconds = max((end - now) // _SECOND, 0)
        last = end - seconds * _SECOND  # the last moment at which so many whole ones are left
        return cut_lifetimes(self.caching, seconds), last + datetime.resolution if seconds else None

    def _measured(self) -> int:
        return OVERHEAD + sum(map(len, self._bodies.values()))

    def _unpacked(self) -> bytes:
        bodies = self._bodies
        coding = next(each for each in DECODERS if each in bodies)
        return DECODERS[coding](bodies[coding], self._length)

    def _encode(self, coding: Coding) -> None:
        if coding != "identity" and coding not in self._bodies:
            made = {**self._bodies, coding: CODERS[coding](self._unpacked())}
            if not self._is_small:
                made.pop("identity", None)
                self._variants.pop("identity", None)
            self._bodies = made
            self.size = self._measured()

    def _make(self, coding: Coding) -> Variant:
        with self._lock:
            self._encode(coding)
            body = self._bodies.get(coding)
            length = self._length if body is None else len(body)
            etag = f'"{self._etag}"' if coding == "identity" else f'"{self._etag}-{coding}"'
            own = [("ETag", etag)] if self._etag else []
            own += [("Last-Modified", self._shown)] if self._shown else []
            own += [("Cache-Control", self._caching)] if self._caching else []
            repeated = [pair for pair in self._headers if _is_repeated(pair[0])]
            coded = [("Content-Encoding", coding)] if coding != "identity" else []
            variant = Variant(
                etag=etag,
                whole=Sent(
                    self.status,
                    [*self._headers, *own, *coded, ("Content-Length", str(length))],
                    body or b"",
                ),
                unchanged=Sent(_NOT_MODIFIED, [*repeated, *own], b""),
                is_packed=body is None,
            )
            self._variants[coding] = variant
            return variant


def _is_repeated(name: str) -> bool:
    """Whether a 304 repeats a header (RFC 9110 §15.4.5); scripts see CORS headers there, too."""
    lower = name.lower()
    return lower in _FOR_CACHES or lower.startswith("access-control-")
