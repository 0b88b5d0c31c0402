"""The feeds: every list's address in every format, and the OPML of them all."""

from collections.abc import Sequence

from flask import Blueprint, Response, request

from feedservice.domain.errors import Moved, NotFound
from feedservice.domain.urls import archive_path, feed_path
from feedservice.feeds.formats import FORMATS, Format
from feedservice.web.respond import respond
from feedservice.web.services import services

LISTS = ("/", "/categories/<slug>", "/tags/<slug>", "/authors/<slug>", "/search")
"""The rules of the pages that are lists; each is a feed too."""

ALLOW = "GET, HEAD, OPTIONS"
_NARROWING = frozenset({"category", "tag", "author", "q", "since"})


def query_pairs() -> list[tuple[str, str]]:
    """Return this request's query as decoded names and values, in their order."""
    try:
        return list(request.args.items(multi=True))
    except UnicodeDecodeError:  # a raw byte that is no UTF-8, which some servers let through
        raise NotFound(request.path) from None


def narrows(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether the address is one of a search or of a narrowed list, which search engines are kept
    from.
    """
    return any(name in _NARROWING for name, _ in pairs)


def feeds_blueprint() -> Blueprint:
    """Return the routes of the feeds."""
    blueprint = Blueprint("feeds", __name__)
    for format_ in FORMATS.values():
        for number, rule in enumerate(LISTS):
            blueprint.add_url_rule(
                feed_path(rule, format_.suffix),
                endpoint=f"{format_.name}-{number}",
                view_func=_feed,
                defaults={"format_": format_},
            )
            if rule != "/search":
                blueprint.add_url_rule(
                    archive_path(rule, "<period>") + format_.suffix,
                    endpoint=f"{format_.name}-archive-{number}",
                    view_func=_archive,
                    defaults={"format_": format_},
                )
    blueprint.add_url_rule("/feeds.opml", endpoint="opml", view_func=_opml)
    blueprint.after_request(_share)
    return blueprint


def _feed(format_: Format, **_slug: str) -> Response:
    path = request.path.removesuffix(format_.suffix)
    pairs = query_pairs()
    try:
        found = services().publisher.feed("/" if path == "/feed" else path, pairs, format_.name)
    except Moved as moved:  # the publisher speaks of pages; the feed moved along
        raise Moved(feed_path(moved.location, format_.suffix)) from moved
    return respond(found, is_indexed=path != "/search" and not narrows(pairs))


def _archive(format_: Format, period: str, **_slug: str) -> Response:
    path = request.path.rpartition("/archive/")[0] or "/"
    try:
        return respond(services().publisher.archive(path, period, format_.name))
    except Moved as moved:
        raise Moved(feed_path(moved.location, format_.suffix)) from moved


def _opml() -> Response:
    return respond(services().publisher.opml())


def _share(response: Response) -> Response:
    """Let scripts of any site read feeds (CORS), and say in a preflight what they may ask with."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = ALLOW
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response
