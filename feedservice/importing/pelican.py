"""A site of Pelican → entries: headers, ``{filename}`` and ``{static}`` links. Pure.

``pelicanconf.py`` is a program: it is never run, only its plain assignments are read.
"""

import ast
import posixpath
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from feedservice.domain.headline import Status
from feedservice.importing import front_matter, pelican_urls, rest
from feedservice.importing.addresses import aliases_below, path_of
from feedservice.importing.dates import moment_of
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.front_matter import Fields
from feedservice.importing.generators import REFERENCE, entry_of, persons, stem_of, terms, unread
from feedservice.importing.markdown_links import outside_code
from feedservice.importing.remarks import remark
from feedservice.importing.words_lost import Written

_INTERNAL = re.compile(r"[{|](?:filename|attach|static)[|}]([^)\s\"'>]*)")
_LISTS = re.compile(r"[{|](?:tag|category|author|index|archives)[|}][^)\s\"'>]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
"""Pelican's own FILENAME_METADATA; one of the site's own is a program, and not run."""
_FOLDERS = MappingProxyType({"article_paths": ("",), "page_paths": ("pages",)})
"""Where Pelican looks when its settings do not say it."""


def settings_of(program: str) -> dict[str, Any]:
    """Return the plain values that a configuration assigns, by names in lower case."""
    try:
        statements = ast.parse(program).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    settings: dict[str, Any] = {}
    named = _Named()
    for statement in statements:
        if isinstance(statement, ast.Assign):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            with suppress(ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
                said = ast.literal_eval(named.visit(statement.value))
                settings |= {name.lower(): _plain(said) for name in names}
                named.known |= {name: said for name in names if isinstance(said, str)}
    return settings


class _Named(ast.NodeTransformer):
    """Puts in place of a name the text that was assigned to it: ``{DEFAULT_LANG: ""}``."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """See `ast.NodeTransformer`."""
        return ast.Constant(self.known[node.id]) if node.id in self.known else node


def _plain(value: Any) -> Any:
    """Texts, lists and mappings of them, as front matter has them."""
    if isinstance(value, dict):
        return {str(key).lower(): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Pelican:
    """How Pelican's folder is read; ``config`` is what `settings_of` found.

    ``modified`` says when a file was last written, for sites that date articles by that. The
    languages of its articles are met at the first reading, and known at the second.
    """

    config: Fields
    paths: frozenset[str] = frozenset()
    modified: Callable[[str], datetime | None] = field(default=lambda _path: None, compare=False)
    _languages: set[str] = field(default_factory=set, compare=False, repr=False)
    kind: ClassVar[str] = "pelican"
    configs: ClassVar[tuple[str, ...]] = ("publishconf.py", "pelicanconf.py")
    parts: ClassVar[tuple[tuple[str, str], ...]] = ()
    carried: ClassVar[tuple[str, ...]] = (".md", ".markdown", ".mkd", ".mdown", ".rst")

    def holds(self, path: str) -> bool:
        """See `Generator`: static files are no articles."""
        static = self.config.texts("static_paths") or ("images",)
        passed = tuple(self._below(each) for each in static if each.strip("/."))
        is_text = self._is_page(path) or self._is_in(path, "article", "page")
        return is_text and not path.startswith(passed)

    def media_paths(self, src: str) -> tuple[str, ...]:
        """See `Generator`."""
        path = src.lstrip("/")
        return (path, self._below("") + path)

    def read(self, path: str, text: str) -> ForeignEntry | str:
        """See `Generator`."""
        document = rest.read(text, path, self._language) if path.lower().endswith(".rst") else None
        fields, body = (
            (Fields({"title": document.title, **document.fields}, self.config.zone), "")
            if document
            else front_matter.split_headers(text, self.config.zone)
        )
        if str(fields.values.get("save_as", path)) in ("", "false"):
            return "not-shown"
        entry = entry_of(fields, path)
        folder, stem = posixpath.dirname(path), stem_of(path)
        named = _DATE.match(stem)
        published = entry.published or moment_of(named[0] if named else "", self.config.zone)
        if not self._is_page(path):
            published = published or self._default_date(path)
        source = stem if self.config.text("slugify_source") == "basename" else entry.title
        slug = entry.slug or pelican_urls.slugify(source or stem, self.config) or stem
        category = fields.text("category") or self._named(path)
        is_page = self._is_page(path)
        kind = "page" if is_page else "article"
        url = pelican_urls.address(self.config, fields, slug, category, published, kind)
        remarks = list(document.remarks) if document else []
        status = fields.text("status").lower() or "published"
        if status not in ("published", "draft"):
            remarks.append(remark("status-other", path, value=status))
        authors = fields.text("authors", "author") or self.config.text("author")
        image = entry.image
        if image:
            image = replace(image, src=self._without_marks(image.src, folder))

        written = Written(text=body, line=text.count("\n") - body.count("\n") + 1)

        def carried(part: str) -> str:
            lists = _LISTS.finditer(part)
            remarks.extend(remark("link-unknown", path, value=match[0]) for match in lists)
            return self._without_marks(_LISTS.sub("/", part), folder)

        return replace(
            entry,
            id=pelican_urls.tag_uri(url, published),
            url=pelican_urls.escaped(url),
            title=entry.title or stem,
            html=document.html(carried) if document else None,
            markdown=None if document else outside_code(body, carried),
            written=document.written if document else written,
            base=f"{folder}/",
            published=published,
            slug=slug,
            aliases=aliases_below(
                path_of(self.config.text("siteurl")), fields.texts("aliases", cut=",")
            ),
            known_as=(path, _translated(slug, entry.lang or self._language)),
            categories=terms((category,) if category else ()),
            tags=fields.texts("tags", "keywords", cut=",،"),
            authors=persons(_names(authors)),
            image=image,
            status=Status.PUBLISHED if status == "published" else Status.DRAFT,
            translations=self._translations(slug, entry.lang or self._language),
            is_page=is_page,
            unread=tuple(key for key in unread(fields) if key != "translation"),
            remarks=tuple(remarks),
        )

    def _default_date(self, path: str) -> datetime | None:
        """What DEFAULT_DATE says: ``fs``, numbers from the year on, or a date."""
        said, zone = self.config.texts("default_date"), self.config.zone
        if said == ("fs",):
            moment = self.modified(path)
            return moment.astimezone(ZoneInfo(zone)).replace(microsecond=0) if moment else None
        if len(said) == 1:
            return moment_of(said[0], zone)
        with suppress(ValueError, TypeError, OverflowError):
            return datetime(*map(int, said[:6]), tzinfo=ZoneInfo(zone))  # type: ignore[arg-type, misc]
        return None

    def _is_page(self, path: str) -> bool:
        return self._is_in(path, "page", "article")

    def _is_in(self, path: str, kind: str, other: str) -> bool:
        """Whether a file lies in a folder of its kind, and in none of the other kind below that."""
        passed = (*self._folders(f"{kind}_excludes"), *self._folders(f"{other}_paths"))
        nearest = max((len(each) for each in passed if path.startswith(each)), default=0)
        roots = self._folders(f"{kind}_paths")
        return any(f"{path}/".startswith(each) and len(each) >= nearest for each in roots)

    def _folders(self, key: str) -> tuple[str, ...]:
        said = self.config.values.get(key, _FOLDERS.get(key, ()))
        return tuple(map(self._below, (said,) if isinstance(said, str) else said))

    @property
    def _content(self) -> str:
        path = posixpath.normpath(self.config.text("path") or "content")
        return "" if path == "." else path

    @property
    def _language(self) -> str:
        return self.config.text("default_lang") or "en"

    def _below(self, folder: str) -> str:
        """A folder of the content, with a slash; empty where that is the root of all."""
        path = posixpath.normpath(posixpath.join(self._content, folder.strip("/")))
        return "" if path in (".", "") else f"{path}/"

    def _named(self, path: str) -> str:
        """The category of an article that names none: its own folder, else the default one."""
        inner = posixpath.dirname(path.removeprefix(self._below("")))
        by_folder = self.config.text("use_folder_as_category") != "false"
        folder = posixpath.basename(inner) if by_folder else ""
        return folder or self.config.text("default_category")

    def _translations(self, slug: str, language: str) -> tuple[tuple[str, str], ...]:
        """Pelican holds articles with one slug and several languages together."""
        self._languages.add(language)
        others = self._languages - {language}
        return tuple((other, _translated(slug, other)) for other in sorted(others))

    def _without_marks(self, text: str, folder: str) -> str:
        """Links to files of the source as they are from the file's own folder."""

        def target(match: re.Match[str]) -> str:
            named = match[1]
            if not named.startswith("/"):
                return named
            return posixpath.relpath(self._below("") + named.lstrip("/"), folder)

        return _INTERNAL.sub(target, text)


def _names(authors: str) -> tuple[str, ...]:
    parts = authors.replace("،", ",").split(";" if ";" in authors else ",")
    return tuple(filter(None, map(str.strip, parts)))


def _translated(slug: str, language: str) -> str:
    """What a translation of an article is known as."""
    return f"{REFERENCE}{language}/{slug}"
