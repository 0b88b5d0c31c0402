"""OPML 2.0: the site's lists as a subscription list that any reader imports. Pure."""

from collections.abc import Iterable

from lxml.etree import Element, SubElement, tostring

from feedservice.domain.urls import absolute
from feedservice.feeds.formats import RSS
from feedservice.feeds.page import FeedRow

MEDIA_TYPE = "text/x-opml; charset=utf-8"
"""With its charset, as `Document` wants it."""


def render(title: str, rows: Iterable[FeedRow], base_url: str, language: str = "") -> bytes:
    """Return an OPML document (OPML 2.0, "Subscription lists") of the lists' RSS feeds.

    No ``dateCreated``: the same lists give the same bytes.

    Args:
        title: of the document.
        rows: the lists, in the order in which people see them.
        base_url: what the rows' paths are made absolute with.
        language: of the feeds; left out where empty.
    """
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = title
    body = SubElement(root, "body")
    for row in rows:
        feed = next(
            (alternate for alternate in row.alternates if alternate.media_type == RSS.media_type),
            None,
        )
        if feed is None:
            continue
        attributes = {
            "type": "rss",
            "text": row.title,
            "title": row.title,
            "xmlUrl": absolute(base_url, feed.path),
            "htmlUrl": absolute(base_url, row.path),
            "description": row.description,
            "language": language,
        }
        SubElement(body, "outline", {name: value for name, value in attributes.items() if value})
    document: bytes = tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return document
