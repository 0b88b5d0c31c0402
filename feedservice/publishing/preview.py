"""What editors see before readers do: every article with its problems, feeds and entries."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

from feedservice.clock import Clock
from feedservice.domain import urls
from feedservice.domain.direction import of_article
from feedservice.domain.errors import NotFound
from feedservice.domain.headline import State, Status
from feedservice.domain.model import Article, Problem, Severity, Site
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds import build, build_page
from feedservice.feeds.feed import Item
from feedservice.feeds.formats import FORMATS
from feedservice.feeds.page import Anchor, ArticlePage
from feedservice.index import editorial
from feedservice.index.changes import labels_of
from feedservice.index.overview import Told, by_state, problems_of
from feedservice.index.reader import IndexReader
from feedservice.index.snapshot import Snapshot
from feedservice.publishing import link_contexts

PAGE = 50
"""Files on a page of the list."""
MOST_SCHEDULED = 500
"""Articles of a month in the calendar."""
MOST_MONTHS = 24
"""Months that the calendar leads to."""
BROKEN = "broken"

Problems = dict[str, tuple[Problem, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A file in the list.

    Attributes:
        state: a `State`, or broken, or empty for a file that is no article.
        slug, title, moment: of the article; of a broken one, of its last good version, if any.
        saved: when that version was last changed, as readers see it; None for what is not broken.
    """

    path: str
    title: str
    state: str
    slug: str = ""
    moment: datetime | None = None
    saved: datetime | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileList:
    """A page of the list.

    Attributes:
        state: the only one that is shown, or empty for all.
        query: what was searched for.
        counts: files by state, whatever was searched for.
        found: files on all pages.
        page, pages: which one this is, and how many there are.
    """

    site: Site
    state: str
    query: str
    rows: tuple[Row, ...]
    counts: dict[str, int]
    found: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What is scheduled in a month, in the site's zone.

    Attributes:
        first: its first day.
        days: the articles of each day that has any.
        months: first days of months in which something is scheduled, and how much.
        more: how many articles of this month are not shown.
    """

    site: Site
    first: date
    days: dict[date, tuple[Article, ...]]
    months: tuple[tuple[date, int], ...]
    more: int

    @property
    def previous(self) -> date:
        """The first day of the month before."""
        return _shifted(self.first, -1)

    @property
    def next(self) -> date:
        """The first day of the month after."""
        return _shifted(self.first, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An article as it will be.

    Attributes:
        page: its page.
        feeds: the lists that it is in, from ``begins`` until ``ends`` (None: for good); none
            for a draft.
        item: its entry, whose addresses are paths; it runs in ``direction``.
        entries: name of a format and the article's entry in it; none of a page, which no feed has.
    """

    row: Row
    page: ArticlePage
    feeds: tuple[Anchor, ...]
    begins: datetime
    ends: datetime | None
    item: Item
    direction: str
    entries: tuple[tuple[str, str], ...]


class Preview:
    """Answers the preview's pages.

    Args:
        index: of the same content folder, kept up to date by somebody else.
        clock: tells states.
        told: makes of the index's problems what is told.
    """

    def __init__(self, index: IndexReader, clock: Clock, told: Told = iter) -> None:
        self._index = index
        self._clock = clock
        self._as_told = told
        self._told: tuple[str, Problems] = ("", {})

    def fingerprint(self) -> str:
        """Return a text that differs once anything that the preview shows has changed."""
        with self._index.snapshot(self._clock()) as view:
            return editorial.fingerprint(view)

    def listing(self, state: str = "", query: str = "", page: int = 1) -> FileList:
        """Return a page of the list: broken files first, then the newest article first.

        Args:
            state: a `State` or broken; all for any other.
            query: words, or a part of a path.
            page: counted from 1; the last one where there are fewer.
        """
        with self._index.snapshot(self._clock()) as view:
            problems = self._problems(view)
            broken = [path for path, found in problems.items() if _is_broken(found)]
            counts = {**by_state(view), BROKEN: len(broken)}
            wanted = State(state) if state in counts and state != BROKEN else None
            first = [] if wanted else _faulty(problems, broken, query)
            found = len(first)
            if state != BROKEN:
                found += editorial.count(view, wanted, query)
            pages = max(-(-found // PAGE), 1)
            page = min(max(page, 1), pages)
            skip = (page - 1) * PAGE
            shown = first[skip : skip + PAGE]
            stays = view.by_path(shown)
            rows = [_row(path, stays.get(path), problems[path], view.now) for path in shown]
            left = PAGE - len(shown) if state != BROKEN else 0
            past = max(skip - len(first), 0)
            articles = editorial.listed(view, wanted, query, limit=left, skip=past)
            again = set(first)
            rows += [
                _row(each.path, each, problems.get(each.path, ()), view.now)
                for each in articles
                if each.path not in again
            ]
            return FileList(
                site=view.site,
                state=state if state in counts else "",
                query=query,
                rows=tuple(rows),
                counts=counts,
                found=found,
                page=page,
                pages=pages,
            )

    def month(self, year: int = 0, month: int = 0) -> Month:
        """Return what is scheduled in a month; in the present one where ``year`` is 0."""
        with self._index.snapshot(self._clock()) as view:
            zone = ZoneInfo(view.site.timezone)
            today = view.now.astimezone(zone).date()
            first = date(year, month, 1) if year else today.replace(day=1)
            begin, end = (
                datetime.combine(day, time(), zone) for day in (first, _shifted(first, 1))
            )
            articles = editorial.scheduled(view, begin, end, MOST_SCHEDULED)
            moments = editorial.scheduled_moments(view)
            counted = Counter(each.astimezone(zone).date().replace(day=1) for each in moments)
            days: dict[date, tuple[Article, ...]] = {}
            for each in articles:
                day = each.published.astimezone(zone).date()
                days[day] = (*days.get(day, ()), each)
            return Month(
                site=view.site,
                first=first,
                days=days,
                months=tuple(islice(counted.items(), MOST_MONTHS)),
                more=counted[first] - len(articles),
            )

    def _problems(self, view: Snapshot) -> Problems:
        """What is wrong with each file, found anew once something has changed."""
        key = editorial.fingerprint(view)
        if self._told[0] != key:
            self._told = key, problems_of(view, self._as_told)
        return self._told[1]

    def proof(self, slug: str) -> Proof:
        """Return an article as it will be.

        Raises:
            NotFound: no article is called so.
        """
        with self._index.snapshot(self._clock()) as view:
            article = view.article(slug)
            if article is None:
                raise NotFound(slug)
            context = link_contexts.load(view, (article,), "")
            problems = self._problems(view).get(article.path, ())
            site, now = view.site, view.now
        item = build.item(article, replace(context, base_url=site.base_url), site.content)
        entries = tuple(
            (name, form.entry(item, site.language).decode().strip())
            for name, form in FORMATS.items()
            if article.status is not Status.PAGE
        )
        # Below the path of base_url, as on pages, so that pictures are seen before they are public.
        here = replace(context, base_url=urls.from_host(site.base_url, "/").rstrip("/"))
        page = build_page.article_page(
            article, context, base_url=site.base_url, last_modified=now, good_until=None
        )
        return Proof(
            row=_row(article.path, article, problems, now),
            page=page,
            feeds=_feeds(article, site) if article.status is Status.PUBLISHED else (),
            begins=article.published,
            ends=article.expires,
            item=build.item(article, here, site.content),
            direction=of_article(article),
            entries=entries,
        )


def _is_broken(problems: tuple[Problem, ...]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def _faulty(problems: Problems, broken: list[str], query: str) -> list[str]:
    """The files that come first: broken ones, and site.yaml, whatever is wrong with it."""
    paths = [*(path for path in problems if path == "site.yaml" and path not in broken), *broken]
    return [path for path in paths if query.strip().casefold() in path.casefold()]


def _row(path: str, article: Article | None, problems: tuple[Problem, ...], now: datetime) -> Row:
    is_broken = _is_broken(problems)
    if article is None:
        return Row(path=path, title="", state=BROKEN if is_broken else "", problems=problems)
    return Row(
        path=path,
        title=article.title,
        slug=article.slug,
        state=BROKEN if is_broken else article.state(now).value,
        moment=article.published,
        saved=article.modified if is_broken else None,
        problems=problems,
    )


def _shifted(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _feeds(article: Article, site: Site) -> tuple[Anchor, ...]:
    pages = [Anchor(path="/", text=site.title)]
    for (taxonomy, slug), label in labels_of(article).items():
        category = site.category(slug) if taxonomy is Taxonomy.CATEGORY else None
        name = category.name if category else label
        pages.append(Anchor(path=urls.label_path(taxonomy, slug), text=name))
    return tuple(pages)
