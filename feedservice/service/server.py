"""granian as `serve` runs it: outlives its workers, runs nothing from where it was started."""

import logging
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import wait
from queue import Empty, SimpleQueue
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels, logger
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server import mp

from feedservice.service.answering import TAKING, answering
from feedservice.service.keeper import Succession
from feedservice.service.listening import BACKLOG
from feedservice.service.wiring_web import worker
from feedservice.system import child_process

CONNECTIONS = 16_000
"""That a worker holds open, most of them idle; those beyond wait in the backlog."""
_SPARE = 512
"""File descriptors of a worker that are for something else than connections."""
IDLE = 15.0
"""Seconds that a connection may take for the head of its next request, or be idle."""
FOR_EVER = 2**31
"""Seconds that a thread may be idle before granian ends it."""
GRACE = 1.0
"""Seconds that a worker which is told to end has for the answers that are begun."""
STOPPED = 15.0
"""Seconds after which one that heeds nothing is killed."""
HEARD = 1.0
"""Seconds after which a signal is heeded, whatever thread the system gave it to."""


class _Respawns(dict[int, float]):
    """When workers were started again.

    granian ends, with all workers, when one of them dies within seconds of such a start: two kills
    would end the healthy ones too. Nobody finds a moment here; many starts that follow each other
    wait instead.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pace = child_process.Pace()

    def get(self, key: int, default: float | None = None) -> float:  # type: ignore[override]  # noqa: ARG002
        return 0.0

    def __setitem__(self, key: int, moment: float) -> None:
        self._pace.begin(moment)


class _Wake:
    """What granian waits for. Signals set it, of which one may come amid another, or amid a wait.

    `threading.Event` waits for ever then for who it interrupted.
    """

    def __init__(self) -> None:
        self._told: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        self._told.put(None)

    def is_set(self) -> bool:
        return not self._told.empty()

    def clear(self) -> None:
        while self.is_set():
            self._told.get()

    def wait(self) -> None:
        # A signal that came while all was stopped, as by Ctrl-Z, may be taken by another thread
        # than this one, which Python has act on it: nothing wakes that.
        while not self.is_set():
            with suppress(Empty):
                self._told.get(timeout=HEARD)
                self.set()  # until it is cleared


class _Server(mp.MPServer):
    """granian, whose workers share the socket that listens.

    What nobody has accepted yet is accepted by whichever worker is free, also where one has died:
    granian gives each a queue of its own, which ends with it.

    Args:
        listening: the socket.
        ending: called before workers are told to end.
        succession: who went before, whose workers end once those of this one are there.
        named: as granian has it.
    """

    def __init__(
        self,
        listening: socket.socket,
        ending: Callable[[], object],
        succession: Succession,
        **named: Any,
    ) -> None:
        super().__init__("feedservice", **named)
        self._listening = listening
        self._ending = ending
        self._succession = succession
        self.main_loop_interrupt = _Wake()  # type: ignore[assignment]
        self.respawned_wrks = _Respawns()

    def _init_shared_socket(self) -> None:
        backlog = [BACKLOG] if sys.platform.startswith(("linux", "freebsd")) else []
        self._shd = SocketHolder(self._listening.fileno(), False, *backlog)  # type: ignore[assignment,call-arg]
        self._sso = self._listening

    def _spawn_workers(self, *given: Any) -> None:
        """Begin workers; one that is told to end before it listens for that would never hear it."""
        # One that ended might be the one that leads. granian itself allows ten minutes.
        self.blocking_threads_idle_timeout = FOR_EVER
        with child_process.inheriting_blocked(signal.SIGTERM):
            super()._spawn_workers(*given)  # type: ignore[no-untyped-call]
        self._succession.take_over()

    def _respawn_workers(self, *given: Any, **named: Any) -> None:
        """Begin workers in the place of others.

        granian forgets just before what woke it, so also what came since it looked: SIGTERM, or
        another worker's death.
        """
        if self.interrupt_signal or self.interrupt_children:
            self.main_loop_interrupt.set()
        if not self.interrupt_signal:
            with child_process.inheriting_blocked(signal.SIGTERM):
                super()._respawn_workers(*given, **named)

    def _stop_workers(self) -> None:
        """End all workers. granian asks whether one lives just as a thread of it reaps that one.

        On a busy machine it then killed who had ended, and said so.
        """
        self._ending()
        living = {each.inner.sentinel: each for each in self.wrks}
        for each in self.wrks:
            each.terminate()  # type: ignore[no-untyped-call]
        deadline = time.monotonic() + STOPPED
        while living and (ended := wait(list(living), deadline - time.monotonic())):
            for sentinel in ended:
                del living[sentinel]
        for each in living.values():
            logger.warning("worker-%d heeds nothing: killed", each.idx + 1)
            each.kill()  # type: ignore[no-untyped-call]
        self.wrks.clear()


def load_worker(succession: Succession) -> object:
    """Return the application of a worker.

    What it runs was imported by then: a worker is a copy of a copy of the process that keeps the
    server (`keeper`), begins at once in the place of one that died, and has the memory of what none
    changes in common with others.
    granian's own loader would put the working directory in front of `sys.path`, so that a
    ``yaml.py`` in a content folder were run.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # a terminal's is for the server
    child_process.end_within(GRACE)
    made = worker(succession.wait)
    succession.take_over()
    return made.wsgi_app  # Flask itself would only call that


def _connections() -> int:
    """How many connections a worker may hold; allows this process as many files, if it may."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = CONNECTIONS + _SPARE
    if hard != resource.RLIM_INFINITY:
        files = min(files, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    # Beyond its limit of files granian would try to accept all the time.
    return max(files - _SPARE, 1)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether an operator need know: that `TAKING` are more than processors is meant."""
    return "Python threads" not in record.getMessage()


def serve(
    listening: socket.socket,
    workers: int,
    ending: Callable[[], object] = lambda: None,
    succession: Succession | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Args:
        listening: see `listen`; closed in the end.
        workers: how many processes answer.
        ending: called as soon as it is told to end.
        succession: of the servers over this socket.
    """
    succession = succession or Succession()
    logger.addFilter(_is_news)
    host, port = listening.getsockname()[:2]
    server = _Server(
        listening,
        ending,
        succession,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=TAKING,
        backlog=BACKLOG,
        backpressure=_connections(),
        # HTTP/2 is nginx's; where both are spoken, nothing ends a connection that says nothing.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=round(IDLE * 1000)),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    )
    # granian lets nobody else say which thread answers.
    mp._wsgi_call_wrap = answering  # type: ignore[assignment,attr-defined]  # noqa: SLF001
    loader = partial(load_worker, succession)
    server.serve(target_loader=loader, wrap_loader=False)  # type: ignore[arg-type]
