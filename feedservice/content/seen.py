"""What a look at the content folder sees, without opening anything."""

import errno
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from feedservice.domain.file_readings import Asset, FileState
from feedservice.domain.model import Problem

UNREADABLE = "file-unreadable"
"""The code of a problem: the system refuses a file."""


class Seen(NamedTuple):
    """A file as a walk sees it; goes to processes by the thousand, for which a tuple is cheap.

    Attributes:
        path: in NFC, below the root.
        size, mtime_ns: bytes, and nanoseconds since the epoch; -1 and 0 where the system does not
            tell: it is there, and reading it says what is wrong.
        ctime_ns, inode: tell files apart whose times were set: releases with fixed times.
    """

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0

    @property
    def is_unknown(self) -> bool:
        """Whether the system tells nothing of it."""
        return self.size < 0


@dataclass(slots=True, kw_only=True)
class Walk:
    """What one walk saw: files by path, and what could not be looked at or into; all NFC.

    ``passed_over`` are files that look like articles and are none, and whether they are links.
    ``twins`` are in NFC the names of what lies beside another of that name.
    """

    articles: dict[str, Seen] = field(default_factory=dict)
    media: dict[str, Seen] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    passed_over: dict[str, bool] = field(default_factory=dict)
    twins: list[str] = field(default_factory=list)


def unknown(path: str) -> Seen:
    """Return what is seen of a file of which the system tells nothing."""
    return Seen(path=path, size=-1, mtime_ns=0)


def unreadable(path: str, error: OSError) -> Problem:
    """Return what is told of a file that the system refuses."""
    name = errno.errorcode.get(error.errno or 0, "")
    facts = {"value": error.strerror or str(error), "errno": name}
    return Problem(path=path, code=UNREADABLE, facts=facts)


def has_same_media(known: FileState, tell: Callable[[str], Seen | None]) -> bool:
    """Whether the media files of an article are as they were, as far as the system tells.

    Args:
        known: how the article was read.
        tell: returns a media file as it is seen; None where there is none.
    """
    seen = ((each, tell(each[0])) for each in known.assets)
    return all(asset(each[0], now) == each or (now and now.is_unknown) for each, now in seen)


def asset(src: str, seen: Seen | None) -> Asset:
    """Return a media file as `FileState.assets` has it."""
    return (
        (src, seen.size, seen.mtime_ns, seen.ctime_ns, seen.inode) if seen else (src, -1, 0, 0, 0)
    )
