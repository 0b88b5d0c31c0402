"""Selection → SQL. Pure: says what is to be run, runs none.

A list of one category, tag or author walks one index of `labels`, newest first, and a search the
rows that have its words; every other condition filters that walk. Pages go on by key, never by
offset.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.sql import FromClause

from feedservice.domain.label_slugs import label_key
from feedservice.domain.model import State, Status
from feedservice.domain.selections import Filter, Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index import search
from feedservice.index.changes import unix_seconds
from feedservice.index.schema import articles, bodies, labels
from feedservice.index.statements import Statement, several
from feedservice.index.states import MOMENT, is_in, is_live, is_public


class Question(NamedTuple):
    """A statement and the values that it is run with, besides `MOMENT`."""

    statement: Statement
    values: Mapping[str, Any]


def select_listed(selection: Selection, limit: int, *, skip: int = 0, phrase: str = "") -> Question:
    """Return what yields number, publication and slug of a list's articles, as below.

    Those of a search are in no order within a second; a ``phrase`` takes the place of its words.
    """
    values: dict[str, Any] = {"most": limit, "skipped": skip}
    return _question(_listed, selection, {**values, **({"phrase": phrase} if phrase else {})})


def select_articles(
    selection: Selection, limit: int, *, skip: int = 0, teaser: bool = False
) -> Question:
    """Return what yields the articles of a list, newest first, ties by slug."""
    values = {"most": limit, "skipped": skip}
    return _question(_teasers if teaser else _articles, selection, values)


def select_edge(selection: Selection, *, oldest: bool) -> Question:
    """Return what yields when a list's oldest or newest article was published."""
    return _question(_oldest if oldest else _newest, selection)


def count_articles(selection: Selection, most: int) -> Question:
    """Return what counts a list, no further than ``most``."""
    return _question(_count, selection, {"most": most})


def select_withdrawn(selection: Selection, limit: int) -> Question:
    """Return what yields teasers of a list's withdrawn articles, newest first.

    Walks the withdrawn ones, which are few: a label's walk would read all of its articles to find
    them.
    """
    whole = replace(selection, before=None)
    return _question(_withdrawn, whole, {"most": limit}, is_driven=False)


def walked(selection: Selection) -> tuple[str, str] | None:
    """Return kind and key of the label whose walk finds a list; None where it is none's."""
    driver = _driver(selection)
    return _label(driver) if driver else None


def select_left(selection: Selection, *, is_short: bool, after: int) -> Question:
    """Return what yields when an article last left a list; ``after`` as `Snapshot.left`, a number.

    Where what is ``walked`` is long, what left is walked instead.
    """
    return _question(_left, replace(selection, before=None), {"after": after}, is_driven=is_short)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """What of a selection decides the text of its statements; the rest are values.

    Attributes:
        has_label: whether one label's walk is the list's.
        has_words: whether the walk of what has its words is the list's.
        filters: each of the other conditions on labels, whose values are called by its position.
        has_since, has_until, has_before, has_phrase: whether there is such a condition.
    """

    has_label: bool
    has_words: bool
    filters: tuple[Callable[[int], ColumnElement[bool]], ...]
    has_since: bool
    has_until: bool
    has_before: bool
    has_phrase: bool


class _Walk(NamedTuple):
    """The table to walk, its order, the conditions on it, and that of what readers are shown."""

    table: FromClause
    published: Any
    name: Any
    newest_first: tuple[Any, ...]
    oldest_first: Any
    conditions: list[ColumnElement[bool]]
    shown: ColumnElement[bool]


def _question(
    build: Callable[[_Walk], Select[Any]],
    selection: Selection,
    values: Mapping[str, Any] | None = None,
    *,
    is_driven: bool = True,
) -> Question:
    shape, found = _taken_apart(selection, is_driven=is_driven)
    return Question(_statement(build, shape), {**found, **(values or {})})


@lru_cache(maxsize=256)
def _statement(build: Callable[[_Walk], Select[Any]], shape: _Shape) -> Statement:
    return Statement(build(_walk(shape)))


def _listed(walk: _Walk) -> Select[Any]:
    return _page(walk, select(articles.c.number, walk.published, walk.name), walk.table)


def _articles(walk: _Walk) -> Select[Any]:
    return _page(walk, select(bodies.c.teaser, bodies.c.texts), _with_bodies(walk))


def _teasers(walk: _Walk) -> Select[Any]:
    return _page(walk, select(bodies.c.teaser), _with_bodies(walk))


def _with_bodies(walk: _Walk) -> FromClause:
    return walk.table.join(bodies, bodies.c.number == articles.c.number)


def _page(walk: _Walk, columns: Select[Any], table: FromClause) -> Select[Any]:
    return (
        columns.select_from(table)
        .where(walk.shown, *walk.conditions)
        .order_by(*walk.newest_first)
        .limit(bindparam("most", type_=Integer))
        .offset(bindparam("skipped", type_=Integer))
    )


def _newest(walk: _Walk) -> Select[Any]:
    return _edge(walk, walk.newest_first[0])


def _oldest(walk: _Walk) -> Select[Any]:
    return _edge(walk, walk.oldest_first)


def _edge(walk: _Walk, order: Any) -> Select[Any]:
    published = select(walk.published).select_from(walk.table)
    return published.where(walk.shown, *walk.conditions).order_by(order).limit(1)


def _count(walk: _Walk) -> Select[Any]:
    found = select(walk.name).select_from(walk.table).where(walk.shown, *walk.conditions)
    return select(func.count()).select_from(
        found.limit(bindparam("most", type_=Integer)).subquery()
    )


def _withdrawn(walk: _Walk) -> Select[Any]:
    return (
        select(bodies.c.teaser)
        .select_from(_with_bodies(walk))
        .where(is_in(State.WITHDRAWN), articles.c.published <= MOMENT, *walk.conditions)
        .order_by(*walk.newest_first)
        .limit(bindparam("most", type_=Integer))
    )


def _left(walk: _Walk) -> Select[Any]:
    left = select(func.max(articles.c.leaves)).select_from(walk.table)
    was_shown = articles.c.status.not_in([Status.DRAFT.value]) & (articles.c.published <= MOMENT)
    has_left = (articles.c.leaves <= MOMENT) & (articles.c.leaves > _moment("after"))
    return left.where(is_live(), was_shown, has_left, *walk.conditions)


def _driver(selection: Selection) -> Filter | None:
    if selection.q:
        return None
    return next((each for each in selection.filters if len(each.any_of) == 1), None)


def _label(driver: Filter) -> tuple[str, str]:
    return driver.taxonomy.value, label_key(driver.taxonomy, driver.any_of[0])


def _taken_apart(selection: Selection, *, is_driven: bool) -> tuple[_Shape, dict[str, Any]]:
    values: dict[str, Any] = {}
    driver = _driver(selection) if is_driven else None
    if driver:
        values["its_kind"], values["its_key"] = _label(driver)
    filters: list[tuple[Callable[[int], ColumnElement[bool]], Taxonomy, tuple[str, ...]]] = []
    needed: dict[Taxonomy, tuple[str, ...]] = {}
    for each in selection.filters:
        if each.none_of:
            filters.append((_has_none, each.taxonomy, each.none_of))
        elif len(each.any_of) > 1:
            filters.append((_has_any, each.taxonomy, each.any_of))
        elif each is not driver:
            needed[each.taxonomy] = needed.get(each.taxonomy, ()) + each.any_of
    for kind, slugs in needed.items():
        filters.append((_has_all if len(slugs) > 1 else _has_any, kind, slugs))
    for n, (_, kind, slugs) in enumerate(filters):
        keys = tuple(dict.fromkeys(label_key(kind, slug) for slug in slugs))
        values |= {f"kind{n}": kind.value, f"keys{n}": keys, f"count{n}": len(keys)}
    for name, moment in (("since", selection.since), ("until", selection.until)):
        if moment:
            values[name] = unix_seconds(moment)
    if selection.before:
        values["before"] = unix_seconds(selection.before.published)
        values["before_name"] = selection.before.slug
    if selection.q:
        values["phrase"] = search.phrase(selection.q)
    shape = _Shape(
        has_label=driver is not None,
        has_words=bool(selection.q) and is_driven,
        filters=tuple(condition for condition, _, _ in filters),
        has_since="since" in values,
        has_until="until" in values,
        has_before="before" in values,
        has_phrase="phrase" in values,
    )
    return shape, values


def _walk(shape: _Shape) -> _Walk:
    conditions = [condition(n) for n, condition in enumerate(shape.filters)]
    since, until, before = map(_moment, ("since", "until", "before"))
    before_name: BindParameter[str] = bindparam("before_name")
    is_before: ColumnElement[bool]
    if shape.has_words:
        row = search.ROW
        published, name = articles.c.published, articles.c.slug
        conditions += [search.MATCHES]
        is_since, is_until = row >= search.first_row(since), row < search.first_row(until)
        is_tie = and_(published == before, name > before_name)
        is_before = and_(row < search.first_row(before + 1), or_(published < before, is_tie))
        is_open = not (shape.has_until or shape.has_before)
        conditions += [row < search.first_row(MOMENT + 1)] * is_open
        shown = is_public(published + 0)
        made = _Walk(search.JOINED, published, name, (row.desc(),), row.asc(), conditions, shown)
    elif shape.has_label:
        age, name = labels.c.age, labels.c.article
        is_its_kind = labels.c.kind == bindparam("its_kind")
        conditions += [is_its_kind, labels.c.key == bindparam("its_key")]
        is_since, is_until = age <= -since, age > -until
        is_before = tuple_(age, name) > tuple_(-before, before_name)
        table = labels.join(articles, labels.c.number == articles.c.number)
        made = _Walk(table, -age, name, (age.asc(), name), age.desc(), conditions, is_public())
    else:
        published, name = articles.c.published, articles.c.slug
        is_since, is_until = published >= since, published < until
        is_tie = and_(published == before, name > before_name)
        is_before = and_(published <= before, or_(published < before, is_tie))
        shown = is_public(published + 0 if shape.has_until or shape.has_before else published)
        orders = (published.desc(), name), published.asc()
        made = _Walk(articles, published, name, *orders, conditions, shown)
    conditions += [is_since] * shape.has_since + [is_until] * shape.has_until
    has_filter = shape.has_phrase and not shape.has_words
    conditions += [is_before] * shape.has_before + [search.matches_left()] * has_filter
    return made


def _moment(name: str) -> BindParameter[int]:
    return bindparam(name, type_=BigInteger)


def _has_any(n: int) -> ColumnElement[bool]:
    return exists().where(*_are(n, labels.alias()))


def _has_none(n: int) -> ColumnElement[bool]:
    return ~_has_any(n)


def _has_all(n: int) -> ColumnElement[bool]:
    """One look at the labels of an article, however many are asked for."""
    inner = labels.alias()
    found = select(func.count()).select_from(inner).where(*_are(n, inner))
    return found.scalar_subquery() == bindparam(f"count{n}", type_=Integer)


def _are(n: int, inner: FromClause) -> tuple[ColumnElement[bool], ...]:
    # An expression, so that SQLite looks at the few labels of the article and never walks all
    # articles of the label.
    its_kind = inner.c.kind.concat("")
    its_key = inner.c.key.in_(several(f"keys{n}"))
    return inner.c.number == articles.c.number, its_kind == bindparam(f"kind{n}"), its_key
