"""What readers see while machines die: two writers over one folder, PostgreSQL, two replicas, Varnish
and nginx on this machine, under readers and saves; one fault after the other is injected. The table is
written into docs/scale.md.

An article is saved twice a second. Four readers ask nginx for feeds and pages that were asked for
before. Each machine reaches the database through a proxy of its own, which stops where its network is
lost. Some four minutes; needs Debian's postgresql, nginx, varnish and varnish-modules.

PYTHONPATH=.:tests python -m benchmarks.scale [--seconds N] [--print]
"""

import argparse
import http.client
import itertools
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from benchmarks.processes import descendants, end_on_signals
from benchmarks.sites import FEEDSERVICE
from factories import SITE_YAML, write_article
from nginx_process import nginx_in_front_of
from postgresql_cluster import Cluster
from postgresql_cluster import running as running_cluster
from service_process import ROOT, free_port
from tcp_proxy import Proxy, between
from varnish_process import before_two, varnish_in_front_of
from waiting import comes_true

PAGE = ROOT / "docs" / "scale.md"
BEGIN, END = "<!-- faults -->", "<!-- end of faults -->"
FEED = "/feed.json"
ASKED = (
    *(FEED, FEED, "/feed.rss", "/feed.atom", "/", "/categories/field", "/categories/field.rss"),
    *("/articles/n0", "/archive", "/feeds", "/sitemap.xml"),
)
READERS, PAUSE, SAVE_EVERY = 4, 0.02, 0.5
PATIENT = 240.0
"""Seconds that a busy machine may need for what is waited for."""
RESTART = 2.0
"""Seconds after which a unit of deploy/systemd begins again what ended."""
THROTTLES = Path("/sys/fs/cgroup/blkio")
"""Where Linux says how often a group of processes may write (control groups 1)."""
WRITES = 4
"""A second, on a slow disk."""
SETTLED = 3.0
"""Seconds between what was seen after a fault and the next one."""
_HEAD = """\
Seen on {day}, on {cores} processors (load {load:.1f}), each fault for {seconds:.0f} s:

| what was done | answers | failed | waited for: median, p99, most | a save was seen after: median, most | shown again what was older, at most | afterwards |
|---|---|---|---|---|---|---|"""
_NUMBER = re.compile("خبر ([0-9]+)")
_LEADS = (
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a reader was given, moments in seconds of one clock.

    Attributes:
        status: 0 where nobody answered.
        newest: the highest number of an article in it; 0 in all but one feed.
    """

    asked: float
    given: float
    status: int
    newest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What was done, from when to when, and what else is to be told of it."""

    name: str
    began: float
    ended: float
    told: str = ""


def row(fault: Fault, answers: Sequence[Answer], saved: Mapping[int, float]) -> str:
    """Return what readers saw of a fault as a row of a table.

    Args:
        fault: what was done.
        answers: all of them, before and after it, too.
        saved: when each article was saved, by its number.
    """
    feeds = [each for each in answers if each.newest]
    within = [each for each in answers if fault.began <= each.asked < fault.ended]
    failed = sum(each.status != 200 for each in within)
    waits = sorted(each.given - each.asked for each in within)
    late = [
        next((each.given for each in feeds if each.newest >= number), float("inf")) - moment
        for number, moment in saved.items()
        if fault.began <= moment < fault.ended
    ]
    cells = (
        fault.name,
        f"{len(within):,}",
        f"**{failed:,}**" if failed else "none",
        f"{_span(waits, 0.5)}, {_span(waits, 0.99)}, {_span(waits, 1)}",
        f"{_span(late, 0.5)}, {_span(late, 1)}",
        f"{back(feeds, fault):.1f} s",
        fault.told,
    )
    return f"| {' | '.join(cells)} |"


def back(feeds: Sequence[Answer], fault: Fault) -> float:
    """Return for how many seconds at most a reader was shown what is older than was shown before."""
    worst, shown = 0.0, list[tuple[float, int]]()
    for each in sorted(feeds, key=lambda each: each.given):
        if fault.began <= each.asked < fault.ended:
            newer = next((when for when, number in shown if number > each.newest), each.asked)
            worst = max(worst, each.asked - newer)
        if not shown or each.newest > shown[-1][1]:
            shown.append((each.given, each.newest))
    return worst


def page(text: str, table: str) -> str:
    """Return the page with the table between its two marks made anew."""
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert end, f"{PAGE} has no {BEGIN} … {END}"
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def _span(values: Sequence[float], part: float) -> str:
    ordered = sorted(values)
    value = ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else float("nan")
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


class Machine:
    """A command of the service on a machine of its own: a state folder, and a way to the database.

    Where it ends by itself, as a writer does that lost its lock, it is begun again, as its unit does.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        command: Sequence[str],
        given: Mapping[str, str],
        cluster: Cluster,
    ) -> None:
        self.name = name
        self._ends = ExitStack()
        self.network: Proxy = self._ends.enter_context(between(cluster.port))
        kept = {
            name: each for name, each in os.environ.items() if not name.startswith("FEEDSERVICE_")
        }
        address = given["FEEDSERVICE_DATABASE"].replace(str(cluster.port), str(self.network.port))
        self._environment = kept | {
            **given,
            "FEEDSERVICE_STATE": str(folder / name),
            "FEEDSERVICE_DATABASE": f"{address}?application_name={name}",
        }
        self._command, self._log = [*FEEDSERVICE, *command], folder / f"{name}.log"
        self._is_off = threading.Event()
        self.start()

    def start(self) -> None:
        """Start it, again too."""
        self._is_off.clear()
        self._begin()
        self._keeper = threading.Thread(target=self._keep)
        self._keeper.start()

    def _begin(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )

    def _keep(self) -> None:
        while self.process.wait() is not None and not self._is_off.wait(RESTART):
            self._begin()

    def kill(self) -> None:
        """End all of its processes at once, by SIGKILL; nobody begins it again."""
        self._is_off.set()
        while self._keeper.is_alive():  # it may be beginning another one just now
            for each in (self.process.pid, *descendants(self.process.pid)):
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
            self._keeper.join(0.1)

    def end(self) -> None:
        """Leave nothing of it behind."""
        self.kill()
        self._ends.close()


@dataclass(slots=True, kw_only=True)
class World:
    """All machines, and what was seen of them."""

    cluster: Cluster
    database: str
    writers: list[Machine]
    replicas: list[Machine]
    front: int
    folder: Path
    answers: list[Answer] = field(default_factory=list)
    saved: dict[int, float] = field(default_factory=dict)

    def leader(self) -> Machine | None:
        """Return the writer that leads, as the database has it."""
        with suppress(psycopg.Error):
            names = {name for (name,) in self.cluster.ask(_LEADS, self.database)}
            return next((each for each in self.writers if each.name in names), None)
        return None

    def newest(self) -> int:
        """Return the highest number that a reader has seen."""
        return max((each.newest for each in self.answers[-400:]), default=0)

    def read(self, stop: threading.Event) -> None:
        """Ask, one address after the other, until told to stop."""
        source = random.Random()
        while not stop.wait(PAUSE):
            path = source.choice(ASKED)
            asked = time.monotonic()
            status, body = _ask(self.front, path)
            found = _NUMBER.findall(body.decode()) if path == FEED and status == 200 else ()
            newest = max(map(int, found), default=0)
            self.answers.append(
                Answer(asked=asked, given=time.monotonic(), status=status, newest=newest)
            )

    def save(self, stop: threading.Event) -> None:
        """Save articles until told to stop."""
        for number in itertools.count(1):
            now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            name = f"field/n{number}.md"
            write_article(self.folder / "content", name, title=f"خبر {number}", date=now)
            self.saved[number] = time.monotonic()
            if stop.wait(SAVE_EVERY):
                return


def _ask(port: int, path: str) -> tuple[int, bytes]:
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
    return 0, b""


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Run all of it; it answers, and its readers and saves have begun."""
    content = folder / "content"
    content.mkdir()
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    write_article(content, "field/n0.md", title="أول")
    ports = [free_port(), free_port()]
    with ExitStack() as stack:
        cluster = stack.enter_context(running_cluster(fsync="on", full_page_writes="on"))
        database = cluster.new()
        vcl = before_two(*ports)
        varnish = stack.enter_context(varnish_in_front_of(0, folder / "varnish", vcl))
        nginx = stack.enter_context(nginx_in_front_of(varnish.port, folder / "nginx"))
        given = {
            "FEEDSERVICE_DATABASE": cluster.url(database),
            "FEEDSERVICE_CONTENT": str(content),
            "FEEDSERVICE_CDN": "varnish",
            "FEEDSERVICE_CDN_PURGE": f"http://127.0.0.1:{varnish.port}/",
        }

        def machine(name: str, *command: str) -> Machine:
            made = Machine(name, folder, command, given, cluster)
            stack.callback(made.end)
            return made

        made = World(
            cluster=cluster,
            database=database,
            writers=[machine(name, "index", "--watch") for name in ("writer-1", "writer-2")],
            replicas=[
                machine(f"replica-{n}", "serve", "--replica", "--port", str(port))
                for n, port in enumerate(ports, 1)
            ],
            front=nginx.port,
            folder=folder,
        )
        for path in ASKED:
            assert comes_true(lambda path=path: _ask(made.front, path)[0] == 200, PATIENT), path  # type: ignore[misc]
        stop = threading.Event()
        threads = [threading.Thread(target=made.read, args=(stop,)) for _ in range(READERS)]
        threads.append(threading.Thread(target=made.save, args=(stop,)))
        for each in threads:
            each.start()
        try:
            assert comes_true(lambda: made.newest() > 5, PATIENT)
            yield made
        finally:
            stop.set()
            for each in threads:
                each.join()


def faults(made: World, seconds: float) -> Iterator[Fault]:
    """Inject one fault after the other, each for so many seconds; yield what was done."""
    one, two = made.replicas
    victims: list[Machine] = []

    def during(
        name: str, act: Callable[[], object] = list, undo: Callable[[], object] = list
    ) -> Fault:
        began = time.monotonic()
        told = act()
        time.sleep(max(0.0, began + seconds - time.monotonic()))
        undo()
        over, there = time.monotonic(), len(made.saved)
        assert comes_true(lambda: made.newest() >= there + 1, PATIENT), f"{name}: no save is seen"
        took = time.monotonic() - over - SAVE_EVERY
        time.sleep(SETTLED)
        told = f"{told or 'a save'} seen {max(took, 0):.1f} s after it was over"
        return Fault(name=name, began=began, ended=over, told=told)

    def leads_anew(act: Callable[[Machine], object]) -> str:
        assert comes_true(lambda: made.leader() is not None, PATIENT)
        victims.extend(filter(None, [made.leader()]))
        began = time.monotonic()
        act(victims[-1])
        assert comes_true(lambda: made.leader() not in (None, victims[-1]), PATIENT), "nobody leads"
        return f"another leads after {time.monotonic() - began:.1f} s; a save"

    def each_of(machines: Sequence[Machine], act: Callable[[Machine], object]) -> None:
        for each in machines:
            act(each)

    yield during("nothing")
    yield during(
        "the writer that leads is killed (`kill -9`)",
        lambda: leads_anew(lambda writer: writer.kill()),
        lambda: each_of(victims[-1:], lambda writer: writer.start()),
    )
    yield during(
        "the writer that leads loses its network",
        lambda: leads_anew(lambda writer: writer.network.stop()),
        lambda: each_of(victims[-1:], lambda writer: writer.network.go_on()),
    )
    yield during("a replica is killed", one.kill, one.start)
    yield during("a replica loses its way to the database", two.network.stop, two.network.go_on)
    yield during(
        "both replicas are killed",
        lambda: each_of(made.replicas, lambda replica: replica.kill()),
        lambda: each_of(made.replicas, lambda replica: replica.start()),
    )
    yield during("the database is stopped at once", made.cluster.stop, made.cluster.start)
    with ExitStack() as stack:
        try:
            slow, fast = stack.enter_context(slow_disk(made.cluster))
        except OSError as error:
            print(f"no slow disk: {error}", file=sys.stderr)
            return
        yield during(f"the database's disk takes {WRITES} writes a second", slow, fast)


@contextmanager
def slow_disk(cluster: Cluster) -> Iterator[tuple[Callable[[], object], Callable[[], object]]]:
    """What makes the disk of a server slow, and what gives it back.

    Raises:
        OSError: it cannot be made slow here: that needs root, `THROTTLES` and a disk.
    """
    group = THROTTLES / f"feedservice-{os.getpid()}"
    number = os.stat(cluster.folder).st_dev

    def put(where: Path) -> None:
        for each in (cluster.pid(), *descendants(cluster.pid())):
            with suppress(ProcessLookupError):
                (where / "cgroup.procs").write_text(f"{each}")

    group.mkdir()
    try:
        limit = f"{os.major(number)}:{os.minor(number)} {WRITES}"
        (group / "blkio.throttle.write_iops_device").write_text(limit)
        yield lambda: put(group), lambda: put(THROTTLES)
    finally:
        put(THROTTLES)
        group.rmdir()


def main() -> None:
    """Inject, print the table, and write it into the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=15, help="that each fault lasts")
    parser.add_argument("--print", action="store_true", help="print only; leave docs/ alone")
    given = parser.parse_args()
    end_on_signals()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(
        prefix="feedservice-scale-", ignore_cleanup_errors=True
    ) as scratch:
        with world(Path(scratch)) as made:
            try:
                found = list(faults(made, given.seconds))
            except AssertionError as wrong:
                for log in Path(scratch).glob("*.log"):
                    print(f"{log.name}: {log.read_text(encoding='utf-8')[-2000:]}", file=sys.stderr)
                sys.exit(f"not measured: {wrong}")
        lines = [row(each, made.answers, made.saved) for each in found]
    table = "\n".join(
        [
            _HEAD.format(
                day=f"{datetime.now(UTC):%Y-%m-%d}",
                seconds=given.seconds,
                cores=os.cpu_count(),
                load=os.getloadavg()[2],
            ),
            *lines,
        ]
    )
    print(table)
    print(f"{time.monotonic() - begin:.0f} s in all", file=sys.stderr)
    if not given.print:
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), table), encoding="utf-8")


if __name__ == "__main__":
    main()
