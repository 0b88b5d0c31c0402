"""The numbers that operators watch: counting them; `exposition` tells them.

Each process counts in memory and writes its counts to a file of its own in one folder; whoever is
scraped adds up all files. Nothing is mapped into memory, so a full disk stops the writing of counts
and nothing else. It must not know the index or HTTP.
"""

import hashlib
import json
import logging
import os
import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from feedservice.domain.model import Problem, Severity, Template
from feedservice.system import atomic_write

log = logging.getLogger(__name__)

Gauges = Callable[[], Mapping[tuple[str, str, str], Mapping[str, float]]]
"""Returns what is counted elsewhere: (name, help, label's name) → label's value → number."""

FLUSH_INTERVAL = 0.5
"""Seconds after which what was counted is written."""

BOUNDS = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01),
    *(0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
)
LAG_BOUNDS = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)

Counts = defaultdict[tuple[str, ...], float]
"""(what is counted, its labels …) → how many, or how much."""


class _Answers:
    """What answers of one kind came to since it was written last."""

    __slots__ = ("by_duration", "seconds", "sent")

    def __init__(self) -> None:
        self.sent = 0
        self.seconds = 0.0
        self.by_duration = [0] * (len(BOUNDS) + 1)


class Metrics:
    """What a process counts. Safe to share among threads; a fork's copy counts for itself.

    Args:
        folder: where the processes of one service meet; None for a process alone.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._counts: Counts = defaultdict(float)
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, str, str, str], _Answers] = {}
        self._flusher: threading.Thread | None = None
        self._is_failing = False
        self._token = os.urandom(4).hex()  # process numbers come again

    def answered(
        self, route: str, format_: str, status: str, cache: str, length: int, seconds: float
    ) -> None:
        """Count an answer.

        What is counted is few numbers for each kind of answers, in the processor's caches: a note
        of each that is counted later costs a kept answer twice as much.

        Args:
            route: what kind of address it has; one of a few.
            format_: of the document: rss, atom, html, …
            status: three digits.
            cache: hit, miss, stale (a kept answer that could not be made anew), pass (not the
                cache's business).
            length: bytes of its body.
            seconds: that it took.
        """
        key = route, format_, status, cache
        with self._lock:
            like = self._answers.get(key)
            if like is None:
                like = self._answers[key] = _Answers()
            like.sent += length
            like.seconds += seconds
            like.by_duration[bisect_left(BOUNDS, seconds)] += 1
        # Not before the first answer: threads do not survive a preloading server's fork.
        if self._flusher is None:
            self._flusher = threading.Thread(
                target=self._keep_flushing, name="metrics", daemon=True
            )
            try:
                self._flusher.start()
            except RuntimeError:  # the system gives no more of them: the next answer asks again
                self._flusher = None

    def rendered(self, format_: str) -> None:
        """Count a document."""
        with self._lock:
            self._counts["renders", format_] += 1

    def published(self, lags: Sequence[float]) -> None:
        """Count files that readers can see now, each so many seconds after it was saved.

        They are written once: a write for each took a third of a first indexing.
        """
        with self._lock:
            for seconds in lags:
                bound = _bound(LAG_BOUNDS, bisect_left(LAG_BOUNDS, seconds))
                self._counts["lag", bound] += 1
                self._counts["lag_seconds",] += seconds
        self.flush()

    def purged(self, outcome: str) -> None:
        """Count a request that told a CDN of changes, ``sent`` or ``failed``."""
        with self._lock:
            self._counts["purges", outcome] += 1
        self.flush()

    def template_failed(self, templates: tuple[Template, ...], fault: Problem) -> None:
        """Note what went wrong in one of a site's templates, for `template_faults` to tell."""
        key = ("template_failed", _key(templates), fault.path, f"{fault.line}")
        with self._lock:
            self._counts[*key, fault.facts["value"]] += 1
        self.flush()

    def template_faults(self, templates: tuple[Template, ...]) -> tuple[Problem, ...]:
        """Return what any process noted of these templates; of others' faults nothing is known."""
        wanted = ("template_failed", _key(templates)) if templates else ()
        return tuple(
            Problem(
                path=key[2],
                line=int(key[3]),
                code="template-bad",
                facts={"value": key[4]},
                severity=Severity.WARNING,
            )
            for key in sorted(self._all_counts() if templates else ())
            if key[:2] == wanted
        )

    def text(self, gauges: Gauges) -> bytes:
        """Return all there is to tell, in Prometheus' text format.

        Args:
            gauges: asked at each scrape.
        """
        self.flush()
        counts = self._all_counts()
        # A library that only a scrape needs, at twice the cost of all other modules of this room.
        from feedservice.service.exposition import text  # noqa: PLC0415

        return text(counts, gauges)

    def _all_counts(self) -> Counts:
        """What all processes counted."""
        with self._lock:
            counts = self._counts.copy()
        for path in self._folder.glob("*.json") if self._folder else ():
            if path != self._file():
                for key, value in _read(path).items():
                    counts[key] += value
        return counts

    def flush(self) -> None:
        """Write this process' file; a fault is logged once."""
        with self._lock:
            for (route, *of), like in self._answers.items():
                self._counts["answers", route, *of] += sum(like.by_duration)
                self._counts["bytes", route] += like.sent
                self._counts["seconds", route] += like.seconds
                for place, times in enumerate(like.by_duration):
                    if times:
                        self._counts["duration", route, _bound(BOUNDS, place)] += times
            self._answers.clear()
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
            if self._answers:
                self.flush()


def _key(templates: tuple[Template, ...]) -> str:
    """What tells the templates of one moment from others."""
    texts = "\0".join(f"{each.name}\0{each.text}" for each in templates)
    return hashlib.blake2b(texts.encode(), digest_size=8).hexdigest()


def forget(folder: Path) -> None:
    """Delete the counts of processes that ended, so that a service that starts counts from zero."""
    for path in folder.glob("*"):
        path.unlink(missing_ok=True)


def _bound(bounds: tuple[float, ...], place: int) -> str:
    return str(bounds[place]) if place < len(bounds) else "+Inf"


def _read(path: Path) -> dict[tuple[str, ...], float]:
    """The counts of another process; none where its file vanished or is damaged."""
    try:
        return {tuple(key): float(value) for *key, value in json.loads(path.read_text())}
    except (OSError, ValueError, TypeError):
        return {}
