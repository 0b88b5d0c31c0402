"""The formats of a feed; routes, autodiscovery, docs and tests loop over `FORMATS`. Pure."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from feedservice.feeds import atom, jsonfeed, rss
from feedservice.feeds.feed import Feed, Item
from feedservice.http.lru import SegmentedLRU

Entry = Callable[[Item, str], bytes]
"""Makes the bytes of an item in a feed of some language, as they are in the document."""

ReportItem = Callable[[Item, Exception], None]
"""Is told of an item that a document had to leave out, and why."""

_WIDTH = 2
"""Bytes of a character in memory, as Python keeps Arabic."""
_OVERHEAD = 2048
"""Bytes of an item besides its text, about."""

_log = logging.getLogger(__name__)


class Entries:
    """Keeps what items became, within a budget. Safe to share among threads.

    The key is the whole `Item`, its related links and resolved addresses too, with the format and
    the feed's language: whatever changes in an item makes it another one, so nothing here is ever
    stale.

    Args:
        budget: bytes of entries, and of the texts of the items that they were made of.
    """

    def __init__(self, budget: int = 16 * 1024 * 1024) -> None:
        self._kept: SegmentedLRU[bytes] = SegmentedLRU(budget)

    @property
    def size(self) -> int:
        """Bytes that are kept now."""
        return self._kept.size

    def get(self, entry: Entry, item: Item, language: str) -> bytes:
        """Return the bytes of an item, made by ``entry`` unless they are kept."""
        key = (entry, item, language)
        made = self._kept.get(key)
        if made is None:
            made = entry(item, language)
            self._kept.put(key, made, len(made) + _WIDTH * len(item.html) + _OVERHEAD)
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format of feeds.

    Attributes:
        name: as `FORMATS` has it.
        suffix: what its addresses end with.
        media_type: without parameters.
        entry: makes an item's bytes.
        document: makes the document around the bytes of its entries.
    """

    name: str
    suffix: str
    media_type: str
    entry: Entry
    document: Callable[[Feed, Sequence[bytes]], bytes]

    @property
    def content_type(self) -> str:
        """The Content-Type header (RFC 9110 §8.3)."""
        return f"{self.media_type}; charset=utf-8"

    def content_type_of(self, feed: Feed) -> str:
        """Return the Content-Type header of a feed: XML where it has a stylesheet.

        Browsers apply one to documents of that type, and download feeds.
        """
        is_xml = feed.stylesheet and self.media_type.endswith("+xml")
        return "application/xml; charset=utf-8" if is_xml else self.content_type

    def render(
        self, feed: Feed, *, entries: Entries | None = None, report: ReportItem | None = None
    ) -> bytes:
        """Return the document of a feed; the same feed gives the same bytes everywhere.

        An item that cannot be rendered is left out and reported; it never costs the feed.

        Args:
            feed: what to render.
            entries: keeps entries from one document to the next.
            report: is told of each item that was left out; without it, the log is.
        """
        made = (self.render_item(item, feed.language, entries, report) for item in feed.items)
        return self.document(feed, [each for each in made if each is not None])

    def render_item(
        self,
        item: Item,
        language: str,
        entries: Entries | None = None,
        report: ReportItem | None = None,
    ) -> bytes | None:
        """Return the bytes of an item in feeds of a language, None for one that was left out."""
        make = entries.get if entries else _make
        try:
            _check(item)
            return make(self.entry, item, language)
        # Whatever is wrong with one item must not cost the others.
        except Exception as error:  # noqa: BLE001
            (report or _warn)(item, error)
            return None


def _make(entry: Entry, item: Item, language: str) -> bytes:
    return entry(item, language)


def _check(item: Item) -> None:
    """Refuse what every format would write without complaint, and no reader could use."""
    missing = [name for name in ("id", "atom_id", "url", "title") if not getattr(item, name)]
    if missing:
        raise ValueError(f"an item without {', '.join(missing)}")
    if item.published.utcoffset() is None or item.updated.utcoffset() is None:
        raise ValueError("an item with a date without an offset from UTC")


def _warn(item: Item, error: Exception) -> None:
    _log.error("left out of a feed: %r: %s", item.id, error)


RSS = Format(
    name="rss",
    suffix=".rss",
    media_type="application/rss+xml",
    entry=rss.entry,
    document=rss.document,
)
ATOM = Format(
    name="atom",
    suffix=".atom",
    media_type="application/atom+xml",
    entry=atom.entry,
    document=atom.document,
)
JSON = Format(
    name="json",
    suffix=".json",
    media_type="application/feed+json",
    entry=jsonfeed.entry,
    document=jsonfeed.document,
)

FORMATS: Mapping[str, Format] = MappingProxyType(
    {format_.name: format_ for format_ in (RSS, ATOM, JSON)}
)
"""Each format by its name, in the order in which people are offered them."""
