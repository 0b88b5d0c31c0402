"""Which articles are like one, by the labels that they share. Only `snapshot` calls it.

A shared tag weighs more than a shared category, that more than the author; then the nearest in
time, then the slug. Only what is dated before an article counts, so that a new one never changes an
older entry.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, Select, bindparam, select

from feedservice.domain.model import Article
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index.changes import Label, labels_of, unix_seconds
from feedservice.index.query import is_public
from feedservice.index.schema import articles, labels

CANDIDATES = 20
"""How many of the newest articles before one, in each of its lists, are looked at."""
WEIGHTS = MappingProxyType({Taxonomy.TAG: 4, Taxonomy.CATEGORY: 2, Taxonomy.AUTHOR: 1})
MANY = 60
"""How many of a list are read at once when it is asked again: neighbours in a feed share most of
their candidates."""


class _Row(NamedTuple):
    """A public article of a list; sorts as lists do, newest first, ties by slug."""

    age: int
    slug: str
    number: int


def find(
    connection: Connection, around: Sequence[Article], now: datetime, limit: int
) -> dict[str, tuple[int, ...]]:
    """Return, by slug, the numbers of the articles like each of ``around``, best first."""
    statement = _select_list(now)
    lists: dict[Label, _List] = {}
    found: dict[str, tuple[int, ...]] = {}
    for article in sorted(around, key=lambda each: each.published, reverse=True):
        scores: dict[_Row, int] = {}
        for label in labels_of(article):
            of_label = lists.setdefault(label, _List(connection, label, statement))
            for row in of_label.before(unix_seconds(article.published)):
                scores[row] = scores.get(row, 0) + WEIGHTS[label[0]]
        best = sorted(scores, key=lambda row: (-scores[row], row))[:limit]
        found[article.slug] = tuple(row.number for row in best)
    return found


class _List:
    """The public articles of one label, read as far as asked, from newer moments to older."""

    def __init__(self, connection: Connection, label: Label, statement: Select[Any]) -> None:
        self._connection = connection
        self._label = label
        self._statement = statement
        self._rows: list[_Row] = []
        self._is_whole = False

    def before(self, moment: int) -> list[_Row]:
        """Return the `CANDIDATES` newest before a moment."""
        first = bisect_right(self._rows, -moment, key=lambda row: row.age)
        if len(self._rows) - first < CANDIDATES and not self._is_whole:
            limit = MANY if self._rows else CANDIDATES
            self._rows = self._read(moment, limit)
            self._is_whole = len(self._rows) < limit
            first = 0
        return self._rows[first : first + CANDIDATES]

    def _read(self, moment: int, limit: int) -> list[_Row]:
        kind, slug = self._label
        asked = {"its_kind": kind, "its_slug": slug, "moment": moment, "most": limit}
        return [
            _Row(-published, name, number)
            for published, name, number in self._connection.execute(self._statement, asked)
        ]


def _select_list(now: datetime) -> Select[Any]:
    """The statement that reads a list. Built once: it is run for each label of each article."""
    return (
        select(labels.c.published, labels.c.article, labels.c.number)
        .join(articles, labels.c.number == articles.c.number)
        .where(
            labels.c.kind == bindparam("its_kind"),
            labels.c.slug == bindparam("its_slug"),
            labels.c.published < bindparam("moment"),
            is_public(now),
        )
        .order_by(labels.c.published.desc(), labels.c.article)
        .limit(bindparam("most", type_=Integer))
    )
