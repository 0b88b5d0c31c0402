"""The arrow files → index: looks at the content folder, reads what is new or changed, writes what
came of it.

The only writer of the index. A full `scan` is the truth; `update` is the quick road for paths that a
watcher named.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from feedservice import __version__
from feedservice.clock import Clock
from feedservice.content import reader
from feedservice.content import site as site_file
from feedservice.content.file_types import is_article
from feedservice.content.files import ContentFiles, Seen
from feedservice.content.reader import FileReader, Task, asset, read_site
from feedservice.domain.errors import ContentError, IndexUnavailable
from feedservice.domain.file_readings import FileState
from feedservice.domain.model import Problem, Site
from feedservice.index.packed import Packed, compress, pack_article
from feedservice.index.writer import IndexWriter
from feedservice.ingest.background_walk import BackgroundWalk
from feedservice.ingest.batches import read_chunks

log = logging.getLogger(__name__)

BATCH = 250
"""Files that are read at once, and written in one transaction."""
MANY = 1500
"""From so many files on, reading them is worth the second that other processes take to start."""
SETTLED = 0.05
"""Seconds for which a file's size and time must have stood still before it is read."""
JUST_SAVED = 600
"""Seconds: an older file was copied with its time, or waited for the service to start."""
BRAKE = 20
"""Where more articles than this, and more than a fifth of all, vanish at once, none is removed."""

_PASSING = frozenset({"updated-future", "file-unreadable"})
"""Problems that pass while a file stays as it is: it is read again at each scan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a scan did: articles seen, files read, files removed, removals that were withheld, and
    problems found.
    """

    seen: int = 0
    read: int = 0
    removed: int = 0
    withheld: int = 0
    problems: tuple[Problem, ...] = ()
    revision: int = 0


class Indexer:
    """Brings the index up to what the content folder holds.

    Args:
        files: the content folder.
        index: the index, prepared.
        clock: tells the time.
        pause: waits for some seconds (tests hand in one that does not).
        workers: processes that may read a large batch.
        published: told, of each file that was just saved, after how many seconds readers can see
            it.
        stop: asked between two batches; once it holds, nothing more is begun, and the next scan
            goes on from there.
    """

    def __init__(
        self,
        files: ContentFiles,
        index: IndexWriter,
        clock: Clock,
        pause: Callable[[float], None] = time.sleep,
        workers: int = 1,
        published: Callable[[float], None] | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._files = files
        self._index = index
        self._clock = clock
        self._pause = pause
        self._workers = workers
        self._published = published
        self._stop = stop

    def begin_walk(self) -> BackgroundWalk:
        """Begin to look at everything, beside what this process does; `scan` uses what was seen."""
        return BackgroundWalk(self._index.known(), self._files.walk)

    def scan(
        self,
        *,
        accept_removals: bool = False,
        progress: Callable[[int, int], None] | None = None,
        walk: BackgroundWalk | None = None,
    ) -> Report:
        """Look at everything, and write what is new.

        Args:
            accept_removals: lift the brake on mass removals.
            progress: called with how many of how many files are done.
            walk: what was seen already.

        Raises:
            ContentError: the index has no site yet and site.yaml cannot be used.
            OSError: the content folder cannot be listed.
        """
        site = self._read_site()
        seen_before = walk or self.begin_walk()
        known, found = seen_before.known, seen_before.result()
        key = _key(site)
        again = self._index.paths_with(_PASSING)
        due = [
            seen
            for path, seen in sorted(found.articles.items())
            if path in again or self._is_due(seen, known.get(path), key, found.media)
        ]
        lost = known.keys() - found.articles.keys()
        # What lies in a folder that could not be listed is not gone.
        lost = {
            path
            for path in lost
            if not any(path.startswith(f"{folder}/") for folder in found.unreadable)
        }
        if walk:
            # Editors that save by removing and creating: what was absent then may have been taken
            # up since.
            lost = {path for path in lost if self._files.stat(path) is None}
            due = self._still_due(due, again, key, found.media)
        # What moved to another folder vanished from one place and came up at another.
        moved = len(found.articles.keys() - known.keys())
        held = 0 if accept_removals else _withheld(len(lost), len(lost) - moved, len(known))
        if held:
            log.warning(
                "%d of %d articles vanished at once; none was removed (feedservice index --accept-removals)",
                held,
                len(known),
            )
            lost = set()
        problems = self._write(due, known, lost, site, key, progress)
        if not self._index.is_filled() and not self._stop():
            self._index.mark_filled()
        return Report(
            seen=len(found.articles),
            read=len(due),
            removed=len(lost),
            withheld=held,
            problems=problems,
            revision=self._index.revision(),
        )

    def update(self, changed: Collection[str]) -> bool:
        """Look at the paths that a watcher named.

        Returns:
            Whether that was enough; False asks for a full `scan` (site.yaml or a media file
            changed, or much vanished).
        """
        if site_file.NAME in changed or any(
            path == "media" or path.startswith("media/") for path in changed
        ):
            return False
        try:
            site = self._index.site()
        except IndexUnavailable:
            return False
        known = self._index.known_below(changed)
        key = _key(site)
        found: dict[str, Seen] = {}
        lost: set[str] = set()
        for path in changed:
            if self._files.is_folder(path):
                return False
            seen = self._files.stat(path) if is_article(path) else None
            if seen:
                found[path] = seen
            else:
                lost |= {name for name in known if name == path or name.startswith(f"{path}/")}
        if len(lost) > BRAKE:
            return False
        due = [
            seen
            for path, seen in sorted(found.items())
            if self._is_due(seen, known.get(path), key, None)
        ]
        if due or lost:
            self._write(due, known, lost, site, key, None)
        return True

    def _still_due(
        self, due: list[Seen], again: Collection[str], key: str, media: dict[str, Seen]
    ) -> list[Seen]:
        """Those of a look's finds that no watcher's batch has taken up since, as they are now."""
        if len(due) > BATCH:
            return due
        known = self._index.known_below([seen.path for seen in due])
        now = [seen for each in due if (seen := self._files.stat(each.path))]
        return [s for s in now if s.path in again or self._is_due(s, known.get(s.path), key, media)]

    def _read_site(self) -> Site:
        """The site as the file says, else the last good one; the fault is kept as a problem."""
        site, problems = read_site(self._files)
        if site:
            self._index.put_site(site, (), self._clock())
            return site
        try:
            last_good = self._index.site()
        except IndexUnavailable:
            raise ContentError(problems[0]) from None
        log.error("site.yaml cannot be used; the last good one stays: %s", problems[0].code)
        self._index.put_site(last_good, problems, self._clock())
        return last_good

    def _is_due(
        self, seen: Seen, known: FileState | None, key: str, media: dict[str, Seen] | None
    ) -> bool:
        if known is None or (known.size, known.mtime_ns, known.key) != (
            seen.size,
            seen.mtime_ns,
            key,
        ):
            return True
        if media is None:
            return False
        return any(asset(each[0], media.get(each[0])) != each for each in known.assets)

    def _write(
        self,
        due: list[Seen],
        known: dict[str, FileState],
        lost: Collection[str],
        site: Site,
        key: str,
        progress: Callable[[int, int], None] | None,
    ) -> tuple[Problem, ...]:
        problems: list[Problem] = []
        gone: set[str] = set(lost)
        task = Task(files=self._files, site=site, key=key)
        # A broken file that came up where another vanished may be that one.
        orphans = (
            self._index.last_good_sources_by_id(lost)
            if any(seen.path not in known for seen in due)
            else {}
        )
        workers = self._workers if len(due) >= MANY else 1
        settled = (
            self._settle(due[start : start + BATCH], known) for start in range(0, len(due), BATCH)
        )
        done = 0
        for chunk, packed in read_chunks(task, filter(None, settled), self._clock, workers):
            gone |= ({seen.path for seen in chunk} & known.keys()) - {each.path for each in packed}
            for each in packed:
                problems += each.told
            whole = [
                each if each.article else self._with_last_good(each, task, orphans)
                for each in packed
            ]
            self._index.apply(whole, gone, self._clock())
            self._tell_lag(chunk)
            gone = set()
            done += len(chunk)
            if progress:
                progress(done, len(due))
            if self._stop():
                log.warning("stopped after %d of %d files; the next scan goes on", done, len(due))
                break
        if gone:
            self._index.apply((), gone, self._clock())
        return tuple(problems)

    def _settle(self, batch: Collection[Seen], known: dict[str, FileState]) -> list[Seen]:
        """Wait until no file of the batch that is young still changes; what does not come to rest
        is left for later.
        """
        border = int((self._clock().timestamp() - SETTLED) * 1e9)
        young = {
            seen.path: seen for seen in batch if seen.mtime_ns > border or _has_changed(seen, known)
        }
        settled = [seen for seen in batch if seen.path not in young]
        for _ in range(20):
            if not young:
                break
            self._pause(SETTLED)
            now = {path: self._files.stat(path) for path in young}
            settled += [seen for path, seen in young.items() if now[path] == seen]
            young = {
                path: seen for path, seen in now.items() if seen is not None and seen != young[path]
            }
        return sorted(settled, key=lambda seen: seen.path)

    def _tell_lag(self, chunk: Collection[Seen]) -> None:
        now = self._clock().timestamp()
        for seen in chunk if self._published else ():
            seconds = now - seen.mtime_ns / 1e9
            if self._published and 0 <= seconds < JUST_SAVED:
                self._published(seconds)

    def _with_last_good(self, packed: Packed, task: Task, orphans: Mapping[str, str]) -> Packed:
        """Put the last good text that is kept in the place of a broken one, so that it survives a
        rebuild.

        A file that was renamed and broken at once is known by its id: ``orphans`` are texts of
        files that vanished.
        """
        text = self._index.last_good_source(packed.path)
        if text is None:
            text = orphans.get(packed.named)
            if text is None:
                return packed
            packed = replace(packed, text=compress(text))
        file = Seen(path=packed.path, size=0, mtime_ns=0)
        article = FileReader(task).reading(file, text, "", self._clock()).article
        return replace(packed, article=pack_article(article)) if article else packed


def _has_changed(seen: Seen, known: Mapping[str, FileState]) -> bool:
    """Whether a file is not as it was read, although it was; what was read for another site.yaml
    has long settled.
    """
    state = known.get(seen.path)
    return state is not None and (state.size, state.mtime_ns) != (seen.size, seen.mtime_ns)


def _key(site: Site) -> str:
    """What a row depends on besides its file: the parts of site.yaml that reading uses, and the
    release.
    """
    parts = json.dumps(
        [__version__, reader.VERSION, site_file.as_fields(site)], ensure_ascii=False, sort_keys=True
    )
    return hashlib.blake2b(parts.encode(), digest_size=8).hexdigest()


def _withheld(lost: int, missing: int, known: int) -> int:
    return lost if missing > BRAKE and missing * 5 > known else 0
