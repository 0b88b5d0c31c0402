"""The neutral entry that every source yields, and the fault that says what of it could not be
carried. Pure values.

Nothing here knows a source's words or our front matter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from feedservice.domain.model import Status

KINDS = ("feed", "wordpress", "hugo", "jekyll", "pelican")
"""What can be imported."""

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much (bytes or entries; 0 where nobody knows)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What could not be carried as it was. `faults` puts it in words.

    Attributes:
        what: the stable name of the kind, such as ``date-unreadable``.
        place: where in the source: a file with a line, an item's number and address.
        facts: what the message names.
    """

    what: str
    place: str
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A category as the source has it; ``slug`` is empty where the source gives none."""

    name: str
    slug: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An author as the source has them."""

    name: str
    slug: str = ""
    email: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The picture of an entry: an absolute address, or a path in the source folder."""

    src: str
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A related page by its old address (or by the name that the source has for it)."""

    url: str
    title: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One entry of a foreign source.

    Attributes:
        place: where in the source it stands, for faults.
        id: what subscribers know it by; empty where the source gives none.
        url: its old address, absolute or a path from the root of its site; empty where it had none.
        title: plain text.
        html: the body as HTML; None where `markdown` holds it.
        markdown: the body as Markdown, with the source's own macros already resolved or reported.
        base: what relative addresses of the body are relative to.
        published, updated: aware, with the zone that the source wrote; None where it says none.
        summary: plain text.
        slug: what the source calls it in addresses.
        others: other old addresses that lead to it (aliases, old slugs): paths or absolute.
        known_as: other names by which the source's links may mean it (a file's path, ``/?p=7``).
        uncertain: terms that may be categories or tags; categories where site.yaml knows them.
        status: published (also what is scheduled), or draft.
    """

    place: str
    id: str = ""
    url: str = ""
    title: str = ""
    html: str | None = None
    markdown: str | None = None
    base: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    expires: datetime | None = None
    summary: str = ""
    slug: str = ""
    others: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()
    categories: tuple[Term, ...] = ()
    uncertain: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[Person, ...] = ()
    image: Picture | None = None
    media: tuple[str, ...] = ()
    related: tuple[Link, ...] = ()
    status: Status = Status.PUBLISHED
    lang: str = ""
    faults: tuple[Fault, ...] = ()


class Source(Protocol):
    """What can be imported. It is read twice: for names first, since links point forward, then for
    texts.
    """

    @property
    def kind(self) -> str:
        """The source's kind, in a word that is shown."""

    def entries(self, progress: Progress) -> Iterator[Imported]:
        """Yield every entry, the same ones each time.

        Raises:
            ImportFailure: the source cannot be read at all.
        """

    def faults(self) -> tuple[Fault, ...]:
        """What of the source as a whole could not be carried; complete once `entries` has been
        read.
        """

    def media(self, src: str) -> bytes | None:
        """Return the bytes of a local file of the source; None where ``src`` names none."""
