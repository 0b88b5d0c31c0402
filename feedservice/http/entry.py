"""A kept answer, and how long it may be given. Pure."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedservice.http.prepared_response import Prepared

NEGATIVE_TTL = timedelta(seconds=2)
"""How long what is not there is kept: many ask for it, none in vain for long."""
RETRY = timedelta(seconds=1)
"""How long an answer that could not be made anew is given before it is tried again."""
RESTORED = object()
"""The revision of answers that another process made: no index has it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A kept answer, and from when until when it may be given: with its revision, or stale.

    Not before it was made: a clock that was set back since would show what it should not yet.
    """

    answer: Prepared
    revision: Hashable
    made: datetime
    fresh_until: datetime | None
    stale_until: datetime | None = None

    def is_of(self, revision: Hashable, now: datetime) -> bool:
        """Whether it is what there was at a moment at which this was the revision."""
        return self.revision == revision and self.is_fresh(revision, now)

    def is_fresh(self, revision: Hashable, now: datetime) -> bool:
        """Whether it may be given as what there is now."""
        if now < self.made or (self.fresh_until is not None and now >= self.fresh_until):
            return False
        return self.revision == revision or (
            self.stale_until is not None and now < self.stale_until
        )

    def may_be_stale(self, now: datetime) -> bool:
        """Whether it may be given for want of a new one: never past its own moment."""
        is_over = self.fresh_until is not None and now >= self.fresh_until
        return self.answer.code == 200 and self.made <= now and not is_over

    def is_older(self, other: "Entry") -> bool:
        """Whether it is of an earlier change than another one of the same address."""
        mine, its = self.answer.last_modified, other.answer.last_modified
        return mine is not None and its is not None and mine < its
