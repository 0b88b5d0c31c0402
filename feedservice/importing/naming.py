"""The first reading of a source: where each entry will live, and what site.yaml needs for it. Pure.

Links point forward, so every address is known before the first text is written. Kept per entry are
a few strings, never
its text: a hundred thousand posts fit in some tens of megabytes. Must not know front matter or
Markdown.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from feedservice.domain import redirects, urls
from feedservice.domain.model import Author, Category, Site
from feedservice.domain.taxonomy import find_author, find_category
from feedservice.domain.text import one_line, slugify
from feedservice.importing.foreign_entry import Fault, Imported, Person, Term
from feedservice.importing.moving import Moved, rules_for

_QUERY = re.compile(r"(?:^|&)(p|page_id)=([0-9]+)(?:&|$)")
UNSORTED = Term(name="مستورد", slug="imported")
_ARTICLE = re.compile(r"/articles/([^/]+)/?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    """What the content folder holds already: slugs by id, all slugs and aliases, all article
    paths.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    names: Collection[str] = frozenset()
    paths: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
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
        default: name or slug of the category of entries that have none; empty for `UNSORTED`.
    """

    def __init__(self, site: Site, existing: Existing, default: str) -> None:
        self.site = site
        self.faults: list[Fault] = []
        self.present = 0
        self.redirects: tuple[tuple[str, str], ...] = ()
        self._default = Term(name=default) if default else UNSORTED
        self._ids: dict[str, str] = dict(existing.ids)
        self._taken: set[str] = {*existing.names, *existing.ids.values()}
        self._paths: set[str] = set(existing.paths)
        self._files: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._hosts: set[str] = set()
        self._aliases: dict[str, tuple[str, ...]] = {}
        self._moved: list[Moved] = []
        self._plain = False

    def take(self, entry: Imported) -> None:
        """Note one entry: what is new is given a slug, a file, its categories and authors."""
        known = identity(entry, self.site)
        slug = self._ids.get(known)
        if slug is not None:
            self.present += slug not in self._files
        else:
            slug = self._free(entry)
            self._taken.add(slug)
            categories = self._categories(entry)
            self._authors(entry)
            self._ids[known] = slug
            self._files[slug] = self._file(categories[0], slug)
            self._note_addresses(entry, slug)
        for address in (entry.url, *entry.others, *entry.known_as):
            host, path = parts_of(address)
            if path:
                self._hosts.add(host)
                self._addresses.setdefault(path, slug)

    def close(self) -> None:
        """Settle aliases and redirects, once every entry is known."""
        settled = rules_for([moved for moved in self._moved if not self._leads(moved)], self._taken)
        self.redirects = tuple(
            pair for pair in settled.redirects if pair not in self.site.redirects
        )
        for slug, alias in settled.aliases:
            self._aliases[slug] = (*self._aliases.get(slug, ()), alias)
        self.faults += settled.faults
        if self._plain:
            self.faults.append(Fault(what="address-query", place="-"))
        self._moved.clear()

    def placed(self, entry: Imported) -> Placed | None:
        """Return where an entry will live, once; None where its id was there before. Ask after
        `close`.
        """
        known = identity(entry, self.site)
        slug = self._ids.get(known, "")
        path = self._files.pop(slug, "")
        if not path:
            return None
        return Placed(
            slug=slug,
            path=path,
            id=known,
            categories=self._categories(entry),
            authors=self._authors(entry),
            aliases=self._aliases.get(slug, ()),
        )

    def find(self, address: str) -> str:
        """Return the slug of the article that an old address means, or an empty text."""
        host, path = parts_of(address)
        return self._addresses.get(path, "") if path and (not host or host in self._hosts) else ""

    def _leads(self, moved: Moved) -> bool:
        """Whether site.yaml says where an old path leads: by a line of its own, or by a pattern to
        that very slug.
        """
        found = redirects.find(moved.path, self.site.redirects)
        return found is not None and (not found.slug or slugify(found.slug) == moved.slug)

    def _free(self, entry: Imported) -> str:
        path = unquote(urlsplit(entry.url).path).rstrip("/").rpartition("/")[2]
        named = (
            slugify(name)
            for name in (entry.slug, re.sub(r"\.(html?|php|md)$", "", path), entry.title)
        )
        slug = _short(next(filter(None, named), "entry"))
        free, count = slug, 1
        while free in self._taken:
            count += 1
            free = f"{slug}-{count}"
        return free

    def _file(self, folder: str, slug: str) -> str:
        path, count = f"{folder}/{slug}.md", 1
        while path in self._paths or slug == "readme":
            count += 1
            path = f"{folder}/{slug}-{count}.md"
            if path not in self._paths:
                break
        self._paths.add(path)
        return path

    def _categories(self, entry: Imported) -> tuple[str, ...]:
        found = [self._category(term) for term in entry.categories if one_line(term.name)]
        found += [slug for name in entry.uncertain if (slug := find_category(name, self.site))]
        return tuple(dict.fromkeys(found)) or (self._category(self._default),)

    def _category(self, term: Term) -> str:
        name = one_line(term.name)
        slug = find_category(name, self.site) or (
            find_category(term.slug, self.site) if term.slug else None
        )
        if slug is None:
            slug = _short(slugify(unquote(term.slug)) or slugify(name) or "section")
            # The folder of pictures is no folder of articles.
            slug = f"{slug}-section" if slug == "media" else slug
            if self.site.category(slug) is None:
                category = Category(slug=slug, name=name)
                self.site = replace(self.site, categories=(*self.site.categories, category))
        return slug

    def _authors(self, entry: Imported) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(slug for person in entry.authors if (slug := self._author(person)))
        )

    def _author(self, person: Person) -> str:
        name = one_line(person.name)
        known = find_author(name, self.site)
        if known:
            return known.slug
        slug = base = slugify(unquote(person.slug)) or slugify(name)
        count = 1
        while slug and self.site.author(slug):
            count += 1
            slug = f"{base}-{count}"
        if slug:
            author = Author(
                slug=slug, name=name, email=one_line(person.email), url=one_line(person.url)
            )
            self.site = replace(self.site, authors=(*self.site.authors, author))
        return slug

    def _note_addresses(self, entry: Imported, slug: str) -> None:
        below = urlsplit(self.site.base_url).path.rstrip("/")
        for n, address in enumerate((entry.url, *entry.others)):
            parts = urlsplit(address)
            path = unicodedata.normalize("NFC", unquote(parts.path))
            path = path.removeprefix(below) if path.startswith(f"{below}/") else path
            if not path.startswith("/") or path.strip("/") == "":
                self._plain |= bool(parts.query) and n == 0
                continue
            old = _ARTICLE.fullmatch(path)
            if old and slugify(old[1]):
                alias = slugify(old[1])
                if alias not in self._taken:
                    self._taken.add(alias)
                    self._aliases[slug] = (*self._aliases.get(slug, ()), alias)
            else:
                self._moved.append(Moved(path=path, slug=slug))


def parts_of(address: str) -> tuple[str, str]:
    """Return host and path of an address, however it is spelt; an empty path where it has none to
    go by.

    >>> parts_of("https://www.news.example/2025/%D8%A3/?x=1#top")
    ('news.example', '/2025/أ')
    """
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return "", ""
    path = unicodedata.normalize("NFC", unquote(parts.path)).rstrip("/")
    path = re.sub(r"/index\.html?$", "", path)
    query = _QUERY.search(parts.query)
    return host, f"{path}?{query[1]}={query[2]}" if query else path


def identity(entry: Imported, site: Site) -> str:
    """Return the id of an entry: its own, else its address, as readers do, else one made of its
    name.
    """
    if entry.id.strip() or urlsplit(entry.url).scheme:
        return one_line(entry.id) or one_line(entry.url)
    name = entry.url or next(iter(entry.known_as), "") or entry.title
    return f"{site.id}:{urls.percent(name.strip('/'))}"


def _short(slug: str) -> str:
    """File systems allow 255 bytes of a name; an Arabic letter takes two."""
    while len(slug.encode()) > 190:
        slug = slug[:-1]
    return slug.strip("-")
