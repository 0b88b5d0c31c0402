"""What is asked for and must be made, and what is being made."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from threading import Thread
from typing import TYPE_CHECKING

from feedservice.http.entry import Entry
from feedservice.http.prepared_response import Prepared

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

HURRY = 1.0
"""Seconds that who can be given a kept answer waits for a new one, where an index may hang."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A request whose answer is to be made, and what is kept for it."""

    key: Hashable
    revision: Hashable | None
    environ: "WSGIEnvironment"
    old: Entry | None
    now: datetime

    @property
    def spare(self) -> Entry | None:
        """What may be given instead."""
        return self.old if self.old is not None and self.old.may_be_stale(self.now) else None

    @property
    def beside(self) -> "Miss":
        """The same, which may go on when its request has ended."""
        return replace(self, environ={**self.environ, "wsgi.input": BytesIO()})


@dataclass(frozen=True, slots=True)
class Flight:
    """An answer that is being made: for a reader, or ahead of all of them.

    While a reader waits for the first, others get what there was; for the second all of them wait,
    as each would for its own.
    """

    revision: Hashable | None
    is_ahead: bool = False
    future: Future[tuple[Prepared, str]] = field(default_factory=Future)

    def in_a_hurry(self, make: Callable[[], object]) -> tuple[Prepared, str] | None:
        """Have it made in a thread beside; None where that takes `HURRY`: it goes on."""

        def land() -> None:
            with suppress(Exception):  # who waits is told by the future
                make()

        try:
            Thread(target=land, name="flight", daemon=True).start()
        except RuntimeError:  # the system gives no more of them
            land()
        return self.future.result() if wait([self.future], HURRY).done else None
