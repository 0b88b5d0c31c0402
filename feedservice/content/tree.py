"""What lies below a content folder, one step after another, and no step twice."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto
from heapq import heappop, heappush
from pathlib import Path
from typing import NamedTuple

from feedservice.content.file_types import is_hidden
from feedservice.content.places import Places, nfc


class Kind(Enum):
    """What a step comes to: `LINKED` is a file behind a link, `LINK` one that is not followed."""

    FOLDER = auto()
    CLOSED = auto()
    FILE = auto()
    LINKED = auto()
    LINK = auto()


class Step(NamedTuple):
    """A step, and its path as the disk spells it.

    Attributes:
        entry: of a file, until the next step.
    """

    kind: Kind
    path: str
    entry: "os.DirEntry[str] | None" = None


Identity = tuple[int, int]


def identity(status: os.stat_result) -> Identity:
    """Return what tells one folder from all others."""
    return status.st_dev, status.st_ino


def steps(root: Path, places: Places, below: str = "") -> Iterator[Step]:
    """Yield all that lies below a folder and is not hidden: first what no link leads to.

    A folder behind a link is walked once, and not if it is walked without one: links may lead up.

    Raises:
        OSError: the root itself cannot be listed.
    """
    is_link = bool(below) and os.path.islink(root / below)
    pending, links = ([], [below]) if is_link else ([below], [])
    walked: set[Identity] = set()
    while pending:
        path = pending.pop()
        yield from _listed(root / path, path, pending, links, walked)
    while links:
        link = heappop(links)
        found = places.status(nfc(link))
        if found is None or not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
            yield Step(Kind.LINK, link)
        elif stat.S_ISREG(found.st_mode):
            yield Step(Kind.LINKED, link)
        elif identity(found) in walked:
            yield Step(Kind.LINK, link)
        else:
            pending = [link]
            while pending:
                path = pending.pop()
                with _opened(places, path) as folder:
                    yield from _listed(folder, path, pending, links, walked)


def _listed(
    folder: Path | int | None,
    path: str,
    pending: list[str],
    links: list[str],
    walked: set[Identity],
) -> Iterator[Step]:
    """Yield what one folder holds, and note what lies below it, and what links it has."""
    try:
        found = identity(os.stat(folder)) if folder is not None else None
        is_known = isinstance(folder, int) and found in walked
        entries = list(os.scandir(folder)) if found and not is_known else []
    except OSError:
        if not path:
            raise
        found, entries = None, []
    if found is None:
        yield Step(Kind.CLOSED, path)
        return
    walked.add(found)
    yield Step(Kind.FOLDER, path)
    for entry in entries:
        if is_hidden(nfc(entry.name)):
            continue
        inner = f"{path}/{entry.name}" if path else entry.name
        with suppress(OSError):
            if entry.is_dir(follow_symlinks=False):
                pending.append(inner)
                continue
            is_file = entry.is_file(follow_symlinks=False)
            if not is_file and entry.is_symlink():
                heappush(links, inner)
            if not is_file:
                continue
        yield Step(Kind.FILE, inner, entry)


@contextmanager
def _opened(places: Places, path: str) -> Iterator[int | None]:
    folder = None
    with suppress(OSError):
        folder = places.open_folder(nfc(path))
    try:
        yield folder
    finally:
        if folder is not None:
            os.close(folder)
