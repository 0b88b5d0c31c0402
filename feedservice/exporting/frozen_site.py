"""The index for one who asks about one moment, for a list's document in each format in turn.

Right only where ``now`` never moves, and where who asks begins anew once the index was written to.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from feedservice.domain.model import Article
from feedservice.index.reader import IndexReader


class StandingReader(IndexReader):
    """Keeps the related articles that it was asked for last: they cost more than the rest of a
    document.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._last: tuple[tuple[Article, ...], int, dict[str, tuple[Article, ...]]] = ((), 0, {})

    def related(
        self, around: Sequence[Article], now: datetime, limit: int
    ) -> dict[str, tuple[Article, ...]]:
        """Return articles like each of ``around``, as `IndexReader.related` does."""
        articles, most, found = self._last
        if (articles, most) != (tuple(around), limit):
            found = super().related(around, now, limit)
            self._last = (tuple(around), limit, found)
        return found
