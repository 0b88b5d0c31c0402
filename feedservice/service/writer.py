"""The loop of the one process that writes. Knows no content and no SQL.

Watching is a hint: the whole content folder is looked at again and again, whatever a watcher told.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TypeVar

from feedservice.content.watch import Changes
from feedservice.domain.errors import FeedserviceError
from feedservice.ingest.background_walk import BackgroundWalk
from feedservice.ingest.indexer import Indexer
from feedservice.ingest.plan import GRACE
from feedservice.service.lock import RemovalGuard, WriterLock

log = logging.getLogger(__name__)

Returned = TypeVar("Returned")

SWITCH = 0.0005
"""Seconds after which a thread that looks at everything lets one pass that takes up a save."""
RETRY = 3.0
"""Seconds from a scan that failed to the next look."""

HOOK_PAUSE = 1.0
"""Seconds between two looks at everything that webhooks ask for."""


class Step(Enum):
    """What the writer does.

    `UPDATE` reads what a watcher named, `REMOVE` looks again for what it missed then, `WALK` looks
    beside the loop.
    """

    SCAN = auto()
    UPDATE = auto()
    REMOVE = auto()
    WALK = auto()
    USE_WALK = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When the writer looks at the whole content folder. Moments are monotonic seconds.

    Attributes:
        every: seconds from the end of a scan to the next walk.
        walk_due: when that walk begins; None until there was a scan with the watcher at work, since
            only a scan finds what changed before.
        grace: seconds after which a file that was missed is looked for again.
    """

    every: float
    walk_due: float | None = None
    grace: float = GRACE

    def steps(
        self,
        *,
        has_changes: bool,
        missed_since: float | None,
        is_lifted: bool,
        is_walk_done: bool | None,
        now: float,
    ) -> tuple[Step, ...]:
        """Return what to do next, in that order; a save goes before a walk.

        Args:
            has_changes: whether the watcher named paths.
            missed_since: when the first file was missed that may come back; None for none.
            is_lifted: whether removals are accepted now, which only a scan does.
            is_walk_done: whether the walk that goes on has ended; None where none goes on.
            now: the moment.
        """
        if self.walk_due is None or is_lifted:
            return (Step.SCAN,)
        steps = [Step.UPDATE] if has_changes else []
        if missed_since is not None and now - missed_since >= self.grace:
            steps.append(Step.REMOVE)
        if is_walk_done:
            steps.append(Step.USE_WALK)
        elif is_walk_done is None and now >= self.walk_due:
            steps.append(Step.WALK)
        return tuple(steps)

    def after_scan(self, now: float, *, has_failed: bool = False) -> "Schedule":
        """Return the schedule once everything was looked at, or that failed: no room, say."""
        pause = min(RETRY, self.every) if has_failed else self.every
        return replace(self, walk_due=now + pause)


def follow(
    indexer: Indexer,
    batches: Iterable[Changes],
    guard: RemovalGuard,
    every: float,
    heal: Callable[[], bool] = lambda: False,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Scan, then follow what a watcher names, until that ends.

    Args:
        indexer: brings the index up to date; a fault is logged, and what was published stays.
        batches: what changed; nothing as a tick.
        guard: tells whether removals are accepted.
        every: seconds from the end of a scan to the next walk.
        heal: looks after the index; whether it is another one now, so that a scan is due.
        monotonic: tells seconds that no change of the clock touches.
    """
    attempt = _Attempts("indexing failed, what was published stays")
    schedule = Schedule(every=every)
    walk: BackgroundWalk | None = None
    attempt(indexer.scan, accept_removals=guard.pop_lifted(), is_patient=True)
    attempt(indexer.start_reading)
    for named, whole in batches:
        if attempt(heal):
            walk, schedule = None, Schedule(every=every)
        is_lifted = guard.pop_lifted()
        changed = named | indexer.waiting()
        steps = schedule.steps(
            has_changes=bool(changed),
            missed_since=indexer.waiting_since(),
            is_lifted=is_lifted,
            is_walk_done=walk.is_done() if walk else None,
            now=monotonic(),
        )
        for step in steps:
            if step is Step.WALK:
                walk = attempt(indexer.begin_walk)
                continue
            if step is Step.REMOVE:
                attempt(indexer.remove_vanished)
                continue
            if step is Step.UPDATE and attempt(indexer.update, changed, whole):
                continue
            seen = walk if step is Step.USE_WALK else None
            report = attempt(indexer.scan, accept_removals=is_lifted, walk=seen, is_patient=True)
            walk, schedule = None, schedule.after_scan(monotonic(), has_failed=report is None)
            break


def while_held(
    lock: WriterLock, batches: Iterable[Changes], stop: threading.Event
) -> Iterator[Changes]:
    """Yield batches until the lock is removed with its folder: another writer may begin then."""
    for batch in batches:
        if not lock.is_held():
            log.warning("this writer has lost its lock: it ends, and another begins")
            stop.set()
            return
        yield batch


def telling(batches: Iterable[Changes], tell: Callable[[Changes], object]) -> Iterator[Changes]:
    """Yield batches, of each of which somebody else is told first."""
    for batch in batches:
        tell(batch)
        yield batch


def with_hooks(
    batches: Iterable[Changes], told: Callable[[], object], monotonic: Callable[[], float]
) -> Iterator[Changes]:
    """Yield batches; all of the content is named after a webhook, once in `HOOK_PAUSE` at most.

    Args:
        batches: of a watcher.
        told: another value after each webhook.
        monotonic: tells seconds that no change of the clock touches.
    """
    seen, looked = told(), -HOOK_PAUSE
    for batch in batches:
        found, now = told(), monotonic()
        if found != seen and now - looked >= HOOK_PAUSE:
            seen, looked = found, now
            yield batch._replace(paths=batch.paths | {""})
        else:
            yield batch


def with_signs_of_life(batches: Iterable[Changes], lock: WriterLock) -> Iterator[Changes]:
    """Yield batches; whoever takes one shows that it does something."""
    for batch in batches:
        lock.beat()
        yield batch


def repeat(
    work: Callable[[], object],
    stop: threading.Event,
    seconds: float,
    wake: threading.Event | None = None,
    *,
    name: str,
) -> threading.Thread:
    """Do ``work`` beside the loop, every so many seconds and at each ``wake``, until ``stop``.

    ``name`` is what logs call it where it fails.
    """
    attempt = _Attempts(f"{name} failed, and is tried again")

    def run() -> None:
        while not stop.is_set():
            if (wake or stop).wait(seconds) and wake:
                wake.clear()
            if not stop.is_set():
                attempt(work)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


class _Attempts:
    """Outlive any fault: a writer that ended at a file would be started again, and end there.

    A fault that goes on is told once.

    Args:
        fault: what logs say of one.
    """

    def __init__(self, fault: str) -> None:
        self._fault = fault
        self._told: dict[Callable[..., object], str] = {}

    def __call__(
        self, step: Callable[..., Returned], *given: object, **named: object
    ) -> Returned | None:
        try:
            returned = step(*given, **named)
        except (FeedserviceError, OSError) as error:
            if self._told.get(step) != str(error):
                log.warning("%s: %s", self._fault, error)
            self._told[step] = str(error)
        except Exception:
            log.exception("%s", self._fault)
        else:
            self._told.pop(step, None)
            return returned
        return None
