"""Exceptions → answers: the one table from the error tree to statuses, and short pages.

It must not fail where the index cannot be read: the page has no site then, only words.
"""

import json
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from flask import Flask, Response, current_app, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.http import http_date
from werkzeug.urls import iri_to_uri

from feedservice.domain import urls
from feedservice.domain.errors import (
    AddressTooLong,
    BadParameter,
    Gone,
    IndexFilling,
    IndexUnavailable,
    MediaUnavailable,
    Moved,
    MovedByQuery,
    NotFound,
    SearchUnavailable,
)
from feedservice.domain.model import Site
from feedservice.domain.route import HTML, SENT_TO, Kind, Route
from feedservice.domain.text import clean
from feedservice.i18n import LANGUAGES, Message, _, render, supported
from feedservice.publishing.moved_addresses import article_at
from feedservice.publishing.suggestions import Suggestions, suggestions
from feedservice.web.render import page
from feedservice.web.respond import (
    ALLOW,
    PAGE,
    RETRY_AFTER,
    REVALIDATED,
    ContractResponse,
)
from feedservice.web.routing import HIDDEN_PATH, ROUTE
from feedservice.web.services import services

STATUSES: Mapping[type[Exception], int] = MappingProxyType(
    {
        BadParameter: 400,
        NotFound: 404,
        Gone: 410,
        AddressTooLong: 414,
        Moved: 301,
        IndexUnavailable: 503,
        MediaUnavailable: 503,
    }
)

WORDING: Mapping[int, tuple[Message, Message]] = MappingProxyType(
    {
        301: (_("This page has moved"), _("You find it at its new address:")),
        400: (_("A value in the address is not accepted"), _("This address cannot be read.")),
        404: (
            _("Page not found"),
            _(
                "Nothing is published at this address. It may have changed, or there is a typing "
                "error in it."
            ),
        ),
        405: (
            _("Method not allowed"),
            _("This address can only be read: GET, HEAD and OPTIONS."),
        ),
        410: (
            _("This page is no longer available"),
            _("What was here has been withdrawn or has expired."),
        ),
        414: (
            _("The address is too long"),
            _("No address of this site is as long as this one."),
        ),
        416: (
            _("The range is outside the file"),
            _("The file does not contain the range that was asked for."),
        ),
        500: (
            _("Something went wrong on the server"),
            _("The error has been recorded. Try again in a moment."),
        ),
        503: (_("The site is being prepared"), _("Try again in a few seconds.")),
    }
)
"""What people are told: the heading and the sentence of each status; any other has 500's."""

SEARCHLESS = (
    _("The search is being prepared"),
    _("Articles, lists and feeds can be read already. Try the search again in a minute."),
)


_FILES = frozenset(
    {
        Kind.MEDIA,
        Kind.PICTURE,
        Kind.STATIC,
        Kind.PREVIEW,
        Kind.METRICS,
        Kind.HEALTH,
        *SENT_TO,
    }
)
"""What lives at addresses that no reader types."""


def answer_errors(app: Flask) -> None:
    """Let every exception that reaches the edge end in an answer of ours."""
    for kind in STATUSES:
        app.register_error_handler(kind, _answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unknown)


def _answer(error: Exception) -> Response:
    if isinstance(error, MovedByQuery):
        return _follow_query(error)
    is_elsewhere = isinstance(error, Moved) and _route().kind is Kind.OTHER
    if is_elsewhere or isinstance(error, NotFound):
        response = _follow_redirects()
        if response is not None:
            return response
    headers = Headers()
    if isinstance(error, Moved):
        return _move(error.location)
    if isinstance(error, IndexUnavailable) and not isinstance(error, IndexFilling):
        current_app.logger.warning("%r: %s", _asked(), error)
    if isinstance(error, IndexUnavailable | MediaUnavailable):
        headers["Retry-After"] = RETRY_AFTER
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    return _say(status, headers, error)


def _answer_http(error: HTTPException) -> Response:
    if isinstance(error, NoRoute):
        return _answer(NotFound(_route().path))
    headers = Headers(
        [(name, value) for name, value in error.get_headers() if name == "Content-Range"]
    )
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ALLOW
    return _say(error.code or 500, headers)


def _answer_unknown(error: Exception) -> Response:
    current_app.logger.error("%r", _asked(), exc_info=error)
    return _say(500)


def _route() -> Route:
    route: Route = request.environ[ROUTE]
    return route


def _asked() -> str:
    """What was asked for, short; to be written with %r, which no character can break out of."""
    path = HIDDEN_PATH if _route().kind is Kind.PREVIEW else request.path
    return f"{request.method} {path}"[:300]


def _follow_redirects() -> Response | None:
    """Follow site.yaml's redirects, or answer 503 where nobody can know them."""
    if request.method not in ("GET", "HEAD"):
        return None
    try:
        target = services().publisher.redirect(clean(_route().path))
    except IndexUnavailable as error:
        return _answer(error)
    return _move(target) if target else None


def _follow_query(moved: MovedByQuery) -> Response:
    """Follow a query where it leads to something; a pattern fits numbers that never were."""
    if not moved.slug:
        return _move(moved.location)
    try:
        target = services().publisher.ask(partial(article_at, slug=moved.slug))
    except IndexUnavailable as error:
        return _answer(error)
    return _move(target) if target else _answer(NotFound(_route().path))


def _move(location: str) -> Response:
    site, target = _site(), iri_to_uri(location)
    target = urls.from_host(site.base_url, target) if site else target
    # An alias may become a slug again, a spelling the first of its tag: who kept a 301 that has
    # turned round would go in a circle.
    headers = Headers({"Location": target, "Cache-Control": REVALIDATED})
    return _say(301, headers)


def _until(status: int) -> dict[str, str]:
    """When time alone may put something else at the address, for whoever keeps the answer."""
    if status not in (301, 404, 410):
        return {}
    try:
        moment = services().publisher.good_until()
    except IndexUnavailable:
        return {}
    return {"Expires": http_date(moment.replace(microsecond=0))} if moment else {}


def _suggestions(error: Exception | None) -> Suggestions | None:
    """What a reader may have meant who asked for a page that is not there."""
    route = _route()
    is_file = route.kind in _FILES or not (route.format in ("", HTML) or route.is_list)
    if not isinstance(error, NotFound) or is_file or request.method not in ("GET", "HEAD"):
        return None
    try:
        return services().publisher.ask(partial(suggestions, clean(route.path)))
    except IndexUnavailable:
        return None


def _say(status: int, headers: Headers | None = None, error: Exception | None = None) -> Response:
    refused = error if isinstance(error, BadParameter) else None
    headers = headers or Headers()
    said = SEARCHLESS if isinstance(error, SearchUnavailable) else None
    heading, text = said or WORDING.get(status, WORDING[500])
    headers.setdefault("Cache-Control", "no-store" if status >= 500 else "no-cache")
    headers.extend(_until(status))
    if _route().path.endswith(".json"):
        return ContractResponse(
            _as_json(status, heading, text, refused, _site(error)),
            status,
            headers,
            content_type="application/json; charset=utf-8",
        )
    site = _site(error)
    own = _language(site)
    is_bilingual = site is None or refused is not None
    body = page(
        "error.html",
        site,
        status=status,
        languages=sorted(LANGUAGES, key=lambda each: each != own) if is_bilingual else [own],
        heading=heading,
        text=_("Accepted: {accepted}", accepted=refused.accepted) if refused else text,
        back=_("To the front page"),
        refused=refused,
        location=headers.get("Location"),
        gone=error.article if isinstance(error, Gone) else None,
        near=_suggestions(error),
    )
    return ContractResponse(body, status, headers, content_type=PAGE)


def _as_json(
    status: int,
    heading: Message,
    text: Message,
    refused: BadParameter | None,
    site: Site | None,
) -> str:
    language = _language(site)
    told: dict[str, object] = {
        "status": status,
        "title": render(heading, language),
        "message": render(text, language),
    }
    if refused is not None:
        told |= {
            "parameter": refused.parameter,
            "value": refused.value,
            "accepted": {each: render(refused.accepted, each) for each in LANGUAGES},
        }
    return json.dumps({"error": told}, ensure_ascii=False)


def site_language() -> str:
    """Return what readers are spoken to in: Arabic where nobody knows the site."""
    return _language(_site())


def _language(site: Site | None) -> str:
    return supported(site.language) if site else "ar"


def _site(error: Exception | None = None) -> Site | None:
    """The site, unless it was just asked for in vain: asking again may take as long again."""
    if isinstance(error, IndexUnavailable) and not isinstance(error, IndexFilling):
        return None
    try:
        return services().publisher.site()
    # Whatever keeps the site from us, the reader is owed the answer that was being made.
    except Exception:  # noqa: BLE001
        return None
