"""Answers that are being made, each once for all who want it."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, Thread

from feedservice.http.miss import Miss
from feedservice.http.prepared_response import Prepared

HURRY = 1.0
"""Seconds that who can be given a kept answer, or none at all, waits for a new one, where an index
may hang."""

Make = Callable[[], tuple[Prepared, str]]
"""Returns an answer, and how it was come by."""


@dataclass(frozen=True, slots=True)
class Flight:
    """An answer that is being made: for a reader, or ahead of all of them.

    While a reader waits for the first, others get what there was; for the second all of them wait,
    as each would for its own.
    """

    revision: Hashable | None
    is_ahead: bool = False
    future: Future[tuple[Prepared, str]] = field(default_factory=Future)

    def land(self, make: Make) -> tuple[Prepared, str]:
        """Make it; who waits is told of it, or of what was raised."""
        try:
            self.future.set_result(make())
        except BaseException as error:
            self.future.set_exception(error)
            raise
        return self.future.result()

    def in_a_hurry(self, land: Make) -> tuple[Prepared, str] | None:
        """Have it landed in a thread beside; None where that takes `HURRY`: it goes on."""

        def go_on() -> None:
            with suppress(Exception):  # who waits is told by the future
                land()

        try:
            Thread(target=go_on, name="flight", daemon=True).start()
        except RuntimeError:  # the system gives no more of them
            go_on()
        return self.future.result() if wait([self.future], HURRY).done else None


class Flights:
    """Those that others may wait for, by what is asked for; safe to share among threads."""

    def __init__(self) -> None:
        self._all: dict[Hashable, Flight] = {}
        self._lock = Lock()

    def join(self, miss: Miss) -> tuple[Flight, bool]:
        """Return the flight that makes what is asked for, and whether it is begun by this."""
        with self._lock:
            flight = self._all.get(miss.key)
            is_new = flight is None or (
                (miss.spare is None or flight.is_ahead) and flight.revision != miss.revision
            )
            if flight is None or is_new:
                flight = self._all[miss.key] = Flight(miss.revision)
        return flight, is_new

    def ahead(self, miss: Miss) -> Flight | None:
        """Begin one that nobody asked for; None where anything is being made for readers."""
        with self._lock:
            if self._all:
                return None
            flight = self._all[miss.key] = Flight(miss.revision, is_ahead=True)
        return flight

    def land(self, key: Hashable, flight: Flight, make: Make) -> tuple[Prepared, str]:
        """Make what others may wait for; nobody joins it from then on."""
        try:
            return flight.land(make)
        finally:
            with self._lock:
                if self._all.get(key) is flight:
                    del self._all[key]
