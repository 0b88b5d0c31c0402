"""Tokens of an IndieAuth server: asked of that server, which may be away, and may say anything."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from factories import NOW, site
from feedservice.domain.model import Author
from feedservice.service.indieauth import IndieAuth

SITE = site(authors=(Author(slug="samira", name="سميرة", url="https://samira.example/"),))


@dataclass
class Server:
    """Answers at /meta and /token by what a test says."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    asked: list[str] = field(default_factory=list)

    def says(self, **told: object) -> None:
        self.body = json.dumps(told).encode()


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(f"{self.path} {self.headers['Authorization'] or ''}".strip())
            is_meta = self.path == "/meta"
            meta = json.dumps({"token_endpoint": f"{found.url}/token"}).encode()
            body = meta if is_meta else found.body
            self.send_response(200 if is_meta else found.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_given: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        found.url = f"http://127.0.0.1:{running.server_port}"
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield found
        running.shutdown()


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def known(server: Server, clock: list[float]) -> IndieAuth:
    now = lambda: NOW + timedelta(seconds=clock[0])  # noqa: E731
    return IndieAuth(f"{server.url}/meta", lambda: SITE, now)


def test_whose_token_it_is_and_what_it_allows_is_asked_once_a_minute(
    server: Server, known: IndieAuth, clock: list[float]
) -> None:
    server.says(
        me="https://Samira.example", scope="create draft media", client_id="https://quill.p3k.io/"
    )
    for _ in range(2):
        token = known.token("abc")
        assert token is not None
        assert (token.author, token.scopes) == ("samira", ("create", "media"))
    assert server.asked == ["/meta", "/token Bearer abc"]
    server.status = 401  # revoked
    clock[0] = 61
    assert known.token("abc") is None
    server.status = 200
    server.says(me="https://news.example/", scope="update")
    token = known.token("site")
    assert token is not None
    assert (token.author, token.scopes) == ("", ("update",))


@pytest.mark.parametrize(
    "told",
    [
        {"me": "https://other.example/", "scope": "create"},
        {"me": "https://news.example.evil/", "scope": "create"},
        {"me": "https://news.example/?author=2", "scope": "create"},
        {"me": "https://news.example@evil.example/", "scope": "create"},
        {"me": "", "scope": "create"},
        {"scope": "create"},
        {"me": ["https://news.example/"], "scope": "create"},
        {"active": False},
    ],
)
def test_whoever_is_not_of_the_site_may_nothing(
    server: Server, known: IndieAuth, told: dict[str, object]
) -> None:
    server.says(**told)
    assert known.token("abc") is None


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"{}"), (200, b"[]"), (200, b"<html>"), (200, b"x" * 10**6), (302, b"")],
)
def test_a_server_that_says_nothing_of_use_is_told_and_asked_again(
    server: Server, known: IndieAuth, status: int, body: bytes
) -> None:
    server.status, server.body = status, body
    with pytest.raises((OSError, ValueError)):
        known.token("abc")
    server.status = 200
    server.says(me="https://news.example", scope="create")
    assert known.token("abc") is not None


def test_what_is_no_token_is_asked_of_nobody(server: Server, known: IndieAuth) -> None:
    for secret in ("a\r\nX: y", "رمز", "x" * 5000):
        assert known.token(secret) is None
    assert server.asked == []
    assert IndieAuth("http://127.0.0.1:9/meta", lambda: SITE, lambda: NOW) is not None
