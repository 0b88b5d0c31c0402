"""What editors look through: articles of any state by page and by search, and what is to come."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from feedservice.domain.headline import State
from feedservice.domain.model import Article
from feedservice.index.changes import unix_seconds
from feedservice.index.payload import article_from_json
from feedservice.index.schema import articles, files, meta
from feedservice.index.search import matches, phrase
from feedservice.index.snapshot import Snapshot
from feedservice.index.states import is_in, is_live, teasers


def count(view: Snapshot, state: State | None, query: str) -> int:
    """Return how many live articles `listed` has on all pages."""
    conditions, values = _asked(view, state, query)
    statement = select(func.count()).select_from(articles).where(*conditions)
    return view.connection.execute(statement, values).scalar_one()


def listed(
    view: Snapshot, state: State | None, query: str, *, limit: int, skip: int
) -> tuple[Article, ...]:
    """Return a page of live articles as teasers.

    Args:
        view: the index.
        state: all where it is None. What is scheduled comes with the next first, else the newest.
        query: words of an article, or a part of its file's path; empty for all.
        limit: of a page.
        skip: how many come before it.
    """
    conditions, values = _asked(view, state, query)
    published = articles.c.published
    order = published.asc() if state is State.SCHEDULED else published.desc()
    page = teasers().where(*conditions).order_by(order, articles.c.slug).limit(limit).offset(skip)
    return tuple(map(article_from_json, view.connection.execute(page, values).scalars()))


def _asked(
    view: Snapshot, state: State | None, query: str
) -> tuple[list[ColumnElement[bool]], dict[str, Any]]:
    conditions: list[ColumnElement[bool]] = [is_in(state) if state else is_live()]
    values: dict[str, Any] = {"moment": unix_seconds(view.now)}
    if query.strip():
        view.need_search()
        conditions.append(or_(matches(), articles.c.path.contains(query.strip(), autoescape=True)))
        values["phrase"] = phrase(query)
    return conditions, values


def scheduled(view: Snapshot, begin: datetime, end: datetime, limit: int) -> tuple[Article, ...]:
    """Return teasers of what is published from ``begin`` until before ``end``, in its order."""
    published = articles.c.published
    statement = (
        teasers()
        .where(is_in(State.SCHEDULED))
        .where(published >= unix_seconds(begin), published < unix_seconds(end))
        .order_by(published, articles.c.slug)
        .limit(limit)
    )
    rows = view.connection.execute(statement, {"moment": unix_seconds(view.now)}).scalars()
    return tuple(map(article_from_json, rows))


def scheduled_moments(view: Snapshot) -> Iterator[datetime]:
    """Yield when each article that is scheduled will be published, the next first."""
    statement = select(articles.c.published).where(is_in(State.SCHEDULED))
    statement = statement.order_by(articles.c.published)
    rows = view.connection.execute(statement, {"moment": unix_seconds(view.now)}).scalars()
    return (datetime.fromtimestamp(seconds, UTC) for seconds in rows)


def fingerprint(view: Snapshot) -> str:
    """Return a text that differs once an article, its state or anything told of a file has."""
    told = func.length(files.c.problems)
    state = (
        func.count(),
        func.sum(files.c.mtime_ns % 2**31),
        func.sum(files.c.size),
        func.sum(told),
    )
    lost = select(func.count(articles.c.conflict)).scalar_subquery()
    of_site = select(meta.c.value).where(meta.c.key == "site_problems").scalar_subquery()
    *numbers, problems = view.connection.execute(
        select(*state, lost, of_site).select_from(files)
    ).one()
    next_moment = view.next_moment()
    return f"{view.revision}-{numbers}-{problems}-{next_moment}"
