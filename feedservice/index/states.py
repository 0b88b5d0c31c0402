"""The state of an article as SQL. Pure."""

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, or_, select

from feedservice.domain.headline import State, Status
from feedservice.index.schema import articles, bodies

MOMENT = bindparam("moment", type_=BigInteger)
"""What is public goes by this one, Unix seconds."""


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


def is_in(state: State) -> ColumnElement[bool]:
    """In that state at `MOMENT`, and live: `Article.state` in SQL."""
    if state in (State.DRAFT, State.WITHDRAWN, State.PAGE):
        return and_(is_live(), articles.c.status == state.value)
    if state is State.SCHEDULED:
        return and_(is_live(), is_published(), articles.c.published > MOMENT)
    if state is State.EXPIRED:
        # An expression, so that those that left are walked and not all that came.
        has_begun = and_(is_live(), is_published(), articles.c.published + 0 <= MOMENT)
        return and_(has_begun, articles.c.leaves <= MOMENT)
    return is_public()


def is_reachable() -> ColumnElement[bool]:
    """Public, or a page: a link to it leads somewhere."""
    return or_(is_public(), is_in(State.PAGE))


def is_public(published: ColumnElement[int] = articles.c.published) -> ColumnElement[bool]:
    """Shown to readers at `MOMENT` in lists (`Article.is_public` in SQL, but for pages).

    Args:
        published: the column, or an expression that no index has, where something else bounds the
            walk: of two upper bounds SQLite may take the later one, and walk from there.
    """
    stays = or_(articles.c.leaves.is_(None), articles.c.leaves > MOMENT)
    return and_(is_live(), is_published(), published <= MOMENT, stays)


def teasers() -> Select[str]:
    """Return the statement that yields teasers of articles; the caller adds its conditions."""
    return select(bodies.c.teaser).join(articles, articles.c.number == bodies.c.number)
