"""A look at all of the content folder that a save need not wait for. It changes nothing."""

import threading
from array import array
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

from feedservice.ingest.beside import Pair
from feedservice.ingest.plan import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was there, and what follows from it.

    Attributes:
        key: of what else readings depended on.
        due: files to read, what was saved last at the end. There may be as many as files: how each
            is read is decided once its turn has come.
        lost: files that are gone.
        moved: how many files came up at a place that had none.
        seen: how many are there.
    """

    key: str
    due: list[str]
    lost: frozenset[str]
    moved: int
    seen: int


def looked(pairs: Iterable[Pair], key: str, rule: Rule) -> Looked:
    """Return what follows from all files, as they are there and as they were read.

    Args:
        pairs: these.
        key: of what else readings depend on.
        rule: decides which files are due.
    """
    due: list[str] = []
    times = array("q")
    lost: list[str] = []
    seen = moved = 0
    for file, state in pairs:
        if file is None:
            lost += [state.path] if state else []
            continue
        seen += 1
        moved += state is None
        if rule.is_due(file, state):
            due.append(file.path)
            times.append(file.mtime_ns)
    time_of = iter(times).__next__
    due.sort(key=lambda _path: time_of())  # which is asked of each in turn
    return Looked(key=key, due=due, lost=frozenset(lost), moved=moved, seen=seen)


class BackgroundWalk:
    """A look at everything in a thread of its own.

    It goes by small steps, between which other threads go on.
    What a watcher names meanwhile is read at once, so the scan that uses this looks again at what
    it would read or remove.
    """

    def __init__(self, look: Callable[[], Looked]) -> None:
        self._looked: Future[Looked] = Future()
        threading.Thread(target=self._run, args=(look,), name="walk", daemon=True).start()

    def is_done(self) -> bool:
        """Whether the look has ended, in whatever way."""
        return self._looked.done()

    def result(self) -> Looked:
        """Return what was seen, once all is.

        Raises:
            OSError: the content folder cannot be listed.
            IndexUnavailable: the index failed.
        """
        return self._looked.result()

    def _run(self, look: Callable[[], Looked]) -> None:
        try:
            self._looked.set_result(look())
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever asks for the result
            self._looked.set_exception(error)
