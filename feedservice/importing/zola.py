"""A site of Zola → entries: front matter of TOML, internal links (``@/``), shortcodes. Pure."""

import posixpath
import re
from dataclasses import replace
from typing import ClassVar

from text_unidecode import unidecode  # type: ignore[import-untyped]

from feedservice.importing.addresses import aliases_below, is_http, join, path_of
from feedservice.importing.foreign_entry import ForeignEntry, Term
from feedservice.importing.front_matter import Fields
from feedservice.importing.generators import persons, stem_of, terms
from feedservice.importing.markdown_folder import MarkdownFolder
from feedservice.importing.markdown_links import outside_code
from feedservice.importing.shortcodes import Unknown, attributes, replace_between

_SHORTCODES = (
    (re.compile(r"\{\{"), re.compile(r"\}\}")),
    (re.compile(r"\{%"), re.compile(r"%\}")),
)
_CALL = re.compile(r"\s*([a-z]\w*)\s*\((.*)\)\s*", re.DOTALL)
_VIDEOS = {"youtube": "https://www.youtube.com/watch?v=", "vimeo": "https://vimeo.com/"}
_LETTERS = {"ء": "'", "إ": "'", "א": "'", "־": "-", "ׁ": "h", "ֺ": "o", "ٓ": "a", "ٰ": "a", "ٴ": "e"}
"""What Zola's tables (deunicode) have otherwise than ours."""
_INTERNAL = re.compile(r"(?<=\()@/(?=[^\s()])")


class Zola(MarkdownFolder):
    """How Zola's folder is read; ``config`` is the site's configuration."""

    kind: ClassVar[str] = "zola"
    configs: ClassVar[tuple[str, ...]] = ("zola.toml", "config.toml")
    roots: ClassVar[tuple[str, ...]] = ("content/",)

    def holds(self, path: str) -> bool:
        """See `Generator`: ``_index.md`` is the text of a section."""
        return path.startswith("content/") and path.lower().endswith(".md")

    def read(self, path: str, text: str) -> ForeignEntry | str | None:
        """See `Generator`."""
        if stem_of(path).partition(".")[0] == "_index":
            return "list-text" if self.split(text)[1].strip() else None
        entry = super().read(path, text)
        if entry is None or isinstance(entry, str):
            return entry
        fields, _body = self.split(text)
        language = self._language(path)
        return replace(
            entry,
            categories=terms(fields.texts("taxonomies.categories")) or entry.categories,
            tags=fields.texts("taxonomies.tags") or entry.tags,
            authors=persons(fields.texts("taxonomies.authors", "authors")) or entry.authors,
            aliases=aliases_below(path_of(self.config.text("base_url")), entry.aliases),
            known_as=(*entry.known_as, path.removeprefix("content/")),
            is_page=entry.published is None,
            lang=entry.lang or language,
            unread=tuple(
                key
                for key in entry.unread
                if key.partition(".")[0] not in ("taxonomies", "path", "template")
            ),
        )

    def place(self, path: str) -> tuple[str, str]:
        """See `MarkdownFolder`: a language at the end of a name comes first in the address."""
        language = self._language(path)
        folder, name = super().place(path.replace(f".{language}.md", ".md") if language else path)
        return posixpath.join(language, folder), name

    def section(self, folder: str) -> tuple[Term, ...]:
        """See `MarkdownFolder`."""
        first, _, rest = folder.partition("/")
        known = self.config.values.get("languages")
        return super().section(rest if isinstance(known, dict) and first in known else folder)

    def address(self, fields: Fields, folder: str, slug: str) -> str:
        """See `MarkdownFolder`."""
        slug = slugified(slug, self.config.text("slugify.paths"))
        path = fields.text("path").strip("/") or posixpath.join(folder, slug)
        site = self.config.text("base_url")
        return join(f"{site.rstrip('/')}/", f"{path}/") if is_http(site) else f"/{path}/"

    def shown(self, body: str, unknown: Unknown) -> str:
        """See `MarkdownFolder`."""

        def shortcode(opening: re.Match[str], inside: str) -> str:
            whole = f"{opening[0]}{inside}{'}}' if opening[0] == '{{' else '%}'}"
            call = _CALL.fullmatch(inside)
            if not call:
                return whole
            values = attributes(call[2])
            if call[1] in _VIDEOS and values.get("id"):
                return f"<{_VIDEOS[call[1]]}{values['id']}>"
            unknown.tell("shortcode", f"{{{{ {call[1]}() }}}}", whole)
            return whole

        def without(part: str) -> str:
            for begin, end in _SHORTCODES:
                part = replace_between(part, begin, end, shortcode)
            return _INTERNAL.sub("/content/", part)

        return outside_code(body, without)

    def _language(self, path: str) -> str:
        _, _, language = stem_of(path).rpartition(".")
        known = self.config.values.get("languages")
        is_known = isinstance(known, dict) and language.lower() in known and "." in stem_of(path)
        return language.lower() if is_known else ""


def slugified(name: str, strategy: str) -> str:
    """Return a name as it is in an address: ``slugify.paths`` of Zola's configuration says how.

    >>> slugified("مقدمة عن الماء", "")
    'mqdm-n-lm'
    """
    if strategy == "off":
        return name
    if strategy == "safe":
        return re.sub(r'[<>:"/\\|?*]', "", name.rstrip(" ."))
    latin = "".join(_LETTERS.get(char) or str(unidecode(char)) for char in name)
    return re.sub("[^a-z0-9]+", "-", latin.lower()).strip("-")
