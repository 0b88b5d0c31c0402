"""What is told to others by HTTP: bounded, within a deadline, and no way into the network."""

import asyncio
import contextlib
import http.server
import logging
import ssl
import threading
import time
from collections.abc import Iterator
from typing import ClassVar

import httpx
import pytest

from feedservice.service.sending import _judged, post

FORM = {"a": "b"}


class _Odd(http.server.BaseHTTPRequestHandler):
    """A receiver on loopback whose answers are of the kind that its path names."""

    bodies: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        if self.path.startswith("/moved-"):
            self.send_response(int(self.path.removeprefix("/moved-")))
            self.send_header("Location", "/here")
            self.end_headers()
        elif self.path == "/elsewhere":
            self.send_response(307)
            self.send_header("Location", f"http://localhost:{self.server.server_address[1]}/here")
            self.end_headers()
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                while True:
                    self.wfile.write(bytes(65_536))
        elif self.path == "/dripping":
            with contextlib.suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while True:
                    self.wfile.write(b"x")
                    time.sleep(0.05)
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.bodies.append((self.headers["Content-Type"], body))
            self.send_response(202)
            self.send_header("Retry-After", self.headers["Host"])
            self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Odd) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_that_keeps_the_method_is_followed_on_the_same_host(
    odd: str, status: int
) -> None:
    assert post(f"{odd}/moved-{status}", form=FORM).status == 202


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirect_that_would_become_a_get_is_no_success(odd: str, status: int) -> None:
    assert post(f"{odd}/moved-{status}", form=FORM).status == status


def test_a_redirect_into_the_network_is_refused_by_name(odd: str) -> None:
    with pytest.raises(ValueError, match=r"'http://localhost:\d+/here'"):
        post(f"{odd}/elsewhere", form=FORM)


def test_a_redirect_to_a_public_host_is_followed_to_the_very_address_that_was_judged(
    odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    monkeypatch.setattr(
        "feedservice.service.sending.is_public", lambda address: not judged.append(address)
    )
    monkeypatch.setattr("random.choice", lambda addresses: addresses[addresses.index("127.0.0.1")])
    answer = post(f"{odd}/elsewhere", form=FORM)
    assert (answer.status, answer.retry_after[:10]) == (202, "localhost:")
    assert set(judged) <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("named", "location"),
    [
        ("https://hub.example/", "http://93.184.215.14/"), ("https://hub.example/", "http://hub.example/"),
        ("http://hub.example/", "ftp://93.184.215.14/"), ("http://hub.example/", "http://10.0.0.1/"),
        ("http://hub.example/", "http://[::1]/"), ("http://hub.example/", "http://hub.example:8080@127.0.0.1/"),
    ],
)  # fmt: skip
def test_no_redirect_leads_away_from_https_or_inside(named: str, location: str) -> None:
    with pytest.raises(ValueError, match="the receiver moved to"):
        asyncio.run(_judged(httpx.URL(named), httpx.URL(location)))


def test_a_public_address_is_connected_to_by_the_name_that_was_told() -> None:
    target = asyncio.run(
        _judged(httpx.URL("https://hub.example/"), httpx.URL("https://[2606:2800::1]/x?y"))
    )
    assert str(target.connect_to) == "https://[2606:2800::1]/x?y"


def test_no_body_of_an_answer_is_read(odd: str) -> None:
    assert post(f"{odd}/endless", form=FORM).status == 200


def test_a_receiver_that_drips_its_answer_is_left(
    odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedservice.service.sending.DEADLINE", 0.5)
    with pytest.raises((TimeoutError, httpx.TimeoutException)):  # whichever is seen first
        post(f"{odd}/dripping", form=FORM)


def test_a_document_moves_as_it_is(odd: str) -> None:
    assert post(f"{odd}/moved-307", document=b'{"a": 1}').status == 202
    assert _Odd.bodies[-1] == ("application/json; charset=utf-8", b'{"a": 1}')


def test_no_address_is_logged(odd: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        post(f"{odd}/secret-of-a-chat", form=FORM)
    assert caplog.records == []


def test_whom_to_trust_is_read_once(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes fifty times as long as the rest, and hundreds of lists may change at once."""
    post(odd, form=FORM)
    read: list[object] = []
    monkeypatch.setattr(
        ssl.SSLContext, "load_verify_locations", lambda *given, **_named: read.append(given)
    )
    assert post(odd, form=FORM).status == 202
    assert read == []
