"""Reads files in a process that may die of one: that one is held back, and the others go on."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from feedservice.content.reader import FileReader, Task, tell_nobody
from feedservice.content.seen import Seen, asset
from feedservice.domain.file_readings import Asset, FileState, Reading
from feedservice.domain.model import Site
from feedservice.system import worker
from feedservice.system.worker import Died, Worker

log = logging.getLogger(__name__)

_TOGETHER = 1 << 20
"""Bytes of files that are read step by step together."""

Made = TypeVar("Made")
ToRead = tuple[Seen, FileState | None]
"""A file, and how it was read; see `FileReader.read`."""


class WasRead(NamedTuple, Generic[Made]):
    """What reading files came to; without those that vanished meanwhile.

    Attributes:
        made: of each file that was parsed, or is held back.
        same: files that are as they were.
    """

    made: list[Made]
    same: list[FileState]


def read_here(
    task: Task,
    files: Sequence[ToRead],
    now: datetime,
    make: Callable[[Reading], Made],
    begun: Callable[[str], None] = tell_nobody,
) -> WasRead[Made]:
    """Read files in this process.

    Args:
        task: what all readings have in common.
        files: to read.
        now: the moment.
        make: what each reading is made into, where it was read.
        begun: see `FileReader`.
    """
    reader = FileReader(task, begun)
    found: WasRead[Made] = WasRead([], [])
    came: dict[int, Reading | FileState | None] = {}

    def steps(n: int, seen: Seen, known: FileState | None) -> Iterator[int]:
        came[n] = yield from reader.read(seen, now, known)

    going: list[Iterator[int]] = []
    room = _TOGETHER
    for n, file in enumerate(files, start=1):
        going.append(steps(n, *file))
        room -= next(going[-1], 0)
        if room < 0 or n == len(files):
            while going:
                going = [each for each in going if next(each, None) is not None]
            for each in map(came.__getitem__, sorted(came)):
                if isinstance(each, Reading):
                    begun(each.state.path)
                    found.made.append(make(each))
                elif each:
                    found.same.append(each)
            came.clear()
            room = _TOGETHER
    return found


class ReadingProcess(Generic[Made]):
    """Reads in a child process.

    A file at which the child died is held back, if it was too slow or if the child died of it once
    more: anybody may have killed the first. Where that file is a picture, it is not measured.

    Args:
        make: as in `read_here`; a function that can be pickled.
        niceness, is_copy: of the process, see `Worker`.
    """

    def __init__(
        self, make: Callable[[Reading], Made], niceness: int = 0, *, is_copy: bool = False
    ) -> None:
        self._make = make
        self._worker = Worker(niceness, is_copy=is_copy)
        self._unmeasured: frozenset[Asset] = frozenset()
        self._given: tuple[Task, Sequence[ToRead], datetime]
        self._is_ahead = False

    def start(self) -> None:
        """Start the process, which `begin` need not wait for then."""
        if self._is_ahead:  # where it died since, `result` tells
            return
        with suppress(OSError):  # the system has no process left, as `result` finds too
            self._worker.start()

    def copy(self) -> None:
        """Start the process as a copy of this one, where no other thread runs; see `Worker`."""
        with suppress(OSError):
            self._worker.copy()

    def read(self, task: Task, files: Sequence[ToRead], now: datetime) -> WasRead[Made]:
        """Read files, and wait for that."""
        self.begin(task, files, now)
        return self.result()

    def begin_ahead(self, task: Task, files: Sequence[ToRead], now: datetime) -> None:
        """Begin to read what `begin` will be given next, as far as that is known by now."""
        self.begin(task, files, now)
        self._is_ahead = True

    def begin(self, task: Task, files: Sequence[ToRead], now: datetime) -> None:
        """Begin to read files; the next call is `result`."""
        if self._is_ahead and (task.key, files) == (self._given[0].key, self._given[1]):
            self._is_ahead = False
            return
        self._drop_ahead()
        self._given = (task, files, now)
        task = replace(task, unmeasured=self._unmeasured)
        with suppress(OSError):
            self._worker.begin(_read_beside, task, files, now, self._make)

    def result(self) -> WasRead[Made]:
        """Wait for what came of the files that `begin` was given."""
        task, files, now = self._given
        held: list[Made] = []
        suspect = None
        while True:
            try:
                made, same = self._worker.result()
                return WasRead(held + made, same)
            except Died as died:
                log.warning(
                    "the process that read %s ended: %s", died.at or "nothing yet", died.why
                )
                if not died.is_late and died.at != suspect:
                    suspect = died.at
                elif not died.at:
                    log.warning("this process reads itself")
                    made, same = read_here(task, files, now, self._make)
                    return WasRead(held + made, same)
                elif died.at.startswith("media/"):
                    self._unmeasured |= {asset(died.at, task.files.stat(died.at))}
                else:
                    reader = FileReader(task)
                    lost = [seen for seen, _ in files if seen.path == died.at]
                    held += [self._make(reader.held_back(seen, died)) for seen in lost]
                    files = [each for each in files if each[0].path != died.at]
            self.begin(task, files, now)

    def reread(self, task: Task, seen: Seen, text: str, now: datetime) -> Made | None:
        """Return what a text comes to that was read well before; None where the process died."""
        self._drop_ahead()
        try:
            self._worker.begin(_reread_beside, task, seen, text, now, self._make)
            made: Made = self._worker.result()
        except (Died, OSError):
            return None
        return made

    def begin_other(self, function: Callable[..., object], *given: object) -> None:
        """Begin to call a function, which can be pickled; the next call is `other_result`."""
        self._drop_ahead()
        with suppress(OSError):
            self._worker.begin(function, *given)

    def other_result(self) -> Any:
        """Wait for what that function returned; None where the process died."""
        try:
            return self._worker.result()
        except Died:
            return None

    def _drop_ahead(self) -> None:
        """Wait for what was read ahead, if anything was, and is not what was given then."""
        if self._is_ahead:
            self._is_ahead = False
            with suppress(Died):
                self._worker.result()

    def close(self) -> None:
        """End the process."""
        self._worker.close()


def _read_beside(
    task: Task, files: Sequence[ToRead], now: datetime, make: Callable[[Reading], Made]
) -> WasRead[Made]:
    return read_here(replace(task, site=_same(task.site)), files, now, make, worker.tell)


def _reread_beside(
    task: Task, seen: Seen, text: str, now: datetime, make: Callable[[Reading], Made]
) -> Made:
    worker.tell(seen.path)
    return make(FileReader(task, worker.tell).reading(seen, text, "", now))


@lru_cache(maxsize=1)
def _same(site: Site) -> Site:
    """Return one object for all calls: what is cached by site is found without comparing it."""
    return site
