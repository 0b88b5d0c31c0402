"""What readers poll is made anew before they ask, and nothing else is."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest

from feedservice.http.admission import Slots, refusal
from feedservice.http.ahead import MOST, POLLED, Ahead
from feedservice.http.cache import HttpCache
from feedservice.http.miss import Miss
from waiting import PATIENCE, comes_true
from wsgi import START, Clock, Page, Pages, ask


class Site:
    """Pages that change, around which answers are kept."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.pages = Pages(self.clock, {"/": Page(b"0", modified=START - timedelta(hours=1))})
        self.changes = 0
        self.slots = Slots(4, 16, PATIENCE)
        self.cache = HttpCache(
            self.pages,
            lambda environ: environ["PATH_INFO"],
            self.pages.ask_revision,
            self.clock,
            budget=10_000_000,
            changes=lambda: self.changes,
            slots=lambda _: self.slots,
        )

    def change(self, path: str, body: bytes) -> None:
        self.pages.put(path, body)
        self.changes += 1
        self.clock.go(1)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.clock.go(2 * POLLED.total_seconds())  # which ends what makes answers ahead


def test_what_was_polled_is_made_anew_before_it_is_asked_for(site: Site) -> None:
    for number in range(2):
        ask(site.cache)
        site.change("/", f"{number}".encode())
    ask(site.cache)
    for body in (b"a", b"b"):
        made = len(site.pages.asked)
        site.change("/", body)
        assert comes_true(lambda made=made: len(site.pages.asked) == made + 1)
        assert comes_true(lambda: site.cache._kept.get("/").revision == site.pages.revision)
        assert ask(site.cache).body == body
        assert len(site.pages.asked) == made + 1, "it was made once"


def test_a_thread_that_the_system_refuses_costs_nobody_an_answer_and_is_asked_for_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(Thread, "start", refuse)
        for number in range(2):
            assert ask(site.cache).status == 200
            site.change("/", f"{number}".encode())
    ask(site.cache)
    site.change("/", b"a")
    assert comes_true(lambda: site.cache._kept.get("/").revision == site.pages.revision)


def test_nothing_is_made_ahead_that_was_asked_for_once(site: Site) -> None:
    ask(site.cache)
    site.change("/", b"new")
    assert not site.cache._ahead.make()
    assert site.pages.asked == ["/"]


def test_nothing_is_made_ahead_while_a_reader_waits_or_nothing_changed(site: Site) -> None:
    environ: dict[str, Any] = {"PATH_INFO": "/", "REQUEST_METHOD": "GET"}
    ask(site.cache)
    site.cache._renew("/", environ)
    assert site.pages.asked == ["/"]
    site.change("/", b"new")
    flights, other = site.cache._flights, Miss("/other", 1, environ, None, site.pages.clock())
    flight, _ = flights.join(other)
    site.cache._renew("/", environ)
    assert site.pages.asked == ["/"]
    flights.land("/other", flight, lambda: (refusal(), "busy"))
    site.cache._renew("/", environ)
    assert site.pages.asked == ["/", "/"]


def test_who_asks_for_what_is_made_ahead_waits_for_that_and_gets_nothing_older(site: Site) -> None:
    ask(site.cache)
    site.change("/", b"new")
    reached, opened = Event(), Event()

    def hold() -> None:
        reached.set()
        assert opened.wait(PATIENCE)

    site.pages.fault = hold
    places = site.slots._places
    free = places._value
    with ThreadPoolExecutor(2) as pool:
        pool.submit(site.cache._renew, "/", {"PATH_INFO": "/", "REQUEST_METHOD": "GET"})
        assert reached.wait(PATIENCE)
        reader = pool.submit(ask, site.cache)
        assert comes_true(lambda: places._value == free - 1)
        site.pages.fault = None
        opened.set()
        assert reader.result(PATIENCE).body == b"new"
    assert site.pages.asked == ["/", "/"], "it was made once"


def test_few_are_made_ahead_and_only_for_some_minutes() -> None:
    clock, made = Clock(), []
    ahead = Ahead(lambda key, _environ: made.append(key), clock)
    ahead._thread = False  # it is asked here
    for number in range(MOST + 5):
        ahead.note(number, {"PATH_INFO": "/", "HTTP_COOKIE": "secret"})
    assert ahead.make()
    assert made == list(range(MOST + 4, 4, -1)), "who asked last is first"
    clock.go(POLLED.total_seconds())
    assert not ahead.make()
    assert len(made) == MOST
