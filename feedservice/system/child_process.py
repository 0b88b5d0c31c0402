"""Child processes that end when their parent does, however it dies. Knows nothing of their work."""

import multiprocessing
import multiprocessing.util
import os
import select
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

PARENT_EVERY = 0.2
"""Seconds between two looks of a process of `multiprocessing` at its parent, where it must look."""

_at_end: list[Callable[[], object]] = []
"""What `on_end` was told; each is called once."""


BURST, WITHIN = 10, 5.0
"""So many processes that died are replaced at once within so many seconds, further ones a `PAUSE`
later each: those that die at their start must not take all processors."""
PAUSE = 1.0


class Pace:
    """How fast processes are begun in the place of others."""

    def __init__(self) -> None:
        self._last: deque[float] = deque([-WITHIN], maxlen=BURST)

    def begin(self, moment: float) -> None:
        """Note that one begins, in monotonic seconds; wait where many did just now."""
        if len(self._last) == BURST and moment - self._last[0] < WITHIN:
            time.sleep(PAUSE)
        self._last.append(moment)


@contextmanager
def inheriting_blocked(*numbers: signal.Signals) -> Iterator[None]:
    """Have children that begin meanwhile get signals only once they ask for them, if ever."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def start(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a child whose standard input stays open for as long as this process lives."""
    with inheriting_blocked(signal.SIGINT):  # a terminal's Ctrl-C is for this process
        return subprocess.Popen(  # a command of ours, and no shell # nosec B603
            command, stdin=subprocess.PIPE, env=dict(environment)
        )


def ask_to_end(child: subprocess.Popen[bytes]) -> None:
    """Tell a child that was started by `start` to end: one that begins only now does so at once."""
    if child.stdin:
        child.stdin.close()
    child.terminate()


def stop(child: subprocess.Popen[bytes], seconds: float) -> None:
    """Tell a child that was started by `start` to end, and end it where that takes longer."""
    ask_to_end(child)
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def on_end(act: Callable[[], object]) -> None:
    """Call ``act`` when this process ends in good order; `atexit` forgets what was forked."""
    _at_end.append(multiprocessing.util.Finalize(None, act, exitpriority=0))


def end_within(seconds: float) -> None:
    """Have this process of `multiprocessing` live for so long once SIGTERM tells it to end.

    To be called in its main thread, before or after that gets a handler of its own. One that began
    while SIGTERM was `inheriting_blocked` is told here what it was told before.
    """
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

    def wait() -> None:
        while os.read(heard, 1) != bytes([signal.SIGTERM]):
            pass
        time.sleep(seconds)
        try:
            for act in _at_end:
                act()
        finally:
            os._exit(0)

    threading.Thread(target=wait, name="end", daemon=True).start()


def on_parent_end(act: Callable[[], object]) -> None:
    """Call ``act`` in a thread of its own once this process has no parent any more.

    A child of `start` reads its standard input to the end. A process of `multiprocessing` asks who
    its parent is: its pipes tell nothing, because processes beside it hold their ends too.
    """
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is None:
            with suppress(OSError, ValueError):
                while os.read(0, 1024):
                    pass
        elif parent.pid is not None:
            _wait_for_parent(parent.pid)
        act()

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _wait_for_parent(parent: int) -> None:
    if hasattr(os, "pidfd_open"):  # Linux
        with suppress(OSError):
            end = os.pidfd_open(parent)
            ended = select.poll()
            ended.register(end, select.POLLIN)
            if os.getppid() == parent:  # no other that has its number since
                ended.poll()
    while os.getppid() == parent:
        time.sleep(PARENT_EVERY)


def hand(
    pool: "ProcessPoolExecutor",
    function: Callable[_Given, _Made],
    *given: _Given.args,
    **named: _Given.kwargs,
) -> "Future[_Made]":
    """Hand work to a pool, a process of which may begin now: Ctrl-C is for this one even then."""
    with inheriting_blocked(signal.SIGINT):
        return pool.submit(function, *given, **named)


def begin_worker() -> None:
    """Make this process of a pool ready: Ctrl-C is for its parent, and it ends with that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    on_parent_end(lambda: os._exit(1))
