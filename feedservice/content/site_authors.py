"""``authors`` of site.yaml → `Author`. Pure."""

from collections.abc import Sequence

from feedservice.content.field_reader import FieldReader
from feedservice.content.invisible import bare, trimmed
from feedservice.content.labels import names
from feedservice.content.shapes import Strict
from feedservice.domain.model import Author, Profile
from feedservice.domain.text import one_line, slugify

OPEN = "open"
"""Among ``authors``: anybody may write."""


class AuthorField(Strict):
    """One author."""

    slug: str
    name: str
    email: str = ""
    url: str = ""
    aliases: list[str] = []
    bio: str = ""
    image: str = ""
    links: dict[str, str] = {}


def read(items: Sequence[str | AuthorField], reader: FieldReader) -> tuple[dict[int, Author], bool]:
    """Return the authors by their place, and whether anybody may write; tells faults."""
    authors: dict[int, Author] = {}
    is_open = False
    for n, item in enumerate(items):
        if isinstance(item, AuthorField):
            authors[n] = _author(item, n, reader)
        elif bare(item).lower() == OPEN:
            is_open = True
        else:
            reader.report("value-shape", "authors", n, key="authors")
    return authors, is_open


def _author(field: AuthorField, n: int, reader: FieldReader) -> Author:
    url = trimmed(one_line(field.url))
    if url:
        reader.url(url, "authors", n, "url")
    return Author(
        slug=slugify(field.slug),
        name=one_line(field.name),
        email=bare(field.email),
        url=url,
        aliases=names(field.aliases),
        profile=_profile(field, n, reader),
    )


def _profile(field: AuthorField, n: int, reader: FieldReader) -> Profile | None:
    links = tuple((one_line(name), trimmed(one_line(url))) for name, url in field.links.items())
    for (_, url), key in zip(links, field.links, strict=True):
        reader.url(url, "authors", n, "links", key)
    image = reader.src(one_line(field.image), "authors", n, "image")
    found = Profile(bio=one_line(field.bio), image=image, links=links)
    return found if found != Profile() else None
