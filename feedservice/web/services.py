"""What the app was given, and how views reach it. No behaviour: types and one accessor."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app

from feedservice.domain.model import Problem, Template
from feedservice.feeds.feed import Document
from feedservice.http.lru import SegmentedLRU
from feedservice.publishing.publisher import Publisher
from feedservice.web.cdn import Cdn
from feedservice.web.media import OpenDerived, OpenMedia
from feedservice.web.site_parts import SiteParts

_KEY = "feedservice"
TemplateFailed = Callable[[tuple[Template, ...], Problem], None]
"""Is told which templates a site has, and what went wrong in one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What `create_app` was given.

    Attributes:
        scrape: returns what there is to measure, in Prometheus' text format.
        max_age: seconds, of ``Cache-Control``.
        behind_since: since when content cannot be had from its source, so that what is published
            may be old; None while it can.
        cdn: what stands in front, where it is to be told something.
        media_at: the address below which media are, where they are not here.
        script: what lets a button copy an address, for pages that have such a button.
        template_failed: told of a fault of a site's own templates, once a place.
        cards: HTML of articles in lists, as it was made.
        parts: HTML that many pages share.
    """

    publisher: Publisher
    open_media: OpenMedia
    open_derived: OpenDerived
    scrape: Callable[[], bytes]
    max_age: int
    behind_since: Callable[[], datetime | None]
    script: Document
    template_failed: TemplateFailed
    cards: SegmentedLRU[str]
    cdn: Cdn | None = None
    media_at: str = ""
    parts: SiteParts = field(default_factory=SiteParts)


def install(extensions: dict[str, object], services: Services) -> None:
    """Put ``services`` where `services` finds them."""
    extensions[_KEY] = services


def services() -> Services:
    """Return what the app that answers this request was given."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Services)
    return found
