"""What is asked for and must be made, and what is being made."""

from collections.abc import Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from feedservice.http.entry import Entry
from feedservice.http.prepared_response import Prepared

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


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


@dataclass(frozen=True, slots=True)
class Flight:
    """An answer that is being made: for a reader, or ahead of all of them.

    While a reader waits for the first, others get what there was; for the second all of them wait,
    as each would for its own.
    """

    revision: Hashable | None
    is_ahead: bool = False
    future: Future[tuple[Prepared, str]] = field(default_factory=Future)
