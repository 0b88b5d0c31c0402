"""What answers each kind of route: lists, articles, the files beside them, operators' questions."""

from collections.abc import Callable, Mapping
from datetime import UTC
from functools import partial
from types import MappingProxyType

from flask import Response, request

from feedservice.domain.derived_pictures import WEBP, taken_apart
from feedservice.domain.errors import IndexUnavailable, NotFound
from feedservice.domain.route import HTML, LISTS, Kind, Route
from feedservice.domain.site_icons import MANIFEST
from feedservice.domain.theme import Theme
from feedservice.domain.urls import percent
from feedservice.feeds import opensearch
from feedservice.feeds.feed import Document
from feedservice.feeds.formats import ATOM, RSS
from feedservice.feeds.structured_data import news_article
from feedservice.http.cache import DEGRADED, HELD
from feedservice.publishing.directory import directory, month, subscription_list
from feedservice.publishing.search_page import SearchPage
from feedservice.publishing.subscriptions import subscription
from feedservice.web import icons, media, sharing, subscribing
from feedservice.web.render import page
from feedservice.web.respond import (
    IMMUTABLE,
    PAGE,
    PLAIN,
    RETRY_AFTER,
    REVALIDATED,
    ContractResponse,
    cache_control,
    page_document,
    respond,
)
from feedservice.web.services import services
from feedservice.web.stylesheet import font_file, stylesheet

METRICS = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text format."""


def _list(route: Route) -> Response:
    publisher = services().publisher
    if route.period:
        return respond(publisher.archive(route))
    if route.format != HTML:
        feed = publisher.feed(route, request.environ.get(HELD))
        return respond(feed, is_indexed=route.is_indexed)
    listing = publisher.listing(route)
    if isinstance(listing, SearchPage):
        body = page("search.html", listing.site, found=listing)
        document = page_document(body, PAGE, listing.last_modified, listing.good_until)
        return respond(document, is_indexed=False, caching=REVALIDATED)
    is_indexed = route.is_indexed and (bool(listing.cards) or route.kind is not Kind.TAG)
    body = page("list.html", listing.site, listing=listing, is_indexed=is_indexed)
    document = page_document(body, PAGE, listing.last_modified, listing.good_until)
    return respond(document, is_indexed=is_indexed, caching=REVALIDATED)


def _article(route: Route) -> Response:
    article = services().publisher.article(route.name)
    body = page(
        "article.html",
        article.site,
        article=article,
        data=news_article(article),
        ways=sharing.links(article.canonical_url, article.card.title),
        script=services().script.etag,
    )
    found = page_document(body, PAGE, article.last_modified, article.good_until)
    return respond(found, caching=REVALIDATED)


def _page(route: Route) -> Response:
    found = services().publisher.article(route.name)
    body = page("page.html", found.site, article=found)
    document = page_document(body, PAGE, found.last_modified, found.good_until)
    return respond(document, caching=REVALIDATED)


def _feeds(route: Route) -> Response:
    publisher = services().publisher
    if route.format == "opml":
        return respond(publisher.ask(partial(subscription_list, route)))
    found = publisher.ask(partial(directory, route, kept=publisher.rows))
    template = "feeds.html" if route.kind is Kind.FEEDS else "directory.html"
    body = page(template, found.site, found=found, path=route.path)
    return respond(page_document(body, PAGE, good_until=found.good_until), caching=REVALIDATED)


def _directory(route: Route) -> Response:
    if not route.period:
        return _feeds(route)
    found = services().publisher.ask(partial(month, route))
    body = page("month.html", found.site, found=found, path=route.path)
    document = page_document(body, PAGE, found.last_modified, found.good_until)
    return respond(document, caching=REVALIDATED)


def _subscribe(route: Route) -> Response:
    found = services().publisher.ask(partial(subscription, route))
    urls = {each.media_type: found.site.base_url + each.path for each in found.feeds}
    first = next(each for each in found.feeds if each.media_type == ATOM.media_type)
    url, rss = urls[ATOM.media_type], urls[RSS.media_type]
    body = page(
        "subscribe.html",
        found.site,
        found=found,
        first=first,
        script=services().script.etag,
        programs=subscribing.links(subscribing.PROGRAMS, url),
        services=subscribing.links(subscribing.SERVICES, url),
        own_servers=subscribing.links(subscribing.OWN_SERVERS, url),
        podcasts=subscribing.links(subscribing.PODCASTS, rss) if found.is_audio else [],
        mailers=subscribing.links(subscribing.MAILERS, url),
        code=subscribing.qr_code(found.url, found.title),
    )
    document = page_document(body, PAGE, good_until=found.good_until)
    return respond(document, is_indexed=False, caching=REVALIDATED)


def _robots(_route: Route) -> Response:
    # Searches stay allowed: a crawler that may not fetch them never sees that they are noindex.
    sitemaps, good_until = services().publisher.sitemaps()
    lines = ("User-agent: *", "Disallow:", *(f"Sitemap: {url}" for url in sitemaps), "")
    return respond(page_document("\n".join(lines), PLAIN, good_until=good_until))


def _opensearch(_route: Route) -> Response:
    found = opensearch.render(services().publisher.site())
    return respond(page_document(found, opensearch.MEDIA_TYPE))


def _sitemap(route: Route) -> Response:
    return respond(services().publisher.sitemap(route.name))


def _elsewhere(base: str, route: Route) -> Response:
    headers = {
        "Location": base + percent(route.path),
        "Cache-Control": cache_control(services().max_age),
    }
    return ContractResponse(status=302, headers=headers, content_type=PLAIN)


def _media(route: Route) -> Response:
    if base := services().media_at:
        return _elsewhere(base, route)
    file = services().open_media(route.name)
    if file is None:
        raise NotFound(route.path)
    name = route.name.rpartition("/")[2]
    return media.send(file, name, cache_control(services().max_age), ContractResponse)


def _picture(route: Route) -> Response:
    if base := services().media_at:
        return _elsewhere(base, route)
    # Until it is made, the original is shown: no page names a picture that is not there.
    digest, width, rest = taken_apart(route.name)
    source, size = rest.removesuffix(WEBP), f"{width}{WEBP}"
    # First, as most are asked for: to know that a name is not there, all of its folder is read.
    original = services().open_media(source) if source != rest else None
    if original is None:
        source, size = rest, width
        original = services().open_media(source)
    if original is None:
        raise NotFound(route.path)
    name = route.name.rpartition("/")[2]
    made = services().open_derived(digest, size, source)
    if made is None:
        return media.send(original, name, REVALIDATED, ContractResponse)
    original.stream.close()
    return media.send(made, name, IMMUTABLE, ContractResponse)


def _static(route: Route) -> Response:
    # A page kept from an older release names its own version, and gets today's style for as long as
    # pages are kept.
    file: Document | None = services().script
    if route.format == "woff2":
        file = font_file(route.path.rpartition("/")[2])
    elif route.format == "css":
        file = _style(route)
    if file is None:
        raise NotFound(route.path)
    return respond(file, caching=IMMUTABLE if route.name == file.etag else "")


def _style(route: Route) -> Document:
    """The stylesheet of the site; of no site where nobody knows it, as of pages that say so."""
    ours = stylesheet(Theme())
    if route.name == ours.etag:
        return ours
    try:
        return stylesheet(services().publisher.site().theme)
    except IndexUnavailable:
        return ours


def _icon(route: Route) -> Response:
    publisher = services().publisher
    if route.name == MANIFEST:
        return respond(icons.manifest(publisher.site()))
    return respond(icons.icon(publisher, route.name))


def _health(route: Route) -> Response:
    if route.name == "healthz":  # whether the process lives: asks nobody
        return _status("ok")
    # Kept answers are answers, where the index itself has none.
    kept_since = request.environ.get(DEGRADED, lambda: None)
    since = kept_since()
    state = "degraded" if since else services().publisher.state()
    if state == "ready":
        since = services().behind_since()
    if since:
        state = f"degraded since {since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    response = _status(state)
    if state == "filling":
        response.status_code = 503
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _metrics(_route: Route) -> Response:
    return _status(services().scrape(), METRICS)


def _status(body: str | bytes, media_type: str = PLAIN) -> Response:
    """An answer that is true at this moment only."""
    return ContractResponse(body, headers={"Cache-Control": "no-store"}, content_type=media_type)


VIEWS: Mapping[Kind, Callable[[Route], Response]] = MappingProxyType(
    {
        **dict.fromkeys(LISTS, _list),
        Kind.ARTICLE: _article,
        Kind.PAGE: _page,
        Kind.FEEDS: _feeds,
        Kind.DIRECTORY: _directory,
        Kind.SUBSCRIBE: _subscribe,
        Kind.OPENSEARCH: _opensearch,
        Kind.SITEMAP: _sitemap,
        Kind.ROBOTS: _robots,
        Kind.MEDIA: _media,
        Kind.PICTURE: _picture,
        Kind.STATIC: _static,
        Kind.ICON: _icon,
        Kind.HEALTH: _health,
        Kind.METRICS: _metrics,
    }
)
