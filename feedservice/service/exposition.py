"""Counts → Prometheus' text format, in its conventions. The only user of its library."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from feedservice.service.metrics import BOUNDS, LAG_BOUNDS, Counts, Gauges


def text(counts: Counts, gauges: Gauges) -> bytes:
    """Return what was counted, and what is counted elsewhere."""
    registry = CollectorRegistry()
    registry.register(_Families(counts, gauges))
    return generate_latest(registry)


class _Families:
    """The counts as Prometheus' families: requests, cache and durations are sums over them."""

    def __init__(self, counts: Counts, gauges: Gauges) -> None:
        self._counts = counts
        self._gauges = gauges

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        requests = self._sums("answers", 0, 1, 2)
        yield _counter(
            "http_requests", "Requests answered.", ("route", "format", "status"), requests
        )
        yield _counter(
            "cache_answers",
            "How answers came about: hit, miss, stale (kept, could not be made anew), pass (never "
            "kept).",
            ("how",),
            self._sums("answers", 3),
        )
        yield self._histogram(
            "http_request_duration_seconds",
            "From a request's arrival in the process to the last byte of its answer.",
            ("route",),
            ("duration", "seconds"),
            BOUNDS,
        )
        sent = self._sums("bytes", 0)
        yield _counter("http_response_body_bytes", "Bytes of bodies.", ("route",), sent)
        renders = self._sums("renders", 0)
        yield _counter("renders", "Feed documents rendered.", ("format",), renders)
        purges = {("failed",): 0.0, ("sent",): 0.0} | self._sums("purges", 0)
        told = "Requests that told a CDN of changes."
        yield _counter("cdn_purges", told, ("outcome",), purges)
        yield self._histogram(
            "publish_lag_seconds",
            "From the moment at which a file was saved to the moment at which readers can see it.",
            (),
            ("lag", "lag_seconds"),
            LAG_BOUNDS,
        )
        for (name, told, label), values in self._gauges().items():
            family = GaugeMetricFamily(f"feedservice_{name}", told, labels=[label] if label else [])
            for value, number in values.items():
                family.add_metric([value] if label else [], number)
            yield family

    def _sums(self, name: str, *places: int) -> dict[tuple[str, ...], float]:
        """Return the counts of one name, added up by the labels at some places."""
        sums: Counts = defaultdict(float)
        for key, value in self._counts.items():
            if key[0] == name:
                sums[tuple(key[1 + place] for place in places)] += value
        return dict(sorted(sums.items()))

    def _histogram(
        self,
        name: str,
        told: str,
        labels: tuple[str, ...],
        counted: tuple[str, str],
        bounds: tuple[float, ...],
    ) -> HistogramMetricFamily:
        places = range(len(labels))
        buckets = self._sums(counted[0], *places, len(labels))
        seconds = self._sums(counted[1], *places)
        family = HistogramMetricFamily(f"feedservice_{name}", told, labels=labels)
        if not labels:
            seconds.setdefault((), 0.0)
        for values, total in seconds.items():
            cumulated, below = [], 0.0
            for bound in (*map(str, bounds), "+Inf"):
                below += buckets.get((*values, bound), 0)
                cumulated.append((bound, below))
            family.add_metric(values, cumulated, total)
        return family


def _counter(
    name: str, told: str, labels: tuple[str, ...], sums: Mapping[tuple[str, ...], float]
) -> CounterMetricFamily:
    family = CounterMetricFamily(f"feedservice_{name}", told, labels=labels)
    for values, value in sums.items():
        family.add_metric(values, value)
    return family
