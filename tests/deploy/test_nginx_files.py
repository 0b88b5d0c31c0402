"""Feeds that lie as files: which requests nginx answers from them, and with what; over an
application that answers by a script."""

import json
import os
from contextlib import closing
from dataclasses import dataclass
from email.utils import formatdate
from http.client import HTTPConnection
from pathlib import Path

import pytest

from feedservice.web.plain_feed import BRIEF, CACHING, TYPES, is_plain
from nginx_process import OUTSIDE, SHOWN, Nginx, Script, nginx_in_front_of
from waiting import PATIENCE, comes_true

pytestmark = pytest.mark.system

TIME = 1_700_000_000
OF_THE_APPLICATION = '"0123456789abcdef0123456789abcdef-gzip"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    nginx: Nginx
    script: Script

    def path(self, name: str) -> Path:
        return self.nginx.folder / "feeds" / name

    def put(self, name: str, body: bytes = b"file") -> None:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        os.utime(path, (TIME, TIME))

    def tag(self, body: bytes = b"file") -> str:
        return f'"{TIME:x}-{len(body):x}"'


@pytest.fixture
def files(nginx: Nginx, script: Script) -> Files:
    made = Files(nginx=nginx, script=script)
    for coding in ("identity", "gzip", "br"):
        made.put(f"{coding}/feed.rss", coding.encode())
    return made


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", "identity"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, br;q=0", "gzip"),
        ("gzip;q=0", "identity"),
    ],
)
def test_a_file_is_sent_in_the_coding_that_the_application_would_choose(
    files: Files, accepted: str, coding: str
) -> None:
    for method in ("GET", "HEAD"):
        answer = files.nginx.ask("/feed.rss", {"Accept-Encoding": accepted}, method=method)
        assert answer.status == 200
        assert answer.body == (coding.encode() if method == "GET" else b"")
        assert answer.header("content-length") == str(len(coding))
        assert answer.header("content-encoding") == coding.replace("identity", "")
    assert files.script.asked == []


@pytest.mark.parametrize("suffix", TYPES)
def test_what_is_said_of_a_file_is_what_the_application_says_of_a_feed(
    script: Script, tmp_path: Path, suffix: str
) -> None:
    with nginx_in_front_of(script.port, tmp_path / "nginx") as nginx:
        files = Files(nginx=nginx, script=script)
        files.put(f"gzip/tags/a{suffix}")
        answer = nginx.ask(f"/tags/a{suffix}", {"Accept-Encoding": "gzip"})
    own = {"server", "date", "connection"}
    said = [(name.title(), value) for name, value in answer.headers if name not in own]
    told = [(name.replace("Etag", "ETag"), value) for name, value in said]
    assert len(told) == len(dict(told))
    assert is_plain(f"a{suffix}", told)


@pytest.mark.parametrize("suffix", TYPES)
def test_of_a_brief_file_it_is_not_said_how_long_it_may_stand_in_for_the_service(
    files: Files, suffix: str
) -> None:
    for folder in ("gzip", "brief/gzip"):
        files.put(f"{folder}/tags/{folder[0]}{suffix}")
    asked = {"Accept-Encoding": "gzip"}
    for more, status in (({}, 200), ({"If-None-Match": files.tag()}, 304)):
        usual, brief = (files.nginx.ask(f"/tags/{it}{suffix}", asked | more) for it in "gb")
        assert (usual.status, usual.body) == (brief.status, brief.body) == (status, usual.body)
        differ = set(usual.headers) ^ set(brief.headers)
        assert {pair for pair in differ if pair[0] != "date"} == {
            ("cache-control", BRIEF),
            ("cache-control", CACHING),
        }
    assert files.script.asked == []


def test_no_file_is_asked_of_the_application_by_the_path_that_is_meant(files: Files) -> None:
    for asked, sent in {
        "/tags/%d9%85%d8%a7%D8%A1.rss": "/tags/%D9%85%D8%A7%D8%A1.rss",
        "/%6fther.rss": "/other.rss",
        "/tags/a%3Fb%25.rss?tag=a&utm_source=x": "/tags/a%3Fb%25.rss?tag=a",
        "/news//feed.rss": "/news//feed.rss",
        "/" + "x" * 300 + ".rss": "/" + "x" * 300 + ".rss",
        "/feed.rss/x.rss": "/feed.rss/x.rss",
    }.items():
        assert files.nginx.ask(asked).body == b"one"
        assert files.script.targets()[-1] == sent
        assert files.nginx.ask(asked).header("x-cache-status") != "MISS"


def test_the_name_of_a_file_is_the_decoded_path(files: Files) -> None:
    files.put("identity/news/tags/ماء.json", b"water")
    address = "/news/tags/%D9%85%D8%A7%D8%A1.json"
    assert files.nginx.ask(address).body == b"water"
    assert files.nginx.ask("/news/x/../%66eed.rss").body == b"one"
    files.nginx.ask("/%66eed.rss", {"User-Agent": "\u202e"})
    assert comes_true(lambda: files.nginx.log().count("\n") == 3)
    lines = [json.loads(line) for line in files.nginx.log().splitlines()]
    assert {line["address"]: (line["kept"], line["agent"]) for line in lines} == {
        "/news/tags/ماء.json": ("FILE", ""),
        "/news/feed.rss": ("MISS", ""),
        "/feed.rss": ("FILE", "(not ASCII)"),
    }
    assert len({tuple(line) for line in lines}) == 1


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/%E2%80%AE.rss", {"Content-Length": "2000"}, 413),
        ("/%ff.rss", {"Content-Length": "2000"}, 413),
        ("/%E2%80%AE.rss", {"If-Match": '"x"'}, 412),
        ("/%ff.rss", {"If-Unmodified-Since": formatdate(0, usegmt=True)}, 412),
        ("/%ff.rss", {}, 200),
    ],
)
def test_what_is_no_file_cannot_break_or_turn_a_line_of_the_log(
    files: Files, path: str, headers: dict[str, str], status: int
) -> None:
    answer = files.nginx.ask(path, headers)
    assert answer.status == status
    assert comes_true(lambda: files.nginx.log().endswith("\n"))
    line = json.loads(files.nginx.log())
    assert (line["address"], line["status"]) == (path, status)
    assert line["kept"] != "FILE"


def test_a_body_that_is_too_large_is_refused_before_a_file_is_looked_for(files: Files) -> None:
    refused = files.nginx.ask("/feed.rss", {"Content-Length": "2000"})
    assert (refused.status, files.script.asked) == (413, [])
    assert refused.header("content-security-policy").startswith("default-src 'none'; frame")


@pytest.mark.parametrize("query", ["tag=a", "utm_source=x", "limit=5", "x"])
def test_a_query_may_ask_for_another_list(files: Files, query: str) -> None:
    assert files.nginx.ask(f"/feed.rss?{query}").body == b"one"
    assert files.nginx.ask("/feed.rss?").body == b"identity"
    files.put("brief/identity/tags/a.rss")
    assert files.nginx.ask(f"/tags/a.rss?{query}").body == b"one"
    assert files.nginx.ask("/tags/a.rss").body == b"file"


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        ({"If-None-Match": "TAG"}, 304),
        ({"If-None-Match": "W/TAG"}, 304),
        ({"If-None-Match": '"other", TAG'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-Modified-Since": "SAME"}, 304),
        ({"If-Modified-Since": "LATER"}, 304),
        ({"If-Modified-Since": "EARLIER"}, 200),
        ({"If-None-Match": "TAG", "If-Modified-Since": "SAME"}, 304),
        ({"If-None-Match": '"other"', "If-Modified-Since": "LATER"}, 200),
        ({"Range": "bytes=1-2"}, 200),
    ],
)
def test_conditions_of_a_file_are_answered_from_it(
    files: Files, conditions: dict[str, str], status: int
) -> None:
    moments = {"SAME": TIME, "LATER": TIME + 60, "EARLIER": TIME - 60}
    told = {
        name: formatdate(moments[value], usegmt=True)
        if value in moments
        else value.replace("TAG", files.tag(b"gzip"))
        for name, value in conditions.items()
    }
    answer = files.nginx.ask("/feed.rss", {"Accept-Encoding": "gzip", **told})
    assert (answer.status, answer.header("etag")) == (status, files.tag(b"gzip"))
    assert answer.header("content-encoding") == ("gzip" if status == 200 else "")
    assert answer.header("vary") == "Accept-Encoding"
    assert "accept-ranges" not in dict(answer.headers)
    assert files.script.asked == []


@pytest.mark.parametrize("more", [{}, {"If-Modified-Since": formatdate(TIME, usegmt=True)}])
@pytest.mark.parametrize("told", ["TAG", "W/TAG", '"other", TAG'])
def test_who_has_an_answer_of_the_application_is_answered_by_it(
    files: Files, told: str, more: dict[str, str]
) -> None:
    files.script.headers["ETag"] = OF_THE_APPLICATION
    asked = {"If-None-Match": told.replace("TAG", OF_THE_APPLICATION), **more}
    assert files.nginx.ask("/feed.rss", asked).status == 304
    assert files.script.targets() == ["/feed.rss"]


def test_what_is_not_asked_for_by_reading_is_as_it_is_without_files(files: Files) -> None:
    for method in ("POST", "PUT", "DELETE", "PROPFIND"):
        for path in (
            "/feed.rss",
            "/other.rss",
            "/",
            "/media/a.json",
            "/healthz",
            "/preview/a.json",
        ):
            refused = files.nginx.ask(path, method=method, body=b"x")
            assert (refused.status, refused.header("allow")) == (405, "GET, HEAD, OPTIONS")
            assert refused.header("content-security-policy").startswith("default-src 'none'; frame")
    assert files.nginx.ask("/hooks/content", method="PUT").status == 405
    assert files.nginx.ask("/micropub", method="PUT").status == 405
    assert files.script.asked == []
    assert files.nginx.ask("/feed.rss", method="OPTIONS").body == b"one"
    assert [method for method, _, _ in files.script.asked] == ["OPTIONS"]


def test_media_and_previews_are_never_files(files: Files) -> None:
    for number, path in enumerate(("media/a.json", "news/media/tags/a.rss", "preview/a.json"), 1):
        files.put(f"identity/{path}")
        assert [files.nginx.ask(f"/{path}").body for _ in range(2)] == [b"one"] * 2
        assert len(files.script.asked) == 2 * number
    files.put("identity/tags/media.rss")
    assert files.nginx.ask("/tags/media.rss").body == b"file"


def test_a_folder_is_no_feed(files: Files) -> None:
    files.put("identity/a.rss/b.rss")
    assert (files.nginx.ask("/a.rss").status, files.nginx.ask("/a.rss").body) == (200, b"one")
    files.path("identity/lost.rss").symlink_to("/nowhere")
    assert files.nginx.ask("/lost.rss").body == b"one"


def test_a_file_that_was_removed_is_sent_for_no_more_than_a_second_or_two(
    script: Script, tmp_path: Path
) -> None:
    """Not for as long as what else is open is trusted, which is longer here than a test waits."""
    changes = {"open_file_cache_valid 60s": "open_file_cache_valid 10m"}
    with (
        nginx_in_front_of(script.port, tmp_path / "nginx", changes) as nginx,
        # One connection: each worker of nginx has open files of its own.
        closing(HTTPConnection("127.0.0.1", nginx.port, timeout=PATIENCE)) as connection,
    ):

        def told() -> bytes:
            connection.request("GET", "/feed.rss")
            return connection.getresponse().read()

        files = Files(nginx=nginx, script=script)
        files.put("identity/feed.rss")
        assert told() == b"file"
        files.path("identity/feed.rss").unlink()
        assert comes_true(lambda: told() == b"one")
        files.put("identity/feed.rss", b"another")
        assert comes_true(lambda: told() == b"another")


def test_files_are_sent_while_the_application_is_away(files: Files) -> None:
    files.script.status = 503
    assert files.nginx.ask("/feed.rss").status == 200


def test_a_client_may_have_no_more_files_than_answers(script: Script, tmp_path: Path) -> None:
    changes = {**SHOWN, "rate=30r/s": "rate=1r/m", "burst=200 nodelay": "burst=2 nodelay"}
    with nginx_in_front_of(script.port, tmp_path / "nginx", changes) as nginx:
        Files(nginx=nginx, script=script).put("identity/feed.rss")
        answers = [nginx.ask("/feed.rss", source=OUTSIDE) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert (answers[-1].header("retry-after"), script.asked) == ("10", [])
    assert "طلبات كثيرة" in answers[-1].body.decode()
