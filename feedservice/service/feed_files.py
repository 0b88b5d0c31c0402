"""Feeds as files, which nginx sends itself for as long as they are what is answered now.

Every worker puts down what it keeps, ``<folder>/<coding>/feed.atom``, and removes all as soon as
anything changes: one alone could not, since nginx goes on asking whom it asked before. It renders
nothing, and whatever is wrong with the folder stops nobody.

nginx makes an ETag of a file's time and size. So its time is the answer's ``Last-Modified``, which
every change moves, but no earlier than workers began that make other bytes: a `Generation`.
"""

import logging
import math
import os
import threading
from collections.abc import Hashable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

from feedservice.clock import Clock
from feedservice.domain import urls
from feedservice.http.cache import HttpCache
from feedservice.http.encodings import DECODERS
from feedservice.http.entry import Entry
from feedservice.http.negotiation import Coding
from feedservice.service.generation import Generation
from feedservice.service.shown_folder import ShownFolder, is_name
from feedservice.system import child_process
from feedservice.web.plain_feed import REACHES, TYPES, is_plain
from feedservice.web.routing import Routing

log = logging.getLogger(__name__)

NAME = "feed-files"
MOST, LIMIT = 2_000, 64 * 1024 * 1024
"""Files of all workers, and bytes of them."""
LOOK, PAUSE = 0.05, 1.0
"""Seconds between two looks for changes while there are files; and for what may be one."""
PACE = 500
"""Kept feeds of a second that are looked at then: each takes 10 µs."""
SETTLED = timedelta(seconds=2)
"""How long ago an answer changed last: what comes after it is later by whole seconds, then."""
FAILING = timedelta(minutes=1)
"""After how long it is tried again, where it failed."""
_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class FeedFiles:
    """The files of a worker, beside those of other workers.

    Args:
        folder: where they lie.
        generation: of all workers that make the same bytes of one index.
        clock: tells what is of now.
    """

    def __init__(self, folder: Path, generation: Generation, clock: Clock) -> None:
        folders = (f"{place}{coding}" for place in REACHES for coding in DECODERS)
        self._folder = ShownFolder(folder, folders, TYPES)
        self._generation = generation
        self._clock = clock
        self._cache: HttpCache | None = None
        self._routing: Routing | None = None
        self._pid = 0
        self._beginning, self._turn = threading.Lock(), threading.Lock()
        self._ended = threading.Event()
        self._revision: Hashable | None = None
        self._looked = self._until = self._quiet_until = self._next = _EVER
        self._last: dict[str, tuple[int, str]] = {}
        self._has_files = self._is_failing = False

    def hand_on(self, cache: HttpCache, routing: Routing) -> None:
        """Say which answers these are, before the first request."""
        self._cache, self._routing = cache, routing

    def begin(self) -> None:
        """Begin to put them down, once in each process."""
        if self._pid == os.getpid():
            return
        # Where the system gives no more threads, the next request may begin.
        with self._beginning, suppress(RuntimeError):
            if self._pid != os.getpid():
                threading.Thread(target=self._keep_looking, name="files", daemon=True).start()
                self._pid = os.getpid()
                child_process.on_end(self.end)

    def end(self) -> None:
        """Remove all, as the last thing."""
        self._ended.set()
        with self._turn:
            self.clear()

    def clear(self) -> None:
        """Remove whatever workers put down, as far as that can be."""
        try:
            self._folder.clear()
            self._has_files = False
        except OSError as error:
            self._tell(error)
            self._has_files, self._until = True, _EVER  # so that it is tried again at once

    def look(self) -> None:
        """Remove what is not of now any more; put down what is, once a second."""
        with self._turn:
            now = self._clock()
            try:
                self._look(now)
            except Exception as error:  # noqa: BLE001 - whatever it is, what is there must not stay
                self._tell(error)
                self._quiet_until = now + FAILING
                self.clear()

    def _keep_looking(self) -> None:
        while not self._ended.wait(LOOK if self._has_files else PAUSE):
            self.look()

    def _look(self, now: datetime) -> None:
        if not self._is_of_now() or not self._looked <= now < self._until:
            self._forget(now)
        self._looked = now
        if now < self._quiet_until or self._ended.is_set():
            self.clear()  # again, since another worker may have been about to put one down
        elif now >= self._next and self._revision is not None:
            self._put_down(now)
            self._is_failing = False

    def _is_of_now(self) -> bool:
        return self._revision_at(self._clock()) == self._revision

    def _revision_at(self, now: datetime) -> Hashable | None:
        return self._cache.revision(now) if self._cache else None

    def _forget(self, now: datetime) -> None:
        self._revision = self._revision_at(now)
        self._until, self._quiet_until, self._next = _NEVER, now + SETTLED, now
        self.clear()

    def _tell(self, error: Exception) -> None:
        if not self._is_failing:
            trace = None if isinstance(error, OSError) else error
            told = "feeds are not put down as files, %s: %s"
            log.warning(told, self._folder, error, exc_info=trace)
        self._is_failing = True

    def _put_down(self, now: datetime) -> None:
        due = self._due(now)
        self._next = now + timedelta(seconds=max(PAUSE, len(due) / PACE))
        since = self._generation.since(now) if due else None
        if since is None:
            return
        there = self._folder.sizes()
        room = LIMIT - sum(there.values())
        for path, entry in due:
            changed = entry.answer.last_modified
            mtime = max(int(changed.timestamp()), since) if changed else math.inf
            place, until = _place(entry, now)
            if mtime > (now - SETTLED).timestamp() or until <= now:
                continue
            for coding in entry.answer.codings():
                name = f"{place}{coding}/{path}"
                if place and f"{coding}/{path}" in there:  # of who died: nginx looks there first
                    self._forget(now)
                    return
                if name not in there:
                    body = self._body(f"{coding}/{path}", entry, coding, int(mtime), now)
                    if not body or len(body) > room or len(there) >= MOST:
                        continue
                    if self._ended.is_set() or not self._is_of_now():
                        self._forget(now)
                        return
                    self._generation.use(now)
                    self._folder.put(name, body, int(mtime))
                    there[name] = len(body)
                    room -= len(body)
                self._has_files = True
                self._until = min(self._until, until)  # that of others' files, too: they may die
        if not self._is_of_now():
            self._forget(now)

    def _due(self, now: datetime) -> list[tuple[str, Entry]]:
        """What is kept of now, by its path as nginx knows it; what was asked for last first."""
        site = self._routing.site() if self._routing else None
        if site is None or self._cache is None:
            return []
        prefix = f"{unquote(urls.base_path(site.base_url))}/".removeprefix("/")
        found = []
        for key, entry in self._cache.documents():
            if isinstance(key, str) and key.endswith((*TYPES,)) and "?" not in key:
                path = prefix + unquote(key[1:])
                if is_name(path) and entry.is_of(self._revision, now):
                    found.append((path, entry))
        return found

    def _body(
        self, name: str, entry: Entry, coding: Coding, mtime: int, now: datetime
    ) -> bytes | None:
        """What a file is to hold; None where it would not say all that the answer does."""
        sent = entry.answer.select({"HTTP_ACCEPT_ENCODING": coding}, now)
        told = dict(sent.headers)
        if not is_plain(name, sent.headers) or told.get("Content-Encoding", "identity") != coding:
            return None
        last, etag = self._last.get(name, (0, "")), told["ETag"]
        # What changed should be later: known of what this process alone put down.
        if last[0] >= mtime and last[1] != etag:
            return None
        if len(self._last) > 10 * MOST:
            self._last.clear()
        self._last[name] = mtime, etag
        return sent.body


def _place(entry: Entry, now: datetime) -> tuple[str, datetime]:
    """Where the file of an answer lies now, and until when; until now where it may be none."""
    untils = {place: entry.answer.allows_until(each) or _NEVER for place, each in REACHES.items()}
    return next((each for each in untils.items() if now < each[1]), ("", now))
