"""The pages that people look at: lists, articles, the list of feeds; and the files that belong to
them.
"""

import unicodedata

from flask import Blueprint, Response, request

from feedservice.domain.errors import Moved, NotFound
from feedservice.domain.urls import media_path
from feedservice.web import media
from feedservice.web.feeds import LISTS, narrows, query_pairs
from feedservice.web.render import page
from feedservice.web.respond import (
    HTML,
    IMMUTABLE,
    PLAIN,
    ContractResponse,
    cache_control,
    page_document,
    respond,
)
from feedservice.web.services import services


def pages_blueprint() -> Blueprint:
    """Return the routes of the pages."""
    blueprint = Blueprint("pages", __name__)
    for number, rule in enumerate(LISTS):
        blueprint.add_url_rule(rule, endpoint=f"list-{number}", view_func=_listing)
    blueprint.add_url_rule("/articles/<slug>", endpoint="article", view_func=_article)
    blueprint.add_url_rule("/feeds", endpoint="feeds", view_func=_feeds)
    blueprint.add_url_rule("/robots.txt", endpoint="robots", view_func=_robots)
    blueprint.add_url_rule("/sitemap.xml", endpoint="sitemap", view_func=_sitemap)
    blueprint.add_url_rule("/sitemap-news.xml", endpoint="sitemap-news", view_func=_sitemap_news)
    blueprint.add_url_rule(
        "/sitemap-<month>.xml", endpoint="sitemap-month", view_func=_sitemap_month
    )
    blueprint.add_url_rule("/media/<path:name>", endpoint="media", view_func=_media)
    blueprint.add_url_rule("/static/<version>/style.css", endpoint="style", view_func=_style)
    return blueprint


def _listing(**_slug: str) -> Response:
    publisher = services().publisher
    pairs = query_pairs()
    found = publisher.listing(request.path, pairs)
    is_indexed = not (found.channel.narrowed or narrows(pairs) or request.path == "/search")
    body = page("list.html", publisher.site(), listing=found, is_indexed=is_indexed)
    return respond(
        page_document(body, HTML, found.last_modified, found.good_until), is_indexed=is_indexed
    )


def _article(slug: str) -> Response:
    publisher = services().publisher
    found = publisher.article(slug)
    body = page("article.html", publisher.site(), article=found)
    return respond(page_document(body, HTML, found.last_modified, found.good_until))


def _feeds() -> Response:
    publisher = services().publisher
    good_until = (
        publisher.good_until()
    )  # asked first: its counts change when an article's time comes
    body = page("feeds.html", publisher.site(), rows=publisher.feed_rows())
    return respond(page_document(body, HTML, good_until=good_until))


def _robots() -> Response:
    # Searches stay allowed: a crawler that may not fetch them never sees that they are noindex.
    base = services().publisher.site().base_url
    lines = (
        "User-agent: *",
        "Disallow:",
        *(f"Sitemap: {base}{path}" for path in ("/sitemap.xml", "/sitemap-news.xml")),
    )
    return respond(page_document("\n".join(lines) + "\n", PLAIN))


def _sitemap() -> Response:
    return respond(services().sitemaps.whole())


def _sitemap_news() -> Response:
    return respond(services().sitemaps.news())


def _sitemap_month(month: str) -> Response:
    return respond(services().sitemaps.month(month))


def _media(name: str) -> Response:
    given = services()
    wanted = unicodedata.normalize("NFC", name)
    parts = wanted.split("/")
    if any(part.startswith(".") or not part for part in parts) or "\\" in wanted:
        raise NotFound(name)
    if wanted != name:
        raise Moved(media_path("media/" + wanted))
    file = given.open_media(wanted)
    if file is None:
        raise NotFound(name)
    return media.send(file, parts[-1], cache_control(given.max_age), ContractResponse)


def _style(version: str) -> Response:
    # A page kept from an older release names its own version, and gets today's style for as long as
    # pages are kept.
    style = services().style
    return respond(style, caching=IMMUTABLE if version == style.etag else "")
