"""A site of Jekyll → entries: ``_posts``, ``_drafts``, permalinks, ``post_url``, Liquid. Pure."""

import posixpath
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from feedservice.domain.model import Status
from feedservice.domain.text import slugify
from feedservice.importing import front_matter
from feedservice.importing.addresses import join
from feedservice.importing.dates import moment_of
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.front_matter import Fields
from feedservice.importing.generators import REFERENCE, entry_of, permalink, stem_of, terms, unread
from feedservice.importing.markdown_links import outside_code
from feedservice.importing.remarks import Remark, remark
from feedservice.importing.shortcodes import fenced, replace_between

_NAME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-(.+)")
_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_HIGHLIGHT = (
    re.compile(r"\{%-?\s*+highlight\s++([^\s%]++)[^%]*+%\}\n?"),
    re.compile(r"\n?\{%-?\s*+endhighlight\s*+-?%\}"),
)
_TAG = re.compile(r"\{%"), re.compile(r"%\}")
_OUTPUT = re.compile(r"\{\{"), re.compile(r"\}\}")
_SITE_ADDRESS = re.compile(r"site\.(?:baseurl|url)")
_FILTERED = re.compile(
    r"""["']([^"']*)["'] \s*+ \| \s*+ (?:relative_url|absolute_url|prepend:.*)""", re.VERBOSE
)
_ATTRIBUTE_LIST = re.compile(r"\{:[^{}\n]*+\}")


@dataclass(frozen=True, slots=True)
class Jekyll:
    """How Jekyll's folder is read; ``config`` is the site's configuration."""

    config: Fields
    kind: ClassVar[str] = "jekyll"
    configs: ClassVar[tuple[str, ...]] = ("_config.yml", "_config.yaml", "_config.toml")
    carried: ClassVar[tuple[str, ...]] = (
        ".md",
        ".markdown",
        ".mkdown",
        ".mkdn",
        ".mkd",
        ".html",
        ".htm",
    )

    def holds(self, path: str) -> bool:
        """See `Generator`."""
        return not {"_posts", "_drafts"}.isdisjoint(path.split("/")[:-1])

    def media_paths(self, src: str) -> tuple[str, ...]:
        """See `Generator`."""
        path = src.lstrip("/")
        below = self.config.text("baseurl").strip("/")
        return (path, path.removeprefix(f"{below}/") if below else path)

    def read(self, path: str, text: str) -> ForeignEntry:
        """See `Generator`."""
        fields, body = front_matter.split(text, self.config.zone)
        entry = entry_of(fields, path)
        stem = stem_of(path)
        named = _NAME.fullmatch(stem)
        day = f"{named[1]}-{named[2]:0>2}-{named[3]:0>2}" if named else ""
        published = moment_of(fields.text("date") or day, self.config.zone)
        slug = entry.slug or (named[4] if named else stem)
        categories = _categories(fields, path)
        url = self._url(fields, categories, slug, published)
        base = self.config.text("url").rstrip("/")
        is_draft = "_drafts" in path.split("/") or fields.text("published") == "false"
        remarks: list[Remark] = []
        body = _without_liquid(body, path, remarks)
        is_html = path.lower().endswith((".html", ".htm"))
        return replace(
            entry,
            id=entry.id or (join(f"{base}/", url.removesuffix(".html")) if base else ""),
            url=join(f"{base}/", url) if base else url,
            title=entry.title or slug.replace("-", " "),
            html=body if is_html else None,
            markdown=None if is_html else body,
            base="/",
            published=published,
            slug=slug,
            known_as=(path, f"/{path}", REFERENCE + stem, REFERENCE + path),
            categories=terms(categories),
            tags=fields.texts("tags", cut=" ") or fields.texts("tag"),
            status=Status.DRAFT if is_draft else entry.status,
            unread=unread(fields),
            remarks=tuple(remarks),
        )

    def _url(
        self, fields: Fields, categories: tuple[str, ...], slug: str, published: datetime | None
    ) -> str:
        style = fields.text("permalink") or self.config.text("permalink") or "date"
        words = {
            "categories": "/".join(map(slugify, categories)),
            "title": slug,
            "slug": slugify(slug),
            "output_ext": ".html",
        }
        path = permalink(_STYLES.get(style, style), words, published)
        below = self.config.text("baseurl").strip("/")
        return re.sub("/{2,}", "/", f"/{below}/{path}")


def _categories(fields: Fields, path: str) -> tuple[str, ...]:
    """Those of the folders above ``_posts``, then those of the front matter."""
    folders = path.split("/")
    above = folders[: folders.index("_posts")] if "_posts" in folders else []
    named = fields.texts("categories", cut=" ") or fields.texts("category")
    return tuple(dict.fromkeys((*(name for name in above if name[0] != "_"), *named)))


def _without_liquid(body: str, path: str, remarks: list[Remark]) -> str:
    def unknown(whole: str) -> str:
        remarks.append(remark("liquid", path, value=" ".join(whole.split())))
        return whole

    def tag(_mark: re.Match[str], inside: str) -> str:
        name, _, named = inside.strip(" \t\n-").partition(" ")
        target = named.strip(" \t\n\"'")
        if name in ("raw", "endraw"):
            return ""
        if name == "post_url" and target:
            return REFERENCE + posixpath.basename(target)
        if name == "link" and target:
            return REFERENCE + target.lstrip("/")
        return unknown(f"{{%{inside}%}}")

    def output(_mark: re.Match[str], inside: str) -> str:
        expression = inside.strip(" \t\n-")
        filtered = _FILTERED.fullmatch(expression)
        if filtered:
            return filtered[1]
        if _SITE_ADDRESS.fullmatch(expression):
            return ""
        return unknown(f"{{{{{inside}}}}}")

    def without(text: str) -> str:
        text = replace_between(_ATTRIBUTE_LIST.sub("", text), *_TAG, tag)
        return replace_between(text, *_OUTPUT, output)

    return outside_code(replace_between(body, *_HIGHLIGHT, fenced), without)
