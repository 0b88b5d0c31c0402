"""The numbers that operators watch, in Prometheus' conventions: counting them, telling them.

Each process counts in memory and writes its counts to a file of its own in one folder; whoever is
scraped adds up all files. Nothing is mapped into memory, so a full disk stops the writing of counts
and nothing else. It must not know the index or HTTP.
"""

import json
import logging
import os
import threading
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from feedservice.system import atomic_write

log = logging.getLogger(__name__)

Gauges = Callable[[], Mapping[tuple[str, str, str], Mapping[str, float]]]
"""Returns what is counted elsewhere: (name, help, label's name) → label's value → number."""

FLUSH_INTERVAL = 0.5
"""Seconds that an answer may wait to be counted."""

_MAX_WAITING = 100_000
"""Answers that wait, should nobody be able to count them."""
_BOUNDS = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01),
    *(0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
)
_LAG_BOUNDS = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)

Counts = defaultdict[tuple[str, ...], float]
"""(what is counted, its labels …) → how many, or how much."""


class Metrics:
    """What a process counts. Safe to share among threads; a fork's copy counts for itself.

    Args:
        folder: where the processes of one service meet; None for a process alone.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._counts: Counts = defaultdict(float)
        self._lock = threading.Lock()
        self._waiting: deque[tuple[str, str, str, str, int, float]] = deque(maxlen=_MAX_WAITING)
        self._flusher: threading.Thread | None = None
        self._is_failing = False
        self._token = os.urandom(4).hex()  # process numbers come again

    def answered(
        self, route: str, format_: str, status: str, cache: str, length: int, seconds: float
    ) -> None:
        """Note an answer, which is counted later: counting takes longer than a kept answer does.

        Args:
            route: what kind of address it has; one of a few.
            format_: of the document: rss, atom, html, …
            status: three digits.
            cache: hit, miss, stale (a kept answer that could not be made anew), pass (not the
                cache's business).
            length: bytes of its body.
            seconds: that it took.
        """
        self._waiting.append((route, format_, status, cache, length, seconds))
        # Not before the first answer: threads do not survive a preloading server's fork.
        if self._flusher is None:
            self._flusher = threading.Thread(
                target=self._keep_flushing, name="metrics", daemon=True
            )
            self._flusher.start()

    def rendered(self, format_: str) -> None:
        """Count a document."""
        with self._lock:
            self._counts["renders", format_] += 1

    def published(self, seconds: float) -> None:
        """Count a file that readers can see now, so long after it was saved; write it at once."""
        with self._lock:
            self._counts["lag", _bucket(seconds, _LAG_BOUNDS)] += 1
            self._counts["lag_seconds",] += seconds
        self.flush()

    def text(self, gauges: Gauges) -> bytes:
        """Return all there is to tell, in Prometheus' text format.

        Args:
            gauges: asked at each scrape.
        """
        self.flush()
        with self._lock:
            counts = self._counts.copy()
        for path in self._folder.glob("*.json") if self._folder else ():
            if path != self._file():
                for key, value in _read(path).items():
                    counts[key] += value
        registry = CollectorRegistry()
        registry.register(_Families(counts, gauges))
        return generate_latest(registry)

    def flush(self) -> None:
        """Count what was only noted, and write this process' file; a fault is logged once."""
        with self._lock:
            while self._waiting:
                route, format_, status, cache, length, seconds = self._waiting.popleft()
                self._counts["answers", route, format_, status, cache] += 1
                self._counts["bytes", route] += length
                self._counts["duration", route, _bucket(seconds, _BOUNDS)] += 1
                self._counts["seconds", route] += seconds
            rows = [[*key, value] for key, value in self._counts.items()]
        file = self._file()
        if file is None:
            return
        # Beyond the lock: whoever renders a document waits for no disk.
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            atomic_write.replace(file, (json.dumps(rows).encode(),), mode=0o600)
        except OSError as error:
            if not self._is_failing:
                log.warning("counts are kept in memory, their file cannot be written: %s", error)
            self._is_failing = True
        else:
            self._is_failing = False

    def _file(self) -> Path | None:
        return self._folder / f"{os.getpid()}-{self._token}.json" if self._folder else None

    def _keep_flushing(self) -> None:
        pause = threading.Event()
        while not pause.wait(FLUSH_INTERVAL):
            if self._waiting:
                self.flush()


def forget(folder: Path) -> None:
    """Delete the counts of processes that ended, so that a service that starts counts from zero."""
    for path in folder.glob("*"):
        path.unlink(missing_ok=True)


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
            _BOUNDS,
        )
        sent = self._sums("bytes", 0)
        yield _counter("http_response_body_bytes", "Bytes of bodies.", ("route",), sent)
        renders = self._sums("renders", 0)
        yield _counter("renders", "Feed documents rendered.", ("format",), renders)
        yield self._histogram(
            "publish_lag_seconds",
            "From the moment at which a file was saved to the moment at which readers can see it.",
            (),
            ("lag", "lag_seconds"),
            _LAG_BOUNDS,
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


def _bucket(seconds: float, bounds: tuple[float, ...]) -> str:
    place = bisect_left(bounds, seconds)
    return str(bounds[place]) if place < len(bounds) else "+Inf"


def _read(path: Path) -> dict[tuple[str, ...], float]:
    """The counts of another process; none where its file vanished or is damaged."""
    try:
        return {tuple(key): float(value) for *key, value in json.loads(path.read_text())}
    except (OSError, ValueError, TypeError):
        return {}
