"""What operators ask."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
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


def test_every_other_request_is_announced_first(
    client_of: Callable[..., FlaskClient], publisher: Publisher
) -> None:
    calls: list[int] = []
    client = client_of(publisher, before_request=lambda: calls.append(1))
    for address in ("/", "/feed.rss", "/readyz", "/nowhere"):
        client.get(address)
    assert len(calls) == 4


def test_kept_answers_go_on_and_are_reported_when_the_index_is_lost(
    client_of: Callable[..., FlaskClient], written: IndexWriter, tmp_path: Path, budget: int
) -> None:
    file = tmp_path / "index.sqlite3"
    engine = open_engine(f"sqlite:///{file}", readonly=True)
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
        assert (ready.status_code, ready.text) == (200, "degraded")
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
