"""The first reading of a source: where each entry will live, and what site.yaml needs for it. Pure.

Links point forward, so every address is known before the first text is written. Kept per entry are
a few strings, never its text: a hundred thousand posts fit in some tens of megabytes. Must not know
front matter or Markdown.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from feedservice.domain.headline import Status
from feedservice.domain.model import Author, Category, Site
from feedservice.domain.taxonomy import Taxonomy
from feedservice.domain.text import one_line, slugify
from feedservice.importing.address_count import AddressCount
from feedservice.importing.addresses import host_and_path, path_of, writable
from feedservice.importing.article_addresses import ArticleAddresses
from feedservice.importing.entry_ids import EntryIds
from feedservice.importing.foreign_entry import ForeignEntry, Person, Term
from feedservice.importing.media import shortened
from feedservice.importing.old_lists import OldLists
from feedservice.importing.remarks import Remark
from feedservice.importing.site_labels import SiteLabels
from feedservice.importing.taken_names import TakenNames

DEFAULT_CATEGORY = Term(name="مستورد", slug="imported")
_MAX_SLUG = 190
"""Bytes: file systems allow 255 of a name."""
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingContent:
    """What the content folder holds: slugs by id, all slugs and aliases, all article paths."""

    slugs: Mapping[str, str] = field(default_factory=dict)
    names: Collection[str] = frozenset()
    paths: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where an entry lives: its slug, file and id; slugs of categories and authors; aliases."""

    slug: str
    path: str
    id: str
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Naming:
    """Names entries one after another, then answers where each old address leads.

    Args:
        site: site.yaml as it is.
        existing: what the content folder holds.
        default: name or slug of the category of entries without one; else `DEFAULT_CATEGORY`.
    """

    def __init__(self, site: Site, existing: ExistingContent, default: str) -> None:
        self._site = site
        self._known_categories = SiteLabels(site.categories)
        self._known_authors = SiteLabels(site.authors)
        self.remarks: list[Remark] = []
        self.present = 0
        self.redirects: tuple[tuple[str, str], ...] = ()
        self._default = Term(name=default) if default else DEFAULT_CATEGORY
        self._ids = EntryIds(site, existing.slugs)
        self._slugs: dict[str, str] = dict(existing.slugs)
        self._taken = TakenNames({*existing.names, *existing.slugs.values()})
        self._paths = TakenNames(existing.paths)
        self._author_slugs = TakenNames(author.slug for author in site.authors)
        self._new_files: dict[str, str] = {}
        self._by_address: dict[str, str] = {}
        self._of_drafts: set[str] = set()
        self._hosts: set[str] = set()
        self._addresses = ArticleAddresses(site, self._taken)
        self._old_lists = OldLists(site)

    @property
    def addresses(self) -> AddressCount:
        """Old addresses of what is new: of articles, pages, and lists that need a line."""
        return self._addresses.count

    @property
    def site(self) -> Site:
        """site.yaml with what was added so far."""
        categories, authors = self._known_categories.all, self._known_authors.all
        if len(categories) + len(authors) > len(self._site.categories) + len(self._site.authors):
            self._site = replace(self._site, categories=(*categories,), authors=(*authors,))
        return self._site

    def take(self, entry: ForeignEntry) -> None:
        """Note one entry: what is new is given a slug, a file, its categories and authors."""
        known = self.identity(entry)
        places = [*map(host_and_path, (entry.url, *entry.aliases, *entry.known_as))]
        slug = self._slugs.get(known)
        if slug is not None:
            self.present += 1
        elif entry.is_page:
            self._slugs[known] = slug = known
            self._new_files[slug] = f"{slug}.md"
            self._addresses.note(entry, slug, {}, ())
        else:
            slug = self._taken.take(self._slug(entry))
            categories = self._categories(entry)
            self._authors(entry)
            self._slugs[known] = slug
            self._new_files[slug] = self._free_path(categories[0], slug)
            kept = {path: path for _host, path in reversed(places)}
            self._addresses.note(entry, slug, kept, self._by_address)
            self._old_lists.add_entry(entry, self._known_categories.find)
        for host, path in places:
            if path:
                self._hosts.add(host)
                self._give(path, slug, entry.status)

    def _give(self, path: str, slug: str, status: Status) -> None:
        """Let an old path mean an article: of two the first, but a draft gives way to another."""
        if status is Status.PUBLISHED and path in self._of_drafts:
            self._of_drafts.remove(path)
            self._by_address[path] = slug
        elif path not in self._by_address:
            self._by_address[path] = slug
            if status is not Status.PUBLISHED:
                self._of_drafts.add(path)

    def close(self) -> None:
        """Decide aliases and redirects, once every entry is known."""
        # Of entries that a query tells apart, none has the path for itself.
        for key in self._addresses.shared():
            self._by_address.pop(key, None)
        lists = self._old_lists.pairs()
        self.addresses.add(lists)
        moved = (
            *self._addresses.fitting(lists),
            *self._addresses.close(self._by_address, self._of_drafts, self.is_expected),
        )
        known = set(self._site.redirects)
        self.redirects = tuple(pair for pair in moved if pair not in known)
        self.remarks += (*self._addresses.remarks, *self._ids.remarks)
        self.begin_again()
        self._taken = self._paths = TakenNames()

    def placement(self, entry: ForeignEntry) -> Placement | None:
        """Return where a new entry will live, once; None where its id was there. After `close`."""
        known = self.identity(entry)
        slug = self._slugs.get(known, "")
        path = self._new_files.pop(slug, "")
        if not path:
            return None
        if entry.is_page:
            return Placement(slug=slug, path=path, id=known)
        return Placement(
            slug=slug,
            path=path,
            id=known,
            categories=self._categories(entry),
            authors=self._authors(entry),
            aliases=tuple(dict.fromkeys(self._addresses.aliases_of(entry, slug, self._by_address))),
        )

    def begin_again(self) -> None:
        """Expect the entries of the source once more, from the first on."""
        self._ids.begin_again()

    def is_expected(self, slug: str) -> bool:
        """Return whether that is a new entry that has not been placed yet."""
        return slug in self._new_files

    def find(self, address: str) -> str:
        """Return the slug of the article that an old address means, or an empty text."""
        host, path = host_and_path(address)
        is_own = not host or host in self._hosts
        return self._by_address.get(path, "") if path and is_own else ""

    def identity(self, entry: ForeignEntry) -> str:
        """Return the id of an entry; once in each reading, in the order of the source."""
        return self._ids.of_page(self._slug(entry)) if entry.is_page else self._ids.of(entry)

    def _slug(self, entry: ForeignEntry) -> str:
        last = re.sub(r"\.(html?|php|md)$", "", path_of(entry.url).rstrip("/").rpartition("/")[2])
        return _short(next(filter(None, map(slugify, (entry.slug, last, entry.title))), "entry"))

    def _free_path(self, folder: str, slug: str) -> str:
        if slug == "readme":  # no article, whoever wrote it
            self._paths[f"{folder}/readme.md"] += 1
        return self._paths.take(f"{folder}/{slug}", ".md")

    def _categories(self, entry: ForeignEntry) -> tuple[str, ...]:
        slugs = [self._listed(term) for term in entry.categories if one_line(term.name)]
        slugs += filter(None, map(self._known_categories.find, entry.uncertain))
        if not slugs:
            slugs = [self._category(self._default)]
            for term in entry.categories:  # nameless: the list of what has none
                self._listed(replace(term, name=self._default.name))
        return tuple(dict.fromkeys(slugs))

    def _listed(self, term: Term) -> str:
        """The slug of a category, whose old addresses are noted."""
        slug = self._category(term)
        self._old_lists.add_term(term, slug)
        if not self._known_categories.find(term.slug):
            self._old_lists.add_label(Taxonomy.CATEGORY, term.slug, slug)
        return slug

    def _category(self, term: Term) -> str:
        name = one_line(term.name)
        labels = self._known_categories
        if known := labels.find(name) or labels.find(term.slug):
            return known
        slug = _short(slugify(unquote(term.slug)) or slugify(name) or "section")
        if slug in ("media", "pages"):  # folders that are not one of articles
            slug = f"{slug}-section"
        if slug not in labels:
            labels.add(Category(slug=slug, name=name))
        return slug

    def _authors(self, entry: ForeignEntry) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, map(self._author, entry.authors))))

    def _author(self, person: Person) -> str:
        """The slug of an author, whose old address is noted."""
        name = one_line(person.name)
        slug = self._known_authors.find(name) or self._new_author(person, name)
        self._old_lists.add((old, f"/authors/{slug}") for old in person.pages if slug)
        if slug and not self._known_authors.find(person.slug):
            self._old_lists.add_label(Taxonomy.AUTHOR, person.slug, slug)
        return slug

    def _new_author(self, person: Person, name: str) -> str:
        slug = slugify(unquote(person.slug)) or slugify(name)
        if not slug:
            return ""
        slug = self._author_slugs.take(slug)
        author = Author(
            slug=slug,
            name=name or slug,
            email=person.email if _MAIL.fullmatch(person.email) else "",
            url=writable(person.url.strip()),
        )
        self._known_authors.add(author)
        return slug


def _short(slug: str) -> str:
    return shortened(slug, _MAX_SLUG).strip("-")
