"""What the index and the source of content are asked for at each scrape."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from feedservice.clock import steady_now
from feedservice.domain.errors import IndexUnavailable
from feedservice.index.overview import Tally, problem_counts, tally
from feedservice.index.reader import IndexReader
from feedservice.index.snapshot import Snapshot
from feedservice.service.source_standing import Standing

if TYPE_CHECKING:
    from feedservice.service.metrics import Metrics

Found = dict[tuple[str, str, str], Mapping[str, float]]
"""Values by label, by name, text and label's name."""


QUICK, SHARE = 0.25, 20
"""Problems that are counted in so many seconds are counted at each scrape; those of a large archive
full of links take a twentieth of the time at most."""


class IndexGauges:
    """What the index counts.

    Args:
        index: is asked.
        measured: knows what is wrong with templates.
        monotonic: tells seconds.
    """

    def __init__(
        self,
        index: IndexReader,
        measured: "Metrics",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._index = index
        self._measured = measured
        self._monotonic = monotonic
        self._problems: dict[str, int] | None = None
        self._due = 0.0

    def now(self) -> Found:
        """Return what it counts, as `Metrics.text` takes it; nothing without an index."""
        try:
            with self._index.snapshot(steady_now()) as view:
                found = tally(view, self._counted(view))
                found.problems["warning"] += len(
                    self._measured.template_faults(view.site.templates)
                )
                return gauges_of(found)
        except IndexUnavailable:
            return {}

    def _counted(self, view: Snapshot) -> dict[str, int]:
        begin = self._monotonic()
        if self._problems is None or begin >= self._due:
            self._problems = problem_counts(view)
            took = self._monotonic() - begin
            self._due = begin + SHARE * took if took > QUICK else begin
        return self._problems


def source_gauges(found: Standing) -> Found:
    """Return how the source of content stands, under a name that operators know."""
    failing = (steady_now() - found.failing_since).total_seconds() if found.failing_since else 0.0
    told = "Seconds since content can no longer be had from its source; 0 while it can."
    return {("source_failing_seconds", told, ""): {"": max(failing, 0.0)}}


def gauges_of(found: Tally) -> Found:
    """Return a tally under the names that operators know."""
    return {
        ("articles", "Articles by state.", "state"): found.articles,
        (
            "problems",
            "Problems of files, as `feedservice check` tells them.",
            "severity",
        ): found.problems,
        ("outbox_pings", "Lists of which a WebSub hub is still to be told.", ""): {"": found.pings},
        ("outbox_purges", "Keys of which a CDN is still to be told.", ""): {"": found.purges},
    }
