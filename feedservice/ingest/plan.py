"""What a look at the content folder means: files to read, articles that are gone. Pure."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from feedservice.content.seen import Seen, has_same_media
from feedservice.domain.file_readings import FileState

SETTLED = 0.05
"""Seconds for which a file's size and time must have stood still before it is read."""
GRACE = 0.5
"""Seconds in which a file that a watcher missed may come back: so do some editors save."""
FEW = 3
"""Fewer articles than this that vanish within a minute are never withheld."""
LATELY = 60.0
"""Seconds over which removals are counted."""
BELIEVED_AFTER = 600.0
"""Seconds after which a file that was withheld, and did not come back, is removed."""

Known = Callable[[str], Iterable[str]]
"""Tells the files that the index has in a folder."""


class Due(NamedTuple):
    """A file to read.

    Attributes:
        seen: the file as it was seen.
        known: how it was read, where that still holds if its bytes and its media are the same.
        quiet: seconds for which it must stand still; 0 where nobody can be writing it.
    """

    seen: Seen
    known: FileState | None
    quiet: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done.

    Attributes:
        due: files to read, by path.
        lost: files that are gone.
        moved: how many files came up at a place that had none.
    """

    due: tuple[Due, ...]
    lost: frozenset[str]
    moved: int = 0


class Rule:
    """Decides which files are due.

    Args:
        key: of what else a reading depends on.
        now: the moment.
        media: tells a media file, or that there is none.
        again: paths that are read whatever they are.
        is_scan: whether files that were read while they were young are due, whatever they are.
    """

    def __init__(
        self,
        key: str,
        now: datetime,
        media: Callable[[str], Seen | None],
        again: Collection[str] = (),
        *,
        is_scan: bool = False,
    ) -> None:
        self._key = key
        self._border = int((now.timestamp() - SETTLED) * 1e9)
        self._media = media
        self._again = again
        self._is_scan = is_scan

    def is_due(self, seen: Seen, state: FileState | None) -> bool:
        """Whether a file is to be read that was read before as ``state``, or never."""
        if state is None or state.key != self._key or not _is_same(seen, state):
            return True
        if seen.is_unknown:  # and was so: to read it again tells nothing more
            return False
        if seen.path in self._again or (self._is_scan and state.ctime_ns < 0):
            return True
        return not has_same_media(state, self._media)

    def due(self, seen: Seen, state: FileState | None) -> Due:
        """Return how a file is read that is due."""
        is_usable = state and state.key == self._key and seen.path not in self._again
        return Due(seen, state if is_usable else None, _quiet(seen, state, self._border))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """What is remembered of files that vanished: their paths, and when, in monotonic seconds.

    Attributes:
        removed: those that were removed within `LATELY`.
        withheld: those that stay, since too much vanished within that time.
    """

    removed: Mapping[str, float] = field(default_factory=dict)
    withheld: Mapping[str, float] = field(default_factory=dict)

    def without(self, paths: Collection[str]) -> "Vanished":
        """Return what is remembered once files came back, or were removed for another reason."""
        if self.withheld.keys().isdisjoint(paths):
            return self
        left = {path: since for path, since in self.withheld.items() if path not in paths}
        return replace(self, withheld=left)

    def weigh(
        self, lost: Collection[str], known: Known, total: int, moved: int, now: float
    ) -> tuple[frozenset[str], "Vanished"]:
        """Decide which files are removed now; the others are withheld.

        Args:
            lost: files that are gone.
            known: tells the files that the index has in a folder.
            total: how many it has.
            moved: how many files came up at a place that had none.
            now: the moment.
        """
        removed = {path: since for path, since in self.removed.items() if now - since < LATELY}
        held = {path: since for path, since in self.withheld.items() if now - since < LATELY}
        fresh = {path: now for path in lost if path not in self.withheld}
        withheld = dict(self.withheld)
        if is_mass(removed | held | fresh, known, total + len(removed), moved):
            withheld |= fresh
        else:
            removed |= fresh
        gone = {
            path for path in lost if path not in withheld or now - withheld[path] >= BELIEVED_AFTER
        }
        memory = Vanished(removed=removed, withheld=withheld)
        return frozenset(gone), memory.without(gone)


def is_mass(vanished: Collection[str], known: Known, total: int, moved: int) -> bool:
    """Whether so much vanished that it is rather an accident: a fifth of all, or a whole folder."""
    missing = len(vanished) - moved  # what moved vanished from its old place
    if missing < FEW:
        return False
    if missing * 5 > total:
        return True
    emptied = Counter(map(folder_of, vanished))
    return any(
        count >= FEW and all(path in vanished for path in known(folder))
        for folder, count in emptied.items()
    )


def folder_of(path: str) -> str:
    """Return the folder of a path, below the content folder, that is weighed as a whole."""
    return path.partition("/")[0]


def plan(known: Mapping[str, FileState], articles: Mapping[str, Seen], rule: Rule) -> Plan:
    """Decide what is due and what is lost of files that are compared.

    Args:
        known: as they were read, by path.
        articles: those that are there.
        rule: decides which are due.
    """
    found = [(articles[path], known.get(path)) for path in sorted(articles)]
    return Plan(
        due=tuple(rule.due(*pair) for pair in found if rule.is_due(*pair)),
        lost=frozenset(known.keys() - articles.keys()),
        moved=len(articles.keys() - known.keys()),
    )


def _quiet(seen: Seen, known: FileState | None, border: int) -> float:
    is_another = known is None or seen.inode != known.inode
    if is_another and seen.ctime_ns > seen.mtime_ns:  # renamed after it was written
        return 0
    is_old = seen.mtime_ns <= border and (known is None or _is_same(seen, known))
    return 0 if is_old else SETTLED


def _is_same(seen: Seen, known: FileState) -> bool:
    return (
        known.size == seen.size
        and known.mtime_ns == seen.mtime_ns
        and abs(known.ctime_ns) == seen.ctime_ns
        and known.inode == seen.inode
    )
