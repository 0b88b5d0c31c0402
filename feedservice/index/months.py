"""Months that have public articles, and how many, from the months of UTC that are counted already.

Functions over an open transaction.
"""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

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
    known = [_first(key) for key, count in found.items() if count > 0]
    # A month's first or last hours are the zone's month before or after.
    near = {
        each.replace(day=1) for first in known for each in (first, first + 31 * _DAY, first - _DAY)
    }
    periods = {first: Period.month_of(first + 14 * _DAY, zone) for first in near}
    walked = {first: sorted((first, period.start)) for first, period in periods.items()}
    between = _between(connection, walked.values(), now)
    for first, (begin, _end) in walked.items():
        count = between.get(unix_seconds(begin), 0)
        into, out_of = counts.month_of(first), counts.month_of(first - _DAY)
        if begin == first:  # the zone's month begins later
            into, out_of = out_of, into
        found[into] += count
        found[out_of] -= count
    newest_first = sorted((counts.month_of(first), period) for first, period in periods.items())
    return [(period, found[key]) for key, period in reversed(newest_first) if found[key] > 0]


def _first(key: str) -> datetime:
    return datetime.fromisoformat(f"{key}-01").replace(tzinfo=UTC)


def _between(
    connection: Connection, spans: Collection[Sequence[datetime]], now: datetime
) -> dict[int, int]:
    """How many public articles were published in each span, by when that begins."""
    walked = [[unix_seconds(begin), unix_seconds(end)] for begin, end in spans if begin < end]
    if not walked:
        return {}
    rows = _BETWEEN.rows(connection, wanted=json.dumps(walked), moment=unix_seconds(now))
    return dict(rows)
