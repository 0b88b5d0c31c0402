"""A walk over the content folder that a save need not wait for. It changes nothing."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from feedservice.content.files import Walk
from feedservice.domain.file_readings import FileState


class BackgroundWalk:
    """A walk in a thread of its own, and what the index knew before it began.

    Over 100,000 files it takes a second. What a watcher names meanwhile is read at once, so the
    scan that uses this walk looks again at what it would read or remove.
    """

    def __init__(self, known: dict[str, FileState], walk: Callable[[], Walk]) -> None:
        self.known = known
        self._walked: Future[Walk] = Future()
        threading.Thread(target=self._run, args=(walk,), name="walk", daemon=True).start()

    def is_done(self) -> bool:
        """Whether the walk has ended, in whatever way."""
        return self._walked.done()

    def result(self) -> Walk:
        """Return what was seen, once all is.

        Raises:
            OSError: the content folder cannot be listed.
        """
        return self._walked.result()

    def _run(self, walk: Callable[[], Walk]) -> None:
        try:
            self._walked.set_result(walk())
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever asks for the walk
            self._walked.set_exception(error)
