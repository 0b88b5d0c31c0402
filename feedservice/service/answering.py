"""Which thread answers a request: one gives what is kept, others make, wait, send and take.

granian has one pool of threads for all requests. As many as the lanes, `BoundedStreams` and `Door`
let in would share in giving kept answers, and take the interpreter from each other with each.
"""

import logging
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Semaphore, get_ident
from typing import TYPE_CHECKING, Any

from werkzeug.wsgi import ClosingIterator

from feedservice.http.at_once import AT_ONCE, COUNTED, Later

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

TAKING = 8
"""Threads of granian itself: one that leads, and all in which `Door` takes something. granian ends
a request's body once what it called returns, so no other thread could take one."""
MAKING = 56
"""Threads for all that the lanes and `BoundedStreams` let in, and for who is refused."""
_READING = frozenset({"GET", "HEAD"})

Answer = Callable[[Any, "WSGIEnvironment"], None]
"""What granian calls: with what takes an answer, of any thread, and a request's CGI variables."""


class _Lead:
    """Which of granian's threads gives what is kept (the leader of leaders and followers)."""

    def __init__(self) -> None:
        self._free = Semaphore(1)
        self._thread = 0

    def take(self, *, wait: bool = False) -> bool:
        """Whether this thread leads from now on, or did."""
        if self._thread == get_ident():
            return True
        if not self._free.acquire(blocking=wait):
            return False
        self._thread = get_ident()
        return True

    def give_up(self) -> None:
        """Let another thread lead, as soon as there is one."""
        if self._thread == get_ident():
            self._thread = 0
            self._free.release()


def answering(app: "WSGIApplication", *_options: object) -> Answer:
    """Return what answers requests of granian, in the place of its own wrapper of an application.

    The variables of this process are not among those of a request (PEP 3333 leaves that open): one
    called ``HTTP_IF_NONE_MATCH`` would be a header field of every request.

    Args:
        app: answers, or raises `Later` where it is asked for what it has `AT_ONCE`.
    """
    server = {
        "SCRIPT_NAME": "",
        "SERVER_SOFTWARE": "granian",
        "wsgi.version": (1, 0),
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    making, lead = ThreadPoolExecutor(MAKING, "making"), _Lead()

    def answer(protocol: Any, environ: "WSGIEnvironment") -> None:
        if environ["REQUEST_METHOD"] not in _READING and _has_body(environ):
            lead.give_up()
            make(protocol, environ)
        elif lead.take():
            environ[AT_ONCE] = True
            try:
                _send(protocol, app, environ)
            except Later as later:
                del environ[AT_ONCE]
                if later.is_counted:
                    environ[COUNTED] = True
                hand_on(protocol, environ)
        else:
            # granian began this thread since many requests were there.
            hand_on(protocol, environ)
            lead.take(wait=True)

    def hand_on(protocol: Any, environ: "WSGIEnvironment") -> None:
        # Where the system gives no more threads, those there are take it, in their turn.
        with suppress(RuntimeError):
            making.submit(make, protocol, environ)

    def make(protocol: Any, environ: "WSGIEnvironment") -> None:
        environ.update(server)
        try:
            _send(protocol, app, environ)
        except BaseException:
            # Not its path, which lets one in where it is a preview's.
            log.exception("a %s could not be answered", environ["REQUEST_METHOD"])
            protocol.response_bytes(500, [], b"")

    return answer


def _has_body(environ: "WSGIEnvironment") -> bool:
    """Whether a request says that it has one (RFC 9112 §6.3)."""
    return environ.get("CONTENT_LENGTH", "0") not in ("", "0") or (
        "HTTP_TRANSFER_ENCODING" in environ
    )


class _Start:
    """What an application says of its answer before it gives the body."""

    __slots__ = ("headers", "status")

    def response(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None
    ) -> None:
        """What WSGI calls ``start_response``; nobody here writes but by the body."""
        self.status, self.headers = int(status[:3]), headers


def _send(protocol: Any, app: "WSGIApplication", environ: "WSGIEnvironment") -> None:
    told = _Start()
    body = app(environ, told.response)  # type: ignore[arg-type]
    if isinstance(body, list):
        protocol.response_bytes(told.status, told.headers, b"".join(body))
    else:
        protocol.response_iter(told.status, told.headers, ClosingIterator(body))
