"""The three ways in which articles are labelled, and what people type → the slug of a label. Pure.

Whatever treats categories, tags and authors alike loops over `Taxonomy`.
"""

import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from feedservice.domain.model import Author, Site
from feedservice.domain.text import LONG_NAME, fold, one_line


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
    return _categories(site).get(_key(name))


def find_author(name: str, site: Site) -> Author | None:
    """Return the author of site.yaml whom ``name`` means, or None."""
    return _authors(site).get(_key(name))


def nearest_category(name: str, site: Site) -> str:
    """Return the slug of the known category that ``name`` is most like, or an empty text."""
    close = get_close_matches(_key(name), _categories(site), n=1, cutoff=0.4)
    return _categories(site)[close[0]] if close else ""


def nearest_author(name: str, site: Site) -> str:
    """Return the slug of the author of site.yaml that ``name`` is most like, or an empty text."""
    close = get_close_matches(_key(name), _authors(site), n=1, cutoff=0.6)
    return _authors(site)[close[0]].slug if close else ""


@lru_cache(maxsize=4)
def _categories(site: Site) -> Mapping[str, str]:
    spelt = (
        (spelling, c.slug)
        for c in reversed(site.categories)
        for spelling in (*c.aliases, c.name, c.slug)
    )
    return MappingProxyType({_key(spelling): slug for spelling, slug in spelt})


@lru_cache(maxsize=4)
def _authors(site: Site) -> Mapping[str, Author]:
    return MappingProxyType(
        {_key(spelling): a for a in reversed(site.authors) for spelling in (a.name, a.slug)}
    )


def _key(name: str) -> str:
    return _folded(name) if len(name) < LONG_NAME else _folded.__wrapped__(name)


@lru_cache(maxsize=1024)
def _folded(name: str) -> str:
    # Marks of direction and joiners come along with what is pasted, and nobody sees them.
    seen = "".join(char for char in name.replace("-", " ") if unicodedata.category(char) != "Cf")
    return fold(one_line(seen))
