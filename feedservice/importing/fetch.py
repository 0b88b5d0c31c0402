"""The only door to the network: feeds and pictures over http, bounded in time, size and redirects.

An address is checked where it is connected to: the name is resolved here, every result is judged,
and the connection goes to that very address, so a name that is looked up twice cannot answer
differently (DNS rebinding). Each redirect connects anew and is judged anew. Proxies of the
environment are not used. Name and password of an address are sent to its host and kept nowhere.
"""

import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any, NamedTuple

import httpcore
import httpx

from feedservice.domain.ip_addresses import is_public
from feedservice.i18n import Message, _
from feedservice.importing.addresses import split_or_none, without_userinfo
from feedservice.importing.media import NotDownloaded
from feedservice.importing.remarks import REASONS
from feedservice.importing.silent_hosts import SilentHosts

AGENT = "feedservice-import"
"""The name that we ask under."""
MAX_DOCUMENT = 64 * 1024 * 1024
MAX_PICTURE = 32 * 1024 * 1024
MAX_MEDIA = 1024 * 1024 * 1024
"""For all pictures and recordings of an import together."""
MAX_REDIRECTS = 5
MAX_SECONDS = 60.0
"""For one document or picture."""
TIMEOUT = httpx.Timeout(20.0, connect=10.0)
"""Seconds between two bytes."""
_DIGITS = 16
"""Of a Content-Length: nothing has a petabyte."""
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, zlib.error)


class FetchError(Exception):
    """An address could not be fetched; ``reason`` is a key of `remarks.REASONS`.

    ``status`` is what a host answered; 0 where it did not.
    """

    def __init__(self, reason: str, message: Message, status: int = 0) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.status = status


class _PrivateAddress(OSError):
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
        seconds: how long one document may take.
        max_media: bytes that all pictures and recordings may have.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        transport: httpx.BaseTransport | None = None,
        seconds: float = MAX_SECONDS,
        max_media: int = MAX_MEDIA,
    ) -> None:
        self._seconds = seconds
        self._asking = threading.local()  # each thread has one document, and its deadline
        self._counting = threading.Lock()
        self._media_left = max_media
        self._silent = SilentHosts()
        self._credentials: dict[str, tuple[str, str]] = {}
        self._client = httpx.Client(
            transport=transport
            or CheckedTransport(self._seconds_left, allow_private=allow_private),
            timeout=TIMEOUT,
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            trust_env=False,
            headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
            event_hooks={"response": [_without_body]},
        )

    def log_in(self, address: str) -> str:
        """Return an address without name and password, which from now on go to its host only."""
        url, credentials = without_userinfo(address)
        if credentials:
            self._credentials[_origin(url)] = credentials
        return url

    def get(self, url: str, limit: int = MAX_DOCUMENT) -> Answer:
        """Return what an http address holds.

        Raises:
            FetchError: it cannot be reached, is refused, answers with an error, has more than
                ``limit`` bytes, or takes too long.
        """
        if not url.startswith(("http://", "https://")):
            raise FetchError("address", _("{url} is not an http address", url=url))
        if self._silent.is_given_up(_origin(url)):
            raise FetchError("silent", REASONS["silent"])
        self._asking.deadline = monotonic() + self._seconds
        response = None
        try:
            auth = self._credentials.get(_origin(url))
            with self._client.stream("GET", url, auth=auth) as response:
                self._note(url)
                if response.status_code != httpx.codes.OK:
                    raise FetchError(
                        "fetch",
                        _("{url} answers HTTP {status}", url=url, status=response.status_code),
                        response.status_code,
                    )
                body = self._body(response, url, limit)
                content_type = response.headers.get("Content-Type", "")
                return Answer(body, str(response.url.copy_with(userinfo=b"")), content_type)
        except _PrivateAddress as error:
            message = _("{host} is a private address (--allow-private)", host=error)
            raise FetchError("address", message) from error
        except _FAILURES as error:
            if response is None:
                self._note(url, error)
            if self._seconds_left() <= 0:
                raise self._too_slow(url) from error
            reason = str(error) or type(error).__name__
            raise FetchError("fetch", _("{url}: {reason}", url=url, reason=reason)) from error

    def download(self, url: str) -> bytes:
        """Return a picture or recording; several threads may ask at a time.

        Raises:
            NotDownloaded: it stays where it is.
        """
        if self._media_left <= 0:
            raise NotDownloaded("total")
        try:
            data = self.get(url, MAX_PICTURE).body
        except FetchError as error:
            raise NotDownloaded(error.reason) from error
        with self._counting:
            self._media_left -= len(data)
        return data

    def size(self, url: str) -> int | None:
        """Return how many bytes a file has, as its host says; None where it does not.

        Raises:
            NotDownloaded: there is none, or it must not be asked.
        """
        if self._silent.is_given_up(_origin(url)):
            raise NotDownloaded("silent")
        self._asking.deadline = monotonic() + self._seconds
        try:
            auth = self._credentials.get(_origin(url))
            response = self._client.request("HEAD", url, auth=auth)
            self._note(url)
        except _PrivateAddress as error:
            raise NotDownloaded("address") from error
        except _FAILURES as error:
            self._note(url, error)
            raise NotDownloaded("fetch") from error
        if response.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            raise NotDownloaded("fetch")
        length = response.headers.get("Content-Length", "")
        is_told = response.is_success and length.isdecimal() and len(length) < _DIGITS
        return int(length) if is_told else None

    def close(self) -> None:
        """End every connection."""
        self._client.close()

    def _note(self, url: str, error: Exception | None = None) -> None:
        self._silent.note(_origin(url), is_silent=isinstance(error, httpx.TimeoutException))

    def _body(self, response: httpx.Response, url: str, limit: int) -> bytes:
        # httpx would decode a chunk whole before anybody could look at its length.
        coding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip"):
            raise FetchError("fetch", _("{url} has the coding {coding}", url=url, coding=coding))
        gzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if coding == "gzip" else None
        body = bytearray()
        for part in response.iter_raw():
            body += gzip.decompress(part, limit + 1 - len(body)) if gzip else part
            if len(body) > limit:
                message = _("{source} has more than {limit} bytes", source=url, limit=limit)
                raise FetchError("size", message)
            if self._seconds_left() <= 0:
                raise self._too_slow(url)
        return bytes(body)

    def _seconds_left(self) -> float:
        deadline: float = getattr(self._asking, "deadline", float("inf"))
        return deadline - monotonic()

    def _too_slow(self, url: str) -> FetchError:
        message = _("{url} takes more than {n} seconds", url=url, n=round(self._seconds))
        return FetchError("fetch", message)


def _without_body(response: httpx.Response) -> None:
    """Leave the body of a redirect, which httpx would read and unpack whole, however large."""
    if response.has_redirect_location and isinstance(response.stream, httpx.SyncByteStream):
        response.stream.close()
        response.stream = httpx.ByteStream(b"")


def _origin(url: str) -> str:
    parts = split_or_none(url)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts else ""


class CheckedTransport(httpx.HTTPTransport):
    """httpx's way to the network, through a pool that connects to checked addresses only.

    Args:
        seconds_left: of the document that is asked for; its headers may come a byte at a time.
        allow_private: whether addresses of this machine and of private networks may be asked.
    """

    def __init__(self, seconds_left: Callable[[], float], *, allow_private: bool) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            network_backend=_CheckedBackend(seconds_left, allow_private=allow_private),
            max_connections=8,
        )


class _CheckedBackend(httpcore.NetworkBackend):
    """Resolves, judges, connects."""

    def __init__(self, seconds_left: Callable[[], float], *, allow_private: bool) -> None:
        self._seconds_left = seconds_left
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
        try:
            results = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError as error:  # a name that cannot be encoded
            raise OSError(str(error)) from error
        addresses = list(dict.fromkeys(str(each[4][0]) for each in results))
        refused = [address for address in addresses if not is_public(address)]
        if refused and not self._allow_private:
            raise _PrivateAddress(f"{host} ({refused[0]})")
        failure: Exception = OSError(f"{host}: no address")
        for address in addresses:
            try:
                seconds = _within(self._seconds_left(), timeout)
                stream = self._backend.connect_tcp(
                    address, port, seconds, local_address, socket_options
                )
                return _TimedStream(stream, self._seconds_left)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


class _TimedStream(httpcore.NetworkStream):
    """A connection on which nobody waits longer than for the whole document."""

    def __init__(self, stream: httpcore.NetworkStream, seconds_left: Callable[[], float]) -> None:
        self._stream = stream
        self._seconds_left = seconds_left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _within(self._seconds_left(), timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _within(self._seconds_left(), timeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = _within(self._seconds_left(), timeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, seconds)
        return _TimedStream(stream, self._seconds_left)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _within(left: float, timeout: float | None) -> float:
    # At 0 a socket would not wait at all, and say something else.
    return max(min(left, timeout or left), 0.001)
