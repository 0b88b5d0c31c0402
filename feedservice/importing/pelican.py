"""A site of Pelican → entries: headers, ``{filename}`` and ``{static}`` links. Pure.

``pelicanconf.py`` is a program: it is never run, only its plain assignments of text are read.
"""

import ast
import posixpath
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from feedservice.domain.model import Status
from feedservice.domain.text import slugify
from feedservice.importing import front_matter
from feedservice.importing.addresses import join, split_or_none
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.front_matter import Fields
from feedservice.importing.generators import entry_of, persons, stem_of, terms, unread
from feedservice.importing.markdown_links import outside_code
from feedservice.importing.remarks import Remark, remark

_INTERNAL = re.compile(r"[{|](?:filename|attach|static)[|}]([^)\s\"'>]*)")
_LISTS = re.compile(r"[{|](?:tag|category|author|index|archives)[|}][^)\s\"'>]*")
_ADDRESS_WORD = re.compile(r"\{(slug|category|lang|author)\}|\{date:([^{}]*)\}")


def settings_of(program: str) -> dict[str, str]:
    """Return the plain texts that a configuration assigns, by names in lower case."""
    try:
        statements = ast.parse(program).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    settings: dict[str, str] = {}
    for statement in statements:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            value = statement.value.value
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            if isinstance(value, str):
                settings |= {name.lower(): value for name in names}
    return settings


@dataclass(frozen=True, slots=True)
class Pelican:
    """How Pelican's folder is read; ``config`` is what `settings_of` found."""

    config: Fields
    paths: frozenset[str] = frozenset()
    kind: ClassVar[str] = "pelican"
    configs: ClassVar[tuple[str, ...]] = ("publishconf.py", "pelicanconf.py")
    parts: ClassVar[tuple[tuple[str, str], ...]] = ()
    carried: ClassVar[tuple[str, ...]] = (".md", ".markdown", ".mkd", ".mdown")

    @property
    def _content(self) -> str:
        return self.config.text("path") or "content"

    def holds(self, path: str) -> bool:
        """See `Generator`."""
        pages = f"{self._content}/pages/"
        return path.startswith(f"{self._content}/") and not path.startswith(pages)

    def media_paths(self, src: str) -> tuple[str, ...]:
        """See `Generator`."""
        path = src.lstrip("/")
        return (path, f"{self._content}/{path}")

    def read(self, path: str, text: str) -> ForeignEntry:
        """See `Generator`."""
        fields, body = front_matter.split_headers(text, self.config.zone)
        entry = entry_of(fields, path)
        folder = posixpath.dirname(path)
        inner = folder.removeprefix(self._content).strip("/")
        slug = entry.slug or slugify(entry.title) or stem_of(path)
        category = fields.text("category") or inner.partition("/")[0]
        url = self._url(fields, slug, category, entry.published)
        remarks: list[Remark] = []
        status = fields.text("status").lower() or "published"
        if status not in ("published", "draft"):
            remarks.append(remark("status-other", path, value=status))
        authors = fields.text("authors", "author")
        image = entry.image
        if image:
            image = replace(image, src=self._without_marks(image.src, folder))

        def carried(part: str) -> str:
            lists = _LISTS.finditer(part)
            remarks.extend(remark("link-unknown", path, value=match[0]) for match in lists)
            return self._without_marks(_LISTS.sub("/", part), folder)

        return replace(
            entry,
            id=_tag_uri(url, entry.published),
            url=url,
            markdown=outside_code(body, carried),
            base=f"{folder}/",
            slug=slug,
            aliases=fields.texts("aliases", cut=","),
            known_as=(path,),
            categories=terms((category,) if category else ()),
            tags=fields.texts("tags", "keywords", cut=",،"),
            authors=persons(fields.texts("authors", "author", cut=";" if ";" in authors else ",،")),
            image=image,
            status=Status.PUBLISHED if status == "published" else Status.DRAFT,
            unread=unread(fields),
            remarks=tuple(remarks),
        )

    def _url(self, fields: Fields, slug: str, category: str, published: datetime | None) -> str:
        words = {"slug": slug, "category": slugify(category), "lang": fields.text("lang")}
        pattern = fields.text("url", "save_as") or self.config.text("article_url") or "{slug}.html"

        def word(match: re.Match[str]) -> str:
            if match[1]:
                return words.get(match[1], "")
            return published.strftime(match[2]) if published else ""

        path = "/" + _ADDRESS_WORD.sub(word, pattern).lstrip("/")
        site = self.config.text("siteurl").rstrip("/")
        parts = split_or_none(site)
        return f"{site}{path}" if parts and parts.scheme else join(site, path)

    def _without_marks(self, text: str, folder: str) -> str:
        """Links to files of the source as they are from the file's own folder."""

        def target(match: re.Match[str]) -> str:
            named = match[1]
            if not named.startswith("/"):
                return named
            return posixpath.relpath(f"{self._content}{named}", folder)

        return _INTERNAL.sub(target, text)


def _tag_uri(url: str, published: datetime | None) -> str:
    """The id that Pelican's feeds give an article, where its host is known."""
    parts = split_or_none(url)
    if parts is None or not parts.hostname or not published:
        return ""
    return f"tag:{parts.hostname},{published:%Y-%m-%d}:{parts.path}"
