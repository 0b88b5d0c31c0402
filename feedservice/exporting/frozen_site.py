"""The index for a process that asks for every document as of one moment, in each format in turn."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Engine

from feedservice.index.reader import IndexReader
from feedservice.index.snapshot import Snapshot


class FrozenSite(IndexReader):
    """Answers everything from the snapshot that was opened first. For one thread, at one moment."""

    def __init__(self, engine: Engine, base_url: str = "") -> None:
        super().__init__(engine, base_url)
        self._open = ExitStack()
        self._view: Snapshot | None = None

    @contextmanager
    def snapshot(self, now: datetime) -> Iterator[Snapshot]:
        """Return the snapshot, open as long as this object."""
        if self._view is None:
            view = self._open.enter_context(super().snapshot(now))
            # They cost more than the rest of a document, and its other formats come next.
            view.related = lru_cache(1)(view.related)  # type: ignore[method-assign]
            self._view = view
        yield self._view
