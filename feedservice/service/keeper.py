"""Keeps the server alive: a copy of a process that imported all of it, and another when that dies.

Who keeps it does nothing else: it has no thread, opens no index and answers nobody. It holds the
socket that listens, so that who connects waits for whichever worker is there next.
"""

import gc
import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess

from feedservice.system import child_process

log = logging.getLogger(__name__)


class Succession:
    """Has the workers of a server that died go on until those of the next one are ready.

    Pipes tell, since their ends close however a process ends. Nothing is ever written to one.

    Args:
        before: what the workers of the server before wait for to be closed, by all who have it.
        until: ends once the next server's workers are ready, or nobody keeps a server any more.
    """

    def __init__(self, before: int | None = None, until: int | None = None) -> None:
        self._before = before
        self._until = until

    def take_over(self) -> None:
        """Let go of who went before; each process says so for itself."""
        if self._before is not None:
            os.close(self._before)
            self._before = None

    def wait(self) -> None:
        """Return once another has taken over."""
        if self._until is not None:
            os.read(self._until, 1)


class Keeper:
    """Runs a server in a copy of this process, and in another one when that dies.

    Args:
        serve: serves until SIGTERM; takes whether it is the first to do so, and how workers end.
        ending: called as soon as this process is told to end.
    """

    def __init__(
        self, serve: Callable[[bool, Succession], object], ending: Callable[[], object]
    ) -> None:
        self._serve = serve
        self._ending = ending
        self._is_told = False
        self._server: BaseProcess | None = None
        self._held: int | None = None

    def run(self) -> None:
        """Return after SIGTERM or Ctrl-C, once the server has ended."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        gc.freeze()  # a collection would touch, and so copy, all that processes have in common
        pace = child_process.Pace()
        server = self._begin(is_first=True)
        while server:
            server.join()  # only that tells: children of it may have its pipes
            if not self._is_told:
                log.warning("the server, process %s, ended: another begins", server.pid)
            pace.begin(time.monotonic())
            server = self._begin(is_first=False)

    def _begin(self, *, is_first: bool) -> BaseProcess | None:
        with child_process.inheriting_blocked(signal.SIGTERM, signal.SIGINT):
            if self._is_told:
                return None
            before, (until, held) = self._held, os.pipe()
            self._server = multiprocessing.get_context("fork").Process(
                target=self._run_server, args=(is_first, Succession(before, until), held)
            )
            self._server.start()
            self._held = held
            os.close(until)
            if before is not None:
                os.close(before)
            return self._server

    def _run_server(self, is_first: bool, succession: Succession, held: int) -> None:
        os.close(held)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # SIGINT stays blocked: a terminal's is for who keeps it.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        child_process.on_parent_end(lambda: os.kill(os.getpid(), signal.SIGTERM))
        self._serve(is_first, succession)

    def _end(self, *_: object) -> None:
        self._is_told = True
        self._ending()
        if self._server:
            self._server.terminate()
