"""The preview: pages for editors, on loopback only, that reload when a file is saved."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, Response

from feedservice.domain.model import Problem
from feedservice.publishing.preview import Preview
from feedservice.web.render import page
from feedservice.web.respond import PAGE, ContractResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Describe = Callable[[Problem, str], tuple[str, str]]
"""Puts a problem in words: what is wrong, and the remedy, in a language."""

_POLICY = (
    "default-src 'none'; img-src 'self' https: http:; media-src 'self' https: http:; "
    "style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_RELOAD = """\
let seen = null;
setInterval(async () => {
  try {
    const now = await (await fetch("/preview/state")).text();
    if (seen !== null && now !== seen) location.reload();
    seen = now;
  } catch {}
}, 500);
"""


def preview_blueprint(preview: Preview, describe: Describe) -> Blueprint:
    """Return the routes of the preview."""
    blueprint = Blueprint("preview", __name__)

    @blueprint.get("/preview", strict_slashes=False)
    def listing() -> Response:
        site, rows = preview.rows()
        return _answer(page("preview_list.html", site, rows=rows, describe=describe))

    @blueprint.get("/preview/articles/<slug>")
    def article(slug: str) -> Response:
        proof = preview.proof(slug)
        shown = {"article": proof.page, "proof": proof, "describe": describe}
        return _answer(page("preview_article.html", proof.page.site, **shown))

    @blueprint.get("/preview/state")
    def state() -> Response:
        return _answer(preview.fingerprint(), "text/plain; charset=utf-8")

    @blueprint.get("/preview/reload.js")
    def script() -> Response:
        return _answer(_RELOAD, "text/javascript; charset=utf-8")

    return blueprint


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
