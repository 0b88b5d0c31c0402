"""What a look at the content folder sees, without opening anything."""

from dataclasses import dataclass, field
from typing import NamedTuple


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


@dataclass(slots=True, kw_only=True)
class Walk:
    """What one walk saw: files by path, and what could not be looked at or into; all NFC.

    ``passed_over`` are files that look like articles and are none, and whether they are links.
    """

    articles: dict[str, Seen] = field(default_factory=dict)
    media: dict[str, Seen] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    passed_over: dict[str, bool] = field(default_factory=dict)


def unknown(path: str) -> Seen:
    """Return what is seen of a file of which the system tells nothing."""
    return Seen(path=path, size=-1, mtime_ns=0)
