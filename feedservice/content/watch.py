"""The only watcher: yields batches of changed paths, as hints; the indexer looks for itself."""

import logging
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from threading import Event, Lock, Thread

import watchfiles

from feedservice.content.files import ContentFiles
from feedservice.content.tree import Identity, identity

log = logging.getLogger(__name__)
# It tells of every change; the indexer does.
logging.getLogger("watchfiles").setLevel(logging.WARNING)

_ROOT = frozenset({""})
_Standing = tuple[Identity, tuple[int, int] | None] | None
"""Which folder stands at a path, and by which link; None for none."""
ANCHORS = 100
"""How many folders are looked at with each tick, whether others took their place."""
BLIND = 2.0
"""Seconds between two looks at everything where nothing can be watched."""


def watch(
    root: Path, stop: Event, *, poll: bool = False, tick_ms: int = 250
) -> Iterator[frozenset[str]]:
    """Yield the paths below ``root`` (NFC, with ``/``) that changed; an empty set as a tick.

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
    unwatched: frozenset[str] = frozenset()
    # That setting hides an exhausted limit, too: it is used only where a folder refuses.
    ignores_refusals = False
    told = ""
    while not stop.is_set():
        try:
            its_own = _at_root(root)  # another may take its place while it is looked at
            folders, targets = files.watched()
            anchors = _anchors(root, folders)
            identities = (its_own, *_identities(anchors)[1:])
            for changes in watchfiles.watch(
                *(each for each in folders if "\ufffd" not in _shown(each)),
                recursive=False,
                watch_filter=None,
                debounce=50,
                step=10,
                rust_timeout=tick_ms,
                yield_on_timeout=True,
                stop_event=stop,
                force_polling=poll or None,
                raise_interrupt=False,
                ignore_permission_denied=ignores_refusals,
            ):
                told = ""
                named = frozenset(_relative(root, path) for _, path in changes)
                yield named.union(unwatched, *(targets.get(path, ()) for _, path in changes))
                unwatched = frozenset()
                is_swapped = _identities(anchors) != identities
                if is_swapped:
                    yield _ROOT
                if is_swapped or any(map(_is_new_folder, changes)):
                    unwatched = _ROOT
                    break
            else:
                return
        except FileNotFoundError as error:
            unwatched = _ROOT
            if told != "gone":
                told = "gone"
                log.warning("cannot watch %s: %s", root, error.strerror or error)
            stop.wait(tick_ms / 1000)
            yield frozenset()
        except (OSError, RuntimeError) as error:
            if isinstance(error, PermissionError) and not ignores_refusals:
                ignores_refusals = True
            elif poll:
                if str(error) != told:
                    told = str(error)
                    log.warning("cannot watch %s (%s); all of it is looked at instead", root, told)
                yield _ROOT
                for _ in range(round(BLIND * 1000 / tick_ms)):
                    if not stop.wait(tick_ms / 1000):
                        yield frozenset()
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


def _shown(name: str) -> str:
    return os.fsencode(name).decode(errors="replace")  # the watcher takes no other name


def _is_new_folder(change: tuple[watchfiles.Change, str]) -> bool:
    kind, path = change
    return kind is watchfiles.Change.added and (os.path.isdir(path) or os.path.islink(path))


class Hints:
    """What a watcher names, collected in a thread, so that it can be asked between two batches.

    Args:
        batches: of a watcher; it begins to watch at once.
    """

    def __init__(self, batches: Iterable[frozenset[str]]) -> None:
        self._named: set[str] = set()
        self._lock = Lock()
        self._told = Event()
        self._has_ended = False
        Thread(target=self._collect, args=(batches,), name="watch", daemon=True).start()

    def take(self) -> frozenset[str]:
        """Return, and forget, what was named since."""
        with self._lock:
            named, self._named = frozenset(self._named), set()
        return named

    def __iter__(self) -> Iterator[frozenset[str]]:
        """Yield what was named, and nothing at a tick, until the watcher ends."""
        while not self._has_ended:
            self._told.wait()
            self._told.clear()
            yield self.take()

    def _collect(self, batches: Iterable[frozenset[str]]) -> None:
        try:
            for batch in batches:
                with self._lock:
                    self._named |= batch
                self._told.set()
        finally:
            self._has_ended = True
            self._told.set()


def _relative(root: Path, path: str) -> str:
    try:
        return unicodedata.normalize("NFC", Path(path).relative_to(root).as_posix())
    except ValueError:
        return ""
