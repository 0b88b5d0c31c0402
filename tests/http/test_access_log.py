"""A line of the access log."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from feedservice.http.access_log import PIPE, access_line
from feedservice.http.cache import CACHE_STATUS
from web_site import NOW


def line(**environ: str) -> str:
    told = {
        name: value.encode("utf-8", "replace").decode("latin-1") for name, value in environ.items()
    }
    return access_line(
        {"REQUEST_METHOD": "GET", "PATH_INFO": "/", **told}, "200 OK", 1234, 0.0123456, NOW
    )


def test_a_line_is_json_and_arabic_is_readable() -> None:
    told = line(
        PATH_INFO="/tags/داريا.rss",
        QUERY_STRING="limit=5",
        REMOTE_ADDR="192.0.2.1",
        HTTP_USER_AGENT="قارئ",
        **{CACHE_STATUS: "hit"},
    )
    assert "/tags/داريا.rss" in told
    assert json.loads(told) == {
        "time": "2026-01-10T12:00:00.000+00:00", "client": "192.0.2.1", "method": "GET", "path": "/tags/داريا.rss",
        "query": "limit=5", "status": 200, "bytes": 1234, "ms": 12.346, "cache": "hit", "agent": "قارئ", "referer": "",
    }  # fmt: skip


def test_the_path_of_a_site_below_a_path_is_whole() -> None:
    assert (
        json.loads(line(SCRIPT_NAME="/أخبار", PATH_INFO="/feed.rss"))["path"] == "/أخبار/feed.rss"
    )


@given(st.text(max_size=80))
def test_nothing_in_a_line_moves_a_cursor_or_turns_a_line(text: str) -> None:
    told = line(PATH_INFO="/" + text, HTTP_USER_AGENT=text, HTTP_REFERER=text)
    assert json.loads(told)["agent"] == text.encode("utf-8", "replace").decode()
    assert not {unicodedata.category(char) for char in told} & {"Cc", "Zl", "Zp", "Cs"}
    assert not set(told) & set(
        "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff"
    )


def test_a_line_is_written_at_once_however_long_what_strangers_send_is() -> None:
    for char in ("x", "س", "\u202e", "\x01"):
        told = line(
            PATH_INFO="/" + char * 10_000,
            QUERY_STRING=char * 10_000,
            HTTP_USER_AGENT=char * 10_000,
            HTTP_REFERER=char * 10_000,
        )
        assert len(told.encode()) < PIPE
        assert json.loads(told)["status"] == 200
