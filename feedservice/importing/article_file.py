"""One foreign entry and where it will live → the text of our article file. Pure.

Must not know a source's words, nor read or write anything: addresses are resolved and pictures
placed by what is handed in.
"""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from typing import TypeGuard

from feedservice.content import frontmatter
from feedservice.content.dates import FIRST_YEAR, LAST_YEAR, stamp
from feedservice.content.field_reader import src_fault
from feedservice.content.file_types import suffix_of
from feedservice.content.frontmatter import Value
from feedservice.content.markdown_words import titled
from feedservice.content.markup import MarkupError
from feedservice.domain.headline import Status
from feedservice.domain.label_slugs import label_key, label_slug
from feedservice.domain.media_types import MEDIA_TYPES
from feedservice.domain.model import Site
from feedservice.domain.taxonomy import Taxonomy, find_category
from feedservice.domain.text import clean, one_line, slugify, truncate
from feedservice.domain.urls import PAGES
from feedservice.importing import (
    dialects,
    markdown,
    markdown_links,
    raw_html,
    related_list,
    substack_notes,
    substack_widgets,
)
from feedservice.importing.addresses import is_http, join, split_or_none, writable
from feedservice.importing.foreign_entry import ForeignEntry, Link, Picture
from feedservice.importing.naming import Placement
from feedservice.importing.plain_words import without_markup
from feedservice.importing.remarks import Remark, remark
from feedservice.importing.words_lost import Written, lost_words

FindSlug = Callable[[str], str]
"""An old address → the slug of the article that it means; empty where it means none."""
PlaceMedia = Callable[[str], str]
"""A picture or recording by its old address → ``media/…``, or the address where it stays."""

_NOT_A_PATH = re.compile(r"(?:mailto|tel|data|javascript):|#", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_PAGE_KEYS = frozenset({"title", "summary", "image", "status", "lang"})
_MAX_SUMMARY = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFile:
    """An article file: its path, its text, and what of its entry could not be carried.

    ``is_rendered``: whether its body was, without a fault, and shows words.
    """

    path: str
    text: str
    title: str
    published: datetime
    status: Status
    remarks: tuple[Remark, ...]
    is_rendered: bool = False


def article_file(
    entry: ForeignEntry,
    placement: Placement,
    site: Site,
    now: datetime,
    find: FindSlug,
    place: PlaceMedia,
) -> ArticleFile | None:
    """Return the article file of an entry; None where there is nothing in it to publish.

    Args:
        entry: what the source has.
        placement: where it will live.
        site: with the categories and authors that the import adds.
        now: nothing may be updated later; the date of drafts that have none.
        find: see `FindSlug`.
        place: see `PlaceMedia`.
    """
    if not _LANGUAGE.fullmatch(entry.lang) or entry.lang == site.language:
        entry = replace(entry, lang="")
    body = _Body(entry, site.language, find, place)
    summary = truncate(one_line(entry.summary), _MAX_SUMMARY)
    text = body.markdown()
    body.compare(text)
    if not text.strip() and not entry.is_page:
        words = summary or one_line(entry.title)  # what they may mean as Markdown is not meant
        text = body.from_html(f"<p>{escape(words)}</p>")
    if not text.strip():
        return None
    image = _image(entry, body.file)
    published, status = now.replace(microsecond=0), entry.status
    if not entry.is_page:
        published, status = _published(entry, now, body.remarks)
    title = without_markup(one_line(entry.title)) or titled(summary or text)
    # A picture alone, without a word: its day is its name.
    title = re.sub(r"<(/?[A-Za-z][^<>]*)>?", r"‹\1›", title) or f"{published:%Y-%m-%d}"
    expires = entry.expires if entry.expires and entry.expires > published else None
    folder, name = posixpath.split(placement.path)
    media = (each for each in map(body.file, entry.media) if not src_fault(each))
    related = (_related(link, entry, find, placement.slug) for link in entry.related)
    authors = list(placement.authors)
    fields: dict[str, Value] = {
        "title": title,
        "date": _stamp(published, site),
        "updated": _stamp(_updated(entry, published, now), site),
        "id": placement.id,
        "slug": placement.slug if slugify(name.removesuffix(".md")) != placement.slug else "",
        "category": list(placement.categories) if placement.categories != (folder,) else "",
        "tags": _tags(entry, placement, site),
        "author": authors[0] if len(authors) == 1 else authors,
        "summary": summary,
        "image": image,
        "media": list(dict.fromkeys(media)),
        "related": list(filter(None, related)),
        "translations": _translations(entry, find),
        "aliases": list(placement.aliases),
        "status": "" if status is Status.PUBLISHED else status.value,
        "expires": _stamp(expires, site),
        "lang": entry.lang,
    }
    if entry.is_page:
        fields = {key: value for key, value in fields.items() if key in _PAGE_KEYS}
    if entry.image and not image:
        text = f"{body.picture(entry.image)}\n\n{text}"
    front_matter = frontmatter.dump({key: value for key, value in fields.items() if value})
    return ArticleFile(
        path=placement.path,
        text=front_matter + text.strip("\n") + "\n",
        title=title,
        published=published,
        status=status,
        remarks=(*entry.remarks, *body.remarks),
        is_rendered=body.is_rendered,
    )


class _Body:
    """The body of one entry, and what could not be carried of it."""

    def __init__(
        self, entry: ForeignEntry, language: str, find: FindSlug, place: PlaceMedia
    ) -> None:
        self.remarks: list[Remark] = []
        self.is_rendered = False
        self._entry = entry
        self._language = entry.lang or language
        self._find = find
        self._place = place

    def markdown(self) -> str:
        """Return the body in Markdown."""
        if self._entry.html is None:
            text = dialects.without_dialect(self._entry.markdown or "")
            text = markdown_links.without_frames(text, self._tell_frame)
            return clean(markdown_links.rewrite(text, self._resolve))
        return self.from_html(related_list.without(self._entry.html, self._entry.related))

    def compare(self, text: str) -> None:
        """Tell the words of the source that the article's text lacks."""
        entry = self._entry
        source = Written(text=entry.markdown or "")
        if entry.html is not None:
            source = Written(text=related_list.without(entry.html, entry.related))
        source = entry.written or source
        lost = lost_words(source.text, text, is_html=entry.html is not None)
        if lost:
            place = f"{entry.place}:{source.line + lost.line}" if source.line else entry.place
            self.remarks.append(remark("words", place, n=lost.count, value=lost.first))

    def file(self, src: str) -> str:
        """Return what the article calls a file that its front matter names."""
        absolute = join(self._entry.base, src)
        placed = self._place(absolute)
        if src.strip() and (not absolute or (is_http(absolute) and src_fault(placed))):
            self._note("link-unknown", value=src)
        return placed

    def picture(self, image: Picture) -> str:
        """Return the picture of an entry as a text has it; empty where its address is lost."""
        html = raw_html.figure(image.src, image.alt, image.caption)
        return markdown.convert(html, self._resolve, self._language).markdown

    def from_html(self, html: str) -> str:
        """Return HTML as Markdown."""
        html, unsaid = substack_widgets.written_out(substack_notes.as_notes(html))
        try:
            converted = markdown.convert(html, self._resolve, self._language)
        except MarkupError:
            self._note("html-nesting")
            return markdown.plain_text(html)
        for url in converted.frames:
            self._note("frame", value=url)
        if converted.dropped or unsaid:
            self._note("html-dropped", value=", ".join((*unsaid, *converted.dropped)))
        for address in converted.unlinked:
            self._note("link-scheme", value=address)
        for beginning in converted.unclosed:
            self._note("html-open", value=beginning)
        self.is_rendered = converted.has_words
        return converted.markdown

    def _resolve(self, kind: str, address: str) -> str:
        """The address that holds here; empty where there is none."""
        address = address.strip()
        if not address or _NOT_A_PATH.match(address):
            return address
        absolute = join(self._entry.base, address)
        parts = split_or_none(absolute)
        if not parts or not absolute:
            self._note("link-unknown", value=address)
            return ""
        if kind == "src":
            return self._placed(absolute, address)
        slug = self._find(absolute) or self._find(join(self._entry.url, address))
        if slug:
            slug = f"/{slug}" if slug.startswith(PAGES) else slug
            return f"{slug}#{parts.fragment}" if parts.fragment else slug
        base = split_or_none(self._entry.base)
        is_own = not parts.netloc or (base is not None and parts.netloc == base.netloc)
        if is_own and suffix_of(parts.path) in MEDIA_TYPES:
            return self._placed(absolute, address)
        if parts.scheme or absolute == "/":
            return absolute
        self._note("link-unknown", value=address)
        return absolute if absolute.startswith("/") else ""

    def _placed(self, absolute: str, address: str) -> str:
        return self._place(absolute) or _at_old_site(self._entry, address)

    def _tell_frame(self, name: str, address: str) -> None:
        self._note("frame" if address else "html-dropped", value=address or name)

    def _note(self, code: str, **facts: str) -> None:
        self.remarks.append(remark(code, self._entry.place, **facts))


def _at_old_site(entry: ForeignEntry, address: str) -> str:
    """Where readers had a file that does not come; a path where its site does not say its name."""
    path = join("/", join(entry.url or join("/", entry.base), address))  # "../" may take the root
    return path if is_http(path) or re.match("/(?!/)", path) else ""


def _published(
    entry: ForeignEntry, now: datetime, remarks: list[Remark]
) -> tuple[datetime, Status]:
    is_draft = entry.status is Status.DRAFT
    for moment in (entry.published, entry.updated):
        if _is_possible(moment):
            if moment is entry.updated and not is_draft:
                remarks.append(remark("date-from-updated", entry.place))
            return moment.replace(microsecond=0), entry.status
    if not is_draft:
        remarks.append(remark("date-unreadable", entry.place))
    return now.replace(microsecond=0), Status.DRAFT


def _updated(entry: ForeignEntry, published: datetime, now: datetime) -> datetime | None:
    updated = entry.updated
    if not _is_possible(updated) or not published + timedelta(seconds=1) <= updated <= now:
        return None
    return updated.replace(microsecond=0)


def _is_possible(moment: datetime | None) -> TypeGuard[datetime]:
    return moment is not None and FIRST_YEAR <= moment.year <= LAST_YEAR


def _stamp(moment: datetime | None, site: Site) -> str:
    return stamp(moment, site.timezone) if moment else ""


def _related(link: Link, entry: ForeignEntry, find: FindSlug, own_slug: str) -> Value:
    url = join(entry.base, link.url)
    slug = find(url)
    if slug:
        return slug if slug != own_slug and not slug.startswith(PAGES) else ""
    url = writable(one_line(url))
    if not url:
        return ""
    named = {"url": url, "title": one_line(link.title) or url, "summary": one_line(link.summary)}
    return {key: value for key, value in named.items() if value}


def _translations(entry: ForeignEntry, find: FindSlug) -> dict[str, str]:
    found = {language: find(known) for language, known in entry.translations}
    return {language: slug for language, slug in found.items() if slug}


def _image(entry: ForeignEntry, place: PlaceMedia) -> Value:
    image = entry.image
    src = place(image.src) or _at_old_site(entry, image.src) if image else ""
    if not image or src_fault(src):  # a path has room in a text alone
        return ""
    names = {"alt": image.alt, "caption": image.caption, "credit": image.credit}
    named = {key: one_line(value) for key, value in names.items() if one_line(value)}
    return {"src": src, **named} if named else src


def _tags(entry: ForeignEntry, placement: Placement, site: Site) -> list[str]:
    categories = placement.categories
    tags: dict[str, str] = {}
    uncertain = (name for name in entry.uncertain if find_category(name, site) not in categories)
    for label in (*entry.tags, *uncertain):
        # A comma would cut the only tag of a list in two.
        name = one_line(re.sub("[,،]", " ", label))
        slug = label_slug(Taxonomy.TAG, name)
        if slug:
            tags.setdefault(label_key(Taxonomy.TAG, slug), name)
    return list(tags.values())
