"""Entries by the rows of their articles: most of a feed is neither read nor made anew."""

import logging
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from feedservice.domain.model import Article, Content
from feedservice.feeds import build
from feedservice.feeds.feed import Item
from feedservice.feeds.formats import Format
from feedservice.feeds.link_context import MAX_RELATED
from feedservice.http.lru import SegmentedLRU
from feedservice.index.finding import Listed
from feedservice.index.payload import site_to_json, values_to_json
from feedservice.index.snapshot import Snapshot
from feedservice.index.surroundings import Neighbours, Surroundings
from feedservice.publishing import link_contexts

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Entry:
    """An entry as it is in documents of a format.

    Attributes:
        body: its bytes.
        updated: when the article was last updated.
        shown: digest of the site, of when its row was written, and of what it shows of other rows:
            nothing altered the entry while this was the same.
        around: nor while this was; None where nobody knows.
    """

    body: bytes
    updated: datetime
    shown: bytes
    around: Surroundings | None = None


class KeptEntries:
    """Makes entries, and keeps them within a budget. Safe to share among threads.

    An entry is that of a row, in a format, for as long as nothing around it changes. Where
    something does, which most edits of what is shown elsewhere do, those are made anew that show
    it.

    Args:
        budget: bytes of entries.
        together: formats that an entry is made in at once, where each will be asked for; else it is
            made in the one that is.
    """

    def __init__(self, budget: int = 8 * 1024 * 1024, together: Collection[Format] = ()) -> None:
        self._budget = budget
        self._together = together
        self.forget()

    def forget(self) -> None:
        """Keep nothing of what was kept: what was asked for often is in the way of other rows."""
        self._kept: SegmentedLRU[Entry] = SegmentedLRU(self._budget)

    def items(self) -> list[tuple[Hashable, Entry]]:
        """Return what is kept, what would leave last first."""
        return self._kept.items()

    def restore(self, kept: Sequence[tuple[Hashable, Entry]]) -> None:
        """Keep what another process kept; best first."""
        for key, entry in reversed(kept):
            self._kept.put(key, entry, len(entry.body))

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
        around = view.surroundings()
        kept = {row.number: self._kept.get((row.number, form.name, content)) for row in listed}
        found = {n: each if each and each.around == around else None for n, each in kept.items()}
        doubted = {number: kept[number] for number, entry in found.items() if entry is None}
        for number, name, entry in self._sure(view, around, doubted, form, content):
            if name == form.name:
                found[number] = entry
            if entry is not kept[number]:
                self._kept.put((number, name, content), entry, len(entry.body))
        return [entry for entry in found.values() if entry]

    def _sure(
        self,
        view: Snapshot,
        around: Surroundings,
        doubted: Mapping[int, Entry | None],
        form: Format,
        content: Content,
    ) -> Iterator[tuple[int, str, Entry]]:
        """Yield those of entries that may have changed which have not, and others made anew."""
        if not doubted:
            return
        # Where all have to be made, their articles are read first: these tell where they stand.
        typed = {} if any(doubted.values()) else view.typed(doubted)
        neighbours = view.neighbours(doubted, MAX_RELATED, typed)
        site = blake2b(f"{around.begun} {site_to_json(view.site)}".encode(), digest_size=16)
        shown: dict[int, bytes] = {}
        for number, entry in doubted.items():
            digest = site.copy()
            digest.update(values_to_json(neighbours[number]))
            shown[number] = digest.digest()
            if entry and entry.shown == shown[number]:
                entry.around = around
                yield number, form.name, entry
                del neighbours[number]
        forms = self._together or (form,)
        for number, name, body, updated in _made(view, neighbours, typed, forms, content):
            yield number, name, Entry(body, updated, shown[number], around)


def _made(
    view: Snapshot,
    neighbours: Mapping[int, Neighbours],
    typed: dict[int, Article],
    forms: Collection[Format],
    content: Content,
) -> Iterator[tuple[int, str, bytes, datetime]]:
    if not neighbours:
        return
    language = view.site.language
    articles = view.respelt(typed or view.typed(neighbours))
    rows = set[int]().union(*(each.related for each in neighbours.values()))
    # Many are in the feed themselves.
    known = {**articles, **view.headlines(rows - articles.keys())}
    related = {
        article.slug: tuple(known[each] for each in neighbours[number].related)
        for number, article in articles.items()
    }
    context = link_contexts.load(view, tuple(articles.values()), view.site.base_url, related)
    # Step by step: what one runs stays in the processor's caches.
    items = [build.item(article, context, content) for article in articles.values()]
    for number, item in zip(articles, items, strict=True):
        for form in forms:
            body = form.render_item(item, language, report=_report)
            if body is not None:
                yield number, form.name, body, item.updated


def _report(item: Item, error: Exception) -> None:
    log.error("entry %s was left out of a feed: %s", item.id, error)
