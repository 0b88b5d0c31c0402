"""The first reading of a source: where each entry will live, and what site.yaml needs for it. Pure.

Links point forward, so every address is known before the first text is written. Kept per entry are
a few strings, never its text: a hundred thousand posts fit in some tens of megabytes. Must not know
front matter or Markdown.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from feedservice.domain import redirects, urls
from feedservice.domain.model import Author, Category, Site
from feedservice.domain.taxonomy import Taxonomy, find_author, find_category
from feedservice.domain.text import one_line, slugify
from feedservice.importing.addresses import host_and_path, is_http, path_of, split_or_none
from feedservice.importing.foreign_entry import ForeignEntry, Person, Term
from feedservice.importing.media import shortened
from feedservice.importing.redirect_rules import MAX_LITERAL, OldAddress, rules_for
from feedservice.importing.remarks import Remark, remark

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
        self.site = site
        self.remarks: list[Remark] = []
        self.present = 0
        self.redirects: tuple[tuple[str, str], ...] = ()
        self._default = Term(name=default) if default else DEFAULT_CATEGORY
        self._before = existing.slugs
        self._slugs: dict[str, str] = dict(existing.slugs)
        self._taken: set[str] = {*existing.names, *existing.slugs.values()}
        self._paths: set[str] = set(existing.paths)
        self._new_files: dict[str, str] = {}
        self._by_address: dict[str, str] = {}
        self._hosts: set[str] = set()
        self._aliases: dict[str, tuple[str, ...]] = {}
        self._old_addresses: list[OldAddress] = []
        self._old_pages: list[tuple[str, str]] = []
        self._old_lists: dict[str, str] = {}
        self._has_query_addresses = False
        self._met: Counter[str] = Counter()
        self._placed: Counter[str] = Counter()

    def take(self, entry: ForeignEntry) -> None:
        """Note one entry: what is new is given a slug, a file, its categories and authors."""
        known = self._identity(entry, self._met)
        slug = self._slugs.get(known)
        if slug is not None:
            self.present += 1
        elif entry.is_page:
            self._slugs[known] = slug = known
            self._new_files[slug] = f"{slug}.md"
            self._note_page(entry, slug)
        else:
            slug = self._free_slug(entry)
            self._taken.add(slug)
            categories = self._categories(entry)
            self._authors(entry)
            self._slugs[known] = slug
            self._new_files[slug] = self._free_path(categories[0], slug)
            self._note_addresses(entry, slug)
        for address in (entry.url, *entry.aliases, *entry.known_as):
            host, path = host_and_path(address)
            if path:
                self._hosts.add(host)
                self._by_address.setdefault(path, slug)

    def close(self) -> None:
        """Decide aliases and redirects, once every entry is known."""
        open_addresses = [each for each in self._old_addresses if not self._is_redirected(each)]
        rules = rules_for(open_addresses, self._taken)
        pages = self._old_pages[:MAX_LITERAL]
        moved = (*self._old_lists.items(), *pages, *rules.redirects)
        if len(pages) < len(self._old_pages):
            lost = self._old_pages[MAX_LITERAL:]
            self.remarks.append(remark("redirects-many", lost[0][0], n=len(lost)))
        self.redirects = tuple(pair for pair in moved if pair not in self.site.redirects)
        for slug, alias in rules.aliases:
            self._add_alias(slug, alias)
        self.remarks += rules.remarks
        if self._has_query_addresses:
            self.remarks.append(remark("address-query", "-"))
        self._old_addresses.clear()

    def placement(self, entry: ForeignEntry) -> Placement | None:
        """Return where a new entry will live, once; None where its id was there. After `close`."""
        known = self._identity(entry, self._placed)
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
            aliases=self._aliases.get(slug, ()),
        )

    def find(self, address: str) -> str:
        """Return the slug of the article that an old address means, or an empty text."""
        host, path = host_and_path(address)
        is_own = not host or host in self._hosts
        return self._by_address.get(path, "") if path and is_own else ""

    def _identity(self, entry: ForeignEntry, met: Counter[str]) -> str:
        """The id of an entry; of a second one that has the same, its address or a number with it.

        The two readings meet the entries in one order, so each gives an entry the same id; what an
        earlier import called by its address keeps that in any order.
        """
        if entry.is_page:
            known = _numbered(urls.PAGES + self._slug(entry), met)
            met[known] += 1
            return known
        known, own = identity(entry, self.site), one_line(entry.url)
        if own in self._before and is_http(own):
            return own
        met[known] += 1
        if met[known] == 1:
            return known
        if is_http(own) and own != known and not met[own]:
            met[own] += 1
        else:
            own = f"{known}#{met[known]}"
        if met is self._met:
            self.remarks.append(remark("id-twice", entry.place, value=known, id=own))
        return own

    def _is_redirected(self, address: OldAddress) -> bool:
        """Whether site.yaml has a line for it, or a pattern that leads to that very slug."""
        target = redirects.find(address.path, self.site.redirects)
        return target is not None and (not target.slug or slugify(target.slug) == address.slug)

    def _free_slug(self, entry: ForeignEntry) -> str:
        return _numbered(self._slug(entry), self._taken)

    def _slug(self, entry: ForeignEntry) -> str:
        last = path_of(entry.url).rstrip("/").rpartition("/")[2]
        names = (entry.slug, re.sub(r"\.(html?|php|md)$", "", last), entry.title)
        return _short(next(filter(None, map(slugify, names)), "entry"))

    def _free_path(self, folder: str, slug: str) -> str:
        taken = self._paths | {f"{folder}/readme.md"} if slug == "readme" else self._paths
        path = _numbered(f"{folder}/{slug}", taken, ".md")
        self._paths.add(path)
        return path

    def _categories(self, entry: ForeignEntry) -> tuple[str, ...]:
        slugs = [self._listed(term) for term in entry.categories if one_line(term.name)]
        known = (find_category(name, self.site) for name in entry.uncertain)
        slugs += [slug for slug in known if slug]
        return tuple(dict.fromkeys(slugs)) or (self._category(self._default),)

    def _listed(self, term: Term) -> str:
        """The slug of a category, whose old addresses are noted."""
        slug = self._category(term)
        page = f"/{Taxonomy.CATEGORY.plural}/{slug}"
        pairs = [(old, page) for old in term.pages] + [(old, f"{page}.rss") for old in term.feeds]
        self._old_lists.update((old, new) for old, new in pairs if redirects.is_good(old, new))
        return slug

    def _category(self, term: Term) -> str:
        name = one_line(term.name)
        known = find_category(name, self.site)
        if not known and term.slug:
            known = find_category(term.slug, self.site)
        if known:
            return known
        slug = _short(slugify(unquote(term.slug)) or slugify(name) or "section")
        if slug in ("media", "pages"):  # folders that are not one of articles
            slug = f"{slug}-section"
        if self.site.category(slug) is None:
            category = Category(slug=slug, name=name)
            self.site = replace(self.site, categories=(*self.site.categories, category))
        return slug

    def _authors(self, entry: ForeignEntry) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, map(self._author, entry.authors))))

    def _author(self, person: Person) -> str:
        name = one_line(person.name)
        known = find_author(name, self.site)
        if known:
            return known.slug
        slug = slugify(unquote(person.slug)) or slugify(name)
        if not slug:
            return ""
        slug = _numbered(slug, {author.slug for author in self.site.authors})
        author = Author(
            slug=slug,
            name=name,
            email=person.email if _MAIL.fullmatch(person.email) else "",
            url=person.url if is_http(person.url) and len(person.url.split()) == 1 else "",
        )
        self.site = replace(self.site, authors=(*self.site.authors, author))
        return slug

    def _note_page(self, entry: ForeignEntry, slug: str) -> None:
        for address in (entry.url, *entry.aliases):
            path = path_of(address).rstrip("/")
            if path.startswith("/") and path != f"/{slug}" and redirects.is_good(path, f"/{slug}"):
                self._old_pages.append((path, f"/{slug}"))

    def _note_addresses(self, entry: ForeignEntry, slug: str) -> None:
        below = path_of(self.site.base_url).rstrip("/")
        for address in (entry.url, *entry.aliases):
            path = path_of(address)
            path = path.removeprefix(below) if path.startswith(f"{below}/") else path
            if not path.startswith("/") or not path.strip("/"):
                parts = split_or_none(address)
                self._has_query_addresses |= address == entry.url and bool(parts and parts.query)
                continue
            article = _ARTICLE.fullmatch(path)
            alias = slugify(article[1]) if article else ""
            if not alias:
                self._old_addresses.append(OldAddress(path=path, slug=slug))
            elif alias not in self._taken:
                self._taken.add(alias)
                self._add_alias(slug, alias)

    def _add_alias(self, slug: str, alias: str) -> None:
        self._aliases[slug] = (*self._aliases.get(slug, ()), alias)


def identity(entry: ForeignEntry, site: Site) -> str:
    """Return the id of an entry: its own, else its address, else one made of its name."""
    if entry.id.strip() or is_http(entry.url):
        return one_line(entry.id) or one_line(entry.url)
    name = entry.url or next(iter(entry.known_as), "") or entry.title
    return f"{site.id}:{urls.percent(name.strip('/'))}"


def _short(slug: str) -> str:
    return shortened(slug, _MAX_SLUG).strip("-")


def _numbered(name: str, taken: Collection[str], ending: str = "") -> str:
    """The name, with a number where it is taken without one."""
    free, count = name + ending, 1
    while free in taken:
        count += 1
        free = f"{name}-{count}{ending}"
    return free
