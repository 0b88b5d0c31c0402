"""What a request's headers select: a content coding, a 304. Pure: texts in, decisions out."""

import math
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

from werkzeug.http import parse_date, parse_etags

Coding = Literal["br", "gzip", "identity"]

_CODINGS: tuple[Coding, ...] = ("br", "gzip", "identity")
"""In the order of our preference, which decides between equal q values."""
_QVALUE = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_LONG = 200
"""Characters from which on a header is not remembered: strangers send what they like."""
_LONGEST = 8 * 1024
"""Characters of a header that are read at most: one of 300,000 took a thread for 60 ms."""
_UNNAMED = 0.0001
"""The q value of identity where the header does not speak of it: acceptable, behind whatever it
names."""


_LIFETIME = re.compile(r"(s-maxage|max-age|stale-while-revalidate|stale-if-error)=([0-9]{1,10})")


def reach(caching: str) -> int:
    """Return for how many seconds a ``Cache-Control`` lets an answer be given, stale or not."""
    spans = {name: int(seconds) for name, seconds in _LIFETIME.findall(caching)}
    fresh = max(spans.pop("max-age", 0), spans.pop("s-maxage", 0))
    return fresh + max(spans.values(), default=0)


def cut_lifetimes(caching: str, seconds: int) -> str:
    """Return a ``Cache-Control`` that lets an answer be given for ``seconds`` at most.

    What may be given stale (RFC 5861) counts from the end of ``max-age`` (RFC 9111 §5.2.2.1), or
    of a shared cache's (§5.2.2.10).

    >>> cut_lifetimes("max-age=300, stale-if-error=86400", 400)
    'max-age=300, stale-if-error=100'
    """
    left = max(seconds, 0)
    spans = {name: int(span) for name, span in _LIFETIME.findall(caching)}
    fresh = min(max(spans.get("max-age", 0), spans.get("s-maxage", 0)), left)

    def cut(lifetime: re.Match[str]) -> str:
        most = left - fresh if lifetime[1].startswith("stale") else left
        return f"{lifetime[1]}={min(int(lifetime[2]), most)}"

    return _LIFETIME.sub(cut, caching)


def choose_coding(accept_encoding: str | None, small: bool = False) -> Coding:
    """Return the content coding that an ``Accept-Encoding`` header selects (RFC 9110 §12.5.3).

    Args:
        accept_encoding: the header's value, None where there is none.
        small: whether the body is too short to gain from compression; identity comes first then,
            unless refused.
    """
    if accept_encoding is None or len(accept_encoding) > _LONGEST:
        return "identity"
    choose = _choose if len(accept_encoding) < _LONG else _choose.__wrapped__
    return choose(accept_encoding, small)


@lru_cache(256)  # the same few come all the time, and reading one takes longer than the rest
def _choose(accept_encoding: str, small: bool) -> Coding:
    named = dict(_read(item) for item in accept_encoding.split(","))
    others = named.get("*")
    q = {coding: named.get(coding, others or 0.0) for coding in _CODINGS}
    if "identity" not in named and others is None:
        q["identity"] = _UNNAMED
    if small and q["identity"] > 0:
        return "identity"
    # The first of equals, so br before gzip before identity.
    best = max(_CODINGS, key=lambda coding: q[coding])
    # Where nothing is acceptable, an answer serves better than a 406.
    return best if q[best] > 0 else "identity"


def _read(item: str) -> tuple[str, float]:
    name, _, parameters = item.partition(";")
    coding = name.strip().lower().removeprefix("x-")  # x-gzip is gzip (RFC 9110 §8.4.1.3)
    for parameter in parameters.split(";"):
        key, mark, value = parameter.partition("=")
        if mark and key.strip().lower() == "q":
            # What is not a q value counts as a refusal: the plain bytes are never wrong.
            weight = value.strip()
            return coding, float(weight) if _QVALUE.fullmatch(weight) else 0.0
    return coding, 1.0


def http_seconds(moment: datetime) -> datetime:
    """Return ``moment`` in whole seconds, rounded up: HTTP may be told late, never early."""
    return datetime.fromtimestamp(math.ceil(moment.timestamp()), UTC)


def last_modified_header(last_modified: datetime, now: datetime) -> datetime:
    """Return what ``Last-Modified`` says: at most the time of the answer (RFC 9110 §8.8.2.1)."""
    return min(http_seconds(last_modified), now.replace(microsecond=0))


def read_date(value: str | None) -> datetime | None:
    """Return the moment in a date header, or None where it has no valid one."""
    try:
        return parse_date(value)
    except (OverflowError, AttributeError, IndexError):
        # email.utils lets these through for absurd zones and years.
        return None


def is_not_modified(
    if_none_match: str | None,
    if_modified_since: str | None,
    etag: str,
    last_modified: datetime | None,
) -> bool:
    """Whether a GET or HEAD with these headers is answered with 304 (RFC 9110 §13.2.2).

    Args:
        if_none_match: goes first; a list, compared weakly, or ``*``.
        if_modified_since: only asked where there is no ``If-None-Match``; a malformed one is
            ignored.
        etag: of the representation that the request selects, with its coding's suffix and without
            quotes.
        last_modified: as the document has it, not cut to the present: stamps lie a little in the
            future so that they are late, and a copy fetched before such a moment must not be
            confirmed after it.
    """
    if if_none_match is not None:
        if len(if_none_match) > _LONGEST:
            return False
        tags = parse_etags(if_none_match)
        return tags.star_tag or tags.contains_weak(etag)
    since = read_date(if_modified_since)
    return since is not None and last_modified is not None and http_seconds(last_modified) <= since
