"""The addresses of the site → `Route`: the one parser of addresses. Pure.

What lives at a path needs the path alone; what a list's address asks for needs site.yaml too (its
names, zone and defaults). Which spelling of a tag shows, and whether an author exists whom
site.yaml does not name, only the index knows: `spelling.resolve` asks it.
"""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import parse_qsl, unquote, urlencode

from feedservice.domain import former_feeds, queries, redirects, urls
from feedservice.domain.errors import (
    AddressTooLong,
    BadParameter,
    Gone,
    Moved,
    MovedByQuery,
    NotFound,
    Refusal,
)
from feedservice.domain.label_slugs import label_slug
from feedservice.domain.model import Site
from feedservice.domain.patterns import rare
from feedservice.domain.route import HTML, Kind, Route
from feedservice.domain.selections import Selection
from feedservice.domain.site_icons import MANIFEST, SIZES
from feedservice.domain.taxonomy import Taxonomy, find_author, find_category

GONE = "/.gone"
"""An address that stands for all that is gone: an export has one page for them."""
MAX_PATH = 2048
"""Characters of a path."""
MAX_QUERY = 8192
"""Characters of a query, percent-encoded."""

_FIXED: Mapping[str, tuple[Kind, str]] = MappingProxyType(
    {
        "/feeds": (Kind.FEEDS, HTML),
        "/feeds.opml": (Kind.FEEDS, "opml"),
        "/subscribe": (Kind.SUBSCRIBE, HTML),
        "/tags": (Kind.DIRECTORY, HTML),
        "/authors": (Kind.DIRECTORY, HTML),
        "/archive": (Kind.DIRECTORY, HTML),
        "/robots.txt": (Kind.ROBOTS, "txt"),
        **{f"/{name}": (Kind.ICON, name.rpartition(".")[2]) for name in (*SIZES, MANIFEST)},
        "/opensearch.xml": (Kind.OPENSEARCH, "xml"),
        "/healthz": (Kind.HEALTH, ""),
        "/readyz": (Kind.HEALTH, ""),
        "/metrics": (Kind.METRICS, ""),
    }
)
_STATIC = rare(r"style\.css|copy\.js|[a-z0-9-]{1,50}\.woff2")
_DESK = rare(r"[a-z-]{1,30}(?:\.min)?\.(js|json|woff2)")
_MONTH = rare(r"[0-9]{4}-[0-9]{2}")
_DIGEST, _WIDTH = rare(r"[0-9a-f]{20}"), rare(r"[1-9][0-9]{0,3}")
_SITEMAP = rare(r"/sitemap(?:-([^/]+))?\.xml")
_KINDS = MappingProxyType({each.plural: Kind(each) for each in Taxonomy})


def parse(path: str, query: str, site: Site | None, formats: Collection[str]) -> Route:
    """Return what an address asks for; a refusal is part of it.

    Args:
        path: decoded, below the path of base_url.
        query: as it stands in the address.
        site: None where nobody knows it: what a list's address asks for stays unread.
        formats: names of feed formats; an address of one ends with a dot and the name.
    """
    path = "/" + path.lstrip("/")
    if len(path) > MAX_PATH or len(query) > MAX_QUERY:
        return Route(path=path, site=site, refusal=AddressTooLong())
    if "\0" in path or "\ufffd" in path:  # the latter is what is left of bytes that are not UTF-8
        return Route(path=path, site=site, refusal=NotFound(path))
    route = _at(path, formats)
    is_archived = route.is_list and route.period
    route = replace(route, query="" if is_archived else query, site=site)
    if route.names_list:
        return read_list(route, site) if site else route
    moved = _moved_by_query(route, site) if site and route.kind is Kind.OTHER else None
    if moved:
        return replace(route, refusal=moved)
    try:
        route = _in_parts(route)
    except BadParameter as refused:
        return replace(route, refusal=refused)
    refusal = _refusal(route, formats)
    takes_query_along = query and isinstance(refusal, Moved)
    return replace(route, refusal=refusal, key="" if takes_query_along else route.address)


def is_taken(old: str, site: Site) -> bool:
    """Whether a page of the site is at an old address, so that no redirect is followed there."""
    path, _mark, query = old.partition("?")
    route = parse(path.rstrip("/") or "/", "", site, ())
    if route.kind in (Kind.CATEGORY, Kind.AUTHOR):
        labels = site.category(route.name) or site.author(route.name)
        return not query and route.refusal is None and labels is not None
    return route.path in _FIXED or (route.kind in (Kind.SITE, Kind.SEARCH) and not query)


def _in_parts(route: Route) -> Route:
    """Read which part of the site's lists a query asks for, and of OPML whether all of them."""
    if route.kind not in (Kind.FEEDS, Kind.DIRECTORY):
        return route
    if route.format == "opml":
        return replace(route, has_tags=queries.read_flag("tags", route.query))
    return replace(route, page=queries.read_page(route.query))


def _at(path: str, formats: Collection[str]) -> Route:
    """What a path alone says."""
    if path in _FIXED:
        kind, format_ = _FIXED[path]
        return Route(kind=kind, path=path, format=format_, name=path[1:])
    sitemap = _SITEMAP.fullmatch(path)
    if sitemap:
        return Route(kind=Kind.SITEMAP, path=path, format="xml", name=sitemap[1] or "")
    match path[1:].split("/"):
        case ["articles", slug] if slug:
            return Route(kind=Kind.ARTICLE, path=path, format=HTML, name=slug)
        case ["pages", slug] if slug:
            return Route(kind=Kind.PAGE, path=path, format=HTML, name=urls.PAGES + slug)
        case ["media", first, *_] if first:
            return Route(kind=Kind.MEDIA, path=path, name=path.removeprefix("/media/"))
        case ["pictures", digest, width, first, *_] if first and _is_derived(digest, width):
            return Route(kind=Kind.PICTURE, path=path, name=path.removeprefix("/pictures/"))
        case ["static", version, file] if version and _STATIC.fullmatch(file):
            suffix = file.rpartition(".")[2]
            return Route(kind=Kind.STATIC, path=path, format=suffix, name=version)
        case ["archive", month] if _MONTH.fullmatch(month):
            return Route(kind=Kind.DIRECTORY, path=path, format=HTML, name="archive", period=month)
        case ["hooks", "content"]:
            return Route(kind=Kind.HOOK, path=path)
        case ["micropub"]:
            return Route(kind=Kind.MICROPUB, path=path)
        case ["micropub", "media"]:
            return Route(kind=Kind.UPLOAD, path=path)
        case ["desk"]:
            return Route(kind=Kind.DESK, path=path, format=HTML)
        case ["desk", file] if found := _DESK.fullmatch(file):
            return Route(kind=Kind.DESK, path=path, name=file, format=found[1])
        case ["preview", *_]:
            return Route(kind=Kind.PREVIEW, path=path)
    return _list_at(path, formats) or Route(path=path)


def _is_derived(digest: str, width: str) -> bool:
    return bool(_DIGEST.fullmatch(digest) and _WIDTH.fullmatch(width))


def _list_at(path: str, formats: Collection[str]) -> Route | None:
    stem, _dot, suffix = path.rpartition(".")
    format_ = suffix if suffix in formats else HTML
    parts = (stem if suffix in formats else path)[1:].split("/")
    period = ""
    if format_ != HTML and len(parts) in (2, 4) and parts[-2] == "archive":
        *parts, _archive, period = parts
        if not period:
            return None
    kind: Kind | None = None
    name = ""
    match parts:
        case ["search"] if not period:
            kind = Kind.SEARCH
        case [] | [""] if period or format_ == HTML:
            kind = Kind.SITE
        case ["feed"] if format_ != HTML and not period:
            kind = Kind.SITE
        case [plural, name] if name:
            kind = _KINDS.get(plural)
    if kind is None:
        return None
    return Route(kind=kind, path=path, format=format_, period=period, name=name)


def _refusal(route: Route, formats: Collection[str]) -> Refusal | None:
    """Why there is nothing to give at an address that is not a list's."""
    if route.kind is Kind.MEDIA:
        name = unicodedata.normalize("NFC", route.name)
        if any(not part or part.startswith(".") for part in name.split("/")) or "\\" in name:
            return NotFound(route.path)
        return Moved(urls.media_path(f"media/{name}")) if name != route.name else None
    if route.kind is not Kind.OTHER:
        return None
    if route.path == GONE:
        return Gone()
    path = route.path.rstrip("/")
    if path and path != route.path and _at(path, formats).kind is not Kind.OTHER:
        return Moved(_with_query(urls.percent(path), route.query))
    return NotFound(route.path)


def read_list(route: Route, site: Site) -> Route:
    """Return the route of a list with what its address asks for, by site.yaml."""
    key = "" if route.query else urls.percent(route.path)
    route = replace(route, site=site, key=key, refusal=None, unresolved=())
    moved = _moved_by_query(route, site)
    if moved:
        return replace(route, selection=Selection(), key="", refusal=moved)
    try:
        pairs = queries.read_pairs(route.query)
        selection = queries.select(_of_path(route, site), pairs, site)
        if route.kind is Kind.SUBSCRIBE:
            selection = replace(selection, before=None)
        route = _ordered(replace(route, selection=selection))
    except Refusal as refusal:
        return replace(route, selection=Selection(), refusal=refusal)
    is_own = route.kind not in (Kind.SEARCH, Kind.SUBSCRIBE)
    is_indexed = is_own and not queries.is_narrowing(pairs)
    unresolved = _unresolved(selection, site)
    route = replace(route, is_indexed=is_indexed, unresolved=unresolved)
    is_spelt = route.kind is not Kind.TAG or route.name == label_slug(Taxonomy.TAG, route.name)
    if not is_spelt or any(kind is Taxonomy.AUTHOR for kind, _ in unresolved):
        return route
    return replace(route, key=route.address if is_indexed else f"{route.address} noindex")


def _ordered(route: Route) -> Route:
    """Read in which order the page of a search shows what, and which part of it.

    Newest first goes on by cursor: there is one order then, and no number of a page.
    """
    if not route.is_search_page or not route.selection.q:
        return replace(route, page=1, is_newest_first=False)
    is_newest_first = queries.read_order(route.query) or route.selection.before is not None
    page = 1 if is_newest_first else queries.read_page(route.query)
    return replace(route, page=page, is_newest_first=is_newest_first)


def _moved_by_query(route: Route, site: Site) -> Moved | None:
    """Where an address with a query of another system leads: ``/?p=7``, ``/?cat=5&feed=rss2``."""
    if not route.query or (route.format != HTML and route.kind is not Kind.OTHER):
        return None
    pairs = parse_qsl(route.query, errors="replace")
    found = redirects.find_query(route.path, pairs, redirects.rules(site.redirects))
    moved = MovedByQuery(found.address, found.slug) if found else None
    values = dict(pairs)
    format_ = former_feeds.FORMATS.get(values.get("feed") or values.get("alt", ""))
    if format_ is None:
        return moved
    former = former_feeds.moved_in(route.path) if route.kind is Kind.OTHER else None
    old = moved.location if moved else former
    page = _list_at(unquote(old), former_feeds.FORMATS.values()) if old else route
    if page is None or not page.is_list:
        return moved
    query = "" if old else urlencode([pair for pair in pairs if pair[0] not in ("feed", "alt")])
    feed = read_list(replace(page, query=query, format=format_), site)
    if feed.refusal:
        return feed.refusal if isinstance(feed.refusal, Moved) else None
    return Moved(feed.address)


def _unresolved(selection: Selection, site: Site) -> tuple[tuple[Taxonomy, str], ...]:
    """The labels in a selection of which only the index knows more."""
    found = (
        (each.taxonomy, slug)
        for each in selection.filters
        for slug in (*each.any_of, *each.none_of)
        if each.taxonomy is Taxonomy.TAG
        or (each.taxonomy is Taxonomy.AUTHOR and site.author(slug) is None)
    )
    return tuple(dict.fromkeys(found))


def _of_path(route: Route, site: Site) -> Selection:
    """The selection of a list's path; what site.yaml does not name is taken as it is spelt."""
    if route.kind in (Kind.SITE, Kind.SEARCH, Kind.SUBSCRIBE):
        return Selection()
    taxonomy, name = Taxonomy(route.kind), route.name
    slug: str | None = label_slug(taxonomy, name)
    if taxonomy is Taxonomy.CATEGORY:
        slug = name if site.category(name) else find_category(name, site)
    elif taxonomy is Taxonomy.AUTHOR:
        author = site.author(name) or find_author(name, site)
        slug = author.slug if author else slug
    if not slug:
        raise NotFound(route.path)
    is_of_site = taxonomy is Taxonomy.CATEGORY or (
        taxonomy is Taxonomy.AUTHOR and site.author(slug)
    )
    if slug != name and is_of_site:
        raise _moved(route, slug)
    return Selection.of(taxonomy, slug)


def _moved(route: Route, slug: str) -> Moved:
    """The refusal of a list whose label is called ``slug``; the query comes along."""
    own = replace(route, selection=Selection.of(Taxonomy(route.kind), slug))
    return Moved(_with_query(own.address, route.query))


def _with_query(path: str, query: str) -> str:
    return urls.percent_path(f"{path}?{query}" if query else path)
