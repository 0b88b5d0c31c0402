"""`create_app`: the Flask app around a publisher, which is handed to it.

Flask's own router is asked only below /preview: a request's `Route` says what answers it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from importlib.resources import files
from types import MappingProxyType

from flask import Flask, Response, request
from werkzeug.exceptions import MethodNotAllowed

from feedservice.domain.errors import NotFound
from feedservice.domain.route import SENT_TO, Kind, Route
from feedservice.http.lru import SegmentedLRU
from feedservice.publishing.publisher import Publisher
from feedservice.web.cdn import Cdn
from feedservice.web.desk import Desk
from feedservice.web.errors import answer_errors
from feedservice.web.intake import Door, Intake
from feedservice.web.media import OpenDerived, OpenMedia
from feedservice.web.operators import LOOPBACK, Network, is_for_operators, is_operator
from feedservice.web.render import prepare
from feedservice.web.respond import ALLOW, POLICY, ContractResponse, page_document
from feedservice.web.routing import ROUTE
from feedservice.web.services import Services, TemplateFailed, install, services
from feedservice.web.views import VIEWS

Views = Mapping[Kind, Callable[[Route], Response]]


def create_app(
    publisher: Publisher,
    open_media: OpenMedia,
    *,
    open_derived: OpenDerived = lambda *_: None,
    media_at: str = "",
    max_age: int = 300,
    cards: int = 4 * 1024 * 1024,
    cdn: Cdn | None = None,
    scrape: Callable[[], bytes] = bytes,
    operators: Iterable[Network] = LOOPBACK,
    behind_since: Callable[[], datetime | None] = lambda: None,
    intakes: Mapping[Kind, Intake] = MappingProxyType({}),
    desk: Desk | None = None,
    before_request: Callable[[], None] | None = None,
    template_failed: TemplateFailed = lambda *_: None,
) -> Flask:
    """Return the app, which answers plain GETs once `routing` has read their addresses.

    Conditions and content codings are the work of `http.cache`, around it.

    Args:
        publisher: answers what is asked.
        open_media: opens files of content/media/.
        open_derived: opens smaller pictures.
        media_at: the address that readers of both are sent to instead, where there is one.
        max_age: seconds for which caches may keep documents.
        cards: bytes of HTML of articles in lists to keep.
        cdn: what stands in front, where it is to be told something.
        scrape: what /metrics answers.
        operators: who may ask /readyz and /metrics; others are answered 404.
        behind_since: since when content cannot be had from its source; None while it can.
        intakes: what takes what is sent to an address of a kind; without one nothing is there.
        desk: what is at /desk; nothing is there without.
        before_request: called before each request but /healthz, which asks nobody.
        template_failed: told of faults of a site's own templates.
    """
    app = Flask("feedservice.web", static_folder=None)
    app.response_class = ContractResponse
    # Its redirect would make an absolute address from the Host header.
    app.url_map.merge_slashes = False
    script = (files("feedservice.web") / "static" / "copy.js").read_bytes()
    given = Services(
        publisher=publisher,
        open_media=open_media,
        open_derived=open_derived,
        media_at=media_at,
        scrape=scrape,
        max_age=max_age,
        behind_since=behind_since,
        cdn=cdn,
        script=page_document(script, "text/javascript; charset=utf-8"),
        template_failed=template_failed,
        cards=SegmentedLRU(cards),
    )
    install(app.extensions, given)
    door = Door(intakes)
    views = dict(VIEWS)
    if desk:
        views[Kind.DESK] = lambda route: desk.answer(route, publisher.known()[1])
    prepare(app)
    answer_errors(app)

    def answer() -> Response | None:
        route: Route = request.environ[ROUTE]
        if is_for_operators(route) and not is_operator(request.environ, operators):
            raise NotFound(route.path)
        if route.kind in SENT_TO:
            if before_request is not None:
                before_request()
            return door.answer(route)
        if request.method == "OPTIONS" and route.kind not in (Kind.OTHER, Kind.PREVIEW):
            return _options(route)
        if before_request is not None and request.path != "/healthz":
            before_request()
        if route.kind is Kind.PREVIEW:
            return None  # a blueprint of the preview's app
        return _answer(route, views)

    app.before_request(answer)
    app.after_request(_protect)
    return app


def _answer(route: Route, views: Views) -> Response:
    is_somewhere = route.kind is not Kind.OTHER and route.kind in views
    if request.method not in ("GET", "HEAD"):
        raise MethodNotAllowed if is_somewhere else NotFound(route.path)
    if route.refusal and not route.names_list:  # a list's may be outdated: the publisher knows
        raise route.refusal
    if route.kind not in views:
        raise NotFound(route.path)
    return views[route.kind](route)


def _options(route: Route) -> Response:
    """Say how an address may be asked, and in a preflight how scripts of other sites may."""
    response = ContractResponse(status=204, headers={"Allow": ALLOW})
    del response.headers["Content-Type"]
    if route.is_feed:
        response.headers["Access-Control-Allow-Methods"] = ALLOW
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _protect(response: Response) -> Response:
    headers, route = response.headers, request.environ[ROUTE]
    if route.is_feed:
        # Scripts of any site may read feeds (CORS).
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = "ETag, Link"
    response.vary.add("Accept-Encoding")
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    if route.kind is Kind.PREVIEW:  # the address alone lets one in: nobody is to learn it
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Robots-Tag"] = "noindex"
        headers["Cache-Control"] = "no-store"
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    cdn = services().cdn
    if cdn and response.status_code != 304:
        caching = headers.get("Cache-Control", "")
        headers.update(cdn.headers(route, response.status_code, caching))
    return response
