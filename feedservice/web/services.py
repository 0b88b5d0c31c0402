"""What the app was given, and how views reach it. No behaviour: types and one accessor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import current_app

from feedservice.clock import Clock
from feedservice.feeds.document import Document
from feedservice.feeds.page import ArticlePage, FeedRow, Listing
from feedservice.model import Site
from feedservice.web.compressed import CompressedBodies
from feedservice.web.media import OpenMedia

_KEY = "feedservice"


class Publisher(Protocol):
    """What web/ asks of `feedservice.publisher.Publisher`.

    Paths are decoded page paths (``/tags/داريا``), pairs are a query's decoded names and values. Every method but
    ``state`` may raise the refusals of `feedservice.errors` and `IndexUnavailable`.
    """

    def site(self) -> Site:
        """Return what site.yaml says."""

    def feed(self, path: str, pairs: Sequence[tuple[str, str]], format_name: str) -> Document:
        """Return the feed of the list at ``path``."""

    def archive(self, path: str, name: str, format_name: str) -> Document:
        """Return an archive document of the list at ``path``."""

    def listing(self, path: str, pairs: Sequence[tuple[str, str]]) -> Listing:
        """Return the page of the list at ``path``."""

    def article(self, slug: str) -> ArticlePage:
        """Return the page of an article."""

    def feed_rows(self) -> tuple[FeedRow, ...]:
        """Return the lists that /feeds names."""

    def opml(self) -> Document:
        """Return the same lists as OPML."""

    def redirect(self, path: str) -> str | None:
        """Return the path or URL that took the place of ``path``, as site.yaml says it."""

    def state(self) -> str:
        """Return ``ready``, ``degraded`` (answers are kept ones) or ``filling`` (none can be given yet)."""


class Sitemaps(Protocol):
    """What web/ asks of `feedservice.sitemaps.Sitemaps`; refusals as in `Publisher`."""

    def whole(self) -> Document:
        """Return the site's sitemap, or its index."""

    def month(self, name: str) -> Document:
        """Return the sitemap of a month."""

    def news(self) -> Document:
        """Return the news sitemap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What `create_app` was given.

    Attributes:
        max_age: seconds, of ``Cache-Control``.
        style: the stylesheet, and its digest is its version.
    """

    publisher: Publisher
    sitemaps: Sitemaps
    open_media: OpenMedia
    clock: Clock
    max_age: int
    compressed: CompressedBodies
    style: Document


def install(extensions: dict[str, object], services: Services) -> None:
    """Put ``services`` where `services` finds them."""
    extensions[_KEY] = services


def services() -> Services:
    """Return what the app that answers this request was given."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Services)
    return found
