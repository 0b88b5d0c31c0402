"""What the app was given, and how views reach it. No behaviour: types and one accessor."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import current_app

from feedservice.domain.model import Site
from feedservice.domain.routes import Route
from feedservice.feeds.feed import Document, Unchanged
from feedservice.feeds.page import ArticlePage, FeedRow, Listing
from feedservice.web.media import OpenMedia

_KEY = "feedservice"


class Publisher(Protocol):
    """What web/ asks of `feedservice.publishing.publisher.Publisher`.

    Every method but ``state`` may raise the refusals of `feedservice.domain.errors` and
    `IndexUnavailable`.
    """

    def known(self) -> tuple[int, Site]:
        """Return the revision of all that is published, and what site.yaml said then."""

    def site(self) -> Site:
        """Return what site.yaml says."""

    def feed(self, route: Route, held: datetime | None = None) -> Document | Unchanged:
        """Return the feed of a list; ``held`` is the ``last_modified`` of the one that the caller holds."""

    def archive(self, route: Route) -> Document:
        """Return an archive document of a list."""

    def listing(self, route: Route) -> Listing:
        """Return the page of a list."""

    def article(self, slug: str) -> ArticlePage:
        """Return the page of an article."""

    def feed_rows(self) -> tuple[FeedRow, ...]:
        """Return the lists that /feeds names."""

    def opml(self) -> Document:
        """Return the same lists as OPML."""

    def good_until(self) -> datetime | None:
        """Return the moment at which time alone changes what is public."""

    def redirect(self, path: str) -> str | None:
        """Return the path or URL that took the place of ``path``, as site.yaml says it."""

    def state(self) -> str:
        """Return ``ready``, or ``filling`` where nothing can be made yet."""


class Sitemaps(Protocol):
    """What web/ asks of `feedservice.publishing.sitemaps.Sitemaps`; refusals as in `Publisher`."""

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
        scrape: returns what there is to measure, in Prometheus' text format.
        max_age: seconds, of ``Cache-Control``.
        style: the stylesheet, and its digest is its version.
    """

    publisher: Publisher
    sitemaps: Sitemaps
    open_media: OpenMedia
    scrape: Callable[[], bytes]
    max_age: int
    style: Document


def install(extensions: dict[str, object], services: Services) -> None:
    """Put ``services`` where `services` finds them."""
    extensions[_KEY] = services


def services() -> Services:
    """Return what the app that answers this request was given."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Services)
    return found
