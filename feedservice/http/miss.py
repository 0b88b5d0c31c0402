"""What is asked for and must be made."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from feedservice.http.entry import RESTORED, Entry

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

    @property
    def own(self) -> Entry | None:
        """The same, where this process made it."""
        spare = self.spare
        return None if spare is None or spare.revision is RESTORED else spare

    @property
    def beside(self) -> "Miss":
        """The same, which may go on when its request has ended."""
        return replace(self, environ={**self.environ, "wsgi.input": BytesIO()})
