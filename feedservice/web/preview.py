"""The preview: pages for editors, on loopback only, that reload when a file is saved."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request

from feedservice.domain.model import Problem
from feedservice.publishing.preview import Preview
from feedservice.web.render import page
from feedservice.web.respond import PAGE, ContractResponse

Describe = Callable[[Problem, str], tuple[str, str]]
"""Puts a problem in words: what is wrong, and the remedy, in a language."""

_POLICY = (
    "default-src 'none'; img-src 'self' https: http: data:; media-src 'self' https: http:; "
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

    @blueprint.before_request
    def only_this_machine() -> None:
        # Another site's name that leads here (DNS rebinding) must not read drafts.
        if (
            urlsplit(f"//{request.host}").hostname not in _LOOPBACK
            or request.remote_addr not in _LOOPBACK
        ):
            abort(403)

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


def _answer(body: str, media_type: str = PAGE) -> Response:
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    return ContractResponse(body, headers=headers, content_type=media_type)
