"""A restart of `serve` over unchanged articles, the memory of its processes after a round of
requests, and what each of them imports.

The peer is Flask with feedgen under granian: it holds the newest fifty entries and nothing else,
whatever the site has.

python -m benchmarks.starting [SIZE]
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from benchmarks import program
from benchmarks.figures import Figure
from benchmarks.generate import NOUNS, TAGS
from benchmarks.peers import facts
from benchmarks.processes import (
    PEER_SETTINGS,
    Unmeasurable,
    command_line,
    descendants,
    free_port,
    get,
    memory,
    running,
    wait_for,
    workers,
)
from benchmarks.sites import FEEDSERVICE, Site

PEER = "Flask + feedgen"
PEER_APP = "benchmarks.peers.flask_feedgen:app"
FEED = "/feed.rss"


IMPORTS: Mapping[str, str] = MappingProxyType(
    {
        "serve": "import feedservice.cli.main, feedservice.cli.serving, feedservice.service.server",
        "writer": "import feedservice.cli.main, feedservice.cli.indexing, feedservice.cli.writing",
        "version": "import feedservice.cli.main",
    }
)
"""What each process of the service imports; workers are copies of the server."""


def measure(site: Site, rounds: int) -> list[Figure]:
    """Return the time to the first answer (median), the memory of each process after a round of
    requests, and the processor time of importing what it runs (the least).
    """
    handed = facts.write(site)
    requests = _round(site)
    ours, theirs = [], []
    for turn in range(rounds):
        asked = requests if turn == rounds - 1 else []
        port, log = free_port(), site.folder / "serve.log"
        command = (*FEEDSERVICE, "serve", "--workers", "1", "--port", str(port))
        ours.append(_start(command, site.environment(), port, asked, log))
        port, log = free_port(), site.folder / "peer.log"
        command = (sys.executable, "-m", "granian", *PEER_SETTINGS, "--port", str(port), PEER_APP)
        theirs.append(_start(command, site.environment() | handed, port, [FEED] * len(asked), log))
    median, peer_median = (
        statistics.median(took for took, _ in starts) for starts in (ours, theirs)
    )
    (worker, server, *writer), (peer_worker, *_) = ours[-1][1], theirs[-1][1]
    round_of = f"after {len(requests)} requests"
    found: list[tuple[str, str, float, float | None, str]] = [
        ("starting", "s", median, peer_median, ""),
        ("memory", "MB", worker, peer_worker, round_of),
        ("memory-server", "MB", server, None, round_of),
        *(("memory-writer", "MB", each, None, round_of) for each in writer[:1]),
    ]
    bare = _imported("pass")
    for name, code in IMPORTS.items():
        found.append((f"importing-{name}", "s", _imported(code) - bare, None, ""))
    return [
        Figure(
            measure=name,
            size=site.size,
            value=value,
            unit=unit,
            peer=PEER if peer is not None else "",
            peer_value=peer,
            note=note,
        )
        for name, unit, value, peer, note in found
    ]


def _start(
    command: Sequence[str],
    environment: dict[str, str],
    port: int,
    requests: Sequence[str],
    log: Path,
) -> tuple[float, list[float]]:
    """Start a server; return seconds to its first answer, and the memory in MB of its worker, of
    itself with who keeps it, and of its writer after ``requests``.
    """
    begin = time.perf_counter()
    with running(command, log, environment=environment) as process:
        wait_for(process, port, FEED, log)
        took = time.perf_counter() - begin
        for path in requests:
            answer = get(port, path, {"Accept-Encoding": "gzip"})
            if answer.status != 200:
                raise Unmeasurable(f"{path} answers {answer.status}")
        found = workers(process.pid)
        if len(found) != 1:
            raise Unmeasurable(f"one worker was expected below {process.pid}, not {len(found)}")
        begun = descendants(process.pid)
        writers = [pid for pid in begun if "--watch" in command_line(pid)]
        servers = [pid for pid in begun if found[0] in descendants(pid)]
        server = sum(map(memory, (process.pid, *servers)))
        return took, [memory(found[0]), server, *map(memory, writers)]


def _imported(code: str, rounds: int = 5) -> float:
    """The least processor time, in seconds, of a fresh interpreter that runs some code."""
    took = []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-P", "-c", f"import gc; gc.disable(); {code}"], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(took)


def _round(site: Site) -> list[str]:
    """Every category and tag in each format, as pages too, some searches, and articles of all
    times.
    """
    lists = [
        "/feed",
        *(f"/categories/section-{n}" for n in range(20)),
        *(f"/tags/{quote(tag)}" for tag in TAGS),
    ]
    feeds = [f"{each}{suffix}" for each in lists for suffix in (".rss", ".atom", ".json")]
    pages = ["/", "/feeds", "/sitemap.xml", *lists[1:]]
    searches = [f"/search.atom?q={quote(word)}" for word in NOUNS[:10]]
    step = max(site.size // 50, 1)
    articles = [f"/articles/{number:07d}" for number in range(0, site.size, step)]
    return [*feeds, *pages, *searches, *articles]


if __name__ == "__main__":
    program.run(measure, __doc__, size=1000, rounds=3)
