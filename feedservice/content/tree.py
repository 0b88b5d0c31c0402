"""What lies below a content folder, by path, one step after another, and no step twice.

No more is held of it than the names in the folders on the way, so that a walk of a million files
takes no memory for each. Order is that of code points of the paths in NFC, as databases have it.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from heapq import heappop, heappush, merge
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from feedservice.content.file_types import is_hidden
from feedservice.content.places import Places, is_absence, nfc

_PIECE = 4096
"""Names that are sorted at once: sorting a million would hold up all other threads."""
_AT_ONCE = 256
"""Files of a folder behind a link of which the system is asked while it is open."""


class Kind(Enum):
    """What a step comes to.

    `LINKED` is a file behind a link, and `LINK` one that is not followed. `APART` is a link to a
    folder: when all else is done it comes again, as that folder, or as a `LINK`. `CLOSED` is a
    folder that cannot be listed, `UNKNOWN` a file or a folder of which the system tells nothing.
    `TWIN` is a file or a folder that has in NFC the name of one beside it, and so is never read.
    """

    FOLDER = auto()
    CLOSED = auto()
    FILE = auto()
    LINKED = auto()
    LINK = auto()
    APART = auto()
    UNKNOWN = auto()
    TWIN = auto()


class Step(NamedTuple):
    """A step.

    Attributes:
        path: in NFC.
        real: as the disk spells it.
        status: what the system tells of a file of which it was to be asked.
    """

    kind: Kind
    path: str
    real: str
    status: os.stat_result | None = None


Identity = tuple[int, int]
_Status = os.stat_result | OSError | None


def identity(status: os.stat_result) -> Identity:
    """Return what tells one folder from all others."""
    return status.st_dev, status.st_ino


def steps(
    root: Path,
    places: Places,
    below: str = "",
    is_told: Callable[[str], bool] = lambda _path: False,
) -> Iterator[Step]:
    """Yield all that lies below a folder and is not hidden, by path: first what no link leads to.

    A folder behind a link is walked once, and not if it is walked without one: links may lead up.
    What is behind each is by path again.

    Args:
        root: the content folder.
        places: its places.
        below: a folder in it, or the root.
        is_told: of which files (paths) the system is to be asked.

    Raises:
        OSError: the root itself cannot be listed.
    """
    walk = _Walk(root, places, is_told)
    if below and os.path.islink(root / below):
        walk.links.append(below)
    else:
        yield from walk.tree(below, below)
    walk.is_behind = True
    while walk.links:
        link = heappop(walk.links)
        try:
            found = places.status(nfc(link))
        except OSError:
            yield Step(Kind.UNKNOWN, nfc(link), link)
            continue
        if found and stat.S_ISDIR(found.st_mode) and identity(found) not in walk.walked:
            yield from walk.tree(nfc(link), link)
        else:
            yield Step(Kind.LINK, nfc(link), link)


class _Walk:
    """A walk, and what was seen on it: folders, and links to folders.

    ``is_behind`` says that it goes on behind links, where each folder on the way is opened by
    itself.
    """

    def __init__(self, root: Path, places: Places, is_told: Callable[[str], bool]) -> None:
        self.links: list[str] = []
        self.walked: set[Identity] = set()
        self.is_behind = False
        self._root = root
        self._places = places
        self._is_told = is_told

    def tree(self, path: str, real: str) -> Iterator[Step]:
        """Yield what a folder holds, and the folders in it."""
        inner: list[Iterator[Step | Iterator[Any]]] = [self._folder(path, real)]
        while inner:
            step = next(inner[-1], None)
            if step is None:
                inner.pop()
            elif isinstance(step, Step):
                yield step
            else:
                inner.append(step)

    def _folder(self, path: str, real: str) -> Iterator[Step | Iterator[Any]]:
        """Yield what one folder holds; for a folder in it, its own steps."""
        try:
            names, spelt, links, twins = self._listed(real)
        except OSError:
            if not path:
                raise
            yield Step(Kind.CLOSED, path, real)
            return
        yield Step(Kind.FOLDER, path, real)
        if path:
            path, real = f"{path}/", f"{real}/"
        yield from (Step(Kind.TWIN, path + nfc(typed), real + typed) for typed in sorted(twins))
        ordered = _in_order(names)
        while some := list(islice(ordered, _AT_ONCE)):
            files = [
                spelt.get(name, name)
                if name[-1] != "/" and name not in links and self._is_told(path + name)
                else ""
                for name in some
            ]
            statuses = self._statuses(real, files)
            if statuses is None:  # it was replaced since it was listed: what is left is not known
                yield Step(Kind.CLOSED, path.rstrip("/"), real.rstrip("/"))
                return
            for name, status in zip(some, statuses, strict=True):
                its_path, its_real = path + name, real + spelt.get(name, name)
                if name in links:
                    yield self._link(its_path, its_real)
                elif name[-1] == "/":
                    yield self._folder(its_path[:-1], its_real.rstrip("/"))
                elif isinstance(status, OSError):
                    yield Step(Kind.UNKNOWN, its_path, its_real)
                else:
                    yield Step(Kind.FILE, its_path, its_real, status)

    def _listed(self, real: str) -> tuple[list[str], dict[str, str], set[str], list[str]]:
        """Return the names in a folder, how the disk spells some, which are links, and twins.

        Those of folders end with a slash. Of two that are the same in NFC the one is there that
        `Places` finds.

        Raises:
            OSError: it cannot be listed.
        """
        names: list[str] = []
        spelt: dict[str, str] = {}
        links: set[str] = set()
        others: dict[str, tuple[str, str]] = {}
        twins: list[str] = []
        with self._opened(real) as folder:
            found = identity(os.stat(folder))
            if self.is_behind and found in self.walked:
                return names, spelt, links, twins
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = nfc(entry.name)
                    if is_hidden(name):
                        continue
                    mark = _mark(entry)
                    if mark is None:
                        continue
                    if name != entry.name:
                        if others.setdefault(name, (mark, entry.name))[1] != entry.name:
                            twins.append(entry.name)
                        continue
                    if mark == "@":
                        links.add(name)
                    names.append(f"{name}/" if mark == "/" else name)
        self.walked.add(found)
        # A file, a folder and a link of one name are one, too.
        known = {name.removesuffix("/") for name in names} if others else set[str]()
        twins += (others[name][1] for name in others.keys() & known)
        for name in others.keys() - known:
            mark, typed = others[name]
            if mark == "@":
                links.add(name)
            key = f"{name}/" if mark == "/" else name
            names.append(key)
            spelt[key] = typed
        return names, spelt, links, twins

    def _link(self, path: str, real: str) -> Step:
        try:
            found = self._places.status(path)
        except OSError:
            return Step(Kind.UNKNOWN, path, real)
        if found and stat.S_ISDIR(found.st_mode):
            heappush(self.links, real)
            return Step(Kind.APART, path, real)
        if found and stat.S_ISREG(found.st_mode):
            return Step(Kind.LINKED, path, real, found)
        return Step(Kind.LINK, path, real)

    def _statuses(self, real: str, names: Sequence[str]) -> Iterable[_Status] | None:
        """Return what the system tells of files in a folder; None for empty names.

        None for all is one that cannot be opened.
        """
        if not self.is_behind:
            base = f"{self._root}/{real}"
            return (_status(base + name) if name else None for name in names)
        if not any(names):
            return [None] * len(names)
        try:
            folder = self._places.open_folder(nfc(real.rstrip("/")))
        except OSError:
            return None
        try:
            return [_status(name, folder) if name else None for name in names]
        finally:
            os.close(folder)

    @contextmanager
    def _opened(self, real: str) -> Iterator[Path | int]:
        if not self.is_behind:
            yield self._root / real
            return
        folder = self._places.open_folder(nfc(real))
        try:
            yield folder
        finally:
            os.close(folder)


def _mark(entry: "os.DirEntry[str]") -> str | None:
    """Return "/" for a folder, "@" for a link, nothing for a file, None for what is neither."""
    try:
        if entry.is_file(follow_symlinks=False):
            return ""
        if entry.is_dir(follow_symlinks=False):
            return "/"
        return "@" if entry.is_symlink() else None
    except OSError:
        return "@"  # asked for once more, it may be any of these


def _status(path: str, folder: int | None = None) -> _Status:
    try:
        return os.stat(path, dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        return None if is_absence(error) else error


def _in_order(names: list[str]) -> Iterator[str]:
    pieces = [sorted(names[start : start + _PIECE]) for start in range(0, len(names), _PIECE)]
    names.clear()
    return merge(*pieces)
