"""What entries show of other rows, told without reading any of these. Reads only.

An entry shows other articles: their titles and whether they are public, who is related, and how its
labels are spelt by whoever had them first. A row's own text never changes: an edit is another row.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    literal,
    select,
    union_all,
)

from feedservice.domain.model import Article
from feedservice.index import label_parts, related
from feedservice.index.changes import Label, labels_of
from feedservice.index.label_parts import KeptParts
from feedservice.index.schema import articles, claims, labels, mentions
from feedservice.index.spellings import Spellings
from feedservice.index.statements import Statement, parts, several
from feedservice.index.states import is_public, is_reachable

_WRITTEN = "written"
"""In the place of a space: when a row was."""
MOST_ROWS = 1000
"""Rows of which is kept what was found."""
_Key = TypeVar("_Key", int, str)


class Surroundings(NamedTuple):
    """What is another value when anything may alter entries of rows that stay.

    Attributes:
        begun: when the numbers of rows began, which they do with a new index.
        altered: when a change last altered entries that stay.
        came, left: the last moments that were scheduled and have passed.
    """

    begun: str | None
    altered: int | None
    came: int | None
    left: int | None


class Neighbours(NamedTuple):
    """What the entry of one row shows of others: while it is the same, so is the entry.

    Attributes:
        written: when the row was, Unix seconds: an older copy of the index that is put in its place
            gives the numbers of later rows to others.
        related: rows that are like it, best first.
        named: each name or file that it mentions, and the public row which that is.
        spellings: its tags and guest authors as they are shown: kind, slug and label.
    """

    written: int
    related: tuple[int, ...]
    named: tuple[tuple[str, str, int], ...]
    spellings: tuple[tuple[str, str, str], ...]


_LABELS = Statement(
    select(labels.c.number, labels.c.kind, labels.c.key, labels.c.age, labels.c.slug).where(
        labels.c.number.in_(several("numbers"))
    )
)

_NUMBERS = Statement(
    select(articles.c.slug, articles.c.number).where(
        articles.c.slug.in_(several("names")), is_public()
    )
)


def _named(space: str, target: ColumnElement[bool]) -> Select[Any]:
    its_value = mentions.c.value
    # An expression, so that SQLite looks at the few mentions of the rows, not at all of a space.
    its_space = mentions.c.space.concat("")
    return (
        select(mentions.c.number, mentions.c.space, its_value, articles.c.number.label("target"))
        .select_from(mentions.join(claims, target) if space == "name" else mentions)
        .join(articles, articles.c.path == (claims.c.path if space == "name" else its_value))
        .where(mentions.c.number.in_(several("numbers")), its_space == space, is_reachable())
    )


_NAMED = Statement(
    union_all(
        _named(
            "name", and_(claims.c.space == mentions.c.space, claims.c.value == mentions.c.value)
        ),
        _named("path", articles.c.path == mentions.c.value),
        select(articles.c.number, literal(_WRITTEN), literal(""), articles.c.indexed_at).where(
            articles.c.number.in_(several("numbers"))
        ),
    )
)


def state_of_lists(around: Surroundings) -> Hashable:
    """Return what is another value when lists may be others though they are not stamped."""
    return around.begun, around.came, around.left


class _Row(NamedTuple):
    """What was found for a row.

    Attributes:
        written: when it was, Unix seconds.
        standing: where it stands.
        used: its lists as it spells them.
        states: of its lists, and whatever else decides what follows.
        alike: which rows are like it, and of which these were chosen.
        spellings: as in `Neighbours`.
    """

    written: int
    standing: related.Standing
    used: set[Label]
    states: tuple[Hashable, ...] | None
    alike: related.Alike = related.NOBODY
    spellings: tuple[tuple[str, str, str], ...] = ()


class Kept:
    """What was read and found before. Safe to share among threads.

    Attributes:
        parts: of lists.
        rows: by numbers; each takes a kilobyte or two.
    """

    def __init__(self) -> None:
        self.parts = KeptParts()
        self.rows: dict[int, _Row] = {}

    def keep(self, number: int, row: _Row) -> None:
        """Keep what was found for a row."""
        if len(self.rows) >= MOST_ROWS:
            self.rows.clear()
        self.rows[number] = row


def of_rows(
    connection: Connection,
    numbers: Collection[int],
    moment: int,
    *,
    spellings: Spellings,
    kept: Kept,
    around: Surroundings,
    limit: int,
    typed: Mapping[int, Article],
) -> dict[int, Neighbours]:
    """Return what the entry of each row depends on.

    Args:
        connection: within a read transaction.
        numbers: of the rows.
        moment: decides what is public, Unix seconds.
        spellings: of that moment.
        kept: of requests before.
        around: of that moment.
        limit: how many related ones an entry shows at most.
        typed: articles of rows that were read already, labels as they were typed.
    """
    written: dict[int, int] = {}
    named: dict[int, set[tuple[str, str, int]]] = {number: set() for number in numbers}
    for part in parts(sorted(numbers)):
        for number, space, value, target in _NAMED.rows(connection, numbers=part, moment=moment):
            if space == _WRITTEN:
                written[number] = target
            else:
                named[number].add((space, value, target))
    rows = {n: row for n in numbers if (row := kept.rows.get(n)) and row.written == written[n]}
    unknown = [n for n in numbers if n not in rows]
    rows |= {n: _of_article(typed[n], written[n]) for n in unknown if n in typed}
    rows |= _read(connection, {n: written[n] for n in unknown if n not in typed})
    lists = {label for row in rows.values() for label in row.standing.lists}
    states = label_parts.states(connection, lists, state_of_lists(around))
    others = around.begun, spellings.named, limit
    doubted, before = {}, {}
    for number, row in rows.items():
        its_states = others, *[states[label] for label in row.standing.lists]
        if its_states != row.states:
            doubted[number] = its_states
            if row.states and row.states[0] == others:
                before[number] = row.alike
    alike, seen = related.find(
        connection,
        {number: rows[number].standing for number in doubted},
        moment,
        limit,
        kept=kept.parts,
        states=states,
        before=before,
        are_listed=True,
    )
    shown = spellings.of({label for number in doubted for label in rows[number].used})
    for number, its_states in doubted.items():
        row = rows[number]
        spelt = sorted([(label[0], *shown[label]) for label in row.used if label in shown])
        rows[number] = row._replace(states=its_states, alike=alike[number], spellings=tuple(spelt))
        kept.keep(number, rows[number])
    best = _numbers(connection, {n: row.alike for n, row in rows.items()}, moment, seen)
    return {
        n: Neighbours(row.written, best[n], tuple(sorted(named[n])), row.spellings)
        for n, row in rows.items()
    }


def like(
    connection: Connection,
    wanted: Sequence[Article],
    moment: int,
    *,
    kept: Kept,
    around: Surroundings,
    limit: int,
    are_listed: bool,
) -> dict[str, tuple[int, ...]]:
    """Return the numbers of what is like each article, by its slug.

    Arguments are as in `of_rows` and `related.find`.
    """
    standing = {each.slug: related.standing(each, labels_of(each)) for each in wanted}
    lists = {label for its in standing.values() for label in its.lists}
    states = label_parts.states(connection, lists, state_of_lists(around))
    found, seen = related.find(
        connection, standing, moment, limit, kept=kept.parts, states=states, are_listed=are_listed
    )
    return _numbers(connection, found, moment, seen)


def _numbers(
    connection: Connection,
    found: Mapping[_Key, related.Alike],
    moment: int,
    seen: Mapping[str, int],
) -> dict[_Key, tuple[int, ...]]:
    """The rows of what is like each now: an edit puts another row in the same place.

    Those of some were seen just now.
    """
    now = dict(seen)
    slugs = set[str]().union(*(alike.best for alike in found.values())) - now.keys()
    for part in parts(sorted(slugs)):
        now.update(_NUMBERS.rows(connection, names=part, moment=moment))
    return {
        key: tuple([now[slug] for slug in alike.best if slug in now])
        for key, alike in found.items()
    }


def _of_article(article: Article, written: int) -> _Row:
    used = [(str(kind), slug) for kind, slug in labels_of(article)]
    return _Row(written, related.standing(article, used), {*used}, None)


def _read(connection: Connection, written: Mapping[int, int]) -> dict[int, _Row]:
    """Rows of which nothing is known but when they were written."""
    published = dict.fromkeys(written, 0)
    lists: dict[int, list[Label]] = {number: [] for number in written}
    used: dict[int, set[Label]] = {number: set() for number in written}
    for part in parts(sorted(written)):
        for number, kind, key, age, slug in _LABELS.rows(connection, numbers=part):
            published[number] = -age
            lists[number].append((kind, key))
            used[number].add((kind, slug))
    return {
        number: _Row(when, related.Standing(published[number], lists[number]), used[number], None)
        for number, when in written.items()
    }
