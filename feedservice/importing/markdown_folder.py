"""Folders of Markdown with front matter → entries: of Eleventy, or of nobody known. Pure.

Each program has its own way from a path to an address; the rest is the same.
"""

import posixpath
import re
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import quote

from feedservice.domain.headline import Status
from feedservice.importing import front_matter
from feedservice.importing.addresses import is_http, join
from feedservice.importing.astro_collections import bases_of
from feedservice.importing.dates import moment_of
from feedservice.importing.foreign_entry import ForeignEntry, Term
from feedservice.importing.front_matter import Fields
from feedservice.importing.generators import entry_of, stem_of, unread
from feedservice.importing.markdown_links import outside_code
from feedservice.importing.shortcodes import Unknown

_DATES = (
    *("date", "pubdate", "publishdate", "publisheddate", "published", "published_at"),
    *("publishedat", "pubdatetime", "created", "created_at", "createdat"),
)
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})[-_ ]?(.*)")
_STAMPED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?[-_ ]")
_HEADING = re.compile(r"\s*+#[ \t]++(\S[^\n]*+)(?:\n|\Z)")
_ABOUT_THE_FOLDER = frozenset(
    ("readme", "changelog", "contributing", "license", "code_of_conduct", "security", "404")
)
_NEVER_SHOWN = frozenset(("readme", "404"))
_PAGES = frozenset(("about", "contact", "privacy", "imprint", "terms", "من-نحن", "اتصل-بنا"))
_PLAIN = frozenset(("", "post", "posts", "blog", "article", "articles", "content", "src", "notes"))
_ENDING = re.compile(r"\.\w+$")
_IMPORT = re.compile(r"^(?:import|export)\b[^\n]*\n", re.MULTILINE)
_COMPONENT = re.compile(r"</?([A-Z][\w.]*)")
_INPUT = re.compile(r"""\binput["']?\s*:\s*["'](?:\./)?([\w./-]+)["']""")
_SITE = re.compile(r"""\bsite\s*:\s*["'](https?://[^"'\s]+)["']""")


@dataclass(frozen=True, slots=True)
class MarkdownFolder:
    """How a folder of Markdown is read that no program's configuration is in."""

    config: Fields
    paths: frozenset[str] = frozenset()
    kind: ClassVar[str] = "markdown"
    configs: ClassVar[tuple[str, ...]] = ()
    parts: ClassVar[tuple[tuple[str, str], ...]] = ()
    carried: ClassVar[tuple[str, ...]] = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
    roots: ClassVar[tuple[str, ...]] = ("",)
    """Folders that articles are in; what their paths begin with is no part of an address."""
    is_date_in_address: ClassVar[bool] = False
    """Whether the date that a name begins with is in the address too."""

    def holds(self, path: str) -> bool:
        """See `Generator`."""
        is_markdown = path.lower().endswith(self.carried)
        is_plain = not any(part.startswith("_") for part in path.split("/"))
        name = stem_of(path).lower()
        is_about = name in _ABOUT_THE_FOLDER and ("/" not in path or name in _NEVER_SHOWN)
        return is_markdown and is_plain and not is_about and path.startswith(self.roots)

    def media_paths(self, src: str) -> tuple[str, ...]:
        """See `Generator`."""
        path = src.lstrip("/")
        folders = ("public", "static", "src", "src/assets", "assets", *filter(None, self.roots))
        return (path, *(f"{folder.strip('/')}/{path}" for folder in folders))

    def read(self, path: str, text: str) -> ForeignEntry | str | None:
        """See `Generator`."""
        fields, body = self.split(text)
        if not fields.values and not body.strip():
            return None
        entry = entry_of(fields, path)
        folder, name = self.place(path)
        stamp = _STAMPED.match(name)
        dated = _DATED.fullmatch(
            "-".join((*stamp.groups(), name[stamp.end() :])) if stamp else name
        )
        published = fields.moment(*_DATES) or moment_of(dated[1] if dated else "", self.config.zone)
        whole, name = name, (dated[2] or name) if dated else name
        heading = _HEADING.match(body)
        said = heading[1].rstrip(" \t#") if heading else ""
        if heading and entry.title in ("", said):  # what says the title again
            body = body[heading.end() :]
        slug = entry.slug or name
        url = self.address(
            fields, folder, entry.slug or (whole if self.is_date_in_address else name)
        )
        unknown = Unknown(path, text, body)
        written = unknown.written
        if path.lower().endswith(".mdx"):
            written = replace(written, text=_IMPORT.sub("\n", body))
            body = outside_code(body, lambda part: _without_components(part, unknown))
        is_draft = fields.text("published").lower() == "false"
        return replace(
            entry,
            id=entry.id or (url if is_http(url) else ""),
            url=url,
            title=entry.title or said or name.replace("-", " "),
            markdown=self.shown(body, unknown),
            base=f"{posixpath.dirname(path)}/" if "/" in path else "/",
            published=published,
            slug=slug,
            known_as=(path, f"/{path}", posixpath.splitext(path)[0]),
            categories=entry.categories or self.section(folder),
            tags=tuple(tag for tag in entry.tags if tag.lower() not in _PLAIN),
            status=Status.DRAFT if is_draft else entry.status,
            is_page=published is None and self.is_page(path, name, fields),
            unread=unread(fields),
            written=written,
            remarks=tuple(unknown.remarks),
        )

    def split(self, text: str) -> tuple[Fields, str]:
        """Return front matter and body."""
        return front_matter.split(text, self.config.zone)

    def place(self, path: str) -> tuple[str, str]:
        """Return the folder below the root, and the name, that an address is made of."""
        root = next((each for each in self.roots if each and path.startswith(each)), "")
        stem = posixpath.splitext(path.removeprefix(root))[0]
        if posixpath.basename(stem).lower() == "index" and "/" in stem:
            stem = posixpath.dirname(stem)
        return posixpath.split(stem)

    def section(self, folder: str) -> tuple[Term, ...]:
        """Return the category that a folder below the root is."""
        names = [name for name in folder.split("/") if name.lower() not in _PLAIN]
        return (Term(name=names[0]),) if names else ()

    def is_page(self, path: str, name: str, fields: Fields) -> bool:
        """Return whether a file without a date is a page: elsewhere it is an article, a draft."""
        return name in _PAGES or "pages" in path.split("/") or fields.text("layout") == "page"

    def address(self, fields: Fields, folder: str, slug: str) -> str:  # noqa: ARG002
        """Return the old address, as far as the front matter says it."""
        written = fields.text("permalink", "url", "canonical_url", "canonicalurl", "canonical")
        return written if "{" not in written and not written.startswith("$") else ""

    def shown(self, body: str, unknown: Unknown) -> str:  # noqa: ARG002
        """Return a body with what the program's own signs show; ``unknown`` is told of others."""
        return body


class Eleventy(MarkdownFolder):
    """How Eleventy's folder is read: a file's address is its path, unless it says another."""

    kind: ClassVar[str] = "eleventy"
    configs: ClassVar[tuple[str, ...]] = (
        ".eleventy.js",
        *(f"eleventy.config.{ending}" for ending in ("js", "mjs", "cjs", "ts")),
    )
    parts: ClassVar[tuple[tuple[str, str], ...]] = tuple(
        (f"{folder}_data/{name}.json", "data")
        for folder in ("", "src/", "content/")
        for name in ("meta", "metadata", "site")
    )
    roots: ClassVar[tuple[str, ...]] = ("src/", "content/", "")

    def holds(self, path: str) -> bool:
        """See `Generator`: pages that a program writes are counted, and told."""
        is_plain = not any(part.startswith("_") for part in path.split("/"))
        is_template = path.lower().endswith((".njk", ".liquid")) and is_plain
        is_page = is_template and not _ENDING.search(stem_of(path))
        return MarkdownFolder.holds(self, path) or (is_page and path.startswith(self._input))

    def place(self, path: str) -> tuple[str, str]:
        """See `MarkdownFolder`."""
        is_below = bool(self._input) and path.startswith(self._input)
        return MarkdownFolder.place(self, path.removeprefix(self._input) if is_below else path)

    def is_page(self, path: str, name: str, fields: Fields) -> bool:
        """See `MarkdownFolder`: so is what lies beside the folders of articles."""
        return MarkdownFolder.is_page(self, path, name, fields) or not self.place(path)[0]

    @property
    def _input(self) -> str:
        """The folder that articles are in, where the configuration says it."""
        named = self.config.text("input").strip("/")
        return f"{named}/" if named not in ("", ".") else ""

    def address(self, fields: Fields, folder: str, slug: str) -> str:
        """See `MarkdownFolder`."""
        written = super().address(fields, folder, slug)
        path = written or f"/{posixpath.join(folder, slug)}/"
        return absolute(self.config.text("data.url", "data.site.url", "data.baseurl"), path)


def settings_of_program(program: str) -> dict[str, object]:
    """Return what a JavaScript configuration says of address and folders; it is never run."""
    found = (("site", _SITE.search(program)), ("input", _INPUT.search(program)))
    return {"bases": bases_of(program), **{key: match[1] for key, match in found if match}}


def absolute(site: str, path: str) -> str:
    """Return the address of a path of a site; the path where the site is not known."""
    path = quote(path, safe="/%:?=&#~+,;@!$'()*")
    return join(site, path) if is_http(site) else path


def _without_components(part: str, unknown: Unknown) -> str:
    """MDX without its imports; components of a program stay out, and are told."""
    part = _IMPORT.sub("", part)
    for name in dict.fromkeys(match[1] for match in _COMPONENT.finditer(part)):
        unknown.tell("shortcode", f"<{name}>", f"<{name}")
    return part
