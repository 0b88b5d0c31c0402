"""A site of Jekyll → entries: ``_posts``, ``_drafts``, permalinks, ``post_url``, Liquid. Pure."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from feedservice.domain.headline import Status
from feedservice.importing import front_matter, jekyll_urls
from feedservice.importing.addresses import aliases_below, is_http
from feedservice.importing.dates import moment_of
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.front_matter import Fields
from feedservice.importing.generators import (
    REFERENCE,
    entry_of,
    persons,
    stem_of,
    terms,
    unread,
)
from feedservice.importing.markdown import plain_text
from feedservice.importing.markdown_links import outside_code
from feedservice.importing.plain_words import text_of, without_markup
from feedservice.importing.remarks import remark
from feedservice.importing.shortcodes import Unknown, fenced, replace_between

_NAME = re.compile(r"(\d{2,4})-(\d{1,2})-(\d{1,2})-(.+)")
_DEFINED = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]++\]:.+", re.MULTILINE)
"""The address of a link that stands anywhere below, which Jekyll gives the excerpt too."""
_STAMP = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[Tt ]+\d{1,2}:\d\d:\d\d(\.\d*)?")
"""A stamp of YAML without a zone: Ruby takes it for UTC, where Jekyll takes a text for local."""
_HIGHLIGHT = (
    re.compile(r"\{%-?\s*+highlight\s++([^\s%]++)[^%]*+%\}\n?"),
    re.compile(r"\n?\{%-?\s*+endhighlight\s*+-?%\}"),
)
_TAG = re.compile(r"\{%"), re.compile(r"%\}")
_OUTPUT = re.compile(r"\{\{"), re.compile(r"\}\}")
_SITE_ADDRESS = re.compile(r"site\.(?:baseurl|url)")
_VARIABLE = re.compile(r"(site|page)\.([\w.-]+)")
_PROGRAM = re.compile(r"\{%-?\s*+(?:for|assign|capture|paginate)\b")
"""In a page: it shows what it computes."""
_HTML = (".html", ".htm")
_ABOUT_THE_FOLDER = frozenset(
    ("README", "CHANGELOG", "CONTRIBUTING", "LICENSE", "CODE_OF_CONDUCT", "SECURITY", "404")
)
_FILTERED = re.compile(
    r"""["']([^"']*)["'] \s*+ \| \s*+ (?:relative_url|absolute_url|prepend:.*)""", re.VERBOSE
)


@dataclass(frozen=True, slots=True)
class Jekyll:
    """How Jekyll's folder is read; ``config`` is the site's configuration."""

    config: Fields
    paths: frozenset[str] = frozenset()
    kind: ClassVar[str] = "jekyll"
    configs: ClassVar[tuple[str, ...]] = ("_config.yml", "_config.yaml", "_config.toml")
    parts: ClassVar[tuple[tuple[str, str], ...]] = tuple(
        (f"_data/authors.{ending}", "data.authors") for ending in ("yml", "yaml", "json")
    )
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
        """See `Generator`: a file of text in no folder of Jekyll's own is a page."""
        is_text = path.lower().endswith((".md", ".markdown", *_HTML))
        is_plain = not any(part.startswith("_") for part in path.split("/"))
        passed = self.config.texts("exclude")
        is_page = is_text and is_plain and not path.startswith(tuple(passed))
        return self._collection(path) != "" or (is_page and stem_of(path) not in _ABOUT_THE_FOLDER)

    def media_paths(self, src: str) -> tuple[str, ...]:
        """See `Generator`."""
        path = src.lstrip("/")
        folder = self.config.text("baseurl").strip("/")
        return (path, path.removeprefix(f"{folder}/") if folder else path)

    def read(self, path: str, text: str) -> ForeignEntry | str | None:
        """See `Generator`."""
        collection = self._collection(path)
        written, body = front_matter.split(text, self.config.zone)
        if not collection:
            return self._page(path, text, written, body)
        given = jekyll_urls.defaults(self.config.values.get("defaults"), path, collection)
        fields = Fields({**given, **written.values}, self.config.zone)
        entry = entry_of(fields, path)
        stem = stem_of(path)
        named = _NAME.fullmatch(stem)
        day = f"{named[1]:0>4}-{named[2]:0>2}-{named[3]:0>2}" if named else ""
        published = self._moment(fields.text("date") or day)
        name = (named[4] if named else stem).rstrip(".")
        slug = entry.slug or name
        categories = _categories(Fields(given), written, path, collection)
        url, *others = self._urls(fields, collection, categories, slug, path, published)
        is_draft = "_drafts" in path.split("/") or fields.text("published") == "false"
        unknown = Unknown(path, text, body)
        body = self._without_liquid(body, fields, unknown)
        is_html = path.lower().endswith(_HTML)
        authors = fields.texts("authors", "author") or self.config.texts("author.name", "author")
        days = tuple(map(self._address, others))
        unsure = [remark("day-unsure", path, value=day) for day in days if not is_draft]
        return replace(
            entry,
            id=entry.id or (self._absolute(jekyll_urls.id_of(url, slug)) if url else ""),
            url=self._address(url),
            title=entry.title or " ".join(word.capitalize() for word in name.split("-")),
            html=body if is_html else None,
            markdown=None if is_html else body,
            base="/",
            published=published,
            updated=self._moment(fields.text("last_modified_at")) or entry.updated,
            summary=self._summary(fields, body, is_html=is_html) or entry.summary,
            slug=slug,
            aliases=(*aliases_below(self.config.text("baseurl"), entry.aliases), *days),
            known_as=(path, f"/{path}", REFERENCE + stem, REFERENCE + path),
            categories=terms(categories) or terms(_label(collection)),
            tags=(*fields.texts("tags", cut=" "), *fields.texts("tag")),
            authors=persons(tuple(map(self._author, authors))),
            status=Status.DRAFT if is_draft else entry.status,
            is_page=collection != "posts" and not fields.text("date") and published is None,
            unread=unread(fields),
            written=unknown.written,
            remarks=(*unknown.remarks, *unsure),
        )

    def _page(self, path: str, text: str, written: Fields, body: str) -> ForeignEntry | str | None:
        """A page beside the articles; what has no front matter is a file as any other."""
        if not text.startswith("---") or not body.strip():
            return None
        if stem_of(path) == "index" or _PROGRAM.search(body):
            return "list-text"
        given = jekyll_urls.defaults(self.config.values.get("defaults"), path, "pages")
        fields = Fields({**given, **written.values}, self.config.zone)
        entry = entry_of(fields, path)
        ending = self._ending().replace(":output_ext", ".html")
        url = fields.text("permalink") or f"/{posixpath.splitext(path)[0]}{ending}"
        unknown = Unknown(path, text, body)
        body = self._without_liquid(body, fields, unknown)
        is_html = path.lower().endswith(_HTML)
        return replace(
            entry,
            url=self._address(url),
            title=entry.title or stem_of(path),
            html=body if is_html else None,
            markdown=None if is_html else body,
            base="/",
            slug=entry.slug or stem_of(path),
            aliases=aliases_below(self.config.text("baseurl"), entry.aliases),
            known_as=(path, f"/{path}", REFERENCE + path),
            is_page=True,
            unread=unread(fields),
            written=unknown.written,
            remarks=tuple(unknown.remarks),
        )

    def _collection(self, path: str) -> str:
        """The collection whose documents lie at a path; empty where none has pages there."""
        folders = path.split("/")[:-1]
        if not {"_posts", "_drafts"}.isdisjoint(folders):
            return "posts"
        above = self.config.text("collections_dir").strip("/")
        inner = path.removeprefix(f"{above}/") if above else path
        label = inner.partition("/")[0]
        known = self.config.values.get("collections")
        is_known = isinstance(known, Mapping) and label[:1] == "_" and label[1:].lower() in known
        is_shown = self.config.text(f"collections.{label[1:].lower()}.output") == "true"
        return label[1:] if is_known and is_shown and len(folders) > 0 else ""

    def _moment(self, written: str) -> datetime | None:
        """A date with the zone that it names; one without is Jekyll's."""
        return moment_of(written, "UTC" if _STAMP.fullmatch(written) else self.config.zone)

    def _summary(self, fields: Fields, body: str, *, is_html: bool) -> str:
        """What jekyll-feed says of a post: its description, its excerpt, what a mark parts."""
        written = fields.text("description", "excerpt")
        if written:
            return without_markup(written)
        has_own = "excerpt_separator" in fields.values
        mark = (fields if has_own else self.config).text("excerpt_separator")
        head, found, rest = body.partition(mark) if mark else (body, "", "")
        if not found:
            return ""  # ours is the first paragraph, as Jekyll's is
        return (
            plain_text(head) if is_html else text_of("\n".join((head, "", *_DEFINED.findall(rest))))
        )

    def _urls(
        self,
        fields: Fields,
        collection: str,
        categories: tuple[str, ...],
        slug: str,
        path: str,
        published: datetime | None,
    ) -> tuple[str, ...]:
        """The path of an article, escaped, as Jekyll writes it; then those of its other days.

        Where the site names no zone, its day is that of the machine that built it: mostly the
        author's, or one that has UTC.
        """
        style = fields.text("permalink") or self._template(collection)
        name = stem_of(path)
        folder = path.partition(f"_{collection}/")[2] or posixpath.basename(path)
        words = {
            "collection": collection,
            "path": "/" + posixpath.splitext(folder)[0],
            "name": jekyll_urls.slugify(name),
            "title": jekyll_urls.pretty(slug),
            "slug": jekyll_urls.slugify(slug),
            "categories": "/".join(dict.fromkeys(each.lower() for each in categories)),
            "slugified_categories": "/".join(
                dict.fromkeys(jekyll_urls.slugify(each) for each in categories)
            ),
            "output_ext": ".html",
        }
        zone = ZoneInfo(self.config.zone)
        moments = [published.astimezone(zone) if published else None]
        if published and published.tzinfo != zone and not self.config.text("timezone"):
            moments += [published, published.astimezone(UTC)]
        urls = (jekyll_urls.url_of(style, words, moment) for moment in moments)
        return tuple(dict.fromkeys(urls))

    def _template(self, collection: str) -> str:
        style = self.config.text("permalink") or "date"
        if collection == "posts":
            return self.config.text("collections.posts.permalink") or style
        written = self.config.text(f"collections.{collection.lower()}.permalink")
        return written or f"/:collection/:path{self._ending()}"

    def _ending(self) -> str:
        """What follows the name of whatever is no post (``Utils.add_permalink_suffix``)."""
        style = self.config.text("permalink") or "date"
        pattern = style if style == "weekdate" else jekyll_urls.STYLES.get(style, style)
        return next((end for end in ("/", ":output_ext") if pattern.endswith(end)), "")

    def _absolute(self, path: str) -> str:
        """The address of a path; empty where there is none, or the site does not know its own."""
        site = self.config.text("url") if path else ""
        return jekyll_urls.absolute(site, self.config.text("baseurl"), path) if site else ""

    def _address(self, path: str) -> str:
        """The address of a path; from the root where the site does not say its own as a URL."""
        whole = self._absolute(path)
        if is_http(whole) or not path:
            return whole
        return unquote(jekyll_urls.absolute("", self.config.text("baseurl"), path))

    def _author(self, named: str) -> str:
        """The name that ``_data/authors`` has for a key, else the key."""
        return self.config.text(f"data.authors.{named.lower()}.name") or named

    def _without_liquid(self, body: str, fields: Fields, unknown: Unknown) -> str:
        def stays(whole: str) -> str:
            unknown.tell("liquid", " ".join(whole.split()), whole)
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
            return stays(f"{{%{inside}%}}")

        def output(_mark: re.Match[str], inside: str) -> str:
            expression = inside.strip(" \t\n-")
            filtered = _FILTERED.fullmatch(expression)
            if filtered:
                return filtered[1]
            if _SITE_ADDRESS.fullmatch(expression):
                return ""
            variable = _VARIABLE.fullmatch(expression)
            if variable:
                holder = self.config if variable[1] == "site" else fields
                value = holder.text(variable[2].lower())
                if value:
                    return value
            return stays(f"{{{{{inside}}}}}")

        def without(text: str) -> str:
            text = replace_between(text, *_TAG, tag)
            return replace_between(text, *_OUTPUT, output)

        return outside_code(replace_between(body, *_HIGHLIGHT, fenced), without)


def _label(collection: str) -> tuple[str, ...]:
    """The category of a collection's documents that name none."""
    return () if collection == "posts" else (collection,)


def _categories(given: Fields, written: Fields, path: str, collection: str) -> tuple[str, ...]:
    """Those of the folders, then of the defaults, then of the front matter."""
    folders = path.split("/")[:-1]
    above = folders[: folders.index("_posts")] if "_posts" in folders else []
    if collection != "posts":
        above = []
    listed = [name for fields in (given, written) for name in fields.texts("categories", cut=" ")]
    single = written.texts("category") or given.texts("category")
    names = (*(name for name in above if name[0] != "_"), *listed, *single)
    return tuple(dict.fromkeys(filter(None, names)))
