"""The first reading of a source: where each entry will live, and what site.yaml needs for it. Pure.

Links point forward, so every address is known before the first text is written. Kept per entry are
a few strings, never its text: a hundred thousand posts fit in some tens of megabytes. Must not know
front matter or Markdown.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from feedservice.domain import redirects
from feedservice.domain.headline import Status
from feedservice.domain.model import Author, Category, Site
from feedservice.domain.taxonomy import Taxonomy
from feedservice.domain.text import one_line, slugify
from feedservice.importing.addresses import (
    from_root,
    has_number,
    host_and_path,
    is_http,
    path_of,
)
from feedservice.importing.entry_ids import EntryIds
from feedservice.importing.foreign_entry import ForeignEntry, Person, Term
from feedservice.importing.media import shortened
from feedservice.importing.old_lists import OldLists
from feedservice.importing.redirect_rules import MAX_LITERAL, OldAddress, is_literal, rules_for
from feedservice.importing.remarks import UNANSWERED, Remark, number, remark
from feedservice.importing.site_labels import SiteLabels
from feedservice.importing.taken_names import TakenNames

DEFAULT_CATEGORY = Term(name="مستورد", slug="imported")
_MAX_SLUG = 190
"""Bytes: file systems allow 255 of a name."""
_ARTICLE = re.compile(r"/articles/([^/]+)/?")
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
        self._aliases: dict[str, list[str]] = {}
        self._old_addresses: list[OldAddress] = []
        self._old_pages: list[tuple[str, str]] = []
        self._old_lists = OldLists(site)
        self._queried: dict[str, dict[str, str]] = defaultdict(dict)
        """By path: slugs of entries that have a query too, and by what `_by_address` has them."""
        self._unsaid = 0
        self.known_addresses = self.unanswered = 0

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
            self._note_page(entry, slug)
        else:
            slug = self._taken.take(self._slug(entry))
            categories = self._categories(entry)
            self._authors(entry)
            self._slugs[known] = slug
            self._new_files[slug] = self._free_path(categories[0], slug)
            self._note_addresses(entry, slug, {path: path for _host, path in reversed(places)})
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
        shared = {path: keys for path, keys in self._queried.items() if len(keys) > 1}
        for key in set[str]().union(*(keys.values() for keys in shared.values())):
            self._by_address.pop(key, None)
        articles = [each for each in self._old_addresses if each.path not in shared]
        old_pages = [pair for pair in self._old_pages if pair[0] not in shared]
        self._unsaid += len(self._old_addresses) + len(self._old_pages)
        self._unsaid -= len(articles) + len(old_pages)
        self._old_addresses, self._old_pages = articles, old_pages
        open_addresses = [each for each in self._old_addresses if not self._is_redirected(each)]
        rules = rules_for(open_addresses, self._taken)
        known = set(self._site.redirects)
        all_lists = self._old_lists.pairs()
        lists, pages = map(self._fitting, (all_lists, self._old_pages))
        moved = (*lists, *pages, *rules.redirects)
        self.redirects = tuple(pair for pair in moved if pair not in known)
        for slug, alias in rules.aliases:
            self._add_alias(slug, alias)
        self.remarks += rules.remarks
        if self._unsaid:
            self.remarks.append(remark("address-query", "-", n=self._unsaid))
        self.unanswered = sum(number(each) for each in self.remarks if each.code in UNANSWERED)
        self.known_addresses += len(all_lists) + len(self._old_pages) + self._unsaid
        self.known_addresses += len(self._old_addresses)
        self.remarks += self._ids.remarks
        self.begin_again()
        self._old_addresses = []
        self._taken = self._paths = TakenNames()

    def _fitting(self, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return those that site.yaml has room for; the others are told."""
        if lost := pairs[MAX_LITERAL:]:
            self.remarks.append(remark("redirects-many", lost[0][0], n=len(lost)))
        return pairs[:MAX_LITERAL]

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
            aliases=tuple(self._aliases.get(slug, ())),
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

    def _is_redirected(self, address: OldAddress) -> bool:
        """Whether site.yaml has a line for it, or a pattern that leads to that very slug."""
        target = redirects.find(address.path, self._site.redirects)
        return target is not None and (not target.slug or slugify(target.slug) == address.slug)

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
            name=name,
            email=person.email if _MAIL.fullmatch(person.email) else "",
            url=person.url if is_http(person.url) and len(person.url.split()) == 1 else "",
        )
        self._known_authors.add(author)
        return slug

    def _note_page(self, entry: ForeignEntry, slug: str) -> None:
        for address in (entry.url, *entry.aliases):
            path = self._old_path(address, entry, slug)
            if path and path != f"/{slug}" and is_literal(path):
                self._old_pages.append((path, f"/{slug}"))

    def _note_addresses(self, entry: ForeignEntry, slug: str, kept: Mapping[str, str]) -> None:
        """Note old addresses; one text serves here and there for those that are ``kept``."""
        for address in (entry.url, *entry.aliases):
            path = self._old_path(address, entry, slug)
            if not path or (entry.status is not Status.PUBLISHED and path in self._by_address):
                continue
            article = _ARTICLE.fullmatch(path)
            alias = slugify(article[1]) if article else ""
            self.known_addresses += bool(alias)
            if not alias:
                self._old_addresses.append(OldAddress(path=kept.get(path, path), slug=slug))
            elif alias not in self._taken:
                self._taken[alias] += 1
                self._add_alias(slug, alias)

    def _old_path(self, address: str, entry: ForeignEntry, slug: str) -> str:
        """The path of an old address; empty where that does not say which entry is meant."""
        path = from_root(path_of(address), self._site.base_url).rstrip("/")
        has_query, key = "?" in address, host_and_path(address)[1]
        if not path.startswith("/") or has_number(key):
            self._unsaid += has_query and address == entry.url
            return ""
        if has_query:
            self._queried[path][slug] = key
        return path

    def _add_alias(self, slug: str, alias: str) -> None:
        self._aliases.setdefault(slug, []).append(alias)


def _short(slug: str) -> str:
    return shortened(slug, _MAX_SLUG).strip("-")
