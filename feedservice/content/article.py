"""Source text → Article. Pure: what depends on other files is for others.

`shape.FrontMatter` says which keys there are and of which shape; `read` gives them their meaning.
"""

import posixpath
import re
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from pydantic import ValidationError

from feedservice.content import frontmatter, markup
from feedservice.content.dates import FIRST_YEAR, DateError, parse_date
from feedservice.content.decoding import bidi_control_in
from feedservice.content.field_reader import Reader
from feedservice.content.front_matter_model import (
    CorrectionField,
    FrontMatter,
    ImageField,
    RelatedField,
    shape_problems,
)
from feedservice.domain import urls
from feedservice.domain.absolute_urls import looks_like_url
from feedservice.domain.errors import ContentError
from feedservice.domain.model import (
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
from feedservice.domain.taxonomy import find_author, find_category, nearest_category
from feedservice.domain.text import one_line, slugify, truncate

SUMMARY_LIMIT = 300
"""Characters of a summary that is made from the first paragraph."""

_STAND_INS = MappingProxyType(
    {"title": "-", "date": f"{FIRST_YEAR}-01-01", "id": "-", "summary": "-"}
)
"""For values that were told to be bad or missing, so that nothing more is told of them."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_DIGITS = re.compile(r"[0-9٠-٩۰-۹]{1,12}")


def read(
    text: str, path: str, site: Site, now: datetime
) -> tuple[Article | None, tuple[Problem, ...]]:
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
    return read_source(source, text, path, site, now)


def read_source(
    source: frontmatter.Source, text: str, path: str, site: Site, now: datetime
) -> tuple[Article | None, tuple[Problem, ...]]:
    """Read one article whose file was taken apart; otherwise as `read`."""
    reader = _Reader(source, path, site, now)
    article = reader.article()
    place = bidi_control_in(text)
    if place:
        reader.add("bidi-control", *place, Severity.WARNING, {})
    return (None if reader.failed() else article), tuple(reader.problems)


class _Reader(Reader):
    """One reading of an article."""

    def __init__(self, source: frontmatter.Source, path: str, site: Site, now: datetime) -> None:
        super().__init__(source.fields, path)
        self._source = source
        self._site = site
        self._now = now

    def article(self) -> Article | None:
        front = self._front()
        title = one_line(front.title)
        if not title:
            self.report("title-missing", "title")
        elif _MARKUP.search(title):
            self.report("title-markup", "title", value=title)
        body = self._body()
        published = self._date(front.date, "date")
        updated = self._date(front.updated, "updated")
        expires = self._date(front.expires, "expires")
        status = self._status(front.status)
        slug = self.slug(
            front.slug.strip() or posixpath.splitext(posixpath.basename(self.path))[0], "slug"
        )
        if status is Status.WITHDRAWN and not front.updated.strip():
            self.report("withdrawn-updated", "status")
        self._times(published, updated, expires)
        summary = one_line(front.summary)
        if not body.text:
            severity = Severity.WARNING if summary else Severity.ERROR
            self.add("body-empty", self._source.body_line, 1, severity, {})
        if body.text and not summary:
            self.warn("summary-missing")
        article_id = one_line(front.id) or f"{self._site.id}:{urls.percent(slug)}"
        if not front.id.strip():
            self.warn("id-missing", value=article_id)
        fields: dict[str, Any] = {
            "categories": self._categories(front.category),
            "tags": self._tags(front.tags),
            "authors": self._authors(front.author),
            "image": self._image(front.image),
            "media": tuple(
                Media(src=src)
                for n, name in enumerate(front.media)
                if (src := self.src(one_line(name), "media", n))
            ),
            "related": tuple(
                r for n, item in enumerate(front.related) if (r := self._related(item, n))
            ),
            "aliases": tuple(
                dict.fromkeys(a for alias in front.aliases if (a := slugify(alias)) and a != slug)
            ),
            "lang": self._language(front.lang, "lang") or self._site.language,
            "translations": self._translations(front.translations),
            "corrections": self._corrections(front.corrections),
            "views": self._views(front.views),
        }
        if published is None:
            return None
        return Article(
            path=self.path,
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

    def _front(self) -> FrontMatter:
        """The fields; one of another shape is told and left out, so that the rest is read too."""
        plain = self.fields.plain()
        try:
            return FrontMatter.model_validate(plain)
        except ValidationError as error:
            self.problems += shape_problems(error, self.fields, self.path, FrontMatter)
            bad = {str(each["loc"][0]) for each in error.errors()}
            good = {key: value for key, value in plain.items() if key not in bad}
            return FrontMatter.model_validate(
                {**{key: _STAND_INS[key] for key in bad & _STAND_INS.keys()}, **good}
            )

    def _body(self) -> markup.Body:
        try:
            body = markup.render(
                self._source.body, path=self.path, base_urls=(self._site.base_url,)
            )
        except markup.MarkupError as error:
            self.add(error.code, self._source.body_line, 1, Severity.ERROR, error.facts)
            return markup.Body(html="", text=" ", first_paragraph="")
        for problem in body.problems:
            line = self._source.body_line + max(problem.line - 1, 0)
            self.add(problem.code, line, 1, Severity.WARNING, problem.facts)
        return body

    def _date(self, value: str, key: str, *location: str | int) -> datetime | None:
        where = location or (key,)
        if not value.strip():
            if key == "date":
                self.report("key-missing", *where, key=key)
            return None
        try:
            return parse_date(value, self._site.timezone)
        except DateError as error:
            self.report(error.code, *where, key=key, **error.facts)
            return None

    def _times(
        self, published: datetime | None, updated: datetime | None, expires: datetime | None
    ) -> None:
        if published and updated and updated < published:
            self.report("updated-before-date", "updated")
        if updated and updated > self._now:
            self.report("updated-future", "updated")
        if published and expires and expires <= published:
            self.report("expires-before-date", "expires")

    def _status(self, value: str) -> Status:
        word = value.strip()
        if not word:
            return Status.PUBLISHED
        try:
            return Status(word)
        except ValueError:
            self.report("status-unknown", "status", value=word, known=", ".join(Status))
            return Status.DRAFT

    def _categories(self, named: list[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        names: list[tuple[str, tuple[str | int, ...]]] = [
            (name, ("category", n)) for n, name in enumerate(named) if name.strip()
        ]
        parts = self.path.split("/")
        if not names and len(parts) > 1:
            names = [(parts[0], ())]
        for name, location in names:
            slug = find_category(name, self._site)
            if slug:
                found[slug] = None
                continue
            code = "category-unknown" if location else "folder-unknown"
            known = "، ".join(f"{c.slug} ({c.name})" for c in self._site.categories)
            hints = {"nearest": nearest_category(name, self._site), "known": known}
            self.report(
                code, *location, value=name, **{key: hint for key, hint in hints.items() if hint}
            )
        return tuple(found)

    def _tags(self, labels: list[str]) -> tuple[Tag, ...]:
        # YAML splits a list at Latin commas only, and takes `[أ، ب]` for one text.
        commas = "[,،]" if len(labels) == 1 else "،"
        tags: dict[str, Tag] = {}
        for n, label in enumerate(labels):
            for part in re.split(commas, label):
                text = one_line(part)
                slug = slugify(text)
                if slug:
                    tags.setdefault(slug, Tag(slug=slug, label=text))
                elif text:
                    self.report("tag-empty", "tags", n, value=text)
        return tuple(tags.values())

    def _authors(self, names: list[str]) -> tuple[Author, ...]:
        authors: dict[str, Author] = {}
        for n, name in enumerate(names):
            text = one_line(name)
            author = find_author(text, self._site) or Author(slug=slugify(text), name=text)
            if author.slug:
                authors.setdefault(author.slug, author)
            elif text:
                self.report("author-empty", "author", n, value=text)
        return tuple(authors.values())

    def _image(self, value: str | ImageField) -> Media | None:
        field = ImageField(src=value) if isinstance(value, str) else value
        src = self.src(one_line(field.src), "image", "src")
        if not src:
            return None
        if not field.alt.strip():
            self.warn("image-alt-missing", "image")
        return Media(
            src=src,
            alt=one_line(field.alt),
            caption=one_line(field.caption),
            credit=one_line(field.credit),
        )

    def _related(self, item: str | RelatedField, n: int) -> Related | None:
        if isinstance(item, RelatedField):
            url = one_line(item.url)
            title, summary = one_line(item.title) or url, one_line(item.summary)
            return (
                Related(url=url, title=title, summary=summary)
                if self.url(url, "related", n, "url")
                else None
            )
        text = one_line(item)
        if looks_like_url(text):
            return Related(url=text, title=text) if self.url(text, "related", n) else None
        name = posixpath.basename(
            unquote(text) if text.startswith("/articles/") else text
        ).removesuffix(".md")
        slug = self.slug(name, "related", n)
        return Related(slug=slug) if slug else None

    def _language(self, value: str, *location: str) -> str:
        word = value.strip()
        if word and not _LANGUAGE.fullmatch(word):
            self.report("lang-bad", *location, value=word)
            return ""
        return word

    def _translations(self, pairs: dict[str, str]) -> tuple[tuple[str, str], ...]:
        return tuple(
            (lang, slug)
            for name, value in pairs.items()
            if (lang := self._language(name, "translations", name))
            and (slug := self.slug(value, "translations", name))
        )

    def _corrections(self, items: list[CorrectionField]) -> tuple[Correction, ...]:
        found = []
        for n, item in enumerate(items):
            moment = self._date(item.date, "date", "corrections", n, "date")
            note = one_line(item.note)
            if not note:
                self.report("key-missing", "corrections", n, key="note")
            elif moment:
                found.append(Correction(date=moment, note=note))
        return tuple(found)

    def _views(self, value: str) -> int | None:
        word = value.strip()
        if not word:
            return None
        if not _DIGITS.fullmatch(word):
            self.report("views-bad", "views", value=word)
            return None
        return int(word)
