"""``/micropub`` and ``/micropub/media``: HTTP ⇄ what `micropub.desk` does.

A token is looked at before a body is read, but where the body holds it (RFC 6750 §2.2). Micropub:
https://www.w3.org/TR/micropub/.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from urllib.parse import parse_qsl

from flask import Request, Response
from werkzeug.exceptions import RequestEntityTooLarge

from feedservice.domain import urls
from feedservice.domain.model import Site
from feedservice.domain.route import Kind
from feedservice.i18n import LANGUAGES, Message, _, render
from feedservice.micropub.actions import MAX_VALUES, Refused, from_form, from_json
from feedservice.micropub.actions import Kind as Act
from feedservice.micropub.desk import MAX_FILE, Desk
from feedservice.micropub.done import Done
from feedservice.micropub.tokens import Token
from feedservice.web import intake
from feedservice.web.intake import Intake
from feedservice.web.respond import ContractResponse

LIMIT = MAX_FILE + 1024 * 1024
"""Bytes of a body with files."""
TEXT_LIMIT = 4 * 1024 * 1024
"""Bytes of a body of text; an article has no more."""
PATH, UPLOAD_PATH = "/micropub", "/micropub/media"
_JSON, _MULTIPART = "application/json", "multipart/form-data"
_URLENCODED = "application/x-www-form-urlencoded"
_FILES = ("photo", "audio", "video")
_QUERIES = ("config", "source", "syndicate-to", "category")
_CORS: Mapping[str, str] = MappingProxyType(
    {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
        "Access-Control-Expose-Headers": "Location, ETag, WWW-Authenticate",
        "Access-Control-Max-Age": "86400",
    }
)
"""Programs that run in a browser may ask: it is the token that lets them in, and no cookie."""


def intakes(desk: Desk) -> dict[Kind, Intake]:
    """Return what takes requests of Micropub, by kind of address."""
    made: dict[Kind, tuple[Callable[[Desk, Request], Response], tuple[str, ...]]] = {
        Kind.MICROPUB: (_micropub, ("GET", "HEAD", "POST")),
        Kind.UPLOAD: (_upload, ("POST",)),
    }
    return {
        kind: Intake(
            answer=partial(_refusing, desk, answer),
            limit=LIMIT,
            methods=methods,
            closed=partial(_closed, desk),
            headers=_CORS,
        )
        for kind, (answer, methods) in made.items()
    }


def links(desk: Desk, site: Site, indieauth: str = "") -> tuple[str, ...]:
    """Return what the front page leads to, where anybody may write.

    Args:
        desk: at which one writes.
        site: whose front page it is.
        indieauth: the metadata of the server that gives out tokens, if one does.
    """
    if not desk.is_open():
        return ()
    found = (f'<{urls.absolute(site.base_url, PATH)}>; rel="micropub"',)
    return (*found, f'<{indieauth}>; rel="indieauth-metadata"') if indieauth else found


def _closed(desk: Desk) -> intake.Refused | None:
    if desk.is_open():
        return None
    told = _("nobody may write here: make a token with {command}", command="feedservice token new")
    return _refused(Refused(404, "not_found", told))


def _refusing(
    desk: Desk, answer: Callable[[Desk, Request], Response], request: Request
) -> Response:
    try:
        return answer(desk, request)
    except Refused as refused:
        raise _refused(refused) from refused


def _refused(refused: Refused) -> intake.Refused:
    told = " · ".join(render(refused.description, each) for each in LANGUAGES)
    headers = {}
    if refused.status in (401, 403):  # RFC 6750 §3
        named = f', error="{refused.error}"' if refused.error != "unauthorized" else ""
        headers["WWW-Authenticate"] = f'Bearer realm="micropub"{named}'
    description = Message("{told}", {"told": told})
    return intake.Refused(refused.status, refused.error, description, headers)


def _micropub(desk: Desk, request: Request) -> Response:
    if request.method != "POST":
        token = _token(desk, request)
        if request.args.get("q") == "source":  # which tells of drafts
            _need(token, *Act)
        return _query(desk, request)
    if request.mimetype == _JSON:
        _token(desk, request)  # before a body is read
        action = from_json(_text(request))
        token = _token(desk, request)  # which may have been revoked while that was sent
    else:
        token, pairs = _form(desk, request)
        action = from_form(pairs)
    _need(token, action.kind)
    if action.kind is not Act.CREATE:
        # What stands between may have made it a weak one; it is of the bytes all the same.
        version = request.headers.get("If-Match", "").removeprefix("W/").strip('"*')
        return _done(desk.change(action, token, version))
    files = request.files.items(multi=True) if request.mimetype == _MULTIPART else ()
    uploads = [
        (name, file.filename or "", file.read())
        for name, file in ((name.removesuffix("[]"), file) for name, file in files)
        if name in _FILES and file.filename
    ]
    return _done(desk.create(action, token, uploads))


def _query(desk: Desk, request: Request) -> Response:
    match request.args.get("q", ""):
        case "config":
            return _json(
                {
                    "media-endpoint": urls.absolute(desk.site().base_url, UPLOAD_PATH),
                    "syndicate-to": [],
                    "post-types": [{"type": "article", "name": desk.site().title}],
                    "categories": desk.categories(),
                    "q": _QUERIES,
                }
            )
        case "syndicate-to":
            return _json({"syndicate-to": []})
        case "category":
            return _json({"categories": desk.categories()})
        case "source":
            args = request.args
            names = [*args.getlist("properties[]"), *args.getlist("properties")]
            found, version = desk.source(args.get("url", ""), names)
            response = _json(found)
            response.headers["ETag"] = f'"{version}"'
            return response
        case other:
            told = _("q={value!r} is unknown. Known: {known}", value=other[:100], known=_QUERIES)
            raise Refused.invalid(told)


def _upload(desk: Desk, request: Request) -> Response:
    token, _pairs = _form(desk, request)
    _need(token, "media", Act.CREATE)  # one may send what one may also attach (§3.6.2)
    if request.mimetype != _MULTIPART or "file" not in request.files:
        raise Refused.invalid(_("a part called file is missing (multipart/form-data)"))
    file = request.files["file"]
    url = desk.upload(file.read(), file.filename or "", token)
    response = _json({"url": url}, 201)
    response.headers["Location"] = url
    return response


def _token(desk: Desk, request: Request) -> Token:
    """Return the token of the header."""
    secret = _in_header(request)
    if secret is None:
        raise Refused(401, "unauthorized", _("a token is missing (Authorization: Bearer …)"))
    return desk.token(secret)


def _form(desk: Desk, request: Request) -> tuple[Token, list[tuple[str, str]]]:
    """Return the token of the header or of the form, and the form."""
    secret = _in_header(request)
    if secret is not None:
        desk.token(secret)  # before a body is read
    if request.mimetype == _MULTIPART:
        request.max_form_memory_size = TEXT_LIMIT
        pairs = [*request.form.items(multi=True)]
    elif request.mimetype == _URLENCODED:
        pairs = _pairs(_text(request))
    else:
        if secret is None:
            _token(desk, request)
        kinds = (_JSON, _URLENCODED, _MULTIPART)
        raise Refused(415, "invalid_request", _("the body may be: {known}", known=kinds))
    said = dict(pairs).get("access_token", "")
    if secret is not None and said:
        raise Refused.invalid(_("the token is in the header and in the body: send it once"))
    return desk.token(said) if said else _token(desk, request), pairs


def _in_header(request: Request) -> str | None:
    scheme, _space, secret = request.headers.get("Authorization", "").strip().partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def _text(request: Request) -> bytes:
    # One byte more is read: werkzeug cuts a body short whose length nobody told.
    request.max_content_length = TEXT_LIMIT + 1
    data = request.get_data(cache=False)
    if len(data) > TEXT_LIMIT:
        raise RequestEntityTooLarge
    return data


def _pairs(data: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(data.decode(), keep_blank_values=True, max_num_fields=MAX_VALUES)
    except ValueError as error:
        raise Refused.invalid(_("the form is not UTF-8, or has too many fields")) from error


def _need(token: Token, *scopes: str) -> None:
    if not set(scopes) & set(token.scopes):
        raise Refused(
            403, "insufficient_scope", _("this token does not allow: {value}", value=scopes[0])
        )


def _done(done: Done) -> Response:
    told = {"url": done.url, "ignored": done.ignored, "warnings": done.warnings}
    if not done.is_new:
        return _json(told)
    response = _json(told, 201 if done.is_public else 202)
    response.headers["Location"] = done.url
    return response


def _json(told: object, status: int = 200) -> Response:
    body = json.dumps(told, ensure_ascii=False)
    return ContractResponse(body, status, content_type="application/json; charset=utf-8")
