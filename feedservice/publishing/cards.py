"""Cards by the rows of their articles, as `entries` keeps entries."""

from collections.abc import Sequence

from feedservice.feeds import build_page
from feedservice.feeds.link_context import LinkContext
from feedservice.feeds.page import Card
from feedservice.http.lru import SegmentedLRU
from feedservice.index.finding import Listed
from feedservice.index.snapshot import Snapshot

_WIDTH, _OVERHEAD = 2, 2048
"""Bytes of a character, as Python keeps Arabic, and of a card besides its longest texts, about."""


class KeptCards:
    """Makes cards, and keeps them within a budget. Safe to share among threads.

    Args:
        budget: bytes of cards.
    """

    def __init__(self, budget: int = 2 * 1024 * 1024) -> None:
        self._kept: SegmentedLRU[Card] = SegmentedLRU(budget)

    def of(self, view: Snapshot, listed: Sequence[Listed]) -> tuple[Card, ...]:
        """Return the cards of rows, in their order."""
        surroundings = view.surroundings()
        found = {number: self._kept.get((number, surroundings)) for number, _, _ in listed}
        missing = [number for number, card in found.items() if card is None]
        around = LinkContext(site=view.site, base_url="", now=view.now)
        for number, article in view.articles(missing, teaser=True).items():
            card = found[number] = build_page.card(article, around)
            self._kept.put(
                (number, surroundings), card, _WIDTH * len(card.title + card.summary) + _OVERHEAD
            )
        return tuple(card for card in found.values() if card)
