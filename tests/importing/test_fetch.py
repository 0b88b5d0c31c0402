"""Whom an import asks: addresses are judged where they are connected to; time, size and redirects
are bounded."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from feedservice.domain.ip_addresses import is_public
from feedservice.importing import fetch
from feedservice.importing.fetch import Fetcher, FetchError
from feedservice.importing.media import NotDownloaded
from feedservice.importing.silent_hosts import MAX_SILENT
from waiting import PATIENCE


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
            return
        if self.path == "/around":
            self.send_response(302)
            self.send_header("Location", "/around")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/x-test")
        self.end_headers()
        self.wfile.write(b"x" * 1000)

    def do_HEAD(self) -> None:
        self.send_response({"/gone": 404, "/no": 405}.get(self.path, 200))
        if self.path != "/untold":
            self.send_header("Content-Length", "1000")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_address[1]}"
        made.shutdown()


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    made = Fetcher()
    yield made
    made.close()


@pytest.fixture
def trusting() -> Iterator[Fetcher]:
    made = Fetcher(allow_private=True)
    yield made
    made.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1", "x",
        "64:ff9b:1::7f00:1", "fec0::1", "::127.0.0.1", "::ffff:0:127.0.0.1", "5f00::1", "3fff::1",
    ],
)  # fmt: skip
def test_private_addresses_are_known_in_every_spelling(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_addresses_may_be_asked(address: str) -> None:
    assert is_public(address)


def test_a_private_address_is_refused_unless_asked_for(
    server: str, fetcher: Fetcher, trusting: Fetcher
) -> None:
    with pytest.raises(FetchError, match="private") as refused:
        fetcher.get(f"{server}/a")
    assert refused.value.reason == "address"
    answer = trusting.get(f"{server}/a")
    assert (answer.body, answer.content_type) == (b"x" * 1000, "text/x-test")


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_other_names_of_this_machine_are_refused(server: str, fetcher: Fetcher, host: str) -> None:
    with pytest.raises(FetchError) as refused:
        fetcher.get(f"http://{host}:{server.rpartition(':')[2]}/a")
    assert refused.value.reason in ("address", "fetch")


def test_a_redirect_to_a_private_address_is_refused(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of a public host answers with the test's own server; what it redirects to is judged
    anew."""
    real = socket.getaddrinfo
    port = server.rpartition(":")[2]
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.1")

    def resolved(host: str, *rest: object, **named: object) -> object:
        return real(
            {"news.example": "127.0.0.1", "inside.example": "127.0.0.2"}.get(host, host),
            *rest,
            **named,
        )  # type: ignore[arg-type]

    monkeypatch.setattr(fetch.socket, "getaddrinfo", resolved)
    made = Fetcher()
    assert made.get(f"http://news.example:{port}/a").body
    with pytest.raises(FetchError) as refused:
        made.get(f"http://news.example:{port}/to/http://inside.example:{port}/a")
    assert refused.value.reason == "address"
    made.close()


def test_a_name_is_looked_up_once_for_judging_and_connecting(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were it looked up again, a name could answer differently the second time (DNS rebinding)."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolved(host: str, *rest: object, **named: object) -> object:
        asked.append(host)
        return real("127.0.0.1" if host == "news.example" else host, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(fetch.socket, "getaddrinfo", resolved)
    made = Fetcher(allow_private=True)
    made.get(f"http://news.example:{server.rpartition(':')[2]}/a")
    assert asked.count("news.example") == 1
    made.close()


def test_size_and_redirects_are_bounded(server: str, trusting: Fetcher) -> None:
    with pytest.raises(FetchError) as large:
        trusting.get(f"{server}/a", 999)
    assert large.value.reason == "size"
    with pytest.raises(FetchError):
        trusting.get(f"{server}/around")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://x.example/",
        "x",
        "http://",
        "http://\x00/",
        "http://[::1",
    ],
)
def test_what_cannot_be_fetched_is_told(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(FetchError):
        fetcher.get(url)


def test_the_body_of_a_redirect_is_not_read() -> None:
    """It may have no end, or unpack to a thousand times its size."""
    read: list[str] = []

    def body() -> Iterator[bytes]:
        read.append("body")
        yield b"x"

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/new":
            return httpx.Response(200, stream=httpx.ByteStream(b"there"))
        return httpx.Response(301, headers={"Location": "/new"}, content=body())

    fetcher = Fetcher(transport=httpx.MockTransport(answer))
    assert fetcher.get("https://old.example/old").body == b"there"
    assert read == []


def test_a_redirect_to_another_scheme_is_refused(server: str, trusting: Fetcher) -> None:
    with pytest.raises(FetchError):
        trusting.get(f"{server}/to/file:///etc/passwd")


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ("http", b""),
        ("http", b"HTTP/1.1 200 OK\r\nX: "),
        ("http", b"HTTP/1.1 302 Found\r\nX: "),
        ("http", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("https", b"\x16\x03\x03\x40\x00"),
    ],
    ids=["status", "header", "redirect", "body", "handshake"],
)
def test_what_comes_a_byte_at_a_time_is_bounded_as_a_whole(scheme: str, said: bytes) -> None:
    """Each byte comes well within the time between two of them."""
    ended = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection = listening.accept()[0]
        with connection, suppress(OSError):
            connection.sendall(said)
            while not ended.wait(0.02):
                connection.sendall(b"1")

    fetcher = Fetcher(allow_private=True, seconds=0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=drip, args=[listening])
        serving.start()
        began = time.monotonic()
        try:
            with pytest.raises(FetchError) as refused:
                fetcher.get(f"{scheme}://127.0.0.1:{listening.getsockname()[1]}/feed.xml")
        finally:
            ended.set()
            fetcher.close()
            serving.join()
    assert refused.value.reason == "fetch"
    assert time.monotonic() - began < 10, "20 s may pass between two bytes"
    assert "takes more than" in str(refused.value.message)


def test_a_host_whose_answers_break_off_side_by_side_is_not_silent() -> None:
    begun = threading.Barrier(MAX_SILENT)

    class BreakingOff(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"x"
            begun.wait(PATIENCE)
            raise httpx.ReadTimeout("no more")

    def answer(request: httpx.Request) -> httpx.Response:
        is_large = request.url.path != "/small"
        return httpx.Response(200, stream=BreakingOff() if is_large else httpx.ByteStream(b"x"))

    fetcher = Fetcher(transport=httpx.MockTransport(answer))
    with ThreadPoolExecutor(MAX_SILENT) as pool:
        asked = [pool.submit(fetcher.get, f"http://m.example/{n}") for n in range(MAX_SILENT)]
        assert all(isinstance(each.exception(), FetchError) for each in asked)
    assert fetcher.get("http://m.example/small").body == b"x"
    fetcher.close()


def test_a_host_says_what_a_file_weighs(server: str, trusting: Fetcher, fetcher: Fetcher) -> None:
    assert trusting.size(f"{server}/a.png") == 1000
    assert trusting.size(f"{server}/untold") is None
    assert trusting.size(f"{server}/no") is None
    with pytest.raises(NotDownloaded, match="fetch"):
        trusting.size(f"{server}/gone")
    with pytest.raises(NotDownloaded, match="address"):
        fetcher.size(f"{server}/a.png")


def test_a_host_that_does_not_answer_is_given_up_and_others_are_not() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.url.host == "silent.example":
            raise httpx.ConnectTimeout("silent")
        return httpx.Response(200, content=b"x", headers={"Content-Length": "1"})

    fetcher = Fetcher(transport=httpx.MockTransport(answer))
    reasons: list[str] = []
    for n in range(MAX_SILENT + 3):
        with pytest.raises(NotDownloaded) as refused:
            (fetcher.size if n % 2 else fetcher.download)(f"http://silent.example/{n}")
        reasons.append(refused.value.reason)
    assert reasons == ["fetch"] * MAX_SILENT + ["silent"] * 3
    assert asked == ["silent.example"] * MAX_SILENT
    assert fetcher.size("http://other.example/") == 1
    fetcher.close()
