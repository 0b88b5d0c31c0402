"""Fault 23: thousands of idle connections, and slow senders, refuse no reader."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from effort import rounds
from factories import SITE_YAML, write_article
from service_process import Site, serving
from waiting import PATIENCE

READERS = 20


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("idle")
    content = folder / "content"
    write_article(content, "field/a.md", title="الخبر")
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    with serving(content, folder / "state", "granian") as site:
        yield site


@pytest.fixture
def idle() -> int:
    """As many connections as this machine lets the test have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = hard if hard != resource.RLIM_INFINITY else 20_000
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, files), hard))
    return min(rounds(10_000, 3_000), files - 1_000)


def connect(site: Site, held: ExitStack) -> socket.socket:
    port = int(site.url.rpartition(":")[2])
    return held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))


def answers(site: Site) -> list[int]:
    return [site.get("/feed.rss")[0] for _ in range(READERS)]


def test_idle_connections_refuse_no_reader(site: Site, idle: int) -> None:
    with ExitStack() as held:
        for _ in range(idle):
            connection = connect(site, held)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        assert answers(site) == [200] * READERS


def test_connections_that_say_nothing_or_half_a_request_refuse_no_reader(
    site: Site, idle: int
) -> None:
    with ExitStack() as held:
        for number in range(idle):
            connection = connect(site, held)
            if number % 2:
                connection.sendall(b"GET /feed.rss HTTP/1.1\r\nHost: x\r\nX-")
        assert answers(site) == [200] * READERS


@pytest.mark.parametrize(
    ("sent", "begins"),
    [
        (b"GET feed.rss HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 400"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b""),
        (bytes(range(256)), b"HTTP/1.1 400"),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 414"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000, b"HTTP/1.1 431"),
    ],
    ids=["no path", "preface of HTTP/2", "garbage", "long line", "long header"],
)
def test_what_is_no_request_is_refused_at_once(site: Site, sent: bytes, begins: bytes) -> None:
    with ExitStack() as held:
        connection = connect(site, held)
        with suppress(ConnectionResetError, BrokenPipeError):  # while more was on its way
            connection.sendall(sent)
            assert connection.recv(4096).startswith(begins)


def test_a_connection_that_says_nothing_more_is_ended(site: Site) -> None:
    for _ in range(rounds(1, 0)):  # it takes as long as such a connection may
        with ExitStack() as held:
            said = b"", b"GET /feed.rss HTTP/1.1\r\nHost: x\r\nX-"
            for connection, half in [(connect(site, held), half) for half in said]:
                connection.sendall(half)
                while connection.recv(4096):  # a 408 may come first
                    pass
