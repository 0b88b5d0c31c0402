"""A segmented LRU within a budget of bytes. Knows neither HTTP nor time; safe to share.

What is new is on probation and leaves first, so a flood of addresses that nobody asks for twice
cannot push out what is polled all the time. Nothing takes the place of what was asked for since it
was asked for itself: of lists that are polled in turn, and together are a little larger than the
budget, all but that little stay, where an LRU would lose each just before it is wanted again.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")

_PROTECTED_SHARE = 0.8
"""Of the budget, for what was asked for again."""
_LARGEST_SHARE = 0.5
"""Of the budget: a larger value is not kept, since it would empty the rest."""


@dataclass(slots=True)
class _Kept(Generic[Value]):
    """A value, its size, and when it was last asked for: a count of askings."""

    value: Value
    size: int
    asked: int


class SegmentedLRU(Generic[Value]):
    """Keys and values within a budget.

    Args:
        budget: bytes; 0 keeps nothing.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._lock = Lock()
        self._probation: OrderedDict[Hashable, _Kept[Value]] = OrderedDict()
        self._protected: OrderedDict[Hashable, _Kept[Value]] = OrderedDict()
        self._probation_size = 0
        self._protected_size = 0
        self._now = 0
        # By their hashes, when what is kept no longer was last asked for.
        self._gone: OrderedDict[int, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._probation) + len(self._protected)

    @property
    def size(self) -> int:
        """Bytes that are kept now, as they were told."""
        return self._probation_size + self._protected_size

    def get(self, key: Hashable) -> Value | None:
        """Return the value, which counts as asked for again."""
        with self._lock:
            self._now += 1
            entry = self._protected.get(key)
            if entry is not None:
                entry.asked = self._now
                self._protected.move_to_end(key)
                return entry.value
            entry = self._probation.get(key)
            if entry is None:
                return None
            before, entry.asked = entry.asked, self._now
            self._probation.move_to_end(key)
            self._protect(key, entry, before)
            return entry.value

    def peek(self, key: Hashable) -> Value | None:
        """Return the value, which does not count as asked for."""
        with self._lock:
            entry = self._protected.get(key) or self._probation.get(key)
            return entry.value if entry is not None else None

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Keep a value of ``size`` bytes; a key that is kept already stays in its segment."""
        with self._lock:
            is_protected, is_there = key in self._protected, key in self._probation
            self._drop(key)
            if size > self._budget * _LARGEST_SHARE:
                return
            self._now += 1
            entry = _Kept(value, size, self._now)
            if is_protected:
                self._protected[key] = entry
                self._protected_size += size
            else:
                self._probation[key] = entry
                self._probation_size += size
            before = self._gone.pop(hash(key), None)
            self._make_room(None if is_protected or is_there else before)

    def items(self) -> list[tuple[Hashable, Value]]:
        """Return what is kept, what would leave last first."""
        with self._lock:
            kept = (*reversed(self._protected.items()), *reversed(self._probation.items()))
            return [(key, entry.value) for key, entry in kept]

    def weigh(self, key: Hashable, size: int) -> None:
        """Tell that a value has become larger or smaller, if it is kept."""
        with self._lock:
            if entry := self._protected.get(key):
                self._protected_size += size - entry.size
                entry.size = size
            elif entry := self._probation.get(key):
                self._probation_size += size - entry.size
                entry.size = size
            self._make_room()

    def drop(self, key: Hashable) -> None:
        """Keep a value no longer."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: Hashable) -> None:
        if entry := self._protected.pop(key, None):
            self._protected_size -= entry.size
        if entry := self._probation.pop(key, None):
            self._probation_size -= entry.size

    def _protect(self, key: Hashable, entry: _Kept[Value], before: int) -> None:
        """Take off probation what was asked for ``before``, too, unless there is no place."""
        is_full = self._protected_size + entry.size > self._budget * _PROTECTED_SHARE
        if is_full and self._protected and next(iter(self._protected.values())).asked > before:
            return
        del self._probation[key]
        self._probation_size -= entry.size
        self._protected[key] = entry
        self._protected_size += entry.size
        self._make_room()

    def _make_room(self, before: int | None = None) -> None:
        """Keep the budget.

        Args:
            before: when the newest one on probation was asked for before, where it takes no place
                of what was asked for since.
        """
        while self._protected_size > self._budget * _PROTECTED_SHARE and len(self._protected) > 1:
            key, entry = self._protected.popitem(last=False)
            self._protected_size -= entry.size
            self._probation[key] = entry
            self._probation_size += entry.size
        while self.size > self._budget and self._probation:
            oldest = next(iter(self._probation.values()))
            has_no_place = before is not None and oldest.asked > before
            key, entry = self._probation.popitem(last=has_no_place)
            self._probation_size -= entry.size
            self._remember(key, entry.asked)
        while self.size > self._budget and self._protected:
            key, entry = self._protected.popitem(last=False)
            self._protected_size -= entry.size
            self._remember(key, entry.asked)

    def _remember(self, key: Hashable, asked: int) -> None:
        """Remember what leaves: as many as stay."""
        self._gone[hash(key)] = asked
        self._gone.move_to_end(hash(key))
        while len(self._gone) > max(len(self), 1):
            self._gone.popitem(last=False)
