"""Which files stand still, so that they are read whole, and what is remembered of the others."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from feedservice.content.files import ContentFiles
from feedservice.content.seen import Seen
from feedservice.ingest.plan import SETTLED, Due

LONG = 1.2
"""Seconds for which a file must stand still that is written in parts, or is much shorter now."""
PARTS = 2
"""How often a file is read that changes again and again within `LONG`, before it is to rest."""
OPEN_AT_MOST = 30.0
"""Seconds after which a file that stands still is read though a process has it open for writing."""
RESTLESS_AT_MOST = 10.0
"""Seconds after which a file is read that never stands still, if it is known that no process has it
open: a text that is saved anew every second, and not one that is written in parts."""


class _Waiting(NamedTuple):
    """A file as it was seen last, when it has stood still for long enough, since when it waits.

    ``is_part`` says that it is likely to be written in parts, each of which is closed.
    """

    seen: Seen
    still_at: float
    since: float
    is_part: bool


class Settling:
    """What one writer knows of files that may still be written.

    Each waits alone: the others are read meanwhile.

    Args:
        files: the content folder.
        pause: waits for some seconds.
        monotonic: tells seconds that no change of the clock touches.
    """

    def __init__(
        self,
        files: ContentFiles,
        pause: Callable[[float], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._files = files
        self._pause = pause
        self._monotonic = monotonic
        self._waiting: dict[str, _Waiting] = {}
        self._parts: dict[str, tuple[int, float]] = {}  # how often each was read lately, and when

    def note(
        self,
        looked_at: Collection[str],
        due: Iterable[Due],
        whole: Collection[str] = (),
        *,
        is_saved: bool,
    ) -> None:
        """Remember which files are due, and forget others.

        Args:
            looked_at: paths.
            due: what is to be read of them.
            whole: paths of files that were closed or moved in just now.
            is_saved: whether a watcher named them, so that the next part may follow.
        """
        young = {each.seen.path: each for each in due if each.quiet}
        for path in self._waiting.keys() & set(looked_at) - young.keys():
            del self._waiting[path]
        for path, each in young.items():
            waiting = self._waiting.get(path)
            is_whole = path in whole and not (waiting and waiting.is_part)
            if waiting is None or is_whole:
                is_part = is_saved and self._is_part(each)
                quiet = LONG if is_part else 0.0 if is_whole else each.quiet
                now = self._monotonic()
                since = waiting.since if waiting else now
                self._waiting[path] = _Waiting(each.seen, now + quiet, since, is_part)
            elif waiting.seen != each.seen:
                self._waiting[path] = self._moved(each.seen, waiting)

    def forget_others(self, due: Iterable[str]) -> None:
        """Forget files that are there and need not be read, of all that were looked at."""
        others = self._waiting.keys() - due
        self.note([path for path in others if self._files.stat(path)], (), is_saved=False)

    def ready(self, due: Sequence[Due]) -> list[Due]:
        """Return which of these files, that `note` was told, can be read now; by path."""
        ready = [each for each in due if not each.quiet]
        young = [each for each in due if each.quiet and each.seen.path in self._waiting]
        now = self._monotonic()
        self._parts = {path: part for path, part in self._parts.items() if now - part[1] < LONG}
        moments = [self._waiting[each.seen.path].still_at for each in young]
        soon = max((moment for moment in moments if moment <= now + SETTLED), default=now)
        if soon > now:  # an ordinary save, which need not wait for the next look
            self._pause(soon - now)
            now = max(soon, self._monotonic())
        for each in young:
            path = each.seen.path
            seen, waiting = self._files.stat(path), self._waiting[path]
            if seen is None:
                del self._waiting[path]
            elif self._is_whole(path, seen, waiting, now):
                del self._waiting[path]
                self._parts[path] = self._part(path), now
                ready.append(each._replace(seen=seen))
            elif seen != waiting.seen:
                self._waiting[path] = self._moved(seen, waiting)
        return sorted(ready, key=lambda each: each.seen.path)

    def again(self) -> frozenset[str]:
        """Return the paths of files that are to be looked at again by now."""
        now = self._monotonic()
        return frozenset(path for path, each in self._waiting.items() if each.still_at <= now)

    def _part(self, path: str) -> int:
        count, read_at = self._parts.get(path, (0, 0.0))
        return count + 1 if self._monotonic() - read_at < LONG else 1

    def _is_part(self, due: Due) -> bool:
        is_shorter = due.known is not None and due.seen.size * 2 < due.known.size
        return is_shorter or self._part(due.seen.path) > PARTS

    def _is_whole(self, path: str, seen: Seen, waiting: _Waiting, now: float) -> bool:
        if seen != waiting.seen or now < waiting.still_at:
            is_restless = now >= waiting.since + RESTLESS_AT_MOST
            return is_restless and self._files.is_being_written(path) is False
        return now >= waiting.still_at + OPEN_AT_MOST or not self._files.is_being_written(path)

    def _moved(self, seen: Seen, before: _Waiting) -> _Waiting:
        return before._replace(seen=seen, still_at=self._monotonic() + LONG)
