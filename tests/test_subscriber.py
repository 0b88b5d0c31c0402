"""A real subscriber (the `reader` package) against the running service: what it keeps after two
polls, edits and renames."""

import http.server
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from reader import Reader, make_reader

from factories import write_article
from service_process import Site, serving


class Relay(http.server.ThreadingHTTPServer):
    """Stands between subscriber and service and remembers which statuses were answered."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Relayed)
        self.upstream = upstream
        self.statuses: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Relayed(http.server.BaseHTTPRequestHandler):
    server: Relay

    def do_GET(self) -> None:
        wanted = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in ("host", "connection")
        }
        request = urllib.request.Request(self.server.upstream + self.path, headers=wanted)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status, headers, body = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, headers, body = error.code, error.headers, error.read()
        self.server.statuses.append(status)
        self.send_response(status)
        for name in ("ETag", "Last-Modified", "Content-Type", "Content-Encoding"):
            if headers[name]:
                self.send_header(name, headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(content: Path, tmp_path: Path) -> Iterator[Site]:
    write_article(content, "field/a.md", title="الأول", tags="[ماء]")
    write_article(content, "field/b.md", title="الثاني", tags="[ماء]", date="2026-01-02 09:00")
    with serving(content, tmp_path / "state", "granian") as running:
        yield running


@pytest.fixture
def relay(site: Site) -> Iterator[Relay]:
    with Relay(site.url) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def subscriber(tmp_path: Path) -> Iterator[Reader]:
    with closing(make_reader(str(tmp_path / "reader.sqlite3"))) as made:
        yield made


def titles(subscriber: Reader) -> list[str]:
    return sorted(str(entry.title) for entry in subscriber.get_entries())


@pytest.mark.filterwarnings("default")  # of the subscriber's own libraries
@pytest.mark.parametrize("suffix", [".rss", ".atom", ".json"])
def test_two_polls_an_edit_and_a_rename_leave_no_duplicate(
    site: Site, relay: Relay, subscriber: Reader, content: Path, suffix: str
) -> None:
    path = f"/categories/field{suffix}"
    url = relay.url + path
    subscriber.add_feed(url)
    subscriber.update_feed(url)
    subscriber.update_feed(url)
    assert relay.statuses == [200, 304]
    assert titles(subscriber) == ["الأول", "الثاني"]
    (entry,) = [entry for entry in subscriber.get_entries() if entry.title == "الثاني"]
    assert entry.link == "https://news.example/articles/b"
    assert 'dir="rtl"' in entry.get_content().value  # type: ignore[union-attr]

    write_article(
        content, "field/a.md", title="الأول معدّلًا", updated="2026-01-03 09:00", tags="[ماء]"
    )
    assert site.until(lambda: site.shows("معدّلًا", path))
    (content / "field" / "a.md").rename(content / "field" / "renamed.md")
    assert site.until(lambda: site.shows("/articles/renamed", path))
    subscriber.update_feed(url)
    assert relay.statuses == [200, 304, 200]
    assert titles(subscriber) == ["الأول معدّلًا", "الثاني"]
