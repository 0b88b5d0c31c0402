"""Real subscribers against the running service: the `reader` package polls it, a hub is told."""

import http.server
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from reader import Reader, make_reader

from factories import SITE_YAML, write_article
from service_process import Site, free_port, serving
from waiting import PATIENCE, comes_true

FORMATS = ("rss", "atom", "json")


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
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
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


class Hub(http.server.ThreadingHTTPServer):
    """A hub on loopback: told of a topic, it fetches it and delivers what it fetched to its one
    subscriber."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Told)
        self.delivered: dict[str, bytes] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"


class _Told(http.server.BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        topic = form["hub.topic"][0]
        assert form["hub.mode"] == ["publish"]
        with urllib.request.urlopen(topic, timeout=PATIENCE) as answer:
            assert f'<{self.server.url}>; rel="hub"' in answer.headers.get_all("Link")
            assert f'<{topic}>; rel="self"' in answer.headers.get_all("Link")
            self.server.delivered[topic] = answer.read()
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    site: Site
    relay: Relay
    hub: Hub


@pytest.fixture(scope="module")
def subscribed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subscribed]:
    """A service that a hub is told of, and the relay before it."""
    root, port = tmp_path_factory.mktemp("subscribed"), free_port()
    content, address = root / "content", f"http://127.0.0.1:{port}"
    for tag in FORMATS:
        name = f"field/{tag}"
        write_article(content, f"{name}-1.md", title="الأول", tags=f"[{tag}]")
        write_article(
            content, f"{name}-2.md", title="الثاني", tags=f"[{tag}]", date="2026-01-02 09:00"
        )
    with Hub() as hub:
        site_yaml = SITE_YAML + f"hubs: [{hub.url}]\n"
        (content / "site.yaml").write_text(site_yaml, encoding="utf-8")
        with (
            serving(content, root / "state", "granian", port, FEEDSERVICE_BASE_URL=address) as site,
            Relay(site.url) as relay,
        ):
            for server in (hub, relay):
                threading.Thread(target=server.serve_forever, daemon=True).start()
            yield Subscribed(site=site, relay=relay, hub=hub)
            for server in (hub, relay):
                server.shutdown()


@pytest.fixture
def subscriber(tmp_path: Path) -> Iterator[Reader]:
    with closing(make_reader(str(tmp_path / "reader.sqlite3"))) as made:
        yield made


def titles(subscriber: Reader) -> list[str]:
    return sorted(str(entry.title) for entry in subscriber.get_entries())


@pytest.mark.filterwarnings("default")  # of the subscriber's own libraries
@pytest.mark.parametrize("tag", FORMATS)
def test_two_polls_an_edit_and_a_rename_leave_no_duplicate(
    subscribed: Subscribed, subscriber: Reader, tag: str
) -> None:
    site, relay = subscribed.site, subscribed.relay
    path = f"/tags/{tag}.{tag}"
    url = relay.url + path
    relay.statuses.clear()
    subscriber.add_feed(url)
    subscriber.update_feed(url)
    subscriber.update_feed(url)
    assert relay.statuses == [200, 304]
    assert titles(subscriber) == ["الأول", "الثاني"]
    (entry,) = [entry for entry in subscriber.get_entries() if entry.title == "الثاني"]
    assert entry.link == f"{site.url}/articles/{tag}-2"
    assert 'dir="rtl"' in entry.get_content().value  # type: ignore[union-attr]

    file = write_article(
        site.content,
        f"field/{tag}-1.md",
        title="الأول معدّلًا",
        updated="2026-01-03 09:00",
        tags=f"[{tag}]",
    )
    assert site.until(lambda: site.shows("معدّلًا", path))
    file.rename(file.with_name(f"{tag}-renamed.md"))
    assert site.until(lambda: site.shows(f"/articles/{tag}-renamed", path))
    subscriber.update_feed(url)
    assert relay.statuses == [200, 304, 200]
    assert titles(subscriber) == ["الأول معدّلًا", "الثاني"]


def test_a_real_hub_fetches_the_new_document_after_a_save(subscribed: Subscribed) -> None:
    site, delivered = subscribed.site, subscribed.hub.delivered
    write_article(site.content, "field/told.md", title="خبر للمحور")
    topics = [
        f"{site.url}/{path}.{suffix}"
        for path in ("feed", "categories/field")
        for suffix in ("rss", "atom", "json")
    ]
    word = "خبر للمحور".encode()
    assert comes_true(lambda: all(word in delivered.get(topic, b"") for topic in topics))
