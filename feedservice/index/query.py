"""Selection → SQL. Pure: builds statements, runs none.

A list of one category, tag or author walks one index of `labels`, newest first; every other
condition filters that walk. Pages go on by key, never by offset.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, text
from sqlalchemy.sql import FromClause

from feedservice.domain.model import State, Status
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.domain.text import tokens
from feedservice.index.changes import unix_seconds
from feedservice.index.schema import articles, bodies, labels


def is_live() -> ColumnElement[bool]:
    """No other file took its identity."""
    return articles.c.conflict.is_(None)


def is_published() -> ColumnElement[bool]:
    """Neither draft nor withdrawn.

    Not said with ``==``: an equality draws SQLite's planner to the index of statuses, and through
    every article.
    """
    return articles.c.status.not_in(
        [status.value for status in Status if status is not Status.PUBLISHED]
    )


def is_in(state: State, now: datetime) -> ColumnElement[bool]:
    """In that state at ``now``, and live: `Article.state` in SQL."""
    moment = unix_seconds(now)
    if state in (State.DRAFT, State.WITHDRAWN):
        return and_(is_live(), articles.c.status == state.value)
    if state is State.SCHEDULED:
        return and_(is_live(), is_published(), articles.c.published > moment)
    has_begun = and_(is_live(), is_published(), articles.c.published <= moment)
    if state is State.EXPIRED:
        return and_(has_begun, articles.c.expires <= moment)
    return and_(has_begun, or_(articles.c.expires.is_(None), articles.c.expires > moment))


def is_public(now: datetime) -> ColumnElement[bool]:
    """Shown to readers at ``now`` (`Article.is_public` in SQL)."""
    return is_in(State.PUBLIC, now)


def teasers() -> Select[str]:
    """Return the statement that yields teasers; the caller adds its conditions."""
    return select(bodies.c.teaser).join(articles, articles.c.number == bodies.c.number)


def select_articles(
    selection: Selection, now: datetime, limit: int, *, skip: int = 0, teaser: bool = False
) -> Select[tuple[str]]:
    """Return the statement that yields payloads of a list, newest first, ties by slug."""
    walk, published, name, conditions = _walk(selection)
    column = bodies.c.teaser if teaser else bodies.c.payload
    return (
        select(column)
        .select_from(walk.join(bodies, bodies.c.number == articles.c.number))
        .where(is_public(now), *conditions)
        .order_by(published.desc(), name.asc())
        .limit(limit)
        .offset(skip or None)
    )


def select_edge(selection: Selection, now: datetime, *, oldest: bool) -> Select[int]:
    """Return the statement that yields when a list's oldest or newest article was published."""
    walk, published, _, conditions = _walk(selection)
    order = published.asc() if oldest else published.desc()
    return (
        select(published)
        .select_from(walk)
        .where(is_public(now), *conditions)
        .order_by(order)
        .limit(1)
    )


def count_articles(selection: Selection, now: datetime) -> Select[int]:
    """Return the statement that counts a list."""
    walk, _, _, conditions = _walk(selection)
    return select(func.count()).select_from(walk).where(is_public(now), *conditions)


def select_withdrawn(selection: Selection, now: datetime, limit: int) -> Select[tuple[str]]:
    """Return the statement that yields teasers of a list's withdrawn articles, newest first.

    Walks the withdrawn ones, which are few: a label's walk would read all of its articles to find
    them.
    """
    walk, published, name, conditions = _walk(replace(selection, before=None), by_label=False)
    return (
        select(bodies.c.teaser)
        .select_from(walk.join(bodies, bodies.c.number == articles.c.number))
        .where(
            is_in(State.WITHDRAWN, now),
            articles.c.published <= unix_seconds(now),
            *conditions,
        )
        .order_by(published.desc(), name.asc())
        .limit(limit)
    )


def _walk(
    selection: Selection, *, by_label: bool = True
) -> tuple[FromClause, Any, Any, list[ColumnElement[bool]]]:
    """The table to walk (``labels`` only if ``by_label``), its order, and the conditions left."""
    conditions: list[ColumnElement[bool]] = []
    walk: FromClause = articles
    published: Any = articles.c.published
    name: Any = articles.c.slug
    driver = next((each for each in selection.filters if len(each.any_of) == 1), None)
    if selection.q or not by_label:
        driver = None
    if driver:
        walk = labels.join(articles, labels.c.number == articles.c.number)
        published, name = labels.c.published, labels.c.article
        conditions += [labels.c.kind == driver.taxonomy.value, labels.c.slug == driver.any_of[0]]
    needed: dict[Taxonomy, tuple[str, ...]] = {}
    for each in selection.filters:
        if each.none_of:
            conditions.append(~_has(each.taxonomy, each.none_of))
        elif len(each.any_of) > 1:
            conditions.append(_has(each.taxonomy, each.any_of))
        elif each is not driver:
            needed[each.taxonomy] = needed.get(each.taxonomy, ()) + each.any_of
    conditions += [_has_all(kind, slugs) for kind, slugs in needed.items()]
    if selection.since:
        conditions.append(published >= unix_seconds(selection.since))
    if selection.until:
        conditions.append(published < unix_seconds(selection.until))
    if selection.before:
        moment = unix_seconds(selection.before.published)
        conditions += [
            published <= moment,
            or_(published < moment, and_(published == moment, name > selection.before.slug)),
        ]
    if selection.q:
        conditions.append(_matches(selection.q))
    return walk, published, name, conditions


def _has(kind: Taxonomy, slugs: tuple[str, ...]) -> ColumnElement[bool]:
    return exists().where(*_are(kind, slugs, labels.alias()))


def _has_all(kind: Taxonomy, slugs: tuple[str, ...]) -> ColumnElement[bool]:
    """One look at the labels of an article, however many are asked for."""
    if len(slugs) == 1:
        return _has(kind, slugs)
    inner = labels.alias()
    found = select(func.count()).select_from(inner).where(*_are(kind, slugs, inner))
    return found.scalar_subquery() == len(slugs)


def _are(
    kind: Taxonomy, slugs: tuple[str, ...], inner: FromClause
) -> tuple[ColumnElement[bool], ...]:
    # An expression, so that SQLite looks at the few labels of the article and never walks all
    # articles of the label.
    its_kind = inner.c.kind.concat("")
    return inner.c.number == articles.c.number, its_kind == kind.value, inner.c.slug.in_(slugs)


def _matches(query: str) -> ColumnElement[bool]:
    """Every token of the query is found; a query without tokens finds nothing."""
    wanted = dict.fromkeys(tokens(query))
    if not wanted:
        return false()
    # Quoted, so that none is an operator.
    phrase = " AND ".join('"' + token.replace('"', '""') + '"' for token in wanted)
    # An expression, so that SQLite walks by date and stops when it has enough: what a common word
    # finds is most of all.
    number = articles.c.number + 0
    return number.in_(
        text("SELECT rowid FROM search WHERE search MATCH :phrase").bindparams(phrase=phrase)
    )
