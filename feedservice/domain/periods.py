"""Archive documents (RFC 5005 §4): the periods that a list's past is cut into, and their names.

Pure.

A period is a month in the site's zone, or, where a month holds more than `MAX_MONTH` entries, each
of its days. A document changes only by an edit, a back-dated article, a withdrawal or an expiry.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

MAX_MONTH = 500
"""Entries above which a month is cut into days."""

_NAME = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A month or a day of the site (``2025-12``, ``2025-12-05``): from ``start`` to before ``end``.

    Both are in UTC.
    """

    name: str
    start: datetime
    end: datetime

    @property
    def is_day(self) -> bool:
        """Whether it is a day rather than a month."""
        return len(self.name) == len("2025-12-05")

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
        return cls.day_of(noon, zone) if match[3] else cls.month_of(noon, zone)

    @classmethod
    def _between(cls, name: str, first: date, after: date, zone: str) -> Self:
        start, end = (
            datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
            for day in (first, after)
        )
        return cls(name=name, start=start, end=end)


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
