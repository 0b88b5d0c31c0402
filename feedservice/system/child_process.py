"""Child processes that end when their parent does, however it dies. Knows nothing of their work."""

import multiprocessing
import multiprocessing.util
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

PARENT_EVERY = 1.0
"""Seconds between two looks of a process of `multiprocessing` at its parent."""


def start(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a child whose standard input stays open for as long as this process lives."""
    return subprocess.Popen(  # a command of ours, and no shell # nosec B603
        command, stdin=subprocess.PIPE, env=dict(environment)
    )


def stop(child: subprocess.Popen[bytes], seconds: float) -> None:
    """Tell a child that was started by `start` to end, and wait for that, at most so long."""
    if child.stdin:
        child.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        child.wait(timeout=seconds)


def on_end(act: Callable[[], object]) -> None:
    """Call ``act`` when this process ends in good order; `atexit` forgets what was forked."""
    multiprocessing.util.Finalize(None, act, exitpriority=0)


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
        while parent is not None and os.getppid() == parent.pid:
            time.sleep(PARENT_EVERY)
        act()

    threading.Thread(target=wait, name="parent", daemon=True).start()


def begin_worker() -> None:
    """Make this process of a pool ready: Ctrl-C is for its parent, and it ends with that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    on_parent_end(lambda: os._exit(1))
