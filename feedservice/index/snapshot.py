"""One state of the index, and what can be asked of it. Reads only."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Article, Author, Problem, Site
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index import problems, query, related
from feedservice.index.changes import ALL_LISTS, SITE, Label, unix_seconds
from feedservice.index.payload import article_from_json
from feedservice.index.query import is_live, is_public
from feedservice.index.schema import articles, bodies, claims, labels, list_changes

MAX_WITHDRAWN = 100
_CHUNK = 500
_Value = TypeVar("_Value", str, int)


class Snapshot:
    """One state of the index at one moment, within a read transaction; `IndexReader` opens it.

    Attributes:
        now: decides what is public.
        revision: grows with each change that a reader can see.
        connection: for this package's own statements.
    """

    def __init__(
        self, connection: Connection, now: datetime, revision: int, site: Site | None
    ) -> None:
        self.now = now
        self.revision = revision
        self.connection = connection
        self._site = site

    @property
    def site(self) -> Site:
        """The site.

        Raises:
            IndexUnavailable: the index is not filled yet.
        """
        if self._site is None:
            raise IndexUnavailable("the index is being filled")
        return self._site

    def select(
        self, selection: Selection, limit: int, *, skip: int = 0, teaser: bool = False
    ) -> tuple[Article, ...]:
        """Return a list's public articles, newest first, ties by slug; teasers have no text."""
        return self._articles(
            query.select_articles(selection, self.now, limit, skip=skip, teaser=teaser)
        )

    def count(self, selection: Selection) -> int:
        """Return how many public articles a list has."""
        return self.connection.execute(query.count_articles(selection, self.now)).scalar_one()

    def edge(self, selection: Selection, *, oldest: bool) -> datetime | None:
        """Return when a list's oldest or newest public article was published, if there is any."""
        found = self.connection.execute(
            query.select_edge(selection, self.now, oldest=oldest)
        ).scalar()
        return None if found is None else datetime.fromtimestamp(found, UTC)

    def withdrawn(self, selection: Selection) -> tuple[Article, ...]:
        """Return a list's withdrawn articles as teasers, newest first, at most a hundred."""
        return self._articles(query.select_withdrawn(selection, self.now, MAX_WITHDRAWN))

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
            found.update(
                (name, article_from_json(teaser))
                for name, teaser in self.connection.execute(statement)
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

    def related(self, around: Sequence[Article], limit: int) -> dict[str, tuple[Article, ...]]:
        """Return articles like each of ``around``, by its slug; see `related.find`."""
        best = related.find(self.connection, around, self.now, limit)
        teasers: dict[int, Article] = {}
        for part in _chunks(set[int]().union(*best.values())):
            statement = select(bodies.c.number, bodies.c.teaser).where(bodies.c.number.in_(part))
            teasers.update(
                (number, article_from_json(teaser))
                for number, teaser in self.connection.execute(statement)
            )
        return {slug: tuple(teasers[number] for number in found) for slug, found in best.items()}

    def labels(self, kind: Taxonomy) -> list[tuple[str, str, int]]:
        """Return slug, label and number of public articles of each label that has any."""
        statement = (
            select(labels.c.slug, func.min(labels.c.label), func.count())
            .join(articles, labels.c.number == articles.c.number)
            .where(labels.c.kind == kind, is_public(self.now))
            .group_by(labels.c.slug)
            .order_by(labels.c.slug)
        )
        return [(slug, label, count) for slug, label, count in self.connection.execute(statement)]

    def tag_label(self, slug: str) -> str | None:
        """Return a tag as the oldest public article types it: a new one renames no feed."""
        return self._label(Taxonomy.TAG, slug)

    def author(self, slug: str) -> Author | None:
        """Return an author whom only articles name, as the oldest public one does."""
        name = self._label(Taxonomy.AUTHOR, slug)
        return Author(slug=slug, name=name) if name else None

    def last_modified(self, selection: Selection) -> datetime:
        """Return when a list's documents last changed: late perhaps, never early.

        The latest change of the list (of the site, where it is more than one category, tag or
        author), of every list, or the latest scheduled moment (publication, expiry) that has
        passed.
        """
        moment = unix_seconds(self.now)
        own, site = selection.label or SITE, list_changes.c.kind == SITE[0]
        is_of_list = or_(_is_list(own), _is_list(ALL_LISTS))
        lapsed = and_(articles.c.expires <= moment, articles.c.expires > articles.c.indexed_at)
        moments = self.connection.execute(
            select(
                # A list that nothing was ever in changes with the site's name at the latest.
                func.coalesce(
                    _scalar(func.max(list_changes.c.stamp), is_of_list),
                    _scalar(list_changes.c.stamp, site),
                ),
                _scalar(func.max(articles.c.scheduled), articles.c.scheduled <= moment, is_live()),
                _scalar(func.max(articles.c.expires), lapsed, is_live()),
            )
        ).one()
        return datetime.fromtimestamp(max((each for each in moments if each), default=0), UTC)

    def next_moment(self) -> datetime | None:
        """Return the next moment at which time alone changes what is public, or None."""
        moment = unix_seconds(self.now)
        moments = self.connection.execute(
            select(
                *(
                    _scalar(func.min(column), column > moment, query.is_published(), is_live())
                    for column in (articles.c.published, articles.c.expires)
                )
            )
        ).one()
        later = [each for each in moments if each]
        return datetime.fromtimestamp(min(later), UTC) if later else None

    def problems(self, *, hints: bool = True) -> tuple[Problem, ...]:
        """Return everything that is wrong, by path, line and column; see `problems.problems`."""
        return problems.problems(self.connection, hints=hints)

    def _label(self, kind: Taxonomy, slug: str) -> str | None:
        statement = (
            select(labels.c.label)
            .join(articles, labels.c.number == articles.c.number)
            .where(labels.c.kind == kind, labels.c.slug == slug, is_public(self.now))
            .order_by(labels.c.published, labels.c.article)
            .limit(1)
        )
        return self.connection.execute(statement).scalar()

    def _articles(self, statement: Any) -> tuple[Article, ...]:
        return tuple(article_from_json(row) for (row,) in self.connection.execute(statement))


def _chunks(values: Collection[_Value]) -> Iterator[Sequence[_Value]]:
    """Databases bound the number of parameters."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


def _scalar(value: Any, *conditions: Any) -> Any:
    return select(value).where(*conditions).scalar_subquery()


def _is_list(label: Label) -> ColumnElement[bool]:
    return and_(list_changes.c.kind == label[0], list_changes.c.slug == label[1])
