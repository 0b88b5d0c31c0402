"""RSS 2.0, with the rules of the RSS Advisory Board's profile. Pure."""

from collections.abc import Sequence
from email.utils import format_datetime
from html import escape

from lxml.etree import _Element

from feedservice.feeds._feedgen import (
    ATOM,
    CONTENT,
    DC,
    XML_LANG,
    add,
    add_media,
    add_related,
    rss_document,
    rss_item,
)
from feedservice.feeds.feed import Attachment, Feed, Item


def entry(item: Item, language: str) -> bytes:
    """Return the ``item`` element of an item ("Elements of <item>")."""
    return rss_item(lambda channel: _build(channel, item, language))


def document(feed: Feed, entries: Sequence[bytes]) -> bytes:
    """Return the document ("Required channel elements") around what `entry` made."""
    return rss_document(feed, entries)


def _build(channel: _Element, item: Item, language: str) -> None:
    node = add(channel, "item")
    if item.language != language:
        node.set(XML_LANG, item.language)
    add(node, "title", item.title)
    add(node, "link", item.url)
    if item.summary:
        # HTML by specification: plain text is escaped here, and once more as XML.
        add(node, "description", escape(item.summary, quote=False))
    if item.html:
        add(node, f"{CONTENT}encoded", item.html)
    for author in item.authors:
        add(node, f"{DC}creator", author.name)  # the author element must hold an e-mail address
    for term in item.terms:
        add(node, "category", term.label, domain=term.url)
    add(node, "guid", item.id, isPermaLink="false")
    add(node, "pubDate", format_datetime(item.published))
    add(node, f"{ATOM}updated", item.updated.isoformat(timespec="seconds"))
    add_related(node, f"{ATOM}link", item.related)
    add_related(node, f"{ATOM}link", item.translations)
    if item.image:
        add_media(node, item, item.image, "image")
    enclosure = _enclosure(item.attachments)
    if enclosure:
        # One an item (RSS profile, "enclosure"); length and type are required, 0 and any bytes
        # where unknown.
        media_type = enclosure.media_type or "application/octet-stream"
        add(node, "enclosure", url=enclosure.url, length=str(enclosure.length), type=media_type)
    for attachment in item.attachments:
        if attachment is not enclosure:
            add_media(node, item, attachment)


def _enclosure(attachments: Sequence[Attachment]) -> Attachment | None:
    """Return what a podcast client should play: the first recording, else the first file."""
    playable = (
        attachment
        for attachment in attachments
        if attachment.media_type.startswith(("audio/", "video/"))
    )
    return next(playable, attachments[0] if attachments else None)
