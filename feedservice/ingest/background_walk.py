"""A look at all of the content folder that a save need not wait for. It changes nothing."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from feedservice.content.files import Walk
from feedservice.domain.file_readings import FileState
from feedservice.ingest.plan import Plan
from feedservice.system.importing import uncollected


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was there, and what follows from it.

    Attributes:
        key: of what else readings depended on.
        known: what the index knew before the walk began.
        found: what the walk saw.
        planned: what is due and lost.
    """

    key: str
    known: dict[str, FileState]
    found: Walk
    planned: Plan


class BackgroundWalk:
    """A look at everything in a thread of its own.

    Of 100,000 files it takes two seconds, of which what the index knows and the comparison are one.
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
            with uncollected():  # a look for garbage would hold up everybody, and find none
                self._looked.set_result(look())
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever asks for the result
            self._looked.set_exception(error)
