"""The neutral entry that every source yields, and what a source is. Pure values.

Nothing here knows a source's words or our front matter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feedservice.domain.headline import Status
from feedservice.importing.remarks import Remark
from feedservice.importing.words_lost import Written

KINDS = (
    *("feed", "site", "wordpress", "ghost", "blogger", "substack", "medium"),
    *("hugo", "jekyll", "pelican", "zola", "nikola", "eleventy", "astro", "markdown"),
)
"""What can be imported."""

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much (bytes or entries; 0 where nobody knows)."""


def ignore(_done: int, _total: int) -> None:
    """Tell nobody (a `Progress`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A category as the source has it; ``slug`` is empty where the source gives none.

    One without a name is what the source has where an article has no category.

    ``pages`` and ``feeds`` are old addresses of its list that no rule for all sites answers: paths
    (decoded), or ``/?cat=7``.
    """

    name: str
    slug: str = ""
    pages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An author as the source has them; ``pages`` are as those of a `Term`."""

    name: str
    slug: str = ""
    email: str = ""
    url: str = ""
    pages: tuple[str, ...] = ()


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
class ForeignEntry:
    """One entry of a foreign source.

    Attributes:
        place: where in the source it is, for remarks.
        id: what subscribers know it by; empty where the source gives none.
        url: its old address, absolute or a path from the root of its site; empty where it had none.
        is_site_guessed: whether nothing but its texts says on which site that is.
        title: plain text.
        html: the body as HTML; None where `markdown` holds it.
        markdown: the body as Markdown, the source's own shortcodes resolved or remarked on.
        written: the body as the source has it, where `html` or `markdown` is made of it.
        base: what relative addresses of the body are relative to.
        published, updated: aware, with the zone that the source wrote; None where it says none.
        summary: plain text.
        slug: what the source calls it in addresses.
        aliases: other old addresses that lead to it: paths or absolute.
        known_as: other names by which the source's links may mean it (a file's path, ``/?p=7``).
        lists: old addresses of lists of no term (paths, or patterns of them), each with ours.
        tag_slugs: what the source calls tags or uncertain terms in addresses, each with its name.
        uncertain: terms that may be categories or tags; categories where site.yaml knows them.
        status: published (also what is scheduled), or draft.
        translations: languages, and what the same article in each is known as.
        is_page: whether it is no article but a page beside them (about, contact): `pages/`.
        unread: keys of its front matter that nothing here reads.
    """

    place: str
    id: str = ""
    url: str = ""
    is_site_guessed: bool = False
    title: str = ""
    html: str | None = None
    markdown: str | None = None
    written: Written | None = None
    base: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    expires: datetime | None = None
    summary: str = ""
    slug: str = ""
    aliases: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()
    categories: tuple[Term, ...] = ()
    lists: tuple[tuple[str, str], ...] = ()
    uncertain: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    tag_slugs: tuple[tuple[str, str], ...] = ()
    authors: tuple[Person, ...] = ()
    image: Picture | None = None
    media: tuple[str, ...] = ()
    related: tuple[Link, ...] = ()
    status: Status = Status.PUBLISHED
    lang: str = ""
    translations: tuple[tuple[str, str], ...] = ()
    is_page: bool = False
    unread: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


class Source(Protocol):
    """What can be imported: read twice, first for names, since links point forward."""

    @property
    def kind(self) -> str:
        """One of `KINDS`."""

    @property
    def found(self) -> int:
        """How many entries the source holds, carried or not; complete once `entries` was read."""

    def entries(self, progress: Progress) -> Iterator[ForeignEntry]:
        """Yield every entry, the same ones each time.

        Raises:
            ImportFailure: the source cannot be read at all.
        """

    def remarks(self) -> tuple[Remark, ...]:
        """Return what concerns the source as a whole; complete once `entries` has been read."""

    def media(self, src: str) -> bytes | None:
        """Return the bytes of a local file of the source; None where ``src`` names none."""
