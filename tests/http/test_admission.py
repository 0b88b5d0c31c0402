"""How much is made and sent at once is bounded; what is kept is given all the same."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest

from feedservice.http.admission import LARGE, BoundedStreams, Busy, Slots
from feedservice.http.cache import CACHE_STATUS, UNCACHEABLE, HttpCache
from waiting import PATIENCE, comes_true
from wsgi import START, Clock, Page, Pages, ask

BODY = "خبر طويل عن كل شيء. ".encode() * 100
FOREVER = 10 * PATIENCE


@pytest.fixture
def pages() -> Pages:
    return Pages(Clock(), {"/": Page(BODY), "/b": Page(BODY)})


class Gate:
    """A fault of `Pages` that stops whoever makes an answer until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Semaphore(0)
        self._open = threading.Event()

    def __call__(self) -> None:
        self.reached.release()
        assert self._open.wait(PATIENCE)

    def open(self) -> None:
        self._open.set()


@contextmanager
def making(cache: HttpCache, pages: Pages, *paths: str) -> Iterator[list[Future[Any]]]:
    """Requests that are held while their answers are being made; none is asked again after it."""
    gate = pages.fault = Gate()
    with ThreadPoolExecutor(len(paths)) as pool:
        try:
            futures = [pool.submit(ask, cache, path) for path in paths]
            for _ in paths:
                assert gate.reached.acquire(timeout=PATIENCE)
            yield futures
        finally:
            gate.open()
    pages.fault = None


def around(pages: Pages, slots: Slots) -> HttpCache:
    def key(environ: dict[str, Any]) -> object:
        path = environ["PATH_INFO"]
        return UNCACHEABLE if path == "/unkept" else path

    return HttpCache(
        pages,
        key,
        pages.ask_revision,
        pages.clock,
        budget=10_000_000,
        revision_ttl=timedelta(0),
        slots=lambda _: slots,
    )


def how(cache: HttpCache, path: str = "/") -> str:
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "PATH_INFO": path}
    cache(environ, lambda *_: lambda data: None)  # type: ignore[arg-type]
    return environ[CACHE_STATUS]


def test_as_many_as_there_are_slots_go_on_and_the_next_waits_for_one() -> None:
    slots = Slots(2, 1, FOREVER)
    with ThreadPoolExecutor(1) as pool, ExitStack() as held:
        with slots.take():
            held.enter_context(slots.take())
            third = pool.submit(lambda: held.enter_context(slots.take()))
            # Who asks by waiting takes the place of the third, where that is not there yet.
            assert comes_true(lambda: slots._places._value == 0)
            with pytest.raises(Busy):
                slots.wait(Future())
            assert not third.done()
        third.result(PATIENCE)


def test_who_finds_no_place_to_wait_is_refused_at_once() -> None:
    slots = Slots(1, 0, FOREVER)
    with slots.take(), pytest.raises(Busy), slots.take():
        pass
    with pytest.raises(Busy):
        slots.wait(Future())


def test_nobody_waits_longer_than_the_patience() -> None:
    slots = Slots(1, 1, 0.01)
    with slots.take(), pytest.raises(Busy), slots.take():
        pass
    with pytest.raises(Busy):
        slots.wait(Future())
    with slots.take():  # and the places are free again
        pass


def test_the_fault_of_who_made_an_answer_is_not_taken_for_impatience() -> None:
    future: Future[int] = Future()
    future.set_exception(TimeoutError("the disk"))
    with pytest.raises(TimeoutError, match="the disk"):
        Slots(1, 1).wait(future)


# In the cache


def test_what_is_kept_is_given_while_all_slots_and_places_are_taken(pages: Pages) -> None:
    cache = around(pages, Slots(1, 0))
    ask(cache)
    with making(cache, pages, "/b"):
        assert how(cache) == "hit"


@pytest.mark.parametrize("path", ["/c", "/unkept"])
def test_what_cannot_be_made_now_is_503_with_a_time(pages: Pages, path: str) -> None:
    cache = around(pages, Slots(1, 0))
    with making(cache, pages, "/b"):
        got = ask(cache, path)
        assert how(cache, path) == "busy"
    assert got.status == 503
    assert int(got.headers["Retry-After"]) > 0
    assert got.headers["Cache-Control"] == "no-store"
    assert 'lang="ar" dir="rtl"' in got.body.decode()
    assert ask(cache, path).status == 404


def test_while_an_answer_is_renewed_others_get_what_there_was(pages: Pages) -> None:
    cache = around(pages, Slots(1, 0))
    ask(cache)
    pages.put("/", b"new")
    with making(cache, pages, "/") as (renewal,):
        assert ask(cache).body == BODY
        assert how(cache) == "updating"
        pages.revision += 1  # one more save does not begin one more renewal
        assert how(cache) == "updating"
    assert renewal.result().body == b"new"
    assert ask(cache).body == b"new"


def test_past_its_moment_what_there_was_is_given_to_nobody(pages: Pages) -> None:
    cache = around(pages, Slots(1, 0))
    pages.put("/", BODY, until=START + timedelta(seconds=1))
    ask(cache)
    pages.clock.go(1)
    with making(cache, pages, "/") as (renewal,):
        assert ask(cache).status == 503
    assert renewal.result().status == 410


def test_what_is_kept_is_given_where_no_slot_is_free_to_renew_it(pages: Pages) -> None:
    cache = around(pages, Slots(1, 0))
    ask(cache)
    pages.put("/", b"new")
    with making(cache, pages, "/b"):
        assert ask(cache).body == BODY
        assert how(cache) == "stale"
        assert cache.degraded_since(pages.clock()) is None
    pages.clock.go(1)
    assert ask(cache).body == b"new"


def test_who_waits_for_the_same_answer_gets_it_or_is_refused(pages: Pages) -> None:
    cache = around(pages, Slots(1, 2, FOREVER))
    with ThreadPoolExecutor(4) as pool:
        with making(cache, pages, "/"):
            others = [pool.submit(ask, cache) for _ in range(4)]
            assert comes_true(lambda: sum(each.done() for each in others) == 2)
        statuses = sorted(each.result(PATIENCE).status for each in others)
    assert statuses == [200, 200, 503, 503]
    assert pages.asked == ["/"]


# Large bodies


class Body:
    """Bytes that know whether they were closed."""

    def __init__(self) -> None:
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield b"x"

    def close(self) -> None:
        self.is_closed = True


class Sent:
    """An application that sends one size, its bodies, and a server that takes its time."""

    def __init__(self, count: int) -> None:
        self.length = LARGE + 1
        self.bodies: list[Body] = []
        self.streams = BoundedStreams(self._send, count)

    def _send(self, _environ: Any, start: Callable[..., Any]) -> Body:
        start("206 PARTIAL CONTENT", [("Content-Length", str(self.length)), ("ETag", '"a"')])
        self.bodies.append(Body())
        return self.bodies[-1]

    def begin(self, method: str = "GET") -> tuple[str, dict[str, str], Any]:
        told: list[Any] = []
        body = self.streams({"REQUEST_METHOD": method}, lambda *given: told.extend(given))  # type: ignore[arg-type,func-returns-value,return-value]
        return told[0], dict(told[1]), body


def test_so_many_large_bodies_are_sent_at_once() -> None:
    sent = Sent(2)
    first, second = sent.begin(), sent.begin()
    assert first[:2] == ("206 PARTIAL CONTENT", {"Content-Length": str(LARGE + 1), "ETag": '"a"'})
    status, headers, body = sent.begin()
    assert status == "503 Service Unavailable"
    assert int(headers["Retry-After"]) > 0
    assert int(headers["Content-Length"]) == len(b"".join(body))
    assert sent.bodies[-1].is_closed
    assert list(second[2]) == [b"x"]
    second[2].close()
    second[2].close()  # gives one place back, not two
    assert sent.bodies[1].is_closed
    assert sent.begin()[0].startswith("206")
    assert sent.begin()[0].startswith("503")


def test_small_bodies_and_heads_hold_no_thread() -> None:
    sent = Sent(0)
    assert sent.begin("HEAD")[0].startswith("206")
    sent.length = LARGE
    assert sent.begin()[0].startswith("206")
