"""Every list is a page, and the same address with a format's suffix is its feed."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from feedservice.domain.model import Author, Category
from feedservice.domain.urls import feed_path
from feedservice.feeds.formats import FORMATS
from feedservice.index.writer import IndexWriter

LISTS = ["/", "/categories/field", "/tags/داريا", "/authors/desk", "/search"]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("page", LISTS)
def test_every_list_is_a_feed_in_every_format(client: FlaskClient, page: str, name: str) -> None:
    answer = client.get(feed_path(page, FORMATS[name].suffix))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == FORMATS[name].media_type + "; charset=utf-8"
    own = "/" if page == "/search" else page  # a search for nothing is the list of everything
    address = f"https://news.example{quote(feed_path(own, FORMATS[name].suffix))}"
    assert answer.headers.getlist("Link")[0] == f'<{address}>; rel="self"'


@pytest.mark.parametrize(
    ("address", "is_indexed"),
    [
        ("/feed.rss", True),
        ("/feed.rss?limit=5&utm_source=x", True),
        ("/categories/field.json", True),
        ("/search.rss", False),
        ("/search.rss?q=x", False),
        ("/feed.rss?category=field,economy", False),
        ("/categories/field.atom?tag=x", False),
        ("/?since=2025-12-01", False),
        ("/search?q=x", False),
        ("/", True),
        ("/categories/field", True),
    ],
)
def test_searches_and_narrowed_lists_are_noindex(
    client: FlaskClient, address: str, is_indexed: bool
) -> None:
    answer = client.get(address)
    assert ("X-Robots-Tag" not in answer.headers) is is_indexed
    if answer.mimetype == "text/html":
        assert ('name="robots" content="noindex"' not in answer.text) is is_indexed


def test_a_feed_that_moved_keeps_its_format_and_query(client: FlaskClient) -> None:
    answer = client.get("/categories/ميدان.atom?limit=5")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/categories/field.atom?limit=5"


@pytest.mark.parametrize("suffix", ["", ".rss", ".atom", ".json", "/archive/2025-12.atom"])
def test_earlier_names_of_categories_and_authors_and_moved_lists_lead_on_in_every_format(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter], suffix: str
) -> None:
    known = site_of(
        categories=(Category(slug="field", name="ميداني", aliases=("news",)),),
        authors=(Author(slug="desk", name="هيئة التحرير", aliases=("salma", "سلمى الحلبي")),),
        redirects=(("/categories/sport", "/categories/field"),),
    )
    client = client_of(known)
    for old, new in (
        ("/categories/news", "/categories/field"), ("/authors/salma", "/authors/desk"), ("/authors/سلمى-الحلبي", "/authors/desk"),
        *([("/categories/sport", "/categories/field")] if "archive" not in suffix else []),
    ):  # fmt: skip
        answer = client.get(old + suffix)
        assert (answer.status_code, answer.headers["Location"]) == (301, new + suffix)


def test_an_unknown_category_has_no_feed(client: FlaskClient) -> None:
    assert client.get("/categories/nothing.rss").status_code == 404
    assert client.get("/categories/field.txt").status_code == 404


def test_opml_is_told_as_opml(client: FlaskClient) -> None:
    assert client.get("/feeds.opml").headers["Content-Type"] == "text/x-opml; charset=utf-8"
