"""The configuration of Varnish that we ship, over an application that does what a test says."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from nginx_process import OUTSIDE, Script, Server, scripted
from varnish_process import before_two, varnish_in_front_of
from waiting import comes_true

KEPT = {
    "ETag": '"a"',
    "Cache-Control": "max-age=300, stale-if-error=86400",
    "Surrogate-Key": "s1 c1",
    "Surrogate-Control": "max-age=86400, stale-if-error=86400",
}
NO_KEYS = {"Cache-Control": "no-cache"}


@pytest.fixture(scope="module")
def application() -> Iterator[Script]:
    with scripted() as script:
        yield script


@pytest.fixture(scope="module")
def running(application: Script, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with varnish_in_front_of(application.port, tmp_path_factory.mktemp("varnish")) as server:
        yield server


@pytest.fixture
def varnish(running: Server, application: Script) -> Server:
    """Varnish, over an application that answers what may be kept, and was asked nothing yet."""
    application.status, application.headers, application.body = 200, dict(KEPT), b"one"
    running.ask("/", {"xkey-softpurge": "s1"}, method="PURGE")
    # On a busy machine it may have been held to be ill.
    assert comes_true(lambda: running.ask("/healthz").status == 200)
    application.asked.clear()
    return running


def asked(script: Script) -> list[str]:
    return [path for _, path, _ in script.asked if path != "/healthz"]


def test_an_answer_is_kept_as_long_as_the_cdn_may_and_given_as_if_it_were_new(
    varnish: Server, application: Script
) -> None:
    for _ in range(3):
        answer = varnish.ask("/kept")
        assert (answer.status, answer.body) == (200, b"one")
    assert asked(application) == ["/kept"]
    assert answer.header("cache-control") == KEPT["Cache-Control"]
    names = {name for name, _ in answer.headers}
    assert not names & {"age", "via", "x-varnish", "xkey", "surrogate-key", "surrogate-control"}


def test_what_is_purged_by_a_key_is_asked_for_anew_and_nothing_else(
    varnish: Server, application: Script
) -> None:
    varnish.ask("/purged")
    application.headers["Surrogate-Key"] = "s2 c2"
    varnish.ask("/other")
    application.body = b"two"
    purge = varnish.ask("/", {"xkey-softpurge": "c1 c9"}, method="PURGE")
    assert purge.status == 200
    assert (varnish.ask("/purged").body, varnish.ask("/other").body) == (b"two", b"one")
    assert asked(application) == ["/purged", "/other", "/purged"]
    validators = [headers.get("if-none-match") for _, path, headers in application.asked]
    assert validators[-1] == '"a"'  # softly: an answer of 304 would do


def test_where_the_application_fails_what_was_purged_is_given_again(
    varnish: Server, application: Script
) -> None:
    varnish.ask("/stale")
    varnish.ask("/", {"xkey-softpurge": "c1"}, method="PURGE")
    application.status, application.headers, application.body = 503, {}, b"away"
    assert varnish.ask("/stale").body == b"one"
    missing = varnish.ask("/never-asked")
    assert (missing.status, missing.header("retry-after")) == (503, "5")


OLDER, KNOWN, NEWER = (f"Fri, 27 Nov 2026 06:{minute}:00 GMT" for minute in ("00", "10", "20"))


def test_what_stands_in_for_a_new_answer_takes_the_place_of_what_is_older_only(
    varnish: Server, application: Script
) -> None:
    """A replica without its database may have kept what is older than what another one gave."""

    def given(body: bytes, modified: str, lifetime: str = "max-age=1") -> bytes:
        told = {"ETag": f'"{body.decode()}"', "Last-Modified": modified}
        application.headers |= told | {"Surrogate-Control": lifetime}
        application.body = body
        varnish.ask("/", {"xkey-softpurge": "s1"}, method="PURGE")
        return varnish.ask("/stands-in").body

    assert given(b"known", KNOWN, "max-age=86400") == b"known"
    assert given(b"older", OLDER) == b"known"
    assert given(b"newer", NEWER) == b"newer", "what was purged is not held on to"
    who = {"Authorization": "Bearer x", "If-Modified-Since": NEWER}
    assert given(b"older", OLDER) == b"newer"
    assert varnish.ask("/stands-in", who).status == 304, "what is passed is given as it comes"
    assert varnish.ask("/not-kept-before").body == b"older"


def test_what_is_not_to_be_kept_is_not(varnish: Server, application: Script) -> None:
    application.headers = NO_KEYS
    for path in ("/page", "/media/a.mp3", "/readyz"):
        varnish.ask(path)
        varnish.ask(path, {"Range": "bytes=0-1"})
    assert asked(application) == [
        each for path in ("/page", "/media/a.mp3", "/readyz") for each in (path, path)
    ]
    ranges = [headers.get("range") for _, path, headers in application.asked if "media" in path]
    assert ranges == [None, "bytes=0-1"]


def test_one_answer_serves_every_host_cookie_and_parameter_of_trackers(
    varnish: Server, application: Script
) -> None:
    for target in (
        "/list?tag=a&q=b",
        "/list?utm_source=x&tag=a&q=b",
        "/list?tag=a&fbclid=1&utm_medium=y&q=b",
        "/list?tag=a&q=b&gclid=",
    ):
        varnish.ask(target, {"Host": f"{len(target)}.example", "Cookie": f"a={len(target)}"})
    assert asked(application) == ["/list?tag=a&q=b"]
    assert "cookie" not in application.asked[-1][2]
    varnish.ask("/list?utm_source=x")
    varnish.ask("/list?%75tm_source=x&category=utm_source")
    assert asked(application)[1:] == ["/list", "/list?%75tm_source=x&category=utm_source"]


@pytest.mark.parametrize(
    ("source", "headers"),
    [(OUTSIDE, {}), ("127.0.0.1", {"Via": "1.1 nginx"}), ("127.0.0.1", {"X-Forwarded-For": "::1"})],
    ids=["from elsewhere", "by our nginx", "by another proxy"],
)
def test_nobody_purges_but_the_writer(
    varnish: Server, application: Script, source: str, headers: dict[str, str]
) -> None:
    varnish.ask("/")
    told = {"xkey-softpurge": "s1", **headers}
    assert varnish.ask("/", told, method="PURGE", source=source).status == 403
    varnish.ask("/")
    assert asked(application) == ["/"]


def test_what_is_sent_and_who_says_who_he_is_goes_to_the_application(
    varnish: Server, application: Script
) -> None:
    for _ in range(2):
        varnish.ask("/hook", method="POST", body=b"x")
        varnish.ask("/own", {"Authorization": "Bearer x"})
    assert asked(application) == ["/hook", "/own", "/hook", "/own"]
    assert application.asked[-1][2]["authorization"] == "Bearer x"
    assert varnish.ask("/", method="PURGE").status == 400


def test_one_request_fetches_what_many_ask_for(varnish: Server, application: Script) -> None:
    application.gate.clear()
    try:
        with ThreadPoolExecutor(8) as pool:
            found = [pool.submit(varnish.ask, "/crowd") for _ in range(8)]
            assert comes_true(lambda: asked(application) == ["/crowd"])
            application.gate.set()
            assert {each.result().body for each in found} == {b"one"}
    finally:
        application.gate.set()
    assert asked(application) == ["/crowd"]


def test_before_two_replicas_what_one_does_not_answer_the_other_does(tmp_path: Path) -> None:
    with ExitStack() as stack:
        first = ExitStack()
        one, two = (each.enter_context(scripted()) for each in (stack.enter_context(first), stack))
        text = before_two(one.port, two.port)
        varnish = stack.enter_context(varnish_in_front_of(0, tmp_path, text))
        for number in range(4):
            assert varnish.ask(f"/{number}").status == 200
        assert asked(one)
        assert asked(two)
        first.close()
        for number in range(4, 10):
            assert varnish.ask(f"/{number}").status == 200, "before the probe has found it out, too"


def test_before_two_replicas_what_one_has_no_new_answer_to_the_other_has(tmp_path: Path) -> None:
    with ExitStack() as stack:
        one, two = (stack.enter_context(scripted()) for _ in range(2))
        text = before_two(one.port, two.port)
        varnish = stack.enter_context(varnish_in_front_of(0, tmp_path, text))
        one.headers, one.body = KEPT | {"Last-Modified": OLDER}, b"old"
        two.headers, two.body = dict(one.headers), b"old"
        assert varnish.ask("/").body == b"old"
        one.headers["Surrogate-Control"] = "max-age=1"
        for number in range(4):
            two.headers |= {"ETag": f'"{number}"', "Last-Modified": KNOWN}
            two.body = b"%d" % number
            varnish.ask("/", {"xkey-softpurge": "s1"}, method="PURGE")
            assert varnish.ask("/").body == two.body
        one.headers, one.body = two.headers | {"Surrogate-Control": "max-age=1"}, two.body
        two.headers["ETag"], two.body = '"last"', b"last"
        varnish.ask("/", {"xkey-softpurge": "s1"}, method="PURGE")
        assert {varnish.ask("/").body for _ in range(4)} == {b"last"}, "a 304 is no new answer"
