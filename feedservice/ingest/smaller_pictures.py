"""Has smaller pictures made of those that articles show, beside everything else: newest first."""

import logging
import time
from collections import deque
from collections.abc import Callable

from feedservice.content.derived_files import FAULT, DerivedFiles
from feedservice.content.deriving_process import DerivingProcess
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import IndexUnavailable
from feedservice.index.reader import IndexReader

log = logging.getLogger(__name__)

ALL_EVERY = 3600.0
"""Seconds between two looks at all pictures: those of which no article speaks any more are removed,
and those that could not be made are tried again."""


class SmallerPictures:
    """Brings what is kept up to what the index says, one picture after another.

    An article is published before, and shows the original until then. What its budget has no room
    for is not made: pictures of the oldest articles, which show the originals.

    Args:
        files: the content folder.
        kept: where they are kept.
        index: tells whose pictures there are.
        budget: bytes.
        is_ending: whether this process is to end.
        monotonic: tells seconds that no change of the clock touches.
    """

    def __init__(
        self,
        files: ContentFiles,
        kept: DerivedFiles,
        index: IndexReader,
        budget: int,
        is_ending: Callable[[], bool] = lambda: False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kept = kept
        self._index = index
        self._budget = budget
        self._is_ending = is_ending
        self._monotonic = monotonic
        self._process = DerivingProcess(files)
        self._highest = 0
        self._all_due = 0.0
        self._due: deque[tuple[str, str]] = deque()
        self._lengths: dict[str, int] = {}
        self._is_told = False

    def work(self) -> None:
        """Look what there is to do, and do it."""
        try:
            self._look()
            while self._due and not self._is_ending():
                self._make(*self._due.popleft())
                self._look()
        except IndexUnavailable:
            return
        except OSError as error:
            log.warning("no smaller pictures are made for an hour: %s", error)
            self._due.clear()
            self._all_due = self._monotonic() + ALL_EVERY
        finally:
            self._process.close()

    def _look(self) -> None:
        """Note which pictures are due: new ones before all others."""
        if not self._index.is_filled():
            return
        if self._monotonic() >= self._all_due:
            self._look_at_all()
            self._all_due = self._monotonic() + ALL_EVERY
            return
        highest, pictures = self._index.pictures(self._highest)
        if highest < self._highest:  # another index
            self._all_due = 0
        self._highest = highest
        self._due.extendleft(reversed([each for each in pictures if each[0] not in self._lengths]))

    def _look_at_all(self) -> None:
        self._kept.sweep()
        self._highest, pictures = self._index.pictures(0)
        self._due.clear()
        kept, self._lengths = self._kept.lengths(), {}
        usual = sum(kept.values()) // len(kept) if kept else 0
        room = self._budget
        for digest, src in pictures:
            room -= kept.get(digest, usual)
            if room < 0:
                self._tell_once()
                break
            if digest in kept:
                self._lengths[digest] = kept[digest]
            else:
                self._due.append((digest, src))
        for digest in kept.keys() - self._lengths.keys():
            self._kept.remove(digest)

    def _make(self, digest: str, src: str) -> None:
        if digest in self._lengths:
            return
        made = self._process.derive(src, digest)
        if not made:
            return
        if FAULT in made:
            log.warning("no smaller pictures of %s: %s", src, made[FAULT].decode())
        self._kept.put(digest, made)
        self._lengths[digest] = sum(map(len, made.values()))
        if sum(self._lengths.values()) > self._budget:
            self._look_at_all()

    def _tell_once(self) -> None:
        if not self._is_told:
            log.warning("FEEDSERVICE_PICTURES has no room for pictures of the oldest articles")
        self._is_told = True
