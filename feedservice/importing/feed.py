"""An RSS or Atom document → entries. Pure.

The only door to feedparser, which reads what others write: broken XML, windows-1256, HTML's
entities. Its own sanitiser is off, since every body goes through ours. Entities are never expanded
and nothing that a document names is opened.
"""

import codecs
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser

from feedservice.domain.text import one_line
from feedservice.importing.addresses import is_http, is_post_number, join, path_of
from feedservice.importing.blogger_pictures import in_full
from feedservice.importing.dates import moment_of
from feedservice.importing.doctype import without_doctype
from feedservice.importing.foreign_entry import ForeignEntry, Link, Person, Picture, Term
from feedservice.importing.markdown import plain_text
from feedservice.importing.remarks import Remark, remark

_TERM_LISTS = {
    "categories": "category",
    "category": "category",
    "sections": "category",
    "tags": "tag",
    "tag": "tag",
}
"""Folders of an address that list the entries of a term → what such a term is."""
_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
"""The first of them has a remark of its own, where it is not of the type alone (RFC 3023 §3.1)."""
_ENCODED = re.compile(rb"""\s*+<\?xml[^>]*?\sencoding\s*+=\s*+["']([\w.:-]++)""")
_CHARSET = re.compile(r"""charset\s*+=\s*+["']?+([\w.:-]++)""", re.IGNORECASE)
_IN_UTF_8 = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One document of a feed: its entries, and the pages that go on from it."""

    entries: tuple[ForeignEntry, ...] = ()
    links: tuple[str, ...] = ()
    is_feed: bool = False
    head: bytes = b""
    remarks: tuple[Remark, ...] = ()


def merged(pages: Iterable[Page]) -> tuple[ForeignEntry, ...]:
    """Return the entries of all pages, their terms decided; of one entry what was updated last.

    One entry has one id and one address: feeds whose entries share an id lose none.
    """
    entries: dict[tuple[str, str], ForeignEntry] = {}
    for page in pages:
        for entry in page.entries:
            key = (entry.id, entry.url) if entry.id or entry.url else ("", entry.place)
            held = entries.get(key)
            if held is None or _changed(entry) > _changed(held):
                entries[key] = entry
    return _with_terms(tuple(entries.values()))


def _with_terms(entries: tuple[ForeignEntry, ...]) -> tuple[ForeignEntry, ...]:
    """Where no entry has more than one bare term they are categories; where some have, tags."""
    if any(len(each.uncertain) > 1 or each.categories or each.tags for each in entries):
        return entries
    return tuple(
        replace(each, uncertain=(), categories=tuple(map(_term_of(each.id), each.uncertain)))
        for each in entries
    )


def _term_of(entry_id: str) -> Callable[[str], Term]:
    """Return what makes a category of a bare term: of Blogger, one with its label's addresses."""
    if not entry_id.startswith("tag:blogger.com,"):
        return lambda name: Term(name=name)
    return lambda name: Term(
        name=name, pages=(f"/search/label/{name}",), feeds=(f"/feeds/posts/default/-/{name}",)
    )


def _changed(entry: ForeignEntry) -> datetime:
    return entry.updated or entry.published or datetime.min.replace(tzinfo=UTC)


def read(data: bytes, url: str, content_type: str = "") -> Page:
    """Return what an RSS or Atom document holds.

    Args:
        data: its bytes.
        url: its address, or the file's name: relative addresses start from it.
        content_type: as the server said it (it may name the encoding).
    """
    said = _declared(data, content_type)
    if said != "utf-8" and _is_utf_8(data):  # which no text of another encoding is by chance
        content_type = _IN_UTF_8
    with warnings.catch_warnings(action="ignore"):
        parsed = feedparser.parse(
            BytesIO(without_doctype(data)),
            response_headers={"content-type": content_type} if content_type else {},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    channel = parsed.feed
    base = url if is_http(url) else channel.get("link", "")
    entries = tuple(
        _xml_entry(item, number, base, channel)
        for number, item in enumerate(parsed.entries, start=1)
    )
    links = [
        join(url, link["href"])
        for rel in ("prev-archive", "next")
        for link in channel.get("links", ())
        if link.get("rel") == rel and link.get("href")
    ]
    broken = parsed.get("bozo_exception") if parsed.get("bozo") else None
    remarks: list[Remark] = []
    if broken is not None and not isinstance(broken, _HARMLESS):
        remarks.append(remark("source-broken", url, value=str(broken)))
    used = _name_of(parsed.get("encoding") or "")
    if used and used != said and not data.isascii():
        remarks.append(remark("encoding", url, value=f"{said} → {used}"))
    return Page(
        entries=entries,
        links=tuple(dict.fromkeys(filter(None, links))),
        is_feed=bool(parsed.get("version") or entries),
        remarks=tuple(remarks),
    )


def _declared(data: bytes, content_type: str) -> str:
    """The encoding that a document is in, as the server says, else itself, else XML's own."""
    charset = _CHARSET.search(content_type)
    written = _ENCODED.match(data.removeprefix(codecs.BOM_UTF8)[:1_000])
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<"))
    named = charset[1] if charset else written[1].decode("latin-1") if written else ""
    return _name_of(named or ("utf-16" if is_wide else "utf-8"))


def _name_of(encoding: str) -> str:
    """The one name of an encoding; of those that differ in bytes' order or size alone, too."""
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        return encoding.lower()
    return {"gb2312": "gb18030"}.get(name, re.sub("(?<=utf-16|utf-32)-[bl]e$", "", name))


def _is_utf_8(data: bytes) -> bool:
    if data.isascii():
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _xml_entry(item: Any, number: int, base: str, channel: Any) -> ForeignEntry:
    address = join(base, item.get("link", "")) if item.get("link") else ""
    contents = item.get("content") or [None]
    body = next((each for each in contents if each and "html" in each.get("type", "")), contents[0])
    summary = item.get("summary", "")
    detail = body or item.get("summary_detail") or {}
    html = detail.get("value", "") or summary
    if detail.get("type") == "text/plain" and "<" not in html:
        html = paragraphs(html.replace("&", "&amp;"))
    categories, tags, uncertain = _terms(item.get("tags", ()))
    identity = item.get("id", "")
    related = [link for link in item.get("links", ()) if link.get("rel") == "related"]
    return ForeignEntry(
        place=f"{number}: {identity or address or '-'}",
        id=identity or address,
        url=address,
        aliases=(identity,) if is_post_number(identity, address) else (),
        title=_title(item.get("title_detail") or {}),
        html=html,
        base=detail.get("base") or address or base,
        published=_moment(item, "published") or _moment(item, "created"),
        updated=_moment(item, "updated"),
        summary=plain_text(summary) if body and summary != body.get("value") else "",
        categories=categories,
        tags=tags,
        uncertain=uncertain,
        authors=_people(item, channel),
        image=_picture(item),
        media=_media(item),
        related=tuple(
            Link(url=join(base, link["href"]), title=link.get("title", ""))
            for link in related
            if link.get("href")
        ),
        lang=detail.get("language") or "",
    )


def _title(detail: Any) -> str:
    title = str(detail.get("value", ""))
    return one_line(title) if detail.get("type") == "text/plain" else plain_text(title)


def paragraphs(escaped: str) -> str:
    """Return plain text, its markup escaped, as HTML: an empty line ends a paragraph."""
    return "".join(f"<p>{part}</p>" for part in re.split(r"\n\s*\n", escaped))


def _terms(terms: Sequence[Any]) -> tuple[tuple[Term, ...], tuple[str, ...], tuple[str, ...]]:
    """Categories, tags, and what may be either: a scheme that is the address of a list tells."""
    categories: list[Term] = []
    tags: list[str] = []
    uncertain: list[str] = []
    for each in terms:
        name, label = each.get("term") or "", each.get("label") or ""
        folders = path_of(each.get("scheme") or "").strip("/").split("/")
        folder = next((part for part in reversed(folders) if part in _TERM_LISTS), "")
        kind = _TERM_LISTS.get(folder)
        if kind == "category":
            code = name if label else ""
            slug = folders[-1] if folders[-1] != folder else code
            categories.append(Term(name=label or name, slug=slug))
        else:
            (tags if kind else uncertain).append(label or name)
    return tuple(categories), tuple(tags), tuple(filter(None, uncertain))


def _moment(item: Any, key: str) -> datetime | None:
    """A date with the zone that was written; else in UTC, as feedparser read it."""
    # feedparser's own `get` answers for another key where one is absent; dict's does not.
    moment = moment_of(dict.get(item, key) or "")
    parsed = dict.get(item, f"{key}_parsed")
    if moment or not parsed:
        return moment
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _people(item: Any, channel: Any) -> tuple[Person, ...]:
    named = [person for person in item.get("authors", ()) if person.get("name")]
    named = named or [{"name": item.get("author") or channel.get("author") or ""}]
    return tuple(
        Person(name=plain_text(each["name"]), email=each.get("email", ""), url=each.get("href", ""))
        for each in named
        if each["name"]
    )


def _picture(item: Any) -> Picture | None:
    thumbnails = item.get("media_thumbnail", ())
    for media in (*item.get("media_content", ()), *thumbnails):
        is_image = "image" in f"{media.get('medium', '')} {media.get('type', '')}"
        if media.get("url") and (is_image or media in thumbnails):
            credited = item.get("media_credit") or [{}]
            return Picture(
                src=in_full(media["url"]),
                alt=plain_text(item.get("media_description", "")),
                credit=plain_text(credited[0].get("content", "")),
            )
    for enclosure in item.get("enclosures", ()):
        if str(enclosure.get("type", "")).startswith("image/"):
            return Picture(src=enclosure["href"]) if enclosure.get("href") else None
    return None


def _media(item: Any) -> tuple[str, ...]:
    addresses = [
        each.get("href")
        for each in item.get("enclosures", ())
        if "image/" not in str(each.get("type", ""))
    ]
    addresses += [
        each.get("url")
        for each in item.get("media_content", ())
        if str(each.get("type", "")).startswith(("audio/", "video/", "application/"))
    ]
    return tuple(dict.fromkeys(filter(None, addresses)))
