"""``category``, ``tags`` and ``author`` of an article, and the commas between names. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from feedservice.content.field_reader import FieldReader
from feedservice.domain.label_slugs import label_key, label_slug
from feedservice.domain.model import Author, Category, Site, Tag
from feedservice.domain.taxonomy import (
    Taxonomy,
    find_author,
    find_category,
    nearest_author,
    nearest_category,
)
from feedservice.domain.text import LONG_NAME, one_line

_COMMAS = re.compile("[,،؛]")
_ARABIC_COMMAS = re.compile("[،؛]")
_IN_ADDRESSES = re.compile(r"[،؛]|,(?=\s)")
_HASHTAGS = re.compile(r"(?<!\s)\s++(?=#)")
_QUOTED = re.compile("[“”„‟]([^“”„‟]*)[“”‟]")
"""What a word processor makes of the quotes that YAML takes away."""
_NAMED = 20
"""Of the known ones; who has more looks into site.yaml."""


def separated(items: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield each name, and the number of the item that it stands in.

    YAML splits a list at Latin commas only, and takes ``[أ، ب]`` for one text.
    """
    commas = _COMMAS if len(items) == 1 else _ARABIC_COMMAS
    for n, item in enumerate(items):
        yield from ((n, part) for part in commas.split(item) if part.strip())


def names(items: list[str]) -> tuple[str, ...]:
    """Return names, each one line, from items that may hold several."""
    return tuple(one_line(name) for _, name in separated(items))


def separated_addresses(items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """Yield as `separated` does what may be an address, in which a Latin comma may stand."""
    for n, item in enumerate(items):
        parts = _IN_ADDRESSES.split(item) if isinstance(item, str) else (item,)
        yield from ((n, part) for part in parts if not isinstance(part, str) or part.strip())


def categories(items: Sequence[str], reader: FieldReader, site: Site) -> tuple[str, ...]:
    """Return the slugs of an article's categories, else of its folder; faults are told."""
    slugs = [
        find_category(name, site) or _unknown_category(name, reader, site, "category", n)
        for n, name in _names(items, lambda name: find_category(name, site))
    ]
    folder, _, rest = reader.path.partition("/")
    if not slugs and rest:
        slugs = [find_category(folder, site) or _unknown_category(folder, reader, site)]
    return tuple(dict.fromkeys(slug for slug in slugs if slug))


def _names(items: Sequence[str], find: Callable[[str], object]) -> Iterator[tuple[int, str]]:
    """Yield names as `separated` does; one that is known may hold a comma."""
    for n, item in enumerate(items):
        if find(item):
            yield n, item
            continue
        for _, name in separated(items[n : n + 1]):
            # What was a remark behind a name for years is one still.
            before, remark, _ = name.partition(" #")
            yield n, before if remark and not find(name) and find(before) else name


def _unknown_category(name: str, reader: FieldReader, site: Site, *location: str | int) -> str:
    facts = {"value": name.strip(), "known": known_names(site.categories)}
    nearest = nearest_category(name, site)
    if nearest:
        facts |= {"nearest": nearest, "paste": f"category: {nearest}"}
    if nearest and location:
        facts |= reader.line_with(facts["value"], nearest, *location)
    code = "category-unknown" if location else "folder-unknown"
    reader.report(code, *location, **{key: fact for key, fact in facts.items() if fact})
    return ""


def known_names(labels: Sequence[Category | Author]) -> str:
    """Return slugs and names, of many the first, as a fact of a `Problem`."""
    known = [f"{each.slug} ({each.name})" for each in labels[:_NAMED]]
    return "، ".join([*known, "…"] if len(labels) > _NAMED else known)


def tags(items: Sequence[str], reader: FieldReader) -> tuple[Tag, ...]:
    """Return the tags of an article, each once however it is spelt; ``#أ #ب`` is two."""
    found: dict[str, Tag] = {}
    for n, part in separated(items):
        for hashtag in _HASHTAGS.split(part):
            read = _tag if len(hashtag) < LONG_NAME else _tag.__wrapped__
            text, key, tag = read(hashtag)
            if tag.slug:
                reader.fits(tag.slug, "tags", n)
                found.setdefault(key, tag)
            elif text:
                reader.warn("tag-empty", "tags", n, value=text)
    return tuple(found.values())


@lru_cache(maxsize=1024)
def _tag(typed: str) -> tuple[str, str, Tag]:
    """What was typed in one line, what all spellings of the tag have in common, and the tag."""
    text = _unquoted(one_line(typed))
    label = text.lstrip("#").lstrip()
    slug = label_slug(Taxonomy.TAG, label)
    return text, label_key(Taxonomy.TAG, slug), Tag(slug=slug, label=label)


def authors(items: Sequence[str], reader: FieldReader, site: Site) -> tuple[Author, ...]:
    """Return the authors of an article; who is not in site.yaml, where it lists any, is told."""
    found: dict[str, Author] = {}
    for n, name in _names(items, lambda name: find_author(name, site)):
        text = _unquoted(one_line(name))
        known = find_author(text, site)
        author = known or Author(slug=label_slug(Taxonomy.AUTHOR, text), name=text)
        if author.slug:
            reader.fits(author.slug, "author", n)
            found.setdefault(label_key(Taxonomy.AUTHOR, author.slug), author)
        elif text:
            reader.report("author-empty", "author", n, value=text)
        if author.slug and not known and site.authors and not site.has_open_authors:
            nearest = nearest_author(text, site)
            hint = {"nearest": nearest} if nearest else {"known": known_names(site.authors)}
            line = reader.line_with(text, nearest, "author", n) if nearest else {}
            reader.warn("author-unknown", "author", n, value=text, **hint, **line)
    return tuple(found.values())


def _unquoted(name: str) -> str:
    """A name without typographic quotes around the whole of it: elsewhere they are its own."""
    found = _QUOTED.fullmatch(name)
    return found[1].strip() if found else name
