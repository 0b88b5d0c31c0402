"""Cards by the rows of their articles, as `entries` keeps entries."""

from collections.abc import Sequence

from feedservice.domain.model import Article
from feedservice.feeds import build_page
from feedservice.feeds.link_context import LinkContext
from feedservice.feeds.page import Card
from feedservice.http.lru import SegmentedLRU
from feedservice.index.finding import Listed
from feedservice.index.snapshot import Snapshot

_WIDTH, _OVERHEAD = 2, 2048
"""Bytes of a character, as Python keeps Arabic, and of a card besides its longest texts, about."""
_SAME = 4096
"""Articles of which cards are kept while they are the same objects."""


class KeptCards:
    """Makes cards, and keeps them within a budget. Safe to share among threads.

    Args:
        budget: bytes of cards.
        is_frozen: whether each article is read once and the site stays: the same object has the
            same card then.
    """

    def __init__(self, budget: int = 2 * 1024 * 1024, *, is_frozen: bool = False) -> None:
        self._kept: SegmentedLRU[Card] = SegmentedLRU(budget)
        self._is_frozen = is_frozen
        self._same: dict[int, tuple[Article, Card]] = {}

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

    def of_article(self, article: Article, around: LinkContext) -> Card:
        """Return the card of an article on pages, whose links are paths."""
        found = self._same.get(id(article))
        if found:  # the article is held, so no other has its id
            return found[1]
        card = build_page.card(article, around)
        if self._is_frozen:
            if len(self._same) >= _SAME:
                self._same.clear()
            self._same[id(article)] = article, card
        return card
