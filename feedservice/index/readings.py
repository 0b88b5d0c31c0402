"""Articles of rows, labels as they were typed. Reads only."""

from collections.abc import Callable, Collection
from typing import TypeVar

from sqlalchemy import Connection, select

from feedservice.domain.headline import Headline
from feedservice.domain.model import Article
from feedservice.index.payload import article_from_json, headline_from_json, whole_article
from feedservice.index.schema import articles, bodies, claims
from feedservice.index.statements import Statement, parts, several
from feedservice.index.states import is_live
from feedservice.index.states import teasers as teasers_of_articles

_ARE_THESE = bodies.c.number.in_(several("numbers"))
_WHOLE = Statement(select(bodies).where(_ARE_THESE))
_TEASERS = Statement(select(bodies.c.number, bodies.c.teaser).where(_ARE_THESE))
_BY_NAME = Statement(
    select(claims.c.value, bodies.c.teaser)
    .join(articles, articles.c.path == claims.c.path)
    .join(bodies, bodies.c.number == articles.c.number)
    .where(claims.c.space == "name", claims.c.value.in_(several("names")), is_live())
)
_BY_PATH = Statement(teasers_of_articles().where(articles.c.path.in_(several("paths")), is_live()))
_Made = TypeVar("_Made")


def whole(connection: Connection, numbers: Collection[int]) -> dict[int, Article]:
    """Return the articles of rows, by their numbers."""
    return _read(connection, _WHOLE, whole_article, numbers)


def teasers(connection: Connection, numbers: Collection[int]) -> dict[int, Article]:
    """Return the articles of rows without their texts, by their numbers."""
    return _read(connection, _TEASERS, article_from_json, numbers)


def headlines(connection: Connection, numbers: Collection[int]) -> dict[int, Headline]:
    """Return what others show of the articles of rows, by their numbers."""
    return _read(connection, _TEASERS, headline_from_json, numbers)


def by_name(connection: Connection, names: Collection[str]) -> dict[str, Article]:
    """Return teasers of articles of any status, by those of the slugs or aliases that they have."""
    return called(connection, _BY_NAME, names)


def called(
    connection: Connection, statement: Statement, names: Collection[str]
) -> dict[str, Article]:
    """Return teasers by those of ``names`` that a statement has beside them."""
    found: dict[str, Article] = {}
    for part in parts(sorted(names)):
        rows = statement.rows(connection, names=part)
        found.update((name, article_from_json(teaser)) for name, teaser in rows)
    return found


def by_path(connection: Connection, paths: Collection[str]) -> dict[str, Article]:
    """Return teasers of articles of any status, by their files."""
    found: dict[str, Article] = {}
    for part in parts(sorted(paths)):
        rows = _BY_PATH.rows(connection, paths=part)
        found.update((each.path, each) for each in (article_from_json(row) for (row,) in rows))
    return found


def _read(
    connection: Connection,
    statement: Statement,
    made: Callable[..., _Made],
    numbers: Collection[int],
) -> dict[int, _Made]:
    found: dict[int, _Made] = {}
    for part in parts(sorted(numbers)):
        rows = statement.rows(connection, numbers=part)
        found.update([(number, made(*said)) for number, *said in rows])
    return found
