"""A request that is to be answered at once is given what is kept, and makes nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from feedservice.http.at_once import AT_ONCE, Later
from feedservice.http.cache import UNCACHEABLE, HttpCache
from feedservice.http.instrumentation import Instrumented
from waiting import PATIENCE
from wsgi import START, Clock, Page, Pages, ask

BODY = "خبر قصير عن كل شيء. ".encode() * 100


def key(environ: dict[str, Any]) -> object:
    path = environ["PATH_INFO"]
    return None if path == "/live" else UNCACHEABLE if path == "/unkept" else path


@pytest.fixture
def pages() -> Pages:
    return Pages(Clock(), {path: Page(BODY) for path in ("/", "/live", "/unkept")})


def around(pages: Pages, **more: Any) -> HttpCache:
    return HttpCache(
        *(pages, key, pages.ask_revision, pages.clock),
        budget=1_000_000,
        revision_ttl=timedelta(seconds=1),
        **more,
    )


def at_once(app: Any) -> Any:
    """The application, asked by a server's thread for what is kept."""
    return lambda environ, start: app(environ | {AT_ONCE: True}, start)


def refused(app: Any, pages: Pages, path: str = "/", **headers: str) -> bool:
    """Whether it is to be asked later; nothing was made then."""
    before = list(pages.asked)
    try:
        ask(at_once(app), path, **headers)
    except Later:
        assert pages.asked == before
        return True
    return False


@pytest.mark.parametrize("path", ["/", "/live", "/unkept", "/nothing"])
def test_what_is_not_kept_is_for_later(pages: Pages, path: str) -> None:
    cache = around(pages)
    ask(cache, "/warm")
    assert refused(cache, pages, path)


def test_what_is_kept_is_given_in_each_coding_that_somebody_had_and_as_304(pages: Pages) -> None:
    cache = around(pages)
    packed, brief = ({"Accept_Encoding": coding} for coding in ("gzip", "br"))
    first = ask(cache, **packed)
    assert ask(at_once(cache), **packed) == first
    assert ask(at_once(cache), method="HEAD", **packed).headers == first.headers
    again = ask(at_once(cache), If_None_Match=first.headers["ETag"], **packed)
    assert again.status == 304
    assert refused(cache, pages, **brief)
    ask(cache, **brief)
    assert not refused(cache, pages, **brief)


def test_what_is_to_be_unpacked_is_for_later(pages: Pages) -> None:
    cache = around(pages)
    ask(cache, Accept_Encoding="gzip")
    ask(cache)
    assert refused(cache, pages)
    assert ask(cache).body == BODY


def test_the_revision_is_asked_by_nobody_who_may_not_wait(pages: Pages) -> None:
    cache = around(pages)
    assert refused(cache, pages)  # nobody asked for it yet
    ask(cache, Accept_Encoding="gzip")
    assert not refused(cache, pages, Accept_Encoding="gzip")
    pages.clock.go(2)
    assert refused(cache, pages, Accept_Encoding="gzip")
    ask(cache, Accept_Encoding="gzip")
    assert not refused(cache, pages, Accept_Encoding="gzip")


def test_a_change_that_is_told_is_seen(pages: Pages) -> None:
    cache = around(pages, changes=lambda: pages.revision)
    ask(cache, Accept_Encoding="gzip")
    pages.put("/", b"x" * 1000)
    pages.clock.go(0.01)
    assert refused(cache, pages, Accept_Encoding="gzip")
    assert len(ask(cache).body) == 1000


def test_while_another_asks_for_the_revision_what_is_kept_is_given(pages: Pages) -> None:
    asked, told = threading.Event(), threading.Event()
    is_slow = False

    def revision() -> int:
        if is_slow:
            asked.set()
            assert told.wait(PATIENCE)
        return 1

    ttl = timedelta(seconds=1)
    cache = HttpCache(pages, key, revision, pages.clock, budget=1_000_000, revision_ttl=ttl)
    ask(cache, Accept_Encoding="gzip")
    is_slow = True
    pages.clock.go(2)
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(ask, cache, Accept_Encoding="gzip")
        try:
            assert asked.wait(PATIENCE)
            assert not refused(cache, pages, Accept_Encoding="gzip")
        finally:
            told.set()
        assert waits.result().status == 200


def test_what_is_asked_for_later_counts_once(pages: Pages) -> None:
    pages.pages |= {path: Page(BODY + path.encode() * 400) for path in ("/a", "/b", "/c")}
    cache, plain = (around(pages) for _ in range(2))
    for path in ("/a", "/b", "/c", "/a", "/c"):
        for each in (cache, plain):
            ask(each, path, Accept_Encoding="gzip")
    assert refused(cache, pages, "/b")  # it is to be unpacked
    ask(cache, "/b")
    ask(plain, "/b")
    order = [[key for key, _ in each.documents()] for each in (cache, plain)]
    assert order[0] == order[1] == ["/b", "/c", "/a"]
    assert not refused(cache, pages, "/a", Accept_Encoding="gzip")
    assert [key for key, _ in cache.documents()] == ["/a", "/b", "/c"]


def test_headers_that_count_down_are_made_by_who_may_wait(pages: Pages) -> None:
    pages.pages["/"].until = START + timedelta(seconds=60)  # within its max-age
    cache = around(pages, changes=lambda: pages.revision)
    first = ask(cache, Accept_Encoding="gzip")
    pages.clock.go(0.9)
    ask(cache, Accept_Encoding="gzip")
    pages.clock.go(0.2)
    ask(cache, "/nothing")  # asks for the revision
    assert refused(cache, pages, Accept_Encoding="gzip")
    second = ask(cache, Accept_Encoding="gzip")
    assert second.headers["Cache-Control"] != first.headers["Cache-Control"]
    assert not refused(cache, pages, Accept_Encoding="gzip")


def test_observers_are_told_of_an_answer_and_not_of_one_that_comes_later(pages: Pages) -> None:
    told: list[str] = []
    app = Instrumented(around(pages), [lambda _environ, status, *_: told.append(status)])
    assert refused(app, pages)
    assert told == []
    ask(app)
    assert told == ["200 OK"]
