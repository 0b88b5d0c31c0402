"""A segmented LRU within a budget of bytes. Knows neither HTTP nor time.

A segmented LRU: what is new is on probation and leaves first, so a flood of addresses that nobody
asks for twice cannot push out what is polled all the time. Safe to share among threads; knows
neither HTTP nor time.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")

_PROTECTED_SHARE = 0.8
"""Of the budget, for what was asked for again."""
_LARGEST_SHARE = 0.5
"""Of the budget: a larger value is not kept, since it would empty the rest."""


class SegmentedLRU(Generic[Value]):
    """Keys and values within a budget.

    Args:
        budget: bytes; 0 keeps nothing.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._lock = Lock()
        self._probation: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._protected: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._probation_size = 0
        self._protected_size = 0

    def __len__(self) -> int:
        return len(self._probation) + len(self._protected)

    @property
    def size(self) -> int:
        """Bytes that are kept now, as they were told."""
        return self._probation_size + self._protected_size

    def get(self, key: Hashable) -> Value | None:
        """Return the value, which counts as asked for again."""
        with self._lock:
            entry = self._protected.get(key)
            if entry is not None:
                self._protected.move_to_end(key)
                return entry[0]
            entry = self._probation.pop(key, None)
            if entry is None:
                return None
            self._probation_size -= entry[1]
            self._protected[key] = entry
            self._protected_size += entry[1]
            self._make_room()
            return entry[0]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Keep a value of ``size`` bytes; a key that is kept already stays in its segment."""
        with self._lock:
            is_protected = key in self._protected
            self._drop(key)
            if size > self._budget * _LARGEST_SHARE:
                return
            if is_protected:
                self._protected[key] = (value, size)
                self._protected_size += size
            else:
                self._probation[key] = (value, size)
                self._probation_size += size
            self._make_room()

    def items(self) -> list[tuple[Hashable, Value]]:
        """Return what is kept, what would leave last first."""
        with self._lock:
            kept = (*reversed(self._protected.items()), *reversed(self._probation.items()))
            return [(key, value) for key, (value, _size) in kept]

    def weigh(self, key: Hashable, size: int) -> None:
        """Tell that a value has become larger or smaller, if it is kept."""
        with self._lock:
            if key in self._protected:
                self._protected_size += size - self._protected[key][1]
                self._protected[key] = (self._protected[key][0], size)
            elif key in self._probation:
                self._probation_size += size - self._probation[key][1]
                self._probation[key] = (self._probation[key][0], size)
            self._make_room()

    def drop(self, key: Hashable) -> None:
        """Keep a value no longer."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: Hashable) -> None:
        _, size = self._protected.pop(key, (None, 0))
        self._protected_size -= size
        _, size = self._probation.pop(key, (None, 0))
        self._probation_size -= size

    def _make_room(self) -> None:
        while self._protected_size > self._budget * _PROTECTED_SHARE and len(self._protected) > 1:
            key, (value, size) = self._protected.popitem(last=False)
            self._protected_size -= size
            self._probation[key] = (value, size)
            self._probation_size += size
        while self.size > self._budget and self._probation:
            self._probation_size -= self._probation.popitem(last=False)[1][1]
        while self.size > self._budget and self._protected:
            self._protected_size -= self._protected.popitem(last=False)[1][1]
