"""Plain functions that make sources: nothing here is anybody's real feed."""

from collections.abc import Callable

from feedservice.importing.feed_source import FeedSource
from feedservice.importing.import_report import ImportReport

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
