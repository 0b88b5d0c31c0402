"""Answers that one process keeps, handed on to another through bytes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.http.cache import CACHE_STATUS, HELD, HttpCache
from feedservice.http.kept_file import OLDEST, pack, unpack
from wsgi import START, Clock, Page, Pages, ask

LIMIT = 1_000_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pages(clock: Clock) -> Pages:
    return Pages(
        clock,
        {
            "/": Page("خبر ".encode() * 500, modified=START - timedelta(hours=1)),
            "/a": Page(b"a" * 50, until=START + timedelta(hours=3)),
        },
    )


def around(pages: Pages, budget: int = 10_000_000) -> HttpCache:
    return HttpCache(
        pages,
        lambda environ: environ["PATH_INFO"],
        lambda: pages.ask_revision(),  # noqa: PLW0108 - tests put another in its place
        pages.clock,
        budget=budget,
        revision_ttl=timedelta(0),
    )


def handed_on(cache: HttpCache, pages: Pages, limit: int = LIMIT) -> HttpCache:
    """Another process: its cache, which has what was kept here."""
    facts, answers = unpack(
        pack({"site": "x"}, cache.entries(pages.clock()), limit, pages.clock()), pages.clock()
    )
    assert facts == {"site": "x"}
    other = around(pages)
    other.restore(answers)
    return other


def break_down(pages: Pages) -> None:
    def fail() -> None:
        raise OSError("the disk is gone")

    pages.fault = fail
    pages.ask_revision = fail  # type: ignore[method-assign, assignment]


def test_what_is_handed_on_is_given_as_it_was_while_nothing_can_be_made(pages: Pages) -> None:
    cache = around(pages)
    before = {path: ask(cache, path) for path in pages.pages}
    packed = {path: ask(cache, path, accept_encoding="br") for path in pages.pages}
    other = handed_on(cache, pages)
    break_down(pages)
    assert {path: ask(other, path) for path in pages.pages} == before
    assert {path: ask(other, path, accept_encoding="br") for path in pages.pages} == packed
    assert ask(other, If_None_Match=before["/"].headers["ETag"]).status == 304
    assert other.degraded_since(pages.clock())
    with pytest.raises(OSError, match="gone"):
        ask(other, "/never asked")


def test_what_is_handed_on_is_not_said_to_be_newer_than_when_it_was_made(pages: Pages) -> None:
    pages.put("/", b"x" * 900, modified=START + timedelta(seconds=30))
    cache = around(pages)
    before = ask(cache)
    pages.clock.go(5)
    other = handed_on(cache, pages)
    break_down(pages)
    shown = before.headers["Last-Modified"]
    assert ask(other).headers["Last-Modified"] == shown
    # Who was shown the same before what was written then has not that.
    assert ask(other, If_Modified_Since=shown).status == 200


def test_what_was_coded_is_handed_on_so_and_weighs_no_more(pages: Pages) -> None:
    cache = around(pages)
    before = ask(cache)
    coded = ask(cache, accept_encoding="gzip")
    data = pack({}, cache.entries(pages.clock()), len(coded.body), pages.clock())
    assert len(data) < len(before.body)
    other = handed_on(cache, pages, len(coded.body))
    assert other.size == cache.size
    break_down(pages)
    assert ask(other) == before
    assert ask(other, accept_encoding="gzip") == coded


def test_it_gives_way_as_soon_as_answers_can_be_made_even_of_the_same_revision(
    pages: Pages,
) -> None:
    cache = around(pages)
    ask(cache)
    other = handed_on(cache, pages)
    pages.asked.clear()
    assert ask(other).status == 200
    assert pages.asked == ["/"]
    assert HELD not in pages.seen[-1], "another release may have made what is held"
    assert other.degraded_since(pages.clock()) is None


def test_nothing_is_given_past_its_own_moment(pages: Pages, clock: Clock) -> None:
    cache = around(pages)
    assert ask(cache, "/a").status == 200
    other = handed_on(cache, pages)
    break_down(pages)
    clock.go(3 * 3600 - 1)
    assert ask(other, "/a").status == 200
    clock.go(1)
    with pytest.raises(OSError, match="gone"):
        ask(other, "/a")


def test_nothing_is_handed_on_past_its_own_moment(pages: Pages, clock: Clock) -> None:
    cache = around(pages)
    ask(cache, "/a")
    data = pack({}, cache.entries(clock()), LIMIT, clock())
    assert len(unpack(data, clock())[1]) == 1
    assert unpack(data, clock() + timedelta(hours=3))[1] == []


def test_what_no_index_had_for_a_day_is_not_handed_on(pages: Pages, clock: Clock) -> None:
    del pages.pages["/a"]
    cache = around(pages)
    ask(cache, "/")
    pages.revision += 1
    pages.put("/new", b"n")
    clock.go(OLDEST.total_seconds() + 3601)
    ask(cache, "/new")
    (entry,) = unpack(pack({}, cache.entries(clock()), LIMIT, clock()), clock())[1]
    assert entry[0] == "/new"
    # What is known to be right is as new as the day.
    assert unpack(pack({}, cache.entries(clock()), LIMIT, clock()), clock() + OLDEST / 2)[1]


def test_only_what_could_be_made_is_handed_on_and_nothing_that_was_handed_on_itself(
    pages: Pages, clock: Clock
) -> None:
    cache = around(pages)
    assert cache.entries(clock()) == []
    assert ask(cache, "/absent").status == 404
    ask(cache)
    assert [key for key, _ in cache.entries(clock())] == ["/"]
    other = handed_on(cache, pages)
    break_down(pages)
    ask(other)
    assert other.entries(clock()) == []


def test_what_was_asked_for_last_has_room(pages: Pages) -> None:
    for number in range(20):
        pages.pages[f"/{number}"] = Page(b"%02d" % number * 500)
    cache = around(pages)
    for path in pages.pages:
        ask(cache, path)
    for path in ("/3", "/4"):
        ask(cache, path)
    now = pages.clock()
    data = pack({}, cache.entries(now), 5000, now)
    kept = [key for key, _ in unpack(data, now)[1]]
    assert sorted(kept) == ["/17", "/18", "/19", "/3", "/4"]


def test_the_same_answers_are_the_same_bytes_whenever_they_were_asked_for(
    pages: Pages, clock: Clock
) -> None:
    cache = around(pages)
    for path in ("/", "/a"):
        ask(cache, path)
    first = pack({}, cache.entries(clock()), LIMIT, clock())
    clock.go(60)
    for path in ("/a", "/"):
        ask(cache, path)
    assert pack({}, cache.entries(clock()), LIMIT, clock()) == first


@given(st.data())
def test_a_damaged_file_is_refused(data: st.DataObject) -> None:
    clock = Clock()
    cache = around(Pages(clock, {"/": Page(b"body")}))
    ask(cache)
    whole = pack({"site": "x"}, cache.entries(clock()), LIMIT, clock())
    harmed = bytearray(whole)
    if data.draw(st.booleans()):
        del harmed[data.draw(st.integers(0, len(whole) - 1)) :]
    else:
        harmed[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ValueError, match="damaged"):
        unpack(bytes(harmed), clock())


def test_statuses_are_told(pages: Pages) -> None:
    cache = around(pages)
    ask(cache)
    other = handed_on(cache, pages)
    break_down(pages)
    environ: dict[str, object] = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": ""}
    other(environ, lambda *_: lambda _data: None)  # type: ignore[arg-type]
    assert environ[CACHE_STATUS] == "stale"
