"""Which thread answers: what is kept is given by one, and whatever takes time is another's."""

import http.client
import logging
import os
import random
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from factories import SITE_YAML, write_article
from feedservice.http.at_once import take_time
from feedservice.http.cache import HttpCache
from feedservice.service.answering import MAKING, answering
from service_process import serving
from waiting import PATIENCE
from wsgi import Clock, Page, Pages, ask


@dataclass
class Protocol:
    """What granian hands over with a request, as far as it takes an answer."""

    answers: list[tuple[int, bytes, int]] = field(default_factory=list)
    told: threading.Event = field(default_factory=threading.Event)

    def response_bytes(self, status: int, _headers: list[tuple[str, str]], body: bytes) -> None:
        if not self.answers:  # as granian: the first one counts
            self.answers.append((status, body, threading.get_ident()))
            self.told.set()

    def response_iter(self, status: int, headers: list[tuple[str, str]], body: Any) -> None:
        parts = []
        while True:
            try:
                parts.append(body.__next__())
            except StopIteration:
                break
        body.close()
        self.response_bytes(status, headers, b"".join(parts))


def request(path: str, method: str = "GET") -> dict[str, Any]:
    return {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": ""}


def sent_to(path: str) -> dict[str, Any]:
    return request(path, "POST") | {"CONTENT_LENGTH": "5"}


def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Has ``/kept``; what is beside that takes time."""
    if environ["PATH_INFO"] != "/kept":
        take_time(environ)
    start_response("200 OK", [])
    return [environ["PATH_INFO"].encode(), b"!"]


def test_what_is_kept_is_given_by_the_thread_that_is_asked_and_the_rest_by_another() -> None:
    answer, kept, made = answering(app), Protocol(), Protocol()
    answer(kept, request("/kept"))
    assert kept.answers == [(200, b"/kept!", threading.get_ident())]
    answer(made, request("/made"))
    assert made.told.wait(PATIENCE)
    status, body, thread = made.answers[0]
    assert (status, body) == (200, b"/made!")
    assert thread != threading.get_ident()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_what_makes_an_answer_is_told_what_wsgi_says(method: str) -> None:
    told: list[dict[str, Any]] = []

    def asking(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        take_time(environ)
        told.append(environ)
        start_response("200 OK", [])
        return [b""]

    made = Protocol()
    answering(asking)(made, request("/made", method))  # type: ignore[arg-type]
    assert made.told.wait(PATIENCE)
    [environ] = told
    # PEP 3333, "environ Variables"; granian itself gives url_scheme and input.
    named = {"version", "errors", "multithread", "multiprocess", "run_once", "input_terminated"}
    assert {f"wsgi.{name}" for name in named} <= environ.keys()
    assert (environ["SCRIPT_NAME"], environ["wsgi.version"]) == ("", (1, 0))


@pytest.mark.parametrize("seed", range(20))
def test_a_cache_keeps_what_it_would_keep_if_one_thread_did_everything(seed: int) -> None:
    chance, clock = random.Random(seed), Clock()
    paths = [f"/{n}" for n in range(6)]
    shared, plain = (
        Pages(
            clock, {path: Page(path.encode() * (100 if path == "/0" else 4_000)) for path in paths}
        )
        for _ in range(2)
    )
    # There is room for three or four of them, not yet coded.
    threads, alone = (
        HttpCache(each, itemgetter("PATH_INFO"), each.ask_revision, clock, budget=45_000)
        for each in (shared, plain)
    )
    answer = answering(threads)
    for _ in range(80):
        if chance.random() < 0.2:
            clock.go(chance.choice([0.05, 1, 3]))
        if chance.random() < 0.1:
            path, body = chance.choice(paths), chance.randbytes(chance.choice([300, 5_000]))
            shared.put(path, body)
            plain.put(path, body)
        path, coding = chance.choice([*paths, "/none"]), chance.choice(["gzip", "br", "identity"])
        got = Protocol()
        answer(got, request(path) | {"HTTP_ACCEPT_ENCODING": coding})  # type: ignore[arg-type]
        assert got.told.wait(PATIENCE)
        wanted = ask(alone, path, Accept_Encoding=coding)
        assert got.answers[0][:2] == (wanted.status, wanted.body)
        kept = [[key for key, _ in each.documents()] for each in (threads, alone)]
        assert kept[0] == kept[1]
        assert shared.asked == plain.asked


def test_as_many_as_may_wait_hold_back_nothing_that_is_kept() -> None:
    opened, waiting = threading.Event(), threading.Semaphore(0)

    def waits(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/kept":
            take_time(environ)
            waiting.release()
            assert opened.wait(PATIENCE)
        return app(environ, start_response)

    answer, held = answering(waits), [Protocol() for _ in range(MAKING + 1)]
    try:
        for each in held:
            answer(each, request("/made"))
        for _ in range(MAKING):
            assert waiting.acquire(timeout=PATIENCE)
        kept = Protocol()
        answer(kept, request("/kept"))
        assert kept.told.is_set()
    finally:
        opened.set()
    # One came when all threads were taken: it is answered in its turn.
    assert all(each.told.wait(PATIENCE) for each in held)


def test_who_takes_what_is_sent_lets_another_give_what_is_kept() -> None:
    opened, taking = threading.Event(), threading.Semaphore(0)
    sent_by: list[int] = []

    def takes(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            sent_by.append(threading.get_ident())
            taking.release()
            assert opened.wait(PATIENCE)
        return app(environ, start_response)

    answer, sent, kept, more = answering(takes), Protocol(), Protocol(), Protocol()
    answer(Protocol(), request("/kept"))  # so this thread leads
    post = threading.Thread(target=answer, args=(sent, sent_to("/hook")), daemon=True)
    post.start()
    try:
        assert taking.acquire(timeout=PATIENCE)
        answer(kept, request("/kept"))
        assert kept.told.is_set()
    finally:
        opened.set()
        post.join(PATIENCE)
    assert sent.told.is_set()
    assert sent_by == [post.ident]  # whose body ends when the call returns

    # A thread beside the one that leads hands on what it got and waits for the lead.
    beside = threading.Thread(target=answer, args=(more, request("/kept")), daemon=True)
    beside.start()
    assert more.told.wait(PATIENCE)
    assert beside.is_alive()
    answer(Protocol(), sent_to("/hook"))  # gives up the lead for it
    beside.join(PATIENCE)
    assert not beside.is_alive()


@pytest.mark.parametrize(
    ("said", "is_taken"),
    [
        ({}, False),
        ({"CONTENT_LENGTH": ""}, False),
        ({"CONTENT_LENGTH": "0"}, False),
        ({"CONTENT_LENGTH": "00"}, True),
        ({"CONTENT_LENGTH": "5"}, True),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, True),
    ],
)
def test_what_is_sent_without_a_body_is_handed_on(said: dict[str, str], is_taken: bool) -> None:
    threads: list[int] = []

    def taking(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        take_time(environ)
        threads.append(threading.get_ident())
        start_response("405 Method Not Allowed", [])
        return [b""]

    got = Protocol()
    answering(taking)(got, request("/feed.rss", "POST") | said)  # type: ignore[arg-type]
    assert got.told.wait(PATIENCE)
    assert [thread == threading.get_ident() for thread in threads] == [is_taken]


def test_a_body_that_comes_in_parts_is_closed() -> None:
    ended: list[str] = []

    class Parts:
        def __iter__(self) -> Any:
            yield from (b"ab", b"c")

        def close(self) -> None:
            ended.append("closed")

    def streams(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        take_time(environ)
        start_response("206 Partial Content", [])
        return Parts()

    sent = Protocol()
    answering(streams)(sent, request("/media/a.mp4"))
    assert sent.told.wait(PATIENCE)
    assert sent.answers[0][:2] == (206, b"abc")
    assert ended == ["closed"]


@pytest.mark.parametrize("error", [OSError("disk"), SystemExit(1)])
def test_a_fault_is_a_500_is_logged_and_stops_nothing(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/broken":
            take_time(environ)
            raise error
        return app(environ, start_response)

    answer, broken, made = answering(fails), Protocol(), Protocol()
    with caplog.at_level(logging.ERROR):
        answer(broken, request("/broken"))
        assert broken.told.wait(PATIENCE)
    assert broken.answers[0][:2] == (500, b"")
    assert "a GET could not be answered" in caplog.text
    answer(made, request("/made"))
    assert made.told.wait(PATIENCE)
    assert made.answers[0][0] == 200


def test_where_the_system_gives_no_thread_those_there_are_take_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second, third, opened = Protocol(), Protocol(), Protocol(), threading.Event()

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    def waits(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        take_time(environ)
        assert opened.wait(PATIENCE)
        return app(environ, start_response)

    answer = answering(waits)
    answer(first, request("/made"))
    monkeypatch.setattr(threading.Thread, "start", refuse)
    answer(second, request("/made"))
    answer(third, request("/made"))
    opened.set()
    assert all(each.told.wait(PATIENCE) for each in (first, second, third))


def test_variables_of_the_process_are_no_fields_of_a_request_and_workers_take_longer_turns(
    tmp_path: Path,
) -> None:
    content = tmp_path / "content"
    write_article(content, "a")
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    with serving(content, tmp_path / "state", "granian", HTTP_IF_NONE_MATCH="*") as site:
        for _ in range(3):
            assert site.get("/feed.rss")[0] == 200
        if hasattr(os, "SCHED_BATCH"):
            assert {os.sched_getscheduler(each) for each in site.workers()} == {os.SCHED_BATCH}
        with closing(http.client.HTTPConnection(site.url.removeprefix("http://"))) as client:
            client.request("HEAD", "/feed.rss", headers={"If-None-Match": "*"})
            assert client.getresponse().status == 304
