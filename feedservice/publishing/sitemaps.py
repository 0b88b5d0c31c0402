"""The arrow index → sitemaps (sitemaps.org 0.9): functions of one snapshot.

Above `MAX_ENTRIES` articles the sitemap is an index of months, since a month's file changes with
that month alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, islice

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
from feedservice.index.snapshot import Snapshot

NEWS_AGE = timedelta(hours=48)
"""How young an article of the news sitemap is."""
_AT_ONCE = 512
"""Articles that are held at once: a sitemap may name fifty thousand."""

_ALL = Selection()
LISTS = "lists"
"""The name of the sitemap of what is no article, where articles have one a month."""


def whole(view: Snapshot) -> Document:
    """Return the sitemap of the site, or the index of its months."""
    base_url = view.site.base_url
    if view.count(_ALL) > MAX_ENTRIES:
        names = (LISTS, *(month.name for month, _count in view.months()))
        paths = map(urls.sitemap_path, names)
        index = sitemap.render_index(Page(url=urls.absolute(base_url, path)) for path in paths)
        return _document(view, index)
    pages = _pages(view, view.teasers(_ALL, MAX_ENTRIES))
    return _document(view, sitemap.render_sitemap(chain(_lists(view.site), pages)))


def lists(view: Snapshot) -> Document:
    """Return the sitemap of all that is no article."""
    return _document(view, sitemap.render_sitemap(_lists(view.site)))


def month(view: Snapshot, name: str) -> Document:
    """Return the sitemap of a month.

    Raises:
        NotFound: no month is called so, or it has no article.
    """
    period = Period.read(name, view.site.timezone)
    if period is None or not period.is_month:
        raise NotFound(name)
    within = Selection(since=period.start, until=period.end)
    if view.edge(within, oldest=True) is None:
        raise NotFound(name)
    articles = view.teasers(within, MAX_ENTRIES)
    return _document(view, sitemap.render_sitemap(_pages(view, articles)))


def news(view: Snapshot) -> Document:
    """Return the news sitemap: the articles of the last 48 hours.

    Raises:
        NotFound: there is none; the schema allows no empty sitemap.
    """
    since = view.now - NEWS_AGE
    articles = view.select(Selection(since=since), MAX_NEWS, teaser=True)
    if not articles:
        raise NotFound("news")
    rendered = sitemap.render_news(
        News(
            url=urls.absolute(view.site.base_url, urls.article_path(article.slug)),
            title=article.title,
            published=article.published,
            publication=view.site.title,
            language=article.lang.partition("-")[0],
        )
        for article in articles
    )
    # Whatever grows too old changes this document, and no other.
    newest_old = view.edge(Selection(until=since), oldest=False)
    found = _document(view, rendered, newest_old + NEWS_AGE if newest_old else None)
    return replace(found, good_until=good_until(view))


def has_news(view: Snapshot) -> bool:
    """Whether there is a news sitemap now."""
    newest = view.edge(_ALL, oldest=False)
    return newest is not None and newest >= view.now - NEWS_AGE


def good_until(view: Snapshot) -> datetime | None:
    """Return when time alone changes the news sitemap, or whether there is one; None for never."""
    oldest = view.edge(Selection(since=view.now - NEWS_AGE), oldest=True)
    moments = (view.next_moment(), oldest + NEWS_AGE if oldest else None)
    return min(filter(None, moments), default=None)


def _lists(site: Site) -> Iterator[Page]:
    paths = (
        "/",
        *(urls.label_path(Taxonomy.CATEGORY, category.slug) for category in site.categories),
        *(urls.label_path(Taxonomy.AUTHOR, author.slug) for author in site.authors),
        *(page.path for page in site.pages),
        *("/tags", "/authors", "/archive", "/feeds"),
    )
    return (Page(url=urls.absolute(site.base_url, path)) for path in paths)


def _pages(view: Snapshot, articles: Iterator[Article]) -> Iterator[Page]:
    while some := tuple(islice(articles, _AT_ONCE)):
        yield from _some_pages(view, some)


def _some_pages(view: Snapshot, articles: Iterable[Article]) -> Iterator[Page]:
    wanted = {slug for article in articles for _, slug in article.translations}
    site = view.site
    context = LinkContext(
        site=site, base_url=site.base_url, now=view.now, by_slug=view.by_slug(wanted)
    )
    for article in articles:
        url = context.url(urls.article_path(article.slug))
        others = tuple(
            (language, context.url(urls.article_path(other.slug)))
            for language, other in context.translations(article)
        )
        yield Page(
            url=url,
            lastmod=article.modified,
            images=(context.media_url(article.image),) if article.image else (),
            alternates=((article.lang, url), *others) if others else (),
        )


def _document(view: Snapshot, body: bytes, lapsed: datetime | None = None) -> Document:
    """A document of the whole site; ``lapsed`` is when time alone last changed it besides."""
    changed = view.last_modified(_ALL)
    return document(
        body,
        f"{sitemap.MEDIA_TYPE}; charset=utf-8",
        last_modified=max(changed, lapsed) if lapsed else changed,
        good_until=view.next_moment(),
    )
