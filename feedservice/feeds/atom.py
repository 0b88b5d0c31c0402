"""Atom 1.0 (RFC 4287), with archives (RFC 5005) and withdrawn entries (RFC 6721). Pure."""

from collections.abc import Iterator, Sequence

from feedservice.feeds._feedgen import atom_document
from feedservice.feeds.elements import (
    attribute,
    attributes,
    leaf,
    media,
    number,
    parent,
    related_links,
    written,
)
from feedservice.feeds.feed import Attachment, Feed, Item, Person


def entry(item: Item, language: str) -> bytes:
    """Return the ``entry`` element of an item (RFC 4287 §4.1.2), for a feed in ``language``.

    It has no namespace, as feedgen's have none: feedgen writes it as if it were an attribute of the
    document, so Atom is the default one when it is read.
    """
    foreign = item.language if item.language != language else ""
    return written("entry", _lines(item), "  ", foreign)


def document(feed: Feed, entries: Sequence[bytes]) -> bytes:
    """Return the document (RFC 4287 §4.1.1) around what `entry` made of the feed's items."""
    return atom_document(feed, entries)


def _lines(item: Item) -> Iterator[str]:
    yield leaf("id", item.atom_id)
    yield leaf("title", item.title, ' type="text"')
    yield leaf("published", item.published.isoformat(timespec="seconds"))
    yield leaf("updated", item.updated.isoformat(timespec="seconds"))
    for author in item.authors:
        yield from parent("author", list(_person(author)))
    # Exactly one alternate: a second one, even in another language, is taken by readers for the
    # article's address.
    language, href = attribute("hreflang", item.language), attribute("href", item.url)
    yield f'<link rel="alternate" type="text/html"{language}{href}/>'
    files = (item.image, *item.attachments) if item.image else item.attachments
    yield from map(_enclosure, files)
    # The best one first: NetNewsWire takes it for the item's external link.
    yield from related_links("link", item.related)
    yield from related_links("link", item.translations)
    for term in item.terms:
        scheme, label = attribute("scheme", term.scheme), attribute("label", term.label)
        yield f"<category{attribute('term', term.slug)}{scheme}{label}/>"
    if item.summary:
        yield leaf("summary", item.summary, ' type="text"')
    if item.html:
        yield leaf("content", item.html, ' type="html"')
    if item.image:
        # Its size, alternative text and credit: a link has room for none of them.
        yield from media(item, item.image, "image")


def _enclosure(file: Attachment) -> str:
    named = {
        "type": file.media_type,
        "length": number(file.length),
        "title": file.caption or file.alt,
        "href": file.url,
    }
    return f'<link rel="enclosure"{attributes(named)}/>'


def _person(person: Person) -> Iterator[str]:
    """Yield what an author has (RFC 4287 §3.2)."""
    yield leaf("name", person.name)
    if person.url:
        yield leaf("uri", person.url)
    if person.email:
        yield leaf("email", person.email)
