"""What is kept, by what was asked for: documents, and apart from them what is not there."""

from collections.abc import Hashable, Iterable
from datetime import datetime
from threading import Lock

from feedservice.http.entry import NEGATIVE_TTL, Entry
from feedservice.http.lru import SegmentedLRU
from feedservice.http.miss import Miss
from feedservice.http.prepared_response import Prepared

_NEGATIVE = frozenset({301, 404, 410})
_SHARE_OF_ERRORS = 16
"""One part in so many of the budget is for answers of `_NEGATIVE`: a flood of them pushes out no
document."""


class Kept:
    """Entries within a budget. Safe to share among threads.

    Args:
        budget: bytes of answers; 0 keeps none.
    """

    def __init__(self, budget: int) -> None:
        self._documents: SegmentedLRU[Entry] = SegmentedLRU(budget)
        self._errors: SegmentedLRU[Entry] = SegmentedLRU(budget // _SHARE_OF_ERRORS)
        self._lock = Lock()

    def __len__(self) -> int:
        """How many documents there are."""
        return len(self._documents)

    @property
    def size(self) -> int:
        """Bytes that are kept now."""
        return self._documents.size + self._errors.size

    def get(self, key: Hashable) -> Entry | None:
        """Return what is kept for it."""
        return self._documents.get(key) or self._errors.get(key)

    def peek(self, key: Hashable) -> Entry | None:
        """Return what is kept for it, which does not count as asked for: perhaps it is `Later`."""
        return self._documents.peek(key) or self._errors.peek(key)

    def weigh(self, key: Hashable, size: int) -> None:
        """Tell that a document has become larger or smaller."""
        self._documents.weigh(key, size)

    def documents(self) -> list[tuple[Hashable, Entry]]:
        """Return documents by what they were asked for, what was asked for last first."""
        return self._documents.items()

    def restore(self, entries: Iterable[tuple[Hashable, Entry]]) -> None:
        """Keep documents of another process; the best last."""
        for key, entry in entries:
            self._documents.put(key, entry, entry.answer.size)

    def take(self, miss: Miss, answer: Prepared, fresh_until: datetime | None) -> None:
        """Keep what was made, if its kind is kept."""
        if miss.revision is None or "no-store" in answer.caching:
            return
        if answer.code in _NEGATIVE:
            until = miss.now + NEGATIVE_TTL
            fresh_until = min(until, fresh_until or until)
        elif answer.code != 200:
            return
        self.put(miss, Entry(answer, miss.revision, miss.now, fresh_until))

    def put(self, miss: Miss, entry: Entry) -> None:
        """Keep an entry, unless one is there since that was asked for later.

        An index that hangs gives late what was asked for first.
        """
        with self._lock:
            there = self._documents.peek(miss.key) or self._errors.peek(miss.key)
            old = miss.old
            if there and there.made > entry.made and not (old and there.answer is old.answer):
                return
            is_document = entry.answer.code == 200
            here, other = self._documents, self._errors
            if not is_document:
                here, other = other, here
            other.drop(miss.key)
            here.put(miss.key, entry, entry.answer.size)
