"""Keeps the server alive: a copy of a process that imported all of it, and another when that dies.

Who keeps it does nothing else: it has no thread, opens no index and answers nobody. It holds the
socket that listens, so that who connects waits for whichever worker is there next.
"""

import gc
import logging
import multiprocessing
import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess

from feedservice.system import child_process

log = logging.getLogger(__name__)

_ENDING = 1000
"""Milliseconds that a process may need to end once it has closed its pipes."""


class Succession:
    """Has the workers of a server that died go on until those of the next one are ready.

    Pipes tell, since their ends close however a process ends. Nothing is ever written to one.

    Args:
        held: what others wait for to be closed, by all who have it: workers of servers before, and
            who keeps the server.
        until: ends once the next server's workers are ready, or nobody keeps a server any more.
    """

    def __init__(self, held: Sequence[int] = (), until: int | None = None) -> None:
        self._held = held
        self._until = until

    def take_over(self) -> None:
        """Let go of who went before; each process says so for itself."""
        for each in self._held:
            os.close(each)
        self._held = ()

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
        self._held: list[int] = []
        """What workers of servers before wait for to be closed, those of the last one last."""
        self._taking = -1
        """A pipe that ends once the workers of the server are ready."""

    def run(self) -> None:
        """Return after SIGTERM or Ctrl-C, once the server has ended."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        gc.freeze()  # a collection would touch, and so copy, all that processes have in common
        pace = child_process.Pace()
        server = self._begin(is_first=True)
        while server:
            self._wait_for(server)
            if not self._is_told:
                log.warning("the server, process %s, ended: another begins", server.pid)
            pace.begin(time.monotonic())
            server = self._begin(is_first=False)

    def _begin(self, *, is_first: bool) -> BaseProcess | None:
        with child_process.inheriting_blocked(signal.SIGTERM, signal.SIGINT):
            if self._is_told:
                return None
            until, held = os.pipe()
            self._taking, taken = os.pipe()
            # A server may have died before it took over: who answers then is of one before it.
            before = [each for each in self._held if _has_readers(each)]
            for each in {*self._held}.difference(before):
                os.close(each)
            self._server = multiprocessing.get_context("fork").Process(
                target=self._run_server,
                args=(is_first, Succession((*before, taken), until), held, self._taking),
            )
            self._server.start()
            self._held = [*before, held]
            os.close(until)
            os.close(taken)
            return self._server

    def _wait_for(self, server: BaseProcess) -> None:
        """Wait for the end of a server, and let go of who went before it once it took over."""
        if _takes_over(server.pid or 0, self._taking):
            for each in self._held[:-1]:
                os.close(each)
            self._held = self._held[-1:]
        server.join()
        os.close(self._taking)

    def _run_server(self, is_first: bool, succession: Succession, *others: int) -> None:
        for each in others:
            os.close(each)
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


def _takes_over(server: int, taking: int) -> bool:
    """Wait until all of a server closed ``taking``; False where it ended first."""
    try:
        # Not `sentinel`, a pipe that children of the server may have.
        ended = os.pidfd_open(server)
    except (AttributeError, OSError):  # elsewhere than on Linux who went before ends at once
        return True
    try:
        waiting = select.poll()
        waiting.register(ended, select.POLLIN)
        waiting.register(taking, 0)
        waiting.poll()
        waiting.unregister(taking)
        return not waiting.poll(_ENDING)  # a process that is killed closes its pipes, then ends
    finally:
        os.close(ended)


def _has_readers(pipe: int) -> bool:
    waiting = select.poll()
    waiting.register(pipe, 0)
    return not waiting.poll(0)  # poll(2), POLLERR: the reading end has been closed by all
