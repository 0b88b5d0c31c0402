"""Selection → SQL. Pure: says what is to be run, runs none.

A list of one category, tag or author walks one index of `labels`, newest first, and a search the
rows that have its words; every other condition filters that walk. Pages go on by key, never by
offset.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, select

from feedservice.domain.headline import State, Status
from feedservice.domain.selections import Selection
from feedservice.index.schema import articles, bodies
from feedservice.index.statements import Statement
from feedservice.index.states import MOMENT, is_in, is_live
from feedservice.index.walks import Shape, Walk, driver_of, label_of, moment, taken_apart, walk_of


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


def select_withdrawn_after(selection: Selection, after: int, limit: int) -> Question:
    """Return what yields teasers of those that were withdrawn from a second on, the last first.

    Of a list at all times: what left since is walked, however many were ever withdrawn.
    """
    whole = replace(selection, since=None, until=None, before=None)
    values = {"most": limit, "after": after}
    return _question(_withdrawn_after, whole, values, is_driven=False)


def walked(selection: Selection) -> tuple[str, str] | None:
    """Return kind and key of the label whose walk finds a list; None where it is none's."""
    driver = driver_of(selection)
    return label_of(driver) if driver else None


def select_left(selection: Selection, *, is_short: bool, after: int) -> Question:
    """Return what yields when an article last left a list; ``after`` as `Snapshot.left`, a number.

    Where what is ``walked`` is long, what left is walked instead.
    """
    return _question(_left, replace(selection, before=None), {"after": after}, is_driven=is_short)


def _question(
    build: Callable[[Walk], Select[Any]],
    selection: Selection,
    values: Mapping[str, Any] | None = None,
    *,
    is_driven: bool = True,
) -> Question:
    shape, found = taken_apart(selection, is_driven=is_driven)
    return Question(_statement(build, shape), {**found, **(values or {})})


@lru_cache(maxsize=256)
def _statement(build: Callable[[Walk], Select[Any]], shape: Shape) -> Statement:
    return Statement(build(walk_of(shape)))


def _listed(walk: Walk) -> Select[Any]:
    return _page(walk, walk.select(articles.c.number, walk.published, walk.name))


def _articles(walk: Walk) -> Select[Any]:
    return _page(walk, _with_bodies(walk, bodies.c.teaser, bodies.c.texts))


def _teasers(walk: Walk) -> Select[Any]:
    return _page(walk, _with_bodies(walk, bodies.c.teaser))


def _with_bodies(walk: Walk, *columns: ColumnElement[Any]) -> Select[Any]:
    table = walk.table.join(bodies, bodies.c.number == articles.c.number)
    return select(*columns).select_from(table)


def _page(walk: Walk, found: Select[Any]) -> Select[Any]:
    return (
        found.where(walk.shown, *walk.conditions)
        .order_by(*walk.newest_first)
        .limit(bindparam("most", type_=Integer))
        .offset(bindparam("skipped", type_=Integer))
    )


def _newest(walk: Walk) -> Select[Any]:
    return _edge(walk, walk.select(walk.published), walk.newest_first[0])


def _oldest(walk: Walk) -> Select[Any]:
    return _edge(walk, walk.select(walk.published, is_newest_first=False), walk.oldest_first)


def _edge(walk: Walk, found: Select[Any], order: Any) -> Select[Any]:
    return found.where(walk.shown, *walk.conditions).order_by(order).limit(1)


def _count(walk: Walk) -> Select[Any]:
    found = walk.select(walk.name).where(walk.shown, *walk.conditions)
    return select(func.count()).select_from(
        found.limit(bindparam("most", type_=Integer)).subquery()
    )


def _withdrawn(walk: Walk) -> Select[Any]:
    return (
        _with_bodies(walk, bodies.c.teaser)
        .where(is_in(State.WITHDRAWN), articles.c.published <= MOMENT, *walk.conditions)
        .order_by(*walk.newest_first)
        .limit(bindparam("most", type_=Integer))
    )


def _withdrawn_after(walk: Walk) -> Select[Any]:
    # Expressions, so that what left is walked and not all that was withdrawn.
    was_withdrawn = articles.c.status.concat("") == State.WITHDRAWN.value
    has_begun = articles.c.published + 0 <= MOMENT
    left = articles.c.leaves >= moment("after")
    return (
        _with_bodies(walk, bodies.c.teaser)
        .where(is_live(), was_withdrawn, has_begun, left, *walk.conditions)
        .order_by(articles.c.leaves.desc(), articles.c.slug)
        .limit(bindparam("most", type_=Integer))
    )


def _left(walk: Walk) -> Select[Any]:
    left = select(func.max(articles.c.leaves)).select_from(walk.table)
    was_shown = articles.c.status.not_in([Status.DRAFT.value]) & (articles.c.published <= MOMENT)
    has_left = (articles.c.leaves <= MOMENT) & (articles.c.leaves > moment("after"))
    return left.where(is_live(), was_shown, has_left, *walk.conditions)
