"""Which files that are gone are removed, and when: what was noticed of them is remembered here."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Set

from feedservice.content import site as site_file
from feedservice.content.files import ContentFiles
from feedservice.index.packed import Packed
from feedservice.index.writer import IndexWriter
from feedservice.ingest.plan import GRACE, Vanished, folder_of

log = logging.getLogger(__name__)

MOVING_AT_MOST = 4 * GRACE
"""Seconds after which a file that was missed is removed though others come up and go unread."""


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
        self._moved = 0
        self._passed_on = -GRACE

    @property
    def waiting_since(self) -> float | None:
        """When the first of the files was missed that `due` is to look for again."""
        return min(self._waiting.values(), default=None)

    @property
    def missed(self) -> Set[str]:
        """The files that are missed so far, and stay."""
        return self._vanished.withheld.keys() | self._waiting

    def wait_for(self, lost: Iterable[str], moved: int = 0) -> None:
        """Give files that were missed a moment to come back, here or at another place.

        Args:
            lost: files that are gone.
            moved: how many files came up at a place that had none.
        """
        now = self._monotonic()
        for path in lost:
            self._waiting.setdefault(path, now)
        self._moved = self._moved + moved if self._waiting else 0

    def vanish(self, paths: Set[str]) -> None:
        """Note files that were there a moment ago, and gone when they were to be read.

        One that the index does not have may be one that is missed, and is on its way: its last good
        version would go with its old place.
        """
        if not paths:
            return
        known = self._index.known_at(paths).keys()
        self.wait_for(known)
        self.went_on(paths - known)

    def went_on(self, paths: Set[str]) -> None:
        """Note files that came up and were gone before they were read; see `vanish`."""
        if paths:
            self._passed_on = self._monotonic()

    def came_back(self, paths: Collection[str]) -> None:
        """Forget files that are there; one that was missed may have gone since it was seen."""
        back = {path for path in self.missed if path in paths and self._files.stat(path)}
        self._vanished = self._vanished.without(back)
        self._stop_waiting(back)

    def accept(self) -> None:
        """Forget all: whatever is gone is meant to be."""
        self._vanished = Vanished()
        self._waiting = {}

    def due(self) -> frozenset[str]:
        """Return which of the files that were waited for are to be removed.

        Those of a folder that is being emptied wait for each other, to be weighed together.
        """
        now = self._monotonic()
        last = dict[str, float]()
        for path, since in self._waiting.items():
            folder = folder_of(path)
            last[folder] = max(last.get(folder, self._passed_on), since)
        over = {
            path
            for path, since in self._waiting.items()
            if now - last[folder_of(path)] >= GRACE or now - since >= MOVING_AT_MOST
        }
        lost = {path for path in over if self._files.stat(path) is None}
        moved = min(self._moved, len(lost))
        self._moved -= moved
        self._stop_waiting(over)
        return self._decide(frozenset(self._index.known_at(lost)), moved)

    def of_scan(self, lost: frozenset[str], moved: int, *, is_patient: bool) -> frozenset[str]:
        """Return which files that a scan missed are to be removed.

        Args:
            lost: files that are gone.
            moved: how many files came up at a place that had none.
            is_patient: whether what was not missed before has a moment to come back.
        """
        if is_patient:
            self.wait_for(lost - self._vanished.withheld.keys(), moved)
            return self._decide(lost - self._waiting.keys(), 0)
        now = self._monotonic()
        lost -= {path for path, since in self._waiting.items() if now - since < GRACE}
        self._stop_waiting(lost)
        return self._decide(lost, moved)

    def moved_to(self, read: Iterable[Packed]) -> set[str]:
        """Return the files that are missed so far, but whose articles were read elsewhere now."""
        missed = self.missed
        if not missed:
            return set()
        claims = {claim for each in read if each.article for claim in each.article.claims}
        ids = {value for space, value in claims if space == "id"}
        moved_from = self._index.claimants_of(ids) & missed
        self._vanished = self._vanished.without(moved_from)
        self._moved = max(self._moved - len(moved_from), 0)
        self._stop_waiting(moved_from)
        return moved_from

    def _stop_waiting(self, paths: Iterable[str]) -> None:
        for path in [*paths]:
            self._waiting.pop(path, None)
        if not self._waiting:
            self._moved = 0

    def _decide(self, lost: frozenset[str], moved: int) -> frozenset[str]:
        site = self._files.stat(site_file.NAME) if lost else None
        if lost and (site is None or site.is_unknown):
            # A folder that is not mounted, or half emptied: whatever is missing may come back.
            log.warning(
                "site.yaml is missing or unreadable, and %d articles; none was removed", len(lost)
            )
            return frozenset()
        moved_from = frozenset(self._index.moved_from(lost) if lost else ())
        lost -= moved_from
        if not lost and self._vanished == Vanished():
            return moved_from
        told, total = len(self._vanished.withheld), self._index.count()
        gone, self._vanished = self._vanished.weigh(
            lost, self._known_in, total, moved, self._monotonic()
        )
        withheld, removed = len(self._vanished.withheld), len(self._vanished.removed)
        if withheld and (not told or withheld > 2 * told):  # not of each file of a slow removal
            log.warning(
                "%d of %d articles vanished within a minute; %d of them are kept for ten "
                "minutes, should they come back (feedservice index --accept-removals)",
                withheld + removed,
                total + removed,
                withheld,
            )
        return gone | moved_from

    def _known_in(self, folder: str) -> Iterator[str]:
        return (state.path for state in self._index.states(folder))
