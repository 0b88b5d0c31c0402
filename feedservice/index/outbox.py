"""The outbox: which hubs are still to be told of which lists (WebSub). Survives rebuilds.

A row says that a list changed, not how: a second change before the hub was told is told with the
first, so that an article saved every second delays nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from feedservice.index import spellings
from feedservice.index.changes import ALL_LISTS, SITE, Label, unix_seconds
from feedservice.index.engine import write_transaction
from feedservice.index.rows import get_meta, put_meta
from feedservice.index.schema import articles, labels, pings
from feedservice.index.states import is_published

DELAY = timedelta(seconds=4)
"""From a change to its ping: the hub fetches at once, through caches that keep an answer for a
second. nginx counts whole seconds, so that one may last two."""

MAX_WAIT = timedelta(days=1)
"""A ping is never due later: nobody is asked to wait longer."""

PURGE = "purge:"
"""Begins what stands for a CDN in the place of a hub; see `purges`."""

_MARK = "told_until"
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One list of which one hub is to be told.

    Attributes:
        changed: when the list last changed, in Unix seconds.
        tries: how many have failed.
        failing_since: when the first of them failed, in Unix seconds; 0 where none has.
    """

    hub: str
    label: Label
    changed: int
    tries: int
    failing_since: int


def enqueue(
    connection: Connection, changed: Collection[Label], hubs: Collection[str], now: datetime
) -> None:
    """Put lists into the outbox, within the transaction that changed them, but for `ALL_LISTS`.

    Where other entries show an article that changed, their lists change too; a poll finds that, no
    hub is told. What is waiting keeps its time, unless that is of a clock that was set back since.
    """
    if not hubs:
        return
    moment = unix_seconds(now)
    due = unix_seconds(now + DELAY)
    still_due = case((pings.c.changed > moment, due), else_=pings.c.due)
    topics = spellings.as_shown(connection, changed, now)
    for hub in hubs:
        for kind, slug in topics - {ALL_LISTS}:
            waiting = update(pings).where(_is(hub, (kind, slug)))
            if connection.execute(waiting.values(changed=moment, due=still_due)).rowcount:
                continue
            values = {"hub": hub, "kind": kind, "slug": slug, "changed": moment}
            connection.execute(insert(pings).values(**values, due=due, tries=0, failing_since=0))


Noticed = Callable[[Connection, Sequence[int], datetime], None]
"""Is handed the numbers of what time alone changed, and the moment, within a transaction."""


def _nobody(_connection: Connection, _numbers: Sequence[int], _now: datetime) -> None:
    pass


class Outbox:
    """The outbox of an index that is writable; ``noticed`` is told whenever time is noticed."""

    def __init__(self, engine: Engine, noticed: Noticed = _nobody) -> None:
        self._engine = engine
        self._noticed = noticed

    def notice_time(self, hubs: Collection[str], now: datetime) -> None:
        """Put in the lists of what time alone published or expired since the last such moment.

        Moments that lie ahead are of a clock that was ahead: what it passed then it passes again,
        and what was to be told by it is due.
        """
        moment = unix_seconds(now)
        ahead = or_(
            pings.c.changed > moment,
            pings.c.failing_since > moment,
            pings.c.due > unix_seconds(now + MAX_WAIT),
        )
        current = {
            "due": moment,
            "changed": _at_most(moment, pings.c.changed),
            "failing_since": _at_most(moment, pings.c.failing_since),
        }

        def look(connection: Connection) -> None:
            connection.execute(update(pings).where(ahead).values(**current))
            mark = get_meta(connection, _MARK)
            since = int(mark or moment)
            passed = or_(
                and_(articles.c.scheduled > since, articles.c.scheduled <= moment),
                and_(articles.c.leaves > since, articles.c.leaves <= moment),
            )
            numbers = select(articles.c.number).where(passed, is_published())
            is_passed = connection.execute(numbers.limit(1)).first() is not None
            its_numbers = connection.execute(numbers).scalars().all() if is_passed else []
            self._noticed(connection, its_numbers, now)
            if is_passed:
                named = select(labels.c.kind, labels.c.slug).where(labels.c.number.in_(numbers))
                rows = connection.execute(named.distinct())
                enqueue(connection, {SITE, *((kind, slug) for kind, slug in rows)}, hubs, now)
            if is_passed or mark is None or since > moment:
                put_meta(connection, _MARK, str(moment))

        self._do(look)

    def hubs_due(self, now: datetime) -> tuple[str, ...]:
        """Return the hubs that are to be told something now."""
        is_due = pings.c.due <= unix_seconds(now)
        statement = select(pings.c.hub).where(is_due, is_hub(pings.c.hub)).distinct()
        return self._do(lambda connection: tuple(connection.execute(statement).scalars()))

    def due(self, hub: str, now: datetime, limit: int = 100) -> tuple[Ping, ...]:
        """Return what a hub is to be told now, the longest waiting first."""
        return self._do(lambda connection: self._due(connection, hub, unix_seconds(now), limit))

    def _due(self, connection: Connection, hub: str, moment: int, limit: int) -> tuple[Ping, ...]:
        statement = (
            select(pings)
            .where(pings.c.hub == hub, pings.c.due <= moment)
            .order_by(pings.c.due)
            .limit(limit)
        )
        return tuple(
            Ping(
                hub=row.hub,
                label=(row.kind, row.slug),
                changed=row.changed,
                tries=row.tries,
                failing_since=row.failing_since,
            )
            for row in connection.execute(statement)
        )

    def waiting(self) -> int:
        """Return how many rows there are."""
        statement = select(func.count()).select_from(pings).where(is_hub(pings.c.hub))
        return self._do(lambda connection: connection.execute(statement).scalar_one())

    def done(self, ping: Ping, sent: datetime) -> None:
        """Remove a row that was told at ``sent``, or keep it for what changed just before or since.

        A hub that was told within `DELAY` of a change may have fetched what a cache kept from
        before it.
        """
        row = _is(ping.hub, ping.label)
        is_settled = and_(
            pings.c.changed <= unix_seconds(sent - DELAY), pings.c.changed == ping.changed
        )
        again = {
            "due": pings.c.changed + int(DELAY.total_seconds()),
            "tries": 0,
            "failing_since": 0,
        }

        def settle(connection: Connection) -> None:
            connection.execute(delete(pings).where(row, is_settled))
            connection.execute(update(pings).where(row).values(**again))

        self._do(settle)

    def postpone(self, ping: Ping, now: datetime, due: datetime) -> None:
        """Note that a ping failed, and leave its hub alone until ``due``: other lists wait too."""
        moment = unix_seconds(due)
        failed = {"tries": ping.tries + 1, "failing_since": ping.failing_since or unix_seconds(now)}
        waits = and_(pings.c.hub == ping.hub, pings.c.due < moment)

        def put_off(connection: Connection) -> None:
            connection.execute(update(pings).where(_is(ping.hub, ping.label)).values(**failed))
            connection.execute(update(pings).where(waits).values(due=moment))

        self._do(put_off)

    def forget(self, hub: str) -> int:
        """Remove all rows of a hub; return how many there were."""
        return self._do(
            lambda connection: connection.execute(delete(pings).where(pings.c.hub == hub)).rowcount
        )

    def _do(self, work: Callable[[Connection], _Result]) -> _Result:
        with write_transaction(self._engine) as connection:
            return work(connection)


def is_hub(hub: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether what is to be told is a hub, and no CDN."""
    return hub.not_like(f"{PURGE}%")


def _is(hub: str, label: Label) -> ColumnElement[bool]:
    return and_(pings.c.hub == hub, pings.c.kind == label[0], pings.c.slug == label[1])


def _at_most(moment: int, column: ColumnElement[int]) -> ColumnElement[int]:
    return case((column > moment, moment), else_=column)
