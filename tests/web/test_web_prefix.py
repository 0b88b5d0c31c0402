from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from feedservice.index.writer import IndexWriter


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
    client_of: Callable[..., FlaskClient],
    site_of: Callable[..., IndexWriter],
    path: str,
    status: int,
) -> None:
    client = client_of(site_of(base_url="https://news.example/ar"))
    assert client.get(path).status_code == status
