"""Addresses and ids as Jekyll 4 makes them, and the defaults of its configuration. Pure.

Jekyll's own rules, not ours: a subscriber knows an entry by what they made of it.
"""

import fnmatch
import posixpath
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from feedservice.domain.text import nfc

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
"""Built-in permalinks."""
_SHORT_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONG_MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
_READABLE = "._~!$&'()+,;=@"
_IN_PATH = "!$&'()*+,;=:@/-._~"
_PLAIN = re.compile(r"[a-zA-Z0-9./-]+")
_WORD = re.compile(r":([a-z_]+)")
_OF_DATES = frozenset(
    """
    year short_year month i_month short_month long_month day i_day short_day long_day y_day w_year
    week w_day hour minute second
    """.split()
)


def slugify(text: str, kept: str = "", *, cased: bool = False) -> str:
    """Return letters, marks and digits, and ``kept``, joined by hyphens (``Utils.slugify``)."""
    parts: list[str] = []
    for char in text:
        if (
            char in kept
            or unicodedata.category(char)[0] in "LM"
            or unicodedata.category(char) == "Nd"
        ):
            parts.append(char)
        elif parts[-1:] != ["-"]:
            parts.append("-")
    slug = "".join(parts).removeprefix("-").removesuffix("-")
    return slug if cased else slug.lower()


def pretty(text: str) -> str:
    """Return what ``:title`` stands for."""
    return slugify(text, _READABLE, cased=True)


def url_of(template: str, words: Mapping[str, str], published: datetime | None) -> str:
    """Return the path that a permalink gives, as Jekyll escapes it (``Jekyll::URL``).

    It is empty where the permalink wants a date and there is none: it was never published.

    Args:
        template: a built-in style, or a pattern of words such as ``:year``.
        words: what they stand for, but those of the date.
        published: in the site's zone; None where there is none.
    """
    pattern = STYLES.get(template, template)
    asked = {word.removesuffix("_") for word in _WORD.findall(pattern)}
    if published is None and not asked.isdisjoint(_OF_DATES):
        return ""
    words = {**(_dates(published) if published else {}), **words}

    def word(match: re.Match[str]) -> str:
        name = match[1]
        if name not in words and name.endswith("_"):
            name = name[:-1]
            return _escaped(words[name]) + "_" if name in words else match[0]
        return _escaped(words[name]) if name in words else match[0]

    path = "/" + _WORD.sub(word, pattern)
    return re.sub("/{2,}", "/", path.replace("..", "/").replace("./", ""))


def id_of(url: str, slug: str) -> str:
    """Return ``post.id`` of a path: its folder with the slug, whatever the permalink ends in."""
    return posixpath.join(posixpath.dirname(url.rstrip("/")) or "/", slug)


def absolute(site: str, below: str, path: str) -> str:
    """Return the address that the filter ``absolute_url`` makes, normalized (RFC 3986 §6)."""
    below = below.strip("/")
    whole = re.sub("/{2,}", "/", f"/{below}/{path}" if below else f"/{path}")
    normalized = quote(nfc(unquote(whole)).rstrip(" "), safe=_IN_PATH)
    return site + normalized


def defaults(sets: Any, path: str, kind: str) -> dict[str, Any]:
    """Return what ``defaults`` of the configuration say of a file; the narrower scope wins.

    Args:
        sets: the key's value.
        path: the file, from the root.
        kind: ``posts``, or the label of a collection.
    """
    values: dict[str, Any] = {}
    best = (-1, False)
    for scope, said in _sets(sets):
        folder = str(scope.get("path") or "").strip("/")
        wanted = str(scope.get("type") or "")
        rank = (len(folder), bool(wanted))
        if wanted not in ("", kind, kind.removesuffix("s")) or not _applies(folder, path):
            continue
        if rank >= best:
            values, best = {**values, **said}, rank
        else:
            values = {**said, **values}
    return values


def _sets(sets: Any) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for each in sets if isinstance(sets, list) else ():
        if isinstance(each, Mapping) and isinstance(each.get("values"), Mapping):
            scope = each.get("scope")
            yield scope if isinstance(scope, Mapping) else {}, each["values"]


def _applies(folder: str, path: str) -> bool:
    if "*" in folder:
        return fnmatch.fnmatchcase(path, folder) or fnmatch.fnmatchcase(path, f"{folder}/*")
    return path.startswith(folder)


def _escaped(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote(text, safe=_IN_PATH + "?")


def _dates(moment: datetime) -> dict[str, str]:
    """Names in English whatever this process's locale is."""
    year, week, day = moment.isocalendar()
    return {
        "year": f"{moment.year:04}",
        "short_year": f"{moment.year % 100:02}",
        "month": f"{moment.month:02}",
        "i_month": f"{moment.month}",
        "short_month": _LONG_MONTHS[moment.month - 1][:3],
        "long_month": _LONG_MONTHS[moment.month - 1],
        "day": f"{moment.day:02}",
        "i_day": f"{moment.day}",
        "short_day": _SHORT_DAYS[day - 1],
        "long_day": _LONG_DAYS[day - 1],
        "y_day": f"{moment.timetuple().tm_yday:03}",
        "w_year": f"{year}",
        "week": f"{week:02}",
        "w_day": f"{day}",
        "hour": f"{moment.hour:02}",
        "minute": f"{moment.minute:02}",
        "second": f"{moment.second:02}",
    }
