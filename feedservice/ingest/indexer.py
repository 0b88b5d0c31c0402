"""The arrow files → index: looks at the content folder, reads what is due, writes what came of it.

The only writer of the index. What is due is for `plan` to decide. A full `scan` is the truth;
`update` is the quick road for paths that a watcher named.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from feedservice.clock import Clock
from feedservice.content import site as site_file
from feedservice.content.file_types import is_article
from feedservice.content.files import ContentFiles
from feedservice.content.reader import Task, reading_key
from feedservice.content.seen import UNREADABLE, Seen
from feedservice.content.watch import Changes
from feedservice.domain import templates
from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Problem, Site
from feedservice.index.packed import Packed
from feedservice.index.writer import IndexWriter
from feedservice.ingest.background_walk import BackgroundWalk, Looked, looked
from feedservice.ingest.batches import BATCH, Readers, together
from feedservice.ingest.beside import beside
from feedservice.ingest.held_edits import CODES, HeldEdits
from feedservice.ingest.last_good import with_last_good
from feedservice.ingest.plan import Due, Rule, plan
from feedservice.ingest.removals import Removals
from feedservice.ingest.scan_report import ScanReport
from feedservice.ingest.search_filling import fill_search
from feedservice.ingest.settling import Settling
from feedservice.ingest.site_intake import SiteIntake

log = logging.getLogger(__name__)

JUST_SAVED = 600
"""Seconds: an older file was copied with its time, or waited for the service to start."""

_PASSING = CODES | {"updated-future", UNREADABLE}
"""Problems that pass while a file stays as it is: it is read again at each scan."""

_WHOLE = ("media", templates.FOLDER)
"""Folders whose files many pages show."""

TOGETHER = 4
"""How many batches are written in one transaction while an index is filled, which nobody asks yet:
a third of the time of writing."""

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Outcome:
    """What was done so far."""

    done: int = 0
    read: int = 0
    problems: list[Problem] = field(default_factory=list)


class Indexer:
    """Brings the index up to what the content folder holds.

    Args:
        files: the content folder.
        index: the index, prepared.
        clock: tells the time.
        pause: waits for some seconds (tests hand in one that does not).
        readers: what reads; this process unless told otherwise.
        published: told, of the files of a batch that were just saved, after how many seconds
            readers can see each.
        stop: asked between two batches; once it holds, nothing more is begun, and the next scan
            goes on from there.
        monotonic: tells seconds that no change of the clock touches.
        changes: asked between two batches for the paths that a watcher named meanwhile: what was
            just saved is read before what waits.
    """

    def __init__(
        self,
        files: ContentFiles,
        index: IndexWriter,
        clock: Clock,
        pause: Callable[[float], None] = time.sleep,
        readers: Readers | None = None,
        published: Callable[[Sequence[float]], None] | None = None,
        stop: Callable[[], bool] = lambda: False,
        monotonic: Callable[[], float] = time.monotonic,
        changes: Callable[[], Changes] = Changes,
    ) -> None:
        self._files = files
        self._index = index
        self._clock = clock
        self._readers = readers or Readers()
        self._published = published
        self._stop = stop
        self._changes = changes
        self._removals = Removals(files, index, monotonic)
        self._intake = SiteIntake(files, index, clock)
        self._settling = Settling(files, pause, monotonic)
        self._owed: frozenset[str] = frozenset()
        self._held = HeldEdits(files, index)

    def start_reading(self) -> None:
        """Make ready what reads, so that the first save need not wait for it."""
        self._readers.start()

    def begin_walk(self) -> BackgroundWalk:
        """Begin to look at everything, beside what this process does; `scan` uses what was seen."""
        return BackgroundWalk(partial(self._look_at_all, reading_key(self._index.site())))

    def scan(
        self,
        *,
        accept_removals: bool = False,
        progress: Progress | None = None,
        walk: BackgroundWalk | None = None,
        ahead: Looked | None = None,
        is_patient: bool = False,
    ) -> ScanReport:
        """Look at everything, and write what is new.

        Args:
            accept_removals: lift the guard on mass removals.
            is_patient: whether what is gone has a moment to come back; `remove_vanished` looks
                again.
            progress: called with how many of how many files are done.
            walk: what was seen already.
            ahead: the same, of a folder of which the index knows nothing.

        Raises:
            ContentError: the index has no site yet and site.yaml cannot be used.
            OSError: the content folder cannot be listed.
        """
        site = self._intake.take()
        looked_at, key = walk.result() if walk else ahead, reading_key(site)
        if looked_at is None or looked_at.key != key:  # site.yaml changed meanwhile
            looked_at = self._look_at_all(key)
        lost = looked_at.lost
        if walk:  # editors that save by removing and creating: what was absent may be back
            lost = frozenset(path for path in lost if self._files.stat(path) is None)
        else:  # what waits may have been saved since a walk: it has its own turn then
            self._settling.forget_others(looked_at.due)
        self._removals.came_back(self._removals.missed - lost)
        if accept_removals:
            self._removals.accept()
            gone = lost
        else:
            gone = self._removals.of_scan(lost, looked_at.moved, is_patient=is_patient)
        total = len(looked_at.due)
        chunks = self._chunks(looked_at.due, site, {})
        outcome = self._carry_out(chunks, total, gone, site, progress)
        if not self._index.is_filled() and not self._stop():
            self._index.mark_filled()
        fill_search(
            self._index, self._readers, look=self._look_between, stop=self._stop, progress=progress
        )
        return ScanReport(
            seen=looked_at.seen,
            read=outcome.read,
            removed=len(gone),
            withheld=len(lost - gone),
            problems=tuple(outcome.problems),
            revision=self._index.revision(),
        )

    def update(self, changed: Collection[str], whole: Collection[str] = ()) -> bool:
        """Look at the paths that a watcher named; ``whole`` are files that were closed or moved in.

        Returns:
            Whether that was enough; False asks for a full `scan` (site.yaml, a media file or a
            folder changed, or site.yaml or a held edit waited for these files).
        """
        if self._held.holders(changed):
            return False
        if any(path == site_file.NAME or path.partition("/")[0] in _WHOLE for path in changed):
            return False
        if any(self._files.is_folder(path) for path in changed):
            return False
        try:
            site = self._index.site()
        except IndexUnavailable:
            return False
        due = self._look(changed, whole, site)
        self._carry_out(self._chunks([*due], site, due), len(due), (), site, None)
        return not self._intake.moved_on(site)

    def waiting(self) -> frozenset[str]:
        """Return, and forget, paths that `update` is to look at again, whatever a watcher names."""
        paths, self._owed = self._owed | self._settling.again(), frozenset()
        return paths

    def waiting_since(self) -> float | None:
        """When the first file was missed that may come back at once, in monotonic seconds."""
        return self._removals.waiting_since

    def remove_vanished(self) -> None:
        """Remove what `update` missed and what did not come back."""
        gone = self._removals.due()
        if gone:
            self._index.apply((), gone, self._clock())

    def _look_at_all(self, key: str) -> Looked:
        rule = self._rule(key, self._index.paths_with(_PASSING))
        return looked(beside(self._files.look(), self._index.states), key, rule)

    def _rule(self, key: str, again: Collection[str] = (), *, is_scan: bool = True) -> Rule:
        return Rule(key, self._clock(), self._files.stat, again, is_scan=is_scan)

    def _look_between(self) -> None:
        """Take up what was saved while the search is filled; what asks for a scan waits for it."""
        changed, whole = self._changes()
        changed |= self._settling.again()
        if changed and not self.update(changed, whole):
            self._owed |= changed

    def _look(self, changed: Collection[str], whole: Collection[str], site: Site) -> dict[str, Due]:
        """Return what is due of what a watcher named, by path; what was saved last at the end."""
        named = {path for path in changed if is_article(path)}
        found, known = self._stat(named), self._index.known_below(changed)
        planned = plan(known, found, self._rule(reading_key(site), is_scan=False))
        self._removals.came_back(found.keys())
        self._removals.went_on(named - found.keys() - known.keys())
        self._settling.note(changed, planned.due, whole, is_saved=True)
        self._removals.wait_for(planned.lost, planned.moved)
        return {due.seen.path: due for due in sorted(planned.due, key=_saved_at)}

    def _look_again(self, paths: Collection[str], rule: Rule) -> list[Due]:
        """Return what is still due, now that its turn has come; a watcher named some since."""
        found = self._stat(paths)
        self._removals.vanish(set(paths) - found.keys())
        due = plan(self._index.known_at(paths), found, rule).due
        self._settling.note((), due, is_saved=False)
        return [*due]

    def _stat(self, paths: Iterable[str]) -> dict[str, Seen]:
        return {path: seen for path in paths if (seen := self._files.stat(path))}

    def _carry_out(
        self,
        chunks: Iterable[list[Due]],
        total: int,
        gone: Collection[str],
        site: Site,
        progress: Progress | None,
    ) -> _Outcome:
        outcome = _Outcome()
        task = Task(files=self._files, site=site, key=reading_key(site))
        done = self._readers.read_chunks(
            task, chunks, self._clock, is_large=self._readers.are_many(total)
        )
        is_long = total > BATCH * TOGETHER and not self._index.is_filled()
        for chunk, packed, same in together(done, TOGETHER if is_long else 1):
            read = {each.path for each in packed} | {state.path for state in same}
            # Editors that save by removing and creating: what was there a moment ago may be back.
            self._removals.vanish({due.seen.path for due in chunk} - read)
            whole = [
                with_last_good(each, self._files, self._index, self._readers, task, self._clock())
                for each in self._held.without(packed, self._clock())
            ]
            self._index.apply(whole, self._removals.moved_to(whole), self._clock())
            self._index.put_times(same)
            self._owed |= self._held.note(whole)
            self._tell_lag(chunk, packed)
            outcome.problems += [problem for each in whole for problem in each.told]
            outcome.read += len(packed)
            outcome.done += len(chunk)
            if progress:
                progress(outcome.done, total)
            if self._stop():
                log.info("stopped after %d of %d files; the next scan goes on", outcome.done, total)
                return outcome
        if gone:
            self._index.apply((), gone, self._clock())
        return outcome

    def _chunks(self, paths: list[str], site: Site, named: dict[str, Due]) -> Iterator[list[Due]]:
        """Yield what can be read by batches, what was saved last first, even while this goes on.

        Args:
            paths: files to read, what was saved last at the end.
            site: the site.
            named: how those of them are read that a watcher named.
        """
        is_of_look = len(paths) > len(named)
        again = self._index.paths_with(_PASSING) if is_of_look else ()
        while paths:
            batch = paths[-BATCH:]
            del paths[-BATCH:]
            rule = self._rule(reading_key(site), again)
            due = self._look_again([path for path in batch if path not in named], rule)
            due += [named.pop(path) for path in batch if path in named]
            if ready := self._settling.ready(due):
                yield ready
            changed, whole = self._changes() if paths else Changes()
            articles = {path for path in changed if is_article(path)}
            self._owed |= changed - articles
            if articles:
                urgent = self._look(articles, whole, site)
                paths[:] = [path for path in paths if path not in articles]
                paths += urgent
                named.update(urgent)

    def _tell_lag(self, chunk: Collection[Due], packed: Collection[Packed]) -> None:
        now = self._clock().timestamp()
        parsed = {each.path for each in packed}
        ages = (now - due.seen.mtime_ns / 1e9 for due in chunk if due.seen.path in parsed)
        lags = [seconds for seconds in ages if 0 <= seconds < JUST_SAVED]
        if lags and self._published:
            self._published(lags)


def _saved_at(due: Due) -> int:
    return due.seen.mtime_ns
