"""What is told to others by HTTP: a bounded answer, and no way into the network.

A receiver is one that the operator named. It may be slow, may move, and may belong to a stranger by
now: of what it answers nothing is read but the status and when to come again.
"""

import asyncio
import logging
import random
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import httpx

from feedservice.domain.ip_addresses import is_public
from feedservice.service.backoff import Failure

DEADLINE = 15.0
"""Seconds for a receiver to answer, from the first byte sent to the last header received."""
MAX_REDIRECTS = 3

# It would log each address in full, and those of chats are secrets.
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver answered: its status, and the value of ``Retry-After`` (RFC 9110 §10.2.3).

    ``body`` is its beginning, where that was asked for.
    """

    status: int
    retry_after: str = ""
    body: bytes = b""


NO_ANSWER = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError)
"""What is raised where there was no answer, or none within `DEADLINE`."""


def failure_of(send: Callable[[], Answer], *, is_secret: bool = False) -> Failure | None:
    """Return why sending failed; None where it did not.

    Args:
        send: sends.
        is_secret: whether the address is one that no reason may name.
    """
    try:
        answer = send()
    except NO_ANSWER as error:
        said = "" if is_secret else str(error)
        return Failure(reason=said or type(error).__name__)
    if 200 <= answer.status < 300:
        return None
    reason = f"status {answer.status}"
    return Failure(reason=reason, status=answer.status, retry_after=answer.retry_after)


def post(
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    document: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send a form or a document of JSON by HTTP; read no body, and follow only 307 and 308.

    To the host that the operator named, or to one whose every address is public: a stranger who
    holds a receiver shall not reach into the network.

    Raises:
        httpx.HTTPError, httpx.InvalidURL, OSError, ValueError: there was no answer, or none within
            `DEADLINE`.
    """
    given = dict(headers or {})
    if document is not None:
        given["Content-Type"] = "application/json; charset=utf-8"
    return asyncio.run(_post(url, form, document, given))


async def _post(
    url: str,
    form: Mapping[str, str] | None,
    document: bytes | None,
    headers: dict[str, str],
) -> Answer:
    named, given = httpx.URL(url), _Target(httpx.URL(url))
    async with asyncio.timeout(DEADLINE), _client() as client:
        for _ in range(MAX_REDIRECTS + 1):
            async with client.stream(
                "POST",
                given.connect_to or given.url,
                data=form,
                content=document,
                headers=headers | {"Host": given.url.netloc.decode("ascii")},
                extensions={"sni_hostname": given.url.raw_host.decode("ascii")},
            ) as response:
                status, answered = response.status_code, response.headers
            if status not in (307, 308):
                return Answer(status=status, retry_after=answered.get("Retry-After", ""))
            given = await _judged(named, given.url.join(answered.get("Location", "")))
    raise ValueError("too many redirects")


def call(
    method: str, url: str, *, headers: Mapping[str, str], document: bytes | None, most: int
) -> Answer:
    """Send a request to an interface; follow no redirect, and read ``most`` bytes of its answer.

    Raises:
        Exception: one of `NO_ANSWER`.
    """
    return asyncio.run(_call(method, url, dict(headers), document, most))


async def _call(
    method: str, url: str, headers: dict[str, str], document: bytes | None, most: int
) -> Answer:
    body = bytearray()
    async with (
        asyncio.timeout(DEADLINE),
        _client() as client,
        client.stream(method, url, headers=headers, content=document) as response,
    ):
        async for part in response.aiter_raw():  # as it came: nothing is unpacked
            body += part
            if len(body) >= most:
                break
        retry_after = response.headers.get("Retry-After", "")
    return Answer(status=response.status_code, retry_after=retry_after, body=bytes(body[:most]))


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(
        verify=_trusted(), timeout=DEADLINE, trust_env=False, follow_redirects=False
    )


@cache
def _trusted() -> ssl.SSLContext:
    """Whom to trust: to read that anew took more than all else of a message."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a form is sent: by its address, or by the very one of its host that was judged."""

    url: httpx.URL
    connect_to: httpx.URL | None = None


async def _judged(named: httpx.URL, target: httpx.URL) -> _Target:
    if target.scheme not in ("http", "https") or (named.scheme, target.scheme) == ("https", "http"):
        raise ValueError(f"the receiver moved to {str(target)!r}, which is no https address")
    if (target.host, target.port) == (named.host, named.port):
        return _Target(target)
    # The name is resolved once: asked again, it could answer otherwise (DNS rebinding).
    found = await asyncio.get_running_loop().getaddrinfo(target.host, None)
    addresses = [str(each[4][0]) for each in found]
    if not all(map(is_public, addresses)):
        message = f"the receiver moved to {str(target)!r}, inside the network: name it in site.yaml"
        raise ValueError(message)
    # Any of them: who is tried again may find one that answers.
    return _Target(target, target.copy_with(host=random.choice(addresses)))  # noqa: S311 # nosec B311
