"""What was measured, what had to be reached, and both as tables. Pure; runs nothing and draws
nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measurement, and its peer's from the same run.

    Attributes:
        measure: a name of `WORDING`.
        size: how many articles the site had.
        value: ours, in ``unit``.
        unit: ``req/s``, ``doc/s``, ``s``, ``MB`` or ``KB``.
        peer: what it was measured against; empty where there is none.
        peer_value: the peer's, in ``unit``.
        note: what else a reader of the figure should know.
        doubt: why it cannot be judged, where the conditions were not those of a measurement.
    """

    measure: str
    size: int
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    note: str = ""
    doubt: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours in units of the peer's."""
        return self.value / self.peer_value if self.peer_value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a measure must reach.

    Attributes:
        measure: a name of `WORDING`.
        size: the number of articles at which it is judged.
        limit: of the ratio, or of the value where ``of_value``.
        at_least: whether more is better.
    """

    measure: str
    size: int
    limit: float
    at_least: bool = False
    of_value: bool = False

    def reached(self, figure: Figure) -> bool:
        """Whether ``figure`` reaches it."""
        found = figure.value if self.of_value else figure.ratio
        if found is None:
            return False
        return found >= self.limit if self.at_least else found <= self.limit

    def text(self, unit: str) -> str:
        """Return the bound as a person reads it."""
        bound = f"{'≥' if self.at_least else '≤'} {self.limit:g}"
        return f"{bound} {unit}" if self.of_value else f"{bound} ×"


WORDING: Mapping[str, str] = MappingProxyType(
    {
        "serving-200": "200, gzip, 50 full entries, one worker",
        "serving-304": "304, one worker",
        "proxied-200": "200 behind our nginx configuration",
        "proxied-304": "304 behind our nginx configuration",
        "rendering-atom": "50-entry Atom document, entries seen before",
        "rendering-rss": "50-entry RSS document, entries seen before",
        "rendering-json": "50-entry JSON document, entries seen before",
        "rendering-cold": "50-entry Atom document, nothing seen before",
        "rendering-whole": "Atom feed from the index: select, related, render",
        "changing-feed": "Atom feed, after a new article",
        "changing-restart": "the same, in a worker that took up what another kept",
        "changing-article": "an article's page, after a new article",
        "changing-list": "a list's page of 50, after a new article",
        "changing-feeds": "/feeds, after a new article",
        "changing-archive": "/archive, after a new article",
        "changing-edit": "Atom feed, after an edit of an older title",
        "changing-nothing-seen": "Atom feed, in a worker that has seen nothing",
        "changing-lists": "all feeds of 200 categories, after a new article",
        "changing-lists-edit": "all feeds of 200 categories, after an edit of an older title",
        "searching-p50": "search for a common word, p50",
        "searching-p99": "search for a common word, p99",
        "indexing-feeds": "articles from nothing, feeds can be asked for",
        "indexing": "articles from nothing, searches too",
        "indexing-work": "the same, processor time",
        "indexing-related": "articles from nothing, Hugo's related articles on",
        "indexing-again": "indexing again, nothing changed",
        "indexing-size": "bytes of the index, an article",
        "saving-p50": "file saved → in the feed, p50",
        "saving-p99": "file saved → in the feed, p99",
        "starting": "restart to first answer",
        "memory": "memory of a worker (PSS)",
        "memory-server": "memory of its server, and of who keeps it (PSS)",
        "memory-writer": "memory of the writer (PSS)",
        "importing-serve": "imports of the server and its workers, processor time",
        "importing-writer": "imports of the writer, processor time",
        "importing-version": "imports of --version, processor time",
        "flask-200": "peer: Flask + feedgen at each request, 200",
        "flask-304": "peer: Flask + feedgen at each request, 304",
        "django-200": "peer: Django syndication, cached view, 200",
        "django-304": "peer: Django syndication, cached view, 304",
    }
)
"""Each measure in words, in the order of the tables."""

TARGETS = (
    Target(measure="serving-200", size=100_000, limit=0.6, at_least=True),
    Target(measure="serving-304", size=100_000, limit=0.38, at_least=True),
    Target(measure="proxied-200", size=100_000, limit=0.95, at_least=True),
    Target(measure="proxied-304", size=100_000, limit=0.95, at_least=True),
    Target(measure="rendering-atom", size=100_000, limit=6, at_least=True),
    # What making an answer may take, in feeds of 50 by plain feedgen, each of 6.2 ms.
    Target(measure="changing-feed", size=100_000, limit=1, at_least=True),
    Target(measure="changing-edit", size=100_000, limit=1, at_least=True),
    Target(measure="changing-restart", size=100_000, limit=0.44, at_least=True),
    Target(measure="changing-nothing-seen", size=100_000, limit=0.44, at_least=True),
    Target(measure="changing-article", size=100_000, limit=1.55, at_least=True),
    Target(measure="changing-list", size=100_000, limit=1, at_least=True),
    Target(measure="changing-feeds", size=100_000, limit=0.78, at_least=True),
    Target(measure="changing-lists", size=100_000, limit=3, of_value=True),
    Target(measure="searching-p99", size=100_000, limit=0.03, of_value=True),
    Target(measure="indexing-feeds", size=1_000, limit=1),
    Target(measure="indexing-feeds", size=10_000, limit=0.6),
    Target(measure="indexing-feeds", size=100_000, limit=0.7),
    Target(measure="indexing", size=1_000, limit=1),
    Target(measure="indexing", size=10_000, limit=0.75),
    Target(measure="indexing", size=100_000, limit=0.85),
    Target(measure="saving-p50", size=100_000, limit=0.06, of_value=True),
    Target(measure="saving-p99", size=100_000, limit=0.15, of_value=True),
    Target(measure="starting", size=100_000, limit=0.7, of_value=True),
    Target(measure="memory", size=100_000, limit=90, of_value=True),
)


def verdicts(figures: Iterable[Figure]) -> str:
    """Return the table of the targets (Markdown): what was measured, the bound, and whether it is
    reached.

    A target whose own size was not measured is judged at none: its row says so.
    """
    found = {(figure.measure, figure.size): figure for figure in figures}
    rows = []
    for target in TARGETS:
        figure = found.get((target.measure, target.size))
        row = [WORDING[target.measure], f"{target.size:,}"]
        if figure is None:
            rows.append([*row, "not measured", "", "", target.text(""), ""])
            continue
        reached = (
            f"in doubt: {figure.doubt}"
            if figure.doubt
            else "yes"
            if target.reached(figure)
            else "**no**"
        )
        rows.append([*row, *_columns(figure), target.text(figure.unit), reached])
    return markdown(("measure", "articles", "ours", "peer", "ratio", "target", "reached"), rows)


def growth(figures: Iterable[Figure]) -> str:
    """Return the table of every measure at every size (Markdown): ours, and the ratio to a peer;
    ``?`` is doubt.
    """
    found = {(figure.measure, figure.size): figure for figure in figures}
    sizes = sorted({size for _, size in found})
    rows = []
    for measure, words in WORDING.items():
        cells = [_cell(found.get((measure, size))) for size in sizes]
        if any(cells):
            peers = {found[measure, size].peer for size in sizes if (measure, size) in found} - {""}
            rows.append([words, *(cell or "–" for cell in cells), ", ".join(sorted(peers)) or "–"])
    return markdown(
        ("measure", *(f"{size:,} articles" for size in sizes), "peer of the ratio"), rows
    )


def listing(figures: Iterable[Figure]) -> str:
    """Return the table of one program's figures (Markdown)."""
    rows = [
        [
            WORDING[f.measure],
            f"{f.size:,}",
            *_columns(f),
            "; ".join(filter(None, (f.doubt, f.note))),
        ]
        for f in figures
    ]
    return markdown(("measure", "articles", "ours", "peer", "ratio", "note"), rows)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, its columns aligned so that a terminal shows it well."""
    table = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in table)
    lines = [f"| {' | '.join(cells)} |" for cells in padded]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def to_json(figures: Iterable[Figure], machine: str) -> str:
    """Return figures as text that `from_json` reads, and that changes line by line."""
    rows = ",\n  ".join(
        json.dumps(asdict(figure), ensure_ascii=False) for figure in ordered(figures)
    )
    return (
        f'{{"machine": {json.dumps(machine, ensure_ascii=False)},\n "figures": [\n  {rows}\n]}}\n'
    )


def from_json(text: str) -> list[Figure]:
    """Return the figures that `to_json` wrote."""
    return [Figure(**row) for row in json.loads(text)["figures"]]


def ordered(figures: Iterable[Figure]) -> list[Figure]:
    """Return figures in the order of the tables; of two of one measure and size the later one."""
    latest = {(figure.measure, figure.size): figure for figure in figures}
    places = {measure: place for place, measure in enumerate(WORDING)}
    return sorted(latest.values(), key=lambda figure: (places[figure.measure], figure.size))


def quantity(value: float, unit: str) -> str:
    """Return a value with three significant digits, in a unit that suits it."""
    if unit == "s" and value < 1:
        value, unit = value * 1000, "ms"
    digits = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{digits} {unit}"


def _columns(figure: Figure) -> list[str]:
    peer = (
        f"{quantity(figure.peer_value, figure.unit)} ({figure.peer})" if figure.peer_value else "–"
    )
    return [quantity(figure.value, figure.unit), peer, _ratio(figure) or "–"]


def _ratio(figure: Figure) -> str:
    if figure.ratio is None:
        return ""
    return f"{figure.ratio:.2f} ×" if figure.ratio >= 0.1 else f"{figure.ratio:.2g} ×"


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return ""
    ratio = _ratio(figure)
    return quantity(figure.value, figure.unit) + (
        f" ({ratio}{' ?' if figure.doubt else ''})" if ratio else ""
    )
