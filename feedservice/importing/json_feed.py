"""A JSON Feed document → entries. Pure."""

from html import escape
from typing import Any

from feedservice.domain.text import slugify
from feedservice.importing.addresses import is_http, join
from feedservice.importing.dates import moment_of
from feedservice.importing.feed import Page, paragraphs
from feedservice.importing.foreign_entry import ForeignEntry, Link, Person, Picture
from feedservice.importing.markdown import plain_text
from feedservice.importing.plain_json import document_of


def read(data: bytes, url: str) -> Page:
    """Return what a document holds; ``url`` is its address, or the file's name."""
    try:
        document = document_of(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return Page()
    if not isinstance(document, dict) or "jsonfeed" not in str(document.get("version", "")):
        return Page()
    base = url if is_http(url) else _text(document, "home_page_url")
    authors = _people(document)
    items = _objects(document, "items")
    next_url = _text(document, "next_url")
    return Page(
        entries=tuple(_entry(item, n, base, authors) for n, item in enumerate(items, start=1)),
        links=tuple(filter(None, (join(base, next_url),))) if next_url else (),
        is_feed=True,
    )


def _entry(
    item: dict[str, Any], number: int, base: str, authors: tuple[Person, ...]
) -> ForeignEntry:
    address = join(base, _text(item, "url")) if _text(item, "url") else ""
    identity = _text(item, "id") or address
    html = _text(item, "content_html")
    text = _text(item, "content_text")
    image = _text(item, "image") or _text(item, "banner_image")
    return ForeignEntry(
        place=f"{number}: {identity or '-'}",
        id=identity,
        url=address,
        title=plain_text(_text(item, "title").replace("<", "&lt;")),
        html=html or (paragraphs(escape(text, quote=False)) if text else ""),
        base=address or base,
        published=moment_of(_text(item, "date_published")),
        updated=moment_of(_text(item, "date_modified")),
        summary=_text(item, "summary"),
        uncertain=tuple(tag for tag in map(str, _list(item, "tags")) if slugify(tag)),
        authors=_people(item) or authors,
        image=Picture(src=image) if image else None,
        media=tuple(
            _text(each, "url")
            for each in _objects(item, "attachments")
            if _text(each, "url") and not _text(each, "mime_type").startswith("image/")
        ),
        related=tuple(
            Link(
                url=join(base, _text(each, "url")),
                title=_text(each, "title"),
                summary=_text(each, "summary"),
            )
            for each in (
                *_objects(_object(item, "_feedservice"), "related"),
                *_objects(item, "_related"),
            )
            if _text(each, "url")
        ),
        lang=_text(item, "language"),
    )


def _people(holder: dict[str, Any]) -> tuple[Person, ...]:
    people = _objects(holder, "authors") or [_object(holder, "author")]
    return tuple(
        Person(
            name=_text(each, "name"),
            email=_text(each, "url").partition("mailto:")[2],
            url=_text(each, "url"),
        )
        for each in people
        if _text(each, "name")
    )


def _text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _list(holder: dict[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _object(holder: dict[str, Any], key: str) -> dict[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _objects(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [each for each in _list(holder, key) if isinstance(each, dict)]
