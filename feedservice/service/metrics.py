"""The numbers that operators watch, in Prometheus' conventions: what is counted, and how it is
told.

Counts of all processes of a service add up through files in one folder, which `prometheus_client`
finds in ``PROMETHEUS_MULTIPROC_DIR``: wiring sets it before this module is imported. It must not
know the index or HTTP.
"""

import logging
import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.samples import Sample

log = logging.getLogger(__name__)

Gauges = Callable[[], Mapping[tuple[str, str, str], Mapping[str, float]]]
"""Returns what is counted elsewhere: (name, help, label's name) → label's value → number."""

FLUSH_EVERY = 0.5
"""Seconds that an answer may wait to be counted."""

_MOST = 100_000
"""Answers that wait, should nobody be able to count them."""
_BOUNDS = (
    0.0001,
    0.00025,
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
)
_LE = (*map(str, _BOUNDS), "+Inf")
_LAG = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)


class Metrics:
    """What a process counts.

    Args:
        folder: where the processes of one service meet; empty for a process alone.
    """

    def __init__(self, folder: str = "") -> None:
        self._folder = folder
        self._own = CollectorRegistry()
        self._answers = Counter(
            "answers",
            "Requests answered.",
            ["route", "format", "status", "how", "le"],
            registry=self._own,
        )
        self._seconds = Counter(
            "answer_seconds", "Time that answers took.", ["route"], registry=self._own
        )
        self._bytes = Counter("answer_bytes", "Bytes of bodies.", ["route"], registry=self._own)
        self._renders = Counter(
            "feedservice_renders", "Feed documents rendered.", ["format"], registry=self._own
        )
        self._lag = Histogram(
            "feedservice_publish_lag_seconds",
            "From the moment at which a file was saved to the moment at which readers can see it.",
            buckets=_LAG,
            registry=self._own,
        )
        self._waiting: deque[tuple[str, str, str, str, int, float]] = deque(maxlen=_MOST)
        self._flusher: threading.Thread | None = None

    def answered(
        self, route: str, format_: str, status: str, how: str, length: int, seconds: float
    ) -> None:
        """Count an answer. It is only noted here: counting takes longer than a prepared answer
        does.

        Args:
            route: what kind of address it has; one of a few.
            format_: of the document: rss, atom, html, …
            status: three digits.
            how: hit, miss, stale (a kept answer that could not be made anew), pass (not the cache's
                business).
            length: bytes of its body.
            seconds: that it took.
        """
        self._waiting.append((route, format_, status, how, length, seconds))
        if (
            self._flusher is None
        ):  # not before the first answer: threads do not survive a preloading server's fork
            self._flusher = threading.Thread(
                target=self._keep_flushing, name="metrics", daemon=True
            )
            self._flusher.start()

    def rendered(self, format_: str) -> None:
        """Count a document."""
        self._renders.labels(format_).inc()

    def published(self, seconds: float) -> None:
        """Count a file that readers can see now, so long after it was saved."""
        self._lag.observe(seconds)

    def text(self, gauges: Gauges) -> bytes:
        """Return all there is to tell, in Prometheus' text format.

        Args:
            gauges: asked at each scrape.
        """
        self.flush()
        source = self._own
        if self._folder:
            source = CollectorRegistry()
            MultiProcessCollector(source, path=self._folder)  # type: ignore[no-untyped-call]
        shown = CollectorRegistry()
        shown.register(_Told(source, gauges))
        return generate_latest(shown)

    def flush(self) -> None:
        """Count what was only noted."""
        answers: dict[tuple[str, str, str, str, str], int] = {}
        sums: dict[str, tuple[float, int]] = {}
        with suppress(IndexError):  # another thread may have taken the last one
            while self._waiting:
                route, format_, status, how, length, seconds = self._waiting.popleft()
                key = (route, format_, status, how, _LE[bisect_left(_BOUNDS, seconds)])
                answers[key] = answers.get(key, 0) + 1
                took, sent = sums.get(route, (0.0, 0))
                sums[route] = (took + seconds, sent + length)
        for labels, count in answers.items():
            self._answers.labels(*labels).inc(count)
        for route, (took, sent) in sums.items():
            self._seconds.labels(route).inc(took)
            self._bytes.labels(route).inc(sent)

    def _keep_flushing(self) -> None:
        pause = threading.Event()
        while not pause.wait(FLUSH_EVERY):
            try:
                self.flush()
            except OSError as error:
                log.warning("answers are not counted: %s", error)


class _Told:
    """What is counted → what is told: requests, cache and durations are sums over one counter."""

    def __init__(self, source: CollectorRegistry, gauges: Gauges) -> None:
        self._source = source
        self._gauges = gauges

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        counted = {family.name: family for family in self._source.collect()}
        sums = {
            name: counted.pop(name, None) for name in ("answers", "answer_seconds", "answer_bytes")
        }
        answers = [(s.labels, s.value) for s in _samples(sums["answers"])]
        yield _total(
            "feedservice_http_requests",
            "Requests answered.",
            ("route", "format", "status"),
            answers,
        )
        yield _total(
            "feedservice_cache_answers",
            "How answers came about: hit, miss, stale (kept, could not be made anew), pass (never kept).",
            ("how",),
            answers,
        )
        seconds = {s.labels["route"]: s.value for s in _samples(sums["answer_seconds"])}
        yield _durations(answers, seconds)
        sent = [(s.labels, s.value) for s in _samples(sums["answer_bytes"])]
        yield _total("feedservice_http_response_body_bytes", "Bytes of bodies.", ("route",), sent)
        yield from counted.values()
        for (name, told, label), values in self._gauges().items():
            family = GaugeMetricFamily(f"feedservice_{name}", told, labels=[label] if label else [])
            for value, number in values.items():
                family.add_metric([value] if label else [], number)
            yield family


def _samples(family: Metric | None) -> list[Sample]:
    return [s for s in family.samples if s.name.endswith("_total")] if family else []


def _total(
    name: str,
    told: str,
    labels: tuple[str, ...],
    counted: Iterable[tuple[Mapping[str, str], float]],
) -> CounterMetricFamily:
    """The counts, added up by some of their labels."""
    sums: dict[tuple[str, ...], float] = {}
    for given, value in counted:
        key = tuple(given[label] for label in labels)
        sums[key] = sums.get(key, 0) + value
    family = CounterMetricFamily(name, told, labels=labels)
    for key, value in sorted(sums.items()):
        family.add_metric(key, value)
    return family


def _durations(
    answers: Iterable[tuple[Mapping[str, str], float]], seconds: Mapping[str, float]
) -> HistogramMetricFamily:
    family = HistogramMetricFamily(
        "feedservice_http_request_duration_seconds",
        "From a request's arrival in the process to the last byte of its answer.",
        labels=["route"],
    )
    counts: dict[str, dict[str, float]] = {}
    for labels, value in answers:
        of_route = counts.setdefault(labels["route"], dict.fromkeys(_LE, 0.0))
        of_route[labels["le"]] += value
    for route, of_route in sorted(counts.items()):
        total, buckets = 0.0, []
        for bound in _LE:
            total += of_route[bound]
            buckets.append((bound, total))
        family.add_metric([route], buckets, seconds.get(route, 0.0))
    return family
