"""How many public articles a list has, or a month, without a walk through all of them.

What is stored goes by what articles say of themselves. Those that say that they are published and
are not public (their time is to come, or is over, or another file has their name) are found by
indexes and taken off when it is asked. Functions over an open transaction.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    bindparam,
    func,
    select,
    text,
    union,
)

from feedservice.domain.headline import Status
from feedservice.index.changes import SITE, Label, unix_seconds
from feedservice.index.packed import PackedArticle
from feedservice.index.schema import articles, counts, labels
from feedservice.index.statements import Statement, parts, several
from feedservice.index.states import MOMENT, is_live, is_published

MONTH = "month"
"""In the place of a kind: a month of UTC, whose key is as ``2025-12``."""
_STORED = (counts.c.kind == bindparam("its_kind"), counts.c.key == bindparam("its_key"))
_STORED_OF_KIND = Statement(select(counts.c.key, counts.c.count).where(_STORED[0]))
_STORED_OF_LIST = Statement(select(counts.c.count).where(*_STORED))
_REASONS = (articles.c.published > MOMENT, articles.c.leaves <= MOMENT, ~is_live())


def _apart(*columns: ColumnElement[Any]) -> CompoundSelect[Any]:
    return union(
        *(select(articles.c.number, *columns).where(is_published(), reason) for reason in _REASONS)
    )


_APART = _apart()
# An expression, so that SQLite looks at the labels of those articles and never walks the list.
_ITS_APART = (labels.c.number.in_(_APART), labels.c.kind.concat("") == bindparam("its_kind"))
_APART_MOMENTS = Statement(_apart(articles.c.published))
_APART_OF_SITE = Statement(select(func.count()).select_from(_APART.subquery()))
_APART_OF_KIND = Statement(
    select(labels.c.key, func.count()).where(*_ITS_APART).group_by(labels.c.key)
)
_APART_OF_LIST = Statement(
    select(func.count())
    .select_from(labels)
    .where(*_ITS_APART, labels.c.key == bindparam("its_key"))
)
_PUBLISHED = Statement(
    select(articles.c.number, articles.c.published).where(
        articles.c.number.in_(several("numbers")), is_published()
    )
)
_LABELS = Statement(
    select(labels.c.kind, labels.c.key).where(labels.c.number.in_(several("numbers")))
)
_ADD = Statement(
    text(
        "INSERT INTO counts (kind, key, count) VALUES (:kind, :key, :count)"
        " ON CONFLICT (kind, key) DO UPDATE SET count = counts.count + excluded.count"
    )
)


def of_list(connection: Connection, kind: str, key: str, now: datetime) -> int:
    """Return how many public articles a category, tag or author has, or `SITE`."""
    moment, its = unix_seconds(now), {"its_kind": str(kind), "its_key": key}
    stored = _STORED_OF_LIST.run(connection, **its).scalar() or 0
    if (kind, key) == SITE:
        return int(stored - _APART_OF_SITE.run(connection, moment=moment).scalar_one())
    return int(stored - _APART_OF_LIST.run(connection, **its, moment=moment).scalar_one())


def of_kind(connection: Connection, kind: str, now: datetime) -> dict[str, int]:
    """Return how many public articles each category, tag or author has, of those that have any."""
    moment = unix_seconds(now)
    rows = _APART_OF_KIND.run(connection, its_kind=str(kind), moment=moment)
    apart: dict[str, int] = dict(rows.all())
    stored = _STORED_OF_KIND.run(connection, its_kind=str(kind))
    found = {key: count - apart.get(key, 0) for key, count in stored}
    return {key: count for key, count in found.items() if count}


def of_months(connection: Connection, now: datetime) -> Counter[str]:
    """Return how many public articles were published in each month of UTC, by its key."""
    found = Counter(dict(_STORED_OF_KIND.rows(connection, its_kind=MONTH)))
    apart = _APART_MOMENTS.rows(connection, moment=unix_seconds(now))
    found.subtract(_month(published)[1] for _number, published in apart)
    return found


def add(connection: Connection, added: Iterable[PackedArticle]) -> None:
    """Count articles whose rows are written."""
    found = Counter[Label]()
    for article in added:
        if article.status == Status.PUBLISHED.value:
            found.update((SITE, _month(article.published)))
            found.update((kind, key) for kind, key, *_ in article.labels)
    _ADD.run_each(connection, [(*label, count) for label, count in found.items()])


def drop(connection: Connection, numbers: Sequence[int]) -> None:
    """Count articles no longer whose rows are about to be removed."""
    found = Counter[Label]()
    for part in parts(numbers):
        published = dict(_PUBLISHED.rows(connection, numbers=part))
        if published:
            found[SITE] += len(published)
            found.update(map(_month, published.values()))
            found.update(map(tuple, _LABELS.run(connection, numbers=[*published])))
    _ADD.run_each(connection, [(*label, -count) for label, count in found.items()])


def month_of(moment: datetime) -> str:
    """Return the key of the month in which a moment of UTC lies."""
    return f"{moment.year:04}-{moment.month:02}"


def _month(published: int) -> Label:
    return MONTH, month_of(datetime.fromtimestamp(published, UTC))
