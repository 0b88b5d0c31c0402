"""What nginx keeps, for how long and under which name; what it refuses: over an application that
answers by a script."""

import itertools
import json
import re
import shlex
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from feedservice.http.negotiation import choose_coding
from nginx_process import (
    CONFIGURATION,
    OUTSIDE,
    ROOT,
    SHOWN,
    Answer,
    Nginx,
    Script,
    free_port,
    main_configuration,
    nginx_in_front_of,
    require,
    scripted,
)
from waiting import PATIENCE, comes_true

pytestmark = pytest.mark.system


def test_an_answer_is_kept_for_a_second_or_two_and_not_for_its_max_age(
    nginx: Nginx, script: Script
) -> None:
    """Its max-age is longer than a test waits."""
    assert nginx.ask("/feed.rss").header("x-cache-status") == "MISS"
    assert comes_true(lambda: nginx.ask("/feed.rss").header("x-cache-status") == "HIT")
    assert comes_true(lambda: nginx.ask("/feed.rss").header("x-cache-status") != "HIT")


def test_the_first_who_asks_after_that_second_is_given_what_is_published_now(
    nginx: Nginx, script: Script
) -> None:
    """A hub that was just told, an editor who looks at a quiet page: neither may be shown what
    was."""
    nginx.ask("/feed.rss")
    script.body = b"two"
    while (answer := nginx.ask("/feed.rss")).header("x-cache-status") == "HIT":
        assert answer.body == b"one"
    assert (answer.body, len(script.asked)) == (b"two", 2)


def test_many_who_ask_for_what_is_not_kept_cost_one_request(nginx: Nginx, script: Script) -> None:
    script.gate.clear()
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(nginx.ask, "/feed.rss") for _ in range(20)]
        assert comes_true(lambda: all(answer.running() for answer in answers))
        assert comes_true(lambda: len(script.asked) == 1)
        script.gate.set()
        assert {answer.result().body for answer in answers} == {b"one"}
    assert len(script.asked) == 1


def test_while_one_refreshes_the_others_are_given_what_there_was(
    nginx: Nginx, script: Script
) -> None:
    nginx.ask("/feed.rss")
    script.body = b"two"
    script.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        one: Future[Answer]
        while len(script.asked) < 2:
            one = pool.submit(nginx.ask, "/feed.rss")
            comes_true(lambda: one.done() or len(script.asked) == 2)  # noqa: B023 - asked before the next turn
        others = [nginx.ask("/feed.rss") for _ in range(5)]
        assert {(each.body, each.header("x-cache-status")) for each in others} == {
            (b"one", "UPDATING")
        }
        script.gate.set()
        assert one.result().body == b"two"
    assert len(script.asked) == 2


def test_the_last_good_answer_stands_in_for_an_application_that_is_gone(tmp_path: Path) -> None:
    with scripted() as script:
        running = nginx_in_front_of(script.port, tmp_path / "nginx", SHOWN)
        nginx = running.__enter__()
        kept = nginx.ask("/feed.rss")
    try:
        assert comes_true(lambda: (nginx.ask("/feed.rss").header("x-cache-status")) == "STALE")
        stale = nginx.ask("/feed.rss")
        assert (stale.status, stale.body) == (200, b"one")
        assert stale.header("cache-control") == kept.header("cache-control")
        away = nginx.ask("/never-asked-for.rss")
        assert (away.status, away.header("retry-after"), away.header("cache-control")) == (
            503,
            "5",
            "no-store",
        )
        assert away.header("content-type") == "text/html; charset=utf-8"
        assert "الخدمة غير متاحة" in away.body.decode()
        assert nginx.ask("/healthz").status == 503, (
            "a proxy must not say that a dead application lives"
        )
    finally:
        running.__exit__(None, None, None)


@pytest.mark.parametrize("status", [500, 503])
def test_the_last_good_answer_stands_in_for_an_error(
    nginx: Nginx, script: Script, status: int
) -> None:
    nginx.ask("/feed.rss")
    script.status, script.body = status, b"fault"
    assert comes_true(lambda: nginx.ask("/feed.rss").header("x-cache-status") == "STALE")
    assert nginx.ask("/feed.rss").body == b"one"
    other = nginx.ask("/other.rss")
    assert (other.status, other.body) == (status, b"fault"), (
        "an error with nothing kept is the application's own"
    )


def test_the_last_good_answer_stands_in_for_an_application_that_hangs(
    script: Script, tmp_path: Path
) -> None:
    changes = {**SHOWN, "proxy_read_timeout 10s": "proxy_read_timeout 500ms"}
    with nginx_in_front_of(script.port, tmp_path / "nginx", changes) as nginx:
        assert comes_true(lambda: nginx.ask("/feed.rss").status == 200)
        script.gate.clear()
        assert comes_true(lambda: nginx.ask("/feed.rss").header("x-cache-status") == "STALE")
        assert nginx.ask("/other.rss").status == 503


@pytest.mark.parametrize("status", [301, 404, 410])
def test_moved_missing_and_gone_are_kept_too(nginx: Nginx, script: Script, status: int) -> None:
    script.status = status
    script.headers["Location"] = "/b"
    assert nginx.ask("/a").header("x-cache-status") == "MISS"
    assert comes_true(lambda: nginx.ask("/a").header("x-cache-status") == "HIT")


def test_a_bad_request_is_not_kept(nginx: Nginx, script: Script) -> None:
    script.status = 400
    assert [nginx.ask("/a?limit=x").status for _ in range(2)] == [400, 400]
    assert len(script.asked) == 2


def test_the_coding_is_the_one_that_the_application_would_choose(
    nginx: Nginx, script: Script
) -> None:
    """Every header of what is wanted (q absent or 1) and refused (q=0); with fractions, never what
    is refused."""
    names = ("br", "gzip", "identity", "deflate")
    weights = (None, "", ";q=0", "; Q=1.0", ";q=0.000", ";q=0.5")
    script.headers["Cache-Control"] = "no-store"
    for number, chosen in enumerate(itertools.product(weights, weights, weights[:3], weights[:2])):
        parts = [
            name + weight for name, weight in zip(names, chosen, strict=True) if weight is not None
        ]
        header = ", ".join(parts)
        nginx.ask(f"/{number}", {"Accept-Encoding": header})
        got = script.codings()[-1]
        if ";q=0.5" in chosen:
            assert choose_coding(f"{header}, *;q=0") in {"identity", "br", "gzip"}
            assert got == "identity" or any(
                part.partition(";")[0] == got and "q=0" not in part.replace("q=0.5", "")
                for part in parts
            ), header
        else:
            assert got == choose_coding(header), header


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("br;q=0.001", "br"),
        ("br;q=0.0001", "identity"),
        ("br;q=2", "identity"),
        ("brotli, gzipped", "identity"),
        ("*", "br"),
        (" , ,gzip", "gzip"),
        ("gzip" * 500, "identity"),
    ],
)
def test_codings_are_read_as_they_are_written(
    nginx: Nginx, script: Script, header: str, coding: str
) -> None:
    nginx.ask("/feed.rss", {"Accept-Encoding": header})
    assert script.codings() == [coding]


def test_junk_in_a_query_and_in_accept_encoding_names_nothing_new(
    nginx: Nginx, script: Script
) -> None:
    for number in range(40):
        nginx.ask(
            f"/feed.rss?utm_source={number}&fbclid=x{number}",
            {"Accept-Encoding": f"gzip, x{number}"},
        )
    assert set(script.targets()) == {"/feed.rss"}
    assert set(script.codings()) == {"gzip"}
    assert len(script.asked) < 20


def test_a_path_that_looks_like_a_path_and_its_query_is_another_address(
    nginx: Nginx, script: Script
) -> None:
    # They were one key when a question mark separated path and query in it.
    assert nginx.ask("/search%3Fq=x").body == b"one"
    script.body = b"two"
    assert nginx.ask("/search?q=x?").body == b"two"


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("tag=a&utm_source=x", "tag=a"),
        ("utm_source=x&tag=a", "tag=a"),
        ("utm_source=x&tag=a&b=1&tag=c&d", "tag=a&tag=c"),
        ("tag=a&b=1&c=2&q=%D9%85", "tag=a&q=%D9%85"),
        ("tag=a&&tag=b", "tag=a&&tag=b"),
        ("tag", "tag"),
        ("taga=a&xtag=b&tag2=c", ""),
        ("t%61g=a", "t%61g=a"),
        ("&", ""),
        ("category=a&author=b&q=c&since=d&limit=1&content=full&before=e", None),
        ("page=2&order=newest&tags=1", None),
        ("cat=5&feed=rss2&utm_source=x", "cat=5&feed=rss2"),
        ("p=7&page_id=7&alt=rss", None),
        ("x&tag=1&x&tag=2&x&tag=3&x&tag=4", None),
    ],
)
def test_what_is_kept_of_a_query_is_what_the_application_knows(
    nginx: Nginx, script: Script, query: str, kept: str | None
) -> None:
    kept = query if kept is None else kept
    nginx.ask(f"/feed.rss?{query}")
    assert script.targets() == ["/feed.rss" + ("?" + kept if kept else "")]


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("/tags/%d9%85%D8%A7%d8%a1", "/tags/%D9%85%D8%A7%D8%A1"),
        ("/%66eed.rss", "/feed.rss"),
        ("/a/../feed.rss", "/feed.rss"),
        ("/tags//a", "/tags//a"),
        ("/tags/a%20b%25c%3Fd", "/tags/a%20b%25c%3Fd"),
        ("/tags/a%0D%0AX:y", "/tags/a%0D%0AX:y"),
    ],
)
def test_one_address_has_one_spelling_behind_nginx(
    nginx: Nginx, script: Script, asked: str, sent: str
) -> None:
    nginx.ask(asked)
    assert script.targets() == [sent]


def test_no_header_of_a_request_reaches_the_application_but_the_coding(
    nginx: Nginx, script: Script
) -> None:
    for path in ("/feed.rss", "/healthz"):
        nginx.ask(
            path,
            {
                "Host": "evil.example",
                "Cookie": "a=b",
                "X-Forwarded-Host": "evil.example",
                "Accept": "x/y",
            },
        )
        assert script.asked[-1][2] == {
            "host": "feedservice",
            "accept-encoding": "identity",
            "via": "1.1 nginx",
        }


def test_only_reading_passes(nginx: Nginx, script: Script) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "PROPFIND", "X"):
        answer = nginx.ask("/feed.rss", method=method, body=b"x")
        assert (answer.status, answer.header("allow")) == (405, "GET, HEAD, OPTIONS")
        assert "Only GET, HEAD and OPTIONS" in answer.body.decode()
    assert script.asked == []
    assert nginx.ask("/feed.rss", method="OPTIONS").status == 200
    assert [method for method, _, _ in script.asked] == ["OPTIONS"]
    assert nginx.ask("/feed.rss", body=b"x" * 2000).status == 413


def test_what_a_git_host_sends_goes_along_whole_and_nothing_else_that_is_sent(
    nginx: Nginx, script: Script
) -> None:
    sent = {"X-Hub-Signature-256": "sha256=aa", "X-Gitlab-Token": "t", "Cookie": "a=b"}
    answer = nginx.ask("/news/hooks/content", sent, method="POST", body=b"x" * 100_000)
    assert answer.status == 200
    method, target, headers = script.asked.pop()
    assert (method, target, headers["content-length"]) == ("POST", "/news/hooks/content", "100000")
    assert (headers["x-hub-signature-256"], headers["x-gitlab-token"]) == ("sha256=aa", "t")
    assert not headers.keys() & {"cookie", "x-gitea-signature"}
    assert nginx.ask("/hooks/content/x", sent, method="POST", body=b"x").status == 405
    assert script.asked == []


def test_what_a_program_writes_goes_through_with_its_token(nginx: Nginx, script: Script) -> None:
    sent = {"Authorization": "Bearer t", "Content-Type": "application/json", "Cookie": "a=b"}
    for path in ("/micropub", "/news/micropub/media"):
        assert nginx.ask(path, sent, method="POST", body=b"x" * 2_000_000).status == 200
        method, target, headers = script.asked.pop()
        assert (method, target, headers["content-length"]) == ("POST", path, "2000000")
        assert headers["authorization"] == "Bearer t"
        assert headers["content-type"] == "application/json"
        assert "cookie" not in headers
    for _ in range(2):  # never kept
        assert nginx.ask("/micropub?q=source&url=https://a.example/b", sent).status == 200
        assert script.asked.pop()[1] == "/micropub?q=source&url=https://a.example/b"
    assert nginx.ask("/micropub/other", sent, method="POST", body=b"x").status == 405


def test_a_head_fills_what_a_get_is_given(nginx: Nginx, script: Script) -> None:
    head = nginx.ask("/feed.rss", method="HEAD")
    assert (head.body, head.header("content-length")) == (b"", "3")

    def is_given() -> bool:
        """What is kept is so for a second, which may be over by then."""
        nginx.ask("/feed.rss", method="HEAD")
        get = nginx.ask("/feed.rss")
        assert get.body == b"one"
        return get.header("x-cache-status") == "HIT"

    assert comes_true(is_given)
    assert {method for method, _, _ in script.asked} == {"GET"}


def test_who_asks_too_often_is_told_when_to_come_back(script: Script, tmp_path: Path) -> None:
    changes = {
        "rate=30r/s": "rate=1r/s",
        "burst=200 nodelay": "burst=20 nodelay",
    }  # so that a slow machine asks too often
    with nginx_in_front_of(script.port, tmp_path / "nginx", changes) as nginx:
        answers = [nginx.ask("/feed.rss", source=OUTSIDE) for _ in range(60)]
        assert {answer.status for answer in answers[:21]} == {200}
        refused = next(answer for answer in answers if answer.status != 200)
        assert (refused.status, refused.header("retry-after")) == (429, "10")
        assert refused.header("content-type") == "text/html; charset=utf-8"
        assert "طلبات كثيرة" in refused.body.decode()
        assert {nginx.ask("/feed.rss").status for _ in range(60)} == {200}, (
            "this machine is not counted"
        )
        assert nginx.ask("/feed.rss", source="127.0.0.3").status == 200, (
            "nor is one client for another"
        )


def test_one_client_holds_only_so_many_connections(script: Script, tmp_path: Path) -> None:
    changes = {"limit_conn feedservice_connections 50": "limit_conn feedservice_connections 3"}
    script.gate.clear()
    with (
        nginx_in_front_of(script.port, tmp_path / "nginx", changes) as nginx,
        ThreadPoolExecutor(3) as pool,
    ):
        waiting = [
            pool.submit(nginx.ask, f"/healthz?{number}", source=OUTSIDE) for number in range(3)
        ]
        assert comes_true(lambda: len(script.asked) == 3)
        refused = nginx.ask("/feed.rss", source=OUTSIDE)
        assert (refused.status, refused.header("retry-after")) == (429, "10")
        script.gate.set()
        assert {each.result().status for each in waiting} == {200}


def test_a_client_that_is_slow_to_ask_is_cut(script: Script, tmp_path: Path) -> None:
    with (
        nginx_in_front_of(
            script.port,
            tmp_path / "nginx",
            {"client_header_timeout 10s": "client_header_timeout 1s"},
        ) as nginx,
        socket.create_connection(("127.0.0.1", nginx.port), PATIENCE) as slow,
    ):
        slow.sendall(b"GET /feed.rss HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert ended(slow)
    assert script.asked == []


def test_a_client_that_does_not_read_is_cut(script: Script, tmp_path: Path) -> None:
    script.body = b"x" * 50_000_000
    with (
        nginx_in_front_of(
            script.port, tmp_path / "nginx", {"send_timeout 30s": "send_timeout 1s"}
        ) as nginx,
        socket.create_connection(("127.0.0.1", nginx.port), PATIENCE) as slow,
    ):
        slow.sendall(b"GET /media/long.mp3 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert comes_true(lambda: '"/media/long.mp3"' in nginx.log()), (
            "the request is logged when it ends"
        )
        assert f'"bytes":{len(script.body)}' not in nginx.log()


def test_a_download_that_nobody_reads_fills_no_disk(tmp_path: Path) -> None:
    taken = 0
    with (
        socket.create_server(("127.0.0.1", 0)) as upstream,
        nginx_in_front_of(upstream.getsockname()[1], tmp_path / "nginx") as nginx,
        socket.create_connection(("127.0.0.1", nginx.port), PATIENCE) as slow,
    ):
        slow.sendall(b"GET /media/long.mp4 HTTP/1.1\r\nHost: x\r\n\r\n")
        ours, _ = upstream.accept()
        with ours, suppress(TimeoutError):
            ours.recv(65536)
            ours.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 300000000\r\n\r\n")
            ours.settimeout(2)  # nginx takes no more
            while taken < 100_000_000:
                taken += ours.send(bytes(1 << 20))
    assert taken < 50_000_000


def ended(connection: socket.socket) -> bool:
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return True


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/feed.rss", {}),
        ("/feed.rss", {"If-None-Match": '"x"', "If-Modified-Since": "x"}),
        ("/media/a.png", {}),
        ("/metrics", {}),
        ("/%6Detrics", {}),
        ("/tags/metrics", {}),
        ("/news/readyz", {"Via": "", "X-Forwarded-For": "127.0.0.1"}),
    ],
)
def test_the_application_learns_that_a_request_came_by_a_proxy(
    nginx: Nginx, script: Script, path: str, headers: dict[str, str]
) -> None:
    """It answers operators' pages to nobody who comes so."""
    nginx.ask(path, headers)
    assert script.asked[-1][2]["via"] == "1.1 nginx"


def test_what_is_for_a_cache_behind_nginx_is_not_for_readers(nginx: Nginx, script: Script) -> None:
    told = ("Surrogate-Key", "Surrogate-Control", "Cache-Tag", "CDN-Cache-Control")
    script.headers |= dict.fromkeys(told, "x")
    assert not {name.lower() for name in told} & {name for name, _ in nginx.ask("/keys").headers}


def test_a_cdn_is_told_everything_and_to_keep_what_is_old_for_a_second(
    script: Script, tmp_path: Path
) -> None:
    copy = tmp_path / "feedservice.conf"
    copy.write_text(CONFIGURATION.read_text(encoding="utf-8"), encoding="utf-8")
    made = documented("sed -i -e '/#direct", copy, copy, "cdn.md")
    keys = {"surrogate-key": "a b", "cache-tag": "a,b"}
    lifetimes = dict.fromkeys(("surrogate-control", "cdn-cache-control"), "max-age=86400")
    told = keys | lifetimes
    with nginx_in_front_of(script.port, tmp_path / "nginx", SHOWN, made) as nginx:
        nginx.ask("/untold")
        script.headers |= told
        kept = nginx.ask("/feed.rss")
        assert {name: kept.header(name) for name in told} == told
        script.status = 503
        for path in ("/feed.rss", "/untold"):
            assert comes_true(lambda: nginx.ask(path).header("x-cache-status") == "STALE")  # noqa: B023 - asked before the next turn
        both = {"If-None-Match": "x", "If-Modified-Since": "x"}
        for old in (nginx.ask("/feed.rss"), nginx.ask("/feed.rss", both)):
            assert {name: old.header(name) for name in told} == {
                **keys,
                **dict.fromkeys(lifetimes, "max-age=1"),
            }
        assert not set(told) & {name for name, _ in nginx.ask("/untold").headers}


def test_operators_pages_are_never_kept(nginx: Nginx, script: Script) -> None:
    for path in ("/metrics", "/news/readyz", "/healthz"):
        assert [nginx.ask(path).status for _ in range(2)] == [200, 200]
    assert len(script.asked) == 6


POLICY = "content-security-policy"


def test_what_nginx_says_itself_may_load_nothing(script: Script, tmp_path: Path) -> None:
    script.headers["Content-Security-Policy"] = "default-src 'self'"
    changes = {"rate=30r/s": "rate=1r/s", "burst=200 nodelay": "burst=1 nodelay"}
    with nginx_in_front_of(script.port, tmp_path / "nginx", changes) as nginx:
        assert [nginx.ask("/a").header(POLICY) for _ in range(2)] == ["default-src 'self'"] * 2
        refused = {
            405: nginx.ask("/", method="POST"),
            413: nginx.ask("/", body=b"x" * 2000),
            414: nginx.ask("/" + "x" * 9000),
            429: [nginx.ask("/", source=OUTSIDE) for _ in range(5)][-1],
        }
        with socket.create_connection(("127.0.0.1", nginx.port), PATIENCE) as raw:
            raw.sendall(b"GET /a b HTTP/1.1\r\n\r\n")
            broken = b"".join(iter(lambda: raw.recv(4096), b"")).decode()
    with nginx_in_front_of(free_port(), tmp_path / "alone") as nginx:
        refused[503] = nginx.ask("/")
    assert {status: answer.status for status, answer in refused.items()} == {
        status: status for status in refused
    }
    policy = "default-src 'none'; frame-ancestors 'none'"
    assert {answer.header(POLICY) for answer in refused.values()} == {policy}
    assert broken.startswith("HTTP/1.1 400 ")
    assert f"Content-Security-Policy: {policy}" in broken


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8:1:2::5", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8::1", "2001:db8:0:0:9:9:9:9", True),
        ("2001:db8:1::1", "2001:db8:1:0:ffff::", True),
        ("2001:db8:1:2::5", "2001:db8:1:3::5", False),
        ("2001:db8::1", "2001:db8:1::1", False),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:0:0:0:2", True),
        ("2001::1", "2001:0:0:0:ffff::", True),
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_network_of_ipv6_is_one_client(
    script: Script, tmp_path: Path, one: str, other: str, are_one: bool
) -> None:
    """Who has a /64 has 2^64 addresses."""
    changes = {
        "rate=30r/s": "rate=1r/m",
        "burst=200 nodelay": "burst=2 nodelay",
        "server_name _;": "server_name _; set_real_ip_from 127.0.0.1; real_ip_header X-Real-IP;",
    }
    with nginx_in_front_of(script.port, tmp_path / "nginx", changes) as nginx:
        assert {nginx.ask("/", {"X-Real-IP": one}).status for _ in range(3)} == {200}
        assert nginx.ask("/", {"X-Real-IP": one}).status == 429
        assert nginx.ask("/", {"X-Real-IP": other}).status == (429 if are_one else 200)


def test_the_log_is_json_in_which_arabic_can_be_read_and_nothing_turns_a_line(nginx: Nginx) -> None:
    nginx.ask("/tags/%D9%85%D8%A7%D8%A1?utm_source=x", {"User-Agent": 'a"b\\'})
    nginx.ask("/tags/%E2%80%AE%0A%D9%85", {"User-Agent": "\u202eagent"})
    nginx.ask("/tags/%D8%9C")
    with socket.create_connection(("127.0.0.1", nginx.port), PATIENCE) as raw:
        raw.sendall(
            "GET /\u202e?q=\u202e HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        )
        assert ended(raw)
    assert comes_true(lambda: nginx.log().count("\n") == 4)
    lines = [json.loads(line) for line in nginx.log().splitlines()]
    assert {line["address"]: line["agent"] for line in lines} == {
        "/tags/ماء": 'a"b\\',
        "/tags/%E2%80%AE%0A%D9%85": "(not ASCII)",
        "/tags/%D8%9C": "",
        "(not ASCII)": "",
    }
    assert {(line["method"], line["status"], line["kept"]) for line in lines} == {
        ("GET", 200, "MISS")
    }


def test_without_debugging_nothing_is_added(script: Script, tmp_path: Path) -> None:
    with nginx_in_front_of(script.port, tmp_path / "nginx") as nginx:
        script.headers["Content-Security-Policy"] = "default-src 'none'"
        names = {name for name, _ in nginx.ask("/feed.rss").headers}
    assert names - {"content-security-policy"} == {
        "server",
        "date",
        "connection",
        "content-length",
        "cache-control",
        "vary",
    }


def documented(beginning: str, source: Path, target: Path, page: str = "deploy.md") -> str:
    """What a sed command of a page of docs/ makes of a file."""
    (command,) = re.findall(
        f"^ *{re.escape(beginning)}.*$",
        (ROOT / "docs" / page).read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    words = shlex.split(command.partition(" > ")[0])
    done = subprocess.run([*words[:-1], source], check=True, capture_output=True, text=True)
    return source.read_text(encoding="utf-8") if "-i" in words else done.stdout


def test_one_command_turns_tls_on(script: Script, tmp_path: Path) -> None:
    openssl = require("openssl", "openssl")
    names = [tmp_path / "site.key", tmp_path / "site.crt"]
    request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost".split()
    extension = ["-addext", "subjectAltName=DNS:localhost", "-keyout", names[0], "-out", names[1]]
    subprocess.run([openssl, *request, *extension], check=True, capture_output=True)
    copy = tmp_path / "feedservice.conf"
    copy.write_text(CONFIGURATION.read_text(encoding="utf-8"), encoding="utf-8")
    secured = documented("sed -i -e '/#plain", copy, copy)
    secure = free_port()
    changes = {
        "    listen [::]:80 default_server;\n": "",
        "    listen [::]:443 ssl http2 default_server;\n": "",
        "listen 443 ssl http2 default_server;": f"listen 127.0.0.1:{secure} ssl http2;",
        "/etc/nginx/feedservice.key": str(names[0]),
        "/etc/nginx/feedservice.crt": str(names[1]),
    }
    with nginx_in_front_of(script.port, tmp_path / "nginx", changes, secured) as nginx:
        moved = nginx.ask("/feed.rss?tag=a", {"Host": "evil.example"})
        assert (moved.status, moved.header("location")) == (
            301,
            "https://news.example/feed.rss?tag=a",
        )
        assert script.asked == []
        trust = ssl.create_default_context(cafile=str(names[1]))
        with urllib.request.urlopen(
            f"https://localhost:{secure}/feed.rss", context=trust, timeout=PATIENCE
        ) as answer:
            assert (answer.status, answer.read()) == (200, b"one")
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        post = urllib.request.Request(f"https://localhost:{secure}/", b"x", method="POST")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(post, context=trust, timeout=PATIENCE)
        with refused.value as answer:
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "strict-transport-security" not in dict(nginx.ask("/").headers), "RFC 6797 §7.2"


def test_a_second_site_is_a_copy_with_another_word(tmp_path: Path) -> None:
    nginx = require("nginx", "nginx-light")
    first = CONFIGURATION.read_text(encoding="utf-8")
    second = documented("sed -e 's/feedservice/sport/g'", CONFIGURATION, CONFIGURATION)
    assert "feedservice" not in second
    assert "news.example" not in second
    port = free_port()
    for word, text in (("feedservice", first), ("sport", second)):
        for old, new in (
            (f"/run/nginx-{word}", f"{tmp_path}/{word}"),
            ("/var/log/nginx", str(tmp_path)),
            ("listen 80", f"listen {port}"),
            ("listen [::]:80", f"listen 127.0.0.1:{free_port()}"),
        ):
            assert old in text
            text = text.replace(old, new)  # noqa: PLW2901 - one text, changed
        (tmp_path / f"{word}-site.conf").write_text(text, encoding="utf-8")
    (tmp_path / "nginx.conf").write_text(main_configuration(tmp_path), encoding="utf-8")
    command = [nginx, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "conflicting" not in done.stderr


def test_every_value_that_a_site_changes_is_named_at_the_top() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    head, _, rest = text.partition("\n\n")
    for value in (
        "127.0.0.1:8000",
        "127.0.0.1:8081",
        "/run/feedservice",
        "/run/nginx-feedservice",
        "/var/log/nginx/feedservice.log",
        "news.example",
        "rate=30r/s",
    ):
        assert value in head
        assert value in rest


def test_before_several_machines_what_one_is_asked_for_is_asked_of_the_other_and_what_is_sent_of_the_writer(
    tmp_path: Path,
) -> None:
    """By the script that makes its configuration, in containers and elsewhere."""
    sed = CONFIGURATION.with_name("several.sed")
    made = subprocess.run(
        ["sed", "-Ef", sed, CONFIGURATION], check=True, capture_output=True, text=True
    ).stdout
    with ExitStack() as stack:
        first = ExitStack()
        one, two, writer = (
            each.enter_context(scripted()) for each in (stack.enter_context(first), stack, stack)
        )
        made = made.replace("172.30.8.11:8000", "127.0.0.1:8000")
        changes = {
            f"172.30.8.{last}:8000": f"127.0.0.1:{each.port}"
            for last, each in ((12, two), (10, writer))
        }
        nginx = stack.enter_context(nginx_in_front_of(one.port, tmp_path / "nginx", changes, made))
        for path in ("/hooks/content", "/micropub", "/micropub/media"):
            assert nginx.ask(path, method="POST", body=b"").status == 200
        assert len(writer.asked) == 3
        for path in ("/media/a.jpg", "/healthz"):
            assert nginx.ask(path).status == 200
        for number in range(4):
            assert nginx.ask(f"/{number}").status == 200
        assert one.asked
        assert two.asked
        first.close()
        for number in range(4, 12):
            assert nginx.ask(f"/{number}").status == 200, "asked of the one that is there"
        assert len(writer.asked) == 3


def test_behind_caddy_a_client_has_its_own_address(script: Script, tmp_path: Path) -> None:
    copy = tmp_path / "feedservice.conf"
    copy.write_text(CONFIGURATION.read_text(encoding="utf-8"), encoding="utf-8")
    made = documented("sed -i -e 's/listen 80", copy, copy)
    assert "#plain" in made
    assert "[::]:80 default_server; #plain" not in made
    made = made.replace("listen 127.0.0.1:8080;", "listen 80 default_server;")
    with nginx_in_front_of(script.port, tmp_path / "nginx", text=made) as nginx:
        assert nginx.ask("/feed.rss", {"X-Forwarded-For": "203.0.113.9"}).status == 200
        assert comes_true(lambda: '"client":"203.0.113.9"' in nginx.log())
