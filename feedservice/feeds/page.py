"""The neutral page: what the HTML templates are given. Pure values.

Addresses are paths, so that a local copy can be clicked through.
"""

from dataclasses import dataclass, field
from datetime import datetime

from feedservice.domain.model import Correction, Media, Site
from feedservice.feeds.titles import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A link to a page of ours (a path) or elsewhere (a URL)."""

    path: str
    text: str
    summary: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """A feed of a page, for ``link rel=alternate``; its media type has no charset."""

    path: str
    media_type: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An article as lists and "related" show it. ``image_path`` is empty where there is none.

    ``is_external`` tells a page elsewhere, which has no date, figure or picture.
    """

    path: str
    title: str
    direction: str
    summary: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str = "ar"
    categories: tuple[Anchor, ...] = ()
    authors: tuple[Anchor, ...] = ()
    image: Media | None = None
    image_path: str = ""
    views: int | None = None
    is_external: bool = False

    def __hash__(self) -> int:
        # Each page looks for what was made of some, and all of a card takes as long as half of it.
        return hash((self.path, self.title, self.updated))

    @property
    def modified(self) -> datetime | None:
        """When it last changed for readers: never before it was published."""
        return max(filter(None, (self.published, self.updated)), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorBox:
    """What site.yaml tells of an author; ``path`` is the author's page."""

    path: str
    name: str
    bio: str
    image_path: str
    links: tuple[Anchor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The page of a list.

    Attributes:
        title: what it is of, without the site's name; empty for the whole site.
        subscribe_path: the page on which people subscribe to it.
        newest_path: where the list begins, or empty where this page is that; next_path: the page
            with older articles, or empty.
        author: whose articles these are, where site.yaml tells of the author.
        canonical_url: absolute. last_modified, good_until: as in `Document`.
    """

    site: Site
    channel: Channel
    title: str
    description: str
    canonical_url: str
    cards: tuple[Card, ...]
    alternates: tuple[Alternate, ...]
    subscribe_path: str
    newest_path: str = ""
    next_path: str = ""
    author: AuthorBox | None = None
    last_modified: datetime | None = None
    good_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """The page of an article.

    Attributes:
        image_url, image: the lead as other sites may show it, in the size that lies there.
        html: safe.
        words: of its text. minutes: that reading takes, 0 where nobody knows.
        attachments: pairs of a path and its file.
        authors: those of whom site.yaml tells more than a name.
        older, newer: the articles beside it in its first category.
        last_modified, good_until: as in `Document`.
    """

    site: Site
    card: Card
    canonical_url: str
    image_url: str
    image: Media | None
    html: str
    words: int
    minutes: int
    tags: tuple[Anchor, ...]
    related: tuple[Card, ...]
    translations: tuple[Anchor, ...]
    corrections: tuple[Correction, ...]
    attachments: tuple[tuple[str, Media], ...]
    alternates: tuple[Alternate, ...]
    subscribe_path: str
    authors: tuple[AuthorBox, ...] = ()
    older: Anchor | None = None
    newer: Anchor | None = None
    last_modified: datetime | None = None
    good_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A list of the site with its feeds.

    ``count`` is of its public articles, None where that is not told; ``month`` is the first moment
    of a month, to whose documents nobody subscribes. Its hash is of what tells most rows apart.
    """

    title: str = field(hash=False)
    description: str = field(hash=False)
    path: str
    kind: str = field(hash=False)
    alternates: tuple[Alternate, ...] = field(hash=False)
    subscribe_path: str = field(default="", hash=False)
    month: datetime | None = field(default=None, hash=False)
    count: int | None = 0
