"""Where Nikola has its lists, by its settings → lists of ours. Pure.

One line of a label answers for its page, the parts of it and its feeds (see `moved_addresses`).
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from feedservice.domain import former_feeds, former_lists
from feedservice.domain.headline import Status
from feedservice.domain.label_slugs import label_slug
from feedservice.domain.taxonomy import Taxonomy
from feedservice.importing.addresses import path_of
from feedservice.importing.foreign_entry import ForeignEntry, Person
from feedservice.importing.front_matter import Fields

_PARTS = re.compile(r"((?:[^/\\]|\\.)*+)(?:/|\Z)", re.DOTALL)
"""Names of a category below others: a backslash keeps a slash in one."""
_DEEPEST = 16
"""Names of a category that others are below."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_USUAL = {
    "tag_path": "categories",
    "author_path": "authors",
    "archive_filename": "archive.html",
    "rss_filename_base": "rss",
    "rss_extension": ".xml",
    "atom_filename_base": "index",
    "atom_extension": ".atom",
}


@dataclass(frozen=True, slots=True)
class NikolaLists:
    """The lists of a site.

    Categories are met at the first reading: those that have articles, and below each other name
    that is one of categories alone, which.
    """

    config: Fields
    slug: Callable[[str], str]
    _named: set[tuple[str, ...]] = field(default_factory=set)
    _below: dict[tuple[str, ...], set[str]] = field(default_factory=dict)

    def with_lists(self, entry: ForeignEntry, languages: dict[str, str]) -> ForeignEntry:
        """Return an entry with the lists that it is in; a draft or a page is in none.

        Args:
            entry: as it was read.
            languages: those that it is published in, each with its folder.
        """
        if entry.is_page or entry.status is Status.DRAFT:
            return entry
        categories, authors = [*entry.categories], entry.authors
        lists: list[tuple[str, str]] = []
        for language, folder in languages.items():
            general = self._general(language, folder)
            lists += ((old, new) for old, new in general if _moved_anyway(old) != new)
            lists += self._tags(entry.tags, language, folder)
            authors = tuple(self._author(each, language, folder) for each in authors)
            for n, term in enumerate(categories):
                pages, mixed = self._pages(term.name, language, folder)
                categories[n] = replace(term, pages=(*term.pages, *pages))
                lists += ((page, "/") for page in mixed)
        return replace(entry, categories=tuple(categories), authors=authors, lists=tuple(lists))

    def said(self, key: str, language: str) -> str:
        """Return a setting, which may be one of each language; empty where there is none."""
        value = self.config.values.get(key)
        if isinstance(value, dict):
            usual = self.config.text("default_lang") or "en"
            value = value.get(language or usual, value.get(usual))
        return value if isinstance(value, str) else _USUAL.get(key, "")

    def _general(self, language: str, folder: str) -> Iterator[tuple[str, str]]:
        """Lists that every site has, where they are not where they always are."""

        def said(key: str) -> str:
            return self.said(key, language)

        index, archive = (self._path(folder, said(key)) for key in ("index_path", "archive_path"))
        rss = f"{said('rss_filename_base')}{said('rss_extension')}"
        atom = f"{said('atom_filename_base')}{said('atom_extension')}"
        atom_path = said("atom_path") or said("index_path")
        yield from ((self._path(folder), "/"), (index, "/"))
        yield self._path(folder, said("rss_path"), rss), "/feed.rss"
        if self.config.text("generate_atom") == "true":
            yield self._path(folder, atom_path, atom), "/feed.atom"
        yield posixpath.join(archive, said("archive_filename")), "/archive"
        if archive != "/":
            yield from ((f"{archive}{each}", "/archive") for each in ("/{year}", "/{year}/{month}"))
        yield self._path(folder, self._categories(language)), "/"
        yield self._path(folder, said("categories_index_path")), "/"
        yield self._path(folder, said("tag_path")), "/tags"
        yield self._path(folder, said("tags_index_path") or said("tag_path")), "/tags"
        yield self._path(folder, said("author_path")), "/authors"

    def _tags(self, tags: tuple[str, ...], language: str, folder: str) -> Iterator[tuple[str, str]]:
        for tag in tags:
            ours, theirs = label_slug(Taxonomy.TAG, tag), self._name(tag)
            if ours and theirs:
                page = self._path(folder, self.said("tag_path", language), theirs)
                yield page, f"/{Taxonomy.TAG.plural}/{ours}"

    def _author(self, person: Person, language: str, folder: str) -> Person:
        if self.config.text("enable_author_pages") == "false":
            return person
        is_raw = self.config.text("slug_author_path") == "false"
        name = person.name if is_raw else self.slug(person.name)
        page = self._path(folder, self.said("author_path", language), name)
        return replace(person, pages=(*person.pages, page)) if name else person

    def _pages(self, name: str, language: str, folder: str) -> tuple[list[str], list[str]]:
        """Pages of a category, with those above it that have nothing else; and of several ones."""
        # What Nikola calls CATEGORY_ALLOW_HIERARCHIES does not change addresses.
        found = (_ESCAPED.sub(r"\1", each) for each in _PARTS.findall(name) if each)
        parts = tuple(found) or (name,)
        root = self._categories(language)
        self._named.add(parts)
        pages, mixed = [self._path(folder, root, self._category(parts))], list[str]()
        for depth in range(1, min(len(parts), _DEEPEST)):
            above = parts[:depth]
            below = self._below.setdefault(above, set())
            below.add(name)
            if above not in self._named:
                page = self._path(folder, root, self._category(above))
                (pages if len(below) == 1 else mixed).append(page)
        return pages, mixed

    def _category(self, parts: tuple[str, ...]) -> str:
        if self.config.text("category_output_flat_hierarchy") == "true":
            parts = parts[-1:]
        prefix = str(self.config.values.get("category_prefix", "cat_"))
        is_plain = self.config.text("pretty_urls") == "false"
        return prefix + ("-" if is_plain else "/").join(map(self._name, parts))

    def _categories(self, language: str) -> str:
        return self.said("category_path", language) or self.said("tag_path", language)

    def _name(self, label: str) -> str:
        return label if self.config.text("slug_tag_path") == "false" else self.slug(label)

    def _path(self, *names: str) -> str:
        root = path_of(self.config.text("site_url")).strip("/")
        return posixpath.join("/", root, *(each.strip("/") for each in names)).rstrip("/") or "/"


def _moved_anyway(old: str) -> str | None:
    return former_feeds.moved_in(old) or former_lists.moved_in(old)
