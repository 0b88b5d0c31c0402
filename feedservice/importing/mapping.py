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
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from feedservice.content import frontmatter
from feedservice.content.dates import FIRST_YEAR, LAST_YEAR
from feedservice.content.file_types import MEDIA_TYPES, suffix_of
from feedservice.content.frontmatter import Value
from feedservice.content.markup import MarkupError
from feedservice.domain.model import Site, Status
from feedservice.domain.taxonomy import find_category
from feedservice.domain.text import clean, one_line, slugify, truncate
from feedservice.importing import markdown, markdown_links
from feedservice.importing.foreign_entry import Fault, Imported, Link
from feedservice.importing.naming import Placed

Find = Callable[[str], str]
"""An old address → the slug of the article that it means; empty where it means none."""
Place = Callable[[str], str]
"""A picture or recording by its old address → ``media/…``, or the address where it stays
elsewhere."""

_SETTLED = re.compile(r"(?:mailto|tel|data|javascript):|#", re.IGNORECASE)
_NO_SUMMARY_LONGER = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """An article file, and what of its entry could not be carried."""

    text: str
    title: str
    published: datetime
    status: Status
    faults: tuple[Fault, ...]


def article_file(
    entry: Imported, placed: Placed, site: Site, now: datetime, find: Find, place: Place
) -> Mapped | None:
    """Return the article file of an entry; None where there is nothing in it to publish.

    Args:
        entry: what the source has.
        placed: where it will live.
        site: with the categories and authors that the import adds.
        now: nothing may be updated later; the date of drafts that have none.
        find: see `Find`.
        place: see `Place`.
    """
    faults: list[Fault] = []
    body = _body(entry, find, place, faults, site.language)
    summary = truncate(one_line(entry.summary), _NO_SUMMARY_LONGER)
    if not body.strip():
        words = summary or one_line(entry.title)  # what they may mean as Markdown is not meant
        body = _body(
            replace(entry, html=f"<p>{escape(words)}</p>"), find, place, faults, site.language
        )
    title = markdown.plain_text(one_line(entry.title)) or _titled(summary or body)
    title = re.sub(r"<(?=/?[A-Za-z])", "‹", title)
    if not title or not body:
        return None
    published, status = _published(entry, now, faults)
    updated = _later(entry.updated, published, now)
    related = [each for link in entry.related if (each := _related(link, entry, find, placed.slug))]
    image = _image(entry, place)
    folder, name = posixpath.split(placed.path)
    fields: dict[str, Value] = {
        "title": title,
        "date": _stamp(published, site),
        "updated": _stamp(updated, site) if updated else "",
        "id": placed.id,
        "slug": placed.slug if slugify(name.removesuffix(".md")) != placed.slug else "",
        "category": list(placed.categories) if placed.categories != (folder,) else "",
        "tags": _tags(entry, placed, site),
        "author": placed.authors[0] if len(placed.authors) == 1 else list(placed.authors),
        "summary": summary,
        "image": image,
        "media": list(
            dict.fromkeys(filter(None, (place(_absolute(src, entry.base)) for src in entry.media)))
        ),
        "related": related,
        "aliases": list(placed.aliases),
        "status": "" if status is Status.PUBLISHED else status.value,
        "expires": _stamp(entry.expires, site)
        if entry.expires and entry.expires > published
        else "",
        "lang": entry.lang if _is_language(entry.lang) and entry.lang != site.language else "",
    }
    text = (
        frontmatter.dump({key: value for key, value in fields.items() if value})
        + body.strip("\n")
        + "\n"
    )
    return Mapped(
        text=text, title=title, published=published, status=status, faults=(*entry.faults, *faults)
    )


def _body(entry: Imported, find: Find, place: Place, faults: list[Fault], language: str) -> str:
    def resolve(kind: str, address: str) -> str:
        if _SETTLED.match(address.strip()) or not address.strip():
            return address.strip()
        absolute = _absolute(address, entry.base)
        if kind == "src":
            return place(absolute)
        slug = find(absolute)
        fragment = urlsplit(absolute).fragment
        if slug:
            return f"{slug}#{fragment}" if fragment else slug
        suffix = suffix_of(urlsplit(absolute).path)
        own = urlsplit(absolute).netloc in ("", urlsplit(entry.base).netloc)
        if suffix in MEDIA_TYPES and own:
            return place(absolute)
        if not urlsplit(absolute).scheme and absolute != "/":
            faults.append(Fault(what="link-unknown", place=entry.place, facts={"value": address}))
            return absolute if absolute.startswith("/") else ""
        return absolute

    if entry.html is None:
        return clean(markdown_links.rewrite(entry.markdown or "", resolve))
    html = _without_related(entry.html, entry.related)
    try:
        converted = markdown.convert(html, resolve, entry.lang or language)
    except MarkupError:
        faults.append(Fault(what="html-nesting", place=entry.place))
        return markdown.plain_text(html)
    faults += [
        Fault(what="frame", place=entry.place, facts={"value": url}) for url in converted.frames
    ]
    if converted.dropped:
        faults.append(
            Fault(
                what="html-dropped",
                place=entry.place,
                facts={"value": ", ".join(converted.dropped)},
            )
        )
    return converted.markdown


def _absolute(address: str, base: str) -> str:
    address = address.strip()
    try:
        return urljoin(base, address)
    except ValueError:
        return address


_RELATED_LIST = re.compile(
    r"<h2>[^<]*</h2>\s*<ul>((?:\s*<li><a href=\"[^\"]*\">[^<]*</a></li>)+)\s*</ul>\s*((?:</div>)?\s*)$"
)


def _without_related(html: str, related: tuple[Link, ...]) -> str:
    """A body without the list of related links at its end that repeats those of the entry: it is
    made anew.
    """
    found = _RELATED_LIST.search(html)
    if not found or not related:
        return html
    listed = {markdown.plain_text(href) for href in re.findall(r'href="([^"]*)"', found[1])}
    return html[: found.start()] + found[2] if listed <= {link.url for link in related} else html


def _titled(text: str) -> str:
    plain = one_line(re.sub(r"[*_`#>\[\]\\|]|<[^>]*>|\([^)]*\)", " ", text))
    return truncate(plain, 60)


def _published(entry: Imported, now: datetime, faults: list[Fault]) -> tuple[datetime, Status]:
    for moment in (entry.published, entry.updated):
        if moment and FIRST_YEAR <= moment.year <= LAST_YEAR:
            if moment is entry.updated and entry.status is not Status.DRAFT:
                faults.append(Fault(what="date-from-updated", place=entry.place))
            return moment.replace(microsecond=0), entry.status
    if entry.status is not Status.DRAFT:
        faults.append(Fault(what="date-unreadable", place=entry.place))
    return now.replace(microsecond=0), Status.DRAFT


def _later(updated: datetime | None, published: datetime, now: datetime) -> datetime | None:
    if updated is None or updated.year > LAST_YEAR or updated.year < FIRST_YEAR:
        return None
    return (
        updated.replace(microsecond=0)
        if published + timedelta(seconds=1) <= updated <= now
        else None
    )


def _stamp(moment: datetime, site: Site) -> str:
    """ISO 8601 with the source's offset; the site's own is left out, as editors do."""
    local = moment.astimezone(ZoneInfo(site.timezone)).replace(tzinfo=None, fold=0)
    seconds = "" if moment.second == 0 else f":{moment.second:02d}"
    # The hour that comes twice in autumn would be read as the first of the two.
    again = local.replace(tzinfo=ZoneInfo(site.timezone)).astimezone(moment.tzinfo)
    own = local.replace(tzinfo=ZoneInfo(site.timezone)).utcoffset()
    if moment.utcoffset() == own and again == moment:
        return f"{local:%Y-%m-%d %H:%M}{seconds}"
    offset = f"{moment:%z}"[:5]
    return f"{moment:%Y-%m-%d %H:%M}{seconds}{offset[:3]}:{offset[3:]}"


def _related(link: Link, entry: Imported, find: Find, own: str) -> Value:
    address = _absolute(link.url, entry.base)
    slug = find(address)
    if slug:
        return slug if slug != own else ""
    url = one_line(address)
    if urlsplit(url).scheme not in ("http", "https") or " " in url:
        return ""
    found = {"url": url, "title": one_line(link.title) or url, "summary": one_line(link.summary)}
    return {key: value for key, value in found.items() if value}


def _image(entry: Imported, place: Place) -> Value:
    if entry.image is None:
        return ""
    src = place(_absolute(entry.image.src, entry.base))
    if not src:
        return ""
    fields = {
        "src": src,
        "alt": one_line(entry.image.alt),
        "caption": one_line(entry.image.caption),
        "credit": one_line(entry.image.credit),
    }
    kept = {key: value for key, value in fields.items() if value}
    return kept if len(kept) > 1 else src


def _tags(entry: Imported, placed: Placed, site: Site) -> list[str]:
    uncertain = [
        name for name in entry.uncertain if find_category(name, site) not in placed.categories
    ]
    tags: dict[str, str] = {}
    for label in (*entry.tags, *uncertain):
        # A comma would cut the only tag of a list in two.
        text = one_line(re.sub("[,،]", " ", label))
        if slugify(text):
            tags.setdefault(slugify(text), text)
    return list(tags.values())


def _is_language(lang: str) -> bool:
    return re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", lang) is not None
