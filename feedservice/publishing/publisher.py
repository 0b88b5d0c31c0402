"""The arrow index → documents. Reads only; asks the index, lets `feeds` decide and render.

Every answer is made of one snapshot. Knows addresses and selections, not HTTP: what an address
cannot give is raised as a `Refusal`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from feedservice.clock import Clock
from feedservice.domain import urls
from feedservice.domain.errors import Gone, IndexUnavailable, Moved, NotFound
from feedservice.domain.model import Article, Site
from feedservice.domain.periods import Period, Place
from feedservice.domain.route import Route
from feedservice.domain.routes import read_list
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.spelling import resolve
from feedservice.feeds import build, build_page
from feedservice.feeds.feed import Document, Feed, Unchanged, document
from feedservice.feeds.formats import FORMATS
from feedservice.feeds.link_context import LinkContext
from feedservice.feeds.page import ArticlePage, Listing
from feedservice.feeds.titles import Channel, channel_of
from feedservice.index import adjacent
from feedservice.index.finding import Listed
from feedservice.index.reader import IndexReader
from feedservice.index.snapshot import Snapshot
from feedservice.publishing import link_contexts, moved_addresses, sitemaps
from feedservice.publishing.archives import Archives
from feedservice.publishing.cards import KeptCards
from feedservice.publishing.directory import KeptRows
from feedservice.publishing.entries import KeptEntries
from feedservice.publishing.search_page import SearchPage, search_page

_ALL = Selection()
_Found = TypeVar("_Found")


class Publisher:
    """Answers what an address holds.

    Args:
        index: read only.
        clock: tells what is public.
        max_age: seconds that a document may be kept; feeds say it in minutes (ttl).
        rendered: told the name of a format whenever a document is rendered.

    Attributes:
        entries, cards, rows: of feeds, of pages and of `directory`, as far as they are kept.
    """

    def __init__(
        self,
        index: IndexReader,
        clock: Clock,
        *,
        max_age: int = 300,
        rendered: Callable[[str], None] | None = None,
    ) -> None:
        self._index = index
        self._clock = clock
        self._max_age = max_age
        self.entries = KeptEntries()
        self.cards = KeptCards()
        self.rows = KeptRows()
        self._rendered = rendered

    def known(self) -> tuple[int, Site]:
        """Return the revision and the site of then; raises `IndexUnavailable` without them."""
        return self._index.current()

    def site(self) -> Site:
        """Return the site; raises as `known` does."""
        return self.known()[1]

    def state(self) -> str:
        """Return ``ready``, ``filling`` where nothing can be answered yet, or what can be."""
        try:
            ready = "ready" if self._index.is_searchable() else "ready, search filling"
            return ready if self._index.is_filled() else "filling"
        except IndexUnavailable:
            return "filling"

    def feed(self, route: Route, held: datetime | None = None) -> Document | Unchanged:
        """Return the feed of a list.

        Args:
            route: its address.
            held: the ``last_modified`` of the document that the caller holds.

        Raises:
            Refusal: see `errors`.
        """
        with self._snapshot() as view:
            selection = resolve(route, view.site, view.slugs)
            if held is not None and held == view.last_modified(selection):
                return Unchanged(good_until=view.next_moment())
            return self._feed(view, selection, route.format)

    def _feed(self, view: Snapshot, selection: Selection, format_name: str) -> Document:
        channel = _channel(view, selection)
        listed, next_page = _page(selection, view.site.limit, view.listed)
        withdrawn: tuple[Article, ...] = ()
        place = None
        if not selection.is_narrowed:
            withdrawn = _withdrawn_since(view, selection, listed)
            place = _place(view, selection, listed)
        return self._render(
            view,
            channel,
            listed,
            format_name,
            withdrawn=withdrawn,
            left=view.left(selection, after=listed[0].published if listed else None),
            place=place,
            next_page=next_page,
        )

    def archive(self, route: Route) -> Document:
        """Return an archive document (RFC 5005 §4) of a list.

        Raises:
            Moved: the month is cut into days, or the day into parts, or is not, or the list is
                spelt in another way.
            Refusal: as in `feed`.
        """
        with self._snapshot() as view:
            selection = resolve(route, view.site, view.slugs)
            period = Period.read(route.period, view.site.timezone)
            if period is None:
                raise NotFound(route.path)
            archives = Archives(view, selection)
            right = archives.right_period(period)
            if right != period:
                raise Moved(replace(route, selection=selection, period=right.name).address)
            listed, withdrawn = archives.listed(period), archives.withdrawn(period)
            if not listed and not withdrawn:
                raise NotFound(route.path)
            return self._render(
                view,
                _channel(view, selection),
                listed,
                route.format,
                withdrawn=withdrawn,
                left=archives.left(period),
                place=archives.place(period),
            )

    def _render(
        self,
        view: Snapshot,
        channel: Channel,
        listed: tuple[Listed, ...],
        format_name: str,
        *,
        withdrawn: tuple[Article, ...],
        left: datetime | None,
        place: Place | None,
        next_page: str = "",
    ) -> Document:
        if self._rendered is not None:
            self._rendered(format_name)
        form = FORMATS[format_name]
        site = view.site
        content = channel.selection.content or site.content
        entries = self.entries.of(view, listed, form, content)
        changed = [entry.updated for entry in entries]
        feed = build.feed(
            channel,
            (),
            LinkContext(site=site, base_url=site.base_url, now=view.now),
            suffix=form.suffix,
            withdrawn=withdrawn,
            left=max([*changed, left] if left else changed, default=None),
            next_page=next_page,
            place=place,
            ttl=max(self._max_age // 60, 1),
        )
        return document(
            form.document(feed, [entry.body for entry in entries]),
            form.content_type_of(feed),
            last_modified=view.last_modified(channel.selection),
            good_until=view.next_moment(),
            links=_links(feed),
        )

    def listing(self, route: Route) -> Listing | SearchPage:
        """Return the page of a list, or of a search; errors as in `feed`."""
        with self._snapshot() as view:
            if route.site != view.site:
                route = read_list(route, view.site)
            selection = resolve(route, view.site, view.slugs)
            if route.is_search_page:
                return search_page(route, selection, view, self.cards)
            listed, next_page = _page(selection, view.site.limit, view.listed)
            return build_page.listing(
                _channel(view, selection),
                self.cards.of(view, listed),
                view.site,
                next_page=next_page,
                last_modified=view.last_modified(selection),
                good_until=view.next_moment(),
            )

    def article(self, slug: str) -> ArticlePage:
        """Return the page of an article.

        Raises:
            Moved: ``slug`` is an alias of a public article, was its slug, or is misspelt.
            Gone: it was withdrawn or has expired.
            NotFound: anything else, drafts and embargoed articles among it.
        """
        with self._snapshot() as view:
            article = view.article(slug)
            if article is not None and article.is_gone(view.now):
                raise Gone(article)
            if article is None or not article.is_public(view.now):
                raise moved_addresses.refusal(view, slug)
            category = build_page.first_category(article, view.site)
            return build_page.article_page(
                article,
                link_contexts.load(view, (article,), ""),
                base_url=view.site.base_url,
                beside=adjacent.find(view, article, category) if category else (None, None),
                card_of=self.cards.of_article,
                last_modified=view.last_modified(_ALL),
                good_until=view.next_moment(),
            )

    def ask(self, question: Callable[[Snapshot], _Found]) -> _Found:
        """Return what a question of this room finds in one state of the index."""
        with self._snapshot() as view:
            return question(view)

    def sitemaps(self) -> tuple[tuple[str, ...], datetime | None]:
        """Return the addresses that robots.txt names, and until when they are these."""
        with self._snapshot() as view:
            base_url = view.site.base_url
            names = ("", "news") if sitemaps.has_news(view) else ("",)
            found = tuple(urls.absolute(base_url, urls.sitemap_path(name)) for name in names)
            return found, sitemaps.good_until(view)

    def sitemap(self, name: str = "") -> Document:
        """Return a sitemap: of the site or the index of them, of a month, ``news`` or ``lists``.

        Raises:
            NotFound: no month is called so, or there is no article to name.
        """
        with self._snapshot() as view:
            if not name:
                return sitemaps.whole(view)
            if name == sitemaps.LISTS:
                return sitemaps.lists(view)
            return sitemaps.news(view) if name == "news" else sitemaps.month(view, name)

    def icon(self, name: str) -> bytes:
        """Return an icon of the site's own, or nothing where it has none."""
        return self._index.icon(name)

    def good_until(self) -> datetime | None:
        """Return the next moment at which time alone changes what is public, or None."""
        with self._snapshot() as view:
            return view.next_moment()

    def redirect(self, path: str) -> str | None:
        """Return where an old address leads, by site.yaml or as another system's feed.

        Args:
            path: decoded.

        Returns:
            A percent-encoded path, a URL, or None.
        """
        with self._snapshot() as view:
            return moved_addresses.redirect(view, path)

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        with self._index.snapshot(self._clock()) as view:
            _ = view.site  # raises while the index is being filled: nothing is absent then
            yield view


def _channel(view: Snapshot, selection: Selection) -> Channel:
    return channel_of(selection, view.site, view.tag_label, view.author)


def _page(
    selection: Selection, usual: int, read: Callable[[Selection, int], tuple[Listed, ...]]
) -> tuple[tuple[Listed, ...], str]:
    """One part of a list, and the page address of the next part."""
    limit = selection.limit or usual
    found = read(selection, limit + 1)
    if len(found) <= limit:
        return found, ""
    found = found[:limit]
    cursor = Cursor(published=found[-1].published, slug=found[-1].slug)
    return found, urls.canonical(replace(selection, before=cursor))


def _withdrawn_since(
    view: Snapshot, selection: Selection, listed: tuple[Listed, ...]
) -> tuple[Article, ...]:
    """Withdrawals since the oldest entry: who has read that far may hold what was withdrawn."""
    return view.withdrawn(selection, listed[-1].published if listed else None)


def _place(view: Snapshot, selection: Selection, listed: tuple[Listed, ...]) -> Place | None:
    if not listed:
        return None
    return Archives(view, replace(selection, before=None)).before(listed[-1])


def _links(feed: Feed) -> tuple[str, ...]:
    """Link header values (RFC 8288 §3): one self, and the hubs (WebSub §4)."""
    return (f'<{feed.self_url}>; rel="self"', *(f'<{hub}>; rel="hub"' for hub in feed.hubs))
