"""What processes over one state folder tell each other: who writes, and what is meant."""

import logging
import random
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from filelock import FileLock, Timeout

from feedservice.clock import utc_now
from feedservice.domain.errors import IndexUnavailable
from feedservice.index.engine import Look
from feedservice.index.engines import Leadership
from feedservice.service.content_copy import Copy, LocalCopy

log = logging.getLogger(__name__)

_OLDER = (
    "the content here is older than what is published: this machine waits until it has caught up"
    " (feedservice index --accept-older, where it is right as it is)"
)

STANDING_BY = 0.2
"""Seconds between two tries to take the lock of an index, somewhat less or more."""
WHILE_OLDER = 1.0
"""Seconds between two looks at whether older content has caught up."""
MEANT_FOR = 300.0
"""Seconds for which older content is accepted where that was said: once the one who said it looks
away, nothing is to follow from it."""
BEAT_EVERY = 20.0
"""Seconds between two signs of life of who holds a lock."""


class WriterLock:
    """An exclusive lock in the state folder; the system frees it when its holder dies.

    Args:
        state: the folder.
        name: of the file: what only one process does.
    """

    def __init__(self, state: Path, name: str = "writer.lock") -> None:
        self._path = state / name
        self._beats = self._path.with_suffix(".alive")
        self._beaten = -BEAT_EVERY
        self._held: FileLock | None = None
        self._inode = 0

    def acquire(self, patience: float = 0) -> bool:
        """Take the lock; False where another process holds it, after so many seconds too.

        Who only asks whether it `is_free` holds it for a moment.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made here: one is of no use after a fork.
        lock = FileLock(self._path, mode=0o600, thread_local=False)
        try:
            lock.acquire(timeout=patience, poll_interval=0.02)
        except Timeout:
            return False
        self._held, self._inode = lock, self._path.stat().st_ino
        return True

    def is_held(self) -> bool:
        """Whether this process holds it; not so where its file was removed, maybe for another."""
        try:
            return self._held is not None and self._path.stat().st_ino == self._inode
        except OSError:
            return False

    def beat(self) -> None:
        """Show that whoever holds it does something; to be called often, it writes rarely."""
        now = time.monotonic()
        if now - self._beaten >= BEAT_EVERY:
            self._beaten = now
            with suppress(OSError):  # a disk that is full or read-only
                self._beats.touch(mode=0o600)

    def last_beat(self) -> int:
        """Return a number that is another after each `beat`, whoever holds it."""
        try:
            return self._beats.stat().st_mtime_ns
        except OSError:
            return 0

    def beside(self, name: str) -> "WriterLock":
        """Return another lock in the same folder."""
        return WriterLock(self._path.parent, name)

    def release(self) -> None:
        """Give the lock back."""
        if self._held:
            self._held.release()
            self._held = None

    def is_free(self) -> bool:
        """Whether nobody holds it now."""
        if not self.acquire():
            return False
        self.release()
        return True


class SoleWriter(WriterLock):
    """What the one writer of all machines holds: the lock here, and that of the index.

    Args:
        state: the folder.
        leadership: of the index.

    Attributes:
        is_older: whether the content here is, or was when it was looked at last, older than what is
            published, so that this machine cannot lead.
    """

    def __init__(self, state: Path, leadership: Leadership) -> None:
        super().__init__(state)
        self._leadership = leadership
        self._meant = AgeGuard(state)
        self._copy: Copy = LocalCopy()
        self.look: Look = leadership.look
        self.is_older = False

    def lead(self, copy: Copy) -> bool:
        """Take that of the index, too; False where another machine has it, or ``copy`` is older.

        Raises:
            IndexUnavailable: the database cannot be asked.
        """
        if not self._leadership.acquire():
            self.is_older = False
            return False
        is_led = False
        try:
            published = "" if self._meant.is_lifted() else self._leadership.published()
            is_led = copy.take(published, self._leadership.note)
            if is_led:
                self._meant.pop_lifted()
        finally:
            self._copy, self.is_older = copy, not is_led
            if not is_led:
                self._leadership.release()
        return is_led

    def lead_now(self, copy: Copy) -> bool:
        """`lead`, for who does not stand by until more is known of what seems to be older."""
        return self.lead(copy) or (self.is_older and copy.catch_up() and self.lead(copy))

    def writing(self, paths: Collection[str]) -> None:
        """Be told of paths before what lies there is written; see `Copy`."""
        self._copy.writing(paths)

    def stand_by(self, copy: Copy, stop: Callable[[], bool]) -> bool:
        """Wait until it `lead`s; False where it is told to ``stop``."""
        told = ""
        while not stop():
            self.beat()
            try:
                if self.lead(copy):
                    if told:
                        log.info("this machine writes now")
                    return True
                reason, pause = "another machine writes: this one stands by", STANDING_BY
                if self.is_older:
                    reason, pause = _OLDER, WHILE_OLDER
            except IndexUnavailable as error:
                reason, pause = f"nobody knows who writes: {error}", 5 * STANDING_BY
            if reason != told:
                log.info(reason)
            told = reason
            time.sleep(random.uniform(0.5, 1.5) * pause)  # noqa: S311 # nosec B311 - no secret
        return False

    def is_held(self) -> bool:
        """Whether this process holds both."""
        return super().is_held() and self._leadership.is_held()

    def release(self) -> None:
        """Give both back."""
        self._leadership.release()
        super().release()


class RemovalGuard:
    """Lets ``feedservice index --accept-removals`` reach the writer that runs, through a file."""

    name: ClassVar[str] = "accept-removals"

    def __init__(self, state: Path) -> None:
        self._path = state / self.name

    def lift(self) -> None:
        """Ask the writer to accept the removals of its next scan."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.touch(mode=0o600)

    def pop_lifted(self) -> bool:
        """Whether the guard was lifted; asking puts it back."""
        try:
            self._path.unlink()
        except OSError:  # nothing there, or a disk that can only be read
            return False
        return True


class AgeGuard(RemovalGuard):
    """The same for ``feedservice index --accept-older``, for some minutes."""

    name: ClassVar[str] = "accept-older"

    def is_lifted(self) -> bool:
        """Whether the guard was lifted lately."""
        try:
            return utc_now().timestamp() - self._path.stat().st_mtime <= MEANT_FOR
        except OSError:
            return False
