"""Fault 11: whatever is searched for at the same time, kept feeds are given at once."""

import http.client
import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from urllib.parse import quote

import pytest

from effort import rounds
from factories import SITE_YAML
from newsroom import fill
from service_process import Site, serving
from waiting import PATIENCE

CONNECTIONS = 32
ARTICLES = 300
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


def test_searches_that_nobody_keeps_delay_no_kept_feed(site: Site) -> None:
    port = int(site.url.rpartition(":")[2])
    numbers, is_over = itertools.count(), threading.Event()

    def connect() -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def search() -> list[tuple[int, float]]:
        found = []
        with closing(connect()) as connection:
            while not is_over.is_set():
                found.append(seconds_for(connection, address(next(numbers))))
        return found

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        searching = [pool.submit(search) for _ in range(CONNECTIONS)]
        try:
            feeds = []
            for _ in range(rounds(500, 50)):
                with closing(connect()) as connection:  # of any worker
                    feeds.append(seconds_for(connection, "/feed.rss"))
        finally:
            is_over.set()
        searches = [each for one in searching for each in one.result()]
    assert {status for status, _ in feeds} == {200}
    assert {status for status, _ in searches} <= {200, 503}
    # Where the two waited for the same threads, one would wait as long as the other.
    answered = [seconds for status, seconds in searches if status == 200]
    assert median(seconds for _, seconds in feeds) < median(answered) / 1.5
