"""The neutral feed: what every format is rendered from, and what rendering yields. Pure values.

Every URL is absolute and percent-encoded; every text is NFC and free of characters that XML
forbids; every datetime is aware UTC with whole seconds.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An author (RFC 4287 §3.2)."""

    name: str
    email: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A category or tag of an item; ``scheme`` is the address that all of its kind share."""

    slug: str
    label: str
    url: str
    scheme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A related article or a translation; ``language`` is empty where unknown."""

    url: str
    title: str = ""
    summary: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of an item: bytes, and width and height in pixels; 0 where unknown."""

    url: str
    media_type: str
    length: int = 0
    width: int = 0
    height: int = 0
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry.

    Attributes:
        id: as the editor or an older system gave it (RSS guid, JSON id).
        atom_id: the same where it is an ASCII IRI, else one made from it (RFC 4287 §4.2.6).
        title, summary: plain text, a direction mark before them where readers need it.
        html: the full text in ``<div dir lang>``, related links and corrections in it; empty in
            summary feeds.
        published, updated: ``updated`` is never before ``published``.
        language: of the item; renderers write it where it is not the feed's.
        related: the best one first.
        docs_url: the address that explains what we add to JSON Feed.
    """

    id: str
    atom_id: str
    url: str
    title: str
    docs_url: str
    published: datetime
    updated: datetime
    summary: str = ""
    html: str = ""
    language: str = "ar"
    authors: tuple[Person, ...] = ()
    terms: tuple[Term, ...] = ()
    image: Attachment | None = None
    attachments: tuple[Attachment, ...] = ()
    related: tuple[Link, ...] = ()
    translations: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A withdrawn entry (RFC 6721): ids as its `Item` had them, the moment of withdrawal."""

    id: str
    atom_id: str
    url: str
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed document before it has a format.

    Attributes:
        id: one for the three formats.
        page_url: the HTML page of the same list. self_url: this very document's canonical address.
        updated: the newest ``updated`` among the items, or when an article last left the list if
            that was later; where there is neither, 1 January of the site id's year.
        ttl: minutes.
        next_url, previous_archive_url, next_archive_url, current_url: RFC 5005 links; empty where
            there are none.
        archive: whether this is an archive document (RFC 5005 §4, fh:archive).
        stylesheet: path of the CSS by which browsers show RSS and Atom; empty where they do not.
        docs_url: as in `Item`.
    """

    id: str
    title: str
    docs_url: str
    page_url: str
    self_url: str
    updated: datetime
    author: Person
    description: str = ""
    language: str = "ar"
    copyright: str = ""
    icon_url: str = ""
    logo_url: str = ""
    ttl: int = 5
    hubs: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    next_url: str = ""
    previous_archive_url: str = ""
    next_archive_url: str = ""
    current_url: str = ""
    archive: bool = False
    stylesheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An answer's bytes and what HTTP needs to know of them.

    Attributes:
        body: the identity bytes.
        media_type: with its charset parameter.
        etag: hex digest of ``body``, without quotes and without a coding's suffix.
        last_modified: the latest change or scheduled moment that can have touched it; never earlier
            than the truth.
        good_until: the moment at which time alone may change it; None where none can.
        links: ``Link`` header values (RFC 8288), such as ``<https://…>; rel="self"``.
    """

    body: bytes
    media_type: str
    etag: str
    last_modified: datetime | None = None
    good_until: datetime | None = None
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """Said in place of a `Document` to whoever holds one that is still true."""

    good_until: datetime | None = None


def document(
    body: bytes,
    media_type: str,
    *,
    last_modified: datetime | None = None,
    good_until: datetime | None = None,
    links: tuple[str, ...] = (),
) -> Document:
    """Return a document with the digest of its bytes; arguments as in `Document`."""
    return Document(
        body=body,
        media_type=media_type,
        etag=hashlib.blake2b(body, digest_size=16).hexdigest(),
        last_modified=last_modified,
        good_until=good_until,
        links=links,
    )
