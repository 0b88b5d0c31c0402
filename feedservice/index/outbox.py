"""The outbox: which hubs are still to be told of which lists (WebSub). Survives crashes, and
rebuilds of the cache.

A row says that a list changed, not how: a second change before the hub was told is told with the
first.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Status
from feedservice.index.changes import ALL_LISTS, SITE, Label, unix_seconds
from feedservice.index.rows import get_meta, put_meta
from feedservice.index.schema import articles, labels, outbox

PATIENCE = timedelta(seconds=3)
"""How long after a change a hub is told at the earliest: it fetches at once, through caches that
hold a second.

nginx counts whole seconds, so a second may last two.
"""

_MARK = "told_until"
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One list of which one hub is to be told. ``tries`` counts those that failed."""

    hub: str
    label: Label
    due: int
    tries: int


def enqueue(
    connection: Connection, changed: Collection[Label], hubs: Collection[str], now: datetime
) -> None:
    """Put lists into the outbox, within the transaction that changed them. `ALL_LISTS` is no list.

    Where other entries show an article that changed, their lists change too; a poll finds that, no
    hub is told.
    """
    due = unix_seconds(now + PATIENCE) + 1
    for hub in hubs:
        for kind, slug in changed:
            if (kind, slug) == ALL_LISTS:
                continue
            connection.execute(delete(outbox).where(_is(hub, (kind, slug))))
            connection.execute(
                insert(outbox).values(hub=hub, kind=kind, slug=slug, due=due, tries=0)
            )


class Outbox:
    """The outbox of an index that is writable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def notice_time(self, hubs: Collection[str], now: datetime) -> None:
        """Put in the lists of articles that time alone published or expired since the last such
        moment.
        """
        moment = unix_seconds(now)

        def look(connection: Connection) -> None:
            mark = get_meta(connection, _MARK)
            since = int(mark or moment)
            passed = or_(
                and_(articles.c.scheduled > since, articles.c.scheduled <= moment),
                and_(articles.c.expires > since, articles.c.expires <= moment),
            )
            # Not `==`: an equality draws SQLite's planner to the index of statuses, and through
            # every published row.
            hidden = [status.value for status in Status if status is not Status.PUBLISHED]
            numbers = select(articles.c.number).where(passed, articles.c.status.not_in(hidden))
            is_passed = connection.execute(numbers.limit(1)).first() is not None
            if is_passed:
                named = (
                    select(labels.c.kind, labels.c.slug)
                    .where(labels.c.number.in_(numbers))
                    .distinct()
                )
                changed: set[Label] = {(kind, slug) for kind, slug in connection.execute(named)}
                enqueue(connection, {SITE, *changed}, hubs, now)
            if is_passed or mark is None:
                put_meta(connection, _MARK, str(moment))

        self._do(look)

    def due(self, now: datetime, limit: int = 100) -> tuple[Ping, ...]:
        """Return what is to be told now, the longest waiting first."""
        statement = (
            select(outbox)
            .where(outbox.c.due <= unix_seconds(now))
            .order_by(outbox.c.due)
            .limit(limit)
        )
        return self._do(
            lambda connection: tuple(
                Ping(hub=row.hub, label=(row.kind, row.slug), due=row.due, tries=row.tries)
                for row in connection.execute(statement)
            )
        )

    def waiting(self) -> int:
        """Return how many rows there are."""
        statement = select(func.count()).select_from(outbox)
        return self._do(lambda connection: connection.execute(statement).scalar_one())

    def done(self, ping: Ping) -> None:
        """Remove a row, unless its list changed again meanwhile."""
        self._do(
            lambda connection: connection.execute(
                delete(outbox).where(_is(ping.hub, ping.label), _same(ping))
            )
        )

    def later(self, ping: Ping, due: datetime) -> None:
        """Try a row again at ``due``."""
        values = {"due": unix_seconds(due), "tries": ping.tries + 1}
        self._do(
            lambda connection: connection.execute(
                update(outbox).where(_is(ping.hub, ping.label), _same(ping)).values(**values)
            )
        )

    def _do(self, work: Callable[[Connection], _Result]) -> _Result:
        try:
            with self._engine.begin() as connection:
                return work(connection)
        except SQLAlchemyError as error:
            raise IndexUnavailable(str(error).splitlines()[0]) from error


def _is(hub: str, label: Label) -> ColumnElement[bool]:
    return and_(outbox.c.hub == hub, outbox.c.kind == label[0], outbox.c.slug == label[1])


def _same(ping: Ping) -> ColumnElement[bool]:
    return outbox.c.due == ping.due
