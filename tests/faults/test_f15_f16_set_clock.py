"""A clock that was ahead for a moment published an embargoed article (15); one that was set back
kept notices from hubs until it had caught up (16)."""

import http.server
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from effort import rounds
from factories import write_article
from newsroom import Newsroom, Readers, fill
from service_process import Site, serving
from waiting import comes_true

PATHS = ("/feed.rss", "/feed.json", "/", "/articles/embargo")
HOURS = 3 * 3600
RIGHT = "the clock is right again"


class Clock:
    """The wall clock of a service: moved by writing to a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set(0)
        here = str(Path(__file__).parent / "shifted_clock")
        path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
        self.settings = {"FEEDSERVICE_TESTS_CLOCK": str(file), "PYTHONPATH": path}

    def set(self, seconds: float) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._file)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "shift")


class _Told(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.told.append(time.monotonic())  # type: ignore[attr-defined]
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[http.server.ThreadingHTTPServer]:
    """A hub that remembers when it was told."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Told) as server:
        server.told = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


def told(site: Site, what: str) -> int:
    return site.log().count(what)


def test_a_clock_that_is_ahead_for_a_moment_publishes_nothing(
    content: Path, tmp_path: Path, clock: Clock, record_property: Callable[[str, object], None]
) -> None:
    fill(content, 20)
    newsroom = Newsroom(content)
    later = datetime.now(UTC) + timedelta(hours=2)
    write_article(content, "field/embargo.md", title="[embargo:1]", date=later.isoformat())
    times = rounds(10, 2)
    with (
        serving(content, tmp_path / "state", "granian", **clock.settings) as site,
        Readers(site, *PATHS) as readers,
    ):
        for number in range(times):
            clock.set(HOURS)
            assert comes_true(lambda: told(site, "the clock jumped") > told(site, RIGHT))
            # Saved and made anew while the clock is wrong.
            newsroom.save("n")
            asked = ("/feed.atom", f"/feed.rss?limit={number + 1}")
            assert site.until(lambda asked=asked: newsroom.is_shown(site, asked))
            clock.set(0)
            assert comes_true(lambda: told(site, "the clock jumped") == told(site, RIGHT))
    assert not any("embargo" in poll.shown for poll in readers.polls)
    assert set(readers.statuses()) == {200, 404}
    record_property("f15", f"{times} times three hours ahead: shown by none of {readers}")


def test_after_a_clock_was_set_back_saves_are_seen_and_hubs_told(
    content: Path,
    tmp_path: Path,
    clock: Clock,
    hub: http.server.ThreadingHTTPServer,
    record_property: Callable[[str, object], None],
) -> None:
    with (content / "site.yaml").open("a", encoding="utf-8") as file:
        file.write(f"hubs: [http://127.0.0.1:{hub.server_address[1]}/]\n")
    newsroom = Newsroom(content)
    notices = hub.told  # type: ignore[attr-defined]
    lags = []
    with serving(content, tmp_path / "state", "granian", **clock.settings) as site:
        for number in range(rounds(5, 1)):
            clock.set(-HOURS * (number + 1))
            before = len(notices)
            newsroom.save("n", date="2026-01-01 09:00")
            saved = time.monotonic()
            assert site.until(lambda: newsroom.is_shown(site, ["/feed.rss"]))
            assert comes_true(lambda before=before: len(notices) > before), site.log()
            lags.append(notices[before] - saved)
    record_property(
        "f16", f"{len(lags)} times three hours back: a hub is told after {max(lags):.1f} s (most)"
    )
