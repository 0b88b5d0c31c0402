"""What can be asked of the index. Reads only; every fault of the database is `IndexUnavailable`."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Article, Author, Problem, Site
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index import problems, query, related
from feedservice.index.changes import ALL_LISTS, SITE, unix_seconds
from feedservice.index.payload import article_from_json, site_from_json
from feedservice.index.query import is_live, is_public
from feedservice.index.schema import (
    SCHEMA_VERSION,
    articles,
    bodies,
    claims,
    labels,
    list_changes,
    meta,
)

MAX_WITHDRAWN = 100
_CHUNK = 500


class IndexReader:
    """The reading side of the index.

    Args:
        engine: from `engine.open_engine`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def revision(self) -> int:
        """Return the number that grows with each change that a reader can see."""
        return int(self._meta("revision") or 0)

    def is_filled(self) -> bool:
        """Whether the first full scan was done."""
        return self._meta("schema") == str(SCHEMA_VERSION) and self._meta("filled") == "1"

    def site(self) -> Site:
        """Return the last good site.

        Raises:
            IndexUnavailable: there is none yet.
        """
        found = self._meta("site")
        if found is None:
            raise IndexUnavailable("no site is indexed yet")
        return site_from_json(found)

    def select(
        self, selection: Selection, now: datetime, limit: int, *, teaser: bool = False
    ) -> tuple[Article, ...]:
        """Return the public articles of a list, newest first, ties by slug; teasers have no text."""
        return self._articles(query.select_articles(selection, now, limit, teaser=teaser))

    def count(self, selection: Selection, now: datetime) -> int:
        """Return how many public articles a list has."""
        with self.connection() as connection:
            return connection.execute(query.count_articles(selection, now)).scalar_one()

    def edge(self, selection: Selection, now: datetime, *, oldest: bool) -> datetime | None:
        """Return when a list's oldest or newest public article was published; None where it has
        none.
        """
        with self.connection() as connection:
            found = connection.execute(query.select_edge(selection, now, oldest=oldest)).scalar()
        return None if found is None else datetime.fromtimestamp(found, UTC)

    def withdrawn(self, selection: Selection, now: datetime) -> tuple[Article, ...]:
        """Return a list's withdrawn articles as teasers, newest first, at most a hundred."""
        return self._articles(query.select_withdrawn(selection, now, MAX_WITHDRAWN))

    def article(self, slug: str) -> Article | None:
        """Return the whole article with that slug, whatever its status."""
        found = self._articles(
            select(bodies.c.payload)
            .join(articles, articles.c.number == bodies.c.number)
            .where(articles.c.slug == slug, is_live())
        )
        return found[0] if found else None

    def by_slug(self, names: Collection[str]) -> dict[str, Article]:
        """Return teasers of articles of any status by the slugs or aliases that were asked for."""
        found: dict[str, Article] = {}
        for part in _chunks(names):
            statement = (
                select(claims.c.value, bodies.c.teaser)
                .join(articles, articles.c.path == claims.c.path)
                .join(bodies, bodies.c.number == articles.c.number)
                .where(claims.c.space == "name", claims.c.value.in_(part), is_live())
            )
            with self.connection() as connection:
                found.update(
                    (name, article_from_json(teaser))
                    for name, teaser in connection.execute(statement)
                )
        return found

    def by_path(self, paths: Collection[str]) -> dict[str, Article]:
        """Return teasers of articles of any status by the files that were asked for."""
        found: dict[str, Article] = {}
        for part in _chunks(paths):
            for article in self._articles(
                query.teasers().where(articles.c.path.in_(part), is_live())
            ):
                found[article.path] = article
        return found

    def related(
        self, around: Sequence[Article], now: datetime, limit: int
    ) -> dict[str, tuple[Article, ...]]:
        """Return articles like each of ``around``, by its slug; see `related.find`."""
        with self.connection() as connection:
            best = related.find(connection, around, now, limit)
            numbers = sorted({number for found in best.values() for number in found})
            teasers: dict[int, Article] = {}
            for start in range(0, len(numbers), _CHUNK):
                part = numbers[start : start + _CHUNK]
                rows = connection.execute(
                    select(bodies.c.number, bodies.c.teaser).where(bodies.c.number.in_(part))
                )
                teasers.update((number, article_from_json(teaser)) for number, teaser in rows)
        return {slug: tuple(teasers[number] for number in found) for slug, found in best.items()}

    def labels(self, kind: Taxonomy, now: datetime) -> list[tuple[str, str, int]]:
        """Return slug, label and number of public articles of each category, tag or author that has
        any.
        """
        statement = (
            select(labels.c.slug, func.min(labels.c.label), func.count())
            .join(articles, labels.c.number == articles.c.number)
            .where(labels.c.kind == kind, is_public(now))
            .group_by(labels.c.slug)
            .order_by(labels.c.slug)
        )
        with self.connection() as connection:
            return [(slug, label, count) for slug, label, count in connection.execute(statement)]

    def tag_label(self, slug: str, now: datetime) -> str | None:
        """Return the label of a tag as the oldest public article types it, so that a new one
        renames no feed.
        """
        return self._label(Taxonomy.TAG, slug, now)

    def author(self, slug: str, now: datetime) -> Author | None:
        """Return an author whom site.yaml does not know, from the oldest public article that names
        one.
        """
        name = self._label(Taxonomy.AUTHOR, slug, now)
        return Author(slug=slug, name=name) if name else None

    def last_modified(self, selection: Selection, now: datetime) -> datetime:
        """Return when a list's documents last changed: late perhaps, never early.

        The latest touch of the list (of the site, where it is more than one category, tag or
        author), of every list, or the latest scheduled moment (publication, expiry) that has
        passed.
        """
        moment = unix_seconds(now)
        scheduled = select(func.max(articles.c.scheduled)).where(
            articles.c.scheduled <= moment, is_live()
        )
        expired = select(func.max(articles.c.expires)).where(
            articles.c.expires <= moment, articles.c.expires > articles.c.indexed_at, is_live()
        )
        wanted = or_(
            *(
                and_(list_changes.c.kind == k, list_changes.c.slug == s)
                for k, s in (selection.label or SITE, ALL_LISTS)
            )
        )
        with self.connection() as connection:
            stamps = [
                connection.execute(statement).scalar()
                for statement in (
                    select(func.max(list_changes.c.stamp)).where(wanted),
                    scheduled,
                    expired,
                )
            ]
            if stamps[0] is None:
                # A list that nothing ever stood in changes with the site's name at the latest.
                site_touch = select(list_changes.c.stamp).where(list_changes.c.kind == SITE[0])
                stamps.append(connection.execute(site_touch).scalar())
        return datetime.fromtimestamp(
            max((stamp for stamp in stamps if stamp is not None), default=0), UTC
        )

    def next_moment(self, now: datetime) -> datetime | None:
        """Return the next moment at which time alone changes what is public, or None."""
        moment = unix_seconds(now)
        with self.connection() as connection:
            moments = [
                connection.execute(
                    select(func.min(column)).where(column > moment, query.is_published(), is_live())
                ).scalar()
                for column in (articles.c.published, articles.c.expires)
            ]
        later = [value for value in moments if value is not None]
        return datetime.fromtimestamp(min(later), UTC) if later else None

    def problems(self, *, hints: bool = True) -> tuple[Problem, ...]:
        """Return everything that is wrong, by path, line and column; see `problems.problems`."""
        with self.connection() as connection:
            return problems.problems(connection, hints=hints)

    def _label(self, kind: Taxonomy, slug: str, now: datetime) -> str | None:
        statement = (
            select(labels.c.label)
            .join(articles, labels.c.number == articles.c.number)
            .where(labels.c.kind == kind, labels.c.slug == slug, is_public(now))
            .order_by(labels.c.published, labels.c.article)
            .limit(1)
        )
        with self.connection() as connection:
            return connection.execute(statement).scalar()

    def _meta(self, key: str) -> str | None:
        with self.connection() as connection:
            return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()

    def _articles(self, statement: Any) -> tuple[Article, ...]:
        with self.connection() as connection:
            return tuple(article_from_json(row) for (row,) in connection.execute(statement))

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Open a connection for this package's own statements; its faults are
        `IndexUnavailable`.
        """
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise IndexUnavailable(str(error).splitlines()[0]) from error


def _chunks(names: Collection[str]) -> Iterator[Sequence[str]]:
    """Databases bound the number of parameters."""
    ordered = sorted(names)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
