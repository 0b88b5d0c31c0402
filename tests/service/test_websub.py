"""Hubs are told of what changed: the outbox, the notifier, and a real hub that fetches and
delivers."""

import http.server
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from factories import NOW, SITE_YAML, FixedClock, article, broken, reading, site, write_article
from feedservice.domain.model import Status
from feedservice.index.outbox import Outbox
from feedservice.index.writer import IndexWriter
from feedservice.service.websub import MAX_TRIES, Notifier, wait_after
from service_process import free_port, serving

HUB = "https://hub.example/"


class Hub:
    """Remembers what it was told, and answers as it is set to."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.status = 204

    def __call__(self, url: str, form: dict[str, str]) -> int:
        assert (url, form["hub.mode"], form["hub.url"]) == (HUB, "publish", form["hub.topic"])
        if self.status == 0:
            raise httpx.ConnectError("no answer")
        if self.status < 300:
            self.told.append(form["hub.topic"].removeprefix("https://news.example"))
        return self.status


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def outbox(index: IndexWriter) -> Outbox:
    index.put_site(site(hubs=(HUB,)), SITE_YAML, (), NOW)
    return Outbox(index._engine)


@pytest.fixture
def notifier(outbox: Outbox, index: IndexWriter, hub: Hub, clock: FixedClock) -> Notifier:
    return Notifier(outbox, index.site, (".rss", ".atom"), clock, hub)


def pass_seconds(clock: FixedClock, seconds: float) -> None:
    clock.now += timedelta(seconds=seconds)


def test_a_change_is_told_three_seconds_after_it_in_each_format_of_its_lists(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    index.write([reading(article("a", tags=["ماء"]))], (), NOW)
    pass_seconds(clock, 3)
    notifier.work()
    assert hub.told == []
    pass_seconds(clock, 1)
    notifier.work()
    assert set(hub.told) == {
        f"{page}{suffix}"
        for page in ("/feed", "/categories/field", "/tags/%D9%85%D8%A7%D8%A1")
        for suffix in (".rss", ".atom")
    }
    assert len(hub.told) == 6
    assert notifier.waiting() == 0


def test_what_nobody_can_see_is_told_to_nobody(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    index.write([broken("field/a.md")], (), NOW)
    pass_seconds(clock, 10)
    notifier.work()
    assert hub.told == []


def test_a_first_filling_tells_nobody(new_index: object, clock: FixedClock) -> None:
    index: IndexWriter = new_index()  # type: ignore[operator]
    index.put_site(site(hubs=(HUB,)), SITE_YAML, (), NOW)
    index.write([reading(article("a"))], (), NOW)
    assert Outbox(index._engine).waiting() == 0


def test_two_changes_before_the_hub_is_told_are_told_once(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    for title in "أب":
        index.write([reading(article("a", title=title))], (), clock.now)
        pass_seconds(clock, 1)
    pass_seconds(clock, 3)
    notifier.work()
    assert sorted(hub.told) == sorted(set(hub.told))


@pytest.mark.parametrize("status", [0, 404, 500])
def test_a_hub_that_fails_is_asked_again_ever_more_rarely_and_at_last_given_up(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock, status: int
) -> None:
    hub.status = status
    index.write([reading(article("a", categories=()))], (), NOW)
    pass_seconds(clock, 4)
    for tries in range(MAX_TRIES):
        assert notifier.work() == 1, tries
        assert notifier.work() == 0
        clock.now += wait_after(tries)
    assert notifier.waiting() == 0


def test_a_hub_that_comes_back_is_told(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    hub.status = 503
    index.write([reading(article("a", categories=()))], (), NOW)
    pass_seconds(clock, 3)
    notifier.work()
    hub.status = 202
    pass_seconds(clock, 10)
    notifier.work()
    assert sorted(hub.told) == ["/feed.atom", "/feed.rss"]


def test_an_embargo_that_lifts_and_an_expiry_are_told(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    index.write(
        [
            reading(
                article("a", published=NOW + timedelta(hours=1), expires=NOW + timedelta(hours=2))
            )
        ],
        (),
        NOW,
    )
    pass_seconds(clock, 5)
    notifier.work()
    for _ in range(2):
        hub.told.clear()
        pass_seconds(clock, 3600)
        notifier.work()
        pass_seconds(clock, 5)
        notifier.work()
        assert sorted(hub.told) == [
            "/categories/field.atom",
            "/categories/field.rss",
            "/feed.atom",
            "/feed.rss",
        ]


def test_the_date_of_a_draft_is_told_to_nobody(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    index.write(
        [reading(article("a", published=NOW + timedelta(hours=1), status=Status.DRAFT))], (), NOW
    )
    notifier.work()
    pass_seconds(clock, 3700)
    notifier.work()
    assert notifier.waiting() == 0


def test_the_outbox_survives_a_rebuild_and_a_hub_that_was_removed_is_forgotten(
    index: IndexWriter,
    outbox: Outbox,
    notifier: Notifier,
    hub: Hub,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index.write([reading(article("a"))], (), NOW)
    monkeypatch.setattr("feedservice.index.writer.SCHEMA_VERSION", 999)
    index.prepare()
    assert outbox.waiting() == 2
    index.put_site(site(), SITE_YAML, (), NOW)
    pass_seconds(clock, 10)
    notifier.work()
    assert (hub.told, outbox.waiting()) == ([], 0)


class RealHub(http.server.ThreadingHTTPServer):
    """A hub on loopback: told of a topic, it fetches it and delivers what it fetched to its one
    subscriber."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Told)
        self.delivered: dict[str, bytes] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"


class _Told(http.server.BaseHTTPRequestHandler):
    server: RealHub

    def do_POST(self) -> None:
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        topic = form["hub.topic"][0]
        assert form["hub.mode"] == ["publish"]
        with urllib.request.urlopen(topic, timeout=10) as answer:
            assert f'<{self.server.url}>; rel="hub"' in answer.headers.get_all("Link")
            assert f'<{topic}>; rel="self"' in answer.headers.get_all("Link")
            self.server.delivered[topic] = answer.read()
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def real_hub() -> Iterator[RealHub]:
    with RealHub() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_real_hub_fetches_the_new_document_after_a_save(
    content: Path, tmp_path: Path, real_hub: RealHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(content, "field/a.md", title="الأول")
    (content / "site.yaml").write_text(SITE_YAML + f"hubs: [{real_hub.url}]\n", encoding="utf-8")
    port = free_port()
    monkeypatch.setenv("FEEDSERVICE_BASE_URL", f"http://127.0.0.1:{port}")
    with serving(content, tmp_path / "state", "granian", port) as running:
        write_article(content, "field/b.md", title="جديد")
        deadline = time.monotonic() + 20
        wanted = {
            f"{running.url}/{path}.{suffix}"
            for path in ("feed", "categories/field")
            for suffix in ("rss", "atom", "json")
        }
        while real_hub.delivered.keys() != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
    assert real_hub.delivered.keys() == wanted
    assert all("جديد".encode() in body for body in real_hub.delivered.values())
