"""A newsroom under load: who saves, who reads all the time, and what the readers missed."""

import re
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from factories import write_article
from service_process import Site

MAIN_FEEDS = ("/feed.rss", "/feed.atom", "/feed.json")
LATE = 20.0
"""Seconds after which a save that a reader does not see is lost, on a machine that is busy."""
PACE = 0.02
"""Seconds between two polls of one reader."""

_MARK = re.compile(rb"\[(\w+):(\d+)\]")
_CATEGORIES = ("field", "economy", "heritage")
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)


def fill(content: Path, count: int) -> list[str]:
    """Write articles over all categories, an hour apart; their slugs."""
    slugs = [f"old{number}" for number in range(count)]
    for number, slug in enumerate(slugs):
        folder = _CATEGORIES[number % len(_CATEGORIES)]
        date = _FIRST + timedelta(hours=number)
        write_article(content, f"{folder}/{slug}.md", date=f"{date:%Y-%m-%d %H:%M}", tags="[ماء]")
    return slugs


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One answer.

    Attributes:
        began: when it was asked, in monotonic seconds.
        seconds: until all of it was there.
        status: 0 where none came.
        shown: the versions of the articles that it shows, by slug.
    """

    path: str
    began: float
    seconds: float
    status: int
    shown: Mapping[str, int]


def poll(site: Site, path: str) -> Poll:
    began = time.monotonic()
    status, body, _ = site.get(path)
    shown = {slug.decode(): int(version) for slug, version in _MARK.findall(body)}
    seconds = time.monotonic() - began
    return Poll(path=path, began=began, seconds=seconds, status=status, shown=shown)


class Readers:
    """Ask for addresses, each in a thread and each time by a new connection, while in a `with`."""

    def __init__(self, site: Site, *paths: str) -> None:
        self.polls: list[Poll] = []
        self._site = site
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(path,)) for path in paths]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, path: str) -> None:
        while not self._stop.wait(PACE):
            self.polls.append(poll(self._site, path))

    def statuses(self) -> Counter[int]:
        return Counter(each.status for each in self.polls)

    def __str__(self) -> str:
        """Say how many polls there were, and how long they took."""
        seconds = sorted(each.seconds for each in self.polls)
        p50, p99 = (1000 * percentile(seconds, share) for share in (0.5, 0.99))
        return f"{len(seconds)} polls, p50 {p50:.0f} ms, p99 {p99:.0f} ms"


class Newsroom:
    """Saves articles, each time with the next number in the title, and remembers when."""

    def __init__(self, content: Path) -> None:
        self._content = content
        self._versions: Counter[str] = Counter()
        self.saved: dict[tuple[str, int], float] = {}

    def save(self, slug: str, folder: str = "field", **front: str) -> None:
        self._versions[slug] += 1
        version = self._versions[slug]
        given = {"date": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}+00:00", **front}
        write_article(
            self._content, f"{folder}/{slug}.md", title=f"خبر [{slug}:{version}]", **given
        )
        self.saved[slug, version] = time.monotonic()

    def is_shown(self, site: Site, paths: Collection[str]) -> bool:
        """Whether lists show the last version of every article that was saved."""
        return all(
            not self._versions or poll(site, path).shown.items() >= self._versions.items()
            for path in paths
        )

    def lags(self, polls: Iterable[Poll]) -> list[float]:
        """For each save the seconds until no poll lacked it any more, sorted.

        A save that was seen and then missing is late by the last poll that lacked it.
        """
        asked = [(each.began, each.shown) for each in polls if each.status == 200]
        return sorted(
            max(
                (began - moment for began, shown in asked if shown.get(slug, 0) < version),
                default=0.0,
            )
            for (slug, version), moment in self.saved.items()
        )


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of sorted values lies."""
    return values[min(int(share * len(values)), len(values) - 1)]
