"""The index for one who asks about one moment over and over, in the formats of a feed: what costs most is kept.

Right only where ``now`` never moves, and where who asks begins anew once the index was written to.
"""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import Engine

from feedservice.index.reader import IndexReader
from feedservice.model import Article

_KEPT = 2048
"""Articles: those of a large archive document, from one format to the next."""


class StandingReader(IndexReader):
    """Keeps which articles are like one, least recently asked first out; arguments as in `IndexReader`."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._related = lru_cache(maxsize=_KEPT)(super().related)

    def related(self, article: Article, now: datetime, limit: int) -> tuple[Article, ...]:
        """Return articles like this one, as `IndexReader.related` does."""
        return self._related(article, now, limit)
