"""The arrow index → documents. Reads only; asks the index, lets `feeds` decide and render.

Knows addresses and selections, not HTTP: what an address cannot give is raised as a `Refusal`.
"""

import logging
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from feedservice.clock import Clock
from feedservice.domain import redirects, urls
from feedservice.domain.errors import Gone, IndexUnavailable, Moved, NotFound
from feedservice.domain.model import Article, Site
from feedservice.domain.periods import Period, Place
from feedservice.domain.routes import Route, resolve
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.text import slugify
from feedservice.feeds import build, build_page, opml
from feedservice.feeds.feed import Document, Feed, Item, Unchanged, document
from feedservice.feeds.formats import FORMATS, Entries
from feedservice.feeds.link_context import LinkContext
from feedservice.feeds.page import ArticlePage, FeedRow, Listing
from feedservice.feeds.titles import Channel, channel_of
from feedservice.index.reader import IndexReader
from feedservice.publishing.archives import Archives
from feedservice.publishing.directory import feed_rows
from feedservice.publishing.link_contexts import gather
from feedservice.publishing.revision import Epoch

log = logging.getLogger(__name__)

_WHOLE = 100_000
"""More entries than an archive document has: it is whole by definition."""


class Publisher:
    """Answers what an address holds.

    Args:
        index: read only.
        clock: tells what is public.
        base_url: goes before the one of site.yaml where it is given.
        max_age: seconds that a document may be kept; feeds say it in minutes (ttl).
        rendered: told the name of a format whenever a document is rendered.
    """

    def __init__(
        self,
        index: IndexReader,
        clock: Clock,
        *,
        base_url: str = "",
        max_age: int = 300,
        rendered: Callable[[str], None] | None = None,
    ) -> None:
        self._index = index
        self._epoch = Epoch(index, base_url)
        self._clock = clock
        self._max_age = max_age
        self._entries = Entries()
        self._rendered = rendered

    def known(self) -> tuple[int, Site]:
        """Return the revision of the index, and the site as it was then.

        Raises:
            IndexUnavailable: the index is not filled yet, or cannot be read.
        """
        return self._epoch.now()

    def site(self) -> Site:
        """Return the site.

        Raises:
            IndexUnavailable: the index is not filled yet, or cannot be read.
        """
        return self.known()[1]

    def state(self) -> str:
        """Return ``ready``, or ``filling`` where nothing can be answered yet."""
        try:
            return "ready" if self._index.is_filled() else "filling"
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
        (revision, site), now = self.known(), self._clock()
        selection = self._selection(route, site, now)
        changed = self._index.last_modified(selection, now)
        if changed == held:
            return Unchanged(good_until=self._index.next_moment(now))
        made = self._feed(selection, route.format, site, now, changed)
        return replace(made, last_modified=self._if_still(revision, changed))

    def _feed(
        self, selection: Selection, format_name: str, site: Site, now: datetime, changed: datetime
    ) -> Document:
        channel = self._channel(selection, site, now)
        articles, next_page = self._page(selection, site, now)
        withdrawn: tuple[Article, ...] = ()
        place = None
        if not channel.narrowed:
            withdrawn = self._withdrawn(selection, articles, now)
            if articles:
                whole = replace(selection, before=None)
                archives = Archives(self._index, site.timezone, now)
                place = archives.before(urls.identity(whole), whole, articles[-1].published)
        return self._render(
            channel,
            articles,
            format_name,
            site,
            now,
            changed,
            withdrawn=withdrawn,
            place=place,
            next_page=next_page,
        )

    def _render(
        self,
        channel: Channel,
        articles: tuple[Article, ...],
        format_name: str,
        site: Site,
        now: datetime,
        changed: datetime,
        *,
        withdrawn: tuple[Article, ...],
        place: Place | None,
        next_page: str = "",
    ) -> Document:
        if self._rendered is not None:
            self._rendered(format_name)
        form = FORMATS[format_name]
        around = gather(self._index, articles, site, site.base_url, now)
        feed = build.feed(
            channel,
            articles,
            around,
            suffix=form.suffix,
            withdrawn=withdrawn,
            next_page=next_page,
            place=place,
            ttl=max(self._max_age // 60, 1),
        )
        return document(
            form.render(feed, entries=self._entries, report=_report),
            form.content_type,
            last_modified=changed,
            good_until=self._index.next_moment(now),
            links=_links(feed),
        )

    def archive(self, route: Route) -> Document:
        """Return an archive document (RFC 5005 §4) of a list.

        Raises:
            Moved: its month is cut into days, or is not, or the list is spelt in another way.
            Refusal: as in `feed`.
        """
        (revision, site), now = self.known(), self._clock()
        selection = self._selection(route, site, now)
        period = Period.read(route.period, site.timezone)
        if period is None:
            raise NotFound(route.path)
        archives = Archives(self._index, site.timezone, now)
        right = archives.right_period(period, selection)
        if right != period:
            raise Moved(replace(route, selection=selection, period=right.name).address)
        changed = self._index.last_modified(selection, now)
        within = replace(selection, since=period.start, until=period.end)
        articles = self._index.select(within, now, _WHOLE)
        withdrawn = self._index.withdrawn(within, now)
        if not articles and not withdrawn:
            raise NotFound(route.path)
        place = archives.place(urls.canonical(selection), selection, period)
        channel = self._channel(selection, site, now)
        found = self._render(
            channel, articles, route.format, site, now, changed, withdrawn=withdrawn, place=place
        )
        return replace(found, last_modified=self._if_still(revision, changed))

    def listing(self, route: Route) -> Listing:
        """Return the page of a list; errors as in `feed`."""
        (revision, site), now = self.known(), self._clock()
        selection = self._selection(route, site, now)
        changed = self._index.last_modified(selection, now)
        channel = self._channel(selection, site, now)
        articles, next_page = self._page(selection, site, now, teaser=True)
        return build_page.listing(
            channel,
            articles,
            LinkContext(site=site, base_url="", now=now),
            base_url=site.base_url,
            next_page=next_page,
            last_modified=self._if_still(revision, changed),
            good_until=self._index.next_moment(now),
        )

    def article(self, slug: str) -> ArticlePage:
        """Return the page of an article.

        Raises:
            Moved: ``slug`` is an alias of a public article, or another spelling of its slug.
            Gone: it was withdrawn or has expired.
            NotFound: anything else, drafts and embargoed articles among it.
        """
        (revision, site), now = self.known(), self._clock()
        changed = self._index.last_modified(Selection(), now)
        article = self._index.article(slug)
        if article is None:
            raise self._elsewhere(slug, now)
        if not article.is_public(now):
            raise Gone(slug) if article.is_gone(now) else NotFound(slug)
        around = gather(self._index, (article,), site, "", now)
        return build_page.article_page(
            article,
            around,
            base_url=site.base_url,
            last_modified=self._if_still(revision, changed),
            good_until=self._index.next_moment(now),
        )

    def feed_rows(self) -> tuple[FeedRow, ...]:
        """Return the lists that /feeds and /feeds.opml name: the site, its categories, its
        authors.
        """
        return feed_rows(self._index, self.site(), self._clock())

    def opml(self) -> Document:
        """Return the subscription list (OPML 2.0)."""
        (revision, site), now = self.known(), self._clock()
        changed = self._index.last_modified(Selection(), now)
        body = opml.render(site.title, self.feed_rows(), site.base_url, site.language)
        until = self._index.next_moment(now)
        return document(
            body, opml.MEDIA_TYPE, last_modified=self._if_still(revision, changed), good_until=until
        )

    def good_until(self) -> datetime | None:
        """Return the next moment at which time alone changes what is public, or None."""
        return self._index.next_moment(self._clock())

    def redirect(self, path: str) -> str | None:
        """Return where an old address (decoded path) leads, by site.yaml or as another system's
        feed.

        Returns:
            A percent-encoded path, a URL, or None.
        """
        found, now = redirects.find(path, self.site().redirects), self._clock()
        # A pattern fits addresses that never were; only one that leads to an article is followed.
        led = self._index.by_slug([slugify(found.slug)]).values() if found and found.slug else ()
        if found and (
            not found.slug or any(article.is_public(now) or article.is_gone(now) for article in led)
        ):
            return found.address
        return urls.moved_in(path)

    def _if_still(self, revision: int, changed: datetime) -> datetime | None:
        """The time of change of what was made from ``revision``; None where the index was written
        to meanwhile.

        It may show both states then, so no time of change would be true of it.
        """
        return changed if self._index.revision() == revision else None

    def _selection(self, route: Route, site: Site, now: datetime) -> Selection:
        return resolve(route, site, lambda slug: self._index.author(slug, now))

    def _channel(self, selection: Selection, site: Site, now: datetime) -> Channel:
        return channel_of(
            selection,
            site,
            lambda slug: self._index.tag_label(slug, now),
            lambda slug: self._index.author(slug, now),
        )

    def _page(
        self, selection: Selection, site: Site, now: datetime, *, teaser: bool = False
    ) -> tuple[tuple[Article, ...], str]:
        """One part of a list, and the page address of the next part."""
        limit = selection.limit or site.limit
        articles = self._index.select(selection, now, limit + 1, teaser=teaser)
        if len(articles) <= limit:
            return articles, ""
        articles = articles[:limit]
        cursor = Cursor(published=articles[-1].published, slug=articles[-1].slug)
        return articles, urls.canonical(replace(selection, before=cursor))

    def _withdrawn(
        self, selection: Selection, articles: tuple[Article, ...], now: datetime
    ) -> tuple[Article, ...]:
        """Withdrawals that happened since the oldest entry: who has read that far may hold what was
        withdrawn.
        """
        oldest = articles[-1].published if articles else None
        found = self._index.withdrawn(selection, now)
        return tuple(article for article in found if oldest is None or article.modified >= oldest)

    def _elsewhere(self, slug: str, now: datetime) -> Moved | Gone | NotFound:
        """Where an address that is no slug leads: an alias or another spelling of one."""
        for name in dict.fromkeys((slug, unicodedata.normalize("NFC", slug), slugify(slug))):
            article = self._index.by_slug([name]).get(name) if name else None
            if article is None:
                continue
            if article.is_public(now):
                return Moved(urls.article_path(article.slug))
            return NotFound(slug)
        return NotFound(slug)


def _links(feed: Feed) -> tuple[str, ...]:
    """Link header values (RFC 8288 §3): one self, and the hubs (WebSub §4)."""
    return (f'<{feed.self_url}>; rel="self"', *(f'<{hub}>; rel="hub"' for hub in feed.hubs))


def _report(item: Item, error: Exception) -> None:
    log.error("entry %s was left out of a feed: %s", item.id, error)
