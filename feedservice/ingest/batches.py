"""Reads large batches of files in several processes; alone where one of these dies.

Workers are started anew for each large batch (spawned: the writer has threads, so it must not fork)
and end with it. A worker is nice to whatever serves on the same machine, leaves a terminal's Ctrl-C
to its parent, and ends when that dies.
"""

import gc
import logging
import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from feedservice.clock import Clock
from feedservice.content.reader import FileReader, Task
from feedservice.domain.file_readings import FileState, Reading
from feedservice.domain.model import Site
from feedservice.index.packed import Packed, pack
from feedservice.ingest.plan import Due
from feedservice.system import child_process

log = logging.getLogger(__name__)

MOST = 8
"""Workers: one process writes what they read, and cannot keep up with more."""
NICENESS = 10

Chunk = Sequence[Due]


class Done(NamedTuple):
    """What reading a chunk came to: files that were parsed, and those that are as they were."""

    chunk: Chunk
    packed: list[Packed]
    same: list[FileState]


def processors() -> int:
    """Return how many workers this machine can run at once."""
    return min(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        MOST,
    )


def read_all(task: Task, chunk: Chunk, now: datetime) -> Done:
    """Read files, leaving out those that vanished meanwhile."""
    reader = FileReader(task)
    packed, same = [], []
    for due in chunk:
        reading = reader.read(due.seen, now, due.known)
        if isinstance(reading, Reading):
            packed.append(pack(reading))
        elif reading:
            same.append(reading)
    return Done(chunk, packed, same)


def read_chunks(task: Task, chunks: Iterable[Chunk], clock: Clock, workers: int) -> Iterator[Done]:
    """Yield each chunk and what reading it came to, in their order.

    Args:
        task: what all readings have in common.
        chunks: files; a few chunks more are asked for than were yielded.
        clock: tells the moment of each reading.
        workers: processes; fewer than two read here.
    """
    if workers < 2:
        for chunk in chunks:
            yield read_all(task, chunk, clock())
        return
    # What is done must not pile up where writing is slower than reading.
    ahead = 2 * workers
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_begin)
    pending: deque[tuple[Chunk, Future[Done] | None]] = deque()
    try:
        for chunk in chunks:
            pending.append((chunk, _submit(pool, task, chunk, clock)))
            if len(pending) > ahead:
                yield _result(task, *pending.popleft(), clock)
        while pending:
            yield _result(task, *pending.popleft(), clock)
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(
    pool: ProcessPoolExecutor, task: Task, chunk: Chunk, clock: Clock
) -> "Future[Done] | None":
    try:
        return pool.submit(_read_beside, task, chunk, clock())
    except (BrokenProcessPool, OSError):
        return None


def _result(task: Task, chunk: Chunk, future: "Future[Done] | None", clock: Clock) -> Done:
    if future:
        try:
            return future.result()
        except BrokenProcessPool:
            log.warning(
                "a process beside the writer died; the writer reads %s and what follows",
                chunk[0].seen.path,
            )
    return read_all(task, chunk, clock())


def _read_beside(task: Task, chunk: Chunk, now: datetime) -> Done:
    return read_all(replace(task, site=_same(task.site)), chunk, now)


@lru_cache(maxsize=1)
def _same(site: Site) -> Site:
    """Return one object for all chunks: what is cached by site is found without comparing it."""
    return site


def _begin() -> None:
    """Make a worker of a new process."""
    child_process.begin_worker()
    os.nice(NICENESS)
    # A worker makes and drops many small objects in no cycles: looking for these takes a fifteenth
    # of its time.
    gc.freeze()
    gc.set_threshold(100_000)
