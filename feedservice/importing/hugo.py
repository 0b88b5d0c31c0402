"""A site of Hugo → entries: bundles, permalinks, ``relref``, shortcodes. Pure."""

import posixpath
import re
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import ClassVar

from feedservice.domain.text import slugify
from feedservice.importing import front_matter
from feedservice.importing.addresses import join, path_of, split_or_none
from feedservice.importing.foreign_entry import ForeignEntry, Term
from feedservice.importing.front_matter import Fields
from feedservice.importing.generators import REFERENCE, entry_of, permalink, unread
from feedservice.importing.markdown_links import outside_code
from feedservice.importing.remarks import Remark, remark
from feedservice.importing.shortcodes import attributes, fenced, replace_between

_PLAIN_SECTIONS = frozenset({"post", "posts", "blog", "article", "articles", "page", "pages", ""})
_LANGUAGE = re.compile(r"(.+)\.([a-z]{2}(?:-[a-z]{2})?)")
_HIGHLIGHT = (
    re.compile(r"\{\{<\s*+highlight\s++([^\s{>}]++)[^{>}]*+>\}\}\n?"),
    re.compile(r"\n?\{\{<\s*+/highlight\s*+>\}\}"),
)
_SHORTCODES = (
    (re.compile(r"\{\{<"), re.compile(r">\}\}")),
    (re.compile(r"\{\{%"), re.compile(r"%\}\}")),
)
_QUOTED = re.compile(r'["`]([^"`]*)["`]|(\S+)')
_VIDEOS = {"youtube": "https://www.youtube.com/watch?v=", "vimeo": "https://vimeo.com/"}


@dataclass(frozen=True, slots=True)
class Hugo:
    """How Hugo's folder is read; ``config`` is the site's configuration."""

    config: Fields
    kind: ClassVar[str] = "hugo"
    configs: ClassVar[tuple[str, ...]] = tuple(
        f"{name}.{ending}"
        for name in ("hugo", "config")
        for ending in ("toml", "yaml", "yml", "json")
    )
    parts: ClassVar[tuple[tuple[str, str], ...]] = ()
    carried: ClassVar[tuple[str, ...]] = (".md", ".markdown", ".mdown")

    @property
    def _content(self) -> str:
        return self.config.text("contentdir") or "content"

    def holds(self, path: str) -> bool:
        """See `Generator`: a list (``_index.md``) is not an article."""
        return path.startswith(f"{self._content}/") and not posixpath.basename(path).startswith("_")

    def media_paths(self, src: str) -> tuple[str, ...]:
        """See `Generator`."""
        path = src.lstrip("/")
        below = path.removeprefix(f"{self._content}/")
        folders = ("static", "assets", self._content)
        return (path, *(f"{folder}/{path}" for folder in folders), f"static/{below}")

    def read(self, path: str, text: str) -> ForeignEntry:
        """See `Generator`."""
        fields, body = front_matter.split(text, self.config.zone)
        entry = entry_of(fields, path)
        stem, language = self._stem(path)
        section = stem.partition("/")[0] if "/" in stem else ""
        published = fields.moment("publishdate", "pubdate", "published", "date")
        slug = entry.slug or posixpath.basename(stem)
        url = self._url(fields, stem, slug, published)
        base = self.config.text("baseurl").rstrip("/")
        remarks: list[Remark] = []
        return replace(
            entry,
            url=join(f"{base}/", url.lstrip("/")) if base else url,
            markdown=_without_shortcodes(body, path, stem, remarks),
            base=f"{posixpath.dirname(path)}/",
            published=published,
            slug=slug,
            aliases=tuple(_rooted(alias, stem) for alias in entry.aliases),
            known_as=(
                path,
                REFERENCE + stem.lower(),
                REFERENCE + posixpath.basename(stem).lower(),
                posixpath.splitext(path)[0],
            ),
            categories=entry.categories or _section(section, path_of(base)),
            lang=entry.lang or language,
            unread=unread(fields),
            remarks=tuple(remarks),
        )

    def _stem(self, path: str) -> tuple[str, str]:
        """The page's path below the content folder without ending, and the language it names."""
        stem = posixpath.splitext(path.removeprefix(f"{self._content}/"))[0]
        named = _LANGUAGE.fullmatch(stem)
        stem, language = (named[1], named[2]) if named else (stem, "")
        is_bundle = posixpath.basename(stem) == "index"
        return (posixpath.dirname(stem) if is_bundle else stem), language

    def _url(self, fields: Fields, stem: str, slug: str, published: datetime | None) -> str:
        written = fields.text("url")
        if written:
            return "/" + written.lstrip("/")
        folder, name = posixpath.split(stem)
        section = folder.partition("/")[0]
        pattern = self.config.text(f"permalinks.page.{section}", f"permalinks.{section}")
        if not pattern or not published:
            return "/" + posixpath.join(folder, slug).lower().replace(" ", "-") + "/"
        words = {
            "section": section,
            "sections": folder,
            "title": slugify(fields.text("title")),
            **dict.fromkeys(("slug", "slugorfilename"), slug),
            **dict.fromkeys(("filename", "contentbasename"), name),
        }
        return "/" + permalink(pattern, words, published).lstrip("/")


def _section(name: str, below: str) -> tuple[Term, ...]:
    """The category that a section is, with its page and its feed."""
    if name in _PLAIN_SECTIONS:
        return ()
    page = f"{below.rstrip('/')}/{name}"
    return (Term(name=name, pages=(page,), feeds=(f"{page}/index.xml",)),)


def _rooted(alias: str, stem: str) -> str:
    if alias.startswith(("/", "http")):
        return alias
    return "/" + posixpath.normpath(posixpath.join(posixpath.dirname(stem), alias))


def _without_shortcodes(body: str, path: str, stem: str, remarks: list[Remark]) -> str:
    def shortcode(opening: re.Match[str], inside: str) -> str:
        made = _shown(opening[0][-1], inside, stem)
        if made is None:
            whole = f"{opening[0]}{inside}{'>' if opening[0][-1] == '<' else '%'}}}}}"
            words = inside.split()
            if words and not words[0].startswith("/"):
                remarks.append(remark("shortcode", path, value=f"{{{{< {words[0]} >}}}}"))
            return whole
        return made

    def without(text: str) -> str:
        for begin, end in _SHORTCODES:
            text = replace_between(text, begin, end, shortcode)
        return text

    return outside_code(replace_between(body, *_HIGHLIGHT, fenced), without)


def _shown(mark: str, inside: str, stem: str) -> str | None:
    """What a shortcode shows, in Markdown or HTML; None where it is not one that is known."""
    if inside.startswith("/*") and inside.endswith("*/"):  # an example of one, as text
        return f"{{{{{mark}{inside[2:-2]}{'>' if mark == '<' else '%'}}}}}"
    name, rest = (*inside.strip().removesuffix("/").split(maxsplit=1), "", "")[:2]
    values = attributes(rest)
    quoted = _QUOTED.search(rest)
    is_positional = rest[:1] in ('"', "`") or "=" not in rest
    first = (quoted[1] or quoted[2] or "") if quoted and is_positional else ""
    if name in ("ref", "relref"):
        target = values.get("path") or first
        return _reference(target, stem) if target else None
    if name == "figure" and values.get("src"):
        words = " — ".join(filter(None, (values.get("title"), values.get("caption"))))
        caption = f"<figcaption>{escape(words)}</figcaption>" if words else ""
        picture = f'<img src="{escape(values["src"])}" alt="{escape(values.get("alt", ""))}">'
        return f"<figure>{picture}{caption}</figure>"
    video = first or values.get("id")
    return f"<{_VIDEOS[name]}{video}>" if name in _VIDEOS and video else None


def _reference(target: str, stem: str) -> str:
    """The address of what ``relref`` names: from the content folder, this page, or by its name."""
    parts = split_or_none(target)
    if parts is None:
        return target
    path = re.sub(r"(?:/_?index)?\.(?:md|markdown)$", "", parts.path)
    path = re.sub(r"\.[a-z]{2}$", "", path)
    if path.startswith("."):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(stem), path))
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return REFERENCE + path.strip("/").lower() + fragment
