from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from web_fakes import FakePublisher


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ar/feed.rss", 200),
        ("/feed.rss", 200),
        ("/ar", 200),
        ("/ar/", 200),
        ("/arabic/feed.rss", 404),
    ],
)
def test_a_site_below_a_path_is_answered_with_and_without_it(
    client_of: Callable[..., FlaskClient], path: str, status: int
) -> None:
    publisher = FakePublisher()
    publisher.site_ = replace(publisher.site_, base_url="https://news.example/ar")
    assert client_of(publisher).get(path).status_code == status
