"""What the index and the source of content are asked for at each scrape."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from feedservice.clock import steady_now
from feedservice.domain.errors import IndexUnavailable
from feedservice.index.overview import Tally, tally
from feedservice.index.reader import IndexReader
from feedservice.service.source_standing import Standing

if TYPE_CHECKING:
    from feedservice.service.metrics import Metrics

Found = dict[tuple[str, str, str], Mapping[str, float]]
"""Values by label, by name, text and label's name."""


def index_gauges(index: IndexReader, measured: "Metrics") -> Found:
    """Return what the index counts now, as `Metrics.text` takes it; nothing without an index."""
    try:
        with index.snapshot(steady_now()) as view:
            found = tally(view)
            found.problems["warning"] += len(measured.template_faults(view.site.templates))
            return gauges_of(found)
    except IndexUnavailable:
        return {}


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
