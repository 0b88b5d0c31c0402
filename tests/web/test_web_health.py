"""What operators ask."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from web_fakes import FakePublisher


def test_healthz_asks_nobody(client_of: Callable[..., FlaskClient], down: FakePublisher) -> None:
    calls: list[int] = []
    answer = client_of(down, before_request=lambda: calls.append(1)).get("/healthz")
    assert (answer.status_code, answer.text, calls) == (200, "ok", [])


@pytest.mark.parametrize(("state", "status"), [("ready", 200), ("degraded", 200), ("filling", 503)])
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
