"""Fault 14: processes are killed and stopped, alone and in pairs, at any moment, under load.

Who keeps the server alive is ended too, less often: that is a start of everything.

Two deaths of one worker within seconds ended the whole service (see tests/service/test_server.py
for that alone). Nobody may get a wrong or an empty answer, and nothing that was saved may be lost.
"""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from effort import rounds
from newsroom import MAIN_FEEDS, Newsroom, fill, percentile
from service_process import Site, free_port, started
from waiting import PATIENCE, comes_true

ARTICLES = 60
PATHS = (
    *MAIN_FEEDS,
    "/categories/field.rss",
    "/",
    "/articles/old3",
    "/tags/%D9%85%D8%A7%D8%A1.atom",
)
SLUGS = ("a", "b", "c")
WITHIN = 2.0
"""Seconds in which there is an answer again, on a machine that does nothing else."""


class Service:
    """A service that somebody starts again, as systemd does, when who keeps its server has ended."""

    def __init__(self, content: Path, state: Path) -> None:
        self._content, self._state, self._port = content, state, free_port()
        self._stack = ExitStack()
        self._is_over = threading.Event()
        self.refusals: list[str] = []
        self.site = self._start()
        self._restarting = threading.Thread(target=self._keep_starting)
        self._restarting.start()

    def _start(self) -> Site:
        made = started(self._content, self._state, "granian", self._port)
        return self._stack.enter_context(made)

    def _keep_starting(self) -> None:
        while not self._is_over.is_set():
            with suppress(subprocess.TimeoutExpired):
                self.site.process.wait(0.05)
                if not self._is_over.is_set():
                    self._start_again()

    def _start_again(self) -> None:
        if "refused" in self.site.log():  # it ended by itself, and was not killed
            self.refusals.append(self.site.log())
        self._stack.close()
        for process in self.site.processes():  # as systemd does with what is left
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.site = self._start()

    def answers(self) -> bool:
        return self.site.get("/feed.rss")[0] == 200

    def shows_all(self, newsroom: Newsroom) -> bool:
        return newsroom.is_shown(self.site, MAIN_FEEDS)

    def close(self) -> None:
        self._is_over.set()
        self._restarting.join()
        self._stack.close()

    def victims(self) -> dict[str, list[int]]:
        site = self.site
        return {
            "writer": site.writers(),
            "worker": site.workers(),
            "server": site.servers(),
            "keeper": [site.process.pid],
        }


class Readers:
    """Ask all the time; whatever comes must be whole."""

    def __init__(self, url_of: Callable[[], Site], least: dict[str, int]) -> None:
        self._site = url_of
        self._least = least
        self._stop = threading.Event()
        self.answers = 0
        self.refused: list[float] = []
        self.wrong: list[tuple[str, int, int]] = []
        self._threads = [threading.Thread(target=self._run, args=(path,)) for path in PATHS]

    def _run(self, path: str) -> None:
        while not self._stop.wait(0.03):
            began = time.monotonic()
            status, body, _ = self._site().get(path)
            if status in (0, 503):  # asked to come again
                self.refused.append(began)
            elif status != 200 or len(body) < self._least[path]:
                self.wrong.append((path, status, len(body)))
            else:
                self.answers += 1

    @contextmanager
    def reading(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()


ENDS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)
ROLES = ("writer", "writer", "worker", "worker", "worker", "server", "server")


def harm(draw: random.Random, service: Service, roles: Sequence[str]) -> tuple[str, float]:
    """Kill, end or stop a process or two; what was done, and when the first of it was."""
    done, moments = [], []
    for _ in range(draw.choice((1, 1, 2))):
        role = draw.choice(roles)
        found = service.victims()[role]
        if not found:
            continue
        victim, site = draw.choice(found), service.site
        how = draw.choice(ENDS if role == "keeper" else (*ENDS, signal.SIGSTOP))
        with suppress(ProcessLookupError):
            os.kill(victim, how)
            if how == signal.SIGSTOP:
                time.sleep(draw.random() / 2)
                os.kill(victim, signal.SIGCONT)
            if role == "keeper":
                site.process.wait(PATIENCE)
            moments.append(time.monotonic())
            if role == "keeper":  # else who ends with it may answer
                assert comes_true(lambda site=site: service.site is not site)
        done.append(f"{how.name} {role}")
    return ", ".join(done), min(moments, default=time.monotonic())


def test_kills_at_any_moment_lose_nothing_and_show_nobody_anything_wrong(
    content: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    fill(content, ARTICLES)
    newsroom = Newsroom(content)
    for slug in SLUGS:
        newsroom.save(slug)
    draw = random.Random(14)
    service = Service(content, tmp_path / "state")
    seconds: list[tuple[float, str]] = []
    starts: list[tuple[float, str]] = []
    try:
        assert comes_true(lambda: newsroom.is_shown(service.site, ["/feed.rss"]))
        assert service.site.until(lambda: service.site.get("/feed.rss")[0] == 200)
        least = {path: len(service.site.get(path)[1]) * 9 // 10 for path in PATHS}
        readers = Readers(lambda: service.site, least)
        with readers.reading():
            for number in range(rounds(330, 9)):
                is_cold = number % 11 == 8
                done, began = harm(draw, service, ("keeper",) if is_cold else ROLES)
                assert comes_true(service.answers), (done, service.site.log())
                (starts if is_cold else seconds).append((time.monotonic() - began, done))
                if draw.random() < 0.5:
                    newsroom.save(draw.choice(SLUGS))
                time.sleep(draw.choice((0.0, 0.1, 0.5)))
                assert readers.wrong == [], (number, done, service.site.log())
                assert service.refusals == []
                if number % 10 == 9:
                    assert comes_true(lambda: service.shows_all(newsroom)), service.site.log()
            assert comes_true(lambda: service.shows_all(newsroom), 2 * PATIENCE)
            assert service.site.until(lambda: newsroom.is_shown(service.site, MAIN_FEEDS))
        assert readers.wrong == []
        assert comes_true(lambda: len(service.site.writers()) == 1)
        assert comes_true(lambda: len(service.site.workers()) == 2)
        assert_as_fresh(service.site, content, tmp_path / "fresh")
    finally:
        service.close()
    record_property(
        "f14",
        f"{told(seconds)}; of who keeps the server, {told(starts)}; "
        f"{readers.answers} answers, none wrong, {len(readers.refused)} broken off",
    )


def told(seconds: list[tuple[float, str]]) -> str:
    took = sorted(each for each, _done in seconds)
    late = [f"{each:.1f} s after {done}" for each, done in seconds if each > WITHIN]
    return (
        f"{len(took)} kills: an answer again after {percentile(took, 0.5):.2f} s (p50), "
        f"{percentile(took, 0.99):.1f} s (p99), {took[-1]:.1f} s (most), "
        f"{len(took) - len(late)} within {WITHIN:.0f} s" + "".join(f", {each}" for each in late)
    )


def assert_as_fresh(site: Site, content: Path, state: Path) -> None:
    """An index that was made at once from the same folder answers with the same bytes."""
    pages = [f"/articles/{path.stem}" for path in content.rglob("*.md")]
    lists = [
        f"/categories/{name}.{form}"
        for name in ("field", "economy", "heritage")
        for form in ("rss", "atom", "json")
    ]
    with started(content, state, "granian") as fresh:
        assert fresh.until(lambda: fresh.get("/feed.rss")[0] == 200)
        for path in (*PATHS, *lists, *pages, "/sitemap.xml", "/feeds.opml"):
            assert site.get(path) == fresh.get(path), path
