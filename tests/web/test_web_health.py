"""What operators ask."""

import itertools
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from databases import address_of
from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
from feedservice.index.rows import put_meta
from feedservice.index.search_coverage import SEARCHED, Words
from feedservice.index.sqlite_file import IndexFile
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher


def test_healthz_asks_nobody(
    client_of: Callable[..., FlaskClient], publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def known(_: Publisher) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(Publisher, "known", known)
    calls: list[int] = []
    answer = client_of(publisher, before_request=lambda: calls.append(1)).get("/healthz")
    assert (answer.status_code, answer.text, calls) == (200, "ok", [])


def test_readyz_says_whether_there_are_answers(
    client: FlaskClient,
    client_of: Callable[..., FlaskClient],
    new_index: Callable[[], IndexWriter],
) -> None:
    ready, filling = client.get("/readyz"), client_of(new_index()).get("/readyz")
    assert (ready.status_code, ready.text) == (200, "ready")
    assert (filling.status_code, filling.text) == (503, "filling")
    assert ready.headers["Cache-Control"] == filling.headers["Cache-Control"] == "no-store"
    assert "Retry-After" in filling.headers
    assert "Retry-After" not in ready.headers


def test_while_the_search_is_filled_searches_wait_and_all_else_is_answered(
    client_of: Callable[..., FlaskClient], written: IndexWriter
) -> None:
    with written._keeper.transaction() as connection:
        put_meta(connection, SEARCHED, "1")
    client = client_of(written)
    assert [client.get(path).status_code for path in ("/", "/feed.rss", "/feeds")] == [200] * 3
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (
        200,
        "ready, search filling",
    )
    page, feed = client.get("/search?q=a"), client.get("/feed.json?q=a")
    assert page.status_code == feed.status_code == 503
    assert all(each.headers["Retry-After"].isdigit() for each in (page, feed))
    assert "البحث قيد الإعداد" in page.text
    assert feed.json["error"]["title"] == "البحث قيد الإعداد"
    written.fill_search([Words(10**6, 10**15, b"")])
    assert client.get("/readyz").text == "ready"
    assert client.get("/search?q=a").status_code == 200


def test_every_other_request_is_announced_first(
    client_of: Callable[..., FlaskClient], publisher: Publisher
) -> None:
    calls: list[int] = []
    client = client_of(publisher, before_request=lambda: calls.append(1))
    for address in ("/", "/feed.rss", "/readyz", "/nowhere"):
        client.get(address)
    assert len(calls) == 4


@pytest.mark.sqlite
def test_kept_answers_go_on_and_are_reported_when_the_index_is_lost(
    client_of: Callable[..., FlaskClient], written: IndexWriter, tmp_path: Path, budget: int
) -> None:
    file = IndexFile.of(written._engine).path
    engine = open_engine(address_of(written), readonly=True)
    client = client_of(IndexReader(engine))
    whole = client.get("/feed.rss")
    engine.dispose()
    file.rename(tmp_path / "away")
    again, ready = client.get("/feed.rss"), client.get("/readyz")
    if budget:
        assert (again.status_code, again.data, dict(again.headers)) == (
            200,
            whole.data,
            dict(whole.headers),
        )
        assert (ready.status_code, ready.text) == (200, "degraded since 2026-01-10T12:00:00Z")
    else:
        assert (again.status_code, ready.status_code) == (503, 503)
    (tmp_path / "away").rename(file)
    assert client.get("/feed.rss").status_code == 200
    assert client.get("/readyz").text == "ready"


def test_what_there_is_to_measure_is_told_as_prometheus_reads_it(
    client_of: Callable[..., FlaskClient], publisher: Publisher
) -> None:
    answer = client_of(publisher, scrape=lambda: b"# TYPE x counter\n").get("/metrics")
    assert (answer.status_code, answer.data) == (200, b"# TYPE x counter\n")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"


STRANGERS = (
    {"REMOTE_ADDR": "192.0.2.1"},
    {"REMOTE_ADDR": "2001:db8::1"},
    {"REMOTE_ADDR": "::ffff:192.0.2.1"},
    {"REMOTE_ADDR": ""},
    {"HTTP_VIA": "1.1 nginx"},
    {"HTTP_FORWARDED": "for=127.0.0.1"},
    {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    {"HTTP_X_FORWARDED": "for=127.0.0.1"},
    {"HTTP_CF_CONNECTING_IP": "127.0.0.1"},
    {"HTTP_CLIENT_IP": "127.0.0.1"},
    {"HTTP_X_REAL_IP": ""},
)


@pytest.mark.parametrize("prefix", ["", "/tags"])
def test_operators_pages_are_for_this_machine(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter], prefix: str
) -> None:
    """Below /tags too, where nginx cannot tell /tags/metrics from a tag."""
    client = client_of(site_of(base_url=f"https://news.example{prefix}"))
    for path in ("/readyz", "/metrics"):
        assert client.get(prefix + path).status_code == 200
        for method, asked in itertools.product(("GET", "HEAD", "OPTIONS"), STRANGERS):
            answer = client.open(prefix + path, method=method, environ_overrides=asked)
            assert answer.status_code == 404, asked
    for asked in STRANGERS:
        assert client.get(f"{prefix}/healthz", environ_overrides=asked).status_code == 200


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_whoever_asks_from_loopback(client: FlaskClient, peer: str) -> None:
    assert client.get("/readyz", environ_overrides={"REMOTE_ADDR": peer}).status_code == 200


def test_operators_may_be_named(
    client_of: Callable[..., FlaskClient], publisher: Publisher
) -> None:
    client = client_of(publisher, operators=[ip_network("10.0.0.0/8")])
    peers = ("10.1.2.3", "127.0.0.1", "11.0.0.1")
    answers = [client.get("/metrics", environ_overrides={"REMOTE_ADDR": peer}) for peer in peers]
    assert [answer.status_code for answer in answers] == [200, 404, 404]
