"""What a worker keeps outlives it, and is others' too, while the index cannot answer.

A file in the state folder, written beside the requests. Whatever is wrong with it stops nobody.
"""

import logging
import os
import sys
import threading
from collections.abc import Hashable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType

import feedservice
from feedservice import __version__
from feedservice.clock import Clock
from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Site
from feedservice.http import kept_file
from feedservice.http.cache import HttpCache
from feedservice.http.entry import Entry
from feedservice.index.payload import site_from_json, site_to_json
from feedservice.publishing import entries_file
from feedservice.publishing.entries import KeptEntries
from feedservice.system import atomic_write, child_process
from feedservice.system.turn import turn
from feedservice.web.routing import Routing, SiteSource

log = logging.getLogger(__name__)

NAME = "kept-answers"
ENTRIES = "kept-entries"
ENTRIES_LIMIT = 2 * 1024 * 1024
"""Bytes of entries in theirs."""
LIMIT = 8 * 1024 * 1024
"""Bytes of bodies in the file, as they are coded."""
EVERY = 60.0
"""Seconds between two writings, whichever worker writes."""
SHARING = timedelta(seconds=5)
"""How often the workers of an outage look at what others keep, and show what they do."""
_LARGEST = 2 * LIMIT


def _release() -> str:
    """Return a digest of what shapes entries besides the index: code, messages, and libraries."""
    package = Path(feedservice.__file__).parent
    files = [file for room in _SHAPING for file in (package / room).rglob("*")]
    digest = blake2b(sys.version.encode(), digest_size=16)
    for file in sorted(
        each for each in (*files, package / "i18n.py") if each.suffix in {".py", ".mo"}
    ):
        digest.update(file.read_bytes())
    for module, name in _LIBRARIES.items():
        digest.update(getattr(sys.modules[module], name).encode())
    return digest.hexdigest()


# Loaded with what renders; to ask for their metadata is a twentieth of a start.
_LIBRARIES = MappingProxyType(
    {"feedgen.version": "version_full_str", "lxml": "__version__", "babel": "__version__"}
)
_SHAPING = ("domain", "feeds", "index", "publishing", "locale")
RELEASE = _release()
"""Of the code that is loaded, so found with it: the files may be another release's later."""


class KeptAnswers:
    """The file of the answers that the workers of one service keep.

    Args:
        file: where it lies.
        known: asks the index for its revision, and the site as it was then.
        clock: tells what may still be given.
        entries: of feeds, which are handed on beside them.
    """

    def __init__(
        self, file: Path, known: SiteSource, clock: Clock, entries: KeptEntries | None = None
    ) -> None:
        self._file = file
        self._entries_file = file.with_name(ENTRIES)
        self._entries = entries
        self._ask = known
        self._clock = clock
        self._pid = 0
        self._beginning = threading.Lock()
        self._cache: HttpCache | None = None
        self._routing: Routing | None = None
        self._written: dict[Path, bytes] = {}
        self._is_failing = False
        self._shared = datetime.min.replace(tzinfo=UTC)
        self._seen: tuple[int, int] | None = None

    def hand_on(self, cache: HttpCache, routing: Routing) -> None:
        """Say which answers these are, before the first request."""
        self._cache, self._routing = cache, routing

    def known(self) -> tuple[int, Site]:
        """Ask the index; first of all, once in each process, take up what was kept.

        Where it cannot be asked, what other workers keep is taken up too.
        """
        if self._pid != os.getpid():
            with self._beginning:
                if self._pid != os.getpid():
                    self._begin()
                    self._pid = os.getpid()
        try:
            return self._ask()
        except IndexUnavailable:
            self._share()
            raise

    def end(self) -> None:
        """`write` as the last thing, with what workers that ended just now kept besides.

        Of workers of one service one may have answered nearly all, and another end after it.
        """
        with turn(self._file.with_name(f"{NAME}.turn")):
            kept = self._kept() if self._is_new() else None
            self.write(kept[1] if kept else ())

    def write(self, others: Iterable[tuple[Hashable, Entry]] = ()) -> None:
        """Write the files, unless nothing has changed; a fault is logged once.

        Args:
            others: answers that another worker kept, for what this one has none of.
        """
        self._write_answers(others)
        kept = self._entries.items() if self._entries else []
        if kept:
            self._write(self._entries_file, entries_file.pack(RELEASE, kept, ENTRIES_LIMIT))

    def _write_answers(self, others: Iterable[tuple[Hashable, Entry]]) -> None:
        cache, now = self._cache, self._clock()
        site = self._routing.site() if self._routing else None
        entries = cache.entries(now) if cache else []
        if site is None or not entries:
            return
        own = {key for key, _entry in entries}
        entries += [(key, entry) for key, entry in others if key not in own]
        facts = {"release": __version__, "site": site_to_json(site)}
        self._write(self._file, kept_file.pack(facts, entries, LIMIT, now))

    def _write(self, file: Path, data: bytes) -> None:
        if data[:64] == self._written.get(file) and file.exists():
            return
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            atomic_write.replace(file, (data,), mode=0o600)
        except OSError as error:
            if not self._is_failing:
                log.warning("answers are kept in memory only, %s: %s", file, error)
            self._is_failing = True
        else:
            self._written[file], self._is_failing = data[:64], False

    def _begin(self) -> None:
        self._read()
        self._read_entries()
        threading.Thread(target=self._keep_writing, name="kept", daemon=True).start()
        child_process.on_end(self.end)

    def _read(self) -> None:
        site, answers = self._kept_since() or (None, [])
        if self._cache and self._routing and site and answers:
            self._routing.restore(site)
            self._cache.restore(answers)

    def _kept_since(self) -> tuple[Site, kept_file.Answers] | None:
        """What the file holds, unless this process has looked at it; its harm is told once."""
        try:
            stat = self._file.stat()
        except OSError:
            return None
        seen, self._seen = self._seen, (stat.st_ino, stat.st_mtime_ns)
        return self._kept() if seen != self._seen else None

    def _kept(self) -> tuple[Site, kept_file.Answers] | None:
        """What the file holds."""
        try:
            with self._file.open("rb") as stream:
                data = stream.read(_LARGEST)
            facts, answers = kept_file.unpack(data, self._clock())
            return site_from_json(facts["site"]), answers
        except FileNotFoundError:
            return None
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the index is asked
            log.warning("what another worker kept is not used, %s: %s", self._file, error)
            return None

    def _read_entries(self) -> None:
        if self._entries is None:
            return
        try:
            with self._entries_file.open("rb") as stream:
                data = stream.read(_LARGEST)
            self._entries.restore(entries_file.unpack(data, RELEASE))
        except FileNotFoundError:
            return
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, they are made anew
            log.warning("kept entries are not used, %s: %s", self._entries_file, error)

    def _share(self) -> None:
        """Take up what other workers keep, and show them what this one does."""
        now = self._clock()
        if timedelta() <= now - self._shared < SHARING:
            return
        self._shared = now
        kept = self._kept_since()
        if self._cache and kept:
            self._cache.borrow(kept[1])
        self._write_answers(())

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
