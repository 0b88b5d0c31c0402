"""The HTTP contract, asked through the app."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import brotli
import pytest
from flask.testing import FlaskClient

from factories import fill
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher
from web_site import NOW, OPERATION

FEED = "/categories/field.rss"
ADDRESSES = [
    FEED,
    "/feed.json",
    "/feeds.opml",
    "/",
    "/articles/daraya-operation",
    "/feeds",
    "/robots.txt",
]
WRITTEN = "Mon, 22 Dec 2025 07:00:00 GMT"
CACHING = "max-age=300, stale-while-revalidate=60, stale-if-error=86400"


def test_each_coding_has_its_own_strong_tag_made_from_the_identity_bytes(
    client: FlaskClient,
) -> None:
    tags, whole = {}, client.get(FEED).data
    for coding, undo in (("identity", bytes), ("gzip", gzip.decompress), ("br", brotli.decompress)):
        answer = client.get(FEED, headers={"Accept-Encoding": coding})
        assert undo(answer.data) == whole
        assert answer.headers.get("Content-Encoding", "identity") == coding
        assert answer.content_length == len(answer.data)
        tags[coding] = answer.headers["ETag"]
    digest = tags["identity"].strip('"')
    assert tags == {"identity": f'"{digest}"', "gzip": f'"{digest}-gzip"', "br": f'"{digest}-br"'}


@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_304_repeats_what_caches_update_by_and_nothing_of_the_body(
    client: FlaskClient, address: str, coding: str
) -> None:
    first = client.get(address, headers={"Accept-Encoding": coding})
    again = client.get(
        address, headers={"Accept-Encoding": coding, "If-None-Match": "W/" + first.headers["ETag"]}
    )
    assert again.status_code == 304
    assert again.data == b""
    for name in ("ETag", "Cache-Control", "Vary", "Last-Modified"):
        assert again.headers.get(name) == first.headers.get(name)
    assert not {"Content-Type", "Content-Length", "Content-Encoding"} & set(again.headers.keys())


@pytest.mark.parametrize("address", ADDRESSES)
def test_caching_headers_are_the_contracts(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    headers = answer.headers
    is_page = answer.mimetype == "text/html"
    assert headers["Cache-Control"] == ("no-cache" if is_page else CACHING)
    assert headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in headers


def test_max_age_is_a_setting(client_of: Callable[..., FlaskClient], publisher: Publisher) -> None:
    answer = client_of(publisher, max_age=7).get(FEED)
    assert (
        answer.headers["Cache-Control"]
        == "max-age=7, stale-while-revalidate=60, stale-if-error=86400"
    )


def test_the_tag_is_compared_with_the_coding_that_the_request_selects(client: FlaskClient) -> None:
    plain = client.get(FEED).headers["ETag"]
    assert client.get(FEED, headers={"If-None-Match": plain}).status_code == 304
    assert (
        client.get(FEED, headers={"If-None-Match": plain, "Accept-Encoding": "gzip"}).status_code
        == 200
    )
    assert client.get(FEED, headers={"If-None-Match": f'"x", {plain}'}).status_code == 304
    assert client.get(FEED, headers={"If-None-Match": "*"}).status_code == 304


def test_last_modified_is_confirmed_by_date(client: FlaskClient) -> None:
    assert client.get(FEED).headers["Last-Modified"] == WRITTEN
    assert client.get(FEED, headers={"If-Modified-Since": WRITTEN}).status_code == 304
    assert (
        client.get(FEED, headers={"If-Modified-Since": "Mon, 22 Dec 2025 06:59:59 GMT"}).status_code
        == 200
    )
    assert client.get(FEED, headers={"If-Modified-Since": "soon"}).status_code == 200
    assert (
        client.get(FEED, headers={"If-Modified-Since": WRITTEN, "If-None-Match": '"x"'}).status_code
        == 200
    )


def test_a_stamp_ahead_of_the_clock_is_shown_as_now_and_confirms_nothing(
    client_of: Callable[..., FlaskClient], written: IndexWriter
) -> None:
    fill(written, replace(OPERATION, title="آخر"), now=NOW + timedelta(milliseconds=700))
    client = client_of(written)
    answer = client.get(FEED)
    assert answer.last_modified == NOW
    assert (
        client.get(FEED, headers={"If-Modified-Since": answer.headers["Last-Modified"]}).status_code
        == 200
    )


@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_head_is_get_without_the_body(client: FlaskClient, address: str, coding: str) -> None:
    get = client.get(address, headers={"Accept-Encoding": coding})
    head = client.head(address, headers={"Accept-Encoding": coding})
    assert head.status_code == 200
    assert head.data == b""
    assert list(head.headers) == list(get.headers)


@pytest.mark.parametrize("address", [*ADDRESSES, "/media/a/sound.mp3", "/healthz", "/readyz"])
def test_options_answers_204_with_allow(client: FlaskClient, address: str) -> None:
    answer = client.options(address)
    assert answer.status_code == 204
    assert answer.data == b""
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert "Content-Type" not in answer.headers


def test_nothing_of_the_preview_is_there_without_it(client: FlaskClient) -> None:
    answers = [client.get("/preview"), client.options("/preview")]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_options_asks_nobody(client_of: Callable[..., FlaskClient], down: IndexReader) -> None:
    assert client_of(down).options(FEED).status_code == 204


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("address", [FEED, "/feed.json", "/", "/feeds.opml", "/media/a/sound.mp3"])
def test_other_methods_answer_405_with_allow(
    client: FlaskClient, address: str, method: str
) -> None:
    answer = client.open(address, method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.mimetype == ("application/json" if address.endswith(".json") else "text/html")


@pytest.mark.parametrize("address", [FEED, "/feed.atom", "/search.json?q=x", "/feeds.opml"])
def test_scripts_of_any_site_may_read_feeds(client: FlaskClient, address: str) -> None:
    for answer in (
        client.get(address),
        client.get(address, headers={"If-None-Match": "*"}),
        client.options(address),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Access-Control-Expose-Headers"] == "ETag, Link"
    preflight = client.options(address).headers
    assert preflight["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert preflight["Access-Control-Allow-Headers"] == "If-None-Match, If-Modified-Since"
    assert int(preflight["Access-Control-Max-Age"]) > 0


def test_pages_are_not_shared_with_scripts_of_other_sites(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


@pytest.mark.parametrize(
    "address", [*ADDRESSES, "/nowhere", "/old", "/media/a/sound.mp3", "/healthz"]
)
def test_every_answer_is_guarded(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]
    assert headers["Vary"] == "Accept-Encoding"


def test_small_bodies_are_not_compressed(client: FlaskClient) -> None:
    assert (
        "Content-Encoding"
        not in client.get("/robots.txt", headers={"Accept-Encoding": "br"}).headers
    )


def test_link_headers_name_the_feed_and_its_hubs(client: FlaskClient) -> None:
    assert client.get(FEED).headers.getlist("Link") == [
        f'<https://news.example{FEED}>; rel="self"',
        '<https://hub.example/>; rel="hub"',
    ]


def test_the_same_page_has_the_same_bytes_and_tag_in_every_process(
    client: FlaskClient, client_of: Callable[..., FlaskClient], written: IndexWriter
) -> None:
    one = client.get("/")
    two = client_of(written).get("/", headers={"Host": "evil.example"})
    assert one.data == two.data
    assert one.headers["ETag"] == two.headers["ETag"]
