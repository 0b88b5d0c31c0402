"""The query of a list's address → the selection that it narrows the list to. Pure.

Names become slugs: those of categories by site.yaml, which knows them all; those of authors too,
where it knows them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from feedservice.domain.errors import BadParameter
from feedservice.domain.label_slugs import label_slug
from feedservice.domain.model import Content, Site
from feedservice.domain.patterns import rare
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.taxonomy import Taxonomy, find_author, find_category
from feedservice.domain.text import INVISIBLE, one_line
from feedservice.i18n import _

MAX_LIMIT = 100
"""Entries of one part of a list."""
MAX_SEARCH = 200
"""Characters of a search."""
MAX_NAMES = 100
"""Names of labels in one address: each is a condition that the index has to look at."""
BEST, NEWEST = "best", "newest"
"""Orders of what a search finds."""

Pairs = Sequence[tuple[str, str]]
_NARROWING = frozenset({*Taxonomy, "q", "since"})
_SHAPELESS = rare(rf"(?![\u180b-\u180f\u200c\u200d\ufe00-\ufe0f]){INVISIBLE.pattern}")
"""What is invisible and does not choose the shape of a letter beside it."""
_KNOWN = _NARROWING | {"before", "limit", "content"}


def read_pairs(query: str) -> Pairs:
    """Return the decoded names and values of a query that mean something here, in their order.

    Raises:
        BadParameter: one of them has bytes that are not UTF-8.
    """
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    known = [(name, value) for name, value in pairs if name in _KNOWN]
    for name, value in known:
        if "\ufffd" in value:
            raise BadParameter(name, value, _("text in UTF-8, percent-encoded"))
    return known


def is_narrowing(pairs: Pairs) -> bool:
    """Whether a query asks for other articles than its path, rather than for how many of them."""
    return any(name in _NARROWING for name, _value in pairs)


def select(base: Selection, pairs: Pairs, site: Site) -> Selection:
    """Return ``base`` (what the path says) narrowed by a query.

    Args:
        base: the selection of the path.
        pairs: see `read_pairs`.
        site: for its names, its zone (``since``) and its defaults (equal values vanish).

    Raises:
        BadParameter: a parameter has a value it cannot have, or appears twice where once is
            allowed.
    """
    values = _single_values(pairs)
    selection = base
    for taxonomy in Taxonomy:
        groups: list[set[str]] = []
        none_of: set[str] = set()
        for name, value in pairs:
            if name == taxonomy:
                any_of, unwanted = _read_names(taxonomy, value, site)
                groups.append(any_of)
                none_of |= unwanted
        if groups:
            selection = selection.narrow(taxonomy, *groups, none_of=none_of)
    return replace(
        selection,
        q=_read_search(values["q"]) if "q" in values else "",
        since=_read_since(values["since"], site) if "since" in values else None,
        before=_read_cursor(values["before"]) if "before" in values else None,
        limit=_read_limit(values["limit"], site) if "limit" in values else None,
        content=_read_content(values["content"], site) if "content" in values else None,
    )


def _single_values(pairs: Pairs) -> dict[str, str]:
    """The values of what may appear once; refuses too many names of labels."""
    values: dict[str, str] = {}
    names = 0
    for name, value in pairs:
        if name in list(Taxonomy):
            names += 1 + value.count(",") + value.count("،")
            if names > MAX_NAMES:
                at_most = _("at most {limit} names in an address", limit=MAX_NAMES)
                raise BadParameter(name, value, at_most)
        elif name in values:
            raise BadParameter(name, value, _("only once in an address"))
        else:
            values[name] = value
    return values


def unknown_author(name: str, site: Site) -> BadParameter:
    """Return the refusal of an author whom neither site.yaml nor an article names."""
    known = tuple(f"{each.slug} ({each.name})" for each in site.authors)
    return BadParameter("author", name, _("one of the authors: {known}", known=known))


def read_page(query: str) -> int:
    """Return which page of the site's lists a query asks for, from 1.

    Raises:
        BadParameter: it is no number, or too large a one.
    """
    value = _value_of("page", query, "1")
    if not re.fullmatch("[1-9][0-9]{0,5}", value):
        raise BadParameter("page", value, _("a number from 1 to {limit}", limit=999_999))
    return int(value)


def read_order(query: str) -> bool:
    """Return whether a query asks for a search's newest articles first, not for its best.

    Raises:
        BadParameter: it names another order.
    """
    value = _value_of("order", query, BEST)
    if value not in (BEST, NEWEST):
        raise BadParameter("order", value, _("{one} or {other}", one=BEST, other=NEWEST))
    return value == NEWEST


def read_flag(name: str, query: str) -> bool:
    """Return whether a query says ``name=1``.

    Raises:
        BadParameter: it says anything else than 1 or 0.
    """
    value = _value_of(name, query, "0")
    if value not in ("0", "1"):
        raise BadParameter(name, value, _("{yes} or {no}", yes=1, no=0))
    return value == "1"


def _value_of(name: str, query: str, usual: str) -> str:
    """The value of a parameter that may be there once; no other one means anything."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    values = [value for each, value in pairs if each == name]
    if len(values) > 1:
        raise BadParameter(name, values[0], _("only once in an address"))
    return values[0] if values else usual


def _read_names(taxonomy: Taxonomy, value: str, site: Site) -> tuple[set[str], set[str]]:
    """The slugs of the names that are wanted, and of those that are not (a hyphen before them)."""
    any_of: set[str] = set()
    none_of: set[str] = set()
    for part in re.split("[,،]", value):
        word = part.strip()
        name = label_slug(taxonomy, word.removeprefix("-"))
        if name:
            (none_of if word.startswith("-") else any_of).add(_slug_of(taxonomy, name, site))
    if not any_of and not none_of:
        raise BadParameter(taxonomy, value, _("one or more names separated by commas"))
    return any_of, none_of


def _slug_of(taxonomy: Taxonomy, name: str, site: Site) -> str:
    if taxonomy is Taxonomy.CATEGORY:
        category = find_category(name, site)
        if category is None:
            known = tuple(f"{each.slug} ({each.name})" for each in site.categories)
            raise BadParameter(taxonomy, name, _("one of the categories: {known}", known=known))
        return category
    author = find_author(name, site) if taxonomy is Taxonomy.AUTHOR else None
    return author.slug if author else name


def _read_search(value: str) -> str:
    search = one_line(_SHAPELESS.sub("", value))
    if len(search) > MAX_SEARCH:
        raise BadParameter("q", value, _("at most {limit} characters", limit=MAX_SEARCH))
    return search


def _read_since(value: str, site: Site) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(site.timezone))
        return moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise BadParameter("since", value, _("a date such as 2025-12-01")) from error


def _read_cursor(value: str) -> Cursor:
    stamp, _comma, slug = value.partition(",")
    try:
        moment = datetime.fromisoformat(stamp)
        # A page names the day, which at either end of the calendar some zones do not have.
        if moment.tzinfo is None or not slug or not MINYEAR < moment.year < MAXYEAR:
            raise ValueError(value)
        return Cursor(published=moment.astimezone(UTC).replace(microsecond=0), slug=slug)
    except (ValueError, OverflowError) as error:
        accepted = _("a cursor taken from a next link, 2025-12-01T00:00:00Z,slug")
        raise BadParameter("before", value, accepted) from error


def _read_limit(value: str, site: Site) -> int | None:
    if not re.fullmatch("[0-9]{1,3}", value) or not 1 <= int(value) <= MAX_LIMIT:
        raise BadParameter("limit", value, _("a number from 1 to {limit}", limit=MAX_LIMIT))
    return int(value) if int(value) != site.limit else None


def _read_content(value: str, site: Site) -> Content | None:
    try:
        content = Content(value)
    except ValueError as error:
        raise BadParameter("content", value, _("full or summary")) from error
    return content if content is not site.content else None
