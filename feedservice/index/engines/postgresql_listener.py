"""What tells a worker of commits on any machine: NOTIFY, by a session of its own."""

import logging
import os
import random
import time
from contextlib import suppress
from threading import Lock, Thread

import psycopg
from sqlalchemy import URL

from feedservice.index.engines.postgresql_session import begin_at

log = logging.getLogger(__name__)

CHANNEL = "feedservice"
"""On which commits are told, with the name of the schema: several sites may be in a database."""
QUIET = 10.0
"""Seconds without a word after which the session is tried."""
POLL = 0.1
"""Seconds between two questions while nothing tells of commits."""
_AGAIN = (0.25, 0.5, 1, 2, 4)
"""Seconds after which a session that was lost is begun again, somewhat less or more."""


class Listener:
    """See `Commits`. It saves questions: a commit that nobody heard of is found by the next one."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._heard = 0
        self._is_listening = False
        self._pid = 0
        self._starting = Lock()

    def follow(self) -> None:
        """Begin to listen, once in each process."""
        with self._starting:
            if self._pid != os.getpid():
                self._is_listening = False
                with suppress(RuntimeError):  # the system gives no more of them: asked again later
                    Thread(target=self._run, name="listener", daemon=True).start()
                    self._pid = os.getpid()

    def value(self) -> object:
        """Return what is another after each commit, and ten times a second while none is heard."""
        return self._heard if self._is_listening else time.monotonic() // POLL

    def _run(self) -> None:
        failed = 0
        while True:
            try:
                with begin_at(self._url, 5.0, {}) as session:
                    schema = session.execute("SELECT current_schema()").fetchone()
                    session.execute(f"LISTEN {CHANNEL}")
                    self._heard += 1  # what came until now, nobody told
                    self._is_listening, failed = True, 0
                    while True:
                        for told in session.notifies(timeout=QUIET):
                            if (told.payload,) == schema:
                                self._heard += 1
                        session.execute("SELECT 1")
            except psycopg.Error as error:
                self._is_listening = False
                if not failed:
                    log.warning("commits are asked for, since none is told: %s", error)
            time.sleep(_AGAIN[min(failed, len(_AGAIN) - 1)] * random.uniform(0.5, 1.5))  # noqa: S311 # nosec B311
            failed += 1
