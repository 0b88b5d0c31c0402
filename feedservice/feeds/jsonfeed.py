"""JSON Feed 1.1, keys in a fixed order, our own in ``_feedservice`` ("Extensions"). Pure."""

import json
from collections.abc import Sequence
from typing import Any

from feedservice.feeds.feed import Attachment, Feed, Item, Link, Person, Tombstone

VERSION = "https://jsonfeed.org/version/1.1"


def entry(item: Item, language: str) -> bytes:
    """Return the object of an item (JSON Feed 1.1, "Items"), for a feed in ``language``."""
    content = (
        {"content_html": item.html} if item.html else {"content_text": item.summary or item.title}
    )
    return _dump(
        {
            "id": item.id,
            "url": item.url,
            "title": item.title,
            **content,  # one of the two is required
            "summary": item.summary,
            "image": item.image.url if item.image else "",
            "date_published": item.published.isoformat(timespec="seconds"),
            "date_modified": item.updated.isoformat(timespec="seconds"),
            "authors": [_author(person) for person in item.authors],
            "tags": [term.label for term in item.terms],
            "language": item.language if item.language != language else "",
            "attachments": [_attachment(attachment) for attachment in item.attachments],
            "_feedservice": _extension(
                item.docs_url,
                related=[_related(link) for link in item.related],
                translations=[_translation(link) for link in item.translations],
            ),
        }
    )


def document(feed: Feed, entries: Sequence[bytes]) -> bytes:
    """Return the document (JSON Feed 1.1, "Top-level") around what `entry` made."""
    head = _dump(
        {
            "version": VERSION,
            "title": feed.title,
            "home_page_url": feed.page_url,
            "feed_url": feed.self_url,
            "description": feed.description,
            "next_url": feed.next_url,
            "icon": feed.icon_url or feed.logo_url,
            "favicon": feed.icon_url,
            "authors": [_author(feed.author)],
            "language": feed.language,
            "hubs": [{"type": "WebSub", "url": hub} for hub in feed.hubs],
            "_feedservice": _extension(
                feed.docs_url, deleted=[_deleted(stone) for stone in feed.tombstones]
            ),
        }
    )
    return b"".join((head[:-1], b',"items":[\n', b",\n".join(entries), b"\n]}\n"))


def _dump(fields: dict[str, Any]) -> bytes:
    kept = {key: value for key, value in fields.items() if value}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


def _extension(docs_url: str, **parts: list[dict[str, str]]) -> dict[str, object]:
    """Our own object, with the address that explains it; empty where it would say nothing."""
    kept = {key: value for key, value in parts.items() if value}
    return {"about": docs_url, **kept} if kept else {}


def _author(person: Person) -> dict[str, str]:
    url = person.url or (f"mailto:{person.email}" if person.email else "")
    return {"name": person.name, **({"url": url} if url else {})}


def _attachment(attachment: Attachment) -> dict[str, str | int]:
    media_type = attachment.media_type or "application/octet-stream"  # required
    fields: dict[str, str | int] = {"url": attachment.url, "mime_type": media_type}
    if attachment.caption or attachment.alt:
        fields["title"] = attachment.caption or attachment.alt
    if attachment.length:
        fields["size_in_bytes"] = attachment.length
    return fields


def _related(link: Link) -> dict[str, str]:
    return {"url": link.url, "title": link.title, "summary": link.summary}


def _translation(link: Link) -> dict[str, str]:
    return {"url": link.url, "language": link.language, "title": link.title}


def _deleted(stone: Tombstone) -> dict[str, str]:
    return {"id": stone.id, "url": stone.url, "date": stone.when.isoformat(timespec="seconds")}
