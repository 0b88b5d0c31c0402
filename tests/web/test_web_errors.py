"""Redirects and refusals: the right status, a short page in the site's language, JSON at .json
addresses."""

import json
import logging
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher


@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("/articles/old-slug", "/articles/daraya-operation"),
        ("/categories/ميدان", "/categories/field"),
        ("/categories/ميدان.json", "/categories/field.json"),
        ("/old", "/categories/field"),
        ("/feed", "/feed.rss"),
        ("/قديم", "/tags/%D8%AF%D8%A7%D8%B1%D9%8A%D8%A7"),
        ("/away", "https://other.example/%D8%AE%D8%A8%D8%B1"),
        ("/categories/field/", "/categories/field"),
        ("/tags/داريا/", "/tags/%D8%AF%D8%A7%D8%B1%D9%8A%D8%A7"),
        ("/categories/field/?limit=5&q=%D8%A7", "/categories/field?limit=5&q=%D8%A7"),
        ("/feed.rss/", "/feed.rss"),
        ("/feeds/", "/feeds"),
        ("/media/cafe\u0301.png", "/media/caf%C3%A9.png"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_moved_address_answers_301_with_a_path(
    client: FlaskClient, address: str, location: str, method: str
) -> None:
    answer = client.open(address, method=method)
    assert answer.status_code == 301
    assert answer.headers["Location"] == location
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("zone", ["Asia/Damascus", "America/Santiago"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize("name", ["since", "before"])
def test_the_ends_of_the_calendar_are_taken_or_refused_in_every_zone(
    client_of: Callable[..., FlaskClient],
    site_of: Callable[..., IndexWriter],
    zone: str,
    moment: str,
    name: str,
) -> None:
    client = client_of(site_of(timezone=zone))
    value = f"{moment},a" if name == "before" else moment
    for address in ("/", "/feed.rss", "/categories/field", "/search"):
        answer = client.get(f"{address}?q=x&{name}={value}")
        assert answer.status_code == (400 if name == "before" else 200)


def test_a_pattern_of_a_query_leads_at_once_to_the_article_that_has_the_alias(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]
) -> None:
    rules = (("/?p={id}", "/articles/p-{id}"), ("/?old={slug}", "/articles/{slug}"))
    client = client_of(site_of(redirects=rules))
    front = client.get("/").data
    for query in ("?old=old-slug", "?utm_source=x&old=old-slug", "?old=Old_Slug"):
        answer = client.get(f"/{query}")
        assert (answer.status_code, answer.headers["Location"]) == (
            301,
            "/articles/daraya-operation",
        )
    assert client.get("/?old=withdrawn").headers["Location"] == "/articles/withdrawn"
    assert client.get("/?p=999").status_code == 404
    assert client.get("/?p=x").data == client.get("/?utm_source=x").data == front
    assert client.get("/?p=999").status_code == 404  # the front page is not kept for it


def test_a_line_with_a_query_goes_before_the_line_of_its_path(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]
) -> None:
    rules = (("/old.php", "/feeds"), ("/old.php?c=5", "/tags"))
    client = client_of(site_of(redirects=rules))
    assert client.get("/old.php?c=5").headers["Location"] == "/tags"
    assert client.get("/old.php?c=6").headers["Location"] == "/feeds"


def test_only_reading_follows_a_redirect(client: FlaskClient) -> None:
    assert client.post("/old").status_code == 404
    assert client.post("/categories/field/").status_code == 404


def test_redirects_stay_below_the_path_of_base_url(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]
) -> None:
    client = client_of(site_of(base_url="https://host.example/news"))
    assert client.get("/old").headers["Location"] == "/news/categories/field"
    assert client.get("/categories/ميدان.rss").headers["Location"] == "/news/categories/field.rss"
    assert client.get("/away").headers["Location"].startswith("https://other.example/")


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example", "/\\evil.example/", "///", "//feed.rss"]
)
def test_no_path_redirects_to_another_host(client: FlaskClient, path: str) -> None:
    answer = client.get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code in (200, 404)  # Werkzeug reads several leading slashes as one
    assert "Location" not in answer.headers


@pytest.mark.parametrize("path", ["/articles/\xff", "/categories/\xc3\x28.rss", "/tags/a\0b"])
def test_what_is_no_text_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get("/", environ_overrides={"PATH_INFO": path}).status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nowhere", 404),
        ("/articles/nothing", 404),
        ("/categories/nothing", 404),
        ("/articles/withdrawn", 410),
        ("/?limit=900", 400),
        ("/?" + "&".join(f"tag=x{n}" for n in range(101)), 400),
        ("/" + "a" * 3000, 414),
        ("/feed.rss?x=" + "a" * 9000, 414),
    ],
)
def test_refusals_are_short_pages_in_the_sites_language(
    client: FlaskClient, address: str, status: int
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert len(answer.data) < 4000
    assert "ETag" not in answer.headers


def test_an_english_site_refuses_in_english(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]
) -> None:
    answer = client_of(site_of(language="en")).get("/nowhere")
    assert "Page not found" in answer.text
    assert '<html lang="en" dir="ltr">' in answer.text


def test_a_bad_value_is_named_in_both_languages(client: FlaskClient) -> None:
    text = unescape(client.get("/?limit=<900>").text)
    assert text.count("<code>limit</code>") == 2
    assert text.count("<code><900></code>") == 2
    assert "عدد من 1 إلى 100" in text
    assert "a number from 1 to 100" in text
    assert "&lt;900&gt;" in client.get("/?limit=<900>").text


@pytest.mark.parametrize("value", ["x", "<b>\u2069x"])
def test_an_example_is_never_turned_round(client: FlaskClient, value: str) -> None:
    text = client.get("/", query_string={"since": value}).text
    assert 'تاريخ مثل <bdi dir="ltr">2025-12-01</bdi>' in text
    assert text.count("<bdi") == text.count("</bdi>")
    assert "<b>" not in text


def test_a_bad_value_at_a_json_address_is_told_in_json(client: FlaskClient) -> None:
    answer = client.get("/feed.json?limit=900")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    told = json.loads(answer.data)["error"]
    assert (told["status"], told["parameter"], told["value"]) == (400, "limit", "900")
    assert told["accepted"] == {"ar": "عدد من 1 إلى 100", "en": "a number from 1 to 100"}
    assert "عدد" in answer.text  # Arabic as it is, not as escapes


def test_json_addresses_refuse_in_json(client: FlaskClient) -> None:
    assert client.get("/categories/nothing.json").get_json()["error"]["status"] == 404
    assert client.get("/categories/ميدان.json").headers["Location"] == "/categories/field.json"


@pytest.mark.parametrize(
    "address", ["/", "/feed.rss", "/feed.json", "/articles/x", "/feeds", "/feeds.opml", "/x", "/x/"]
)
def test_without_an_index_everything_answers_503_and_when_to_come_back(
    client_of: Callable[..., FlaskClient],
    down: IndexReader,
    address: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = client_of(down).get(address)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"].isdigit()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert caplog.messages == []  # a first start is no fault


@pytest.fixture
def damaged(tmp_path: Path) -> IndexReader:
    (tmp_path / "index").write_bytes(b"no database" * 1000)
    return IndexReader(open_engine(f"sqlite:///{tmp_path / 'index'}", readonly=True))


def test_a_damaged_index_is_answered_as_one_that_is_not_there_and_logged(
    client_of: Callable[..., FlaskClient], damaged: IndexReader, caplog: pytest.LogCaptureFixture
) -> None:
    assert client_of(damaged).get("/search?q=x").status_code == 503
    assert "not a database" in caplog.text


@pytest.mark.parametrize("address", ["/", "/feed.json"])
def test_an_index_that_failed_is_not_asked_again_for_the_page_that_says_so(
    client_of: Callable[..., FlaskClient],
    damaged: IndexReader,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Publisher] = []
    monkeypatch.setattr(Publisher, "site", asked.append)
    assert client_of(damaged).get(address).status_code == 503
    assert asked == []


def test_without_a_site_the_page_speaks_both_languages(
    client_of: Callable[..., FlaskClient], down: IndexReader
) -> None:
    text = client_of(down).get("/").text
    assert "قيد التجهيز" in text
    assert "being prepared" in text


def test_what_nobody_expected_is_recorded_and_answers_500(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listing(*_: object) -> None:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(Publisher, "listing", listing)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/categories/field")
    assert answer.status_code == 500
    assert "disk on fire" not in answer.text
    assert "disk on fire" in caplog.text


def test_what_strangers_send_writes_no_line_of_its_own_into_the_log(
    client_of: Callable[..., FlaskClient], damaged: IndexReader, caplog: pytest.LogCaptureFixture
) -> None:
    client_of(damaged).get("/articles/x%0AERROR%20feedservice.writer:%20FAKE%E2%80%AE")
    written = [record.getMessage() for record in caplog.records]
    assert written
    assert not any("\n" in each or "\u202e" in each for each in written)
