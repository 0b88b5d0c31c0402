"""Which articles are like one, by the labels that they share. Only `snapshot` calls it.

A shared tag weighs more than a shared category, that more than the author; then the nearest in
time, then the slug. Only what is dated before an article counts, so that a new one never changes an
older entry.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from heapq import nsmallest
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple, TypeVar, cast

from sqlalchemy import BigInteger, Connection, Integer, bindparam, select

from feedservice.domain.label_slugs import label_key
from feedservice.domain.model import Article
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index.changes import Label, labels_of, unix_seconds
from feedservice.index.schema import articles, labels
from feedservice.index.statements import Statement
from feedservice.index.states import is_public

CANDIDATES = 20
"""How many of the newest articles before one, in each of its lists, are looked at."""
WEIGHTS: Mapping[str, int] = MappingProxyType(
    {Taxonomy.TAG: 4, Taxonomy.CATEGORY: 2, Taxonomy.AUTHOR: 1}
)
MANY = 60
"""How many of a list are read at once when it is asked again: neighbours in a feed share most of
their candidates."""

_Row = tuple[int, str, int]
"""Age, slug and number of a public article of a list; sorts as lists do, newest first."""
_Key = TypeVar("_Key", int, str)


class Standing(NamedTuple):
    """Where an article stands.

    Attributes:
        published: Unix seconds.
        lists: kinds and keys.
    """

    published: int
    lists: list[Label]


def standing(article: Article) -> Standing:
    """Return where an article that was read stands."""
    lists = [(str(kind), label_key(kind, slug)) for kind, slug in labels_of(article)]
    return Standing(unix_seconds(article.published), lists)


def find(
    connection: Connection, around: Mapping[_Key, Standing], moment: int, limit: int
) -> dict[_Key, tuple[int, ...]]:
    """Return the numbers of the articles like each of ``around``, best first.

    Args:
        connection: within a read transaction.
        around: articles, however they are called.
        moment: decides what is public, Unix seconds.
        limit: how many of each at most.
    """
    ordered = sorted(around.items(), key=lambda each: each[1].published, reverse=True)
    members = Counter(label for _, its in ordered for label in its.lists)
    read = {label: _List(connection, label, moment, count) for label, count in members.items()}
    found: dict[_Key, tuple[int, ...]] = {}
    for key, its in ordered:
        rows: dict[int, _Row] = {}
        scores: dict[int, int] = {}  # by numbers, which are hashed at once
        for label in its.lists:
            weight = WEIGHTS[label[0]]
            for row in read[label].before(its.published):
                number = row[2]
                rows[number] = row
                scores[number] = scores.get(number, 0) - weight
        best = nsmallest(limit, [(score, rows[number]) for number, score in scores.items()])
        found[key] = tuple([number for _, (_, _, number) in best])
    return found


class _List:
    """The public articles of one label, read as far as asked, from newer moments to older.

    Args:
        connection: an open one.
        label: kind and key.
        now: decides what is public, Unix seconds.
        members: how many articles will ask, from the newest on.
    """

    def __init__(self, connection: Connection, label: Label, now: int, members: int) -> None:
        self._connection = connection
        self._asked = {"its_kind": label[0], "its_key": label[1], "moment": now}
        # Where no other article is among those that ask, one reading is enough for all of them.
        self._most = CANDIDATES + members - 1
        self._rows: list[_Row] = []
        self._is_whole = False

    def before(self, moment: int) -> list[_Row]:
        """Return the `CANDIDATES` newest before a moment."""
        first = bisect_right(self._rows, -moment, key=itemgetter(0))
        if len(self._rows) - first < CANDIDATES and not self._is_whole:
            asked = {**self._asked, "younger": -moment, "most": self._most}
            self._rows = cast(list[_Row], _LIST.rows(self._connection, **asked))
            self._is_whole = len(self._rows) < self._most
            self._most = max(self._most, MANY)
            first = 0
        return self._rows[first : first + CANDIDATES]


_LIST = Statement(
    select(labels.c.age, labels.c.article, labels.c.number)
    .join(articles, labels.c.number == articles.c.number)
    .where(
        labels.c.kind == bindparam("its_kind"),
        labels.c.key == bindparam("its_key"),
        labels.c.age > bindparam("younger", type_=BigInteger),
        is_public(),
    )
    .order_by(labels.c.age, labels.c.article)
    .limit(bindparam("most", type_=Integer))
)
