"""What a look at the content folder means: files to read, articles that are gone. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from feedservice.content.files import Seen, Walk
from feedservice.content.reader import asset
from feedservice.domain.file_readings import FileState

SETTLED = 0.05
"""Seconds for which a file's size and time must have stood still before it is read."""
REMOVALS_AT_ONCE = 20
"""Where more articles than this, and more than a fifth of all, vanish at once, none is removed."""


class Due(NamedTuple):
    """A file to read.

    Attributes:
        seen: the file as it was seen.
        known: how it was read, where that still holds if its bytes and its media are the same.
        is_settled: whether nobody can be writing it: it is old, and was read as it is or never.
    """

    seen: Seen
    known: FileState | None
    is_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done.

    Attributes:
        due: files to read, by path.
        lost: files that are gone.
        withheld: how many are gone but stay, since they are too many at once.
        moved: how many files came up at a place that had none.
    """

    due: tuple[Due, ...]
    lost: frozenset[str]
    withheld: int = 0
    moved: int = 0

    def guarded(self, known: int) -> "Plan":
        """Return the plan without its removals where they are too many of ``known`` articles."""
        missing = len(self.lost) - self.moved  # what moved vanished from its old place
        if missing > REMOVALS_AT_ONCE and missing * 5 > known:
            return replace(self, lost=frozenset(), withheld=len(self.lost))
        return self


def plan(
    known: Mapping[str, FileState],
    walk: Walk,
    key: str,
    now: datetime,
    again: Collection[str] = (),
) -> Plan:
    """Decide what is due and what is lost.

    Args:
        known: files as they were read, by path; those that are to be compared.
        walk: what is there of them.
        key: of what else a reading depends on.
        now: the moment.
        again: paths that are read whatever they are.
    """
    border = int((now.timestamp() - SETTLED) * 1e9)
    due = []
    for path, seen in sorted(walk.articles.items()):
        state = known.get(path)
        if path in again or _is_due(seen, state, key, walk.media):
            has_changed = state is not None and not _is_same(seen, state)
            is_usable = state is not None and state.key == key and path not in again
            is_settled = seen.mtime_ns <= border and not has_changed
            due.append(Due(seen, state if is_usable else None, is_settled))
    # What lies in a folder that could not be listed is not gone.
    closed = tuple(f"{folder}/" for folder in walk.unreadable)
    lost = (path for path in known.keys() - walk.articles.keys() if not path.startswith(closed))
    moved = len(walk.articles.keys() - known.keys())
    return Plan(due=tuple(due), lost=frozenset(lost), moved=moved)


def _is_same(seen: Seen, known: FileState) -> bool:
    return (
        known.size == seen.size
        and known.mtime_ns == seen.mtime_ns
        and known.ctime_ns == seen.ctime_ns
        and known.inode == seen.inode
    )


def _is_due(seen: Seen, known: FileState | None, key: str, media: Mapping[str, Seen]) -> bool:
    if known is None or known.key != key or not _is_same(seen, known):
        return True
    return any(asset(src, media.get(src)) != (src, *rest) for src, *rest in known.assets)
