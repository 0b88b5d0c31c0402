"""The cache of prepared answers, around bare WSGI applications."""

import gzip
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import brotli
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.http import http_date

from feedservice.http.admission import Slots
from feedservice.http.cache import (
    CACHE_STATUS,
    DEGRADED,
    HELD,
    UNCACHEABLE,
    HttpCache,
)
from feedservice.http.entry import NEGATIVE_TTL, RETRY
from feedservice.http.prepared_response import OVERHEAD, SMALL
from feedservice.http.revision import LATE, LOOK, TTL, Revision
from waiting import PATIENCE, comes_true
from wsgi import START, Clock, Got, Page, Pages, ask

LONG = "خبر طويل عن كل شيء. ".encode() * 100


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pages(clock: Clock) -> Pages:
    return Pages(clock, {"/": Page(LONG, modified=START - timedelta(hours=1))})


def key(environ: dict[str, Any]) -> object:
    path = environ["PATH_INFO"]
    return None if path.startswith("/live") else UNCACHEABLE if path.startswith("/unkept") else path


def around(
    pages: Pages, budget: int = 10_000_000, revision_ttl: timedelta = timedelta(0)
) -> HttpCache:
    slots = Slots(4, 16, PATIENCE)
    return HttpCache(
        *(pages, key, pages.ask_revision, pages.clock),
        budget=budget,
        revision_ttl=revision_ttl,
        slots=lambda _: slots,
    )


@pytest.fixture(params=[0, 10_000_000], ids=["keeps nothing", "keeps all"])
def cache(pages: Pages, request: pytest.FixtureRequest) -> HttpCache:
    return around(pages, request.param)


# What a client sees is the same with and without keeping


@pytest.mark.parametrize(
    ("coding", "undo"), [("gzip", gzip.decompress), ("br", brotli.decompress), ("identity", bytes)]
)
def test_each_coding_has_its_own_strong_tag_and_length(
    cache: HttpCache, coding: str, undo: Any
) -> None:
    for _ in range(2):
        got = ask(cache, accept_encoding=coding)
        assert undo(got.body) == LONG
        assert got.headers["Content-Length"] == str(len(got.body))
        assert got.headers["ETag"].endswith('"' if coding == "identity" else f'-{coding}"')
        assert got.headers.get("Content-Encoding", "identity") == coding
        assert got.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, None), ("", None), ("*", "br"), ("br, gzip", "br"), ("gzip;q=1, br;q=0.5", "gzip"), ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", None), ("identity;q=0, gzip;q=0.1", "gzip"), ("*;q=0", None), ("zstd", None), ("x-gzip", "gzip"),
        ("gzip;q=x", None), ("GZIP", "gzip"),
    ],
)  # fmt: skip
def test_the_coding_is_chosen_by_quality(
    cache: HttpCache, header: str | None, coding: str | None
) -> None:
    assert ask(cache, accept_encoding=header).headers.get("Content-Encoding") == coding


def test_a_304_repeats_what_caches_need_and_nothing_else(cache: HttpCache) -> None:
    whole = ask(cache, accept_encoding="gzip")
    got = ask(cache, accept_encoding="gzip", if_none_match=whole.headers["ETag"])
    assert (got.status, got.body) == (304, b"")
    kept = ("ETag", "Last-Modified", "Cache-Control", "Vary", "Access-Control-Allow-Origin")
    assert got.headers == {name: whole.headers[name] for name in kept}


@pytest.mark.parametrize("wrap", ["{}", "W/{}", '"x", {}', '"x",W/{} , "y"', "*"])
def test_if_none_match_is_a_list_compared_weakly(cache: HttpCache, wrap: str) -> None:
    tag = ask(cache, accept_encoding="br").headers["ETag"]
    assert ask(cache, accept_encoding="br", if_none_match=wrap.format(tag)).status == 304


def test_a_tag_of_another_coding_confirms_nothing(cache: HttpCache) -> None:
    tag = ask(cache, accept_encoding="br").headers["ETag"]
    assert ask(cache, accept_encoding="gzip", if_none_match=tag).status == 200


def test_if_none_match_goes_before_if_modified_since(cache: HttpCache) -> None:
    since = ask(cache).headers["Last-Modified"]
    assert ask(cache, if_modified_since=since).status == 304
    assert ask(cache, if_modified_since=since, if_none_match='"other"').status == 200
    assert ask(cache, if_modified_since="yesterday").status == 200


def test_head_is_get_without_its_body(cache: HttpCache) -> None:
    whole, head = (
        ask(cache, accept_encoding="gzip"),
        ask(cache, method="HEAD", accept_encoding="gzip"),
    )
    assert (head.status, head.headers, head.body) == (200, whole.headers, b"")
    assert ask(cache, method="HEAD", if_none_match="*").status == 304


def test_a_stamp_ahead_of_the_clock_is_told_as_now_until_it_comes(
    cache: HttpCache, pages: Pages
) -> None:
    pages.put("/a", LONG, modified=START + timedelta(seconds=3))
    for seconds in range(5):
        pages.clock.now = START + timedelta(seconds=seconds)
        got = ask(cache, "/a")
        assert got.headers["Last-Modified"] == http_date(START + timedelta(seconds=min(seconds, 3)))
        is_current = ask(cache, "/a", if_modified_since=got.headers["Last-Modified"]).status == 304
        assert is_current is (seconds >= 3)


def test_a_short_body_is_sent_plain(cache: HttpCache, pages: Pages) -> None:
    pages.put("/a", b"x" * (SMALL - 1))
    assert "Content-Encoding" not in ask(cache, "/a", accept_encoding="br").headers
    assert ask(cache, "/a", accept_encoding="br, identity;q=0").headers["Content-Encoding"] == "br"


def test_expires_is_between_the_application_and_the_cache(cache: HttpCache, pages: Pages) -> None:
    pages.put("/a", LONG, until=START + timedelta(hours=1))
    assert "Expires" not in ask(cache, "/a").headers
    assert "Expires" not in ask(cache, "/nothing").headers


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "DELETE"])
def test_other_methods_pass_untouched(cache: HttpCache, pages: Pages, method: str) -> None:
    ask(cache, method=method, if_none_match="*")
    assert pages.seen[-1]["REQUEST_METHOD"] == method
    assert pages.seen[-1]["HTTP_IF_NONE_MATCH"] == "*"


def test_an_answer_without_a_key_passes_untouched(cache: HttpCache, pages: Pages) -> None:
    pages.put("/live", LONG)
    assert ask(cache, "/live", if_none_match="*").status == 200
    assert ask(cache, "/live").status == 200
    assert len(pages.asked) == 2


def test_the_application_is_asked_a_plain_get(cache: HttpCache, pages: Pages) -> None:
    ask(cache, method="HEAD", accept_encoding="br", if_none_match="*", cookie="a=b", user_agent="x")
    assert pages.seen[-1]["REQUEST_METHOD"] == "GET"
    assert not {name for name in pages.seen[-1] if name.startswith("HTTP_")}


def test_the_body_is_closed(clock: Clock) -> None:
    closed: list[int] = []

    class Body:
        def __iter__(self) -> Any:
            yield LONG

        def close(self) -> None:
            closed.append(1)

    def app(environ: dict[str, Any], start_response: Any) -> Body:
        start_response("200 OK", [("ETag", '"a"')])
        return Body()

    assert ask(HttpCache(app, key, lambda: 1, clock)).body == LONG  # type: ignore[arg-type]
    assert closed == [1]


# What is kept, and for how long


def test_an_answer_is_made_once_while_the_revision_stands(pages: Pages) -> None:
    cache = around(pages)
    for method in ("GET", "HEAD", "GET"):
        for coding in ("br", "gzip", None, "junk"):
            ask(cache, method=method, accept_encoding=coding)
    assert pages.asked == ["/"]


def test_a_moved_revision_makes_answers_anew_and_the_same_bytes_keep_their_tag(
    pages: Pages,
) -> None:
    cache = around(pages)
    tag = ask(cache, accept_encoding="gzip").headers["ETag"]
    pages.revision += 1
    assert ask(cache, accept_encoding="gzip", if_none_match=tag).status == 304
    pages.put("/", LONG + b"!")
    assert ask(cache, accept_encoding="gzip", if_none_match=tag).status == 200
    assert pages.asked == ["/", "/", "/"]


def test_an_application_that_is_told_what_is_held_may_say_that_it_has_not_changed(
    pages: Pages,
) -> None:
    held: list[object] = []

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        held.append(environ.get(HELD))
        if held[-1] is None:
            return pages(environ, start_response)
        start_response("304 NOT MODIFIED", [("Expires", http_date(START + timedelta(seconds=9)))])
        return []

    cache = HttpCache(
        app, key, pages.ask_revision, pages.clock, budget=10_000_000, revision_ttl=timedelta(0)
    )  # type: ignore[arg-type]
    first = ask(cache)
    pages.revision += 1
    again = ask(cache)
    cut = {**first.headers, "Cache-Control": "max-age=8"}
    assert (again.body, again.headers) == (first.body, cut), "its moment is another one"
    assert ask(cache, if_none_match=first.headers["ETag"]).status == 304
    assert held == [None, START - timedelta(hours=1)]
    pages.clock.go(9)
    assert ask(cache) == first
    assert held[2:] == [None]  # its time has come, so it is not held any longer


def test_what_may_change_again_within_its_second_is_not_held(pages: Pages) -> None:
    cache = around(pages)
    pages.put("/", LONG, modified=START)
    for _ in range(2):
        ask(cache)
        pages.revision += 1
    assert [environ.get(HELD) for environ in pages.seen] == [None, None]


def test_the_same_bytes_are_not_compressed_again(pages: Pages) -> None:
    cache = around(pages)
    first = ask(cache, accept_encoding="br").body
    pages.revision += 1
    assert ask(cache, accept_encoding="br").body is first


def test_the_revision_is_asked_a_few_times_a_second_and_not_per_request(pages: Pages) -> None:
    asked: list[int] = []

    def revision() -> int:
        asked.append(1)
        return pages.revision

    cache = HttpCache(pages, key, revision, pages.clock, budget=1000_000)
    for _ in range(10):
        ask(cache)
    assert len(asked) == 1
    pages.put("/", b"new")
    assert ask(cache).body == LONG
    pages.clock.go(TTL.total_seconds())
    assert ask(cache).body == b"new"
    assert len(asked) == 2


def test_what_a_change_made_old_is_not_given_though_the_revision_was_just_asked(
    pages: Pages,
) -> None:
    asked: list[int] = []
    changes = [0]

    def revision() -> int:
        asked.append(1)
        return pages.revision

    cache = HttpCache(
        pages, key, revision, pages.clock, budget=1000_000, changes=lambda: changes[0]
    )
    for number in range(3):
        body = f"{number}".encode()
        pages.put("/", body)
        changes[0] += 1
        for _ in range(10):
            pages.clock.go(LOOK.total_seconds())
            assert ask(cache).body == body
        assert len(asked) == number + 1
    pages.put("/", b"not told")
    pages.clock.go(TTL.total_seconds())
    assert ask(cache).body == b"not told"


def test_a_change_while_the_revision_is_asked_is_seen(pages: Pages) -> None:
    changes = [0]

    def revision() -> int:
        found = pages.revision
        if not changes[0]:
            pages.put("/", b"new")
            changes[0] += 1
        return found

    cache = HttpCache(
        pages, key, revision, pages.clock, budget=1000_000, changes=lambda: changes[0]
    )
    ask(cache)
    pages.put("/", b"newer")
    pages.clock.go(LOOK.total_seconds())
    assert ask(cache).body == b"newer"


def test_a_clock_that_goes_back_does_not_stop_the_asking(pages: Pages) -> None:
    cache = around(pages, revision_ttl=TTL)
    ask(cache)
    pages.put("/", b"new")
    pages.clock.go(-3600)
    assert ask(cache).body == b"new"


def test_an_answer_is_good_until_its_moment(pages: Pages) -> None:
    cache = around(pages)
    pages.put("/a", LONG, until=START + timedelta(seconds=60))
    assert ask(cache, "/a").status == 200
    pages.clock.go(59)
    assert ask(cache, "/a").status == 200
    assert pages.asked == ["/a"]
    pages.clock.go(1)
    assert ask(cache, "/a").status == 410


def test_what_was_made_by_a_clock_that_was_ahead_is_not_given_once_it_is_right(
    pages: Pages,
) -> None:
    cache = around(pages)
    pages.pages["/later"] = Page(LONG, modified=START, since=START + timedelta(hours=1))
    pages.clock.go(3 * 3600)
    assert ask(cache, "/later").status == 200
    pages.clock.go(-3 * 3600)
    assert ask(cache, "/later").status == 404
    assert HELD not in pages.seen[-1], "nor may the application excuse it"
    pages.clock.go(3 * 3600)
    assert ask(cache, "/later").status == 200
    pages.clock.go(-3 * 3600)
    pages.fault = broken
    with pytest.raises(OSError, match="gone"):
        ask(cache, "/later")


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_caches_elsewhere_are_told_of_the_moment_too(
    cache: HttpCache, pages: Pages, coding: str
) -> None:
    pages.put("/a", LONG, until=START + timedelta(seconds=400))
    told = []
    for seconds in (0, 99, 1, 200, 98, 1):
        pages.clock.go(seconds)
        got = ask(cache, "/a", accept_encoding=coding)
        same = ask(cache, "/a", accept_encoding=coding, if_none_match=got.headers["ETag"])
        assert (same.status, same.headers["Cache-Control"]) == (304, got.headers["Cache-Control"])
        told.append(got.headers["Cache-Control"])
    # A cache in front may hold an answer for a second.
    assert told == [f"max-age={left}" for left in (300, 300, 299, 99, 1, 0)]


def test_what_is_not_there_is_kept_for_seconds_and_never_past_its_moment(pages: Pages) -> None:
    cache = around(pages)
    pages.put("/a", LONG, since=START + timedelta(seconds=1))
    assert [ask(cache, "/a").status for _ in range(3)] == [404, 404, 404]
    assert [ask(cache, "/b").status for _ in range(3)] == [404, 404, 404]
    assert pages.asked == ["/a", "/b"]
    pages.clock.go(1)
    assert ask(cache, "/a").status == 200
    pages.clock.go(NEGATIVE_TTL.total_seconds() - 1)
    ask(cache, "/b")
    assert pages.asked == ["/a", "/b", "/a", "/b"]


@pytest.mark.parametrize("status", ["500 OH", "503 NO", "400 BAD"])
def test_a_fault_is_not_kept(clock: Clock, status: str) -> None:
    asked: list[int] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        asked.append(1)
        start_response(status, [("ETag", '"a"')])
        return [b"x"]

    cache = HttpCache(app, key, lambda: 1, clock, budget=1000_000)  # type: ignore[arg-type]
    assert [ask(cache).status for _ in range(2)] == [int(status[:3])] * 2
    assert len(asked) == 2


def test_no_store_is_not_kept(clock: Clock) -> None:
    asked: list[int] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        asked.append(1)
        start_response("200 OK", [("Cache-Control", "no-store")])
        return [b"x"]

    cache = HttpCache(app, key, lambda: 1, clock, budget=1000_000)  # type: ignore[arg-type]
    ask(cache), ask(cache)
    assert len(asked) == 2


def test_what_is_not_to_be_kept_is_prepared_as_any_other_and_made_each_time(
    cache: HttpCache, pages: Pages
) -> None:
    pages.put("/unkept", LONG, until=START + timedelta(hours=1))
    whole = ask(cache, "/unkept", accept_encoding="gzip")
    assert gzip.decompress(whole.body) == LONG
    assert "Expires" not in whole.headers
    assert (
        ask(cache, "/unkept", accept_encoding="gzip", if_none_match=whole.headers["ETag"]).status
        == 304
    )
    assert ask(cache, "/unkept", method="HEAD", accept_encoding="gzip").headers == whole.headers
    assert pages.asked == ["/unkept"] * 3


def test_what_passes_asks_no_revision_and_keeps_the_moment_to_itself(pages: Pages) -> None:
    def revision() -> int:
        raise AssertionError("asked")

    pages.put("/live", LONG, until=START + timedelta(hours=1))
    cache = HttpCache(pages, key, revision, pages.clock, budget=1000_000)
    assert "Expires" not in ask(cache, "/live").headers


# Many at once


def test_one_renders_while_the_others_wait(pages: Pages) -> None:
    cache = around(pages)
    gate = threading.Event()
    pages.fault = lambda: gate.wait(PATIENCE) and None
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(ask, cache, accept_encoding="gzip") for _ in range(8)]
        gate.set()
        assert {got.result().body for got in waiting} == {ask(cache, accept_encoding="gzip").body}
    assert pages.asked == ["/"]


def test_who_comes_after_a_change_does_not_wait_for_the_answer_before_it(pages: Pages) -> None:
    cache = around(pages)
    begun, gate = threading.Event(), threading.Event()
    slow = [True]

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        body = list(pages(environ, start_response))
        if slow.pop() if slow else False:
            begun.set()
            assert gate.wait(PATIENCE)
        return body

    cache = HttpCache(
        app, key, pages.ask_revision, pages.clock, budget=1000_000, revision_ttl=timedelta(0)
    )  # type: ignore[arg-type]
    with ThreadPoolExecutor(1) as pool:
        old = pool.submit(ask, cache)
        assert begun.wait(PATIENCE)
        pages.put("/", b"new")
        assert ask(cache).body == b"new"
        gate.set()
        assert old.result().body == LONG
    assert ask(cache).body == b"new"


def test_a_flood_of_addresses_and_codings_stays_in_the_budget_and_pushes_out_nothing_that_is_polled(
    pages: Pages,
) -> None:
    budget = 400_000
    cache = around(pages, budget)
    ask(cache), ask(cache)
    for number in range(500):
        pages.pages[f"/random/{number}"] = Page(LONG + str(number).encode())
        ask(cache, f"/random/{number}", accept_encoding=f"br;q=0.{number}")
        ask(cache, f"/missing/{number}")
    pages.asked.clear()
    ask(cache)
    assert pages.asked == []
    assert cache.size <= budget * 17 / 16


def test_what_is_coded_is_not_kept_in_identity_and_its_weight_is_what_is_kept(
    pages: Pages, cache: HttpCache
) -> None:
    before, head = ask(cache), ask(cache, method="HEAD")
    coded = ask(cache, accept_encoding="gzip")
    assert ask(cache).headers == before.headers == head.headers
    assert ask(cache).body == before.body == LONG
    assert ask(cache, method="HEAD").headers == head.headers
    kept = around(pages)
    for _ in range(2):
        ask(kept, accept_encoding="gzip")
        assert kept.size == OVERHEAD + len(coded.body)
        pages.revision += 1  # the same bytes, made anew
    brotli_too = ask(kept, accept_encoding="br")
    assert kept.size == OVERHEAD + len(coded.body) + len(brotli_too.body)
    assert ask(kept).body == LONG
    assert kept.size == OVERHEAD + len(coded.body) + len(brotli_too.body)


# When something fails


def broken() -> None:
    raise OSError("the disk is gone")


def test_the_last_good_answer_is_given_when_a_new_one_cannot_be_made(
    pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    cache = around(pages)
    whole = ask(cache)
    pages.revision += 1
    pages.fault = broken
    assert ask(cache) == whole
    began = pages.clock()
    assert "could not be made anew" in caplog.text
    for _ in range(3):  # tried again meanwhile
        assert cache.degraded_since(pages.clock()) == began
        pages.clock.go(3)
        assert ask(cache) == whole
    pages.fault = None
    pages.clock.go(60)
    pages.put("/", b"new")
    assert ask(cache).body == b"new"
    assert cache.degraded_since(pages.clock()) is None


def test_a_failing_application_is_not_asked_for_each_request(pages: Pages) -> None:
    cache = around(pages)
    ask(cache)
    pages.revision += 1
    pages.fault = broken
    for _ in range(10):
        ask(cache)
    assert len(pages.asked) == 2


def test_an_application_that_works_again_is_asked_again_though_the_revision_stands(
    pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    cache = around(pages)
    ask(cache)
    pages.put("/", b"new")
    pages.fault = broken
    assert ask(cache).body == LONG
    pages.fault = None
    assert ask_how(cache) == "stale"
    pages.clock.go(RETRY.total_seconds())
    assert ask(cache).body == b"new"
    assert ask_how(cache) == "hit"


def test_what_was_taken_away_does_not_come_back_when_something_fails(pages: Pages) -> None:
    cache = around(pages)
    ask(cache)
    pages.pages.clear()
    pages.revision += 1
    assert [ask(cache).status for _ in range(3)] == [404] * 3
    assert len(pages.asked) == 2
    pages.fault = broken
    pages.clock.go(60)
    with pytest.raises(OSError, match="the disk"):
        ask(cache)


def test_an_expired_answer_is_not_given_for_want_of_a_new_one(
    pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    cache = around(pages)
    pages.put("/a", LONG, until=START + timedelta(seconds=10))
    ask(cache, "/a")
    pages.fault = broken
    pages.clock.go(10)
    with pytest.raises(OSError, match="the disk"):
        ask(cache, "/a")


def test_kept_answers_are_given_when_nobody_knows_the_revision(pages: Pages) -> None:
    lost: list[Exception] = []

    def revision() -> int:
        if lost:
            raise lost[0]
        return pages.revision

    cache = HttpCache(pages, key, revision, pages.clock, budget=1000_000, revision_ttl=timedelta(0))
    whole = ask(cache)
    lost.append(OSError("no database"))
    pages.fault = broken
    assert ask(cache) == whole
    assert ask_how(cache) == "stale"
    assert cache.degraded_since(pages.clock())
    with pytest.raises(OSError, match="disk"):
        ask(cache, "/never-seen")
    lost.clear()
    pages.fault = None
    assert ask_how(cache) == "hit"
    assert cache.degraded_since(pages.clock()) is None


def test_while_an_index_hangs_what_is_kept_is_given_and_nothing_made(pages: Pages) -> None:
    goes_on = threading.Event()
    goes_on.set()

    def revision() -> int:
        goes_on.wait()
        return pages.revision

    cache = HttpCache(
        *(pages, key, revision, pages.clock), budget=1000_000, revision_ttl=LOOK, patience=0.01
    )

    def is_told() -> bool:
        return bool(ask(cache, "/unkept")) and cache._revision.known == pages.revision

    assert comes_true(is_told)
    ask(cache)
    pages.clock.go(1)
    pages.put("/", b"new")
    pages.put("/other", b"other")
    assert comes_true(is_told)
    ask(cache, "/other")
    goes_on.clear()
    pages.clock.go(1)
    assert ask_how(cache, "/other") == "hit"
    pages.clock.go(LATE.total_seconds() * 1.1)
    made = len(pages.asked)
    assert [ask_how(cache, path) for path in ("/", "/other")] == ["stale"] * 2
    assert len(pages.asked) == made
    goes_on.set()
    assert comes_true(lambda: bool(pages.clock.go(1)) or ask(cache).body == b"new")


def all_have_landed() -> bool:
    return not [each for each in threading.enumerate() if each.name == "flight"]


def test_who_can_be_given_what_is_kept_does_not_wait_for_an_index_that_hangs(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedservice.http.flights.HURRY", 0.01)
    goes_on = threading.Event()
    cache = HttpCache(*(pages, key, pages.ask_revision, pages.clock), budget=1000_000, patience=10)
    ask(cache)
    pages.clock.go(1)
    pages.put("/", b"new")
    pages.fault = goes_on.wait
    assert ask(cache).body == LONG
    pages.clock.go(2)
    assert ask_how(cache) == "updating"
    goes_on.set()
    assert comes_true(all_have_landed)
    assert ask(cache).body == b"new"
    assert pages.asked == ["/", "/"]


def test_who_asks_for_what_was_never_kept_while_an_index_hangs_is_soon_told_so(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedservice.http.flights.HURRY", 0.01)
    goes_on = threading.Event()

    def revision() -> int:
        pages.clock.go(LATE.total_seconds() * 1.1)
        goes_on.wait()
        return pages.revision

    slots = Slots(4, 16, 0.01)
    cache = HttpCache(
        *(pages, key, revision, pages.clock), budget=1000_000, patience=0.01, slots=lambda _: slots
    )
    assert comes_true(lambda: bool(ask(cache, "/unkept")) and pages.clock() > START + LATE)
    pages.fault = goes_on.wait
    for path in ("/", "/", "/unkept"):  # the second waits for what the first began
        got = ask(cache, path)
        assert got.status == 503
        assert int(got.headers["Retry-After"]) > 0
        assert "The site cannot answer at the moment" in got.body.decode()
    pages.fault = None  # what needs no index is answered
    monkeypatch.setattr("feedservice.http.flights.HURRY", PATIENCE)
    pages.put("/style.css", b"css")
    assert ask(cache, "/style.css").body == b"css"
    goes_on.set()
    assert comes_true(lambda: bool(pages.clock.go(2)) or ask(cache).body == LONG)


def slowly(
    pages: Pages, waiting: threading.Lock, goes_on: threading.Event, body: bytes | None
) -> Callable[..., Any]:
    """An application that says what there is now, or fails, once it may; others do not wait."""

    def app(environ: dict[str, Any], start: Any) -> Any:
        if goes_on.is_set() or not waiting.acquire(blocking=False):
            return pages(environ, start)
        goes_on.wait()
        if body is None:
            broken()
        start("200 OK", [("ETag", '"late"'), ("Cache-Control", "max-age=60")])
        return [body]

    return app


@pytest.mark.parametrize("body", [b"in between", None])
def test_what_is_made_late_takes_no_place_of_what_was_asked_for_since(
    pages: Pages, monkeypatch: pytest.MonkeyPatch, body: bytes | None
) -> None:
    monkeypatch.setattr("feedservice.http.flights.HURRY", 0.01)
    goes_on, waiting = threading.Event(), threading.Lock()
    goes_on.set()
    app = slowly(pages, waiting, goes_on, body)
    cache = HttpCache(
        *(app, key, pages.ask_revision, pages.clock),  # type: ignore[arg-type]
        budget=1000_000,
        revision_ttl=timedelta(0),
        patience=10,
    )
    pages.put("/", b"first", until=START + timedelta(seconds=10))
    ask(cache)
    pages.clock.go(9)
    pages.put("/", b"last")
    goes_on.clear()
    assert ask(cache).body == b"first"
    assert comes_true(waiting.locked)
    pages.clock.go(2)  # by which that is over
    pages.revision += 1
    assert ask(cache).body == b"last"
    goes_on.set()
    assert comes_true(all_have_landed)
    pages.revision += 1
    pages.fault = broken
    assert ask(cache).body == b"last"


def test_what_is_over_while_a_new_answer_is_waited_for_is_not_given(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = HttpCache(*(pages, key, pages.ask_revision, pages.clock), budget=1000_000, patience=10)
    pages.put("/", LONG, until=START + timedelta(seconds=10))
    ask(cache)
    pages.clock.go(9)
    pages.revision += 1
    is_over, goes_on = threading.Event(), threading.Event()

    def hang() -> None:
        pages.clock.go(2)
        is_over.set()
        goes_on.wait()

    def hurry(futures: list[Future[Any]], _seconds: float) -> Any:
        assert is_over.wait(PATIENCE)
        return wait(futures, 0)

    monkeypatch.setattr("feedservice.http.flights.wait", hurry)
    pages.fault = hang
    assert ask(cache).status == 503
    goes_on.set()


def test_what_another_process_kept_is_not_given_in_a_hurry(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedservice.http.flights.HURRY", 0)
    caches = [
        HttpCache(*(pages, key, pages.ask_revision, pages.clock), budget=1000_000, patience=10)
        for _ in range(2)
    ]
    ask(caches[0])
    caches[1].restore(caches[0].entries(pages.clock()))
    pages.put("/", b"new")
    assert ask(caches[1]).body == b"new"


def test_an_index_that_is_just_being_asked_is_not_away() -> None:
    entered, goes_on = threading.Event(), threading.Event()

    def changes() -> int:
        entered.set()
        goes_on.wait()
        return 1

    revision = Revision(lambda: 1, TTL, changes, lambda _error: None, patience=10)
    goes_on.set()
    revision.at(START)
    goes_on.clear()
    entered.clear()
    asking = threading.Thread(target=revision.at, args=(START + timedelta(hours=1),))
    asking.start()
    assert entered.wait(PATIENCE)
    assert not revision.is_away(START + timedelta(hours=1))
    goes_on.set()
    asking.join()


def test_what_an_outage_leaves_was_good_until_it_began(pages: Pages) -> None:
    lost: list[Exception] = []

    def revision() -> int:
        if lost:
            raise lost[0]
        return pages.revision

    cache = HttpCache(pages, key, revision, pages.clock, budget=1000_000, revision_ttl=timedelta(0))
    ask(cache)
    pages.clock.go(26 * 3600)
    ask(cache)
    lost.append(OSError("no database"))
    began = pages.clock()
    ask(cache)
    pages.clock.go(60)
    ((_key, entry),) = cache.entries(pages.clock())
    assert entry.made == began


def test_a_cdn_that_is_told_of_changes_keeps_what_could_not_be_made_anew_for_a_second(
    pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    """It was told of the change already, and would show the old one for a day."""
    lifetimes = ("Surrogate-Control", "CDN-Cache-Control")

    def app(environ: dict[str, Any], start: Any) -> Any:
        more = [(name, "max-age=86400, stale-if-error=86400") for name in lifetimes]
        return pages(environ, lambda status, told, *rest: start(status, [*told, *more], *rest))

    cache = HttpCache(
        app, key, pages.ask_revision, pages.clock, budget=1000_000, revision_ttl=timedelta(0)
    )
    whole = ask(cache)
    assert [whole.headers[name] for name in lifetimes] == [
        "max-age=86400, stale-if-error=86400"
    ] * 2
    pages.revision += 1
    pages.fault = broken
    for etag in (None, whole.headers["ETag"]):
        old = ask(cache, If_None_Match=etag)
        assert [old.headers[name] for name in lifetimes] == ["max-age=1"] * 2
        assert old.headers["Cache-Control"] == whole.headers["Cache-Control"]
    pages.fault = None
    pages.clock.go(60)
    assert ask(cache).headers == whole.headers


def test_what_could_not_be_made_anew_is_not_said_to_be_of_the_present(
    pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    """A cache before several replicas would take it for newer than what another one gave since."""
    caplog.set_level(logging.CRITICAL)
    cache = around(pages)
    pages.put("/", LONG, modified=START + timedelta(seconds=30))  # as after many saves at once
    assert ask(cache).headers["Last-Modified"] == http_date(START)
    pages.clock.go(5)
    assert ask(cache).headers["Last-Modified"] == http_date(START + timedelta(seconds=5))
    pages.revision += 1
    pages.fault = broken
    assert ask(cache).headers["Last-Modified"] == http_date(START)


def test_the_application_is_told_that_answers_are_kept_ones(pages: Pages) -> None:
    cache = around(pages)
    ask(cache, "/live")
    assert pages.seen[-1][DEGRADED]() is None
    ask(cache)
    pages.revision += 1
    pages.fault = broken
    ask(cache)
    pages.fault = None
    ask(cache, "/live")
    assert pages.seen[-1][DEGRADED]() == pages.clock()


def ask_how(cache: HttpCache, path: str = "/") -> str:
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "PATH_INFO": path}
    cache(environ, lambda *_: lambda data: None)  # type: ignore[arg-type]
    return environ[CACHE_STATUS]


def test_how_an_answer_came_about_is_told(pages: Pages) -> None:
    cache = around(pages)
    assert [ask_how(cache), ask_how(cache), ask_how(cache, "/live")] == ["miss", "hit", "pass"]


# Never different from an application that keeps nothing

PATHS = ("/", "/a", "/b", "/live", "/unkept")
BODIES = (b"", b"short", LONG, LONG * 3)
CODINGS = (None, "gzip", "br", "br;q=0, gzip", "identity;q=0, gzip;q=0.5", "junk")
seconds = st.integers(-3, 5)
actions = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(PATHS), st.sampled_from(BODIES), seconds, seconds, st.none() | seconds),
    st.tuples(st.just("remove"), st.sampled_from(PATHS)),
    st.tuples(st.just("touch")),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 0.3, 1.0, 2.5])),
    st.tuples(
        st.just("ask"), st.sampled_from(PATHS), st.sampled_from(["GET", "HEAD"]), st.sampled_from(CODINGS),
        st.sampled_from([None, "last", "first", "*", '"x"']), st.sampled_from([None, "last", "first", "bad"]),
    ),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(actions, max_size=40), st.sampled_from([20_000, 1_000_000]))
# What is left is counted in whole seconds: less than those of the moment before, amid a second.
@example(
    [
        ("put", "/", b"", 0, 0, 2),
        ("ask", "/", "GET", None, None, None),
        ("wait", 0.3),
        ("ask", "/", "GET", None, None, None),
    ],
    1_000_000,
)
def test_a_cached_application_and_a_plain_one_never_differ(
    script: list[tuple[Any, ...]], budget: int
) -> None:
    pages = Pages(Clock())
    cached, plain = around(pages, budget), around(pages, 0)
    seen: list[Got] = []
    for name, *facts in script:
        if name == "put":
            path, body, modified, since, until = facts
            moment = pages.clock.now.replace(microsecond=0)
            later = None if until is None else moment + timedelta(seconds=until)
            pages.put(
                path,
                body,
                modified=moment + timedelta(seconds=modified),
                since=moment + timedelta(seconds=since),
                until=later,
            )
        elif name == "remove":
            pages.pages.pop(facts[0], None)
            pages.revision += 1
        elif name == "touch":
            pages.revision += 1
        elif name == "wait":
            pages.clock.go(facts[0])
        else:
            path, method, coding, match, since = facts
            picked = {"last": seen[-1], "first": seen[0]} if seen else {}
            tag = (
                picked[match].headers.get("ETag")
                if match in picked
                else None
                if match in ("last", "first")
                else match
            )
            date = (
                picked[since].headers.get("Last-Modified")
                if since in picked
                else None
                if since in ("last", "first")
                else since
            )
            headers = {"accept_encoding": coding, "if_none_match": tag, "if_modified_since": date}
            wanted = ask(plain, path, method, **headers)
            assert ask(cached, path, method, **headers) == wanted
            assert ask(cached, path, method, **headers) == wanted
            seen.append(wanted)
