"""A site of Nikola → entries: metadata in comments, or in files beside. Pure.

``conf.py`` is a program: it is never run, only its plain assignments are read.
"""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from urllib.parse import quote

from text_unidecode import unidecode  # type: ignore[import-untyped]

from feedservice.importing import rest
from feedservice.importing.addresses import path_of
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.front_matter import Fields
from feedservice.importing.front_matter import split as split_front
from feedservice.importing.generators import persons
from feedservice.importing.markdown_folder import MarkdownFolder
from feedservice.importing.nikola_lists import NikolaLists

_LINE = re.compile(r"\.\. ([\w-]+):(?!:)[ \t]*(.*)")
_COMMENT = re.compile(r"\s*<!--[ \t]*\n(.*?)\n-->[ \t]*\n?", re.DOTALL)
_IN_ORDER = ("title", "slug", "date", "tags", "link", "description", "type")
"""What the lines of the oldest files beside a text are."""
_SAFE = "/%:?=&#~+,;@!$'()*"
_PRIVATE = frozenset({"draft", "private"})
_MORE = re.compile(r"<!--\s*TEASER_END[^<>]*-->")


@dataclass(frozen=True, slots=True)
class Nikola(MarkdownFolder):
    """How Nikola's folder is read; ``config`` is what its program assigns.

    ``beside`` reads a file of the folder: metadata may stand in one beside the text, ``x.meta``.
    """

    beside: Callable[[str], bytes | None] = field(default=lambda _path: None, compare=False)
    _lists: NikolaLists = field(init=False, compare=False, repr=False)
    kind: ClassVar[str] = "nikola"
    is_date_in_address: ClassVar[bool] = True
    configs: ClassVar[tuple[str, ...]] = ("conf.py",)
    carried: ClassVar[tuple[str, ...]] = (
        *(".md", ".markdown", ".mdown", ".html", ".htm"),
        *(".rst", ".txt"),
    )

    def __post_init__(self) -> None:
        """Begin to meet lists."""
        object.__setattr__(self, "_lists", NikolaLists(self.config, self._slug))

    def read(self, path: str, text: str) -> ForeignEntry | str | None:
        """See `Generator`."""
        above = self._meta(path)
        entry = MarkdownFolder.read(self, path, f"{above}{text}")
        if not isinstance(entry, ForeignEntry):
            return entry
        language = self._language(path)
        folders = self._published(path, language)
        if not entry.authors and (author := self._lists.said("blog_author", language)):
            entry = replace(entry, authors=persons((author,)))
        entry = replace(
            self._lists.with_lists(entry, folders),
            lang=language,
            aliases=(*entry.aliases, *self._untranslated(entry.url, [*folders.values()])),
        )
        if not path.lower().endswith((".rst", ".txt")):
            return entry
        body, language = entry.markdown or "", self.config.text("default_lang") or "en"
        lines = text.count("\n") - body.count("\n")
        document = rest.read(body, path, language, above=max(lines, 0), has_title=False)
        remarks = (*entry.remarks, *document.remarks)
        return replace(
            entry, markdown=None, written=document.written, html=document.html(), remarks=remarks
        )

    def holds(self, path: str) -> bool:
        """See `Generator`: what lies in a folder that POSTS or PAGES name."""
        return any(path.startswith(f"{folder}/") for folder, _ in self._folders)

    def is_page(self, path: str, name: str, fields: Fields) -> bool:  # noqa: ARG002
        """See `MarkdownFolder`."""
        return any(path.startswith(f"{folder}/") for folder, _ in self._pairs("pages"))

    def split(self, text: str) -> tuple[Fields, str]:
        """See `MarkdownFolder`."""
        comment = _COMMENT.match(text)
        # Directives of the text look like them: only what stands above it is metadata.
        head, body = (comment[1], text[comment.end() :]) if comment else _split(text)
        lines = (line.strip() for line in head.split("\n"))
        found = [match for line in lines if (match := _LINE.fullmatch(line))]
        if not found:
            fields, body = split_front(text, self.config.zone)
            return fields, _MORE.sub("", body)
        values: dict[str, Any] = {match[1].lower(): match[2].strip() for match in found}
        values["date"] = re.sub(r"[ \t]?UTC(?=[+-])", "", values.get("date", ""))
        for key in ("tags", "category", "author"):
            names = [each.strip() for each in values.get(key, "").split(",")]
            values[key] = [*filter(None, names)]
        hiding = _PRIVATE if self.config.text("use_tag_metadata") != "false" else frozenset()
        if values.get("status") in _PRIVATE or not hiding.isdisjoint(values["tags"]):
            values["draft"] = "true"
        values["tags"] = [each for each in values["tags"] if each not in hiding]
        return Fields(values, self.config.zone), _MORE.sub("", body)

    def place(self, path: str) -> tuple[str, str]:
        """See `MarkdownFolder`: a folder's address is the one that the settings give it."""
        folder, target = next(
            (pair for pair in self._folders if path.startswith(f"{pair[0]}/")), ("", "")
        )
        stem = posixpath.splitext(path.removeprefix(f"{folder}/"))[0]
        language = self._language(path)
        prefix = self._prefix(language)
        stem = stem.removesuffix(f".{language}")
        return posixpath.split(posixpath.join(prefix, target, stem).removeprefix("./"))

    def address(self, fields: Fields, folder: str, slug: str) -> str:
        """See `MarkdownFolder`."""
        site = self.config.text("site_url").rstrip("/")
        # What the metadata say is an address as it is; the name of a file becomes one.
        name = slug if fields.text("slug") else self._slug(slug)
        is_plain = self.config.text("pretty_urls") == "false"
        path = posixpath.join(folder, name)
        if name == "index":
            path = folder and f"{folder}/"
        else:
            path += ".html" if is_plain else "/"
        return f"{site}/{quote(path, safe=_SAFE)}"

    def _slug(self, name: str) -> str:
        """A slug as ``nikola.utils.slugify`` makes it."""
        if self.config.text("use_slugify") == "false":
            return name
        name = "".join(map(_latin, name))
        name = re.sub(r"[^+\w\s-]", "", name).strip().lower()
        return re.sub(r"[-\s]+", "-", name)

    def _meta(self, path: str) -> str:
        """What a file beside a text says of it, as a text of its own would."""
        data = self.beside(f"{posixpath.splitext(path)[0]}.meta")
        if data is None:
            return ""
        lines = [line.strip() for line in data.decode("utf-8-sig", "replace").splitlines()]
        if not any(map(_LINE.fullmatch, lines)):
            lines = [f".. {key}: {line}" for key, line in zip(_IN_ORDER, lines, strict=False)]
        return "\n".join((*filter(None, lines), "", ""))

    @property
    def _translations(self) -> dict[str, str]:
        said = self.config.values.get("translations")
        return {key: str(value) for key, value in said.items()} if isinstance(said, dict) else {}

    def _language(self, path: str) -> str:
        """The language that a name says (``x.ar.rst``), where it is not the site's own."""
        language = posixpath.splitext(posixpath.splitext(path)[0])[1][1:].lower()
        is_other = language != (self.config.text("default_lang") or "en").lower()
        return language if is_other and language in self._translations else ""

    def _prefix(self, language: str) -> str:
        """The folder that a language is in; empty for the site's own."""
        folder = posixpath.normpath(self._translations.get(language, "") if language else "")
        return "" if folder == "." else folder.strip("/")

    def _published(self, path: str, language: str) -> dict[str, str]:
        """Languages whose site has a text, its own first, and their folders: not translated, too.

        The site's own is an empty text.
        """
        stem = posixpath.splitext(path)[0]
        stem = stem.removesuffix(f".{language}") if language else stem
        usual = (self.config.text("default_lang") or "en").lower()
        known = {"" if each.lower() == usual else each: each for each in self._translations}
        own = {language: self._prefix(language)}
        if self.config.text("show_untranslated_posts") == "false":
            return own
        for each in known:
            beside = stem + (f".{each}" if each else "")
            if self.paths.isdisjoint(beside + ending for ending in self.carried):
                own[each] = self._prefix(each)
        return own

    def _untranslated(self, url: str, folders: list[str]) -> list[str]:
        """The addresses of a text in other languages, which show it as it is."""
        root = path_of(self.config.text("site_url")).rstrip("/")
        own, *others = (posixpath.join(f"{root}/", folder) for folder in folders)
        below = path_of(url).removeprefix(own).strip("/")
        end = "/" if url.endswith("/") else ""
        return [posixpath.join(each, below) + end for each in others]

    @property
    def _folders(self) -> list[tuple[str, str]]:
        return self._pairs("posts") + self._pairs("pages")

    def _pairs(self, key: str) -> list[tuple[str, str]]:
        """Folders of the source, and of the site, of POSTS or PAGES."""
        rows = self.config.values.get(key)
        if not isinstance(rows, list) or not rows:
            return [("posts", "posts")] if key == "posts" else [("pages", "")]
        pairs = [(posixpath.dirname(str(row[0])), str(row[1])) for row in rows if len(row) > 1]
        return list(dict.fromkeys(pair for pair in pairs if pair[0]))


def _split(text: str) -> tuple[str, str]:
    """Lines of metadata at the beginning, up to the first that is none, and what follows."""
    lines = text.lstrip("\n").split("\n")
    at = next((n for n, line in enumerate(lines) if not _LINE.fullmatch(line.strip())), len(lines))
    return "\n".join(lines[:at]), "\n".join(lines[at:]).lstrip("\n")


def _latin(char: str) -> str:
    known = str(unidecode(char))
    return "" if known.startswith("[?]") else known
