"""A segmented LRU within a budget of bytes. Knows neither HTTP nor time.

A segmented LRU: what is new stands on trial and leaves first, so a flood of addresses that nobody
asks for twice cannot push out what is polled all the time. Safe to share among threads; knows
neither HTTP nor time.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")

_PROVEN_SHARE = 0.8
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
        self._trial: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._proven: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._trial_size = 0
        self._proven_size = 0

    def __len__(self) -> int:
        return len(self._trial) + len(self._proven)

    @property
    def size(self) -> int:
        """Bytes that are kept now, as they were told."""
        return self._trial_size + self._proven_size

    def get(self, key: Hashable) -> Value | None:
        """Return the value, which counts as asked for again."""
        with self._lock:
            found = self._proven.get(key)
            if found is not None:
                self._proven.move_to_end(key)
                return found[0]
            found = self._trial.pop(key, None)
            if found is None:
                return None
            self._trial_size -= found[1]
            self._proven[key] = found
            self._proven_size += found[1]
            self._make_room()
            return found[0]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Keep a value of ``size`` bytes; a key that is kept already stays in its segment."""
        with self._lock:
            is_proven = key in self._proven
            self._drop(key)
            if size > self._budget * _LARGEST_SHARE:
                return
            if is_proven:
                self._proven[key] = (value, size)
                self._proven_size += size
            else:
                self._trial[key] = (value, size)
                self._trial_size += size
            self._make_room()

    def weigh(self, key: Hashable, size: int) -> None:
        """Tell that a value has become larger or smaller, if it is kept."""
        with self._lock:
            if key in self._proven:
                self._proven_size += size - self._proven[key][1]
                self._proven[key] = (self._proven[key][0], size)
            elif key in self._trial:
                self._trial_size += size - self._trial[key][1]
                self._trial[key] = (self._trial[key][0], size)
            self._make_room()

    def drop(self, key: Hashable) -> None:
        """Keep a value no longer."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: Hashable) -> None:
        _, size = self._proven.pop(key, (None, 0))
        self._proven_size -= size
        _, size = self._trial.pop(key, (None, 0))
        self._trial_size -= size

    def _make_room(self) -> None:
        while self._proven_size > self._budget * _PROVEN_SHARE and len(self._proven) > 1:
            key, (value, size) = self._proven.popitem(last=False)
            self._proven_size -= size
            self._trial[key] = (value, size)
            self._trial_size += size
        while self.size > self._budget and self._trial:
            self._trial_size -= self._trial.popitem(last=False)[1][1]
        while self.size > self._budget and self._proven:
            self._proven_size -= self._proven.popitem(last=False)[1][1]
