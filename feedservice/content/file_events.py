"""What the system tells of folders: inotify on Linux, watchfiles elsewhere and where that fails.

Only inotify tells that a file was closed or moved in, and so is whole. Of three ways to ask it,
`inotify_simple` takes a third of the time an event of the next one, and no event loop.
"""

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from threading import Event
from typing import NamedTuple

if sys.platform == "linux":
    from inotify_simple import INotify, flags

HAS_INOTIFY = sys.platform == "linux" and "microsoft" not in os.uname().release
"""Windows tells Linux within it of no file of its own; there watchfiles polls."""


class Told(NamedTuple):
    """What was told at once.

    Attributes:
        paths: what changed, as the folders are spelled.
        whole: those of them that are written to no more.
        is_blind: whether there is more now than is watched, or something was missed.
    """

    paths: set[str]
    whole: set[str]
    is_blind: bool


def by_inotify(folders: Iterable[str], tick_ms: int, stop: Event) -> Iterator[Told]:
    """Yield what happens in folders as it happens, and at least every ``tick_ms`` milliseconds.

    A file that is written to is told once it is closed; after a tick if that takes longer.

    Raises:
        OSError: nothing can be watched, or no more.
    """
    told_of = (
        *(flags.CLOSE_WRITE, flags.MOVED_TO, flags.MOVED_FROM, flags.CREATE, flags.DELETE),
        *(flags.MODIFY, flags.ATTRIB, flags.ONLYDIR, flags.EXCL_UNLINK),
    )
    with INotify() as system:
        watched: dict[int, str] = {}
        for folder in folders:
            # One that is gone since, or may not be read, keeps no other unwatched.
            with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                watched[system.add_watch(folder, sum(told_of))] = folder
        begun: set[str] = set()
        yield Told(set(), set(), is_blind=False)
        ticked = time.monotonic()
        while not stop.is_set():
            events = [*system.read(timeout=tick_ms)]
            told = _understood(events, watched, begun)
            if not events or time.monotonic() - ticked >= tick_ms / 1000:
                told.paths.update(begun)
                begun.clear()
                ticked = time.monotonic()
            elif not (told.paths or told.is_blind):
                continue
            yield told


def _understood(
    events: Sequence[tuple[int, int, int, str]], watched: dict[int, str], begun: set[str]
) -> Told:
    """Return what events mean now; what is written to goes to ``begun`` instead."""
    paths: set[str] = set()
    whole: set[str] = set()
    is_blind = False
    for watch, mask, _cookie, name in events:
        if mask & (flags.Q_OVERFLOW | flags.UNMOUNT):
            is_blind = True
        if mask & flags.IGNORED:
            watched.pop(watch, None)
            continue
        if watch not in watched:
            continue
        path = os.path.join(watched[watch], name) if name else watched[watch]
        is_new = bool(mask & (flags.CREATE | flags.MOVED_TO))
        is_folder = bool(mask & flags.ISDIR)
        is_blind = is_blind or (is_new and (is_folder or os.path.islink(path)))
        is_whole = bool(mask & (flags.CLOSE_WRITE | flags.MOVED_TO))
        is_touched = bool(mask & flags.ATTRIB) and path in whole
        if is_whole or is_touched:
            whole.add(path)
        else:
            whole.discard(path)
        if is_whole or is_folder or mask & (flags.DELETE | flags.MOVED_FROM):
            paths.add(path)
            begun.discard(path)
        elif not is_touched:
            begun.add(path)
            paths.discard(path)
    return Told(paths, whole, is_blind)


def by_watchfiles(
    folders: Iterable[str], tick_ms: int, stop: Event, *, poll: bool, ignores_refusals: bool
) -> Iterator[Told]:
    """Yield what happens in folders, some hundredths of a second later; ``poll`` for a look at all.

    Raises:
        OSError, RuntimeError: nothing can be watched, or no more.
    """
    import watchfiles  # noqa: PLC0415 - with an event loop that nobody else needs

    for changes in watchfiles.watch(
        *folders,
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
        added = (path for kind, path in changes if kind is watchfiles.Change.added)
        is_blind = any(os.path.isdir(path) or os.path.islink(path) for path in added)
        yield Told({path for _, path in changes}, set(), is_blind)
