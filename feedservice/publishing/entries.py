"""Entries by the rows of their articles: most of a feed is neither read nor made anew."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from feedservice.domain.model import Content
from feedservice.feeds import build
from feedservice.feeds.feed import Item
from feedservice.feeds.formats import Entries, Format
from feedservice.http.lru import SegmentedLRU
from feedservice.index.snapshot import Listed, Snapshot
from feedservice.publishing import link_contexts

log = logging.getLogger(__name__)


class Entry(NamedTuple):
    """An entry as it is in documents of a format, and when it was last updated."""

    body: bytes
    updated: datetime


class KeptEntries:
    """Makes entries, and keeps them within a budget. Safe to share among threads.

    An entry is that of a row, in a format, for as long as nothing around it changes; see
    `Snapshot.surroundings`. Where something does, `Entries` still knows the items that it left as
    they were.

    Args:
        budget: bytes of entries.
    """

    def __init__(self, budget: int = 8 * 1024 * 1024) -> None:
        self._kept: SegmentedLRU[Entry] = SegmentedLRU(budget)
        self._of_items = Entries()

    def of(
        self, view: Snapshot, listed: Sequence[Listed], form: Format, content: Content
    ) -> list[Entry]:
        """Return the entries of rows, in their order, without those that cannot be made.

        Args:
            view: what is asked.
            listed: the rows.
            form: the format.
            content: how much of each article is told.
        """
        around = form.name, content, view.surroundings()
        found = {number: self._kept.get((number, around)) for number, _, _ in listed}
        missing = [number for number, entry in found.items() if entry is None]
        for number, entry in self._made(view, missing, form, content):
            found[number] = entry
            self._kept.put((number, around), entry, len(entry.body))
        return [entry for entry in found.values() if entry]

    def _made(
        self, view: Snapshot, numbers: Sequence[int], form: Format, content: Content
    ) -> Iterator[tuple[int, Entry]]:
        if not numbers:
            return
        articles = view.articles(numbers)
        site = view.site
        around = link_contexts.load(view, tuple(articles.values()), site.base_url)
        for number, article in articles.items():
            item = build.item(article, around, content)
            body = form.render_item(item, site.language, self._of_items, _report)
            if body is not None:
                yield number, Entry(body, item.updated)


def _report(item: Item, error: Exception) -> None:
    log.error("entry %s was left out of a feed: %s", item.id, error)
