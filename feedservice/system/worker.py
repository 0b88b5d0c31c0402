"""A child that calls one function after another, and may die of one. Knows nothing of these.

A call is a pickle on its standard input, what the function returned one on its standard output. The
child ends when its input does, so with its parent, however that dies. One that does nothing, since
it was stopped, is ended. Of what it works at it leaves a note in a file of both: to write there
waits for nobody, and the parent reads it only where it has to.
"""

import faulthandler
import gc
import multiprocessing
import os
import pickle  # between our own processes # nosec B403
import resource
import select
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from feedservice.system.child_process import inheriting_blocked

SECONDS = 5.0
"""Processor time for one piece of work (see `tell`), after which the child is ended."""
PATIENCE = 60.0
"""The same on the wall's clock: work that waits, on a machine that may be very busy."""
STUCK = 90.0
"""Seconds without a sign of life, after which the child is ended from outside: a stopped process
heeds no timer of its own."""
MEMORY = 512 * 2**20
"""Bytes of data that a child may hold, where the system can bound that (Linux)."""

_LATE = (signal.SIGPROF, signal.SIGALRM)
_MAX_NOTE = 2**16

_note: int | None = None
"""Where the child writes what it works at; None in every other process."""


class Died(Exception):
    """The child ended before it returned anything.

    Attributes:
        at: the piece of work that it told of last; empty where it told of none.
        why: the signal that ended it, or its exit code.
        is_late: whether that piece took too long.
        is_chance: whether it waited for the machine, or could not begin.
    """

    def __init__(self, at: str, code: int) -> None:
        self.at = at
        self.is_late = -code in _LATE
        self.is_chance = code >= 0 or -code == signal.SIGALRM
        self.why = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        super().__init__(f"{self.why} at {at or 'its start'}")


class Worker:
    """A child of this process, started when it is first needed and again whenever it died.

    Args:
        niceness: how far it gives way to what else the machine does.
        is_copy: begin it as a copy of this process, as `copy` does, whenever it is started.
    """

    def __init__(self, niceness: int = 0, *, is_copy: bool = False) -> None:
        self._niceness = niceness
        self._is_copy = is_copy
        self._note = -1
        self._child: subprocess.Popen[bytes] | _Copy | None = None
        self._answers: Connection | None = None
        self._end: Callable[[], object] = lambda: None

    def copy(self) -> None:
        """Start the child as a copy of this process, which has imported everything.

        That is safe where no other thread runs, and nowhere else is anything started. The copy
        holds no file of this process, and gives back none: locks and databases stay this one's.

        Raises:
            OSError: as in `start`.
        """
        if threading.active_count() == 1:
            self._start(_Copy)

    def start(self) -> None:
        """Start the child unless it lives; that takes a moment, which need not be waited for.

        Raises:
            OSError: the system has no process left.
        """
        self._start(_Copy if self._is_copy and threading.active_count() == 1 else _begin)

    def _start(self, begin: Callable[[int, int], "subprocess.Popen[bytes] | _Copy"]) -> None:
        if self._child and self._child.poll() is None:
            return
        self.close()
        note = _new_note()
        try:
            with inheriting_blocked(signal.SIGINT):  # a terminal's Ctrl-C is for the parent
                self._child = begin(self._niceness, note)
        except OSError:
            os.close(note)
            raise
        assert self._child.stdin
        assert self._child.stdout
        os.set_blocking(self._child.stdin.fileno(), False)
        self._answers = Connection(os.dup(self._child.stdout.fileno()), writable=False)
        self._note = note
        self._end = weakref.finalize(self, _end, self._child, note)

    def begin(self, function: Callable[..., object], *given: object) -> None:
        """Have a function called; it, what it is given and what it returns can be pickled.

        Raises:
            OSError: as in `start`.
        """
        self.start()
        assert self._child
        assert self._child.stdin
        left = memoryview(pickle.dumps((function, given), pickle.HIGHEST_PROTOCOL))
        file, room = self._child.stdin.fileno(), select.poll()
        room.register(file, select.POLLOUT)
        with suppress(BrokenPipeError):  # it died just now, which `result` tells
            while left and room.poll(STUCK * 1000):
                left = left[os.write(file, left) :]
        if left:
            self._child.kill()

    def result(self) -> Any:
        """Wait for what the function returned that `begin` had called.

        Raises:
            Died: it did not live to see that.
        """
        if not (self._child and self._answers):
            raise Died("", 0)
        at = b""
        try:
            while not self._answers.poll(STUCK):
                before, at = at, self._noted()
                if at == before:
                    self._child.kill()
                    break
            return self._answers.recv()
        except (EOFError, OSError):  # the latter within an answer
            code = self._child.wait()
            last = self._noted().partition(b"\0")[0].decode(errors="surrogateescape")
            self.close()
            raise Died(last, code) from None

    def ask(self, function: Callable[..., object], *given: object) -> Any:
        """Call a function as `begin` does, once more where anybody may have ended the child.

        Raises:
            Died: it did not live to see what the function returned.
            OSError: as in `start`.
        """
        try:
            self.begin(function, *given)
            return self.result()
        except Died as died:
            if died.is_late or died.is_chance:
                raise
        self.begin(function, *given)
        return self.result()

    def _noted(self) -> bytes:
        return os.pread(self._note, _MAX_NOTE, 0)

    def close(self) -> None:
        """End the child, whatever it does."""
        self._end()
        self._child = self._answers = None


def tell(piece: str) -> None:
    """Note which piece of work begins, and allow it `SECONDS`; in a child alone."""
    if _note is not None:
        os.pwrite(_note, piece.encode(errors="surrogateescape") + b"\0", 0)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)


def serve(niceness: int, note: int) -> None:
    """Be the child: do what standard input says until that ends.

    Args:
        niceness: as `Worker` has it.
        note: a file descriptor; what `tell` is told is written there.
    """
    global _note  # noqa: PLW0603 - the process has one parent
    faulthandler.enable()
    faulthandler.register(signal.SIGPROF, chain=True)
    with suppress(OSError):  # one that may not give way works as well
        os.nice(niceness)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    _note = note
    parent = Connection(os.dup(1), readable=False)
    os.dup2(2, 1)  # what anything prints is no answer
    calls = open(0, "rb", closefd=False)  # noqa: SIM115 - as long as this process lives
    while True:
        try:
            function, given = pickle.load(calls)  # noqa: S301 - our own parent # nosec B301
        except EOFError:
            return
        answer = function(*given)
        os.ftruncate(note, 0)
        # A parent that is busy may let this wait, which is nobody's fault.
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            parent.send(answer)
        except BrokenPipeError:  # the parent was ended: there is nobody to tell
            return


def _begin(niceness: int, note: int) -> subprocess.Popen[bytes]:
    code = f"from feedservice.system import worker; worker.serve({niceness}, {note})"
    # -P: nothing is imported from the working directory, which may be a folder of articles.
    command = (sys.executable, "-P", "-c", code)
    return subprocess.Popen(  # noqa: S603 - our own # nosec B603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(note,)
    )


class _Copy:
    """A copy of this process that serves; what `Worker` asks of a ``Popen``."""

    def __init__(self, niceness: int, note: int) -> None:
        given, told = os.pipe(), os.pipe()
        self.stdin, self.stdout = os.fdopen(given[1], "wb", 0), os.fdopen(told[0], "rb", 0)
        self._process = multiprocessing.get_context("fork").Process(
            target=_serve_copy, args=(niceness, note, given, told), daemon=True
        )
        try:
            self._process.start()
        finally:
            os.close(given[0])
            os.close(told[1])

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int:
        self._process.join()
        return self._process.exitcode or 0

    def kill(self) -> None:
        self._process.kill()


def _serve_copy(niceness: int, note: int, given: tuple[int, int], told: tuple[int, int]) -> None:
    gc.freeze()  # what is the parent's ends with the parent: a database, a lock
    os.dup2(given[0], 0)
    os.dup2(told[1], 1)
    # All others are the parent's, or of another child, whose input would not end with the parent.
    for file in map(int, os.listdir("/dev/fd")):
        if file > 2 and file != note:
            with suppress(OSError):
                os.close(file)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    serve(niceness, note)


def _new_note() -> int:
    """Open a file that has no name."""
    if sys.platform == "linux":
        return os.memfd_create("note")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _end(child: subprocess.Popen[bytes] | _Copy, note: int) -> None:
    os.close(note)
    child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        with suppress(BrokenPipeError):
            if stream:
                stream.close()
