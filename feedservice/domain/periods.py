"""Archive documents (RFC 5005 §4): the periods that a list's past is cut into, and their names.

Pure.

A period is a month in the site's zone; where that holds more than `MAX_ENTRIES`, each of its days;
and where a day does, each part of the day. Parts are numbered from the oldest entry, so that a full
one keeps its entries. A document changes only by an edit, a back-dated article, a withdrawal or an
expiry.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

MAX_ENTRIES = 500
"""Entries of one archive document."""

_NAME = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2})(?:-([1-9]\d{0,4}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A month, a day, or a part of a day (``2025-12``, ``2025-12-05``, ``2025-12-05-2``).

    Attributes:
        start, end: of the month or day, in UTC; ``end`` is the first moment after it.
        part: counted from 1, the oldest; 0 for the whole.
    """

    span: str
    start: datetime
    end: datetime
    part: int = 0

    @property
    def name(self) -> str:
        """What addresses call it."""
        return f"{self.span}-{self.part}" if self.part else self.span

    @property
    def is_month(self) -> bool:
        """Whether it is a month."""
        return len(self.span) == len("2025-12")

    @property
    def whole(self) -> Self:
        """The month or day that it is, or is a part of."""
        return self.numbered(0)

    def numbered(self, part: int) -> Self:
        """Return that part of it."""
        return replace(self, part=part)

    @classmethod
    def month_of(cls, moment: datetime, zone: str) -> Self:
        """Return the month in which a moment lies."""
        local = moment.astimezone(ZoneInfo(zone))
        first = date(local.year, local.month, 1)
        return cls._between(
            f"{first:%Y-%m}", first, (first + timedelta(days=31)).replace(day=1), zone
        )

    @classmethod
    def day_of(cls, moment: datetime, zone: str) -> Self:
        """Return the day in which a moment lies."""
        day = moment.astimezone(ZoneInfo(zone)).date()
        return cls._between(f"{day:%Y-%m-%d}", day, day + timedelta(days=1), zone)

    @classmethod
    def read(cls, name: str, zone: str) -> Self | None:
        """Return the period of that name, or None where it names none."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        try:
            noon = datetime(
                int(match[1]), int(match[2]), int(match[3] or 1), 12, tzinfo=ZoneInfo(zone)
            )
        except ValueError:
            return None
        if not 1900 <= noon.year <= 2100:
            return None
        whole = cls.day_of(noon, zone) if match[3] else cls.month_of(noon, zone)
        return whole.numbered(int(match[4] or 0))

    @classmethod
    def _between(cls, span: str, first: date, after: date, zone: str) -> Self:
        start, end = (
            datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
            for day in (first, after)
        )
        return cls(span=span, start=start, end=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which documents come before and after one in the history of its list.

    All are page addresses, empty where there is no such document.

    Attributes:
        archive: this very document's, where it is an archive document.
        previous, next: the archive documents before and after it.
    """

    archive: str = ""
    previous: str = ""
    next: str = ""
