"""The one process that writes: its lock, its loop, and the warden that keeps one alive. Knows no
content and no SQL.

Whichever WSGI server runs how many workers, each has a `Warden`; the first that finds the lock free
starts ``feedservice index --watch`` as a child. The child holds the lock while it lives and ends
when its parent's end of the pipe closes, however the parent dies; then another warden takes over.
"""

import fcntl
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from feedservice.clock import Clock
from feedservice.domain.errors import FeedserviceError

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0
"""Seconds between two looks of a warden at the lock."""
PARENT_EVERY = 1.0
"""Seconds between two looks of a worker at its parent."""
GRACE = 5.0
"""Seconds that a worker without a server has for the answers that it is giving."""


class WriterLock:
    """An exclusive lock in the state folder; the system frees it when its holder dies."""

    def __init__(self, state: Path) -> None:
        self._path = state / "writer.lock"
        self._file: BinaryIO | None = None

    def acquire(self) -> bool:
        """Take the lock; False where another process holds it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._file:
            self._file.close()
            self._file = None

    def is_free(self) -> bool:
        """Whether nobody holds it now."""
        if not self.acquire():
            return False
        self.release()
        return True


class Brake:
    """Lets ``feedservice index --accept-removals`` reach the writer that runs: a file in the state
    folder.
    """

    def __init__(self, state: Path) -> None:
        self._path = state / "accept-removals"

    def lift(self) -> None:
        """Ask the writer to accept the removals of its next scan."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch()

    def take(self) -> bool:
        """Whether the brake was lifted; asking puts it back."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True


class Looks(Protocol):
    """A look at everything that goes on beside the loop."""

    def is_done(self) -> bool:
        """Whether all was seen."""


class Takes(Protocol):
    """What the loop needs of `Intake`."""

    def look(self) -> Any:
        """Begin to look at everything."""

    def scan(self, *, accept_removals: bool = False, look: Any = None) -> object:
        """Look at everything, unless that was done, and take up what is new."""

    def take(self, changed: frozenset[str]) -> bool:
        """Look at some paths; False asks for a scan."""


def keep_writing(
    intake: Takes,
    batches: Iterator[frozenset[str]],
    brake: Brake,
    clock: Clock,
    rescan: int,
) -> None:
    """Scan, then follow ``batches`` (an empty one is a tick) with a full scan every ``rescan``
    seconds, until they end.

    The folder is looked at beside the loop, which a save does not wait for. A fault is logged and
    the next scan tries
    again: what was published stays up.
    """
    due: datetime | None = None
    look: Looks | None = None
    _try(lambda: intake.scan(accept_removals=brake.take()))
    for changed in batches:
        lifted = brake.take()
        # The first batch comes once the watcher stands; what changed before that is found by a
        # scan.
        must = due is None or lifted
        if must or (changed and _try(lambda changed=changed: intake.take(changed)) is not True):  # type: ignore[misc]
            _try(lambda lifted=lifted: intake.scan(accept_removals=lifted))  # type: ignore[misc]
            due, look = clock() + timedelta(seconds=rescan), None
        elif look is None and due is not None and clock() >= due:
            look = _try(intake.look)
        if look is not None and look.is_done():
            _try(lambda look=look: intake.scan(look=look))  # type: ignore[misc]
            due, look = clock() + timedelta(seconds=rescan), None


def repeat(work: Callable[[], object], stop: threading.Event, seconds: float) -> threading.Thread:
    """Do ``work`` beside the loop, every so many seconds, until ``stop``."""

    def run() -> None:
        while not stop.wait(seconds):
            _try(work)

    thread = threading.Thread(target=run, name="websub", daemon=True)
    thread.start()
    return thread


def end_with_parent(stop: threading.Event) -> None:
    """Set ``stop`` when standard input ends: a warden holds its other end for as long as it
    lives.
    """

    def wait() -> None:
        with suppress(OSError, ValueError):
            while os.read(0, 1024):
                pass
        stop.set()

    threading.Thread(target=wait, name="parent", daemon=True).start()


def end_after(parent: int) -> None:
    """End this process once ``parent`` is no longer its parent: a server that is killed outright
    tells nobody.

    Args:
        parent: its process id, known from before this process could have lost it.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_EVERY)
        log.warning("the server, process %d, is gone: this worker ends", parent)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


class Warden:
    """Keeps one writer alive for as long as this process lives.

    Args:
        lock: tells whether a writer lives.
        environment: for the child.
        command: of the child; what starts a writer unless a test says otherwise.
    """

    def __init__(
        self,
        lock: WriterLock,
        environment: Callable[[], Mapping[str, str]],
        command: Sequence[str] = (
            sys.executable,
            "-m",
            "feedservice",
            "index",
            "--watch",
            "--with-parent",
        ),
    ) -> None:
        self._command = command
        self._lock = lock
        self._environment = environment
        self._child: subprocess.Popen[bytes] | None = None
        self._pid = 0
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, once in each process: a fork's copy begins anew."""
        if self._pid == os.getpid():
            return
        with self._starting:
            if self._pid == os.getpid():
                return
            self._child = None
            self._stop = threading.Event()
            self._look()
            self._thread = threading.Thread(
                target=self._watch, args=(self._stop,), name="warden", daemon=True
            )
            self._thread.start()
            self._pid = os.getpid()

    def stop(self) -> None:
        """End the writer that this process started, if any, and wait for it."""
        self._stop.set()
        if self._thread:
            self._thread.join()  # so that it starts no other meanwhile
        child, self._child = self._child, None
        if child and child.stdin and self._pid == os.getpid():
            child.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=10)

    def _watch(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK_EVERY):
            try:
                self._look()
            except OSError as error:
                log.warning("no writer could be started: %s", error)

    def _look(self) -> None:
        if self._child and self._child.poll() is None:
            return
        if not self._lock.is_free():
            return
        if self._child and self._child.stdin:
            self._child.stdin.close()
        self._child = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            env=dict(self._environment()),
        )
        log.info("started the writer, process %d", self._child.pid)


def _try(step: Callable[[], Any]) -> Any:
    try:
        return step()
    except (FeedserviceError, OSError) as error:
        log.warning("indexing failed, what was published stays up: %s", error)
        return None
