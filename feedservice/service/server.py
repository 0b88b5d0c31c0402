"""granian as `serve` runs it: outlives its workers, runs nothing from where it was started."""

import errno
import gc
import logging
import os
import resource
import socket
import time

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels, logger
from granian.server import Server

from feedservice.domain.errors import CommandError, reason_of
from feedservice.i18n import _
from feedservice.service.wiring_web import worker

BACKLOG = 4096
"""Connections that wait to be accepted; the kernel's ``net.core.somaxconn`` may allow fewer."""
CONNECTIONS = 16_000
"""That a worker holds open, most of them idle; those beyond wait in the backlog."""
_SPARE = 512
"""File descriptors of a worker that are for something else than connections."""
THREADS = 46
"""Of each worker: for all that the lanes and `BoundedStreams` let in, and some for kept answers.

No more than that, since threads that all have a kept answer to give hinder each other: with 64 of
them 32 connections got 40 % fewer answers than with four.
"""
IDLE = 15.0
"""Seconds that a connection may take for the head of its next request, or be idle."""
STALLED = 300.0
"""Seconds without progress after which a sending ends.

nginx stops reading a large file for as long as a slow client needs for what it has read so far.
"""
LINGERING = 6.0
"""Seconds for which workers may outlive their server."""
RESPAWN_PAUSE = 1.0
"""Seconds between two starts of a worker that dies again and again."""


class _Respawns(dict[int, float]):
    """When each worker was started again.

    granian ends, with all workers, when one of them dies within seconds of such a start: two kills
    would end the healthy ones too. Nobody finds a moment here; a start that follows another soon
    waits instead.
    """

    def get(self, key: int, default: float | None = None) -> float:  # type: ignore[override]  # noqa: ARG002
        return 0.0

    def __setitem__(self, key: int, moment: float) -> None:
        if moment - super().get(key, 0.0) < RESPAWN_PAUSE:
            time.sleep(RESPAWN_PAUSE)
        super().__setitem__(key, moment)

    def clear(self) -> None:
        """Keep the moments, which granian forgets at each death."""


def load_worker() -> object:
    """Return the application of a worker.

    What it runs was imported by then: a worker is a copy of the server's process, begins at once in
    the place of one that died, and has the memory of what neither changes in common with others.
    granian's own loader would put the working directory in front of `sys.path`, so that a
    ``yaml.py`` in a content folder were run.
    """
    return worker(first=end_stalled_sends)


def end_stalled_sends() -> None:
    """Let the kernel close a connection of this process whose peer takes nothing for `STALLED`.

    granian has no such timeout; connections inherit it from the socket that listens.
    """
    for name in os.listdir("/proc/self/fd"):
        try:
            listening = socket.socket(fileno=int(name))
        except OSError:  # no socket, or closed meanwhile
            continue
        try:
            if listening.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                listening.setsockopt(
                    socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(STALLED * 1000)
                )
        except OSError:
            pass
        finally:
            listening.detach()


def _connections() -> int:
    """How many connections a worker may hold; allows this process as many files, if it may."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = CONNECTIONS + _SPARE
    if hard != resource.RLIM_INFINITY:
        files = min(files, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    # Beyond its limit of files granian would try to accept all the time.
    return max(files - _SPARE, 1)


def ensure_free(host: str, port: int, patience: float = LINGERING) -> None:
    """Wait until an address may be listened on: workers that are ending hold on to theirs.

    granian would listen beside whoever does so already (SO_REUSEPORT), and readers get one or the
    other.

    Raises:
        CommandError: it may not, or somebody else listens there.
    """
    deadline = time.monotonic() + patience
    while not _is_free(host, port):
        if time.monotonic() >= deadline:
            others = (each for each in range(port + 1, 65_536) if _is_free(host, each))
            raise CommandError(
                _(
                    "another program answers on port {port} already: end it, or take another, such "
                    "as --port {other}",
                    port=port,
                    other=next(others, 0),
                )
            )
        time.sleep(0.1)


def _is_free(host: str, port: int) -> bool:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        why = reason_of(error)
        raise CommandError(
            _("{host}:{port} cannot be listened on: {reason}", host=host, port=port, reason=why)
        ) from None
    return True


def _is_news(record: logging.LogRecord) -> bool:
    """Whether an operator need know: that `THREADS` are more than processors is meant."""
    return "Python threads" not in record.getMessage()


def serve(host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    logger.addFilter(_is_news)
    server = Server(
        "feedservice",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        backpressure=_connections(),
        # HTTP/2 is nginx's; where both are spoken, nothing ends a connection that says nothing.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=round(IDLE * 1000)),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    )
    server.respawned_wrks = _Respawns()
    gc.freeze()  # a collection would touch, and so copy, all that workers have in common
    server.serve(target_loader=load_worker, wrap_loader=False)  # type: ignore[arg-type]
