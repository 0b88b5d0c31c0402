"""Figures → one SVG of small panels, both axes logarithmic. The same figures give the same
bytes.
"""

import io
from collections.abc import Iterable

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from benchmarks.figures import TARGETS, WORDING, Figure, quantity

PANELS = (
    ("serving-200",),
    ("serving-304",),
    ("proxied-200",),
    ("proxied-304",),
    ("rendering-atom",),
    ("changing-feed", "changing-edit"),
    ("changing-restart", "changing-nothing-seen"),
    ("changing-article",),
    ("changing-list",),
    ("changing-feeds",),
    ("changing-lists",),
    ("searching-p99",),
    ("indexing", "indexing-feeds"),
    ("saving-p50", "saving-p99"),
    ("starting",),
    ("memory",),
)
"""What stands in each panel; the first measure names it."""
OURS, PEER, TARGET = "#0b6e4f", "#777777", "#c1121f"
STYLE = {
    "svg.hashsalt": "feedservice",  # element ids are else drawn at random
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 8,
}


def draw(figures: Iterable[Figure]) -> str:
    """Return the plot as SVG.

    Args:
        figures: of any sizes; a panel without any is empty.
    """
    found = {(figure.measure, figure.size): figure for figure in figures}
    with mpl.rc_context(STYLE):
        picture = Picture(figsize=(14, 11), facecolor="white")
        picture.subplots_adjust(
            left=0.09, right=0.97, top=0.97, bottom=0.06, hspace=0.35, wspace=0.4
        )
        for axes, measures in zip(picture.subplots(4, 4).flat, PANELS, strict=True):
            _panel(axes, measures, found)
        out = io.StringIO()
        picture.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    # Lines end without blanks, as in every file of the repository.
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _panel(axes: Axes, measures: tuple[str, ...], found: dict[tuple[str, int], Figure]) -> None:
    """Draw ours, the peer's and the bound over the number of articles."""
    axes.set_title(WORDING[measures[0]].partition(", p50")[0], fontsize=8)
    axes.set_xscale("log")
    axes.set_yscale("log")
    unit = ""
    for measure, line in zip(measures, ("-", ":"), strict=False):
        rows = sorted(
            (figure for (name, _), figure in found.items() if name == measure),
            key=lambda row: row.size,
        )
        if not rows:
            continue
        unit = rows[0].unit
        sizes = [row.size for row in rows]
        name = measure.rpartition("-")[2] if len(measures) > 1 else "feedservice"
        axes.plot(sizes, [row.value for row in rows], line, marker="o", color=OURS, label=name)
        peers = [row for row in rows if row.peer_value]
        if peers:
            axes.plot(
                [row.size for row in peers],
                [row.peer_value for row in peers],
                line,
                marker="s",
                color=PEER,
                label=peers[0].peer,
            )
        for target in TARGETS:
            bounds = [
                (row.size, target.limit * (1 if target.of_value else row.peer_value or 0))
                for row in rows
            ]
            if target.measure == measure and all(bound for _, bound in bounds):
                words = (
                    f"at {'least' if target.at_least else 'most'}"
                    if len(measures) == 1
                    else f"{name} at most"
                )
                axes.plot(
                    sizes,
                    [bound for _, bound in bounds],
                    "--",
                    linewidth=1,
                    color=TARGET,
                    label=words,
                )
    if not unit:
        return
    axes.set_xlabel("articles")
    axes.set_xticks(sorted({size for name, size in found if name in measures}))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: quantity(value, unit)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())
    # Half an octave of room: a line that is level is no reason to show its noise large.
    low, high = axes.get_ylim()
    axes.set_ylim(low / 2, high * 2)
    axes.legend(fontsize=7, loc="best")
