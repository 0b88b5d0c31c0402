"""The index for a process that asks for every document as of one moment."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Engine

from feedservice.domain.model import Article, Site
from feedservice.domain.selections import Cursor, Selection
from feedservice.index.reader import IndexReader
from feedservice.index.snapshot import Snapshot

_AHEAD = 128
"""Articles whose related ones are looked for at once, at most."""
_QUESTIONS = ("listed", "edge", "count", "left", "withdrawn")
_ANSWERS = 64
"""Of each question so many are kept: an archive document is asked for in one format after another,
and asks the same each time."""

_TEASERS = 4096
"""Of so many rows teasers are kept, some 3 KB each: what is related to an article is so to others
beside it."""


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
            view.articles = _Teasers(view).of  # type: ignore[method-assign]
            view.related = _Related(view).of  # type: ignore[method-assign]
            for name in _QUESTIONS:
                setattr(view, name, lru_cache(_ANSWERS)(getattr(view, name)))
            self._view = view
        yield self._view

    def current(self) -> tuple[int, Site]:
        """Return the revision and the site of the snapshot, once it is open."""
        return (self._view.revision, self._view.site) if self._view else super().current()


class _Teasers:
    """Reads the teaser of a row once, and returns the same object from then on."""

    def __init__(self, view: Snapshot) -> None:
        self._find = view.articles
        self._kept: dict[int, Article] = {}

    def of(self, numbers: Collection[int], *, teaser: bool = False) -> dict[int, Article]:
        """Return what `Snapshot.articles` does."""
        if not teaser:
            return self._find(numbers)
        found = {number: self._kept[number] for number in numbers if number in self._kept}
        if missing := [number for number in numbers if number not in found]:
            read = self._find(missing, teaser=True)
            if len(self._kept) + len(read) > _TEASERS:
                self._kept.clear()
            self._kept |= read
            found |= read
        return found


class _Related:
    """Looks for what is related to the next articles, too, while these are asked for one by one."""

    def __init__(self, view: Snapshot) -> None:
        self._view = view
        self._find = view.related
        self._found: dict[str, tuple[Article, ...]] = {}
        self._ahead = self._used = 0

    def of(self, around: Sequence[Article], limit: int) -> dict[str, tuple[Article, ...]]:
        """Return what `Snapshot.related` does."""
        if len(around) != 1:
            return self._find(around, limit)
        (article,) = around
        if article.slug not in self._found:
            self._look(article, limit)
        self._used += 1
        return {article.slug: self._found[article.slug]}

    def _look(self, article: Article, limit: int) -> None:
        """Look for more where most of what was looked for was asked for, else for one."""
        most = 2 * self._ahead + 1
        self._ahead = min(most, _AHEAD) if self._used > self._ahead // 2 else 0
        self._used = 0
        cursor = Cursor(published=article.published, slug=article.slug)
        ahead = self._view.select(Selection(before=cursor), self._ahead, teaser=True)
        self._found = self._find((article, *ahead), limit)
