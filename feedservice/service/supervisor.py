"""Keeps the one process that writes alive.

Whichever WSGI server runs how many workers, each has a `WriterSupervisor`; the first that finds the
lock free starts ``feedservice index --watch`` as a child. The child holds the lock while it lives
and ends when its parent does; then another supervisor starts the next one. Until a child has the
lock, its supervisor holds a second one, so that no other starts a writer too.
"""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from feedservice.service.lock import WriterLock
from feedservice.system import child_process

log = logging.getLogger(__name__)

CHECK_EVERY = 2.0
"""Seconds between two looks at the lock."""
STARTING = "writer-start.lock"
"""The file of the lock of who is starting a writer, which has its own only a second later."""
STARTS_WITHIN = 60.0
"""Seconds after which a child that is not the writer yet hangs: it is ended, and another starts."""
HUNG = 150
"""Looks in a row without a sign of life, five minutes, after which a writer hangs; looks are
counted, since a terminal's Ctrl-Z stops both."""
STOP_WITHIN = 1.0
"""Seconds for which `WriterSupervisor.stop` waits for its writer before it ends it: what it was
writing is left out, and written by the next."""
# -P: nothing is imported from the working directory, which may be a folder of articles.
WRITER = (sys.executable, "-P", "-m", "feedservice", "index", "--watch", "--with-parent")


class WriterSupervisor:
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
        command: Sequence[str] = WRITER,
    ) -> None:
        self._command = command
        self._lock = lock
        self._turn = lock.beside(STARTING)
        self._environment = environment
        self._child: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._beat = 0
        self._quiet: int | None = None
        self._pid = 0
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, once in each process: a fork's copy begins anew."""
        with self._starting:
            if self._pid == os.getpid():
                return
            self._child = None
            self._turn = self._lock.beside(STARTING)
            self._stop = threading.Event()
            self._start_if_free()
            self._thread = threading.Thread(
                target=self._watch, args=(self._stop,), name="supervisor", daemon=True
            )
            self._thread.start()
            self._pid = os.getpid()

    def ask_to_stop(self) -> None:
        """Begin to `stop`; that it has, `stop` waits for."""
        self._stop.set()
        if self._child and self._pid == os.getpid():
            child_process.ask_to_end(self._child)

    def stop(self) -> None:
        """End the writer that this process started, if any, and wait for it."""
        self._stop.set()
        if self._thread:
            self._thread.join()  # so that it starts no other meanwhile
        child, self._child = self._child, None
        if child and self._pid == os.getpid():
            child_process.stop(child, STOP_WITHIN)
        self._turn.release()

    def _watch(self, stop: threading.Event) -> None:
        while not stop.wait(CHECK_EVERY):
            self._start_if_free()

    def _start_if_free(self) -> None:
        """Start a writer where none lives; what is published is served without one, too."""
        is_alive = self._child is not None and self._child.poll() is None
        if is_alive and not self._turn.is_held():
            self._end_if_hung()
            return
        try:
            if not (self._turn.is_held() or self._turn.acquire()):
                return
            if not self._lock.is_free():
                self._turn.release()
            elif not is_alive:
                self._start()
            elif self._child and time.monotonic() - self._started > STARTS_WITHIN:
                log.warning("the writer, process %d, hangs at its start: ended", self._child.pid)
                self._child.kill()
        except OSError as error:  # a disk that is full or read-only
            log.warning("no writer could be started: %s", error)

    def _end_if_hung(self) -> None:
        """End a writer that showed that it lived, and no longer does."""
        beat = self._lock.last_beat()
        if beat != self._beat:
            self._beat, self._quiet = beat, 0
        elif self._quiet is not None and self._child:
            self._quiet += 1
            if self._quiet > HUNG:
                log.warning("the writer, process %d, does nothing any more: ended", self._child.pid)
                self._child.kill()

    def _start(self) -> None:
        if self._child and self._child.stdin:
            self._child.stdin.close()
        self._beat, self._quiet = self._lock.last_beat(), None
        self._child = child_process.start(self._command, self._environment())
        self._started = time.monotonic()
        log.info("started the writer, process %d", self._child.pid)
