"""The nouns of feedservice: frozen values that every stage shares, with no more than derivations.

Every datetime is aware and in UTC; every text is NFC and free of characters that XML forbids.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feedservice.domain.headline import Headline, Status
from feedservice.domain.receivers import Receiver
from feedservice.domain.theme import Theme


class Severity(StrEnum):
    """Whether a `Problem` keeps an article back (error) or not (warning)."""

    ERROR = "error"
    WARNING = "warning"


class Content(StrEnum):
    """How much of an article a feed carries."""

    FULL = "full"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a file, and where. `content/messages.py` puts it in words.

    Attributes:
        path: the file, relative to the content folder, with ``/``.
        line, column: counted from 1, the latter in characters.
        code: the stable name of the rule that it breaks, such as ``date-ambiguous``.
        facts: what the message names (the value found, the nearest known one, the other file …).
        severity: error or warning.
    """

    path: str
    line: int = 1
    column: int = 1
    code: str
    facts: dict[str, str] = field(default_factory=dict)
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What pages tell of an author; ``bio`` is plain text.

    Attributes:
        image: ``media/…`` or an absolute URL, or empty.
        links: pairs of what a link is called and its URL.
    """

    bio: str = ""
    image: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote an article. ``slug`` is its address below ``/authors/``.

    ``aliases``, other names, and ``profile`` are what site.yaml declares; an article knows neither.
    """

    slug: str
    name: str
    email: str = ""
    url: str = ""
    aliases: tuple[str, ...] = ()
    profile: Profile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A section of the site, as site.yaml declares it; ``aliases`` are its other names."""

    slug: str
    name: str
    description: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A label that an editor typed, and its address below ``/tags/``."""

    slug: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture, recording or document.

    Attributes:
        src: ``media/…`` (a file below the content folder, NFC) or an absolute http(s) URL.
        media_type: such as ``image/png``.
        length, width, height: bytes and pixels; 0 where unknown (another host's file; no picture).
        alt, caption, credit: plain text.
        digest: names the smaller pictures of one; empty where none are made.
    """

    src: str
    media_type: str = ""
    length: int = 0
    width: int = 0
    height: int = 0
    alt: str = ""
    caption: str = ""
    credit: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A link that the editor chose: an article by ``slug``, or a page elsewhere by ``url``."""

    slug: str = ""
    url: str = ""
    title: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What was put right after publication, and when."""

    date: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Headline):
    """One article file, read and validated.

    Attributes:
        path: the file, relative to the content folder, with ``/``.
        id: the entry id, which outlives renames and moves.
        updated: when the editor last wanted readers to see it again; for a withdrawn article the
            moment of withdrawal.
        reason: why it was withdrawn, or empty.
        categories: slugs; the first is the primary one.
        html: the body as safe HTML whose links inside the site are placeholders (see
            `content/markup.py`).
        text: the body as plain text, for search and for the summary.
        translations: pairs of language and slug.
        order: where a page stands among pages.
        pictures: those of the body that are files of ours, measured.
        views: a reading figure that another system exported; shown on pages, never in a feed.
    """

    path: str
    id: str
    updated: datetime | None = None
    reason: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    authors: tuple[Author, ...] = ()
    image: Media | None = None
    media: tuple[Media, ...] = ()
    related: tuple[Related, ...] = ()
    aliases: tuple[str, ...] = ()
    translations: tuple[tuple[str, str], ...] = ()
    corrections: tuple[Correction, ...] = ()
    pictures: tuple[Media, ...] = ()
    views: int | None = None
    order: int = 0
    html: str = ""
    text: str = ""

    @property
    def modified(self) -> datetime:
        """The later of ``published`` and ``updated`` (atom:updated, RFC 4287 §4.2.15)."""
        return max(self.published, self.updated or self.published)

    @property
    def leaves(self) -> datetime | None:
        """When it leaves its lists: it was withdrawn, or expires; None where it stays."""
        return self.modified if self.status is Status.WITHDRAWN else self.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template of the content folder, which takes the place of ours of that name."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """A link of the header: to a path of ours or elsewhere, or to the page of a ``category``."""

    label: str
    path: str
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """A page as footers and the sitemap name it; ``slug`` begins with ``pages/``."""

    slug: str
    title: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What site.yaml says.

    Attributes:
        base_url: absolute, without a trailing slash; a path below the host is allowed.
        former_urls: what it was before; an address below one of them is the site's own.
        id: ``tag:authority,year`` (RFC 4151), so that ids survive a change of domain.
        timezone: an IANA name.
        icon, logo: ``media/…`` or an absolute URL, or empty.
        has_open_authors: who is not among ``authors`` may write without a word about it.
        limit: how many entries a feed has where the address names none, 1 to 100.
        hubs: WebSub hubs, absolute URLs.
        redirects: pairs of an old path and the path or URL that took its place.
        has_xml_feeds: RSS and Atom are answered as XML with a stylesheet, which browsers show.
        has_latin_slugs: new articles get an address in Latin letters.
        notify: who is told when something is wrong.
        menu: the links of the header; its categories where there are none.
        theme, templates: how its pages look; site.yaml does not say the latter.
        pages: what stands beside the news, in its order; the index knows, the file does not.
        media_url: below which /media/ and /pictures/ are where a setting says so, else empty.
    """

    title: str
    base_url: str
    id: str
    description: str = ""
    language: str = "ar"
    timezone: str = "UTC"
    copyright: str = ""
    icon: str = ""
    logo: str = ""
    categories: tuple[Category, ...] = ()
    authors: tuple[Author, ...] = ()
    has_open_authors: bool = False
    limit: int = 30
    content: Content = Content.FULL
    hubs: tuple[str, ...] = ()
    redirects: tuple[tuple[str, str], ...] = ()
    former_urls: tuple[str, ...] = ()
    has_xml_feeds: bool = False
    has_latin_slugs: bool = False
    notify: tuple[Receiver, ...] = ()
    theme: Theme = field(default_factory=Theme)
    menu: tuple[MenuItem, ...] = ()
    templates: tuple[Template, ...] = ()
    pages: tuple[PageLink, ...] = ()
    media_url: str = ""

    def __hash__(self) -> int:
        # What is cached by site is asked for with each article.
        return hash((self.id, self.base_url, self.title))

    def category(self, slug: str) -> Category | None:
        """Return the category with that slug, or None."""
        return next((category for category in self.categories if category.slug == slug), None)

    def author(self, slug: str) -> Author | None:
        """Return the author with that slug, or None."""
        return next((author for author in self.authors if author.slug == slug), None)
