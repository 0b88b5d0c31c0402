"""A site of Hugo → entries: bundles, permalinks, ``relref``, shortcodes. Pure."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import unquote

from feedservice.domain.label_slugs import label_slug
from feedservice.domain.taxonomy import Taxonomy
from feedservice.importing import front_matter, hugo_urls
from feedservice.importing.addresses import aliases_below, is_http, join
from feedservice.importing.foreign_entry import ForeignEntry, Person, Term
from feedservice.importing.front_matter import Fields
from feedservice.importing.generators import REFERENCE, entry_of, stem_of, unread
from feedservice.importing.hugo_shortcodes import without_shortcodes
from feedservice.importing.shortcodes import Unknown

_PLAIN_SECTIONS = frozenset({"post", "posts", "blog", "article", "articles", "page", "pages", ""})
_TAXONOMIES = ("tags", "categories", "authors")
_PAGES = (".md", ".html")
_ENDINGS = ("toml", "yaml", "yml", "json")
_DATES = ("date", "publishdate", "pubdate", "published", "lastmod", "modified")
"""Where Hugo looks for the date of a page, the key that wins first."""


@dataclass(frozen=True, slots=True)
class Hugo:
    """How Hugo's folder is read: by the site's configuration and the paths of all its files."""

    config: Fields
    paths: frozenset[str] = frozenset()
    kind: ClassVar[str] = "hugo"
    configs: ClassVar[tuple[str, ...]] = tuple(
        f"{folder}{name}.{ending}"
        for folder in ("config/_default/", "")
        for name in ("hugo", "config")
        for ending in _ENDINGS
    )
    parts: ClassVar[tuple[tuple[str, str], ...]] = tuple(
        (f"config/_default/{key}.{ending}", key)
        for key in ("languages", "permalinks", "taxonomies", "params")
        for ending in _ENDINGS
    )
    carried: ClassVar[tuple[str, ...]] = (".md", ".markdown", ".mdown", ".html", ".htm")

    def holds(self, path: str) -> bool:
        """See `Generator`: a file of a bundle is no article."""
        root, _language = self._root(path)
        if not root:
            return False
        folders = posixpath.dirname(path).split("/")
        own = stem_of(path).partition(".")[0] == "index"
        above = range(root.count("/") + 2, len(folders) + (0 if own else 1))
        return not any(self._has("/".join(folders[:depth]), "index") for depth in above)

    def media_paths(self, src: str) -> tuple[str, ...]:
        """See `Generator`."""
        path = src.lstrip("/")
        content = self._contents[0][0]
        below = path.removeprefix(f"{content}/")
        folders = ("static", "assets", content)
        return (path, *(f"{folder}/{path}" for folder in folders), f"static/{below}")

    def read(self, path: str, text: str) -> ForeignEntry | str | None:
        """See `Generator`."""
        fields, body = front_matter.split(text, self.config.zone)
        if stem_of(path).partition(".")[0] == "_index":
            return "list-text" if body.strip() else None
        entry = entry_of(fields, path)
        root, language = self._root(path)
        stem, named = self._stem(path.removeprefix(f"{root}/"))
        language = named or language or hugo_urls.default_language(self.config)
        languages = hugo_urls.languages_of(self.config)
        published = fields.moment(*_DATES)
        if _is_no_article(fields):
            return "not-shown"
        url = self._url(fields, root, stem, language, published)
        section = stem.partition("/")[0] if "/" in stem else ""
        unknown = Unknown(path, text, body)
        shown = without_shortcodes(body, stem, unknown)
        is_html = path.lower().endswith((".html", ".htm"))
        name = posixpath.basename(stem)
        below = hugo_urls.prefix_of(language, self.config)
        return replace(
            entry,
            id=entry.id or (url if "://" in url else ""),
            url=url,
            html=shown if is_html else None,
            markdown=None if is_html else shown,
            base=f"{posixpath.dirname(path)}/",
            published=fields.moment("publishdate", "pubdate", "published", "date"),
            slug=entry.slug or name,
            aliases=aliases_below(
                hugo_urls.base_path(self.config), (_rooted(each, stem) for each in entry.aliases)
            ),
            known_as=(
                path,
                REFERENCE + stem.lower(),
                REFERENCE + name.lower(),
                posixpath.splitext(path)[0],
                _translated(stem, language),
            ),
            translations=tuple(
                (other, _translated(stem, other)) for other in languages if other != language
            ),
            categories=self._listed(entry.categories, below) or _section(section, below),
            authors=self._writers(entry.authors, below),
            lists=tuple(self._lists(fields, entry.tags, section, below)),
            tags=(*entry.tags, *self._other_terms(fields)),
            lang=entry.lang or named or (language if len(languages) > 1 else ""),
            is_page=published is None or _is_list(fields, entry, body),
            unread=unread(fields),
            written=unknown.written,
            remarks=tuple(unknown.remarks),
        )

    @property
    def _contents(self) -> tuple[tuple[str, str], ...]:
        """Content folders with the language of what lies in them (empty: files say it)."""
        languages = hugo_urls.languages_of(self.config)
        own = ((_folder(self.config, f"languages.{each}.contentdir"), each) for each in languages)
        common = _folder(self.config, "contentdir") or "content"
        found = (*((folder, each) for folder, each in own if folder), (common, ""))
        return tuple(sorted(found, key=lambda pair: -len(pair[0])))

    def _root(self, path: str) -> tuple[str, str]:
        """The content folder that a path lies in, and its language; empty where in none."""
        return next((each for each in self._contents if path.startswith(f"{each[0]}/")), ("", ""))

    def _has(self, folder: str, name: str) -> bool:
        """Whether a folder has a page of that name, in any language."""
        languages = hugo_urls.languages_of(self.config)
        names = (name, *(f"{name}.{each}" for each in languages))
        return any(f"{folder}/{each}{end}" in self.paths for each in names for end in _PAGES)

    def _sections(self, folder: str, root: str) -> tuple[str, ...]:
        """A first folder is a section; one below it where it has a list of its own."""
        names = folder.split("/") if folder else []
        return tuple(
            name
            for depth, name in enumerate(names)
            if not depth or self._has("/".join((root, *names[: depth + 1])), "_index")
        )

    def _stem(self, path: str) -> tuple[str, str]:
        """The page's path below its content folder without ending, and the language it names."""
        stem = posixpath.splitext(path)[0]
        name, _, language = stem.rpartition(".")
        if name and language.lower() in hugo_urls.languages_of(self.config):
            stem, language = name, language.lower()
        else:
            language = ""
        is_bundle = posixpath.basename(stem) == "index"
        stem = posixpath.dirname(stem) if is_bundle else stem
        return stem, language

    def _url(
        self,
        fields: Fields,
        root: str,
        stem: str,
        language: str,
        published: datetime | None,
    ) -> str:
        folder, name = posixpath.split(stem)
        page = hugo_urls.Page(
            folder=folder,
            sections=self._sections(folder, root),
            name=name,
            title=fields.text("title"),
            slug=fields.text("slug"),
            url=fields.text("url"),
            language=language,
            published=published,
        )
        base = self.config.text(f"languages.{language}.baseurl", "baseurl")
        path = hugo_urls.path_of(page, self.config)
        return join(base, path) if is_http(base) else unquote(path)

    def _other_terms(self, fields: Fields) -> tuple[str, ...]:
        """Terms of taxonomies beside Hugo's own two: they become tags."""
        names = self._others
        return tuple(term for name in names for term in fields.texts(name, f"taxonomies.{name}"))

    @property
    def _others(self) -> tuple[str, ...]:
        known = self.config.values.get("taxonomies")
        plurals = known.values() if isinstance(known, dict) else ()
        names = (str(each).lower() for each in plurals if isinstance(each, str))
        return tuple(name for name in names if name not in _TAXONOMIES)

    def _is_elsewhere(self, taxonomy: str, below: str) -> bool:
        """Whether its lists are not where those of every site of Hugo are."""
        return bool(below) or hugo_urls.has_pattern(taxonomy, self.config)

    def _listed(self, terms: tuple[Term, ...], below: str) -> tuple[Term, ...]:
        """Categories with the addresses of their lists, where those are elsewhere."""
        is_elsewhere = self._is_elsewhere("categories", below)
        pages = (self._list("categories", below, term.name) for term in terms)
        return tuple(
            replace(term, pages=(page,), feeds=(f"{page}/index.xml",))
            if is_elsewhere or "/" in term.name
            else term
            for term, page in zip(terms, pages, strict=True)
        )

    def _writers(self, persons: tuple[Person, ...], below: str) -> tuple[Person, ...]:
        """Authors with the addresses of their lists, where those are elsewhere."""
        if not self._is_elsewhere("authors", below):
            return persons
        return tuple(replace(p, pages=(self._list("authors", below, p.name),)) for p in persons)

    def _list(self, taxonomy: str, below: str, term: str = "") -> str:
        return hugo_urls.list_of(taxonomy, self.config, term, below=below)

    def _lists(
        self, fields: Fields, tags: tuple[str, ...], section: str, below: str
    ) -> Iterator[tuple[str, str]]:
        """Lists below a language's folder, of a section that is no category, and of other slugs."""
        named = [(name, term) for name in self._others for term in fields.texts(name)]
        for folder, term in (*named, *(("tags", tag) for tag in tags)):
            old = self._list(folder, below, term)
            new = f"/tags/{label_slug(Taxonomy.TAG, term)}"
            if not _is_led_on(old, new):
                yield from ((old, new), (f"{old}/index.xml", f"{new}.rss"))
        yield self._list("categories", below), "/"
        yield from ((self._list(name, below), f"/{name}") for name in ("tags", "authors"))
        yield from ((self._list(name, below), "/tags") for name in dict(named))
        plain = f"{below}/{section}" if section in _PLAIN_SECTIONS and section else ""
        for root in filter(None, (below, plain)):
            yield root, "/"
            yield f"{root}/index.xml", "/feed.rss"


def _folder(config: Fields, key: str) -> str:
    return posixpath.normpath(config.text(key)).strip("/.") if config.text(key) else ""


def _translated(stem: str, language: str) -> str:
    """What a translation of a page is known as."""
    return f"{REFERENCE}{language}/{stem}".lower()


def _is_list(fields: Fields, entry: ForeignEntry, body: str) -> bool:
    """Whether a page has nothing to read but what a layout of its own makes of others."""
    shows = body.strip() or entry.summary or entry.image or entry.media
    return not shows and bool(fields.text("layout"))


def _is_no_article(fields: Fields) -> bool:
    """Whether a page is only a part of others, or not built."""
    hidden = ("never", "false")
    named = (f"{key}.{what}" for key in ("build", "_build") for what in ("render", "list"))
    values = (fields.text("headless") == "true", *(fields.text(key) in hidden for key in named))
    return any(values)


def _section(name: str, below: str) -> tuple[Term, ...]:
    """The category that a section is, with its page and its feed."""
    if name in _PLAIN_SECTIONS:
        return ()
    page = f"{below}/{name}"
    return (Term(name=name, pages=(page,), feeds=(f"{page}/index.xml",)),)


def _rooted(alias: str, stem: str) -> str:
    if is_http(alias) or alias.startswith("/"):
        return alias
    return posixpath.normpath(posixpath.join(posixpath.dirname(stem), alias))


def _is_led_on(old: str, new: str) -> bool:
    """Whether the list of a tag is found here, by the slug that Hugo gives it, without a line."""
    folder, _, slug = old.rpartition("/")
    is_ours = label_slug(Taxonomy.TAG, slug) == new.rpartition("/")[2]
    return is_ours and folder in ("/tag", "/tags")
