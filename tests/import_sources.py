"""Plain functions that make sources, and serve what came: nothing here is anybody's real feed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser
from flask import Flask

from factories import FixedClock
from feedservice.content.files import ContentFiles
from feedservice.importing.feed_source import FeedSource
from feedservice.importing.import_report import ImportReport
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.publishing.publisher import Publisher
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app

Run = Callable[..., ImportReport]
"""Imports a source; see the fixture ``run``."""


def rss(
    *items: str, head: str = "", prolog: str = '<?xml version="1.0" encoding="utf-8"?>'
) -> FeedSource:
    """An RSS file with these items."""
    return FeedSource("feed.xml", rss_bytes(*items, head=head, prolog=prolog))


def rss_bytes(
    *items: str, head: str = "", prolog: str = '<?xml version="1.0" encoding="utf-8"?>'
) -> bytes:
    return (
        f'{prolog}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
        f'xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>قديمة</title><link>https://old.example/</link>{head}'
        + "".join(f"<item>{item}</item>" for item in items)
        + "</channel></rss>"
    ).encode()


def item(n: int = 1, **fields: str) -> str:
    """The inside of one item; fields go before what is made up."""
    given = {
        "title": f"عنوان {n}",
        "link": f"https://old.example/2024/05/{n:02d}/post-{n}/",
        "guid": f"https://old.example/?p={n}",
        "pubDate": f"Wed, {n:02d} May 2024 10:00:00 +0300",
        "description": f"نص المادة {n}.",
    }
    fields = {name.replace("_", ":"): value for name, value in fields.items()}
    return "".join(
        f"<{name}>{value}</{name}>" for name, value in {**given, **fields}.items() if value
    )


def serve(root: Path, index: IndexWriter, clock: FixedClock) -> Flask:
    """The service over a content folder, in this process."""
    Indexer(ContentFiles(root), index, clock, pause=lambda seconds: None).scan()
    publisher = Publisher(index, clock)
    app = create_app(publisher, ContentFiles(root).open_media)
    return around(app, publisher.known, clock)


def entries_of(app: Flask, path: str = "/feed.atom?limit=100") -> list[Any]:
    """What a feed of ours says."""
    entries: list[Any] = feedparser.parse(app.test_client().get(path).get_data()).entries
    return entries
