"""What somebody is told who wants to subscribe to a list. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from feedservice.domain import urls
from feedservice.domain.model import Site
from feedservice.domain.route import Route
from feedservice.domain.spelling import resolve
from feedservice.feeds import build, build_page
from feedservice.feeds.page import Alternate
from feedservice.feeds.titles import Channel, channel_of
from feedservice.index.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """The page /subscribe of a list.

    Attributes:
        title: of the list, with the site's name.
        feeds: one a format; their paths are made absolute with the site's base_url.
        url: of this page, absolute.
        is_audio: whether one of its newest articles has a recording.
        good_until: when time alone may change it.
    """

    site: Site
    channel: Channel
    title: str
    feeds: tuple[Alternate, ...]
    url: str
    is_audio: bool
    good_until: datetime | None


def subscription(route: Route, view: Snapshot) -> Subscription:
    """Return how one subscribes to the list that an address names.

    Raises:
        Refusal: as a list's page does.
    """
    site = view.site
    selection = resolve(route, site, view.slugs)
    channel = channel_of(selection, site, view.tag_label, view.author)
    title = build.full_title(channel.title, site.title)
    newest = view.select(selection, selection.limit or site.limit, teaser=True)
    return Subscription(
        site=site,
        channel=channel,
        title=title,
        feeds=build_page.alternates(channel.path, title),
        url=urls.absolute(site.base_url, urls.subscription(selection)),
        is_audio=any(
            file.media_type.startswith("audio/") for article in newest for file in article.media
        ),
        good_until=view.next_moment(),
    )
