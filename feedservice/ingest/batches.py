"""Reads files in processes beside this one, which may die of a file: one, and more for many files.

More are started for each large batch, and end with it; they are nice to whatever serves on the same
machine. Those of the first are copies of this process, where they were made before it had a thread.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import NamedTuple, TypeVar

from feedservice.clock import Clock
from feedservice.content.reader import FileReader, Task
from feedservice.content.reading_process import ReadingProcess, WasRead, read_here
from feedservice.content.seen import Seen
from feedservice.domain.file_readings import FileState
from feedservice.index.packed import Packed, PackedArticle, pack, pack_article
from feedservice.index.words import Body, Words, words_of
from feedservice.ingest.plan import Due

MOST = 8
"""Processes: one writes what they read, and cannot keep up with more."""
NICENESS = 10
MANY = 1500
"""From so many files on, reading them is worth the second that other processes take to start."""
MANY_FOR_COPIES = 100
"""The same where copies of this process wait for them."""

BATCH = 250
"""Files that are read at once, and written in one transaction."""

Chunk = Sequence[Due]
_Given = TypeVar("_Given")
_Came = TypeVar("_Came")


class Done(NamedTuple):
    """What reading a chunk came to: files that were parsed, and those that are as they were."""

    chunk: Chunk
    packed: list[Packed]
    same: list[FileState]


def together(done: Iterable[Done], times: int) -> Iterator[Done]:
    """Yield what was done as one, so many times at once."""
    left = iter(done)
    while several := list(islice(left, times)):
        yield Done(*map(list, map(chain.from_iterable, zip(*several, strict=True))))


def processors() -> int:
    """Return how many processes this machine can run at once."""
    return min(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        MOST,
    )


class Readers:
    """Whoever reads for an indexer.

    Args:
        most: processes for a large batch; 0 reads here, where a file may end this process.
    """

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._one: ReadingProcess[Packed] = ReadingProcess(pack)
        self._copies: list[ReadingProcess[Packed]] = []

    def copy(self) -> None:
        """Make copies of this process that read, while it has no other thread and no database.

        They are there at once, and import nothing.
        """
        if not self._most:
            return
        self._one.copy()
        if self._most > 1:
            self._copies = self._more()
            for process in self._copies:
                process.copy()

    def begin_ahead(self, task: Task, chunks: Iterable[Chunk], now: datetime) -> None:
        """Have the copies begin with what `read_chunks` will be given first, if all is as it looks.

        They read while this process does something else; what is given instead is read then.
        """
        for process, chunk in zip(self._copies, chunks, strict=False):
            process.begin_ahead(task, _files(chunk), now)

    def start(self) -> None:
        """Start the process that reads what is saved, so that no save waits for it.

        Copies that read the first files are let go.
        """
        if self._most:
            self._one.start()
        self._end(self._copies)
        self._copies = []

    def read_chunks(
        self, task: Task, chunks: Iterable[Chunk], clock: Clock, *, is_large: bool
    ) -> Iterator[Done]:
        """Yield each chunk and what reading it came to, in their order.

        Args:
            task: what all readings have in common.
            chunks: files; a few chunks more are asked for than were yielded.
            clock: tells the moment of each reading.
            is_large: whether starting more processes is worth its time.
        """
        if not (is_large and self._most > 1):
            for chunk in chunks:
                yield Done(chunk, *self._read(task, chunk, clock()))
            return
        beside = self._copies or self._more()
        for process in beside:
            process.start()

        def begin(process: ReadingProcess[Packed], chunk: Chunk) -> None:
            process.begin(task, _files(chunk), clock())

        try:
            for chunk, found in _in_turns(beside, chunks, begin, ReadingProcess.result):
                yield Done(chunk, *found)
        finally:
            if beside is not self._copies:
                self._end(beside)

    def words(self, found: Iterable[Sequence[Body]]) -> Iterator[list[Words]]:
        """Yield what a search finds articles by, in their order; copies work at it, if any wait."""
        if not self._copies:
            yield from map(words_of, found)
            return

        def begin(process: ReadingProcess[Packed], rows: Sequence[Body]) -> None:
            process.begin_other(words_of, rows)

        for rows, words in _in_turns(self._copies, found, begin, ReadingProcess.other_result):
            yield words_of(rows) if words is None else words

    def share_of(self, articles: int) -> int:
        """Return how many of so many `words` is best given at once.

        Each copy works at some; what came of them is taken up while it works at others.
        """
        return max(-(-articles // (2 * len(self._copies) or 1)), 1)

    def article_of(self, task: Task, path: str, text: str, now: datetime) -> PackedArticle | None:
        """Return the article of a text that was read well before, as a file at ``path``."""
        file = Seen(path=path, size=0, mtime_ns=0)
        if self._most:
            packed = self._one.reread(task, file, text, now)
            return packed.article if packed else None
        article = FileReader(task).reading(file, text, "", now).article
        return pack_article(article) if article else None

    def close(self) -> None:
        """End the processes that `start` and `copy` started."""
        self._end([self._one, *self._copies])

    def are_many(self, files: int) -> bool:
        """Whether so many files are worth more processes."""
        return files >= (MANY_FOR_COPIES if self._copies else MANY)

    def _more(self) -> list[ReadingProcess[Packed]]:
        return [ReadingProcess(pack, NICENESS) for _ in range(self._most)]

    @staticmethod
    def _end(processes: Iterable[ReadingProcess[Packed]]) -> None:
        for process in processes:
            process.close()

    def _read(self, task: Task, chunk: Chunk, now: datetime) -> WasRead[Packed]:
        if self._most:
            return self._one.read(task, _files(chunk), now)
        return read_here(task, _files(chunk), now, pack)


def _in_turns(
    processes: Sequence[ReadingProcess[Packed]],
    given: Iterable[_Given],
    begin: Callable[[ReadingProcess[Packed], _Given], None],
    result: Callable[[ReadingProcess[Packed]], _Came],
) -> Iterator[tuple[_Given, _Came]]:
    """Yield each of ``given`` with what came of it, in their order; processes work at one each."""
    idle = deque(processes)
    busy: deque[tuple[ReadingProcess[Packed], _Given]] = deque()
    try:
        for each in given:
            done = None
            if not idle:
                process, before = busy.popleft()
                done = before, result(process)
                idle.append(process)
            process = idle.popleft()
            begin(process, each)
            busy.append((process, each))
            if done:
                yield done
        while busy:
            process, each = busy.popleft()
            yield each, result(process)
    finally:
        for process, _ in busy:  # nobody waits for what it does
            process.close()


def _files(chunk: Chunk) -> list[tuple[Seen, FileState | None]]:
    return [(due.seen, due.known) for due in chunk]
