"""Source text → Article, and back. Pure: what depends on other files (pictures, other articles) is for others.

`shape.FrontMatter` says which keys there are and of which shape; `read` gives them their meaning.
"""

import posixpath
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from feedservice import addresses
from feedservice.content import frontmatter, markup
from feedservice.content.dates import DateError, parse_date
from feedservice.content.shape import CorrectionField, FrontMatter, ImageField, RelatedField, shape_problem
from feedservice.errors import ContentError
from feedservice.model import (
    Article,
    Author,
    Correction,
    Media,
    Problem,
    Related,
    Severity,
    Site,
    Status,
    Tag,
)
from feedservice.names import find_author, find_category, nearest_category
from feedservice.text import has_bidi_controls, one_line, slugify, truncate

SUMMARY_LIMIT = 300
"""Characters of a summary that is made from the first paragraph."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_DIGITS = re.compile(r"[0-9٠-٩۰-۹]{1,12}")


def read(text: str, path: str, site: Site, now: datetime) -> tuple[Article | None, tuple[Problem, ...]]:
    """Read one article.

    Args:
        text: the decoded file.
        path: the file below the content folder, with ``/``, in NFC.
        site: gives categories, authors, zone, language and id.
        now: `updated` may not be later.

    Returns:
        The article, or None where one of the problems is an error. Media are not measured yet.
    """
    try:
        source = frontmatter.split(text, path)
    except ContentError as error:
        return None, (error.problem,)
    reader = _Reader(source, path, site, now)
    article = reader.article()
    failed = any(problem.severity is Severity.ERROR for problem in reader.problems)
    return (None if failed else article), tuple(reader.problems)


class _Reader:
    """One reading: collects every problem of a file rather than stopping at the first."""

    def __init__(self, source: frontmatter.Source, path: str, site: Site, now: datetime) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._fields = source.fields
        self._path = path
        self._site = site
        self._now = now

    def article(self) -> Article | None:
        try:
            front = FrontMatter.model_validate(self._fields.plain())
        except ValidationError as error:
            known = list(FrontMatter.model_fields)
            seen = {(tuple(map(str, e["loc"][:1])), e["type"] == "missing"): e for e in reversed(error.errors())}
            for found in reversed(seen.values()):
                self.problems.append(shape_problem(found, self._fields, self._path, known))
            return None
        title = one_line(front.title)
        if not title:
            self._report("title-missing", "title")
        elif _MARKUP.search(title):
            self._report("title-markup", "title", value=title)
        if has_bidi_controls(front.title + front.summary + self._source.body):
            self._warn("bidi-control", "title")
        body = self._body()
        published = self._date(front.date, "date")
        updated = self._date(front.updated, "updated")
        expires = self._date(front.expires, "expires")
        status = self._status(front.status)
        slug = slugify(front.slug or posixpath.splitext(posixpath.basename(self._path))[0])
        if not slug:
            self._report("slug-empty", "slug", value=front.slug or self._path)
        self._times(published, updated, expires, status)
        summary = one_line(front.summary)
        if not body.text:
            severity = Severity.WARNING if summary else Severity.ERROR
            self._add("body-empty", self._source.body_line, 1, severity, {})
        if body.text and not summary:
            self._warn("summary-missing")
        article_id = one_line(front.id) or f"{self._site.id}:{addresses.percent(slug)}"
        if not front.id.strip():
            self._warn("id-missing", value=article_id)
        fields: dict[str, Any] = {
            "categories": self._categories(front.category),
            "tags": self._tags(front.tags),
            "authors": self._authors(front.author),
            "image": self._image(front.image),
            "media": tuple(m for n, src in enumerate(front.media) if (m := self._media(src, "media", n))),
            "related": tuple(r for n, item in enumerate(front.related) if (r := self._related(item, n))),
            "aliases": tuple(dict.fromkeys(a for alias in front.aliases if (a := slugify(alias)) and a != slug)),
            "lang": self._language(front.lang, "lang") or self._site.language,
            "translations": self._translations(front.translations),
            "corrections": self._corrections(front.corrections),
            "views": self._views(front.views),
        }
        if published is None:
            return None
        return Article(
            path=self._path,
            slug=slug,
            id=article_id,
            title=title,
            published=published,
            updated=updated,
            status=status,
            expires=expires,
            summary=summary or truncate(body.first_paragraph, SUMMARY_LIMIT),
            html=body.html,
            text=body.text,
            **fields,
        )

    def _report(self, code: str, *location: str | int, **facts: str) -> None:
        """Add an error at the place of a key."""
        node = self._fields.at(*location)
        self._add(code, node.line, node.column, Severity.ERROR, facts)

    def _warn(self, code: str, *location: str | int, **facts: str) -> None:
        """Add a warning at the place of a key."""
        node = self._fields.at(*location)
        self._add(code, node.line, node.column, Severity.WARNING, facts)

    def _add(self, code: str, line: int, column: int, severity: Severity, facts: dict[str, str]) -> None:
        self.problems.append(
            Problem(path=self._path, line=line, column=column, code=code, facts=facts, severity=severity)
        )

    def _body(self) -> markup.Body:
        try:
            body = markup.render(self._source.body, path=self._path, base_urls=(self._site.base_url,))
        except markup.MarkupError as error:
            self._add(error.code, self._source.body_line, 1, Severity.ERROR, error.facts)
            return markup.Body(html="", text=" ", first_paragraph="")
        for problem in body.problems:
            line = self._source.body_line + max(problem.line - 1, 0)
            self._add(problem.code, line, 1, Severity.WARNING, problem.facts)
        return body

    def _date(self, value: str, key: str, *location: str | int) -> datetime | None:
        where = location or (key,)
        if not value.strip():
            if key == "date":
                self._report("key-missing", *where, key=key)
            return None
        try:
            return parse_date(value, self._site.timezone)
        except DateError as error:
            self._report(error.code, *where, key=key, **error.facts)
            return None

    def _times(
        self, published: datetime | None, updated: datetime | None, expires: datetime | None, status: Status
    ) -> None:
        if status is Status.WITHDRAWN and updated is None:
            self._report("withdrawn-updated", "status")
        if published and updated and updated < published:
            self._report("updated-before-date", "updated")
        if updated and updated > self._now:
            self._report("updated-future", "updated")
        if published and expires and expires <= published:
            self._report("expires-before-date", "expires")

    def _status(self, value: str) -> Status:
        word = value.strip()
        if not word:
            return Status.PUBLISHED
        try:
            return Status(word)
        except ValueError:
            self._report("status-unknown", "status", value=word, known=", ".join(Status))
            return Status.DRAFT

    def _categories(self, named: list[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        names: list[tuple[str, tuple[str | int, ...]]] = [
            (name, ("category", n)) for n, name in enumerate(named) if name.strip()
        ]
        parts = self._path.split("/")
        if not names and len(parts) > 1:
            names = [(parts[0], ())]
        for name, location in names:
            slug = find_category(name, self._site)
            if slug:
                found[slug] = None
                continue
            code = "category-unknown" if location else "folder-unknown"
            known = "، ".join(f"{c.slug} ({c.name})" for c in self._site.categories)
            nearest = nearest_category(name, self._site)
            self._report(code, *location, value=name, known=known, **({"nearest": nearest} if nearest else {}))
        return tuple(found)

    def _tags(self, labels: list[str]) -> tuple[Tag, ...]:
        if len(labels) == 1:
            labels = re.split("[,،]", labels[0])
        tags: dict[str, Tag] = {}
        for n, label in enumerate(labels):
            text = one_line(label)
            slug = slugify(text)
            if slug:
                tags.setdefault(slug, Tag(slug=slug, label=text))
            elif text:
                self._report("tag-empty", "tags", n, value=text)
        return tuple(tags.values())

    def _authors(self, names: list[str]) -> tuple[Author, ...]:
        authors: dict[str, Author] = {}
        for n, name in enumerate(names):
            text = one_line(name)
            author = find_author(text, self._site) or Author(slug=slugify(text), name=text)
            if author.slug:
                authors.setdefault(author.slug, author)
            elif text:
                self._report("author-empty", "author", n, value=text)
        return tuple(authors.values())

    def _image(self, value: str | ImageField) -> Media | None:
        field = ImageField(src=value) if isinstance(value, str) else value
        media = self._media(field.src, "image")
        if media is None:
            return None
        if not field.alt.strip():
            self._warn("image-alt-missing", "image")
        return Media(
            src=media.src, alt=one_line(field.alt), caption=one_line(field.caption), credit=one_line(field.credit)
        )

    def _media(self, src: str, *location: str | int) -> Media | None:
        name = one_line(src)
        if not name:
            return None
        if name.startswith(("http://", "https://")):
            return Media(src=name) if self._url(name, *location) else None
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if not parts or parts[0] != "media" or len(parts) < 2 or ".." in parts:
            self._report("media-outside", *location, value=name)
            return None
        return Media(src="/".join(parts))

    def _url(self, url: str, *location: str | int) -> bool:
        try:
            split = urlsplit(url)
            if split.scheme in ("http", "https") and split.hostname and not re.search(r"\s", url):
                return True
        except ValueError:
            pass
        self._report("url-bad", *location, value=url)
        return False

    def _related(self, item: str | RelatedField, n: int) -> Related | None:
        if isinstance(item, RelatedField):
            url = one_line(item.url)
            return (
                Related(url=url, title=one_line(item.title), summary=one_line(item.summary))
                if self._url(url, "related", n, "url")
                else None
            )
        text = one_line(item)
        if text.startswith(("http://", "https://")):
            return Related(url=text, title=text) if self._url(text, "related", n) else None
        slug = slugify(posixpath.basename(text)[:-3] if text.endswith(".md") else text.removeprefix("/articles/"))
        return Related(slug=slug) if slug else None

    def _language(self, value: str, *location: str) -> str:
        word = value.strip()
        if word and not _LANGUAGE.fullmatch(word):
            self._report("lang-bad", *location, value=word)
            return ""
        return word

    def _translations(self, pairs: dict[str, str]) -> tuple[tuple[str, str], ...]:
        return tuple(
            (lang, slugify(slug))
            for name, slug in pairs.items()
            if (lang := self._language(name, "translations", name)) and slugify(slug)
        )

    def _corrections(self, items: list[CorrectionField]) -> tuple[Correction, ...]:
        found = []
        for n, item in enumerate(items):
            moment = self._date(item.date, "corrections", "corrections", n, "date")
            if moment and item.note.strip():
                found.append(Correction(date=moment, note=one_line(item.note)))
        return tuple(found)

    def _views(self, value: str) -> int | None:
        word = value.strip()
        if not word:
            return None
        if not _DIGITS.fullmatch(word):
            self._report("views-bad", "views", value=word)
            return None
        return int(word)
