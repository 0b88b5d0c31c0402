"""Fault 11: whatever is searched for at the same time, kept feeds are given at once."""

import http.client
import itertools
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from effort import rounds
from factories import SITE_YAML
from newsroom import fill, percentile
from service_process import Site, serving
from waiting import PATIENCE

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

CONNECTIONS = 32
ARTICLES = 300
SPAWN = multiprocessing.get_context("spawn")
WORDS = quote("عنوان"), quote("ملخص"), quote("المقال")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    content = tmp_path / "content"
    content.mkdir()
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    fill(content, ARTICLES)
    with serving(content, tmp_path / "state", "granian") as site:
        yield site


def address(number: int) -> str:
    """A search that finds all, and that nobody asked for before."""
    since = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    return f"/search.rss?q={WORDS[number % len(WORDS)]}&since={since:%Y-%m-%dT%H:%M:%SZ}"


def seconds_for(connection: http.client.HTTPConnection, path: str) -> tuple[int, float]:
    began = time.monotonic()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status, time.monotonic() - began


def connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)


def search(port: int, over: "Connection") -> None:
    """Search by `CONNECTIONS`, tell that it has begun, and statuses and seconds once it is over.

    In a process of its own, so that who polls a feed does not wait for this one's threads.
    """
    numbers, is_over = itertools.count(), threading.Event()
    has_begun = threading.Barrier(CONNECTIONS + 1)

    def ask() -> list[tuple[int, float]]:
        found = []
        with closing(connect(port)) as connection:
            connection.connect()
            has_begun.wait(PATIENCE)
            while not is_over.is_set():
                found.append(seconds_for(connection, address(next(numbers))))
        return found

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        searching = [pool.submit(ask) for _ in range(CONNECTIONS)]
        has_begun.wait(PATIENCE)
        over.send("begun")
        over.recv()
        is_over.set()
        over.send([each for one in searching for each in one.result()])


@contextmanager
def searches(port: int) -> Iterator[list[tuple[int, float]]]:
    """Searches that are made meanwhile; they are listed afterwards."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=search, args=(port, theirs), daemon=True)
    process.start()
    found: list[tuple[int, float]] = []
    try:
        assert ours.poll(PATIENCE)
        ours.recv()
        yield found
        ours.send("over")
        assert ours.poll(PATIENCE)
        found += ours.recv()
    finally:
        process.kill()
        process.join()


def test_searches_that_nobody_keeps_delay_no_kept_feed(
    site: Site, record_property: Callable[[str, object], None]
) -> None:
    port = int(site.url.rpartition(":")[2])
    with searches(port) as found:
        feeds = []
        for _ in range(rounds(500, 50)):
            with closing(connect(port)) as connection:  # of any worker
                feeds.append(seconds_for(connection, "/feed.rss"))
    assert {status for status, _ in feeds} == {200}
    assert {status for status, _ in found} <= {200, 503}
    answered = [seconds for status, seconds in found if status == 200]
    waited = sorted(seconds for _, seconds in feeds)
    p50, p99 = (1000 * percentile(waited, share) for share in (0.5, 0.99))
    record_property(
        "f11",
        f"{len(feeds)} feeds, p50 {p50:.0f} ms, p99 {p99:.0f} ms, beside {len(found)} searches, "
        f"{len(found) - len(answered)} of them refused",
    )
    # Where the two waited for the same threads, one would wait as long as the other.
    assert median(waited) < median(answered) / 1.5
