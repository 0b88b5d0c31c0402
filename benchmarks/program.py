"""What every program of this folder does with its command line: make a site, measure, print."""

import argparse
import sys
from collections.abc import Callable

from benchmarks import figures, sites
from benchmarks.figures import Figure
from benchmarks.processes import Unmeasurable, end_on_signals

Measure = Callable[[sites.Site, int], list[Figure]]
"""Measures over a site, in so many rounds."""


def run(
    measure: Measure,
    description: str | None,
    *,
    size: int,
    rounds: int,
    indexed: bool = True,
    generated: bool = True,
) -> None:
    """Run one program.

    Args:
        measure: the program.
        description: its docstring.
        size: how many articles unless the command line says otherwise.
        rounds: likewise.
        indexed: whether it wants a filled index.
        generated: whether it wants articles at all.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "size", nargs="?", type=int, default=size, help="articles (default: %(default)s)"
    )
    parser.add_argument(
        "--rounds", type=int, default=rounds, help="more rounds, less noise (default: %(default)s)"
    )
    given = parser.parse_args()
    end_on_signals()
    try:
        with sites.temporary(given.size, indexed=indexed, generated=generated) as site:
            print(figures.listing(measure(site, given.rounds)))
    except Unmeasurable as reason:
        sys.exit(f"not measured: {reason}")
