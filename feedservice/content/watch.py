"""The only watcher: yields batches of changed paths. Watching is a hint, never the truth; `intake` looks for itself."""

import logging
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import watchfiles

log = logging.getLogger(__name__)
logging.getLogger("watchfiles").setLevel(logging.WARNING)  # it tells of every change; the index does


def watch(root: Path, stop: Event, *, poll: bool = False, tick_ms: int = 1000) -> Iterator[frozenset[str]]:
    """Yield the paths below ``root`` (NFC, with ``/``) that changed; an empty set at least every ``tick_ms``.

    Where the system has no inotify watches left (or ``poll`` asks for it), the folder is polled instead.
    """
    while not stop.is_set():
        try:
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
                ignore_permission_denied=True,
            ):
                yield frozenset(_relative(root, path) for _, path in changes)
        except (OSError, RuntimeError) as error:
            if poll:
                log.warning("cannot watch %s (%s); the next full scan will look", root, error)
                stop.wait(tick_ms / 1000)
                yield frozenset()
            else:
                log.warning("cannot watch %s (%s); polling instead", root, error)
                poll = True
        else:
            return


def _relative(root: Path, path: str) -> str:
    try:
        return unicodedata.normalize("NFC", Path(path).relative_to(root).as_posix())
    except ValueError:
        return ""
