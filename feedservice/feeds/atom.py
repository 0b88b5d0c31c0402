"""Atom 1.0 (RFC 4287), with archives (RFC 5005) and withdrawn entries (RFC 6721). Pure."""

from collections.abc import Sequence

from lxml.etree import _Element

from feedservice.feeds._feedgen import (
    XML_LANG,
    add,
    add_media,
    add_related,
    atom_document,
    atom_entry,
    number,
)
from feedservice.feeds.feed import Feed, Item, Person


def entry(item: Item, language: str) -> bytes:
    """Return the ``entry`` element of an item (RFC 4287 §4.1.2), for a feed in ``language``."""
    return atom_entry(lambda feed: _build(feed, item, language))


def document(feed: Feed, entries: Sequence[bytes]) -> bytes:
    """Return the document (RFC 4287 §4.1.1) around what `entry` made of the feed's items."""
    return atom_document(feed, entries)


def _build(feed: _Element, item: Item, language: str) -> None:
    node = add(feed, "entry")
    if item.language != language:
        node.set(XML_LANG, item.language)
    add(node, "id", item.atom_id)
    add(node, "title", item.title, type="text")
    add(node, "published", item.published.isoformat(timespec="seconds"))
    add(node, "updated", item.updated.isoformat(timespec="seconds"))
    for author in item.authors:
        _add_person(node, author)
    # Exactly one alternate: a second one, even in another language, is taken by readers for the
    # article's address.
    add(node, "link", rel="alternate", type="text/html", hreflang=item.language, href=item.url)
    files = (item.image, *item.attachments) if item.image else item.attachments
    for file in files:
        add(
            node,
            "link",
            rel="enclosure",
            type=file.media_type,
            length=number(file.length),
            title=file.caption or file.alt,
            href=file.url,
        )
    # The best one first: NetNewsWire takes it for the item's external link.
    add_related(node, "link", item.related)
    add_related(node, "link", item.translations)
    for term in item.terms:
        add(node, "category", term=term.slug, scheme=term.scheme, label=term.label)
    if item.summary:
        add(node, "summary", item.summary, type="text")
    if item.html:
        add(node, "content", item.html, type="html")
    if item.image:
        # Its size, alternative text and credit: a link has room for none of them.
        add_media(node, item, item.image, "image")


def _add_person(node: _Element, person: Person) -> None:
    """Append an author (RFC 4287 §3.2)."""
    author = add(node, "author")
    add(author, "name", person.name)
    if person.url:
        add(author, "uri", person.url)
    if person.email:
        add(author, "email", person.email)
