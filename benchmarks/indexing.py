"""`feedservice index` from nothing against Hugo's full build of the very same files, both on every
core.

Hugo writes what a minimal site of the same articles consists of: article pages, paginated lists,
and RSS with full text of every section, tag and author. Ours computes related articles when they
are asked for, so Hugo's are off, but for a
row of information at small sizes: its time for them grows with the square of the number of
articles. Processor time is that of all processes of either, and says more on a machine that is busy.

python -m benchmarks.indexing [SIZE]
"""

import resource
import shutil
import statistics

from benchmarks import program
from benchmarks.figures import Figure
from benchmarks.peers import hugo
from benchmarks.sites import Site

RELATED_UP_TO = 1000
"""Articles; ten thousand took Hugo minutes where a tag has two thousand."""


def measure(site: Site, rounds: int) -> list[Figure]:
    """Return the times from nothing, and of a second run over unchanged files; leaves a filled
    index behind.
    """
    folder = hugo.prepare(site, related=False)
    index = site.folder / "state" / "index.sqlite3"
    servable, ours, again, theirs = [], [], [], []
    worked, their_work = [], []
    for _ in range(rounds):
        shutil.rmtree(index.parent, ignore_errors=True)
        begin = processor_time()
        for times, seconds in zip((servable, ours), site.fill(), strict=True):
            times.append(seconds)
        worked.append(processor_time() - begin)
        size = index.stat().st_size / site.size / 1000
        again.append(site.index()[0])
        begin = processor_time()
        theirs.append(hugo.build(folder))
        their_work.append(processor_time() - begin)
        shutil.rmtree(folder / "public")
    found = [
        _figure(site, "indexing-feeds", servable, theirs),
        _figure(site, "indexing", ours, theirs),
        _figure(site, "indexing-work", worked, their_work),
        _figure(site, "indexing-again", again, theirs),
        Figure(measure="indexing-size", size=site.size, value=size, unit="KB"),
    ]
    if site.size <= RELATED_UP_TO:
        found.append(
            _figure(site, "indexing-related", ours, [hugo.build(hugo.prepare(site, related=True))])
        )
    return found


def processor_time() -> float:
    """Return the seconds of processor time of all that this process started and waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _figure(site: Site, name: str, ours: list[float], theirs: list[float]) -> Figure:
    value, peer = statistics.median(ours), statistics.median(theirs)
    spread = (max(ours) - min(ours)) / value
    note = f"{site.size / value:,.0f} articles/s, spread {spread:.0%}"
    return Figure(
        measure=name, size=site.size, value=value, unit="s", peer="Hugo", peer_value=peer, note=note
    )


if __name__ == "__main__":
    program.run(measure, __doc__, size=10_000, rounds=3, indexed=False)
