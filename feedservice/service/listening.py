"""The socket that `serve` listens on: it holds the port before anything else begins."""

import errno
import socket
import sys
import time
from contextlib import suppress
from itertools import chain

from feedservice.domain.errors import CommandError, PortTaken, reason_of
from feedservice.i18n import _

BACKLOG = 4096
"""Connections that wait to be accepted; the kernel's ``net.core.somaxconn`` may allow fewer."""
STALLED = 300.0
"""Seconds without progress after which a sending ends.

nginx stops reading a large file for as long as a slow client needs for what it has read so far.
"""
LINGERING = 0.5
"""Seconds for which workers may go on to listen when their server was killed."""


def listen(host: str, port: int, patience: float = LINGERING) -> socket.socket:
    """Return a socket that listens; who connects waits until a worker accepts.

    Raises:
        PortTaken: another program listens there.
        CommandError: this machine has no such address, or it may not be listened on.
    """
    deadline = time.monotonic() + patience
    try:
        while (found := _bound(host, port)) is None:
            if time.monotonic() >= deadline:
                raise PortTaken(port, _free(host, port))
            time.sleep(0.05)
    except (OSError, UnicodeError) as error:  # which names with two dots in a row raise
        why = reason_of(error if isinstance(error, OSError) else "EADDRNOTAVAIL")
        raise CommandError(
            _("{host}:{port} cannot be listened on: {reason}", host=host, port=port, reason=why)
        ) from None
    return found


def _bound(host: str, port: int) -> socket.socket | None:
    """Return a socket that listens; None where the port is taken."""
    family, kind, protocol, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    )[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit both.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if sys.platform == "linux":  # granian ends no sending that stalls
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(STALLED * 1000))
        made.bind(address)
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise
    return made


def _free(host: str, taken: int) -> int:
    """Return the next port that may be listened on."""
    for port in chain(range(taken + 1, 65_536), range(1024, taken)):
        with suppress(OSError):
            if made := _bound(host, port):
                made.close()
                return port
    return 0
