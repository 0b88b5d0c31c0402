"""The only watcher: yields batches of changed paths, as hints; the indexer looks for itself."""

import logging
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from threading import Event, Lock, Thread

import watchfiles

log = logging.getLogger(__name__)
# It tells of every change; the indexer does.
logging.getLogger("watchfiles").setLevel(logging.WARNING)

_ROOT = frozenset({""})


def watch(
    root: Path, stop: Event, *, poll: bool = False, tick_ms: int = 250
) -> Iterator[frozenset[str]]:
    """Yield the paths below ``root`` (NFC, with ``/``) that changed; an empty set as a tick.

    A tick comes every ``tick_ms`` milliseconds at least. Where the system has no inotify watches
    left (or ``poll`` asks for it), the folder is polled instead, from the start or once folders are
    made that need more. What lies in a folder that may not be read is not watched, and a limit is
    not told then. Where another folder takes the root's
    place (a release that is swapped in, a mount that comes back), that one is watched: the path of
    the root, which is empty, is named then, and once more when the new watch is at work, since
    nobody watched in between.
    """
    root = root.absolute()  # as the paths are that the system tells
    unwatched: frozenset[str] = frozenset()
    # That setting hides an exhausted limit, too: it is used only where a folder refuses.
    ignores_refusals = False
    while not stop.is_set():
        try:
            folder = root.stat().st_ino
            for changes in watchfiles.watch(
                root,
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
                if not (poll or ignores_refusals):
                    _watch_one_more(changes)
                yield frozenset(_relative(root, path) for _, path in changes) | unwatched
                unwatched = frozenset()
                if root.stat().st_ino != folder:
                    unwatched = _ROOT
                    yield _ROOT
                    break
            else:
                return
        except FileNotFoundError as error:
            unwatched = _ROOT
            log.warning("cannot watch %s: %s", root, error.strerror or error)
            stop.wait(tick_ms / 1000)
            yield frozenset()
        except (OSError, RuntimeError) as error:
            if isinstance(error, PermissionError) and not ignores_refusals:
                ignores_refusals = True
            elif poll:
                log.warning("cannot watch %s (%s); the next full scan will look", root, error)
                stop.wait(tick_ms / 1000)
                yield frozenset()
            else:
                log.warning("cannot watch %s (%s); polling instead", root, error)
                poll, unwatched = True, _ROOT


def _watch_one_more(changes: Collection[tuple[watchfiles.Change, str]]) -> None:
    """Where a folder was made, raise OSError if no watch is left: the watcher says nothing then."""
    for change, path in changes:
        if change is watchfiles.Change.added and Path(path).is_dir():
            one_more = watchfiles.watch(
                path, recursive=False, step=1, rust_timeout=1, yield_on_timeout=True
            )
            next(one_more)
            return


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
