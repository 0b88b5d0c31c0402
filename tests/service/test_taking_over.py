"""Take-overs under saves: nothing is lost or told twice. All of them: ``make take-overs``."""

import http.server
import itertools
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from effort import rounds
from factories import SITE_YAML, write_article
from postgresql_cluster import PATH, Cluster
from service_process import ROOT
from tcp_proxy import Proxy, between
from waiting import comes_true

pytestmark = pytest.mark.system

TAKE_OVERS = rounds(20, 2)
LOST = rounds(5, 2)
"""Of so many take-overs one is after a lost network; the others follow a kill."""
ON_ITS_WAY = 5.0
"""Seconds after an end in which what was under way may still come to a hub."""
_LEADS = (
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_LEFT = "SELECT count(*) FROM pings"
_ASKS = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_try_advisory_lock%'"


class Hub(http.server.ThreadingHTTPServer):
    """Remembers when it was told of what."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Told)
        self.told: list[tuple[float, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Told(http.server.BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        topic = urllib.parse.parse_qs(form)["hub.topic"][0]
        self.server.told.append((time.monotonic(), topic))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep still."""


class Machine:
    """A writer, and the network between it and the database."""

    def __init__(self, name: str, folder: Path, cluster: Cluster, database: str) -> None:
        self.name = name
        self._ends = ExitStack()
        self.network: Proxy = self._ends.enter_context(between(cluster.port))
        address = cluster.url(database).replace(str(cluster.port), str(self.network.port))
        given = {
            "FEEDSERVICE_CONTENT": str(folder / "content"),
            "FEEDSERVICE_STATE": str(folder / name),
            "FEEDSERVICE_DATABASE": f"{address}?application_name={name}",
            "FEEDSERVICE_LANG": "en",
        }
        log = self._ends.enter_context((folder / f"{name}.log").open("wb"))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "feedservice", "index", "--watch"],
            cwd=ROOT,
            env={**os.environ, **given},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        self.kill()
        self.process.wait()
        self._ends.close()


@contextmanager
def saving(content: Path) -> Iterator[list[str]]:
    """Save an article of its own tag each third of a second."""
    stop, saved = threading.Event(), list[str]()

    def save() -> None:
        for number in itertools.count():
            write_article(content, f"field/a{number}.md", id=f"a{number}", tags=f"[t{number}]")
            saved.append(f"t{number}")
            if stop.wait(0.3):
                return

    thread = threading.Thread(target=save)
    thread.start()
    try:
        yield saved
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def ask(cluster: Cluster, database: str) -> Iterator[Callable[[str], tuple[object, ...]]]:
    """The first row of what the database answers, on a way that is never lost; none is empty."""
    name = f"host=127.0.0.1 port={cluster.port} user=desk dbname={database} options={PATH}"
    with psycopg.connect(name, autocommit=True) as connection:

        def asked(sql: str) -> tuple[object, ...]:
            with suppress(psycopg.errors.UndefinedTable):
                return connection.execute(sql).fetchone() or ()
            return ()

        yield asked


@pytest.fixture
def database(cluster: Cluster) -> str:
    return cluster.new()


def test_take_overs_under_saves_lose_nothing_and_tell_nothing_twice(
    tmp_path: Path,
    cluster: Cluster,
    database: str,
    ask: Callable[[str], tuple[object, ...]],
    hub: Hub,
    record_property: Callable[[str, object], None],
) -> None:
    content = tmp_path / "content"
    content.mkdir()
    (content / "site.yaml").write_text(SITE_YAML + f"hubs: ['{hub.url}']\n", encoding="utf-8")
    deaths: list[float] = []
    ends_at: list[float] = []
    spans: dict[str, list[float]] = {"kill -9": [], "a lost network": []}
    machines: dict[str, Machine] = {}

    def written() -> int:
        return int(str(*ask("SELECT count(*) FROM articles") or (0,)))

    def leading() -> str:
        return str(*ask(_LEADS))

    def stands_by(machine: Machine) -> bool:
        return bool(ask(f"{_ASKS} AND application_name = '{machine.name}'"))

    def is_followed(machine: Machine) -> bool:
        return leading() not in ("", machine.name)

    def has_ended(machine: Machine) -> bool:
        return machine.process.poll() is not None

    with ExitStack() as ends:

        def begin() -> Machine:
            made = Machine(f"m{len(machines)}", tmp_path, cluster, database)
            ends.callback(made.end)
            machines[made.name] = made
            return made

        begin()
        assert comes_true(lambda: bool(ask("SELECT 1 FROM meta WHERE key = 'filled'")))
        with saving(content) as saved:
            for number in range(1, TAKE_OVERS + 1):
                assert comes_true(partial(stands_by, begin()))
                more = len(saved)
                assert comes_true(lambda more=more: written() > more)  # type: ignore[misc]
                leader, is_lost = machines[leading()], number % LOST == 0
                deaths.append(time.monotonic())
                if is_lost:
                    leader.network.stop()
                else:
                    leader.kill()
                assert comes_true(partial(is_followed, leader))
                took = time.monotonic() - deaths[-1]
                spans["a lost network" if is_lost else "kill -9"].append(took)
                leader.network.go_on()
                assert comes_true(partial(has_ended, leader))
                ends_at.append(time.monotonic())
        assert comes_true(lambda: written() == len(saved))
        while (left := ask(_LEFT)) != (0,):  # of hundreds, one after another
            assert comes_true(lambda before=left: ask(_LEFT) != before)  # type: ignore[misc]

    times: dict[str, list[float]] = {}
    for when, topic in hub.told:
        times.setdefault(topic, []).append(when)
    told = {topic.rpartition("/")[2] for topic in times if "/tags/" in topic}
    assert told == {f"{tag}.{form}" for tag in saved for form in ("rss", "atom", "json")}
    twice = [each for topic, each in times.items() if "/tags/" in topic and len(each) > 1]
    for each in twice:  # what was not noted yet, when who told it died
        for before, after in pairwise(each):
            assert any(
                before <= end + ON_ITS_WAY and death <= after
                for death, end in zip(deaths, ends_at, strict=True)
            )
    for how, found in spans.items():
        figures = f"{statistics.median(found):.2f} s median, {max(found):.2f} s longest"
        record_property(f"another leads after {how}", f"{figures} of {len(found)}")
    counted = f"{len(told)} feeds of {len(saved)} saves, {len(twice)} of them again"
    record_property("hubs were told of", f"{counted} since a death came in between")
