"""Which addresses there are to export. Asks the index, never more than a part of a list at once.

A search or a narrowed list has no end of addresses, so none is here. What is: every list with its
next pages and archive documents, every article, what they and site.yaml redirect from, and what is
gone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from urllib.parse import unquote

from feedservice.domain import derived_pictures, redirects, urls
from feedservice.domain.model import Article
from feedservice.domain.periods import Period
from feedservice.domain.routes import GONE
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.site_icons import MANIFEST, SIZES
from feedservice.domain.taxonomy import Taxonomy
from feedservice.exporting.names import file_of, kind_of, prefix_of
from feedservice.feeds.formats import FORMATS
from feedservice.index import former_slugs
from feedservice.index.overview import overview
from feedservice.index.snapshot import Snapshot
from feedservice.publishing import sitemaps
from feedservice.publishing.archives import Archives
from feedservice.publishing.directory import addresses
from feedservice.publishing.moved_addresses import redirect
from feedservice.publishing.sitemaps import has_news

_PART = 500
_MONTH = len("2025-12")
_SUFFIXES = tuple(each.suffix for each in FORMATS.values())
MISSING = "/.not-here"
"""An address that nothing can have: asked for the page that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An address to ask the service for.

    Attributes:
        path: decoded, below base_url.
        query: of a next page.
        file: where the response is written, below the folder; empty where a redirect is expected.
        status: the response that is worth writing; another one is passed over.
        stamp: see `manifest.Record`.
        batch: answers of one batch have much in common: one process makes them.
    """

    path: str
    query: str = ""
    file: str = ""
    status: int = 200
    stamp: int | None = None
    batch: str = ""

    @property
    def address(self) -> str:
        """What the manifest calls it."""
        return f"{self.path}?{self.query}" if self.query else self.path


class Addresses:
    """The addresses of one moment.

    Args:
        view: what is asked.
        statics: paths of the stylesheet and of other files of ours that pages name.
        media: files of media/ that may be served.

    Attributes:
        gone: slugs of articles that answer 410.
    """

    def __init__(self, view: Snapshot, statics: Iterable[str], media: Iterable[str]) -> None:
        self._view = view
        self._site = view.site
        self._statics = tuple(statics)
        self._media = media
        self._public = f"public{prefix_of(view.site.base_url)}"
        self._stamps: dict[tuple[Taxonomy | None, str], int] = {}
        known = overview(view)
        self._hidden = (*known.withdrawn, *known.expired)
        self.gone = tuple(article.slug for article in self._hidden if article.is_gone(view.now))

    def requests(self) -> Iterator[Request]:
        """Yield each address; what pages need comes before the pages."""
        for path in self._statics:
            yield self._document(path, None)
            name = path.rpartition("/")[2]
            if not name.endswith(".woff2"):
                yield self._document(f"/static/old/{name}", None)
        for name in ("robots.txt", "opensearch.xml", *SIZES, MANIFEST):
            yield self._document(f"/{name}", None)
        if has_news(self._view):
            yield self._document("/sitemap-news.xml", None)
        for src in self._media:
            yield self._document(f"/{src}", None)
        yield from self._pictures()
        yield from self._articles()
        yield from self._pages()
        lists = list(self._lists())
        for path, selection, stamp in lists:
            yield from self._list(path, selection, stamp)
        yield from self._past(lists)
        for path, query in (("/feeds.opml", ""), ("/feeds.opml", "tags=1"), ("/sitemap.xml", "")):
            yield self._document(path, self.stamp(), query)
        for path, pages in addresses(self._view):
            for page in range(1, pages + 1):
                yield self._document(path, self.stamp(), f"page={page}" if page > 1 else "")
        for name in (sitemaps.LISTS, *(month.name for month, _count in self._view.months())):
            yield self._document(urls.sitemap_path(name), self.stamp())
        for path in dict.fromkeys(filter(None, self._redirects())):
            yield Request(path=path, stamp=self.stamp())
        for path in (MISSING, f"{MISSING}.json"):
            yield Request(path=path, file=f"public/{kind_of(path, 404)}", status=404)
        if self.gone:
            yield Request(path=GONE, file="public/410.html", status=410)

    def stamp(self, taxonomy: Taxonomy | None = None, slug: str = "") -> int:
        """Return when a list or the site last changed, in Unix seconds: maybe late, never early."""
        if (taxonomy, slug) not in self._stamps:
            selection = Selection.of(taxonomy, slug) if taxonomy else Selection()
            changed = self._view.last_modified(selection)
            self._stamps[taxonomy, slug] = int(changed.timestamp())
        return self._stamps[taxonomy, slug]

    def _document(self, path: str, stamp: int | None, query: str = "") -> Request:
        file = f"{self._public}/{file_of(path, query)}"
        return Request(path=path, query=query, file=file, stamp=stamp)

    def _pictures(self) -> Iterator[Request]:
        """Smaller pictures: what lives at such an address stays as it is."""
        found = (p for article in self._each(Selection()) for p in derived_pictures.of(article))
        paths = (path for picture in found for path in derived_pictures.paths(picture))
        for path in dict.fromkeys(paths):
            yield self._document(unquote(path), 0)

    def _articles(self) -> Iterator[Request]:
        """Yield articles as they stand in the site's list: neighbours have related ones alike."""
        former = former_slugs.leading(self._view.connection, self._view.now)
        for number, article in enumerate(self._each(Selection())):
            # A change of an article touches each list of its own, and what others show of it every
            # list.
            label = (Taxonomy.CATEGORY, article.categories[0]) if article.categories else ()
            stamp, batch = self.stamp(*label), f"articles {number // _PART}"
            yield replace(self._document(f"/articles/{article.slug}", stamp), batch=batch)
            for alias in (*article.aliases, *former.get(article.slug, ())):
                yield Request(path=f"/articles/{alias}", stamp=stamp, batch=batch)

    def _pages(self) -> Iterator[Request]:
        slugs = [page.slug for page in self._site.pages]
        for page in self._view.by_slug(slugs).values():
            yield self._document(f"/{page.slug}", self.stamp())
            for alias in page.aliases:
                yield Request(path=f"/{alias}", stamp=self.stamp())

    def _each(self, selection: Selection) -> Iterator[Article]:
        part: tuple[Article, ...] | None = None
        cursor: Cursor | None = None
        while part is None or len(part) == _PART:
            wanted = replace(selection, before=cursor)
            part = self._view.select(wanted, _PART, teaser=True)
            yield from part
            if part:
                cursor = Cursor(published=part[-1].published, slug=part[-1].slug)

    def _lists(self) -> Iterator[tuple[str, Selection, int]]:
        """Path, selection and stamp of the site, its categories, tags and authors.

        A list that has nothing public, but a withdrawn article whose tombstone it carries, is one
        too.
        """
        yield "/", Selection(), self.stamp()
        slugs = {taxonomy: dict.fromkeys(self._site_slugs(taxonomy)) for taxonomy in Taxonomy}
        for taxonomy in (Taxonomy.TAG, Taxonomy.AUTHOR):
            for slug, *_ in self._view.labels(taxonomy):
                slugs[taxonomy][slug] = None
        hidden = {(Taxonomy.TAG, tag.slug) for each in self._hidden for tag in each.tags}
        slugs[Taxonomy.TAG] |= dict.fromkeys(self._view.slugs(hidden).values())
        for taxonomy, found in slugs.items():
            for slug in found:
                path = f"/{taxonomy.plural}/{slug}"
                yield path, Selection.of(taxonomy, slug), self.stamp(taxonomy, slug)

    def _site_slugs(self, taxonomy: Taxonomy) -> list[str]:
        if taxonomy is Taxonomy.CATEGORY:
            return [category.slug for category in self._site.categories]
        return [each.slug for each in self._site.authors] if taxonomy is Taxonomy.AUTHOR else []

    def _list(self, path: str, selection: Selection, stamp: int) -> Iterator[Request]:
        yield self._document(path, stamp)
        subscribe, _mark, query = urls.subscription(selection).partition("?")
        yield self._document(subscribe, stamp, query)
        for suffix in _SUFFIXES:
            yield self._document(urls.feed_path(path, suffix), stamp)

    def _past(self, lists: Sequence[tuple[str, Selection, int]]) -> Iterator[Request]:
        """Yield the next pages and archive documents of lists, all of a month together.

        An entry is in a document of each list that its article is in, and made once if these are
        asked for one after another.
        """
        zone = self._site.timezone
        found: dict[tuple[str, bool], list[Request]] = {}
        for path, selection, stamp in lists:
            for cursor in self._cursors(selection):
                query = urls.canonical(replace(selection, before=cursor)).partition("?")[2]
                month = Period.month_of(cursor.published, zone).span
                batch = f"before {month}"
                request = replace(self._document(path, stamp, query), batch=batch)
                found.setdefault((month, False), []).append(request)
            for period in Archives(self._view, selection).periods():
                month = period.span[:_MONTH]
                found.setdefault((month, True), []).extend(
                    replace(each, batch=f"archive {month}")
                    for each in self._archived(path, period, stamp)
                )
        for _month, requests in sorted(found.items(), key=itemgetter(0), reverse=True):
            yield from requests

    def _archived(self, path: str, period: Period, stamp: int) -> Iterator[Request]:
        for suffix in _SUFFIXES:
            yield self._document(urls.archive_path(path, period.name) + suffix, stamp)
            if period.part == 1:
                yield Request(path=urls.archive_path(path, period.span) + suffix, stamp=stamp)

    def _cursors(self, selection: Selection) -> Iterator[Cursor]:
        """Yield where each page of a list begins but its first one."""
        cursor: Cursor | None = None
        while part := self._view.listed(replace(selection, before=cursor), self._site.limit):
            if cursor:
                yield cursor
            cursor = Cursor(published=part[-1].published, slug=part[-1].slug)

    def _redirects(self) -> Iterator[str]:
        """Old addresses of site.yaml, and other names of lists and their feeds.

        Those with a query are left out: no file has one.
        """
        yield "/feed"
        patterns = redirects.patterns(self._site.redirects)
        for pair in self._site.redirects:
            if pair not in patterns and not redirects.has_query(pair[0]):
                old = pair[0].rstrip("/")
                feeds = (old + suffix for suffix in _SUFFIXES)
                yield from (old, *(each for each in feeds if redirect(self._view, each)))
        for taxonomy, slug, name in self._names():
            path = f"/{taxonomy.plural}/{name}"
            if name != slug and "/" not in name:
                yield from (path, *(path + suffix for suffix in _SUFFIXES))

    def _names(self) -> Iterator[tuple[Taxonomy, str, str]]:
        for category in self._site.categories:
            for name in (category.name, *category.aliases):
                yield Taxonomy.CATEGORY, category.slug, name
        for author in self._site.authors:
            for name in (author.name, *author.aliases):
                yield Taxonomy.AUTHOR, author.slug, name
        for taxonomy in (Taxonomy.TAG, Taxonomy.AUTHOR):
            names = list(self._view.other_spellings(taxonomy))
            shown = {slug for slug, _ in names}
            yield from ((taxonomy, slug, name) for slug, name in names if name not in shown)
