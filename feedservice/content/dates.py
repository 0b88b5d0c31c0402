"""What Arabic newsrooms type as a date → an aware moment in UTC, never a guess. Pure.

What has ISO 8601's shape goes through the strict parser only. Everything else has its Arabic words
put into the terms that python-dateutil knows, must consist of one day, one month by name, one year
and at most one time, and is parsed
twice, with two different defaults: where the results differ, something was filled in, and that is
an error.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feedservice.content.invisible import without_invisible
from feedservice.domain.patterns import rare
from feedservice.domain.text import fold

if TYPE_CHECKING:
    from dateutil.parser import parser

MAX_CHARACTERS = 100
FIRST_YEAR, LAST_YEAR = 1900, 2100

_NAMES = (
    "يناير جانفي كانون-الثاني كانون-ثاني january jan",
    "فبراير فيفري شباط february feb",
    "مارس اذار آذار march mar",
    "ابريل أبريل إبريل افريل نيسان april apr",
    "مايو ماي مايس ايار أيار may",
    "يونيو يونيه جوان حزيران june jun",
    "يوليو يوليه يوليوز جويلية تموز july jul",
    "اغسطس أغسطس اوت أوت غشت اب آب august aug",
    "سبتمبر شتنبر ايلول أيلول september sep sept",
    "اكتوبر أكتوبر تشرين-الاول تشرين-اول october oct",
    "نوفمبر نونبر تشرين-الثاني تشرين-ثاني november nov",
    "ديسمبر دجنبر كانون-الاول كانون-اول december dec",
)
_MONTHS = MappingProxyType(
    {
        fold(name.replace("-", " ")): number
        for number, names in enumerate(_NAMES, 1)
        for name in names.split()
    }
)
_NAME = r"(?<!\w)(" + "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True)) + r")(?!\w)"
_MONTH = rare(rf"{_NAME}(?:\s*[/\-(]\s*{_NAME}\s*\)?)?")
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_WEEKDAYS = MappingProxyType(
    {
        **{fold(name): n for n, name in enumerate("اثنين ثلاثاء اربعاء خميس جمعة سبت احد".split())},
        fold("ثلثاء"): 1,
        **{
            name: n
            for n, name in enumerate(
                "monday tuesday wednesday thursday friday saturday sunday".split()
            )
        },
        **{name: n for n, name in enumerate("mon tue wed thu fri sat sun".split())},
    }
)
_WEEKDAY = rare(
    r"^(?:يوم\s+)?(?:ال)?(" + "|".join(sorted(_WEEKDAYS, key=len, reverse=True)) + r")(?!\w)[\s,:]*"
)

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[t ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_NUMERIC = rare(
    r"(?<!\d)(\d{1,2})(?:\s*([/.\-])\s*|\s+)(\d{1,2})(?:\s*\2\s*|\s+)(\d{4})(?!\d)", re.ASCII
)
_YEAR_FIRST = rare(r"(?<!\d)(\d{4})\s*([/.\-])\s*(\d{1,2})\s*\2\s*(\d{1,2})(?!\d)", re.ASCII)
_FILLERS = rare(r"(?<!\w)(?:في|بتاريخ|الموافق|الساعه|من|سنه|عام|شهر|ميلادي|ميلاديه|at|on|of)(?!\w)")
_GREGORIAN = rare(r"(?<!\d)(\d{4}|\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2})\s?م(?!\w)")
_TIME = rare(
    r"(?<![\d:.+\-])(?P<clock>\d{1,2}(?::\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?|h\d{2})(?:\s*[ap]m\b)?|\d{1,2}\s*[ap]m\b)"
    r"(?:\s*(?P<zone>utc|gmt|z|[+-]\d{2}:?\d{2}|[+-]\d{1,2})(?![\w:+\-]))?(?![\d:])",
    re.ASCII,
)
_PART = rare(
    r"(?P<year>\d{4})|(?P<month>" + "|".join(_ENGLISH) + r")|(?P<day>\d{1,2}(?:st|nd|rd|th)?)",
    re.ASCII,
)
_NAMED_ZONE = rare(r"(?<!\w)(?:[A-Z]{2,5}(?!\w)|[A-Z][a-z]+/[A-Z]|بتوقيت)")
_HIJRI = rare(
    r"\d\s*هـ?(?!\w)|هجري|(?<!\w)(?:محرم|صفر|ربيع|جمادي|رجب|شعبان|رمضان|شوال|ذو|ذي)(?!\w)"
)


class DateError(ValueError):
    """A date that cannot be taken as it is.

    Attributes:
        code: ``date-ambiguous``, ``date-impossible`` (no such day or hour, or it is another
            weekday), ``date-unreadable``, ``date-range``, ``date-gap``, ``date-zone``.
        facts: ``value``, and ``first`` and ``second`` where it can be read in two ways.
    """

    def __init__(self, code: str, value: str, **facts: str) -> None:
        super().__init__(f"{code}: {value}")
        self.code = code
        self.facts = {"value": value, **facts}


def parse_date(text: str, zone: str) -> datetime:
    """Return the moment that ``text`` says, aware, in UTC, in whole seconds.

    Args:
        text: ISO 8601, or what Arabic newsrooms type.
        zone: the IANA name of the zone that holds where the text names none; without a time it is
            the first moment of that day there, 00:00 nearly always. Of an hour that comes twice
            (clocks went back) the first is meant.

    Raises:
        DateError: ambiguous, impossible, unreadable, outside 1900 to 2100, in a gap of daylight
            saving, a bad zone.
    """
    value = " ".join(without_invisible(text).split())[: MAX_CHARACTERS + 1]
    if len(value) > MAX_CHARACTERS or not value:
        raise DateError("date-unreadable", value[:30])
    try:
        local_zone = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise DateError("date-zone", zone[:MAX_CHARACTERS]) from error
    plain = value.lower() if value.isascii() else fold(value)
    iso = _ISO.fullmatch(plain)
    moment, has_time = _strict(iso, value) if iso else _loose(plain, value)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise DateError("date-range", value)
    if moment.tzinfo is None:
        local = moment.replace(tzinfo=local_zone)
        if local.astimezone(UTC).astimezone(local_zone).replace(tzinfo=None) != moment:
            local = local if has_time else _after_gap(local)
            if has_time or local.date() != moment.date():
                raise DateError("date-gap", value)
        moment = local
    return moment.astimezone(UTC).replace(microsecond=0)


def stamp(moment: datetime, zone: str) -> str:
    """Return a moment in ISO 8601 with its own offset; that of ``zone`` is left out, as editors do.

    >>> stamp(datetime(2025, 12, 20, 14, 30, tzinfo=ZoneInfo("Asia/Damascus")), "Asia/Damascus")
    '2025-12-20 14:30'
    """
    local_zone = ZoneInfo(zone)
    local = moment.astimezone(local_zone).replace(tzinfo=None, fold=0)
    read_back = local.replace(tzinfo=local_zone)
    seconds = f":{moment:%S}" if moment.second else ""
    # The hour that comes twice in autumn would be read as the first of the two.
    if moment.utcoffset() == read_back.utcoffset() and read_back.astimezone(UTC) == moment:
        return f"{local:%Y-%m-%d %H:%M}{seconds}"
    offset = f"{moment:%z}"
    return f"{moment:%Y-%m-%d %H:%M}{seconds}{offset[:3]}:{offset[3:5]}"


def _after_gap(skipped: datetime) -> datetime:
    """The moment at which clocks went forward over a local time, as they show it then."""
    # Read with the offset after the gap, the time lies before that moment; with the one before it,
    # not before it.
    before, after = (skipped.replace(fold=fold).astimezone(UTC) for fold in (1, 0))
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        has_passed = (
            middle.astimezone(skipped.tzinfo).utcoffset()
            == after.astimezone(skipped.tzinfo).utcoffset()
        )
        before, after = (before, middle) if has_passed else (middle, after)
    return after.astimezone(skipped.tzinfo)


def _strict(iso: re.Match[str], value: str) -> tuple[datetime, bool]:
    """The moment, and whether a time of day was given."""
    year, month, day, hour, minute, second, offset = iso.groups()
    zone = _offset(offset, value)
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=zone,
        )
    except ValueError as error:
        code = "date-range" if year == "0000" else "date-impossible"
        raise DateError(code, value) from error
    return moment, hour is not None


def _offset(text: str | None, value: str) -> tzinfo | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        raise DateError("date-impossible", value)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _loose(plain: str, value: str) -> tuple[datetime, bool]:
    if _HIJRI.search(plain):
        raise DateError("date-range", value)
    weekday, plain = _take_weekday(plain.replace("،", ","))
    plain = _numbers(_halves(_FILLERS.sub(" ", _months(plain, value))), value)
    time = _TIME.search(plain)
    if time:
        plain = f"{plain[: time.start()]} {plain[time.end() :]}"
    day, year = _day(plain, value)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateError("date-range", value)
    clock = time["clock"] if time else "00:00"
    if re.match(r"0?0(?!\d).*[ap]m", clock):
        # dateutil makes noon of "0:30 pm"; half past midnight is as likely.
        raise DateError("date-unreadable", value)
    first, second = (
        _dateutil(f"{day} {clock}", value, start)
        for start in (datetime(1996, 1, 1), datetime(2004, 2, 2))
    )
    if first != second:
        raise DateError("date-unreadable", value)
    if weekday is not None and first.weekday() != weekday:
        raise DateError("date-impossible", value)
    return first.replace(tzinfo=_offset(time["zone"] if time else None, value)), time is not None


def _day(plain: str, value: str) -> tuple[str, int]:
    """Return the words of the day, and its year; refuses what dateutil would skip."""
    words = [word for word in re.split(r"[\s,/\-]+|\.(?!\d)", plain) if word]
    parts = [_PART.fullmatch(word) for word in words]
    kinds = sorted(part.lastgroup or "" for part in parts if part)
    if len(kinds) != len(words) or kinds != ["day", "month", "year"]:
        raise DateError("date-zone" if _NAMED_ZONE.search(value) else "date-unreadable", value)
    return " ".join(words), next(int(part["year"]) for part in parts if part and part["year"])


def _take_weekday(plain: str) -> tuple[int | None, str]:
    match = _WEEKDAY.match(plain)
    return (_WEEKDAYS[match[1]], plain[match.end() :]) if match else (None, plain)


def _months(plain: str, value: str) -> str:
    """Put month names into English; of two names for one month (``ديسمبر/كانون الأول``) one."""

    def english(match: re.Match[str]) -> str:
        first, second = match.groups()
        if second and _MONTHS[first] != _MONTHS[second]:
            raise DateError("date-ambiguous", value, first=first, second=second)
        return f" {_ENGLISH[_MONTHS[first] - 1]} "

    return _MONTH.sub(english, plain)


def _halves(plain: str) -> str:
    """Morning and evening in English; ``م`` after a date says Gregorian, after a time evening."""
    plain = _GREGORIAN.sub(r"\1 ", plain)
    plain = re.sub(r"(?<=\d)\s*(?:صباحا|ص)(?!\w)", " am", plain)
    plain = re.sub(r"(?<=\d)\s*(?:مساء|مساءا|م)(?!\w)", " pm", plain)
    return re.sub(r"(?<!\w)بتوقيت\s+[غج]رينتش(?!\w)", "utc", plain)


def _numbers(plain: str, value: str) -> str:
    """Write a numeric date year first, once it is clear which number is the day."""

    def ordered(match: re.Match[str]) -> str:
        a, b, year = int(match[1]), int(match[3]), match[4]
        if a <= 12 and b <= 12 and a != b:
            facts = {"first": f"{year}-{b:02d}-{a:02d}", "second": f"{year}-{a:02d}-{b:02d}"}
            raise DateError("date-ambiguous", value, **facts)
        day, month = (a, b) if b <= 12 else (b, a)
        return _checked(year, month, day, value)

    def year_first(match: re.Match[str]) -> str:
        return _checked(match[1], int(match[3]), int(match[4]), value)

    numeric = _NUMERIC.sub(ordered, plain, count=1)
    return numeric if numeric != plain else _YEAR_FIRST.sub(year_first, plain, count=1)


def _checked(year: str, month: int, day: int, value: str) -> str:
    try:
        datetime(int(year), month, day)
    except ValueError as error:
        raise DateError("date-range" if year == "0000" else "date-impossible", value) from error
    return f"{day} {_ENGLISH[month - 1]} {year}"


@cache
def _parser() -> "parser":
    """python-dateutil's, made when it is first needed: dates of ISO 8601 need none."""
    from dateutil.parser import parser, parserinfo  # noqa: PLC0415

    class Info(parserinfo):
        """Day before month, and no year of two digits."""

        def convertyear(self, year: int, century_specified: bool = False) -> int:
            if not century_specified and year < 100:
                raise ValueError("a year of two digits")
            return year

    return parser(Info(dayfirst=True))


def _dateutil(plain: str, value: str, default: datetime) -> datetime:
    try:
        found = _parser().parse(plain, default=default, ignoretz=True)
    except (ValueError, OverflowError, TypeError, IndexError, ArithmeticError) as error:
        impossible = "out of range" in str(error) or "must be in" in str(error)
        raise DateError("date-impossible" if impossible else "date-unreadable", value) from error
    return found.replace(microsecond=0)
