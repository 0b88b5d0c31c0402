"""The preview: pages for editors, on loopback only, that reload when a file is saved."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from markupsafe import Markup

from feedservice.domain.errors import NotFound
from feedservice.domain.model import Problem
from feedservice.domain.text import one_line
from feedservice.publishing.preview import Preview
from feedservice.web.formatting import weeks_of
from feedservice.web.render import page, with_isolates
from feedservice.web.respond import PAGE, ContractResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Describe = Callable[[Problem, str], tuple[str, str]]
"""Puts a problem in words: what is wrong, and the remedy, in a language, with isolates; rows to
paste follow the first line of the remedy."""

_POLICY = (
    "default-src 'none'; img-src 'self' https: http:; media-src 'self' https: http:; "
    "style-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_RELOAD = """\
let seen = null;
setInterval(async () => {
  try {
    if (document.hidden) return;
    const now = await (await fetch("/preview/state")).text();
    if (seen !== null && now !== seen) location.reload();
    seen = now;
  } catch {}
}, 1000);
"""


_MONTH = re.compile(r"(19\d\d|20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
_PAGE = re.compile(r"[1-9]\d{0,6}", re.ASCII)
_MOST_QUERY = 200


def preview_blueprint(preview: Preview, describe: Describe) -> Blueprint:
    """Return the routes of the preview."""
    blueprint = Blueprint("preview", __name__)
    told = partial(_told, describe)

    @blueprint.get("/preview", strict_slashes=False)
    def listing() -> Response:
        asked = request.args
        number = _PAGE.fullmatch(asked.get("page", ""))
        files = preview.listing(
            asked.get("state", ""),
            one_line(asked.get("q", "")[: 2 * _MOST_QUERY])[:_MOST_QUERY],
            int(number[0]) if number else 1,
        )
        return _answer(page("preview_list.html", files.site, files=files, told=told))

    @blueprint.get("/preview/calendar")
    def calendar() -> Response:
        asked = _MONTH.fullmatch(request.args.get("month", ""))
        month = preview.month(int(asked[1]), int(asked[2])) if asked else preview.month()
        weekdays, weeks = weeks_of(month.first, month.site.language)
        shown = {"month": month, "weekdays": weekdays, "weeks": weeks}
        return _answer(page("preview_calendar.html", month.site, **shown))

    @blueprint.get("/preview/articles/<path:slug>")
    def article(slug: str) -> Response:
        proof = preview.proof(slug)
        shown = {"article": proof.page, "proof": proof, "told": told}
        return _answer(page("preview_article.html", proof.page.site, **shown))

    @blueprint.get("/preview/entries/<path:slug>")
    def entry(slug: str) -> Response:
        proof = preview.proof(slug)
        if not proof.entries:
            raise NotFound(slug)
        return _answer(page("preview_entry.html", proof.page.site, proof=proof))

    @blueprint.get("/preview/state")
    def state() -> Response:
        return _answer(preview.fingerprint(), "text/plain; charset=utf-8")

    @blueprint.get("/preview/reload.js")
    def script() -> Response:
        return _answer(_RELOAD, "text/javascript; charset=utf-8")

    return blueprint


def _told(describe: Describe, problem: Problem, language: str) -> tuple[Markup, Markup, list[str]]:
    """What is wrong, the remedy, and rows to paste."""
    wrong, remedy = describe(problem, language)
    first, *rows = remedy.split("\n")
    return with_isolates(wrong), with_isolates(first), rows


def only_this_machine(app: "WSGIApplication") -> "WSGIApplication":
    """Answer only this machine, under its own name, and let no other site's scripts read it.

    Another site's name that leads here (DNS rebinding), or a page that is open in the same browser,
    must not read what is not deployed.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not _is_loopback(environ):
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"The preview answers this machine only.\n"]

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            kept = [each for each in headers if not each[0].lower().startswith("access-control-")]
            return start_response(status, kept, *exc_info)

        return app(environ, start)

    return answer


def _is_loopback(environ: "WSGIEnvironment") -> bool:
    try:
        name = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname
    except ValueError:
        return False
    return name in _LOOPBACK and environ.get("REMOTE_ADDR") in _LOOPBACK


def _answer(body: str, media_type: str = PAGE) -> Response:
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    return ContractResponse(body, headers=headers, content_type=media_type)
