"""RSS 2.0, with the rules of the RSS Advisory Board's profile. Pure."""

from collections.abc import Iterator, Sequence
from email.utils import format_datetime
from html import escape

from feedservice.feeds._feedgen import rss_document
from feedservice.feeds.elements import attribute, leaf, media, related_links, written
from feedservice.feeds.feed import Attachment, Feed, Item


def entry(item: Item, language: str) -> bytes:
    """Return the ``item`` element of an item ("Elements of <item>")."""
    foreign = item.language if item.language != language else ""
    return written("item", _lines(item), "    ", foreign)


def document(feed: Feed, entries: Sequence[bytes]) -> bytes:
    """Return the document ("Required channel elements") around what `entry` made."""
    return rss_document(feed, entries)


def _lines(item: Item) -> Iterator[str]:
    yield leaf("title", item.title)
    yield leaf("link", item.url)
    if item.summary:
        # HTML by specification: plain text is escaped here, and once more as XML.
        yield leaf("description", escape(item.summary, quote=False))
    if item.html:
        yield leaf("content:encoded", item.html)
    for author in item.authors:
        yield leaf("dc:creator", author.name)  # the author element must hold an e-mail address
    for term in item.terms:
        yield leaf("category", term.label, attribute("domain", term.url))
    yield leaf("guid", item.id, ' isPermaLink="false"')
    yield leaf("pubDate", format_datetime(item.published))
    yield leaf("atom:updated", item.updated.isoformat(timespec="seconds"))
    yield from related_links("atom:link", item.related)
    yield from related_links("atom:link", item.translations)
    if item.image:
        yield from media(item, item.image, "image")
    enclosure = _enclosure(item.attachments)
    if enclosure:
        # One an item (RSS profile, "enclosure"); length and type are required, 0 and any bytes
        # where unknown.
        media_type = enclosure.media_type or "application/octet-stream"
        url, its_type = attribute("url", enclosure.url), attribute("type", media_type)
        yield f'<enclosure{url} length="{enclosure.length}"{its_type}/>'
    for attachment in item.attachments:
        if attachment is not enclosure:
            yield from media(item, attachment)


def _enclosure(attachments: Sequence[Attachment]) -> Attachment | None:
    """Return what a podcast client should play: the first recording, else the first file."""
    playable = (
        attachment
        for attachment in attachments
        if attachment.media_type.startswith(("audio/", "video/"))
    )
    return next(playable, attachments[0] if attachments else None)
