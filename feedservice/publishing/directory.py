"""The lists that a site has: for /feeds and OPML, and the pages /tags, /authors and /archive.

Reads only. What there is of them is counted by one question each; a page shows a part.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType

from feedservice.domain import urls
from feedservice.domain.errors import NotFound
from feedservice.domain.model import Author, Site
from feedservice.domain.periods import Period
from feedservice.domain.route import Route
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds import build, build_page, opml
from feedservice.feeds.feed import Document, document
from feedservice.feeds.link_context import LinkContext
from feedservice.feeds.page import Alternate, Card, FeedRow
from feedservice.feeds.titles import channel_of
from feedservice.index.snapshot import Snapshot

PART = 200
"""Rows of one page."""
MAX_KEPT = 1000
"""Rows that are kept: a page of them for each of five changes of all their counts."""
MAX_TAGS = 5000
"""Tags of an OPML document, those with most articles: readers import each at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """One page of the site's lists; ``good_until`` is when time alone may change it."""

    site: Site
    name: str
    rows: tuple[FeedRow, ...]
    page: int
    pages: int
    good_until: datetime | None

    @property
    def groups(self) -> tuple[tuple[str, tuple[FeedRow, ...]], ...]:
        """Rows of one kind that follow each other, with the kind."""
        return tuple((kind, tuple(rows)) for kind, rows in groupby(self.rows, attrgetter("kind")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One page of the articles of a month.

    Attributes:
        begin: its first moment.
        feeds: its archive documents, one a format.
        older, newer: the page of the month before or after it that has articles, or empty.
    """

    site: Site
    begin: datetime
    cards: tuple[Card, ...]
    page: int
    pages: int
    feeds: tuple[Alternate, ...]
    older: str
    newer: str
    last_modified: datetime
    good_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """A list before it is a row.

    Attributes:
        name: what articles call a tag or author.
        count: of its public articles, None where that is not told.
    """

    kind: str
    slug: str = ""
    name: str = ""
    count: int | None = 0
    month: Period | None = None


class KeptRows:
    """Makes rows, and keeps those of one site as they were made. Safe to share among threads."""

    def __init__(self) -> None:
        self._kept: tuple[Site | None, dict[Hashable, FeedRow]] = (None, {})

    def of(self, each: _List, site: Site) -> FeedRow:
        """Return the row of a list."""
        its, rows = self._kept
        # The same object, since comparing two sites takes longer than what is spared.
        if its is not site or len(rows) >= MAX_KEPT:
            rows = {}
            self._kept = site, rows
        key = each.kind, each.slug, each.name, each.count
        row = rows.get(key)
        if row is None:
            row = rows[key] = _row(each, site)
        return row


def directory(route: Route, view: Snapshot, kept: KeptRows | None = None) -> Directory:
    """Return a page of the lists that an address names; rows are taken from what is kept.

    Raises:
        NotFound: there are not so many pages.
    """
    found = _LISTS[route.name](view)
    pages = _pages(len(found))
    if route.page > pages:
        raise NotFound(route.path)
    part = found[(route.page - 1) * PART : route.page * PART]
    row_of = kept.of if kept else _row
    return Directory(
        site=view.site,
        name=route.name,
        rows=tuple(row_of(each, view.site) for each in part),
        page=route.page,
        pages=pages,
        good_until=view.next_moment(),
    )


def month(route: Route, view: Snapshot) -> Month:
    """Return a page of the articles of a month.

    Raises:
        NotFound: it has no articles, or not so many pages of them.
    """
    period = Period.read(route.period, view.site.timezone)
    within = Selection(since=period.start, until=period.end) if period else Selection()
    pages = _pages(view.count(within)) if period else 0
    articles: tuple[Card, ...] = ()
    if route.page <= pages:
        around = LinkContext(site=view.site, base_url="", now=view.now)
        found = view.select(within, PART, skip=(route.page - 1) * PART, teaser=True)
        articles = tuple(build_page.card(each, around) for each in found)
    if period is None or not articles:
        raise NotFound(route.path)
    return Month(
        site=view.site,
        begin=period.start,
        cards=articles,
        page=route.page,
        pages=pages,
        feeds=build_page.alternates(urls.archive_path("/", period.name), view.site.title),
        older=_month_at(view, view.edge(Selection(until=period.start), oldest=False)),
        newer=_month_at(view, view.edge(Selection(since=period.end), oldest=True)),
        last_modified=view.last_modified(Selection()),
        good_until=view.next_moment(),
    )


def addresses(view: Snapshot) -> Iterator[tuple[str, int]]:
    """Yield the path of everything here, and how many pages it has."""
    for name, lists in _LISTS.items():
        yield f"/{name}", _pages(len(lists(view)))
    for each in _months(view):
        assert each.month is not None
        within = Selection(since=each.month.start, until=each.month.end)
        yield urls.archive_path("/", each.month.name), _pages(view.count(within))


def subscription_list(route: Route, view: Snapshot) -> Document:
    """Return the site, its categories and authors, and on request its tags, as OPML 2.0."""
    lists = _own_lists(view)
    if route.has_tags:
        tags = sorted(_labels(view, Taxonomy.TAG), key=lambda each: -(each.count or 0))[:MAX_TAGS]
        lists += sorted(tags, key=lambda each: each.name)
    site = view.site
    return document(
        opml.render(site.title, (_row(each, site) for each in lists), site.base_url, site.language),
        opml.MEDIA_TYPE,
        last_modified=view.last_modified(Selection()),
        good_until=view.next_moment(),
    )


def _own_lists(view: Snapshot) -> list[_List]:
    counts = {each.slug: each.count for each in _labels(view, Taxonomy.CATEGORY)}
    categories = [
        _List(kind=Taxonomy.CATEGORY, slug=each.slug, count=counts.get(each.slug, 0))
        for each in view.site.categories
    ]
    site = _List(kind="site", count=view.count(Selection()))
    return [site, *categories, *_authors(view)]


def _authors(view: Snapshot) -> list[_List]:
    found = {each.slug: each for each in _labels(view, Taxonomy.AUTHOR)}
    for author in view.site.authors:
        found.setdefault(author.slug, _List(kind=Taxonomy.AUTHOR, slug=author.slug))
    return [found[slug] for slug in sorted(found)]


def _tags(view: Snapshot) -> list[_List]:
    return sorted(_labels(view, Taxonomy.TAG), key=lambda each: each.name)


def _months(view: Snapshot, *, are_counted: bool = True) -> list[_List]:
    return [
        _List(kind="month", slug=each.name, count=count if are_counted else None, month=each)
        for each, count in view.months()
    ]


def _labels(view: Snapshot, kind: Taxonomy) -> list[_List]:
    return [
        _List(kind=kind, slug=slug, name=label, count=count)
        for slug, label, count in view.labels(kind)
    ]


def _all(view: Snapshot) -> list[_List]:
    return [*_own_lists(view), *_months(view, are_counted=False), *_tags(view)]


_LISTS: Mapping[str, Callable[[Snapshot], list[_List]]] = MappingProxyType(
    {"feeds": _all, "tags": _tags, "authors": _authors, "archive": _months}
)


def _row(each: _List, site: Site) -> FeedRow:
    if each.month:
        path = urls.archive_path("/", each.month.name)
        return FeedRow(
            title=each.month.name,
            description="",
            path=path,
            kind=each.kind,
            alternates=build_page.alternates(path, site.title),
            month=each.month.start,
            count=each.count,
        )
    selection = Selection.of(Taxonomy(each.kind), each.slug) if each.slug else Selection()
    # Whom the index has named already is not looked up again.
    author = Author(slug=each.slug, name=each.name) if each.name else None
    channel = channel_of(selection, site, lambda _: each.name, lambda _: author)
    title = build.full_title(channel.title, site.title)
    return FeedRow(
        title=channel.title or site.title,
        description=channel.description,
        path=channel.path,
        kind=each.kind,
        alternates=build_page.alternates(channel.path, title),
        subscribe_path=urls.subscription(selection),
        count=each.count,
    )


def _month_at(view: Snapshot, moment: datetime | None) -> str:
    if moment is None:
        return ""
    return urls.archive_path("/", Period.month_of(moment, view.site.timezone).name)


def _pages(rows: int) -> int:
    return max(-(-rows // PART), 1)
