"""Dates and numbers as a language writes them on pages. Pure. Door to babel."""

from calendar import Calendar
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError, get_global
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from babel.units import format_unit

from feedservice.i18n import _, render


@lru_cache(maxsize=64)
def locale(language: str) -> Locale:
    """Return CLDR's locale for a language tag.

    ``ar`` alone writes its months as in Syria (كانون الأول), an unknown language as in English.
    """
    if language.lower() == "ar":
        return Locale("ar", "SY")
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


# A page says it twice, and each page beside which its article stands once more.
@lru_cache(maxsize=1024)
def format_moment(moment: datetime, language: str, zone: str) -> str:
    """Return a date in ``zone``, with the time of day unless that is midnight."""
    local = moment.astimezone(ZoneInfo(zone))
    day = format_day(moment, language, zone)
    if local.time() == time():
        return day
    return render(_("{day}, {time}", day=day, time=f"{local:%H:%M}"), language)


def format_day(moment: datetime, language: str, zone: str) -> str:
    """Return a date in ``zone``, without the time of day."""
    return _long_date(moment.astimezone(ZoneInfo(zone)).date(), language)


@lru_cache(maxsize=1024)
def _long_date(day: date, language: str) -> str:
    return format_date(day, format="long", locale=locale(language))


@lru_cache(maxsize=1024)
def format_month(day: date, language: str) -> str:
    """Return the month of a day with its year."""
    return format_skeleton("yMMMM", day, locale=locale(language))


def weeks_of(first: date, language: str) -> tuple[list[str], list[list[date | None]]]:
    """Return the names of weekdays, and the weeks of a month as a calendar of that language has.

    Args:
        first: the first day of the month.
        language: says which weekday comes first, and what they are called.

    Returns:
        Seven names, and for each week seven days, None for those of another month.
    """
    its_locale = locale(language)
    begin = its_locale.first_week_day
    names = its_locale.days["stand-alone"]["wide"]
    weeks = Calendar(begin).monthdatescalendar(first.year, first.month)
    return (
        [names[(begin + n) % 7] for n in range(7)],
        [[day if day.month == first.month else None for day in week] for week in weeks],
    )


@lru_cache(maxsize=1024)
def format_minutes(minutes: int, language: str) -> str:
    """Return a number of minutes in words: ``دقيقتان``, ``5 minutes``."""
    return format_unit(minutes, "duration-minute", locale=locale(language))


@lru_cache(maxsize=64)
def open_graph_locale(language: str) -> str:
    """Return a language tag as Open Graph has it, with the territory that CLDR has for most."""
    its = locale(language)
    if its.territory is None:
        full = get_global("likely_subtags").get(its.language, its.language)
        return f"{its.language}_{full.rpartition('_')[2]}"
    # Facebook's own name for Arabic of no country.
    return "ar_AR" if language.lower() == "ar" else f"{its.language}_{its.territory}"


@lru_cache(maxsize=1024)
def format_number(number: float, language: str) -> str:
    """Return a number with the language's separators, in the same digits as its dates."""
    return format_decimal(number, locale=locale(language))


def format_size(length: int, language: str) -> str:
    """Return the size of a file of ``length`` bytes, such as ``1.4 MB``."""
    if length >= 10**6:
        size = _("{figure} MB", figure=format_number(round(length / 10**6, 1), language))
    elif length >= 1000:
        size = _("{figure} KB", figure=format_number(round(length / 1000), language))
    else:
        size = _("{figure} B", figure=format_number(length, language))
    return render(size, language)
