"""``POST /hooks/content``: a Git host says that content changed.

What it says besides is not read: whoever fetches asks the source itself, so that a hook that is
sent again does no harm.
"""

import hmac
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

from flask import Request, Response
from werkzeug.datastructures import Headers

from feedservice.i18n import _
from feedservice.web.intake import Intake, Refused

LIMIT = 25 * 2**20
"""Bytes; GitHub sends no more."""
_PART = 64 * 1024
_HEX: Mapping[str, str] = MappingProxyType(
    {"X-Hub-Signature-256": "sha256=", "X-Gitea-Signature": "", "X-Forgejo-Signature": ""}
)
"""Headers that hold the body's HMAC-SHA256 in hexadecimal, and what stands before it: GitHub's,
Gitea's, Forgejo's."""
_SIGNING = b"whsec_"
"""How a signing token of GitLab's begins (Standard Webhooks); its key follows in Base64."""


def content_hook(secret: bytes, tell: Callable[[], None]) -> Intake:
    """Return what takes webhooks.

    Args:
        secret: that the Git host has, too.
        tell: called for each that was signed with it.
    """

    def answer(request: Request) -> Response:
        claims = [*_claims(request.headers, secret)]
        token = request.headers.get("X-Gitlab-Token", "").encode("latin-1", "replace")
        if not claims and not token:
            unsigned = _("no Git host signed this: set the secret in its webhook, too")
            raise Refused(401, "unauthorized", unsigned)
        for part in iter(partial(request.stream.read, _PART), b""):
            for mac, _claimed in claims:
                mac.update(part)
        is_signed = [hmac.compare_digest(mac.digest(), claimed) for mac, claimed in claims]
        if not any([*is_signed, hmac.compare_digest(token, secret)]):
            foreign = _("this was signed with another secret: the webhook needs this site's")
            raise Refused(403, "forbidden", foreign)
        tell()
        return Response(status=202)

    return Intake(answer=answer, limit=LIMIT)


def _claims(headers: Headers, secret: bytes) -> "Iterator[tuple[hmac.HMAC, bytes]]":
    """Yield what headers claim of the body: its MAC, begun, and what it is to come to."""
    for name, prefix in _HEX.items():
        if name in headers:
            told = headers[name].removeprefix(prefix)
            yield hmac.new(secret, digestmod="sha256"), _decoded(bytes.fromhex, told)
    if secret.startswith(_SIGNING):
        key = _decoded(b64decode, secret.removeprefix(_SIGNING).decode("latin-1"))
        signed = f"{headers.get('Webhook-Id')}.{headers.get('Webhook-Timestamp')}."
        for each in headers.get("Webhook-Signature", "").split()[: 4 if key else 0]:
            mac = hmac.new(key, signed.encode("latin-1", "replace"), "sha256")
            yield mac, _decoded(b64decode, each.removeprefix("v1,"))


def _decoded(decode: Callable[[str], bytes], text: str) -> bytes:
    try:
        return decode(text)
    except ValueError:
        return b""
