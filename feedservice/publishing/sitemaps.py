"""The arrow index → sitemaps (sitemaps.org 0.9). Reads only.

Above `MAX_ENTRIES` articles the sitemap is an index of months, since a month's file changes with
that month alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from feedservice.clock import Clock
from feedservice.domain import urls
from feedservice.domain.errors import NotFound
from feedservice.domain.model import Article, Site
from feedservice.domain.periods import Period
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds import sitemap
from feedservice.feeds.feed import Document, document
from feedservice.feeds.link_context import LinkContext
from feedservice.feeds.sitemap import MAX_ENTRIES, MAX_NEWS, News, Page
from feedservice.index.reader import IndexReader

NEWS_AGE = timedelta(hours=48)
"""How young an article of the news sitemap is."""


class Sitemaps:
    """Answers /sitemap.xml and its kin.

    Args:
        index: read only.
        clock: tells what is public.
        site: the site, with the base_url that holds.
    """

    def __init__(self, index: IndexReader, clock: Clock, site: Callable[[], Site]) -> None:
        self._index = index
        self._clock = clock
        self._site = site

    def whole(self) -> Document:
        """Return the sitemap of the site, or the index of its months."""
        now = self._clock()
        changed = self._index.last_modified(Selection(), now)
        site = self._site()
        if self._index.count(Selection(), now) > MAX_ENTRIES:
            months = (
                Page(url=urls.absolute(site.base_url, f"/sitemap-{month.name}.xml"))
                for month in self._months(site, now)
            )
            return self._document(sitemap.render_index(months), now, changed)
        lists = [Page(url=urls.absolute(site.base_url, path)) for path in self._lists(site)]
        articles = self._index.select(Selection(), now, MAX_ENTRIES, teaser=True)
        return self._document(
            sitemap.render_sitemap([*lists, *self._pages(articles, site, now)]), now, changed
        )

    def month(self, name: str) -> Document:
        """Return the sitemap of a month.

        Raises:
            NotFound: no month is called so, or it has no article.
        """
        now = self._clock()
        changed = self._index.last_modified(Selection(), now)
        site = self._site()
        period = Period.read(name, site.timezone)
        if period is None or period.is_day:
            raise NotFound(name)
        within = Selection(since=period.start, until=period.end)
        articles = self._index.select(within, now, MAX_ENTRIES, teaser=True)
        if not articles:
            raise NotFound(name)
        return self._document(
            sitemap.render_sitemap(self._pages(articles, site, now)), now, changed
        )

    def news(self) -> Document:
        """Return the news sitemap: the articles of the last 48 hours."""
        now = self._clock()
        changed = self._index.last_modified(Selection(), now)
        site = self._site()
        left = self._index.edge(Selection(until=now - NEWS_AGE), now, oldest=False)
        if left:  # whatever grows too old changes this document, and no other
            changed = max(changed, left + NEWS_AGE)
        articles = self._index.select(Selection(since=now - NEWS_AGE), now, MAX_NEWS, teaser=True)
        news = [
            News(
                url=urls.absolute(site.base_url, urls.article_path(article.slug)),
                title=article.title,
                published=article.published,
                publication=site.title,
                language=article.lang.partition("-")[0],
            )
            for article in articles
        ]
        found = self._document(sitemap.render_news(news), now, changed)
        if not articles:
            return found
        leaves = articles[-1].published + NEWS_AGE
        return replace(found, good_until=min(found.good_until or leaves, leaves))

    def _lists(self, site: Site) -> Iterator[str]:
        yield "/"
        yield from (
            urls.label_path(Taxonomy.CATEGORY, category.slug) for category in site.categories
        )
        yield from (urls.label_path(Taxonomy.AUTHOR, author.slug) for author in site.authors)

    def _months(self, site: Site, now: datetime) -> Iterator[Period]:
        """The months that have articles, newest first, each found by one seek."""
        newest = self._index.edge(Selection(), now, oldest=False)
        while newest:
            month = Period.month_of(newest, site.timezone)
            yield month
            newest = self._index.edge(Selection(until=month.start), now, oldest=False)

    def _pages(self, articles: tuple[Article, ...], site: Site, now: datetime) -> Iterator[Page]:
        wanted = {slug for article in articles for _, slug in article.translations}
        around = LinkContext(
            site=site, base_url=site.base_url, now=now, by_slug=self._index.by_slug(wanted)
        )
        for article in articles:
            url = around.url(urls.article_path(article.slug))
            others = tuple(
                (language, around.url(urls.article_path(other.slug)))
                for language, other in around.translations(article)
            )
            yield Page(
                url=url,
                lastmod=article.modified,
                images=(around.media_url(article.image),) if article.image else (),
                alternates=((article.lang, url), *others) if others else (),
            )

    def _document(self, body: bytes, now: datetime, changed: datetime) -> Document:
        return document(
            body,
            f"{sitemap.MEDIA_TYPE}; charset=utf-8",
            last_modified=changed,  # asked before the rest: a write in between costs a fetch, never an update
            good_until=self._index.next_moment(now),
        )
