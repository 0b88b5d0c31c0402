"""What operators ask."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Site
from web_fakes import FakePublisher


def test_healthz_asks_nobody(client_of: Callable[..., FlaskClient], down: FakePublisher) -> None:
    calls: list[int] = []
    answer = client_of(down, before_request=lambda: calls.append(1)).get("/healthz")
    assert (answer.status_code, answer.text, calls) == (200, "ok", [])


@pytest.mark.parametrize(("state", "status"), [("ready", 200), ("filling", 503)])
def test_readyz_says_whether_there_are_answers(
    client: FlaskClient, publisher: FakePublisher, state: str, status: int
) -> None:
    publisher.state_ = state
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (status, state)
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in answer.headers) is (status == 503)


def test_every_other_request_is_announced_first(
    client_of: Callable[..., FlaskClient], publisher: FakePublisher
) -> None:
    calls: list[int] = []
    client = client_of(publisher, before_request=lambda: calls.append(1))
    for address in ("/", "/feed.rss", "/readyz", "/nowhere"):
        client.get(address)
    assert len(calls) == 4


def test_kept_answers_go_on_and_are_reported_when_the_index_is_lost(
    client: FlaskClient, publisher: FakePublisher, budget: int
) -> None:
    whole = client.get("/feed.rss")
    publisher.broken, publisher.state_ = IndexUnavailable("the disk is gone"), "filling"
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
    publisher.broken, publisher.state_ = None, "ready"
    assert client.get("/feed.rss").status_code == 200
    assert client.get("/readyz").text == "ready"


def test_what_there_is_to_measure_is_told_as_prometheus_reads_it(
    client_of: Callable[..., FlaskClient],
) -> None:
    answer = client_of(FakePublisher(), scrape=lambda: b"# TYPE x counter\n").get("/metrics")
    assert (answer.status_code, answer.data) == (200, b"# TYPE x counter\n")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"


def test_healthz_does_not_wait_for_a_database_that_is_away(
    client_of: Callable[..., FlaskClient],
) -> None:
    class Hanging(FakePublisher):
        def known(self) -> tuple[int, Site]:
            raise AssertionError("asked")

    assert client_of(Hanging()).get("/healthz").text == "ok"
