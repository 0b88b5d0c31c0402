"""One state of the index, and what can be asked of it. Reads only."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from feedservice.domain.errors import IndexFilling, SearchUnavailable
from feedservice.domain.headline import Headline, State
from feedservice.domain.label_slugs import label_key
from feedservice.domain.model import Article, Author, Problem, Site
from feedservice.domain.periods import Period
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index import (
    counts,
    finding,
    moments,
    months,
    problems,
    query,
    readings,
    surroundings,
)
from feedservice.index.changes import SITE, Label, unix_seconds
from feedservice.index.finding import MANY, Listed
from feedservice.index.moments import Moments
from feedservice.index.payload import article_from_json, whole_article
from feedservice.index.schema import articles, bodies, labels
from feedservice.index.spellings import Spelling, Spellings
from feedservice.index.statements import Statement
from feedservice.index.states import is_live, is_public
from feedservice.index.surroundings import Kept, Neighbours, Surroundings

MAX_WITHDRAWN = 100
SHORT = 1000
"""Articles of a label that has few."""
_ARTICLE = Statement(
    select(bodies.c.teaser, bodies.c.texts)
    .join(articles, articles.c.number == bodies.c.number)
    .where(articles.c.slug == bindparam("slug"), is_live())
)
_NAMES = Statement(
    select(labels.c.key, labels.c.slug, labels.c.label, labels.c.former)
    .join(articles, labels.c.number == articles.c.number)
    .where(labels.c.kind == bindparam("its_kind"), is_public())
    .distinct()
)


class Snapshot:
    """One state of the index at one moment, within a read transaction; `IndexReader` opens it.

    Attributes:
        now: decides what is public.
        revision: grows with each change that a reader can see.
        connection: for this package's own statements.

    Args:
        kept: what snapshots before found.
    """

    def __init__(
        self,
        connection: Connection,
        now: datetime,
        revision: int,
        site: Site | None,
        kept: Kept,
        is_searchable: bool,
    ) -> None:
        self.now = now
        self.revision = revision
        self.connection = connection
        self._site = site
        self._is_searchable = is_searchable
        self._moment = unix_seconds(now)
        self._spellings = Spellings(connection, now, site)
        self._kept = kept
        self._moments: dict[Label, Moments] = {}

    @property
    def site(self) -> Site:
        """The site.

        Raises:
            IndexFilling: it is not filled yet.
        """
        if self._site is None:
            raise IndexFilling
        return self._site

    def listed(self, selection: Selection, limit: int, *, skip: int = 0) -> tuple[Listed, ...]:
        """Return where a list's public articles stand, newest first, ties by slug."""
        return finding.listed(self.ask, self._walking(selection), limit, skip)

    def articles(self, numbers: Collection[int], *, teaser: bool = False) -> dict[int, Article]:
        """Return the articles of rows, by their numbers; teasers have no text."""
        read = readings.teasers if teaser else readings.whole
        return self._spellings.respelt(read(self.connection, numbers))

    def typed(self, numbers: Collection[int]) -> dict[int, Article]:
        """Return what `articles` does, labels as they were typed."""
        return readings.whole(self.connection, numbers)

    def respelt(self, typed: dict[int, Article]) -> dict[int, Article]:
        """Return articles with their labels as they are shown."""
        return self._spellings.respelt(typed)

    def headlines(self, numbers: Collection[int]) -> dict[int, Headline]:
        """Return what others show of the articles of rows, by their numbers."""
        return readings.headlines(self.connection, numbers)

    def surroundings(self) -> Surroundings:
        """Return what is another value when anything may alter entries of rows that stay."""
        found = self._of_all()
        return Surroundings(found.begun, found.altered, found.came, found.left)

    def _of_all(self) -> Moments:
        """Those of any list, which are known mostly: they tell of all, too."""
        return next(iter(self._moments.values()), None) or self._moments_of(SITE)

    def _moments_of(self, label: Label) -> Moments:
        found = self._moments.get(label)
        if found is None:
            found = moments.of_list(self.connection, *label, self._moment)
            self._moments[label] = found
        return found

    def _walking(self, selection: Selection) -> Selection:
        return finding.walking_least(selection, lambda label: self._moments_of(label).length or 0)

    def neighbours(
        self, numbers: Collection[int], limit: int, typed: dict[int, Article] | None = None
    ) -> dict[int, Neighbours]:
        """Return what the entry of each row shows of others; see `surroundings.of_rows`."""
        return surroundings.of_rows(
            self.connection,
            numbers,
            self._moment,
            spellings=self._spellings,
            kept=self._kept,
            around=self.surroundings(),
            limit=limit,
            typed=typed or {},
        )

    def select(
        self, selection: Selection, limit: int, *, skip: int = 0, teaser: bool = False
    ) -> tuple[Article, ...]:
        """Return a list's public articles, newest first, ties by slug; teasers have no text."""
        if selection.q:
            numbers = [each.number for each in self.listed(selection, limit, skip=skip)]
            found = self.articles(numbers, teaser=teaser)
            return tuple(found[number] for number in numbers)
        walked = self._walking(selection)
        rows = self.ask(query.select_articles(walked, limit, skip=skip, teaser=teaser))
        return tuple(self._spellings.respelt(dict(enumerate(self._articles(rows)))).values())

    def teasers(self, selection: Selection, limit: int) -> Iterator[Article]:
        """Yield what `select` returns as teasers, one by one, labels as they were typed."""
        statement, values = query.select_articles(self._walking(selection), limit, teaser=True)
        found = statement.run(self.connection, **values, moment=self._moment)
        return (article_from_json(row) for (row,) in found)

    def count(self, selection: Selection, most: int = MANY) -> int:
        """Return how many public articles a list has, counted no further than ``most``."""
        if selection.is_pinged and selection.until is None:
            kind, slug = selection.label or SITE
            return counts.of_list(self.connection, kind, label_key(kind, slug), self.now)
        count: int = self.ask(query.count_articles(self._walking(selection), most))[0][0]
        return count

    def months(self) -> list[tuple[Period, int]]:
        """Return the months that have public articles, newest first, and how many."""
        return months.of_site(self.connection, self.site.timezone, self.now)

    def edge(self, selection: Selection, *, oldest: bool) -> datetime | None:
        """Return when a list's oldest or newest public article was published, if there is any."""
        found = self.ask(query.select_edge(self._walking(selection), oldest=oldest))
        return datetime.fromtimestamp(found[0][0], UTC) if found else None

    def withdrawn(self, selection: Selection, after: datetime | None = None) -> tuple[Article, ...]:
        """Return a list's withdrawn articles as teasers, newest first, at most a hundred.

        These are the newest, or those that were withdrawn last of what was so from ``after`` on.
        """
        if after is None:
            return self._articles(self.ask(query.select_withdrawn(selection, MAX_WITHDRAWN)))
        question = query.select_withdrawn_after(selection, unix_seconds(after), MAX_WITHDRAWN)
        found = self._articles(self.ask(question))
        return tuple(sorted(found, key=lambda each: (-each.published.timestamp(), each.slug)))

    def left(self, selection: Selection, after: datetime | None = None) -> datetime | None:
        """Return when an article last left a list: withdrawn, or expired; None for never.

        What left it until ``after`` need not be found. Of a whole list, what was deleted or is in
        another one now counts too: until its own last change.
        """
        found = []
        if not selection.is_narrowed:
            found.append(self._moments_of(selection.label or SITE).departed)
        own, walked = selection.label, self._walking(selection)
        label = query.walked(walked)
        is_short = label is not None and (self._moments_of(own or label).length or 0) < SHORT
        since = unix_seconds(after) if after else 0
        question = query.select_left(walked, is_short=is_short, after=since)
        found += [left for (left,) in self.ask(question)]
        left = max(filter(None, found), default=None)
        return None if left is None else datetime.fromtimestamp(left, UTC)

    def article(self, slug: str) -> Article | None:
        """Return the whole article with that slug, whatever its status."""
        found = self._articles(_ARTICLE.rows(self.connection, slug=slug))
        return self._spellings.respelt({slug: found[0]})[slug] if found else None

    def by_slug(self, names: Collection[str]) -> dict[str, Article]:
        """Return teasers of articles of any status by the slugs or aliases that were asked for."""
        return self._spellings.respelt(readings.by_name(self.connection, names))

    def by_path(self, paths: Collection[str]) -> dict[str, Article]:
        """Return teasers of articles of any status by the files that were asked for."""
        return self._spellings.respelt(readings.by_path(self.connection, paths))

    def related(self, around: Sequence[Article], limit: int) -> dict[str, tuple[Article, ...]]:
        """Return articles like each of ``around``, which this state has; see `related.find`."""
        best = surroundings.like(
            self.connection,
            around,
            self._moment,
            kept=self._kept,
            around=self.surroundings(),
            limit=limit,
            are_listed=all(each.state(self.now) is State.PUBLIC for each in around),
        )
        teasers = self.articles(set[int]().union(*best.values()), teaser=True)
        return {slug: tuple(teasers[number] for number in found) for slug, found in best.items()}

    def labels(self, kind: Taxonomy) -> list[tuple[str, str, int]]:
        """Return slug, label and number of public articles of each label that has any."""
        found = counts.of_kind(self.connection, kind, self.now)
        shown = {} if kind is Taxonomy.CATEGORY else self._spellings.first(kind, found)
        return sorted((*shown.get(key, Spelling(key, key)), count) for key, count in found.items())

    def other_spellings(self, kind: Taxonomy) -> Iterator[tuple[str, str]]:
        """Yield the slug of each tag or author with each name that leads to it."""
        rows = _NAMES.run(self.connection, its_kind=kind.value, moment=self._moment).all()
        shown = self._spellings.first(kind, {key for key, *_ in rows})
        for key, *names in rows:
            yield from ((shown[key].slug, name) for name in names if name)

    def tag_label(self, slug: str) -> str | None:
        """Return a tag as the first article types it: a new one renames no feed."""
        spelling = self._spellings.first(Taxonomy.TAG, [slug]).get(slug)
        return spelling.label if spelling else None

    def author(self, slug: str) -> Author | None:
        """Return an author whom only articles name, as the first one does, where one is public."""
        spelling = self._spellings.first(Taxonomy.AUTHOR, [slug]).get(slug)
        if spelling is None or self.edge(Selection.of(Taxonomy.AUTHOR, slug), oldest=True) is None:
            return None
        return Author(slug=spelling.slug, name=spelling.label)

    def slugs(self, wanted: Collection[Label]) -> dict[Label, str]:
        """Return the slug that shows of each label which an article has, or had by that slug.

        Args:
            wanted: tags, and authors whom site.yaml does not name, in any spelling.
        """
        shown = self._spellings.shown(wanted)
        return {
            (kind, slug): spelling.slug
            for (kind, slug), spelling in shown.items()
            if kind != Taxonomy.AUTHOR or self.author(spelling.slug)
        }

    def last_modified(self, selection: Selection) -> datetime:
        """Return when a list's documents last changed: late perhaps, never early.

        The latest change of the list (of the site, where it is more than one category, tag or
        author), of an entry in it, of every list, or of time (a publication, an expiry).
        """
        last = self._moments_of(selection.label or SITE).last
        return datetime.fromtimestamp(last, UTC)

    def next_moment(self) -> datetime | None:
        """Return the next moment at which time alone changes what is public, or None."""
        moment = self._of_all().next
        return datetime.fromtimestamp(moment, UTC) if moment else None

    def problems(self, *, hints: bool = True) -> tuple[Problem, ...]:
        """Return everything that is wrong, by path, line and column; see `problems.problems`."""
        return problems.problems(self.connection, self.now, hints=hints)

    def need_search(self) -> None:
        """Raise `SearchUnavailable` while the search is being filled."""
        if not self._is_searchable:
            raise SearchUnavailable("the search is being filled")

    def ask(self, question: query.Question) -> list[tuple[Any, ...]]:
        """Return what a question of `query` finds; `SearchUnavailable` while that is filled."""
        statement, values = question
        if "phrase" in values:
            self.need_search()
        return statement.rows(self.connection, **values, moment=self._moment)

    def _articles(self, found: list[tuple[Any, ...]]) -> tuple[Article, ...]:
        return tuple(map(_article, found))


def _article(row: Sequence[Any]) -> Article:
    """A teaser, or the whole article where its texts were asked for."""
    return whole_article(*row) if len(row) > 1 else article_from_json(*row)
