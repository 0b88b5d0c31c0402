"""The only door to the network: feeds and pictures over http, bounded in time, size, redirects, and
in whom it asks.

An address is checked where it is connected to: the name is resolved here, every result is judged,
and the connection goes to that very address, so a name that is looked up twice cannot answer
differently (DNS rebinding). Each redirect connects anew and is judged anew. Proxies of the
environment are not used.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpcore
import httpx

MAX_DOCUMENT = 64 * 1024 * 1024
MAX_PICTURE = 32 * 1024 * 1024
MAX_REDIRECTS = 5
TIMEOUT = httpx.Timeout(20.0, connect=10.0)
_NETWORK = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, httpcore.NetworkError, httpcore.TimeoutException,
            httpcore.ProtocolError, httpcore.UnsupportedProtocol)  # fmt: skip


class FetchError(Exception):
    """An address could not be fetched.

    Attributes:
        reason: ``fetch``, ``size`` or ``address`` (private, or of no kind that is asked).
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class _Private(OSError):
    """An address that must not be asked."""


class Answer(NamedTuple):
    """What was fetched, the address that answered at last, and the Content-Type."""

    body: bytes
    url: str
    content_type: str


class Fetcher:
    """Fetches documents and pictures.

    Args:
        allow_private: whether addresses of this machine and of private networks may be asked.
        transport: takes the network's place in tests.
    """

    def __init__(
        self, *, allow_private: bool = False, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._client = httpx.Client(
            transport=transport or CheckedTransport(allow_private=allow_private),
            timeout=TIMEOUT,
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            trust_env=False,
            headers={"User-Agent": "feedservice-import", "Accept-Encoding": "gzip, deflate"},
        )

    def get(self, url: str, limit: int = MAX_DOCUMENT) -> Answer:
        """Return what an http address holds.

        Raises:
            FetchError: it cannot be reached, is refused, answers with an error, or is longer than
                ``limit`` bytes.
        """
        if not url.startswith(("http://", "https://")):
            raise FetchError("address", f"{url}: no http address")
        try:
            with self._client.stream("GET", url) as response:
                if response.status_code != httpx.codes.OK:
                    raise FetchError("fetch", f"{url}: HTTP {response.status_code}")
                body = bytearray()
                for part in response.iter_bytes():
                    body += part
                    if len(body) > limit:
                        raise FetchError("size", f"{url}: > {limit} bytes")
                return Answer(
                    bytes(body), str(response.url), response.headers.get("Content-Type", "")
                )
        except _Private as error:
            raise FetchError("address", f"{url}: {error}") from error
        except _NETWORK as error:
            raise FetchError("fetch", f"{url}: {str(error) or type(error).__name__}") from error

    def close(self) -> None:
        """End every connection."""
        self._client.close()


class CheckedTransport(httpx.BaseTransport):
    """httpx's way to the network, through a pool that connects to checked addresses only."""

    def __init__(self, *, allow_private: bool) -> None:
        context = ssl.create_default_context()
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            network_backend=_Checked(allow_private=allow_private),
            max_connections=8,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        url = request.url
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        made = httpcore.Request(
            method=request.method, url=target, headers=request.headers.raw, content=request.stream,
            extensions=request.extensions,
        )  # fmt: skip
        answer = self._pool.handle_request(made)
        stream = answer.stream
        assert isinstance(stream, Iterable)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer, stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """End every connection."""
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, parts: Iterable[bytes]) -> None:
        self._answer = answer
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts

    def close(self) -> None:
        self._answer.close()


class _Checked(httpcore.NetworkBackend):
    """Resolves, judges, connects."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        with _as_os_error():
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        refused = [address for address in addresses if not is_public(address)]
        if refused and not self._allow_private:
            raise _Private(f"{host} is {refused[0]}, a private address (--allow-private)")
        error: Exception = OSError(f"{host}: no address")
        for address in addresses:
            try:
                return self._backend.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
        raise error

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


@contextmanager
def _as_os_error() -> Iterator[None]:
    """A name that cannot be encoded is no name (UnicodeError is a ValueError)."""
    try:
        yield
    except UnicodeError as error:
        raise OSError(str(error)) from error


def is_public(address: str) -> bool:
    """Whether an IP address may be asked without being told so: global, and neither mapped nor
    multicast.

    >>> is_public("127.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("169.254.169.254"), is_public("93.184.215.14")
    (False, False, False, True)
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        for inner in (
            found.ipv4_mapped,
            found.sixtofour,
            found.teredo[1] if found.teredo else None,
        ):
            if inner is not None:
                return is_public(str(inner))
        # NAT64 (RFC 6052): the last four bytes are an IPv4 address.
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast
