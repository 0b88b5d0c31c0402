"""`Route`: what an address asks for, and its canonical form. Pure; `routes` reads addresses."""

from dataclasses import dataclass, field
from enum import StrEnum

from feedservice.domain import urls
from feedservice.domain.errors import Refusal
from feedservice.domain.model import Site
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy

HTML = "html"
"""The format of what people look at."""
FEEDS = ("rss", "atom", "json")
"""The formats of a feed, by the names that end its addresses; `feeds.formats` has each."""


class Kind(StrEnum):
    """What lives at an address, as metrics call it."""

    SITE = "site"
    CATEGORY = "category"
    TAG = "tag"
    AUTHOR = "author"
    SEARCH = "search"
    ARTICLE = "article"
    PAGE = "page"
    FEEDS = "feeds"
    DIRECTORY = "directory"
    SUBSCRIBE = "subscribe"
    OPENSEARCH = "opensearch"
    SITEMAP = "sitemap"
    ROBOTS = "robots"
    MEDIA = "media"
    PICTURE = "picture"
    STATIC = "static"
    ICON = "icon"
    HEALTH = "health"
    METRICS = "metrics"
    PREVIEW = "preview"
    DESK = "desk"
    HOOK = "hook"
    MICROPUB = "micropub"
    UPLOAD = "upload"
    OTHER = "other"


LISTS = frozenset({Kind.SITE, Kind.CATEGORY, Kind.TAG, Kind.AUTHOR, Kind.SEARCH})
"""What is a page, and a feed in each format."""


SENT_TO = frozenset({Kind.HOOK, Kind.MICROPUB, Kind.UPLOAD})
"""To these something is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What an address asks for.

    Attributes:
        kind: what lives there.
        path: as it was asked for, decoded, with one slash before it.
        query: as it was asked for; empty for archive documents, which nothing narrows.
        name: of a label or an article, as it was spelt; of a file, a month, a version.
        format: of the document: ``rss``, ``html``, ``xml`` …; empty where there are many.
        period: of an archive document; empty for any other.
        selection: of a list.
        page: of what is shown in parts, from 1; of a search's best matches among it.
        is_newest_first: whether the page of a search is to show the newest first, not the best.
        has_tags: whether OPML names the tags, too.
        is_indexed: whether search engines may list the address: not that of a search or of a
            narrowed list.
        unresolved: tags and authors in the selection that site.yaml does not name.
        refusal: why there is nothing to give.
        site: by which the address was read; None where nobody knew it.
        key: the canonical form of the address, equal where answers are; empty where an answer
            depends on more.
    """

    kind: Kind = Kind.OTHER
    path: str = field(compare=False)
    query: str = field(default="", compare=False)
    name: str = field(default="", compare=False)
    format: str = ""
    period: str = ""
    selection: Selection = field(default_factory=Selection)
    page: int = 1
    is_newest_first: bool = False
    has_tags: bool = False
    is_indexed: bool = True
    unresolved: tuple[tuple[Taxonomy, str], ...] = ()
    refusal: Refusal | None = field(default=None, compare=False)
    site: Site | None = field(default=None, compare=False, repr=False)
    key: str = field(default="", compare=False)

    @property
    def is_list(self) -> bool:
        """Whether a list lives there: its page, a feed or an archive document of it."""
        return self.kind in LISTS

    @property
    def names_list(self) -> bool:
        """Whether it is a list's, or asks how one subscribes to one: its query narrows it."""
        return self.is_list or self.kind is Kind.SUBSCRIBE

    @property
    def is_search_page(self) -> bool:
        """Whether people search there: with words, or for want of them."""
        is_bare = self.kind is Kind.SEARCH and self.selection == Selection()
        return self.format == HTML and self.is_list and (is_bare or bool(self.selection.q))

    @property
    def is_feed(self) -> bool:
        """Whether it is made for programs that subscribe: a feed, an archive document, OPML."""
        return self.format == "opml" or (self.is_list and self.format != HTML)

    @property
    def label(self) -> str:
        """What metrics call it: one of few words, whatever is asked for."""
        return "archive" if self.period else self.kind

    @property
    def address(self) -> str:
        """The canonical address, percent-encoded, with its query where it has one."""
        if self.kind is Kind.SUBSCRIBE:
            return urls.subscription(self.selection)
        if not self.is_list:
            query = f"?page={self.page}" if self.page > 1 else "?tags=1" if self.has_tags else ""
            return urls.percent(self.path) + query
        if self.is_search_page:
            return urls.search_page(self.selection, self.page, newest=self.is_newest_first)
        page = urls.canonical(self.selection)
        if self.period:
            page = urls.archive_path(page, self.period)
        return page if self.format == HTML else urls.feed_path(page, f".{self.format}")
