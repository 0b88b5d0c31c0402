"""What site.yaml says of all feeds. Pure."""

from feedservice.content.shapes import Strict
from feedservice.domain.model import Content

FEED, XML = "feed", "xml"
"""The ``type`` of feeds: their own, and one that browsers show."""


class FeedField(Strict):
    """Defaults of feeds."""

    limit: str = "30"
    content: str = Content.FULL.value
    type: str = FEED
