"""A restart of `serve` over unchanged articles, and the memory of its worker after a round of
requests.

The peer is Flask with feedgen under granian: it holds the newest fifty entries and nothing else,
whatever the site has.

python -m benchmarks.starting [SIZE]
"""

import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from benchmarks import program
from benchmarks.figures import Figure
from benchmarks.generate import NOUNS, TAGS
from benchmarks.peers import facts
from benchmarks.processes import (
    PEER_SETTINGS,
    Unmeasurable,
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


def measure(site: Site, rounds: int) -> list[Figure]:
    """Return the time to the first answer (median), and the memory of the worker after a round of
    requests.
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
    found = (
        ("starting", "s", median, peer_median, ""),
        ("memory", "MB", ours[-1][1], theirs[-1][1], f"after {len(requests)} requests"),
    )
    return [
        Figure(
            measure=name,
            size=site.size,
            value=value,
            unit=unit,
            peer=PEER,
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
) -> tuple[float, float]:
    """Start a server; return seconds to its first answer, and its worker's memory in MB after
    ``requests``.
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
        return took, memory(found[0])


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
