"""The three ways in which articles are labelled, and what people type → the slug of a label. Pure.

Whatever treats categories, tags and authors alike loops over `Taxonomy`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from feedservice.domain.model import Author, Category, Site
from feedservice.domain.near_names import Nearest, nearest_name
from feedservice.domain.text import INVISIBLE, LONG_NAME, fold, one_line

_Label = TypeVar("_Label", bound=Author | Category)
_FEW = 200
"""Names up to which a misspelt one is compared with each; of more, with what shares its letters."""


class Taxonomy(StrEnum):
    """A kind of label, by the name of its query parameter, in the order of canonical addresses."""

    CATEGORY = "category"
    TAG = "tag"
    AUTHOR = "author"

    @property
    def plural(self) -> str:
        """The folder of its pages: ``categories``, ``tags`` or ``authors``."""
        return "categories" if self is Taxonomy.CATEGORY else f"{self.value}s"


def find_category(name: str, site: Site) -> str | None:
    """Return the slug of the category that ``name`` means, or None."""
    return _categories(site).get(name_key(name))


def find_author(name: str, site: Site) -> Author | None:
    """Return the author of site.yaml whom ``name`` means, or None."""
    return _authors(site).get(name_key(name))


def find_slug(taxonomy: Taxonomy, name: str, site: Site) -> str:
    """Return the slug of what ``name`` means in site.yaml, which knows no tags; or nothing."""
    if taxonomy is Taxonomy.CATEGORY:
        return find_category(name, site) or ""
    author = find_author(name, site) if taxonomy is Taxonomy.AUTHOR else None
    return author.slug if author else ""


def nearest_category(name: str, site: Site) -> str:
    """Return the slug of the known category that ``name`` is most like, or an empty text."""
    near = nearest_name(name_key(name), _categories(site))
    return _categories(site)[near] if near else ""


def nearest_author(name: str, site: Site) -> str:
    """Return the slug of the author of site.yaml that ``name`` is most like, or an empty text."""
    known, key = _authors(site), name_key(name)
    near = nearest_name(key, known) if len(known) <= _FEW else _nearest_author(site)(key)
    return _authors(site)[near].slug if near else ""


def shared_names(labels: Sequence[Category | Author]) -> Iterator[tuple[int, str, str, str]]:
    """Yield what a label is called, by slug, name or aliases, and another answers to.

    Each with the number of the label, the key that holds it, and the slug of the other.
    """
    meant = spellings(labels)
    for n, label in enumerate(labels):
        called = {"slug": (label.slug,), "name": (label.name,), "aliases": label.aliases}
        for key, names in called.items():
            others = ((name, meant[name_key(name)]) for name in names if name)
            yield from ((n, key, name, other) for name, other in others if other != label.slug)


def spellings(labels: Sequence[Category | Author]) -> dict[str, str]:
    """Return the slugs of labels by `name_key` of all that they are called."""
    return {name_key(name): label.slug for name, label in _spelt(labels)}


@lru_cache(maxsize=4)
def _categories(site: Site) -> Mapping[str, str]:
    return MappingProxyType(spellings(site.categories))


@lru_cache(maxsize=4)
def _authors(site: Site) -> Mapping[str, Author]:
    return MappingProxyType(
        {
            name_key(name): replace(author, aliases=(), profile=None)
            for name, author in _spelt(site.authors)
        }
    )


@lru_cache(maxsize=4)
def _nearest_author(site: Site) -> Nearest:
    return Nearest(_authors(site))


def _spelt(labels: Sequence[_Label]) -> Iterator[tuple[str, _Label]]:
    """Each spelling with its label, last what goes first: a slug before a name and an alias."""
    first_last = labels[::-1]
    yield from ((alias, label) for label in first_last for alias in reversed(label.aliases))
    yield from ((label.name, label) for label in first_last)
    yield from ((label.slug, label) for label in first_last)


def name_key(name: str) -> str:
    """Return what the spellings of a name have in common."""
    return _folded(name) if len(name) < LONG_NAME else _folded.__wrapped__(name)


@lru_cache(maxsize=1024)
def _folded(name: str) -> str:
    # What nobody sees goes first: white space would be kept at the ends before it.
    return fold(one_line(INVISIBLE.sub("", name.replace("-", " "))))
