"""Articles of rows, labels as they were typed. Reads only."""

from collections.abc import Callable, Collection
from typing import TypeVar

from sqlalchemy import Connection, select

from feedservice.domain.headline import Headline
from feedservice.domain.model import Article
from feedservice.index.payload import article_from_json, headline_from_json, whole_article
from feedservice.index.schema import bodies
from feedservice.index.statements import Statement, parts, several

_ARE_THESE = bodies.c.number.in_(several("numbers"))
_WHOLE = Statement(select(bodies).where(_ARE_THESE))
_TEASERS = Statement(select(bodies.c.number, bodies.c.teaser).where(_ARE_THESE))
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
