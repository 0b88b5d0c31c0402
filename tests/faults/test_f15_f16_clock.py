"""An embargo leaked after the clock was ahead for a moment (15); set back, notices waited (16), and a
restart took back what was public (28)."""

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
from service_process import Site, serving
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
            everybody = len(site.workers()) + len(site.writers())
            assert comes_true(lambda: site.log().count("10800 s: believed") == everybody)
            for moved in (0, -3 * HOUR):
                clock.set(moved)
                newsroom.save("a")
                assert comes_true(lambda: newsroom.is_shown(site, MAIN_FEEDS))
                assert site.until(is_out), "what was published stays"


def test_what_was_public_stays_when_a_service_starts_under_a_clock_that_was_set_back(
    content: Path, tmp_path: Path, clock: Clock
) -> None:
    lists = ("/feed.atom", "/categories/field", "/sitemap.xml", "/?tag=-x")
    now = datetime.now(UTC)

    def date(**ago: float) -> str:
        return f"{now - timedelta(**ago):%Y-%m-%d %H:%M:%S}+00:00"

    def shows(site: Site, *slugs: str) -> bool:
        found = [site.get(each)[1].decode() for each in lists]
        pages = [site.get(f"/articles/{slug}")[0] == 200 for slug in slugs]
        return all(f"articles/{slug}" in each for slug in slugs for each in found) and all(pages)

    write_article(content, "field/before.md", date=date(days=1))
    with serving(content, tmp_path / "state", "granian", **clock.settings) as site:
        write_article(content, "field/fresh.md", date=date(minutes=10))
        write_article(content, "field/gone.md", date=date(days=1), expires=date(minutes=5))
        assert site.until(lambda: shows(site, "before", "fresh")), site.log()
        if FULL:  # what time published, once the clock has proved right
            later = datetime.now(UTC) + timedelta(seconds=75)
            write_article(content, "field/later.md", date=f"{later:%Y-%m-%d %H:%M:%S}+00:00")
            assert comes_true(lambda: shows(site, "later"), 120), site.log()
            time.sleep(1)  # two turns of the writer
    slugs = ("before", "fresh", "later") if FULL else ("before", "fresh")
    clock.set(-HOUR)
    with serving(content, tmp_path / "state", "granian", **clock.settings) as site:
        assert site.until(lambda: shows(site, *slugs)), site.log()
        write_article(content, "field/fresh.md", "صُحّح.", date=date(minutes=10), title="صُحّح")
        write_article(content, "field/new.md", date=date(minutes=20))
        assert site.until(lambda: shows(site, *slugs, "new")), site.log()
        assert site.until(lambda: site.shows("صُحّح"))
        assert site.get("/articles/gone")[0] == 410


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
