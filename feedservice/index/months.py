"""Months that have public articles, and how many, from the months of UTC that are counted already.

Functions over an open transaction.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, cast, func, select

from feedservice.domain.periods import Period
from feedservice.index import counts, functions
from feedservice.index.changes import unix_seconds
from feedservice.index.schema import articles
from feedservice.index.statements import Statement
from feedservice.index.states import is_public

_WANTED = functions.wanted()
_FIRST, _END = (cast(functions.item_of(_WANTED.c.value, each), BigInteger) for each in (0, 1))
_COUNTED = (
    select(func.count())
    .select_from(articles)
    .where(articles.c.published >= _FIRST, articles.c.published < _END)
    .where(is_public(articles.c.published + 0))
    .correlate(_WANTED)
)
_BETWEEN = Statement(select(_FIRST, _COUNTED.scalar_subquery()).select_from(_WANTED))
_DAY = timedelta(days=1)


def of_site(connection: Connection, zone: str, now: datetime) -> list[tuple[Period, int]]:
    """Return the months of a zone that have public articles, newest first, and how many.

    The hours between the beginnings of a month, in UTC and in the zone, are walked through: those
    of all months at once, and none where the zone is UTC.

    Args:
        connection: of a snapshot.
        zone: of the site.
        now: the moment.
    """
    found = counts.of_months(connection, now)
    spans = _spans(frozenset(key for key, count in found.items() if count > 0), zone)
    between = _between(connection, spans, now)
    for span in spans:
        count = between.get(span.begin, 0)
        found[span.into] += count
        found[span.out_of] -= count
    return [(span.period, found[span.key]) for span in spans if found[span.key] > 0]


class _Span(NamedTuple):
    """What is between the beginnings of a month, in UTC and in a zone.

    Attributes:
        key: of the month.
        period: the month of the zone.
        begin, end: in Unix seconds.
        into, out_of: which month has its articles in the zone, and which in UTC.
    """

    key: str
    period: Period
    begin: int
    end: int
    into: str
    out_of: str


@lru_cache(maxsize=4)
def _spans(keys: frozenset[str], zone: str) -> tuple[_Span, ...]:
    """Those of months and of the ones beside them, newest first."""
    known = [datetime.fromisoformat(f"{key}-01").replace(tzinfo=UTC) for key in keys]
    # A month's first or last hours are the zone's month before or after.
    near = {
        each.replace(day=1) for first in known for each in (first, first + 31 * _DAY, first - _DAY)
    }
    return tuple(_span(first, zone) for first in sorted(near, reverse=True))


def _span(first: datetime, zone: str) -> _Span:
    period = Period.month_of(first + 14 * _DAY, zone)
    key, before = counts.month_of(first), counts.month_of(first - _DAY)
    begins = unix_seconds(first), unix_seconds(period.start)
    # Where the zone's month begins later, the hours are of the one before.
    into, out_of = (before, key) if first <= period.start else (key, before)
    return _Span(key, period, min(begins), max(begins), into, out_of)


def _between(connection: Connection, spans: Iterable[_Span], now: datetime) -> dict[int, int]:
    """How many public articles were published in each span, by when that begins."""
    walked = [(each.begin, each.end) for each in spans if each.begin < each.end]
    if not walked:
        return {}
    rows = _BETWEEN.rows(connection, wanted=json.dumps(walked), moment=unix_seconds(now))
    return dict(rows)
