"""The latest moment that came for readers: time goes back before it for nobody.

What was published, or withdrawn, or has expired stays so in a process that starts after the clock
was set back. It is a moment of an article that is there: a date that was wrong is taken back by
another. Functions over an open transaction.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from feedservice.domain.headline import Status
from feedservice.index.packed import Packed
from feedservice.index.schema import articles, passed
from feedservice.index.statements import Statement
from feedservice.index.states import is_live


def _latest_of(column: ColumnElement[int | None]) -> ScalarSelect[int | None]:
    is_draft = articles.c.status.in_([Status.DRAFT.value])
    until = column <= bindparam("moment")
    return select(func.max(column)).where(until, is_live(), ~is_draft).scalar_subquery()


_LATEST = Statement(select(_latest_of(articles.c.published), _latest_of(articles.c.leaves)))
_NOTED = Statement(select(func.max(passed.c.moment)))
_FORGET = Statement(delete(passed))
_NOTE = Statement(insert(passed))


def no_earlier(connection: Connection, now: datetime) -> datetime:
    """Return ``now``, or the latest moment that came, if that is later."""
    return max(now, datetime.fromtimestamp(noted(connection), UTC))


def noted(connection: Connection) -> int:
    """Return the latest moment that came, as far as it is noted; Unix seconds, 0 for none."""
    return _NOTED.run(connection).scalar() or 0


def latest(connection: Connection, moment: int) -> int:
    """Return the latest moment of any article until ``moment``; Unix seconds, 0 for none."""
    return max(filter(None, _LATEST.run(connection, moment=moment).one()), default=0)


def of_saved(packed: Iterable[Packed], now: datetime) -> int:
    """Return the latest moment that had come when its file was saved; Unix seconds, 0 for none.

    An embargo lies after that, and a clock that was ahead for a moment may have passed it.
    """
    return max(
        (
            moment
            for each in packed
            if each.article and each.article.status != Status.DRAFT.value
            for moment in (each.article.published, each.article.leaves)
            if moment and moment <= min(now.timestamp(), each.mtime_ns / 1e9)
        ),
        default=0,
    )


def note(connection: Connection, moment: int) -> None:
    """Note the latest moment that came, if it is another than what is noted."""
    if moment != noted(connection):
        _FORGET.run(connection)
        _NOTE.run(connection, moment=moment)
