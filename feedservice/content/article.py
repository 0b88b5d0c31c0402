"""Source text → Article. Pure: what depends on other files is for others.

`FrontMatter` says which keys there are and of which shape; `read` gives them their meaning.
"""

import posixpath
import re
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from feedservice.content import frontmatter, key_names, labels, markup, media_fields
from feedservice.content.dates import FIRST_YEAR, DateError, parse_date
from feedservice.content.decoding import bidi_control_in
from feedservice.content.field_reader import FieldReader
from feedservice.content.front_matter_model import (
    CorrectionField,
    FrontMatter,
    RelatedField,
    shape_problems,
)
from feedservice.content.frontmatter import Source
from feedservice.content.invisible import bare, trimmed
from feedservice.content.shapes import Strict, fit, keys_of
from feedservice.domain import urls
from feedservice.domain.absolute_urls import looks_like_url
from feedservice.domain.errors import ContentError
from feedservice.domain.headline import SAID, Status
from feedservice.domain.model import Article, Correction, Problem, Related, Severity, Site
from feedservice.domain.near_names import nearest_name
from feedservice.domain.text import fold, one_line, slugify, truncate

SUMMARY_LIMIT = 300
"""Characters of a summary that is made from the first paragraph."""

_PLACEHOLDERS = MappingProxyType(
    {"title": "-", "date": f"{FIRST_YEAR}-01-01", "id": "-", "summary": "-"}
)
"""For values that were told to be bad or missing, so that nothing more is told of them."""
_END = datetime(9999, 12, 1, tzinfo=UTC)
_STATUSES = MappingProxyType(
    {fold(name): status for name, status in zip(("منشور", "مسودة", "مسحوب"), SAID, strict=True)}
)
"""What people write who write Arabic."""
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
        source = take_apart(text, path)
    except ContentError as error:
        return None, (error.problem,)
    return read_source(source, text, path, site, now)


def take_apart(text: str, path: str) -> Source:
    """Return an article's front matter, under our keys, and body; otherwise as `split`."""
    return key_names.ours(frontmatter.split(text, path), path)


def read_source(
    source: Source,
    text: str,
    path: str,
    site: Site,
    now: datetime,
    make: type["ArticleReader"] | None = None,
) -> tuple[Article | None, tuple[Problem, ...]]:
    """Read one article whose file was taken apart, by another reader perhaps; as `read`."""
    reader = (make or ArticleReader)(source, text, path, site, now)
    article = reader.article()
    place = None if source.is_plain else bidi_control_in(text)
    if place:
        reader.add("bidi-control", *place, Severity.WARNING, {})
    return (None if reader.failed() else article), tuple(reader.problems)


def front_of(text: str, path: str, site: Site) -> Article:
    """Return an article without its body, as far as its front matter can be read.

    Raises:
        ContentError: nothing of it can.
    """
    source = replace(take_apart(text, path), body="-")
    return ArticleReader(source, text, path, site, _END).article()


class ArticleReader(FieldReader):
    """One reading of an article.

    Attributes:
        model: which keys there are.
        statuses: what an editor may say of it.
        folder: begins its slug and aliases.
    """

    model: type[Strict] = FrontMatter
    statuses: tuple[Status, ...] = SAID
    folder = ""

    def __init__(self, source: Source, text: str, path: str, site: Site, now: datetime) -> None:
        self._base_urls = (site.base_url, *site.former_urls)
        super().__init__(source.fields, path, *self._base_urls, text=text)
        self._source = source
        self._site = site
        self._now = now

    def article(self) -> Article:
        """Read all, whatever is wrong with some of it; what failed is filled in, and told."""
        front = self._front()
        body = self._body(front)
        published = self._date(front.date, "date")
        updated = self._date(front.updated, "updated")
        expires = self._date(front.expires, "expires")
        self._check_times(published, updated, expires)
        name, _ = posixpath.splitext(posixpath.basename(self.path))
        slug = self.folder + self.slug(front.slug.strip() or name, "slug")
        status = self._status(front)
        summary = self._summary(front.summary, body, status)
        return Article(
            path=self.path,
            slug=slug,
            id=self._id(front.id, slug),
            title=self._title(front.title),
            published=published or self._now,
            updated=updated,
            status=status,
            reason=self._reason(front.reason, status),
            expires=expires,
            summary=summary,
            html=body.html,
            text=body.text,
            categories=self._categories(front),
            tags=labels.tags(front.tags, self),
            authors=labels.authors(front.author, self, self._site),
            image=media_fields.image(front.image, self),
            media=media_fields.media(front.media, self),
            related=self._related(front.related),
            aliases=self._aliases(front.aliases, slug),
            lang=self.language(front.lang, "lang") or self._site.language,
            translations=self._translations(front.translations),
            corrections=self._corrections(front.corrections),
            views=self._views(front.views),
        )

    def _categories(self, front: FrontMatter) -> tuple[str, ...]:
        return labels.categories(front.category, self, self._site)

    def _front(self) -> Any:
        """The fields; one of another shape is told and left out, so that the rest is read too."""
        plain = self.fields.plain()
        found, faults = fit(self.model, plain)
        if faults:
            self.problems += shape_problems(faults, self.fields, self.path)
            bad = {str(each.place[0]) for each in faults}
            known = bad & _PLACEHOLDERS.keys() & keys_of(self.model).keys()
            placeholders = {key: _PLACEHOLDERS[key] for key in known}
            good = {key: value for key, value in plain.items() if key not in bad}
            found, _ = fit(self.model, placeholders | good)
        return found

    def _body(self, front: FrontMatter) -> markup.Body:
        text, base_urls = self._source.body, self._base_urls
        language = front.lang.strip() or self._site.language
        try:
            body = markup.render(
                text,
                path=self.path,
                base_urls=base_urls,
                language=language,
                has_plain_signs=self._source.is_plain,
            )
        except markup.MarkupError as error:
            self.add(error.code, self._source.body_line, 1, Severity.ERROR, error.facts)
            return markup.Body(html="", text=" ")
        for problem in body.problems:
            line = self._source.body_line + max(problem.line - 1, 0)
            self.add(problem.code, line, 1, Severity.WARNING, problem.facts)
        return body

    def _title(self, value: str) -> str:
        title = one_line(value)
        if not title:
            self.report("title-missing", "title")
        elif _MARKUP.search(title):
            self.report("title-markup", "title", value=title)
        return title

    def _id(self, value: str, slug: str) -> str:
        article_id = one_line(trimmed(value)) or f"{self._site.id}:{urls.percent(slug)}"
        if not value.strip() and slug:
            self.warn("id-missing", "id", value=article_id)
        return article_id

    def _summary(self, value: str, body: markup.Body, status: Status) -> str:
        summary = one_line(value)
        if body.is_empty:
            may_stand = summary or status is Status.DRAFT  # one that was just begun
            severity = Severity.WARNING if may_stand else Severity.ERROR
            self.add("body-empty", self._source.body_line, 1, severity, {})
        elif not summary:
            self.warn("summary-missing", "summary")
        return summary or truncate(body.first_paragraph, SUMMARY_LIMIT)

    def _date(self, value: str, *location: str | int) -> datetime | None:
        key = str(location[-1])
        try:
            if value.strip():
                return parse_date(value, self._site.timezone)
            if key == "date":
                self.report("key-missing", *location, key=key)
        except DateError as error:
            self.report(error.code, *location, key=key, **error.facts)
        return None

    def _check_times(
        self, published: datetime | None, updated: datetime | None, expires: datetime | None
    ) -> None:
        if published and updated and updated < published:
            self.report("updated-before-date", "updated")
        if updated and updated > self._now:
            self.report("updated-future", "updated")
        if published and expires and expires <= published:
            self.report("expires-before-date", "expires")

    def _status(self, front: FrontMatter) -> Status:
        name = bare(front.status).lower() or Status.PUBLISHED
        if name not in self.statuses:
            facts = {"value": name, "known": ", ".join(self.statuses)}
            near = _STATUSES.get(nearest_name(name, _STATUSES)) or nearest_name(name, self.statuses)
            if near:
                facts |= {"nearest": near} | self.line_with(bare(front.status), near, "status")
            self.report("status-unknown", "status", **facts)
            return Status.DRAFT
        status = Status(name)
        if status is Status.WITHDRAWN and not front.updated.strip():
            moment = self._now.astimezone(ZoneInfo(self._site.timezone))
            self.report("withdrawn-updated", "status", value=f"{moment:%Y-%m-%d %H:%M}")
        return status

    def _reason(self, value: str, status: Status) -> str:
        if value.strip() and status is not Status.WITHDRAWN:
            self.warn("reason-unused", "reason")
        return one_line(value)

    def _aliases(self, names: list[str], slug: str) -> tuple[str, ...]:
        slugs = {self.folder + slugify(name): n for n, name in labels.separated(names)}
        for alias, n in slugs.items():
            self.fits(alias, "aliases", n)
        return tuple(name for name in slugs if name not in (self.folder, slug))

    def _related(self, items: list[str | RelatedField]) -> tuple[Related, ...]:
        read = (self._related_one(item, n) for n, item in labels.separated_addresses(items))
        return tuple(related for related in read if related)

    def _related_one(self, item: str | RelatedField, n: int) -> Related | None:
        if isinstance(item, RelatedField):
            url = self.own.at_present(trimmed(one_line(item.url)))
            if not self.url(url, "related", n, "url"):
                return None
            return Related(
                url=url, title=one_line(item.title) or url, summary=one_line(item.summary)
            )
        text = trimmed(one_line(item))
        own = self.own.path_of(text) or ""
        if own.startswith("/articles/"):
            text = urlsplit(own).path
        elif looks_like_url(text):
            url = self.own.at_present(text)
            return Related(url=url, title=url) if self.url(url, "related", n) else None
        path = unquote(text) if text.startswith("/articles/") else text
        slug = self.slug(posixpath.basename(path).removesuffix(".md"), "related", n)
        return Related(slug=slug) if slug else None

    def _translations(self, pairs: dict[str, str]) -> tuple[tuple[str, str], ...]:
        read = (
            (self.language(name, "translations", name), self.slug(value, "translations", name))
            for name, value in pairs.items()
        )
        return tuple((language, slug) for language, slug in read if language and slug)

    def _corrections(self, items: list[CorrectionField]) -> tuple[Correction, ...]:
        found = []
        for n, item in enumerate(items):
            moment = self._date(item.date, "corrections", n, "date")
            note = one_line(item.note)
            if not note:
                self.report("key-missing", "corrections", n, key="note")
            elif moment:
                found.append(Correction(date=moment, note=note))
        return tuple(found)

    def _views(self, value: str) -> int | None:
        figure = bare(value)
        if _DIGITS.fullmatch(figure):
            return int(figure)
        if figure:
            self.report("views-bad", "views", value=figure)
        return None
