"""A CDN is told of what changed: the outbox of keys, who tells them, and what each CDN is sent."""

import http.server
import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from effort import rounds
from factories import NOW, FixedClock, Seconds, article, fill, inside, reading, site
from feedservice.domain import surrogate_keys
from feedservice.domain.errors import Refusal
from feedservice.domain.model import Article, Related
from feedservice.index import label_parts
from feedservice.index.engine import write_transaction
from feedservice.index.outbox import Outbox
from feedservice.index.purges import MOST, Purges, Purging, target_of
from feedservice.index.rows import get_meta, put_meta
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher
from feedservice.service import purge, sending, wiring_writer
from feedservice.service.backoff import GIVEN_UP_AFTER
from feedservice.service.purge import DRIVERS, Call, Pace, Purger, send
from feedservice.service.sending import Answer
from feedservice.service.websub import Notifier
from feedservice.settings import Settings

CDN, OTHER = "http://cdn.example/s3cret", "http://other.example/"
HUB = "https://hub.example/"


def keys(*labels: tuple[str, str] | str) -> set[str]:
    pairs = ((each, "") if isinstance(each, str) else each for each in labels)
    return {surrogate_keys.key(site().id, kind, slug) for kind, slug in pairs}


class Edge:
    """Remembers the keys that it was told, and answers as it is set to."""

    def __init__(self) -> None:
        self.told: list[set[str]] = []
        self.asked: list[str] = []
        self.status = 200
        self.retry_after = ""
        self.down: set[str] = set()
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self, url: str, call: Call) -> Answer:
        self.asked.append(url)
        self.meanwhile()
        if url in self.down:
            raise httpx.ConnectError(f"{url} {call}")
        if self.status < 300:
            self.told.append(set(json.loads(call.document or b"")["keys"]))
        return Answer(status=self.status, retry_after=self.retry_after)

    def all(self) -> set[str]:
        """Every key that it was told since it was asked last."""
        told, self.told = self.told, []
        return set[str]().union(*told)


@pytest.fixture
def edge() -> Edge:
    return Edge()


@pytest.fixture
def purging() -> Purging:
    return Purging((target_of(CDN),))


@pytest.fixture
def written(index: IndexWriter, purging: Purging) -> IndexWriter:
    """An index whose writer puts into the outbox what a CDN is to be told."""
    return IndexWriter(index._engine, purging=purging)


@pytest.fixture
def purges(index: IndexWriter) -> Purges:
    return Purges(index._engine)


@pytest.fixture
def outcomes() -> list[str]:
    return []


@pytest.fixture
def purger(purges: Purges, edge: Edge, clock: FixedClock, outcomes: list[str]) -> Purger:
    return teller(purges, edge, clock, outcomes)


def teller(
    purges: Purges, edge: Edge, clock: FixedClock, outcomes: list[str], *addresses: str
) -> Purger:
    told = outcomes.append
    return Purger(
        purges,
        DRIVERS["webhook"],
        addresses or (CDN,),
        lambda: "t0ken",
        clock,
        Seconds(),
        told,
        edge,
    )


def work(purger: Purger) -> None:
    purger.work()
    purger.wait()


def pass_seconds(clock: FixedClock, seconds: float) -> None:
    clock.now += timedelta(seconds=seconds)


def test_a_change_is_told_at_once_and_once_more_and_then_no_more(
    written: IndexWriter, purger: Purger, edge: Edge, clock: FixedClock, purges: Purges
) -> None:
    """What the CDN fetched at once may be what a cache behind it kept for a second."""
    fill(written, article("a", tags=["ماء"]))
    told = keys("site", ("category", "field"), ("tag", "ماء"), ("article", "a"))
    assert purges.is_late(clock())
    work(purger)
    assert edge.told == [told]
    assert not purges.is_late(clock())
    pass_seconds(clock, 3)
    work(purger)
    assert len(edge.told) == 1
    pass_seconds(clock, 1)
    work(purger)
    assert edge.told == [told, told]
    assert purges.waiting() == 0


def test_changes_are_told_together(
    written: IndexWriter, purger: Purger, edge: Edge, outcomes: list[str]
) -> None:
    for n in range(5):
        fill(written, article(f"a{n}", published=NOW - timedelta(hours=n), html=f"<p>{n}</p>"))
    work(purger)
    assert outcomes == ["sent"]
    assert keys(*(("article", f"a{n}") for n in range(5))) < edge.all()


def test_what_changes_while_a_cdn_is_told_is_told_at_once_too(
    written: IndexWriter, purger: Purger, edge: Edge
) -> None:
    def save() -> None:
        edge.meanwhile = lambda: None
        fill(written, article("b", published=NOW))

    edge.meanwhile = save
    fill(written, article("a"))
    work(purger)
    assert [keys(("article", "b")) < each for each in edge.told] == [False, True]
    assert keys("site") < edge.told[1]


def test_who_dies_between_commit_and_purge_is_followed_by_one_who_purges(
    written: IndexWriter, purges: Purges, purger: Purger, edge: Edge, clock: FixedClock
) -> None:
    fill(written, article("a"))
    assert len(purges.claim(target_of(CDN), clock(), 100)) == 3  # and nothing was sent
    work(purger)
    assert edge.told == []
    assert not purges.is_late(clock())
    pass_seconds(clock, 4)
    assert purges.is_late(clock())
    work(purger)
    assert keys(("article", "a")) < edge.all()


def test_a_cdn_that_fails_is_told_ever_more_rarely_and_given_up(
    written: IndexWriter,
    purges: Purges,
    purger: Purger,
    edge: Edge,
    clock: FixedClock,
    outcomes: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    edge.down = {CDN}
    fill(written, article("a"))
    began = clock()
    for _ in range(400):
        work(purger)
        if not purges.waiting():
            break
        assert purges.is_late(clock())  # so no hub is told
        pass_seconds(clock, 400)
    assert GIVEN_UP_AFTER <= clock() - began <= GIVEN_UP_AFTER + timedelta(minutes=8)
    assert len(outcomes) < 230
    assert "gave up telling the CDN at cdn.example" in caplog.text
    assert "s3cret" not in caplog.text
    assert "t0ken" not in caplog.text


def test_a_cdn_says_when_it_is_to_be_asked_again(
    written: IndexWriter, purger: Purger, edge: Edge, clock: FixedClock, purges: Purges
) -> None:
    edge.status, edge.retry_after = 429, "30"
    fill(written, article("a"))
    work(purger)
    fill(written, article("b", published=NOW))  # what comes meanwhile waits, too
    edge.status = 200
    pass_seconds(clock, 29)
    work(purger)
    pass_seconds(clock, 1)
    assert edge.told == []
    work(purger)
    assert keys(("article", "a"), ("article", "b")) < edge.all()


def test_a_cdn_that_is_away_holds_up_no_other(
    index: IndexWriter, purges: Purges, edge: Edge, clock: FixedClock
) -> None:
    both = Purging((target_of(CDN), target_of(OTHER)))
    fill(IndexWriter(index._engine, purging=both), article("a"))
    edge.down = {CDN}
    purger = teller(purges, edge, clock, [], CDN, OTHER)
    work(purger)
    assert edge.all() == keys("site", ("category", "field"), ("article", "a"))
    work(teller(purges, edge, clock, [], OTHER))
    pass_seconds(clock, 9)
    work(teller(purges, edge, clock, [], OTHER))  # an address that settings name no more is left
    assert purges.waiting() == 0


def test_what_a_cdn_was_to_be_told_is_forgotten_with_its_setting(
    written: IndexWriter, purges: Purges, tmp_path: Path
) -> None:
    fill(written, article("a"))
    assert purges.waiting() == 3
    given = Settings.from_env({"FEEDSERVICE_DATABASE": f"sqlite:///{tmp_path / '0.sqlite3'}"})
    wiring_writer.telling_cdn(given, wiring_writer.lock(given))()
    assert purges.waiting() == 0


def test_a_file_with_no_secret_in_it_lets_nobody_be_told_without_one(
    written: IndexWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(written, article("a"))
    file, told = tmp_path / "token", list[str]()
    given = Settings(
        database=f"sqlite:///{tmp_path / '0.sqlite3'}",
        cdn="webhook",
        cdn_purge=(CDN,),
        cdn_token_file=file,
    )

    def asking(*given: Any) -> Any:
        token = given[3]
        for content in (b"s3cret\n", b"\n", b"x" * 5000, "سر".encode()):
            file.write_bytes(content)
            with suppress(*sending.NO_ANSWER):
                told.append(token())
        return purger_of(*given)

    purger_of = purge.Purger
    monkeypatch.setattr(purge, "Purger", asking)
    wiring_writer.telling_cdn(given, wiring_writer.lock(given))
    assert told == ["s3cret"]


def test_a_change_of_the_site_is_one_of_everything(
    written: IndexWriter, purger: Purger, edge: Edge
) -> None:
    written.put_site(site(id="tag:another.example,2025"), (), NOW)
    work(purger)
    assert edge.all() == keys("all") | {surrogate_keys.key("tag:another.example,2025", "all")}
    fill(written, *(article(f"a{n}") for n in range(MOST)))
    work(purger)
    assert edge.all() == {surrogate_keys.key("tag:another.example,2025", "all")}


def test_what_time_publishes_and_takes_away_is_told_when_it_comes(
    written: IndexWriter, purging: Purging, purger: Purger, edge: Edge, clock: FixedClock
) -> None:
    outbox = Outbox(written._engine, purging.notice)
    fill(written, article("names", categories=("heritage",), related=(Related(slug="a"),)))
    outbox.notice_time((), clock())
    coming = NOW + timedelta(hours=1)
    fill(written, article("a", published=coming, expires=coming + timedelta(hours=1)))
    pass_seconds(clock, 9)
    work(purger)
    edge.all()
    shown = keys("site", *((("category", each)) for each in ("field", "heritage")))
    shown |= keys(("article", "a"), ("article", "names"))
    for _ in range(2):
        pass_seconds(clock, 3600)
        outbox.notice_time((), clock())
        work(purger)
        assert edge.all() == shown


def test_another_release_and_another_index_are_told_once(
    written: IndexWriter, purging: Purging, purger: Purger, edge: Edge, clock: FixedClock
) -> None:
    outbox = Outbox(written._engine, purging.notice)
    outbox.notice_time((), clock())
    work(purger)
    assert keys("all") < edge.all()
    with write_transaction(written._engine) as connection:
        state = json.loads(get_meta(connection, "state_told") or "")
        put_meta(connection, "state_told", json.dumps({**state, "release": "0.0.9"}))
    pass_seconds(clock, 9)
    work(purger)
    edge.all()
    for told in (keys(("release", "0.0.9")), set[str]()):
        outbox.notice_time((), clock())
        work(purger)
        assert edge.all() == told
    written.put_icons({}, "another")
    outbox.notice_time((), clock())
    work(purger)
    assert edge.all() == keys("icons")


def test_a_hub_is_told_after_the_cdn_through_which_it_fetches(
    written: IndexWriter, purges: Purges, purger: Purger, edge: Edge, clock: FixedClock
) -> None:
    written.put_site(site(hubs=(HUB,)), (), NOW)
    topics: list[str] = []

    def hub(_url: str, form: dict[str, str]) -> Answer:
        topics.append(form["hub.topic"])
        return Answer(status=204)

    outbox = Outbox(written._engine)
    notifier = Notifier(
        outbox, written.site, (".rss",), clock, hub, is_late=lambda: purges.is_late(clock())
    )
    edge.down = {CDN}
    fill(written, article("a"))
    work(purger)
    pass_seconds(clock, 60)
    for told in (0, 2):
        notifier.work()
        notifier.wait()
        assert len(topics) == told
        edge.down = set()
        work(purger)
    assert outbox.waiting() == 0


def pages(index: IndexWriter, clock: FixedClock) -> dict[str, object]:
    """What the page of each article shows, by its slug, but for what says when."""
    found: dict[str, object] = {}
    publisher = Publisher(index, clock)
    for n in range(44):
        with suppress(Refusal):
            page = publisher.article(f"s{n}")
            found[f"s{n}"] = replace(page, last_modified=None, good_until=None)  # type: ignore[arg-type]
    return found


def drawn(chance: random.Random, number: int) -> Article:
    """One of forty that share a label or a link with some others."""
    target = f"s{chance.randrange(40)}"
    return article(
        f"s{number}",
        title=f"عنوان {chance.randrange(3)}",
        html=f"<p><a{inside('article', target)}>إلى</a></p>" * chance.randrange(2),
        published=NOW - timedelta(minutes=chance.choice([number, number // 4, 99])),
        categories=tuple(chance.sample(["field", "economy", "heritage"], 1 + chance.randrange(2))),
        tags=chance.sample("ابتثجحخ", chance.randrange(3)),
    )


@pytest.mark.parametrize("seed", range(rounds(40, 2)))
def test_every_page_that_a_change_alters_is_told_and_most_others_are_not(
    written: IndexWriter,
    purger: Purger,
    edge: Edge,
    clock: FixedClock,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(label_parts, "CANDIDATES", 2)
    chance = random.Random(seed)
    fill(written, *(drawn(chance, n) for n in range(40)))
    kept = pages(written, clock)
    left = 0
    for step in range(12):
        gone = [] if step % 3 else [f"field/s{chance.randrange(44)}.md"]
        numbers = {chance.randrange(44) for _ in range(step % 3)}
        pass_seconds(clock, 9)
        work(purger)
        edge.all()
        written.write([reading(drawn(chance, n)) for n in numbers], gone, clock())
        work(purger)
        told, now = edge.all(), pages(written, clock)
        altered = {slug for slug in kept | now if kept.get(slug) != now.get(slug)}
        if not keys("all") <= told:
            assert keys(*(("article", slug) for slug in altered)) <= told
            left += len(now) - len(told & keys(*(("article", slug) for slug in now)))
        kept = now
    assert left > 50


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Api(http.server.ThreadingHTTPServer):
    """The interface of a CDN on loopback."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Request] = []
        self.status, self.headers, self.body = 200, dict[str, str](), b"{}"
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Api

    def _answer(self) -> None:
        length = int(self.headers["Content-Length"] or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(length)
        self.server.requests.append(Request(self.command, self.path, headers, body))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(self.server.body)

    do_POST = do_PURGE = do_GET = _answer  # noqa: N815 - names that http.server looks for

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def interface() -> Iterator[Api]:
    with serving(Api()) as server:
        yield server


@contextmanager
def serving(server: Api) -> Iterator[Api]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def api(interface: Api) -> Api:
    interface.requests.clear()
    interface.status, interface.headers, interface.body = 200, {}, b"{}"
    return interface


def told(api: Api, name: str, path: str, found: list[str]) -> tuple[Request, Answer]:
    answer = send(api.url + path, DRIVERS[name].call(found, "t0ken"))
    return api.requests[-1], answer


def test_fastly_is_told_as_its_api_says(api: Api) -> None:
    """Fastly API, Purging, "Purge multiple surrogate key tags": POST /service/{id}/purge."""
    request, _ = told(api, "fastly", "/service/SU1Z0/purge", ["a1", "b2"])
    assert (request.method, request.path) == ("POST", "/service/SU1Z0/purge")
    asked = {name: request.headers[name] for name in ("surrogate-key", "fastly-key", "accept")}
    assert asked == {"surrogate-key": "a1 b2", "fastly-key": "t0ken", "accept": "application/json"}
    assert request.headers["fastly-soft-purge"] == "1"
    assert DRIVERS["fastly"].most == 256


def test_cloudflare_is_told_as_its_api_says(api: Api) -> None:
    """Cloudflare API, "Purge cache by cache-tags": POST /zones/{id}/purge_cache."""
    request, _ = told(api, "cloudflare", "/client/v4/zones/z/purge_cache", ["a1", "b2"])
    assert (request.method, request.path) == ("POST", "/client/v4/zones/z/purge_cache")
    assert request.headers["authorization"] == "Bearer t0ken"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == {"tags": ["a1", "b2"]}
    driver = DRIVERS["cloudflare"]
    assert driver.most == 30
    assert driver.is_done(b'{"success": true, "errors": []}')
    for body in (b'{"success": false, "errors": [{"code": 1}]}', b"", b"[]", b"<html>", b"1"):
        assert not driver.is_done(body)


def test_cloudflare_is_asked_within_its_rate() -> None:
    seconds = Seconds()
    pace = Pace(DRIVERS["cloudflare"], seconds)
    assert sum(pace.may_send() for _ in range(100)) == 25
    sent = 0
    for _ in range(600):
        seconds.now += 1
        sent += pace.may_send()
    assert sent == 50  # five a minute
    unbounded = Pace(DRIVERS["fastly"], seconds)
    assert all(unbounded.may_send() for _ in range(100))


def test_varnish_and_whoever_listens_are_told(api: Api) -> None:
    request, _ = told(api, "varnish", "/", ["a1", "b2"])
    assert (request.method, request.headers["xkey-softpurge"]) == ("PURGE", "a1 b2")
    request, _ = told(api, "webhook", "/hook?x=1", ["a1", "b2"])
    assert (request.path, json.loads(request.body)) == ("/hook?x=1", {"keys": ["a1", "b2"]})
    assert request.headers["authorization"] == "Bearer t0ken"
    assert "authorization" not in DRIVERS["webhook"].call(["a1"], "").headers


def test_a_redirect_is_a_failure_and_not_followed(
    api: Api, written: IndexWriter, purges: Purges, clock: FixedClock
) -> None:
    api.status, api.headers = 307, {"Location": f"{api.url}/elsewhere"}
    one = Purging((target_of(api.url),))
    fill(IndexWriter(written._engine, purging=one), article("a"))
    outcomes: list[str] = []
    address = (api.url,)
    work(
        Purger(
            purges, DRIVERS["fastly"], address, str, clock, Seconds(), outcomes.append, purge.send
        )
    )
    assert outcomes == ["failed"]
    assert [request.path for request in api.requests] == ["/"]


def test_an_answer_is_read_no_further_than_it_may_be(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.body = b"x" * 10_000_000
    assert len(told(api, "fastly", "/", ["a"])[1].body) == purge.MOST_READ
    monkeypatch.setattr(sending, "DEADLINE", 0.2)
    api.body, api.headers = b"{", {"Content-Length": "2"}
    with pytest.raises((httpx.HTTPError, OSError)):
        told(api, "fastly", "/", ["a"])
