"""What others show of an article, and when they may: all that a link to it needs. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """What an editor says of an article."""

    PUBLISHED = "published"
    DRAFT = "draft"
    WITHDRAWN = "withdrawn"
    PAGE = "page"


SAID = (Status.PUBLISHED, Status.DRAFT, Status.WITHDRAWN)
"""What an editor may say; a page is one by its folder, public, and in no list."""


class State(StrEnum):
    """What an article is at one moment, by its status and its dates."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLIC = "published"  # as metrics and the preview call it
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What others show of an article, and whether they may.

    Attributes:
        slug: its address below ``/articles/``.
        published: when it is, or will be, published.
    """

    slug: str
    title: str
    published: datetime
    summary: str = ""
    status: Status = Status.PUBLISHED
    expires: datetime | None = None
    lang: str = "ar"

    def state(self, now: datetime) -> State:
        """Return its state at ``now``; `index.states.is_in` is the same in SQL."""
        if self.status is not Status.PUBLISHED:
            return State(self.status.value)
        if now < self.published:
            return State.SCHEDULED
        return State.EXPIRED if self.expires and self.expires <= now else State.PUBLIC

    def is_public(self, now: datetime) -> bool:
        """Whether its page is shown at ``now``, and in feeds and lists but for a `State.PAGE`."""
        return self.state(now) in (State.PUBLIC, State.PAGE)

    def is_gone(self, now: datetime) -> bool:
        """Whether its address answers 410 at ``now``: it was public once, and is not any more."""
        return self.state(now) in (State.EXPIRED, State.WITHDRAWN) and self.published <= now
