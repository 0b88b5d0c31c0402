"""An address → the Selection that it asks for, its names resolved to slugs. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import quote_plus
from zoneinfo import ZoneInfo

from feedservice.domain import urls
from feedservice.domain.errors import BadParameter, Moved, NotFound
from feedservice.domain.model import Author, Content, Site
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.taxonomy import Taxonomy, find_author, find_category
from feedservice.domain.text import one_line, slugify
from feedservice.i18n import _

MAX_LIMIT = 100
MAX_QUERY = 200
"""Characters of a search."""
MAX_NAMES = 100
"""Names of labels in one address: each is a condition that the index has to look at."""

Pairs = Sequence[tuple[str, str]]
_PARAMETERS = frozenset({*Taxonomy, "q", "since", "before", "limit", "content"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

KnownAuthor = Callable[[str], Author | None]
"""Returns an author whom articles name and site.yaml does not."""


def read_selection(path: str, pairs: Pairs, site: Site, known_author: KnownAuthor) -> Selection:
    """Return what the list at ``path`` (a decoded page path) and its query ask for.

    Raises:
        NotFound: there is no such list; an unknown category or author among it.
        Moved: the path spells a name in another way than its slug; the query comes along.
        BadParameter: a known parameter has a value it cannot have.
    """
    try:
        base = _of_path(path, site, known_author)
    except Moved as moved:
        query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
        raise Moved(f"{moved.location}?{query}" if query else moved.location) from None
    return _resolved(read_query(pairs, base, site), site, known_author)


def _of_path(path: str, site: Site, known_author: KnownAuthor) -> Selection:
    if path in ("/", "/search"):
        return Selection()
    kind, _slash, name = path.strip("/").partition("/")
    if kind == "categories":
        return Selection.of(Taxonomy.CATEGORY, _category(name, site))
    if kind == "authors":
        return Selection.of(Taxonomy.AUTHOR, _author(name, site, known_author))
    tag = slugify(name)
    if kind != "tags" or not tag or "/" in name:
        raise NotFound(path)
    if tag != name:
        raise Moved(urls.label_path(Taxonomy.TAG, tag))
    return Selection.of(Taxonomy.TAG, tag)


def _category(name: str, site: Site) -> str:
    if site.category(name):
        return name
    found = find_category(name, site)
    if found:
        raise Moved(urls.label_path(Taxonomy.CATEGORY, found))
    raise NotFound(name)


def _author(name: str, site: Site, known_author: KnownAuthor) -> str:
    if site.author(name) or known_author(name):
        return name
    found = find_author(name, site) or known_author(slugify(name))
    if found:
        raise Moved(urls.label_path(Taxonomy.AUTHOR, found.slug))
    raise NotFound(name)


def _resolved(selection: Selection, site: Site, known_author: KnownAuthor) -> Selection:
    """Put slugs for the names of categories and authors; an unknown one is a bad value."""

    def category(name: str) -> str:
        found = find_category(name, site)
        if found is None:
            known = tuple(f"{each.slug} ({each.name})" for each in site.categories)
            raise BadParameter("category", name, _("one of the categories: {known}", known=known))
        return found

    def author(name: str) -> str:
        found = find_author(name, site) or known_author(name)
        if found is None:
            known = tuple(f"{each.slug} ({each.name})" for each in site.authors)
            raise BadParameter("author", name, _("one of the authors: {known}", known=known))
        return found.slug

    resolvers = {Taxonomy.CATEGORY: category, Taxonomy.AUTHOR: author}
    resolved = replace(selection, filters=())
    for each in selection.filters:
        resolve = resolvers.get(each.taxonomy, str)
        resolved = resolved.narrow(
            each.taxonomy, map(resolve, each.any_of), map(resolve, each.none_of)
        )
    return resolved


def known(pairs: Pairs) -> list[tuple[str, str]]:
    """Return the pairs whose parameter means something here, in their order."""
    return [pair for pair in pairs if pair[0] in _PARAMETERS]


def read_query(pairs: Pairs, base: Selection, site: Site) -> Selection:
    """Return ``base`` (what the path says) narrowed by a query's pairs; unknown parameters are
    ignored.

    Args:
        pairs: decoded names and values, in the order in which they came.
        base: the selection of the path.
        site: for its zone (``since``) and its defaults (equal values vanish).

    Raises:
        BadParameter: a known parameter has a value it cannot have, or appears twice where once
            is allowed.
    """
    selection = base
    seen: set[str] = set()
    names = 0
    for name, value in known(pairs):
        if name in list(Taxonomy):
            names += 1 + value.count(",") + value.count("،")
            if names > MAX_NAMES:
                at_most = _("at most {limit} names in an address", limit=MAX_NAMES)
                raise BadParameter(name, value, at_most)
            selection = _narrow(selection, Taxonomy(name), value)
            continue
        if name in seen:
            raise BadParameter(name, value, _("only once in an address"))
        seen.add(name)
        if name == "q":
            selection = replace(selection, q=_read_q(value))
        elif name == "since":
            selection = replace(selection, since=_read_since(value, site))
        elif name == "before":
            selection = replace(selection, before=_read_cursor(value))
        elif name == "limit":
            limit = _read_limit(value)
            selection = replace(selection, limit=None if limit == site.limit else limit)
        else:
            content = _read_content(value)
            selection = replace(selection, content=None if content is site.content else content)
    return selection


def _narrow(selection: Selection, taxonomy: Taxonomy, value: str) -> Selection:
    any_of: set[str] = set()
    none_of: set[str] = set()
    for part in re.split("[,،]", value):
        word = part.strip()
        slug = slugify(word.removeprefix("-"))
        if slug:
            (none_of if word.startswith("-") else any_of).add(slug)
    if not any_of and not none_of:
        raise BadParameter(taxonomy, value, _("one or more names separated by commas"))
    return selection.narrow(taxonomy, any_of, none_of)


def _read_q(value: str) -> str:
    query = one_line(value)
    if len(query) > MAX_QUERY:
        raise BadParameter("q", value, _("at most {limit} characters", limit=MAX_QUERY))
    return query


def _read_since(value: str, site: Site) -> datetime:
    try:
        if _DAY.fullmatch(value):
            day = date.fromisoformat(value)
            return datetime(
                day.year, day.month, day.day, tzinfo=ZoneInfo(site.timezone)
            ).astimezone(UTC)
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
        if moment.tzinfo is None or not slug:
            raise ValueError(value)
        return Cursor(published=moment.astimezone(UTC).replace(microsecond=0), slug=slug)
    except (ValueError, OverflowError) as error:
        accepted = _("a cursor taken from a next link, 2025-12-01T00:00:00Z,slug")
        raise BadParameter("before", value, accepted) from error


def _read_limit(value: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", value) or not 1 <= int(value) <= MAX_LIMIT:
        raise BadParameter("limit", value, _("a number from 1 to {limit}", limit=MAX_LIMIT))
    return int(value)


def _read_content(value: str) -> Content:
    try:
        return Content(value)
    except ValueError as error:
        raise BadParameter("content", value, _("full or summary")) from error
