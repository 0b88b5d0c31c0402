"""A site of Nikola → entries: metadata in comments, or in files beside. Pure.

``conf.py`` is a program: it is never run, only its plain assignments are read.
"""

import posixpath
import re
from dataclasses import replace
from typing import Any, ClassVar

from feedservice.domain.text import slugify
from feedservice.importing import rest
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.front_matter import Fields
from feedservice.importing.front_matter import split as split_front
from feedservice.importing.markdown_folder import MarkdownFolder

_LINE = re.compile(r"\.\. ([\w-]+):[ \t]*(.*)")
_COMMENT = re.compile(r"\s*<!--[ \t]*\n(.*?)\n-->[ \t]*\n?", re.DOTALL)
_MORE = re.compile(r"<!--\s*TEASER_END[^<>]*-->")


class Nikola(MarkdownFolder):
    """How Nikola's folder is read; ``config`` is what its program assigns."""

    kind: ClassVar[str] = "nikola"
    configs: ClassVar[tuple[str, ...]] = ("conf.py",)
    carried: ClassVar[tuple[str, ...]] = (".md", ".markdown", ".mdown", ".html", ".htm", ".rst")

    def read(self, path: str, text: str) -> ForeignEntry | str | None:
        """See `Generator`."""
        entry = super().read(path, text)
        if not isinstance(entry, ForeignEntry) or not path.lower().endswith(".rst"):
            return entry
        body, language = entry.markdown or "", self.config.text("default_lang") or "en"
        above = text.count("\n") - body.count("\n")
        document = rest.read(body, path, language, above=above, has_title=False)
        remarks = (*entry.remarks, *document.remarks)
        return replace(entry, markdown=None, html=document.html(), remarks=remarks)

    def holds(self, path: str) -> bool:
        """See `Generator`: what lies in a folder that POSTS or PAGES name."""
        return any(path.startswith(f"{folder}/") for folder, _ in self._folders)

    def is_page(self, path: str, name: str, fields: Fields) -> bool:  # noqa: ARG002
        """See `MarkdownFolder`."""
        return any(path.startswith(f"{folder}/") for folder, _ in self._pairs("pages"))

    def split(self, text: str) -> tuple[Fields, str]:
        """See `MarkdownFolder`."""
        comment = _COMMENT.match(text)
        lines = (comment[1] if comment else text).split("\n")
        found = [match for line in lines if (match := _LINE.fullmatch(line.strip()))]
        if not found or (not comment and not _LINE.match(text)):
            fields, body = split_front(text, self.config.zone)
            return fields, _MORE.sub("", body)
        values: dict[str, Any] = {match[1].lower(): match[2].strip() for match in found}
        values["date"] = re.sub(r"[ \t]?UTC(?=[+-])", "", values.get("date", ""))
        body = text[comment.end() :] if comment else _after(text)
        for key in ("tags", "category", "author"):
            names = [each.strip() for each in values.get(key, "").split(",") if each.strip()]
            values[key] = [each for each in names if each not in ("draft", "private")]
        status = values.get("status") or ("draft" if "draft" in str(found) else "")
        if status in ("draft", "private"):
            values["draft"] = "true"
        return Fields(values, self.config.zone), _MORE.sub("", body)

    def place(self, path: str) -> tuple[str, str]:
        """See `MarkdownFolder`: a folder's address is the one that the settings give it."""
        folder, target = next(
            (pair for pair in self._folders if path.startswith(f"{pair[0]}/")), ("", "")
        )
        stem = posixpath.splitext(path.removeprefix(f"{folder}/"))[0]
        return posixpath.split(posixpath.join(target, stem))

    def address(self, fields: Fields, folder: str, slug: str) -> str:  # noqa: ARG002
        """See `MarkdownFolder`."""
        site = self.config.text("site_url").rstrip("/")
        ending = ".html" if self.config.text("pretty_urls") == "false" else "/"
        return f"{site}/{posixpath.join(folder, slugify(slug))}{ending}"

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


def _after(text: str) -> str:
    """What follows comments at the beginning."""
    lines = text.split("\n")
    at = next(
        (n for n, line in enumerate(lines) if line.strip() and not line.startswith(".. ")),
        len(lines),
    )
    return "\n".join(lines[at:])
