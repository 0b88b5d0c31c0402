"""What readers poll is made anew before they ask again, once something changed."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from feedservice.clock import Clock

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

POLLED = timedelta(minutes=5)
"""How long after a reader asked for what had changed the same is made ahead."""
MOST = 16
"""Addresses that are made ahead; those that were asked for last."""
PAUSE = 0.05
"""Seconds between two looks, in which who asks at once gets there first."""
IDLE = 9
"""How much longer than it makes it pauses: where all is saved anew, a tenth of a processor."""
_SEEN_OF_A_REQUEST = ("HTTP_HOST", "HTTP_ACCEPT_ENCODING")


class Ahead:
    """Remembers what is polled, and makes it anew in a thread that ends when nothing is.

    Threads do not survive a fork; this one begins with a request, which only workers have.

    Args:
        renew: makes an answer anew where it is older than the last change, unless requests wait.
        clock: tells what was polled lately.
    """

    def __init__(self, renew: Callable[[Hashable, "WSGIEnvironment"], None], clock: Clock) -> None:
        self._renew = renew
        self._clock = clock
        self._polled: OrderedDict[Hashable, tuple[WSGIEnvironment, datetime]] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def note(self, key: Hashable, environ: "WSGIEnvironment") -> None:
        """Remember that a reader had to wait for an answer that it had asked for before."""
        asked = {
            name: value
            for name, value in environ.items()
            if not name.startswith("HTTP_") or name in _SEEN_OF_A_REQUEST
        }
        asked |= {"REQUEST_METHOD": "GET", "wsgi.input": BytesIO()}
        with self._lock:
            self._polled[key] = asked, self._clock()
            self._polled.move_to_end(key)
            if len(self._polled) > MOST:
                self._polled.popitem(last=False)
            if self._thread is None:
                thread = threading.Thread(target=self._keep_making, name="ahead", daemon=True)
                with suppress(RuntimeError):  # the system gives no more of them: the next may begin
                    thread.start()
                    self._thread = thread

    def make(self) -> bool:
        """Make anew what is due; whether anything was polled lately."""
        with self._lock:
            now = self._clock()
            for key, (_, asked) in list(self._polled.items()):
                if not asked <= now < asked + POLLED:
                    del self._polled[key]
            polled = [(key, environ) for key, (environ, _) in reversed(self._polled.items())]
            if not polled:
                self._thread = None
        for key, environ in polled:
            self._renew(key, dict(environ))
        return bool(polled)

    def _keep_making(self) -> None:
        pause, took = threading.Event(), 0.0
        while not pause.wait(max(PAUSE, IDLE * took)):
            began = time.monotonic()
            if not self.make():
                return
            took = time.monotonic() - began
