"""Fault 8: clients that read a large file slowly, or not at all, keep nobody from the feeds."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from effort import rounds
from factories import SITE_YAML, write_article
from feedservice.http.admission import STREAMS
from service_process import Site, serving
from waiting import PATIENCE, comes_true

WORKERS = 2
READERS = 20
LARGE = 64 << 20
"""Bytes: more than all buffers between two processes hold."""
MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"
SMALL = b"%PDF-1.7 small"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    content = tmp_path / "content"
    write_article(content, "field/a.md", title="الخبر")
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    media = content / "media"
    media.mkdir()
    (media / "small.pdf").write_bytes(SMALL)
    with (media / "big.mp4").open("wb") as big:
        big.write(MP4)
        big.truncate(LARGE)
    with serving(content, tmp_path / "state", "granian") as site:
        yield site


def begin_download(site: Site, held: ExitStack) -> bytes:
    """Ask for the large file and read its status and headers alone."""
    port = int(site.url.rpartition(":")[2])
    connection = held.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", port))
    connection.sendall(b"GET /media/big.mp4 HTTP/1.1\r\nHost: x\r\n\r\n")
    return connection.recv(1024)


def test_idle_downloads_keep_nobody_from_feeds(site: Site) -> None:
    for _ in range(rounds(5, 1)):
        with ExitStack() as held:
            heads = [begin_download(site, held) for _ in range(4 * WORKERS * STREAMS)]
            begun = [head for head in heads if head.startswith(b"HTTP/1.1 200")]
            refused = [head for head in heads if head.startswith(b"HTTP/1.1 503")]
            assert len(begun) + len(refused) == len(heads)
            assert STREAMS <= len(begun) <= WORKERS * STREAMS
            assert all(b"\r\nretry-after: " in head.lower() for head in refused)
            assert [site.get("/feed.rss")[0] for _ in range(READERS)] == [200] * READERS
            assert site.get("/media/small.pdf")[:2] == (200, SMALL)
        assert comes_true(lambda: len(site.get("/media/big.mp4")[1]) == LARGE)
