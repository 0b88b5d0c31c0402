"""The only watcher: yields batches of changed paths, as hints; the indexer looks for itself."""

import logging
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from threading import Event, Lock, Thread
from typing import NamedTuple

from feedservice.content import file_events
from feedservice.content.files import ContentFiles
from feedservice.content.places import nfc
from feedservice.content.tree import Identity, identity

log = logging.getLogger(__name__)
# It tells of every change; the indexer does.
logging.getLogger("watchfiles").setLevel(logging.WARNING)

_ROOT = frozenset({""})
_Standing = tuple[Identity, tuple[int, int] | None] | None
"""Which folder stands at a path, and by which link; None for none."""
_NONE: frozenset[str] = frozenset()
ANCHORS = 100
"""How many folders are looked at with each tick, whether others took their place."""
PAUSE = 0.05
"""Seconds until folders that came up are watched: more of them come, and all are counted then."""
BLIND = 2.0
"""Seconds between two looks at everything where nothing can be watched."""


class Changes(NamedTuple):
    """Paths below the content folder (NFC, with ``/``) that changed; none as a tick.

    Attributes:
        paths: all of them.
        whole: those of files that were closed or moved in, and need not stand still to be read.
    """

    paths: frozenset[str] = _NONE
    whole: frozenset[str] = _NONE


def watch(root: Path, stop: Event, *, poll: bool = False, tick_ms: int = 250) -> Iterator[Changes]:
    """Yield what changed below ``root``.

    A tick comes every ``tick_ms`` milliseconds at least. Where the system has no inotify watches
    left (or ``poll`` asks for it), the folder is polled instead, from the start or once folders are
    made that need more; where that fails, too, the root is named every `BLIND` seconds. What lies
    in a folder that may not be read is not watched, and a limit is not told then. Where another
    folder takes the root's place (a release that is swapped in, a mount that comes back), that one
    is watched: the path of the root, which is empty, is named then. It is named when a new watch is
    at work, since nobody watched in between: of another root, or of folders that were made.

    Each folder is watched by itself, since a watch of all below the root follows symlinks: out of
    it, or in circles, which ends the watch. Those behind links that are followed are watched, and
    what links to files lead to; a link that is made, or leads elsewhere, is as a new folder.
    """
    files = ContentFiles(root)
    root = root.absolute()  # as the paths are that the system tells
    unwatched = _NONE
    # That setting hides an exhausted limit, too: it is used only where a folder refuses.
    ignores_refusals = False
    told = ""
    while not stop.is_set():
        try:
            its_own = _at_root(root)  # another may take its place while it is looked at
            folders, targets = files.watched()
            anchors = _anchors(root, folders)
            identities = (its_own, *_identities(anchors)[1:])
            watched = [each for each in folders if "\ufffd" not in nfc(each)]
            if poll or not file_events.HAS_INOTIFY:
                source = file_events.by_watchfiles(
                    watched, tick_ms, stop, poll=poll, ignores_refusals=ignores_refusals
                )
            else:
                source = file_events.by_inotify(watched, tick_ms, stop)
            for changes in source:
                told = ""
                paths = _named(root, changes.paths, targets)
                yield Changes(paths | unwatched, _named(root, changes.whole, targets))
                unwatched = _NONE
                is_swapped = _identities(anchors) != identities
                if is_swapped:
                    yield Changes(_ROOT)
                if is_swapped or changes.is_blind:
                    unwatched = _ROOT
                    stop.wait(PAUSE)
                    break
            else:
                return
        except FileNotFoundError as error:
            unwatched = _ROOT
            if told != "gone":
                told = "gone"
                log.warning("cannot watch %s: %s", root, error.strerror or error)
            stop.wait(tick_ms / 1000)
            yield Changes()
        except (OSError, RuntimeError) as error:
            if isinstance(error, PermissionError) and not ignores_refusals:
                ignores_refusals = True
            elif poll:
                if str(error) != told:
                    told = str(error)
                    log.warning("cannot watch %s (%s); all of it is looked at instead", root, told)
                yield Changes(_ROOT)
                for _ in range(round(BLIND * 1000 / tick_ms)):
                    if not stop.wait(tick_ms / 1000):
                        yield Changes()
            else:
                log.warning("cannot watch %s (%s); polling instead", root, error)
                poll, unwatched = True, _ROOT


def _anchors(root: Path, folders: Iterable[str]) -> list[str]:
    """The folders that others may take the place of, and no watcher tells it: mounts, and links."""
    top = (each for each in folders if os.path.dirname(each) == str(root) or os.path.islink(each))
    links_above = (str(each) for each in root.parents if each.is_symlink())
    return [str(root), *links_above, *islice(top, ANCHORS)]


def _identities(folders: Iterable[str]) -> tuple[_Standing, ...]:
    root, *others = folders
    return (_at_root(root), *map(_at, others))


def _at_root(root: str | Path) -> _Standing:
    return identity(os.stat(root)), _link(root)


def _at(folder: str) -> _Standing:
    with suppress(OSError):
        return identity(os.stat(folder)), _link(folder)
    return None


def _link(path: str | Path) -> tuple[int, int] | None:
    """What tells a link from one that led elsewhere since, and back: a scan may have seen that."""
    status = os.lstat(path)
    return (status.st_ino, status.st_ctime_ns) if stat.S_ISLNK(status.st_mode) else None


class Hints:
    """What a watcher names, collected in a thread, so that it can be asked between two batches.

    Args:
        batches: of a watcher; it begins to watch at once.
    """

    def __init__(self, batches: Iterable[Changes]) -> None:
        self._named = Changes()
        self._lock = Lock()
        self._told = Event()
        self._has_ended = False
        Thread(target=self._collect, args=(batches,), name="watch", daemon=True).start()

    def take(self) -> Changes:
        """Return, and forget, what was named since."""
        with self._lock:
            named, self._named = self._named, Changes()
        return named

    def __iter__(self) -> Iterator[Changes]:
        """Yield what was named, and nothing at a tick, until the watcher ends."""
        while not self._has_ended:
            self._told.wait()
            self._told.clear()
            yield self.take()

    def _collect(self, batches: Iterable[Changes]) -> None:
        try:
            for batch in batches:
                with self._lock:
                    paths, whole = self._named
                    self._named = Changes(paths | batch.paths, whole - batch.paths | batch.whole)
                self._told.set()
        finally:
            self._has_ended = True
            self._told.set()


def _named(
    root: Path, paths: Iterable[str], targets: Mapping[str, Collection[str]]
) -> frozenset[str]:
    """Return the names of what the system tells of, and of the links that lead to it."""
    own = (_relative(root, path) for path in paths)
    return frozenset(own).union(*(targets.get(path, ()) for path in paths))


def _relative(root: Path, path: str) -> str:
    try:
        return nfc(Path(path).relative_to(root).as_posix())
    except ValueError:
        return ""
