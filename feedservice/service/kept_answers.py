"""What a worker keeps outlives it: a worker that starts while the index cannot answer gives that.

A file in the state folder, written beside the requests. Whatever is wrong with it stops nobody.
"""

import logging
import os
import threading
from pathlib import Path

from feedservice import __version__
from feedservice.clock import Clock
from feedservice.domain.model import Site
from feedservice.http import kept_file
from feedservice.http.cache import HttpCache
from feedservice.index.payload import site_from_json, site_to_json
from feedservice.system import atomic_write, child_process
from feedservice.web.routing import Routing, SiteSource

log = logging.getLogger(__name__)

NAME = "kept-answers"
LIMIT = 8 * 1024 * 1024
"""Bytes of bodies in the file, as they are coded."""
EVERY = 60.0
"""Seconds between two writings, whichever worker writes."""
_LARGEST = 2 * LIMIT


class KeptAnswers:
    """The file of the answers that the workers of one service keep.

    Args:
        file: where it lies.
        known: asks the index for its revision, and the site as it was then.
        clock: tells what may still be given.
    """

    def __init__(self, file: Path, known: SiteSource, clock: Clock) -> None:
        self._file = file
        self._ask = known
        self._clock = clock
        self._pid = 0
        self._beginning = threading.Lock()
        self._cache: HttpCache | None = None
        self._routing: Routing | None = None
        self._written = b""
        self._is_failing = False

    def hand_on(self, cache: HttpCache, routing: Routing) -> None:
        """Say which answers these are, before the first request."""
        self._cache, self._routing = cache, routing

    def known(self) -> tuple[int, Site]:
        """Ask the index; first of all, once in each process, take up what was kept."""
        if self._pid != os.getpid():
            with self._beginning:
                if self._pid != os.getpid():
                    self._begin()
                    self._pid = os.getpid()
        return self._ask()

    def write(self) -> None:
        """Write the file, unless nothing has changed; a fault is logged once."""
        cache, now = self._cache, self._clock()
        site = self._routing.site() if self._routing else None
        entries = cache.entries(now) if cache else []
        if site is None or not entries:
            return
        facts = {"release": __version__, "site": site_to_json(site)}
        data = kept_file.pack(facts, entries, LIMIT, now)
        if data[:64] == self._written and self._file.exists():
            return
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            atomic_write.replace(self._file, (data,), mode=0o600)
        except OSError as error:
            if not self._is_failing:
                log.warning("answers are kept in memory only, %s: %s", self._file, error)
            self._is_failing = True
        else:
            self._written, self._is_failing = data[:64], False

    def _begin(self) -> None:
        self._read()
        threading.Thread(target=self._keep_writing, name="kept", daemon=True).start()
        child_process.on_end(self.write)

    def _read(self) -> None:
        try:
            with self._file.open("rb") as stream:
                data = stream.read(_LARGEST)
            facts, answers = kept_file.unpack(data, self._clock())
            site = site_from_json(facts["site"])
        except FileNotFoundError:
            return
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the index is asked
            log.warning("what another worker kept is not used, %s: %s", self._file, error)
            return
        if self._cache and self._routing and answers:
            self._routing.restore(site)
            self._cache.restore(answers)

    def _keep_writing(self) -> None:
        pause = threading.Event()
        while not pause.wait(EVERY):
            if not self._is_new():
                self.write()

    def _is_new(self) -> bool:
        """Whether another worker wrote the file just now."""
        try:
            age = self._clock().timestamp() - self._file.stat().st_mtime
        except OSError:
            return False
        return 0 <= age < EVERY / 2
