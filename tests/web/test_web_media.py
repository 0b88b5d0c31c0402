"""Files of content/media/: validators, ranges, an allow-list of types."""

import pytest
from flask.testing import FlaskClient

from web_site import Shelf

SOUND = "/media/a/sound.mp3"
WRITTEN = "Mon, 22 Dec 2025 07:00:00 GMT"


def closed(shelf: Shelf) -> bool:
    return bool(shelf.opened) and all(each.stream.closed for each in shelf.opened)


def test_a_file_is_sent_whole_with_validators(client: FlaskClient, shelf: Shelf) -> None:
    with client.get(SOUND) as answer:
        assert answer.status_code == 200
        assert answer.data == b"0123456789"
        headers = answer.headers
    assert headers["Content-Type"] == "audio/mpeg"
    assert headers["Content-Length"] == "10"
    assert headers["ETag"] == '"f11e"'
    assert headers["Last-Modified"] == WRITTEN
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == "inline; filename*=UTF-8''sound.mp3"
    assert closed(shelf)


def test_arabic_names_are_found_and_encoded(client: FlaskClient) -> None:
    with client.get("/media/صورة.png") as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].endswith("''%D8%B5%D9%88%D8%B1%D8%A9.png")


@pytest.mark.parametrize(
    ("asked", "part", "told"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=-1", b"9", "bytes 9-9/10"),
    ],
)
def test_a_range_answers_206(
    client: FlaskClient, shelf: Shelf, asked: str, part: bytes, told: str
) -> None:
    with client.get(SOUND, headers={"Range": asked}) as answer:
        assert answer.status_code == 206
        assert answer.data == part
        assert answer.headers["Content-Range"] == told
        assert answer.content_length == len(part)
    assert closed(shelf)


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=z", "bytes=4-2", "bytes=-30", "bytes", "", "lines=1-2"]
)
def test_other_ranges_are_ignored(client: FlaskClient, asked: str) -> None:
    with client.get(SOUND, headers={"Range": asked}) as answer:
        assert answer.status_code == 200


def test_a_range_outside_the_file_answers_416(client: FlaskClient, shelf: Shelf) -> None:
    answer = client.get(SOUND, headers={"Range": "bytes=10-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */10"
    assert closed(shelf)


@pytest.mark.parametrize(
    ("if_range", "status"),
    [
        ('"f11e"', 206),
        ('"x"', 200),
        ('W/"f11e"', 200),
        (WRITTEN, 206),
        ("Mon, 22 Dec 2025 07:00:01 GMT", 200),
        ("Mon, 22 Dec 2025 99999999999:00:00 GMT", 200),
        ("never", 200),
    ],
)
def test_if_range_guards_the_range(client: FlaskClient, if_range: str, status: int) -> None:
    with client.get(SOUND, headers={"Range": "bytes=0-1", "If-Range": if_range}) as answer:
        assert answer.status_code == status


@pytest.mark.parametrize(
    "absurd",
    ["Mon, 01 Jan 2026 99999999999:00:00 GMT", "Mon, 01 Jan 2026 00:00:00 +99999999999999"],
)
def test_an_absurd_date_is_no_condition(client: FlaskClient, absurd: str) -> None:
    with client.get(SOUND, headers={"If-Modified-Since": absurd}) as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize("condition", [{"If-None-Match": '"f11e"'}, {"If-Modified-Since": WRITTEN}])
def test_a_known_file_answers_304_even_for_a_range(
    client: FlaskClient, shelf: Shelf, condition: dict[str, str]
) -> None:
    with client.get(SOUND, headers={"Range": "bytes=0-1", **condition}) as answer:
        assert answer.status_code == 304
        assert answer.headers["Last-Modified"] == WRITTEN
    assert closed(shelf)


def test_head_tells_the_whole_length_and_closes_the_file(client: FlaskClient, shelf: Shelf) -> None:
    with client.head(SOUND, headers={"Range": "bytes=0-1"}) as answer:
        assert (answer.status_code, answer.content_length, answer.data) == (200, 10, b"")
    assert closed(shelf)


@pytest.mark.parametrize("name", ["page.html", "data.xml", "run.js"])
def test_types_that_a_browser_would_run_are_not_served(
    client: FlaskClient, shelf: Shelf, name: str
) -> None:
    assert client.get("/media/" + name).status_code == 404
    assert closed(shelf)


def test_an_svg_is_sandboxed(client: FlaskClient) -> None:
    with client.get("/media/drawing.svg") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Type"] == "image/svg+xml"
    assert policy == "sandbox; default-src 'none'; style-src 'unsafe-inline'"


def test_tables_and_archives_are_for_saving(client: FlaskClient) -> None:
    with client.get("/media/table.csv") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_an_empty_file_is_an_empty_answer(client: FlaskClient) -> None:
    with client.get("/media/empty.txt") as answer:
        assert (answer.status_code, answer.data, answer.content_length) == (200, b"", 0)


def test_media_are_not_compressed(client: FlaskClient) -> None:
    with client.get("/media/صورة.png", headers={"Accept-Encoding": "gzip, br"}) as answer:
        assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    "name",
    [
        "missing.png",
        "../site.yaml",
        "a/../../site.yaml",
        ".hidden.png",
        "a/.git/x.png",
        "a//sound.mp3",
        "a\\b.png",
        "",
    ],
)
def test_nothing_else_is_opened(client: FlaskClient, shelf: Shelf, name: str) -> None:
    answer = client.get("/", environ_overrides={"PATH_INFO": "/media/" + name})
    assert answer.status_code == 404
    assert not shelf.opened
