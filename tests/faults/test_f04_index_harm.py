"""Fault 4: the index is harmed, before the start and while the service runs.

Real processes: readers go on being answered, and everything heals by itself.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from factories import write_article
from feedservice.service.kept_answers import NAME
from feedservice.service.lock import WriterLock
from service_process import serving, started, wait_for
from waiting import comes_true

MAIN = ("/feed.rss", "/feed.atom", "/feed.json", "/categories/field.rss", "/", "/articles/3")


def garbage(file: Path) -> None:
    file.write_bytes(os.urandom(200_000))


def cut(file: Path) -> None:
    os.truncate(file, 5000)


@pytest.mark.parametrize("harm", [garbage, cut, Path.unlink])
def test_a_service_that_starts_during_an_outage_of_its_index_answers_from_what_was_kept(
    content: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    for number in range(6):
        write_article(content, f"field/{number}.md")
    state = tmp_path / "state"
    with serving(content, state, "granian") as site:
        for _ in range(30):  # whichever worker answers
            before = {path: site.get(path) for path in MAIN}
        assert {status for status, *_ in before.values()} == {200}
    assert (state / NAME).exists(), site.log()
    log = state / "index.sqlite3-wal"
    assert not (log.exists() and log.stat().st_size), "who copies the index would miss a part"
    lock = WriterLock(state)
    assert lock.acquire(), "as if a writer hung: the outage lasts"
    harm(state / "index.sqlite3")
    with started(content, state, "granian") as site:
        assert comes_true(lambda: site.get("/healthz")[0] == 200)
        for _ in range(5):  # whichever worker answers
            assert {path: site.get(path) for path in MAIN} == before
            assert site.get("/readyz")[1].startswith(b"degraded since ")
        assert site.get("/search?q=x")[0] == 503
        workers = set(site.workers())
        os.kill(min(workers), signal.SIGKILL)
        assert comes_true(lambda: bool(set(site.workers()) - workers))
        for _ in range(5):
            assert comes_true(lambda: site.get("/feed.rss") == before["/feed.rss"])
        lock.release()
        write_article(content, "field/new.md", title="بعد العطل")
        assert site.until(lambda: site.shows("بعد العطل")), site.log()
        wait_for(site)
        assert site.until(lambda: site.get("/readyz")[1] == b"ready")
