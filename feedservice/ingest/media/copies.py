"""Puts media where machines without content find them: each change once, whatever else goes on.

Originals are put, and the smaller pictures that are made of them. What is gone stays for a day,
since pages that name it are kept somewhere.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from threading import Event, Lock

from feedservice.clock import Clock
from feedservice.content.derived_files import DerivedFiles
from feedservice.content.file_types import is_hidden, is_servable
from feedservice.content.files import ContentFiles
from feedservice.content.media_file import MediaFile
from feedservice.content.seen import Seen
from feedservice.content.watch import Changes
from feedservice.domain import derived_pictures
from feedservice.domain.errors import IndexUnavailable, SourceUnavailable
from feedservice.domain.media_types import ALLOWED
from feedservice.index.reader import IndexReader
from feedservice.ingest.media.note import Note, Put
from feedservice.ingest.media.place import Place
from feedservice.ingest.media.plan import plan

log = logging.getLogger(__name__)

LOOK_PAUSE = 5.0
"""Seconds from one look at all media to the next, whatever is named."""
LIST_EVERY = 3600.0
"""Seconds between two listings of the place, and between two looks at which pictures are named."""
SETTLED = 1.0
"""Seconds without a change after which a file is taken of which nobody told that it is whole."""
APART = 1.0
"""Seconds from one putting of a file to the next: no two have a ``Last-Modified`` in common."""
FAILURES = 3
"""So many in a row, and the place is taken to be away."""
FIRST_RETRY, LAST_RETRY = 1.0, 60.0
"""Seconds until what failed is tried again: twice as many each time, and at most."""
TOLD = 20
"""How many files that cannot be put are named in the log at once."""
_ALWAYS = "made"
"""The version of smaller pictures: their address has the digest of what they are made of."""


class MediaCopies:
    """Brings a place up to what is here; for the one writer.

    Args:
        files: the content folder.
        derived: the smaller pictures.
        index: tells whose there are.
        place: returns what is brought up to them; called when it is first needed.
        note: keeps what was put.
        clock: tells the time.
        every: seconds between two looks at all media; a watcher is only a hint.
        may_write: whether this process is still the writer, and is not to end.
        monotonic: tells seconds that no change of the clock touches.
    """

    def __init__(
        self,
        files: ContentFiles,
        derived: DerivedFiles,
        index: IndexReader,
        place: Callable[[], Place],
        note: Note,
        clock: Clock,
        every: float,
        may_write: Callable[[], bool] = lambda: True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._files = files
        self._derived = derived
        self._index = index
        self._place = place
        self._note = note
        self._clock = clock
        self._every = every
        self._may_write = may_write
        self._monotonic = monotonic
        self.is_told = Event()
        self._known: dict[str, Put] | None = None
        self._looked = self._look_due = self._list_due = 0.0
        self._due: set[str] = set()
        self._urgent: set[str] = set()
        self._highest = 0
        self._pictures: set[tuple[str, str]] = set()
        self._names: dict[str, list[str]] = {}
        self._named: set[str] = set()
        self._whole: set[str] = set()
        self._put_at: dict[str, float] = {}
        self._lock = Lock()
        self._failing: dict[str, None] = {}
        self._is_away = False
        self._retry_due, self._wait = 0.0, FIRST_RETRY

    def tell(self, changes: Changes) -> None:
        """Be told what a watcher names, from any thread; `is_told` is set for who calls `work`."""
        media = {path for path in changes.paths if not path or f"{path}/".startswith("media/")}
        named = {path for path in media if not any(map(is_hidden, path.split("/")))}
        whole = set(filter(is_servable, changes.whole & named))
        with self._lock:
            self._named |= named
            self._whole = (self._whole - named) | whole
        if named:
            self.is_told.set()

    def work(self) -> None:
        """Do what is due. Faults of single files are told in the log, and tried again."""
        known = self._known if self._known is not None else self._begin()
        with self._lock:
            named, self._named = self._named, set()
        files = {path for path in named if is_servable(path)}
        self._due |= files
        self._urgent = (self._urgent & self._due) | files
        if named - files:  # a folder came, or went; many may
            self._look_due = min(self._look_due, self._looked + LOOK_PAUSE)
        if self._monotonic() >= self._look_due:
            self._look(known)
        self._put_all(known)

    def _begin(self) -> dict[str, Put]:
        self._known = self._note.read()
        return self._known

    def _look(self, known: dict[str, Put]) -> None:
        is_listed = self._monotonic() >= self._list_due
        if is_listed:
            self._list(known)
            self._highest, self._names = 0, {}
        walk = self._files.walk("media")
        present = {
            path: _version(seen)
            for path, seen in walk.media.items()
            if is_servable(path) and seen.size
        }
        try:
            present |= dict.fromkeys(self._made(), _ALWAYS)
            spaces: tuple[str, ...] = ("media/", "pictures/")
        except IndexUnavailable:
            spaces = ("media/",)
        unknown = frozenset(walk.unreadable)
        closed = tuple(f"{path}/" for path in unknown)
        now = self._clock().timestamp()
        found = plan(
            present,
            known,
            lambda path: (
                path.startswith(spaces) and not (path in unknown or path.startswith(closed))
            ),
            now,
        )
        self._due |= found.due
        self._keep(known, found.noted)
        for path in sorted(found.expired):
            if self._may_write():
                self._attempt(self._remove, known, path)
        self._failing = {path: None for path in self._failing if path in self._due}
        self._looked = self._monotonic()
        self._look_due = self._looked + self._every
        if is_listed:
            self._list_due = self._monotonic() + LIST_EVERY

    def _list(self, known: dict[str, Put]) -> None:
        """Note what the place has otherwise than it is known here: who wrote before, or nobody."""
        there = dict(self._place().tags())
        changed: dict[str, Put | None] = {
            path: Put("", tag)
            for path, tag in there.items()
            if path not in known or known[path].tag != tag
        }
        changed |= dict.fromkeys(known.keys() - there.keys())
        self._keep(known, changed)

    def _made(self) -> Iterator[str]:
        """Yield the paths of the smaller pictures that are made."""
        if not self._index.is_filled():
            raise IndexUnavailable("it is being filled")
        highest, named = self._index.pictures(self._highest)
        if highest < self._highest:  # another index
            highest, named = self._index.pictures(0)
        if not self._names:
            self._pictures = set()
        self._highest = highest
        self._pictures.update(named)
        for digest, src in self._pictures:
            names = self._names.get(digest) or self._derived.names(digest)
            self._names[digest] = names
            yield from (derived_pictures.file_path(digest, name, src) for name in names)

    def _put_all(self, known: dict[str, Put]) -> None:
        now = self._monotonic()
        self._put_at = {path: at for path, at in self._put_at.items() if now - at < APART}
        is_due = now >= self._retry_due
        fresh = self._due.difference(self._failing)
        if self._is_away and not is_due:
            fresh &= self._urgent
        again = [path for path in self._failing if path in self._due] if is_due else []
        failures = 0
        # As a set has them: neighbours, which may all be refused, are not in a row.
        for path in [*sorted(fresh, key=lambda path: path not in self._urgent), *again]:
            if not self._may_write():
                return
            if path in self._put_at:
                continue
            if not self._attempt(self._put, known, path):
                failures += 1
                if failures == FAILURES:
                    self._is_away = True
                    break
            elif path in self._put_at:
                failures, self._is_away = 0, False
                if self.is_told.is_set():  # what is saved goes first
                    return
        if is_due:
            self._wait = min(self._wait * 2, LAST_RETRY) if self._failing else FIRST_RETRY
            self._retry_due = self._monotonic() + self._wait

    def _put(self, known: dict[str, Put], path: str) -> None:
        is_picture = path.startswith("pictures/")
        seen = None if is_picture else self._files.stat(path)
        with self._lock:
            is_whole = path in self._whole
            self._whole.discard(path)
        if seen and not is_whole and not self._is_settled(seen):
            return
        self._due.discard(path)
        file = self._opened_picture(path) if is_picture else self._files.open_served(path)
        if file is None:  # a look finds what is gone
            return
        with file.stream:
            if file.media_type not in ALLOWED or not file.length:
                return
            try:
                tag = self._place().put(path, file)
            except BaseException:
                self._due.add(path)
                raise
        version = _version(seen) if seen else _ALWAYS
        if seen and self._files.stat(path) != seen:  # it was written while it was read
            self._due.add(path)
            version = ""
        self._keep(known, {path: Put(version, tag)})
        self._put_at[path] = self._monotonic()

    def _is_settled(self, seen: Seen) -> bool:
        return self._clock().timestamp() - seen.ctime_ns / 1e9 >= SETTLED

    def _opened_picture(self, path: str) -> MediaFile | None:
        digest, width, rest = derived_pictures.taken_apart(path.removeprefix("pictures/"))
        is_webp = rest.endswith(derived_pictures.WEBP)
        return self._derived.open(digest, f"{width}{derived_pictures.WEBP if is_webp else ''}")

    def _remove(self, known: dict[str, Put], path: str) -> None:
        self._place().remove(path)
        self._keep(known, {path: None})

    def _keep(self, known: dict[str, Put], changed: Mapping[str, Put | None]) -> None:
        for path, put in changed.items():
            if put is None:
                known.pop(path, None)
            else:
                known[path] = put
        if changed:
            self._note.write(changed)

    def _attempt(
        self, step: Callable[[dict[str, Put], str], None], known: dict[str, Put], path: str
    ) -> bool:
        """Do something with one file; what fails is told once, until it succeeds."""
        try:
            step(known, path)
        except (OSError, SourceUnavailable) as error:
            if path not in self._failing and len(self._failing) < TOLD:
                log.warning("%s cannot be put where replicas find it: %s", path, error)
            self._failing.pop(path, None)
            self._failing[path] = None  # the last to be tried again
            return False
        if path in self._failing:
            del self._failing[path]
            log.info("%s is where replicas find it", path)
        return True


def _version(seen: Seen) -> str:
    return f"{seen.size}-{seen.mtime_ns}-{seen.ctime_ns}-{seen.inode}"
