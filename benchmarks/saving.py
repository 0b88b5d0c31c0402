"""A file saved until the feed shows it over HTTP, while `serve` runs: every second save is a new
article.

The feed is asked every few milliseconds, as no subscriber would; what is timed is the way of one
save, from the moment the file is closed to the end of the first answer that holds it. The note
tells when the index had it: what went before is the writer's, what came after the worker's.

python -m benchmarks.saving [SIZE]
"""

import http.client
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import program
from benchmarks.figures import Figure
from benchmarks.generate import article, sentences
from benchmarks.peers import facts
from benchmarks.processes import Unmeasurable, free_port, running, wait_for, wait_until_idle
from benchmarks.sites import FEEDSERVICE, Site
from feedservice.index.reader import IndexReader

FEED = "/feed.rss"
EVERY = 0.004
"""Seconds between an answer and the next question."""
WARMING = 3
PATIENCE = 30.0
"""Seconds after which a save is taken for lost."""


def measure(site: Site, rounds: int) -> list[Figure]:
    """Return p50 and p99 over ``rounds`` saves; changes the content folder."""
    port, log = free_port(), site.folder / "saving.log"
    command = (*FEEDSERVICE, "serve", "--workers", "1", "--port", str(port))
    with running(command, log, environment=site.environment()) as process:
        wait_for(process, port, FEED, log)
        wait_until_idle(process.pid)
        saves = list(_saves(site, port, WARMING + rounds))[WARMING:]
    spans = [seen for _, seen in saves]
    indexed = statistics.median(indexed for indexed, _ in saves)
    spread = f"{rounds} saves, longest {max(spans):.2f} s; in the index after {indexed * 1000:.0f} ms (median)"
    found = (("saving-p50", statistics.median(spans)), ("saving-p99", percentile(spans, 99)))
    return [
        Figure(measure=name, size=site.size, value=value, unit="s", note=spread)
        for name, value in found
    ]


def percentile(values: list[float], rank: int) -> float:
    """Return the smallest value that at least ``rank`` percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[-(-rank * len(ordered) // 100) - 1]


def _saves(site: Site, port: int, count: int) -> Iterator[tuple[float, float]]:
    """Save ``count`` times; yield how many seconds each took to be in the index, and in the
    feed.
    """
    source, pool, index = random.Random(1), sentences(100), facts.reader(site)
    newest = site.newest
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        for turn in range(count):
            # Anywhere between two looks of the watcher and of the worker, not in step with them.
            time.sleep(source.uniform(0.3, 0.6))
            mark = f"علامة{turn:04d}"
            if turn % 2:
                path, text = newest, newest.read_text(encoding="utf-8")
                text = f"---\ntitle: {mark}\n" + text.split("\n", 2)[2]
            else:
                number = site.size + turn
                path = newest = site.content / "section-0" / f"{number:07d}.md"
                # Later than all others, and public: the clock of the articles is years behind.
                text = article(number, pool).replace("title: ", f"title: {mark} ", 1)
            yield _seen(connection, index, path, text, mark)
    finally:
        connection.close()


def _seen(
    connection: http.client.HTTPConnection, index: IndexReader, path: Path, text: str, mark: str
) -> tuple[float, float]:
    """Save one file; return how many seconds went by until the index had another revision, and the
    feed ``mark``.

    Raises:
        Unmeasurable: it never did.
    """
    revision, indexed = index.revision(), 0.0
    path.write_text(text, encoding="utf-8")
    begin = time.perf_counter()
    wanted = mark.encode()
    while time.perf_counter() - begin < PATIENCE:
        if not indexed and index.revision() != revision:
            indexed = time.perf_counter() - begin
        connection.request("GET", FEED)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status == 200 and wanted in body:
            return indexed, time.perf_counter() - begin
        time.sleep(EVERY)
    raise Unmeasurable(f"{path.name} was saved and not seen within {PATIENCE:.0f} s")


if __name__ == "__main__":
    program.run(measure, __doc__, size=1000, rounds=50)
