"""Every address of the site, made and read in one place: pages, feeds, canonical queries. Pure;
paths, never hosts.

One rule: every list is a page, and the same address with ``.rss``, ``.atom`` or ``.json`` is its
feed. A query narrows a list. Equal selections have one address, so the address can be a cache key,
a self link and (without ``limit`` and ``content``) part of a feed's id.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from feedservice.domain.errors import BadParameter
from feedservice.domain.model import Content, Cursor, Groups, Selection, Site
from feedservice.domain.text import one_line, slugify

MAX_LIMIT = 100
MAX_QUERY = 200
"""Characters of a search."""
MAX_NAMES = 100
"""Names of categories, tags and authors in one address: each is a condition that the index has to
look at."""

Pairs = Sequence[tuple[str, str]]
PLURALS = (("category", "categories"), ("tag", "tags"), ("author", "authors"))
_LISTS = MappingProxyType({name: plural for one, plural in PLURALS for name in (one, plural)})
_WORDPRESS = re.compile(
    r"(?:/(?P<kind>category|tag|author)/(?:[^/]+/)*(?P<name>[^/]+))?/feed(?:/(?P<format>rss2?|atom|rdf))?/?"
)
_HUGO = re.compile(
    r"(?:/(?P<kind>categories|tags|authors)/(?P<name>[^/]+))?/(?P<format>index|feed|rss|atom)\.xml"
)
_PARAMETERS = frozenset({"category", "tag", "author", "q", "since", "before", "limit", "content"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NOT_IN_HOST = re.compile(r"[\s/?#@\\]")


def percent(text: str) -> str:
    """Return ``text`` percent-encoded as UTF-8; only RFC 3986 §2.3's unreserved characters and
    ``/`` stay.
    """
    return quote(text, safe="/-._~")


def percent_path(path: str) -> str:
    """Return a path of ours, with its query where it has one, percent-encoded; what already is
    stays.
    """
    return _LONE_PERCENT.sub("%25", quote(path, safe="/-._~%?=&,;:@!$'()*+#"))


def article_path(slug: str) -> str:
    """Return the page of an article."""
    return "/articles/" + percent(slug)


def category_path(slug: str) -> str:
    """Return the page of a category."""
    return "/categories/" + percent(slug)


def tag_path(slug: str) -> str:
    """Return the page of a tag."""
    return "/tags/" + percent(slug)


def author_path(slug: str) -> str:
    """Return the page of an author."""
    return "/authors/" + percent(slug)


def media_path(src: str) -> str:
    """Return the address of a file below media/ (``src`` begins with ``media/``)."""
    return "/" + percent(src)


def feed_path(page: str, suffix: str) -> str:
    """Return the feed of the list at ``page`` (a path with or without query) in the format of
    ``suffix``.

    >>> feed_path("/", ".rss"), feed_path("/categories/field?limit=5", ".atom")
    ('/feed.rss', '/categories/field.atom?limit=5')
    """
    path, mark, query = page.partition("?")
    return ("/feed" if path == "/" else path) + suffix + mark + query


def archive_path(page: str, period: str) -> str:
    """Return the address, without a format's suffix, of the archive document of a list.

    >>> archive_path("/", "2025-12"), archive_path("/tags/a", "2025-12-05")
    ('/archive/2025-12', '/tags/a/archive/2025-12-05')
    """
    return f"{page.rstrip('/')}/archive/{period}"


def moved_in(path: str) -> str | None:
    """Return the feed of ours that answers for a feed address of WordPress or Hugo, or None.

    >>> moved_in("/category/field/feed/"), moved_in("/index.xml"), moved_in("/feed/atom")
    ('/categories/field.rss', '/feed.rss', '/feed.atom')
    """
    match = _WORDPRESS.fullmatch(path) or _HUGO.fullmatch(path)
    if match is None:
        return None
    kind, name = match["kind"], match["name"]
    suffix = ".atom" if match["format"] == "atom" else ".rss"
    page = f"/{_LISTS[kind]}/{percent(name)}" if kind else "/"
    return feed_path(page, suffix)


def absolute(base_url: str, path: str) -> str:
    """Return the absolute URL of a path of ours."""
    return base_url + path


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
        BadParameter: a known parameter has a value it cannot have, or stands twice where it may
            once.
    """
    selection = base
    seen: set[str] = set()
    names = 0
    for name, value in known(pairs):
        if name in ("category", "tag", "author"):
            names += 1 + value.count(",") + value.count("،")
            if names > MAX_NAMES:
                raise BadParameter(
                    name,
                    value,
                    f"{MAX_NAMES} اسم على الأكثر في العنوان",
                    f"at most {MAX_NAMES} names in an address",
                )
            selection = _narrow(selection, name, value)
            continue
        if name in seen:
            raise BadParameter(name, value, "مرة واحدة في العنوان", "only once in an address")
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


def canonical(selection: Selection) -> str:
    """Return the one page address of a selection, percent-encoded, with its query where it has one.

    The path is taken by the first condition that one slug satisfies: a category, else a tag, else
    an author, else ``/search`` where there is a ``q``, else ``/``. What is left stands in the
    query, in a fixed order.
    """
    groups = {"category": selection.categories, "tag": selection.tags, "author": selection.authors}
    path = "/search" if selection.q else "/"
    for name, make in (("category", category_path), ("tag", tag_path), ("author", author_path)):
        alone = next((group for group in groups[name] if len(group) == 1), None)
        if alone:
            path = make(alone[0])
            groups[name] = tuple(group for group in groups[name] if group != alone)
            break
    without = {
        "category": selection.no_categories,
        "tag": selection.no_tags,
        "author": selection.no_authors,
    }
    pairs: list[tuple[str, str]] = []
    for name, all_of in groups.items():
        pairs += [(name, ",".join(map(percent, group))) for group in all_of]
        if without[name]:
            pairs.append((name, ",".join("-" + percent(slug) for slug in without[name])))
    if selection.q:
        pairs.append(("q", percent(selection.q)))
    if selection.since:
        pairs.append(("since", _stamp(selection.since)))
    if selection.before:
        pairs.append(
            ("before", f"{_stamp(selection.before.published)},{percent(selection.before.slug)}")
        )
    if selection.limit is not None:
        pairs.append(("limit", str(selection.limit)))
    if selection.content is not None:
        pairs.append(("content", selection.content.value))
    query = "&".join(f"{name}={value}" for name, value in pairs)
    return f"{path}?{query}" if query else path


def identity(selection: Selection) -> str:
    """Return the canonical address without ``limit`` and ``content``: what a feed's id is made
    of.
    """
    return canonical(replace(selection, limit=None, content=None))


def is_narrowed(selection: Selection) -> bool:
    """Whether the selection is more than the site, one category, one tag or one author."""
    return "?" in identity(replace(selection, before=None))


def merge(
    selection: Selection, name: str, any_of: Iterable[str], none_of: Iterable[str] = ()
) -> Selection:
    """Return ``selection`` with one more condition on ``name`` (category, tag or author)."""
    plural = dict(PLURALS)[name]
    groups: set[tuple[str, ...]] = set(getattr(selection, plural))
    wanted = tuple(sorted(set(any_of)))
    if wanted:
        groups.add(wanted)
    unwanted = tuple(sorted({*getattr(selection, "no_" + plural), *none_of}))
    return replace(selection, **{plural: _simplest(groups), "no_" + plural: unwanted})  # type: ignore[arg-type]


def _simplest(groups: set[tuple[str, ...]]) -> Groups:
    """A group that another one is a part of adds nothing: a ∧ (a ∨ b) = a."""
    return tuple(
        sorted(group for group in groups if not any(set(other) < set(group) for other in groups))
    )


def _narrow(selection: Selection, name: str, value: str) -> Selection:
    any_of: set[str] = set()
    none_of: set[str] = set()
    for part in re.split("[,،]", value):
        word = part.strip()
        slug = slugify(word.removeprefix("-"))
        if slug:
            (none_of if word.startswith("-") else any_of).add(slug)
    if not any_of and not none_of:
        raise BadParameter(
            name, value, "اسم أو أكثر تفصل بينها فواصل", "one or more names separated by commas"
        )
    return merge(selection, name, any_of, none_of)


def _read_q(value: str) -> str:
    query = one_line(value)
    if len(query) > MAX_QUERY:
        raise BadParameter(
            "q", value, f"{MAX_QUERY} محرف على الأكثر", f"at most {MAX_QUERY} characters"
        )
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
        raise BadParameter(
            "since", value, "تاريخ مثل 2025-12-01", "a date such as 2025-12-01"
        ) from error


def _read_cursor(value: str) -> Cursor:
    stamp, _, slug = value.partition(",")
    try:
        moment = datetime.fromisoformat(stamp)
        if moment.tzinfo is None or not slug:
            raise ValueError(value)
        return Cursor(published=moment.astimezone(UTC).replace(microsecond=0), slug=slug)
    except (ValueError, OverflowError) as error:
        raise BadParameter(
            "before",
            value,
            "مؤشّر من رابط «التالي»",
            "a cursor taken from a next link, 2025-12-01T00:00:00Z,slug",
        ) from error


def _read_limit(value: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", value) or not 1 <= int(value) <= MAX_LIMIT:
        raise BadParameter(
            "limit", value, f"عدد من 1 إلى {MAX_LIMIT}", f"a number from 1 to {MAX_LIMIT}"
        )
    return int(value)


def _read_content(value: str) -> Content:
    try:
        return Content(value)
    except ValueError as error:
        raise BadParameter("content", value, "full أو summary", "full or summary") from error


def _stamp(moment: datetime) -> str:
    # Not strftime: it writes the year 999 in three digits.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def uri(url: str) -> str:
    """Return an absolute URL or IRI as a URI (RFC 3987 §3.1): host in punycode, the rest
    percent-encoded.

    What already is percent-encoded stays; an IRI whose host cannot be encoded comes back with its
    host as it was.
    """
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    # Only the host is decoded, and only where it stays one: `a%2Fb@host` would become a path on
    # host `a`.
    decoded = unquote(host)
    if not decoded.isascii() and not _NOT_IN_HOST.search(decoded):
        with suppress(UnicodeError):
            host = decoded.encode("idna").decode("ascii")
    safe = "!$&'()*+,;=:@/?-._~%"
    path, query, fragment = (
        quote(part, safe) for part in (parts.path, parts.query, parts.fragment)
    )
    whole = urlunsplit(
        (parts.scheme, quote(user, "!$&'()*+,;=:-._~%") + at + host, path, query, fragment)
    )
    return _LONE_PERCENT.sub("%25", whole)
