"""Readers who ask all the time, and compare what they get with what the desk knows."""

import random
import time
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import quote

from benchmarks.generate import NOUNS
from desk import Desk, Entry
from newsroom import MAIN_FEEDS, Poll, poll
from service_process import Site

FORMATS = (".rss", ".atom", ".json")
EVERYWHERE_WITHIN = 5.0
"""Seconds after which every answer shows what one answer has shown."""
FRONT = 40
"""Of the newest articles that a feed shows, how many are looked for: some are about to leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that was lost, or wrong."""

    what: str
    where: str


class Audience:
    """Ask all the time, compare with what the desk says, and remember what was wrong."""

    def __init__(self, site: Site, desk: Desk, seed: int) -> None:
        self.asked: defaultdict[str, list[Poll]] = defaultdict(list)
        self.seen: dict[Entry, float] = {}
        self.superseded = 0
        self.faults: list[Fault] = []
        self._site = site
        self._desk = desk
        self._random = random.Random(seed + 1)
        self._unseen: list[Entry] = []

    def follow(self, entry: Entry) -> None:
        self._unseen.append(entry)

    @property
    def unseen(self) -> list[Entry]:
        return list(self._unseen)

    def _poll(self, kind: str, path: str) -> Poll:
        answer = poll(self._site, path)
        self.asked[kind].append(answer)
        if answer.status == 0 or answer.status >= 500:
            self.faults.append(Fault(what=f"answered {answer.status}", where=path))
        return answer

    def look_for_changes(self) -> None:
        """Note which changes the articles' own pages show by now."""
        for entry in self.unseen:
            if self._desk.now(entry.key) is not entry:
                self.superseded += 1
            elif not _is_shown(entry, self._poll("a changed article", entry.page)):
                continue
            else:
                self.seen[entry] = time.monotonic()
            self._unseen.remove(entry)

    def look_at_pages(self) -> None:
        """Ask for any article at all."""
        entry = self._random.choice(self._desk.entries())
        answer = self._poll("any article", entry.page)
        if self._is_settled(entry, answer) and not _is_shown(entry, answer):
            self.faults.append(_missing(entry, answer))

    def look_at_main_feeds(self) -> None:
        self._look_at_front(self._random.choice(MAIN_FEEDS), "main feed")

    def look_at_home(self) -> None:
        self._poll("home page", "/")

    def look_at_categories(self) -> None:
        number = self._random.randrange(20)
        path = f"/categories/section-{number}{self._random.choice(('', *FORMATS))}"
        if not self._poll("category", path).shown:
            self.faults.append(Fault(what="shows no article", where=path))

    def search(self) -> None:
        words = quote(" ".join(self._random.choices(NOUNS, k=2)))
        self._poll("search", f"/search{self._random.choice(FORMATS)}?q={words}")

    def look_at_media(self) -> None:
        path = f"/media/{self._random.randrange(10)}.png"
        if self._poll("media", path).status != 200:
            self.faults.append(Fault(what="is not there", where=path))

    def _look_at_front(self, path: str, kind: str) -> None:
        there = [entry for entry in self._desk.entries() if not entry.is_gone]
        newest = sorted(there, key=lambda entry: entry.date)[-FRONT:]
        answer = self._poll(kind, path)
        for entry in newest:
            if self._is_settled(entry, answer) and not _is_shown(entry, answer):
                self.faults.append(_missing(entry, answer))

    def _is_settled(self, entry: Entry, answer: Poll) -> bool:
        """Whether it was seen a while before, or never changed, and is the same still."""
        seen = 0.0 if entry.since == 0.0 else self.seen.get(entry)
        return (
            seen is not None
            and seen + EVERYWHERE_WITHIN < answer.began
            and self._desk.now(entry.key) is entry
        )


def _is_shown(entry: Entry, answer: Poll) -> bool:
    if entry.is_gone:
        return answer.status in {404, 410}
    key, version = entry.mark
    return answer.status == 200 and answer.shown.get(key) == version


def _missing(entry: Entry, answer: Poll) -> Fault:
    ago = answer.began - entry.since
    key, version = entry.mark
    found = answer.shown.get(key, "nothing")
    return Fault(
        what=f"{answer.status}, {found} instead of {version} of {key}, {ago:.0f} s after its "
        f"{entry.change}",
        where=answer.path,
    )
