"""`create_app`: the Flask app around a publisher. It constructs nothing else; wiring hands it what
it needs.
"""

from collections.abc import Callable
from importlib.resources import files

from flask import Flask, Response, request

from feedservice.domain.errors import NotFound
from feedservice.web.errors import answer_errors
from feedservice.web.feeds import ALLOW, feeds_blueprint
from feedservice.web.health import health_blueprint
from feedservice.web.media import OpenMedia
from feedservice.web.pages import pages_blueprint
from feedservice.web.render import prepare
from feedservice.web.respond import ContractResponse, page_document
from feedservice.web.services import Publisher, Services, Sitemaps, install

POLICY = (
    "default-src 'none'; img-src 'self' https: http: data:; media-src 'self' https: http:; style-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def create_app(
    publisher: Publisher,
    sitemaps: Sitemaps,
    open_media: OpenMedia,
    *,
    max_age: int = 300,
    scrape: Callable[[], bytes] = bytes,
    before_request: Callable[[], None] | None = None,
) -> Flask:
    """Return the app, which answers plain GETs: conditions and content codings are `http.cache`'s,
    around it.

    Args:
        publisher: answers what is asked.
        sitemaps: answers what search engines ask.
        open_media: opens files of content/media/.
        max_age: seconds for which caches may keep documents.
        scrape: what /metrics answers.
        before_request: called before each request but /healthz, which asks nobody.
    """
    app = Flask("feedservice.web", static_folder=None)
    app.response_class = ContractResponse
    app.url_map.merge_slashes = (
        False  # its redirect would make an absolute address from the Host header
    )
    style = page_document(
        (files("feedservice.web") / "static" / "style.css").read_bytes(), "text/css; charset=utf-8"
    )
    given = Services(
        publisher=publisher,
        sitemaps=sitemaps,
        open_media=open_media,
        scrape=scrape,
        max_age=max_age,
        style=style,
    )
    install(app.extensions, given)
    prepare(app)
    for blueprint in (feeds_blueprint(), pages_blueprint(), health_blueprint()):
        app.register_blueprint(blueprint)
    answer_errors(app)
    app.before_request(_answer_early)
    if before_request is not None:
        app.before_request(_except_health(before_request))
    app.after_request(_protect)
    return app


def _except_health(call: Callable[[], None]) -> Callable[[], None]:
    def before() -> None:
        if request.endpoint != "health.alive":
            call()

    return before


def _answer_early() -> Response | None:
    """Answer OPTIONS, and refuse characters that no address of ours has: NUL, and bytes that are
    not UTF-8.
    """
    if "\0" in request.path or "\ufffd" in request.path:
        raise NotFound(request.path)
    if request.method == "OPTIONS" and request.url_rule is not None:
        response = ContractResponse(status=204, headers={"Allow": ALLOW})
        del response.headers["Content-Type"]
        return response
    return None


def _protect(response: Response) -> Response:
    headers = response.headers
    response.vary.add("Accept-Encoding")
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    return response
