"""Which addresses there are to export: asks the index, never more than a part of a list at once;
renders nothing.

A search or a narrowing has no end of addresses, so none is here. What is: every list with its next
pages and archive documents, every article, what they and site.yaml redirect from, and what is gone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from feedservice.domain import redirects, urls
from feedservice.domain.model import Article
from feedservice.domain.periods import Period
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.exporting.names import file_of
from feedservice.feeds.formats import FORMATS
from feedservice.index.changes import labels_of
from feedservice.index.overview import overview
from feedservice.index.snapshot import Snapshot
from feedservice.publishing.archives import Archives

_PART = 500
MISSING = "/.not-here"
"""An address that nothing can have: asked for the page that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An address to ask for.

    Attributes:
        path: decoded, below base_url. query: of a next page.
        file: below base_url's folder where status is 200, below the root otherwise; empty where a
            redirect is expected.
        status: which answer is worth writing down; another one is passed over.
        stamp: see `manifest.Record`.
    """

    path: str
    query: str = ""
    file: str = ""
    status: int = 200
    stamp: int | None = None

    @property
    def address(self) -> str:
        """What the manifest calls it."""
        return f"{self.path}?{self.query}" if self.query else self.path


class Inventory:
    """The addresses of one moment.

    Args:
        view: what is asked.
        style: path of the stylesheet that pages name.
        media: files of media/ that may be served.
    """

    def __init__(self, view: Snapshot, style: str, media: Iterable[str]) -> None:
        self._view = view
        self._site = view.site
        self._style = style
        self._media = media
        self._stamps: dict[tuple[Taxonomy | None, str], int] = {}
        around = overview(view)
        self._hidden = (*around.withdrawn, *around.expired)
        self.gone = tuple(article.slug for article in self._hidden if article.is_gone(view.now))

    def wanted(self) -> Iterator[Wanted]:
        """Yield each address; what pages need comes before the pages."""
        for path in (self._style, "/static/old/style.css", "/robots.txt", "/sitemap-news.xml"):
            yield self._document(path, None)
        yield from (self._document(f"/{src}", None) for src in self._media)
        whole = self.stamp()
        yield from self._articles()
        for path, selection, stamp in self._lists():
            yield from self._list(path, selection, stamp)
        yield from (
            self._document(path, whole) for path in ("/feeds", "/feeds.opml", "/sitemap.xml")
        )
        for period in self._periods(Selection(), by_month=True):
            yield self._document(f"/sitemap-{period.name}.xml", whole)
        yield from self._redirects()
        yield Wanted(path=MISSING, file="404.html", status=404)
        yield Wanted(path=f"{MISSING}.json", file="404.json", status=404)
        yield from (
            Wanted(path=f"/articles/{slug}", file="410.html", status=410) for slug in self.gone[:1]
        )

    def stamp(self, kind: Taxonomy | None = None, slug: str = "") -> int:
        """Return when the documents of a list last changed, late perhaps, never early; of the site
        without a kind.
        """
        if (kind, slug) not in self._stamps:
            selection = Selection.of(kind, slug) if kind else Selection()
            self._stamps[kind, slug] = int(self._view.last_modified(selection).timestamp())
        return self._stamps[kind, slug]

    def _document(self, path: str, stamp: int | None) -> Wanted:
        return Wanted(path=path, file=file_of(path), stamp=stamp)

    def _articles(self) -> Iterator[Wanted]:
        cursor: Cursor | None = None
        while True:
            part = self._view.select(Selection(before=cursor), _PART, teaser=True)
            for article in part:
                stamp = self._stamp_of(article)
                yield self._document(f"/articles/{article.slug}", stamp)
                yield from (
                    Wanted(path=f"/articles/{alias}", stamp=stamp) for alias in article.aliases
                )
            if len(part) < _PART:
                return
            cursor = Cursor(published=part[-1].published, slug=part[-1].slug)

    def _stamp_of(self, article: Article) -> int:
        """A change of an article touches each list of its own, and what others show of it every
        list.
        """
        return (
            self.stamp(Taxonomy.CATEGORY, article.categories[0])
            if article.categories
            else self.stamp()
        )

    def _lists(self) -> Iterator[tuple[str, Selection, int]]:
        """Path, selection and stamp of the site, its categories, tags and authors.

        A list that has nothing public, but a withdrawn article whose tombstone it carries, is one
        too.
        """
        slugs: dict[Taxonomy, dict[str, None]] = {
            Taxonomy.CATEGORY: dict.fromkeys(category.slug for category in self._site.categories),
            Taxonomy.TAG: {},
            Taxonomy.AUTHOR: dict.fromkeys(author.slug for author in self._site.authors),
        }
        for kind in (Taxonomy.TAG, Taxonomy.AUTHOR):
            slugs[kind] |= dict.fromkeys(slug for slug, *_ in self._view.labels(kind))
        for kind, slug in (label for article in self._hidden for label in labels_of(article)):
            if kind is Taxonomy.TAG:
                slugs[kind].setdefault(slug, None)
        yield "/", Selection(), self.stamp()
        for kind, found in slugs.items():
            for slug in found:
                selection = Selection.of(kind, slug)
                yield f"/{kind.plural}/{slug}", selection, self.stamp(kind, slug)

    def _list(self, path: str, selection: Selection, stamp: int) -> Iterator[Wanted]:
        yield self._document(path, stamp)
        yield from (
            self._document(urls.feed_path(path, form.suffix), stamp) for form in FORMATS.values()
        )
        for query in self._next_pages(selection):
            yield Wanted(path=path, query=query, file=file_of(path, query), stamp=stamp)
        for period in self._periods(selection):
            archive = urls.archive_path(path, period.name)
            yield from (self._document(archive + form.suffix, stamp) for form in FORMATS.values())

    def _next_pages(self, selection: Selection) -> Iterator[str]:
        limit = self._site.limit
        cursor: Cursor | None = None
        while True:
            part = self._view.select(replace(selection, before=cursor), limit + 1, teaser=True)
            if len(part) <= limit:
                return
            cursor = Cursor(published=part[limit - 1].published, slug=part[limit - 1].slug)
            yield urls.canonical(replace(selection, before=cursor)).partition("?")[2]

    def _periods(self, selection: Selection, *, by_month: bool = False) -> Iterator[Period]:
        """The archive documents of a list, newest first; or its months."""
        zone = self._site.timezone
        archives = Archives(self._view)
        moment = self._view.edge(selection, oldest=False)
        while moment:
            period = (
                Period.month_of(moment, zone) if by_month else archives.period_of(moment, selection)
            )
            yield period
            moment = self._view.edge(replace(selection, until=period.start), oldest=False)

    def _redirects(self) -> Iterator[Wanted]:
        """Old addresses, other names of lists, and one of each form that nginx is told as a
        pattern.
        """
        whole = self.stamp()
        named = [
            (f"/categories/{name}", c.slug)
            for c in self._site.categories
            for name in (c.name, *c.aliases)
        ]
        named += [(f"/authors/{author.name}", author.slug) for author in self._site.authors]
        named += [(f"/tags/{label}", slug) for slug, label, _ in self._view.labels(Taxonomy.TAG)]
        lists = [
            path for path, slug in named if path.rpartition("/")[2] != slug and path.count("/") == 2
        ]
        patterns = set(redirects.patterns(self._site.redirects))
        paths = [pair[0].rstrip("/") for pair in self._site.redirects if pair not in patterns]
        paths += [
            path
            for page in lists
            for path in (page, *(page + form.suffix for form in FORMATS.values()))
        ]
        paths += ["/feed/"]
        yield from (Wanted(path=path, stamp=whole) for path in dict.fromkeys(paths) if path)
