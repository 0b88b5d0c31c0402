"""Tokens that an IndieAuth server gave out: asked of that server, and believed for a minute.

What its metadata names as token endpoint is asked with the token itself, and says whose it is
(https://indieauth.spec.indieweb.org/20201126/#access-token-verification; the introspection that
newer servers have beside it needs a secret of its own). Whoever is the site, or an author of
site.yaml by ``url``, may write.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from feedservice.domain.absolute_urls import is_url
from feedservice.domain.model import Site
from feedservice.domain.text import one_line
from feedservice.micropub import tokens
from feedservice.micropub.tokens import Token

_BELIEVED = timedelta(minutes=1)
_KNOWN = timedelta(hours=1)
"""How long metadata is believed."""
_SECONDS = 5.0
_MAX_ANSWER = 64 * 1024
_MAX_KEPT = 100

Get = Callable[[str, Mapping[str, str]], Mapping[str, Any]]
"""Returns the JSON object at an address, asked with headers; raises OSError or ValueError."""


class IndieAuth:
    """Knows the tokens of one IndieAuth server.

    Args:
        metadata: the address of its metadata.
        site: returns the site.
        clock: tells how old an answer is.
        get: asks the server.
    """

    def __init__(
        self,
        metadata: str,
        site: Callable[[], Site],
        clock: Callable[[], datetime],
        get: Get | None = None,
    ) -> None:
        self._metadata = metadata
        self._site = site
        self._clock = clock
        self._get = get or fetched
        self._endpoint: tuple[datetime, str] | None = None
        self._kept: dict[str, tuple[datetime, Token | None]] = {}

    def token(self, secret: str) -> Token | None:
        """Return what a token allows; None where nobody of this site has it.

        Raises:
            OSError, ValueError: the server cannot be asked.
        """
        if not secret.isascii() or not secret.isprintable() or len(secret) > tokens.MAX_SECRET:
            return None
        digest, now = tokens.digest_of(secret), self._clock()
        kept = self._kept.get(digest)
        if kept and now - kept[0] < _BELIEVED:
            return kept[1]
        headers = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
        told = self._get(self._token_endpoint(now), headers)
        found = self._read(told, digest, now)
        if len(self._kept) >= _MAX_KEPT:
            self._kept.clear()
        self._kept[digest] = now, found
        return found

    def _token_endpoint(self, now: datetime) -> str:
        if self._endpoint is None or now - self._endpoint[0] >= _KNOWN:
            told = self._get(self._metadata, {"Accept": "application/json"})
            endpoint = str(told.get("token_endpoint", ""))
            if not is_url(endpoint):
                raise ValueError(f"{self._metadata} names no token_endpoint")
            self._endpoint = now, endpoint
        return self._endpoint[1]

    def _read(self, told: Mapping[str, Any], digest: str, now: datetime) -> Token | None:
        me, site = _canonical(str(told.get("me", ""))), self._site()
        authors = {_canonical(each.url): each.slug for each in site.authors if each.url}
        if not me or (me not in authors and me != _canonical(site.base_url)):
            return None
        asked = str(told.get("scope", "")).split()
        return Token(
            name=one_line(str(told.get("client_id", "IndieAuth")))[: tokens.MAX_NAME],
            digest=digest,
            scopes=tuple(scope for scope in tokens.SCOPES if scope in asked),
            author=authors.get(me, ""),
            made=now,
        )


def fetched(url: str, headers: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the JSON object at an address; nothing where the server says that it has none."""
    import httpx  # noqa: PLC0415 - where such a server is configured

    data = b""
    try:
        with httpx.stream(
            "GET",
            url,
            headers=dict(headers),
            timeout=_SECONDS,
            follow_redirects=False,
            trust_env=False,
        ) as answer:
            for part in answer.iter_bytes():
                data += part
                if len(data) > _MAX_ANSWER:
                    raise ValueError(f"{url} answers more than {_MAX_ANSWER} bytes")
    except httpx.HTTPError as error:
        raise OSError(f"{url}: {error!r}") from error
    if answer.status_code in (400, 401, 403):
        return {}
    if answer.status_code == 200 and isinstance(told := json.loads(data), dict):
        return told
    raise ValueError(f"{url} answers {answer.status_code} and no JSON object")


def _canonical(url: str) -> str:
    """A profile URL as it is compared: without the path of nothing."""
    parts = urlsplit(url)
    asked = f"?{parts.query}" if parts.query else ""
    place = f"{parts.netloc.lower()}{parts.path.rstrip('/')}{asked}"
    return f"{parts.scheme}://{place}" if parts.netloc else ""
