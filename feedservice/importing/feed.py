"""A feed's bytes → entries: RSS and Atom by feedparser, JSON Feed by its own few keys. Door to
feedparser. Pure.

feedparser reads what others write: broken XML, windows-1256, HTML's entities. Its own sanitiser is
off, since every body goes through ours. Entities are never expanded: feedparser leaves out a
DOCTYPE's, and its parser opens nothing.
"""

import json
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from feedservice.content.dates import DateError, parse_date
from feedservice.domain.text import slugify
from feedservice.importing.foreign_entry import Fault, Imported, Link, Person, Picture, Term
from feedservice.importing.markdown import plain_text

_NEXT = ("prev-archive", "next")
_BOOLEAN = re.compile(r"^\s*[{\[]")
_HIJACK = re.compile(rb"<!DOCTYPE[^\[>]*\[.*?\]\s*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One document of a feed: its entries, the pages that go on from it, and whether it is a feed
    at all.
    """

    entries: tuple[Imported, ...]
    links: tuple[str, ...]
    is_feed: bool
    faults: tuple[Fault, ...] = ()


def read(data: bytes, url: str, content_type: str = "") -> Page:
    """Return what a document holds.

    Args:
        data: its bytes.
        url: its address, or the file's name: places are told with it, relative addresses start from
            it.
        content_type: as the server said it (it may name the encoding).
    """
    head = data[:64].decode("latin-1").removeprefix("\xef\xbb\xbf")
    if _BOOLEAN.match(head) or "json" in content_type:
        return _read_json(data, url)
    return _read_xml(data, url, content_type)


def merged(pages: Iterable[Page]) -> tuple[Imported, ...]:
    """Return the entries of all pages, each id once (the one updated last), and uncertain terms
    decided.
    """
    found: dict[str, Imported] = {}
    for page in pages:
        for entry in page.entries:
            key = entry.id or entry.url or entry.place
            held = found.get(key)
            if held is None or _changed(entry) > _changed(held):
                found[key] = entry
    return _sorted_terms(tuple(found.values()))


def _sorted_terms(entries: tuple[Imported, ...]) -> tuple[Imported, ...]:
    """Where no entry has more than one bare term they are sections; where some have, they are
    labels.
    """
    if all(
        len(entry.uncertain) <= 1 and not entry.categories and not entry.tags for entry in entries
    ):
        return tuple(
            replace(
                entry, uncertain=(), categories=tuple(Term(name=name) for name in entry.uncertain)
            )
            for entry in entries
        )
    return entries


def _changed(entry: Imported) -> datetime:
    return entry.updated or entry.published or datetime.min.replace(tzinfo=UTC)


def _read_xml(data: bytes, url: str, content_type: str) -> Page:
    headers = {"content-type": content_type} if content_type else {}
    with warnings.catch_warnings(action="ignore"):
        parsed = feedparser.parse(
            BytesIO(_HIJACK.sub(b"", data)),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    feed = parsed.feed
    base = _base(feed, url)
    entries = tuple(_entry(each, n, base, feed) for n, each in enumerate(parsed.entries, start=1))
    links = [
        urljoin(url, link["href"])
        for rel in _NEXT
        for link in feed.get("links", ())
        if link.get("rel") == rel and link.get("href")
    ]
    broken = parsed.get("bozo_exception") if parsed.get("bozo") else None
    faults: tuple[Fault, ...] = ()
    if broken and not isinstance(
        broken, (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    ):
        faults = (Fault(what="source-broken", place=url, facts={"value": str(broken)}),)
    return Page(
        entries=entries,
        links=tuple(dict.fromkeys(links)),
        is_feed=bool(parsed.get("version") or entries),
        faults=faults,
    )


def _base(feed: Any, url: str) -> str:
    home = feed.get("link", "")
    return url if urlsplit(url).scheme in ("http", "https") else home


def _entry(each: Any, number: int, base: str, feed: Any) -> Imported:
    links = each.get("links", ())
    address = urljoin(base, each.get("link", "")) if each.get("link") else ""
    contents = each.get("content") or []
    body = next(
        (c for c in contents if "html" in c.get("type", "")), contents[0] if contents else None
    )
    summary = each.get("summary", "")
    detail = body or each.get("summary_detail") or {}
    html = detail.get("value", "") or summary
    if detail.get("type") == "text/plain" and "<" not in html:
        html = "".join(
            f"<p>{part}</p>" for part in re.split(r"\n\s*\n", html.replace("&", "&amp;"))
        )
    categories, tags, uncertain = _terms(each.get("tags", ()))
    identity = each.get("id", "")
    return Imported(
        place=f"{number}: {identity or address or '-'}",
        id=identity or address,
        url=address,
        title=plain_text(each.get("title", "")),
        html=html,
        base=detail.get("base") or address or base,
        published=_date(
            dict.get(each, "published") or dict.get(each, "created") or "", each, "published_parsed"
        ),
        updated=_date(dict.get(each, "updated") or "", each, "updated_parsed"),
        summary=plain_text(summary) if body and summary != body.get("value") else "",
        categories=categories,
        tags=tags,
        uncertain=uncertain,
        authors=_people(each, feed),
        image=_picture(each),
        media=_enclosures(each),
        related=tuple(
            Link(url=urljoin(base, link["href"]), title=link.get("title", ""))
            for link in links
            if link.get("rel") == "related" and link.get("href")
        ),
        lang=_language(detail.get("language") or ""),
    )


def _terms(terms: Sequence[Any]) -> tuple[tuple[Term, ...], tuple[str, ...], tuple[str, ...]]:
    """Categories, tags, and what may be either: a scheme or domain tells, where it is the address
    of a list.
    """
    categories: list[Term] = []
    tags: list[str] = []
    uncertain: list[str] = []
    for each in terms:
        name, label = each.get("term") or "", each.get("label") or ""
        path = urlsplit(each.get("scheme") or "").path.strip("/").split("/")
        kind = next((part for part in reversed(path) if part in _KINDS), "")
        if kind and _KINDS[kind] == "category":
            slug = path[-1] if path[-1] != kind else name if label else ""
            categories.append(Term(name=label or name, slug=slug))
        elif kind:
            tags.append(label or name)
        else:
            uncertain.append(label or name)
    return tuple(categories), tuple(tags), tuple(filter(None, uncertain))


_KINDS = {
    "categories": "category",
    "category": "category",
    "sections": "category",
    "tags": "tag",
    "tag": "tag",
}


def _date(text: str, each: Any, parsed: str) -> datetime | None:
    """A date with the zone that was written; what nobody can read with one, in UTC as feedparser
    found it.
    """
    text = text.strip()
    for read_as in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read_as(text)
        except (ValueError, TypeError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    found = dict.get(each, parsed)
    if found:
        try:
            year, month, day, hour, minute, second = found[:6]
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except (ValueError, TypeError):
            return None
    try:
        return parse_date(text, "UTC") if text else None
    except DateError:
        return None


def _people(each: Any, feed: Any) -> tuple[Person, ...]:
    listed = [person for person in each.get("authors", ()) if person.get("name")]
    if not listed:
        listed = [{"name": each.get("author") or feed.get("author") or ""}]
    return tuple(
        Person(
            name=plain_text(p["name"]),
            email=_mail(p.get("email", "")),
            url=_http(p.get("href", "")),
        )
        for p in listed
        if p["name"]
    )


def _mail(text: str) -> str:
    return text if re.fullmatch(r"[^@\s]+@[^@\s]+", text) else ""


def _http(url: str) -> str:
    return url if re.match(r"https?://[^/\s]+", url) and not re.search(r"\s", url) else ""


def _picture(each: Any) -> Picture | None:
    for media in (*each.get("media_content", ()), *each.get("media_thumbnail", ())):
        kind = f"{media.get('medium', '')} {media.get('type', '')}"
        if media.get("url") and ("image" in kind or media in each.get("media_thumbnail", ())):
            return Picture(
                src=media["url"],
                alt=plain_text(each.get("media_description", "")),
                credit=_credit(each),
            )
    found = next(
        (e for e in each.get("enclosures", ()) if str(e.get("type", "")).startswith("image/")), None
    )
    return Picture(src=found["href"]) if found and found.get("href") else None


def _credit(each: Any) -> str:
    credited = each.get("media_credit") or ()
    return plain_text(credited[0].get("content", "")) if credited else ""


def _enclosures(each: Any) -> tuple[str, ...]:
    found = [
        e["href"]
        for e in each.get("enclosures", ())
        if e.get("href") and "image/" not in str(e.get("type", ""))
    ]
    found += [
        m["url"]
        for m in each.get("media_content", ())
        if m.get("url")
        and str(m.get("type", "")).partition("/")[0] in ("audio", "video", "application")
    ]
    return tuple(dict.fromkeys(found))


def _language(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text) else ""


def _read_json(data: bytes, url: str) -> Page:
    try:
        found = json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return Page(entries=(), links=(), is_feed=False)
    if not isinstance(found, dict) or "jsonfeed" not in str(found.get("version", "")):
        return Page(entries=(), links=(), is_feed=False)
    base = url if urlsplit(url).scheme else _text(found, "home_page_url")
    items = [each for each in _list(found, "items") if isinstance(each, dict)]
    authors = _json_people(found)
    entries = tuple(_json_entry(each, n, base, authors) for n, each in enumerate(items, start=1))
    following = _text(found, "next_url")
    return Page(
        entries=entries, links=(urljoin(base, following),) if following else (), is_feed=True
    )


def _json_entry(
    each: dict[str, Any], number: int, base: str, authors: tuple[Person, ...]
) -> Imported:
    address = urljoin(base, _text(each, "url")) if _text(each, "url") else ""
    identity = _text(each, "id") or address
    text = _text(each, "content_text")
    html = _text(each, "content_html")
    if not html and text:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;")
        html = "".join(f"<p>{part}</p>" for part in re.split(r"\n\s*\n", escaped))
    attachments = [a for a in _list(each, "attachments") if isinstance(a, dict) and _text(a, "url")]
    related = [r for r in _list(each, "_related") if isinstance(r, dict) and _text(r, "url")]
    image = _text(each, "image") or _text(each, "banner_image")
    return Imported(
        place=f"{number}: {identity or '-'}",
        id=identity,
        url=address,
        title=plain_text(_text(each, "title").replace("<", "&lt;")),
        html=html,
        base=address or base,
        published=_date(_text(each, "date_published"), {}, ""),
        updated=_date(_text(each, "date_modified"), {}, ""),
        summary=_text(each, "summary"),
        uncertain=tuple(tag for tag in map(str, _list(each, "tags")) if slugify(tag)),
        authors=_json_people(each) or authors,
        image=Picture(src=image) if image else None,
        media=tuple(
            _text(a, "url") for a in attachments if not _text(a, "mime_type").startswith("image/")
        ),
        related=tuple(
            Link(
                url=urljoin(base, _text(r, "url")),
                title=_text(r, "title"),
                summary=_text(r, "summary"),
            )
            for r in related
        ),
        lang=_language(_text(each, "language")),
    )


def _json_people(holder: dict[str, Any]) -> tuple[Person, ...]:
    listed = _list(holder, "authors") or [holder.get("author")]
    found = []
    for each in listed:
        if isinstance(each, dict) and _text(each, "name"):
            url = _text(each, "url")
            mail = url.removeprefix("mailto:") if url.startswith("mailto:") else ""
            found.append(Person(name=_text(each, "name"), email=_mail(mail), url=_http(url)))
    return tuple(found)


def _text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _list(holder: dict[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []
