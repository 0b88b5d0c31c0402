"""Addresses as Hugo makes them: permalinks, languages, ugly ones. Pure.

Hugo's own rules, not ours: a feed's guid is the address, escaped as Go's net/url does it.
"""

import posixpath
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from feedservice.importing.front_matter import Fields

_KEPT = frozenset("./\\_#+~-@")
_TOKEN = re.compile(r":(\w++)(?:\[([\w:]*+)\])?")
_UNESCAPED = "/$&+,:;=@!*'()[]~"
_MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
_DAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What an address is made of.

    Attributes:
        folder: below the content folder, as on disk.
        sections: those of its folders that are sections.
        name: of the file without ending and language; of a bundle, of its folder.
        title, slug, url: as the front matter has them.
        language: of the page.
        published: its date, with its own zone; None where it has none.
    """

    folder: str
    sections: tuple[str, ...]
    name: str
    title: str
    slug: str
    url: str
    language: str
    published: datetime | None


def sanitized(text: str) -> str:
    """Return what Hugo leaves of a text in a path: letters, marks, digits and a few signs."""
    made: list[str] = []
    is_hyphen_due = was_hyphen = False
    for char in text:
        category = unicodedata.category(char)
        if category[0] in "LM" or category == "Nd" or char in _KEPT:
            was_hyphen = char == "-"
            if is_hyphen_due and not was_hyphen:
                made.append("-")
            is_hyphen_due = False
            made.append(char)
        elif made and not was_hyphen and char.isspace():
            is_hyphen_due = True
    return "".join(made)


def urlized(text: str) -> str:
    """Return a text as a path has it, in lower case."""
    return sanitized(text).lower()


def escaped(path: str) -> str:
    """Return a path as Go writes it; what is percent-encoded stays so."""
    return quote(unquote(path), safe=_UNESCAPED)


def path_of(page: Page, config: Fields) -> str:
    """Return the path of a page from the root of its host, escaped.

    Args:
        page: what is known of it.
        config: of the site.
    """
    below = prefix_of(page.language, config)
    section = page.folder.partition("/")[0]
    if page.url:
        path = page.url if page.url.startswith("/") else f"{below}/{page.url}"
        root = base_path(config)
        path = f"{root}{path}" if page.url.startswith("/") else path
        path = escaped(_squeezed(path))
        return path if path.endswith("/") or re.search(r"\.\w+$", path) else f"{path}/"
    pattern = config.text(f"permalinks.page.{section}", f"permalinks.{section}")
    own = page.slug or page.name
    path = _expanded(pattern, page) if pattern else posixpath.join(page.folder, own)
    path = urlized(path) if not pattern else path
    path = escaped(_squeezed(f"{below}/{path}")).rstrip("/")
    return f"{path}.html" if _is_ugly(config, section) else f"{path}/"


def list_of(taxonomy: str, config: Fields, term: str = "", *, below: str = "") -> str:
    """Return the path of the list of a term, or of all terms; decoded, without a slash at its end.

    Args:
        taxonomy: its name in addresses, such as ``tags``.
        config: of the site.
        term: as articles name it; empty asks for the list of all terms.
        below: what every path of its language begins with.
    """
    keys = (f"permalinks.{'term' if term else 'taxonomy'}.{taxonomy}", f"permalinks.{taxonomy}")
    pattern = config.text(*(keys if term else keys[:1]))
    if not pattern:
        return "/".join((below, taxonomy, urlized(term))).rstrip("/")
    name = urlized(term)
    named = ("title", "slug", "contentbasename", "slugorfilename", "slugorcontentbasename")
    words = {**dict.fromkeys(named, name), "section": taxonomy}
    return _squeezed(f"{below}/{_filled(pattern, words, (taxonomy,))}").rstrip("/")


def has_pattern(taxonomy: str, config: Fields) -> bool:
    """Whether a site says where the lists of the terms of a taxonomy are."""
    return bool(config.text(f"permalinks.term.{taxonomy}", f"permalinks.{taxonomy}"))


def languages_of(config: Fields) -> tuple[str, ...]:
    """Return the languages of a site, its default first, in lower case."""
    known = config.values.get("languages")
    names = tuple(known) if isinstance(known, dict) else ()
    return tuple(dict.fromkeys((default_language(config), *names)))


def default_language(config: Fields) -> str:
    """Return the language of files that name none."""
    return (config.text("defaultcontentlanguage") or "en").lower()


def prefix_of(language: str, config: Fields) -> str:
    """Return what every path of a language begins with: ``/blog/ar``; mostly nothing."""
    in_folder = config.text("defaultcontentlanguageinsubdir") == "true"
    is_default = language == default_language(config)
    has_own_host = bool(config.text(f"languages.{language}.baseurl"))
    is_in_root = has_own_host or (is_default and not in_folder)
    return base_path(config) + ("" if is_in_root else f"/{language}")


def base_path(config: Fields) -> str:
    """Return the path of the site's address, without a slash at its end."""
    return re.sub(r"^\w+://[^/]*", "", config.text("baseurl")).rstrip("/")


def _is_ugly(config: Fields, section: str) -> bool:
    return "true" in (config.text("uglyurls"), config.text(f"uglyurls.{section}"))


def _squeezed(path: str) -> str:
    return re.sub("/{2,}", "/", path)


def _expanded(pattern: str, page: Page) -> str:
    slug = urlized(page.slug)
    title = urlized(page.title.replace("/", "-"))
    name = urlized(page.name)
    words = {
        "section": urlized(page.sections[0]) if page.sections else "",
        "title": title,
        "slug": slug or title,
        "filename": name,
        "contentbasename": name,
        "slugorfilename": slug or name,
        "slugorcontentbasename": slug or name,
        **_dates(page.published),
    }
    return _filled(pattern, words, page.sections)


def _filled(pattern: str, words: Mapping[str, str], sections: tuple[str, ...]) -> str:
    """A pattern with its words; what is a plus sign then, Hugo reads as a space."""

    def token(match: re.Match[str]) -> str:
        if match[1] == "sections":
            return "/".join(map(urlized, _sliced(sections, match[2])))
        return words.get(match[1], match[0]) + (f"[{match[2]}]" if match[2] else "")

    path = _TOKEN.sub(token, pattern).rstrip("/")
    return sanitized(path.replace("+", " ")) if "+" in path else path


def _sliced(sections: tuple[str, ...], asked: str | None) -> tuple[str, ...]:
    """``[1:]``, ``[:2]``, ``[0]``, ``[last]``, as Hugo has them."""
    if asked is None or not sections:
        return sections
    begin, colon, end = asked.partition(":")

    def place(text: str, otherwise: int) -> int:
        if text == "last":
            return len(sections) - 1
        return int(text[:9]) if text.isdecimal() else otherwise

    first = place(begin, 0)
    return sections[first : place(end, len(sections))] if colon else sections[first : first + 1]


def _dates(moment: datetime | None) -> dict[str, str]:
    moment = moment or datetime(1, 1, 1, tzinfo=UTC)  # Go's zero time
    return {
        "year": f"{moment.year}",
        "month": f"{moment.month:02}",
        "monthname": _MONTHS[moment.month - 1].lower(),
        "day": f"{moment.day:02}",
        "weekday": f"{moment.isoweekday() % 7}",
        "weekdayname": _DAYS[moment.weekday()].lower(),
        "yearday": f"{moment.timetuple().tm_yday}",
    }
