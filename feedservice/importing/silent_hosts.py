"""Hosts that leave requests without an answer: each costs a wait, so none is asked for ever."""

import threading
from collections import Counter

MAX_SILENT = 4
"""Requests in a row that a host may leave without an answer, until it is asked no more."""


class SilentHosts:
    """How many requests in a row each host left without an answer; several threads may count."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def is_given_up(self, host: str) -> bool:
        """Whether a host is asked no more."""
        return self._counts[host] >= MAX_SILENT

    def note(self, host: str, *, is_silent: bool) -> None:
        """Count what a host did."""
        with self._lock:
            self._counts[host] = self._counts[host] + 1 if is_silent else 0
