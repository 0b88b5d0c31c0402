"""`feedservice index` from nothing against Hugo's full build of the very same files, both on every
core.

Hugo writes what a minimal site of the same articles consists of: article pages, paginated lists,
and RSS with full text of every section, tag and author. Ours computes related articles when they
are asked for, so Hugo's are off, but for a
row of information at small sizes: its time for them grows with the square of the number of
articles.

python -m benchmarks.indexing [SIZE]
"""

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
    ours, again, theirs = [], [], []
    for _ in range(rounds):
        shutil.rmtree(site.folder / "state", ignore_errors=True)
        ours.append(site.index()[0])
        again.append(site.index()[0])
        theirs.append(hugo.build(folder))
        shutil.rmtree(folder / "public")
    found = [
        _figure(site, "indexing", ours, theirs),
        _figure(site, "indexing-again", again, theirs),
    ]
    if site.size <= RELATED_UP_TO:
        found.append(
            _figure(site, "indexing-related", ours, [hugo.build(hugo.prepare(site, related=True))])
        )
    return found


def _figure(site: Site, name: str, ours: list[float], theirs: list[float]) -> Figure:
    value, peer = statistics.median(ours), statistics.median(theirs)
    spread = (max(ours) - min(ours)) / value
    note = f"{site.size / value:,.0f} articles/s, spread {spread:.0%}"
    return Figure(
        measure=name, size=site.size, value=value, unit="s", peer="Hugo", peer_value=peer, note=note
    )


if __name__ == "__main__":
    program.run(measure, __doc__, size=10_000, rounds=3, indexed=False)
