"""A site of Astro → entries: collections of content, and the pages that show them. Pure.

Which address an entry has is written in a program, which is never run: the names of the files that
show entries (``src/pages/posts/[...slug].astro``) say it where anything does.
"""

import posixpath
import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import ClassVar

from feedservice.domain.headline import Status
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.front_matter import Fields
from feedservice.importing.markdown_folder import MarkdownFolder, absolute
from feedservice.importing.remarks import remark

_COLLECTIONS = ("src/content/", "src/data/")
_ROUTE = re.compile(
    r"src/pages/((?:[^/]+/)*)\[(?:\.\.\.)?(?:slug|id|post|path|entry|blog|article)\]"
    r"(?:/index)?\.(?:astro|tsx?|jsx?)"
)
_LISTS = frozenset("tag tags category categories author authors topic topics".split())
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?", re.IGNORECASE)
_ANY_LANGUAGE = ("[lang]", "[locale]", "[...lang]", "[...locale]")


@dataclass(frozen=True, slots=True)
class Astro(MarkdownFolder):
    """How Astro's folder is read: collections in ``src/content``, and ``src/pages``.

    ``routes`` are the folders of pages that show one entry each, and ``collections`` has for each
    collection those that are called like it. ``folders`` are those that the configuration names,
    the inner before the outer, each with its collection.
    """

    routes: frozenset[str] = field(init=False, default=frozenset())
    collections: dict[str, frozenset[str]] = field(init=False, default_factory=dict)
    folders: tuple[tuple[str, str], ...] = field(init=False, default=())
    kind: ClassVar[str] = "astro"
    configs: ClassVar[tuple[str, ...]] = tuple(
        f"astro.config.{ending}" for ending in ("mjs", "js", "ts", "mts", "cjs")
    )
    parts: ClassVar[tuple[tuple[str, str], ...]] = tuple(
        (f"src/{name}.{ending}", "content")
        for name in ("content/config", "content.config")
        for ending in ("mjs", "js", "mts", "ts")
    )
    roots: ClassVar[tuple[str, ...]] = (*_COLLECTIONS, "src/pages/")
    is_date_in_address: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Look at the names once."""
        found = map(_ROUTE.fullmatch, (path for path in self.paths if path.startswith("src/pages")))
        routes = {match[1].rstrip("/") for match in found if match}
        routes = {each for each in routes if each.rpartition("/")[2] not in _LISTS}
        content = self.config.values.get("content")
        bases = content.get("bases", {}) if isinstance(content, dict) else {}
        folders = sorted(((f"{base}/", bases[base]) for base in bases), reverse=True)
        object.__setattr__(self, "folders", tuple(folders))
        paths = map(self._path_of, self.paths)
        inside = (path.split("/") for path in paths if path.startswith(_COLLECTIONS))
        names = {parts[2] for parts in inside if len(parts) > 3}  # src/content/config.ts is none
        called = {name: {each for each in routes if name in each.split("/")} for name in names}
        object.__setattr__(self, "routes", frozenset(routes))
        object.__setattr__(self, "collections", {key: frozenset(called[key]) for key in called})

    def _path_of(self, path: str) -> str:
        """Where a file would lie if its collection had no folder of its own."""
        base, name = next((each for each in self.folders if path.startswith(each[0])), ("", ""))
        return f"{_COLLECTIONS[0]}{name}/{path.removeprefix(base)}" if name else path

    def holds(self, path: str) -> bool:
        """See `Generator`."""
        return MarkdownFolder.holds(self, self._path_of(path))

    def place(self, path: str) -> tuple[str, str]:
        """See `MarkdownFolder`."""
        return MarkdownFolder.place(self, self._path_of(path))

    def read(self, path: str, text: str) -> ForeignEntry | str | None:
        """See `Generator`: what no page showed had no readers, and comes as a draft."""
        entry = MarkdownFolder.read(self, path, text)
        if not isinstance(entry, ForeignEntry) or not self._path_of(path).startswith(_COLLECTIONS):
            return entry
        collection = self._path_of(path).split("/")[2]
        is_shown = self.collections.get(collection) or self._free or not self.routes
        if is_shown or entry.status is Status.DRAFT:
            return entry
        told = remark("unshown", path, value=collection)
        return replace(entry, status=Status.DRAFT, remarks=(*entry.remarks, told))

    def address(self, fields: Fields, folder: str, slug: str) -> str:  # noqa: ARG002
        """See `MarkdownFolder`."""
        collection, *rest = posixpath.join(folder, slug).split("/")
        parts = self._address_of(collection, [_slug(each) for each in rest])
        return absolute(self.config.text("site"), f"/{'/'.join(filter(None, parts))}/")

    def _address_of(self, collection: str, rest: list[str]) -> tuple[str, ...]:
        called = self.collections.get(collection, frozenset())
        language = rest[0] if len(rest) > 1 and _LANGUAGE.fullmatch(rest[0]) else ""
        if language and called & {f"{each}/{collection}" for each in (language, *_ANY_LANGUAGE)}:
            return (language, collection, *rest[1:])
        if collection in called and language and len(called) > 1:
            return (collection, *rest[1:])  # the pages of others are below their languages
        if collection in called or not rest:
            return (collection, *rest)
        others = sum(not each for each in self.collections.values())
        if len(called) == 1 or (len(self._free) == 1 and others == 1):
            return (*(called or self._free), *rest)
        return (collection, *rest)

    @property
    def _free(self) -> frozenset[str]:
        """Routes that are called like no collection."""
        return self.routes.difference(*self.collections.values())


def _slug(name: str) -> str:
    """A part of an address as github-slugger makes it."""
    kept = (char for char in name.lower() if char in " -" or _is_kept(unicodedata.category(char)))
    return "".join(kept).replace(" ", "-")


def _is_kept(category: str) -> bool:
    return category[0] in "LM" or category in ("Nd", "Nl", "Pc")
