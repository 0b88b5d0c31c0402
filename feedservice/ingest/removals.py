"""Which files that are gone are removed, and when: what was noticed of them is remembered here."""

import logging
from collections.abc import Callable, Collection, Iterable

from feedservice.content import site as site_file
from feedservice.content.files import ContentFiles
from feedservice.index.writer import IndexWriter
from feedservice.ingest.plan import FEW, GRACE, Vanished

log = logging.getLogger(__name__)


class Removals:
    """What one writer knows of files that are gone, since it began.

    Args:
        files: the content folder.
        index: the index, prepared.
        monotonic: tells seconds that no change of the clock touches.
    """

    def __init__(
        self, files: ContentFiles, index: IndexWriter, monotonic: Callable[[], float]
    ) -> None:
        self._files = files
        self._index = index
        self._monotonic = monotonic
        self._vanished = Vanished()
        self._waiting: dict[str, float] = {}

    @property
    def waiting_since(self) -> float | None:
        """When the first of the files was missed that `due` is to look for again."""
        return min(self._waiting.values(), default=None)

    def wait_for(self, lost: Iterable[str]) -> None:
        """Give files that a watcher missed a moment to come back."""
        now = self._monotonic()
        for path in lost:
            self._waiting.setdefault(path, now)

    def came_back(self, paths: Collection[str]) -> None:
        """Forget files that are there."""
        self._vanished = self._vanished.without(paths)
        for path in self._waiting.keys() & paths:
            del self._waiting[path]

    def accept(self) -> None:
        """Forget all: whatever is gone is meant to be."""
        self._vanished = Vanished()
        self._waiting = {}

    def due(self) -> frozenset[str]:
        """Return which of the files that were waited for are to be removed."""
        now = self._monotonic()
        over = {path for path, since in self._waiting.items() if now - since >= GRACE}
        lost = {path for path in over if self._files.stat(path) is None}
        self.came_back(over - lost)
        for path in lost:
            del self._waiting[path]
        asked = lost
        if len(lost) >= FEW or self._vanished != Vanished():
            # Whether these folders empty, and those of what vanished a moment before.
            vanished = self._vanished
            asked = {
                path.partition("/")[0] for path in (*lost, *vanished.removed, *vanished.withheld)
            }
        known = self._index.known_below(asked)
        return self._decide(frozenset(lost & known.keys()), known, self._index.count(), 0)

    def of_scan(self, lost: frozenset[str], known: Collection[str], moved: int) -> frozenset[str]:
        """Return which files that a scan missed are to be removed.

        Args:
            lost: files that are gone.
            known: the files that the index has.
            moved: how many files came up at a place that had none.
        """
        now = self._monotonic()
        waiting = {path for path, since in self._waiting.items() if now - since < GRACE}
        moved_from = self._index.moved_from(lost) if lost else set()
        gone = self._decide(lost - moved_from - waiting, known, len(known), moved)
        return gone | (moved_from & lost)

    def moved_since(self) -> set[str]:
        """Return the files that stay so far, but whose articles are at other places by now."""
        moved_from = self._index.moved_from(self._vanished.withheld.keys() | self._waiting)
        self.came_back(moved_from)
        return moved_from

    def _decide(
        self, lost: frozenset[str], known: Collection[str], total: int, moved: int
    ) -> frozenset[str]:
        for path in self._waiting.keys() & lost:
            del self._waiting[path]
        if lost and self._files.stat(site_file.NAME) is None:
            # A folder that is not mounted, or half emptied: whatever is missing may come back.
            log.warning("site.yaml is missing, and %d articles; none was removed", len(lost))
            return frozenset()
        told = len(self._vanished.withheld)
        gone, self._vanished = self._vanished.weigh(lost, known, total, moved, self._monotonic())
        withheld = len(self._vanished.withheld)
        if withheld and (not told or withheld > 2 * told):  # not of each file of a slow removal
            log.warning(
                "%d of %d articles vanished within a minute; none of these is removed for ten "
                "minutes, should they come back (feedservice index --accept-removals)",
                withheld,
                total,
            )
        return gone
