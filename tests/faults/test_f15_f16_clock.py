"""An embargo leaked after the clock was ahead for a moment (15); set back, notices waited (16)."""

import http.server
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from effort import FULL, rounds
from factories import write_article
from newsroom import MAIN_FEEDS, Newsroom
from service_process import serving
from waiting import comes_true

HOUR = 3600


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


def test_a_clock_that_is_ahead_for_a_moment_shows_no_embargoed_article(
    content: Path, tmp_path: Path, clock: Clock
) -> None:
    embargo = datetime.now(UTC) + timedelta(hours=2)
    write_article(content, "field/s.md", date=f"{embargo:%Y-%m-%d %H:%M:%S}+00:00")
    newsroom = Newsroom(content)
    with serving(content, tmp_path / "state", "granian", **clock.settings) as site:

        def is_out() -> bool:
            lists = (*MAIN_FEEDS, "/", "/categories/field", "/sitemap.xml", "/?tag=-x")
            shown = [re.search(rb'articles/s["<]', site.get(each)[1]) for each in lists]
            return any(shown) or site.get("/articles/s")[0] == 200

        for moved in (3 * HOUR, 0, 5 * HOUR, 0):
            clock.set(moved)
            newsroom.save("a")
            assert comes_true(lambda: newsroom.is_shown(site, MAIN_FEEDS))
            assert not is_out()
        assert "not believed until it has stood" in site.log()
        if FULL:
            clock.set(3 * HOUR)
            assert comes_true(is_out, 180)
            for moved in (0, -3 * HOUR):
                clock.set(moved)
                newsroom.save("a")
                assert comes_true(lambda: newsroom.is_shown(site, MAIN_FEEDS))
                assert site.until(is_out), "what was published stays"


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
            clock.set(-3 * HOUR * (number + 1))
            before = len(notices)
            newsroom.save("n", date="2026-01-01 09:00")
            saved = time.monotonic()
            assert site.until(lambda: newsroom.is_shown(site, ["/feed.rss"]))
            assert comes_true(lambda before=before: len(notices) > before), site.log()
            lags.append(notices[before] - saved)
    record_property(
        "f16", f"{len(lags)} times three hours back: a hub is told after {max(lags):.1f} s (most)"
    )
