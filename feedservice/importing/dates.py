"""Dates as foreign sources write them: ISO 8601, RFC 5322, else as editors here may. Pure."""

import re
from datetime import MAXYEAR, MINYEAR, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feedservice.content.dates import DateError, parse_date


def moment_of(text: str, zone: str = "UTC") -> datetime | None:
    """Return a date with the zone that it names, else in ``zone``; None where it cannot be read.

    Nor is one of the first or the last year: programs write it for want of a date, and other zones
    may have none for it.
    """
    text = " ".join(text.split())
    if " -0001 " in text:  # WordPress's year of what has no date; RFC 5322 knows no negative one
        return None
    together = re.sub(r" (?=[+-]\d|Z$)", "", text)  # 2024-05-01 10:00:00 +0300
    for read_as, written in ((datetime.fromisoformat, together), (parsedate_to_datetime, text)):
        try:
            moment = read_as(written)
        except (ValueError, TypeError, OverflowError):
            continue
        if moment.tzinfo:
            return moment if is_in_reach(moment) else None
    try:
        return parse_date(re.sub(r" ?UTC$", "Z", text), zone).astimezone(ZoneInfo(zone))
    except DateError:
        return None


def is_in_reach(moment: datetime) -> bool:
    """Whether clocks of every zone can show it."""
    return MINYEAR < moment.year < MAXYEAR


def known_zone(name: str) -> str:
    """Return a zone's name, or UTC where nobody knows it: so does the C library (tzset(3))."""
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones is not a file
        return "UTC"
