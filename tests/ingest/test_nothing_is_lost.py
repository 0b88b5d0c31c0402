"""Whatever is saved, renamed and removed, and whenever a look at the folder falls: nothing is lost.

A real folder, index and loop, in which time passes and editors work wherever the code looks at the
disk. What was drawn is drawn again by the number that a failure tells.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from effort import rounds
from factories import NOW, SITE_YAML, snapshot, write_article
from feedservice.content.files import ContentFiles
from feedservice.content.reader import reading_key
from feedservice.content.seen import Seen
from feedservice.content.tree import Kind
from feedservice.content.watch import Changes
from feedservice.domain.selections import Selection
from feedservice.index.engine import open_engine
from feedservice.index.writer import IndexWriter
from feedservice.ingest.background_walk import BackgroundWalk
from feedservice.ingest.indexer import Indexer
from feedservice.ingest.plan import GRACE
from feedservice.service.writer import follow

ARTICLES = 40
REMOVALS = 2
"""More within a minute might be taken for an accident."""
FOLDERS = ("field", "field/inner", "economy", "economy/deep", "heritage")
EVERY = 60.0
STEPS = 30


class Guard:
    """Lets no mass removal pass."""

    def pop_lifted(self) -> bool:
        return False


@dataclass
class Editors:
    """What editors do to a folder, and what a watcher would tell of it."""

    root: Path
    draw: random.Random
    elapsed: float = 1000.0
    events: list[str] = field(default_factory=list)
    at: dict[int, str] = field(default_factory=dict)
    """Where each article lies now."""
    absent: dict[int, tuple[float, str]] = field(default_factory=dict)
    """Articles whose editor removed them to write them again, since when, and where."""
    moves: dict[int, list[float]] = field(default_factory=dict)
    """When each article came to other places."""
    gone: dict[int, float] = field(default_factory=dict)
    """When each was last removed to be written again."""
    removed: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    version: int = 0
    titles: dict[int, str] = field(default_factory=dict)
    likely: float = 0.0
    told: float = 0.0
    """When a watcher told all it knew."""
    busy: bool = False
    tells_whole: bool = False
    faults: list[str] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.elapsed

    def clock(self) -> datetime:
        return NOW + timedelta(seconds=self.elapsed)

    def pause(self, seconds: float) -> None:
        self.elapsed += seconds
        self.maybe()

    def maybe(self) -> None:
        """Do something, or not; called wherever the code looks at the disk."""
        if self.busy or self.draw.random() >= self.likely:
            return
        self.busy = True
        self.act()
        self.busy = False

    def act(self) -> None:
        self.elapsed += self.draw.choice((0.001, 0.01, 0.08))
        if self.absent and self.draw.random() < 0.5:
            self.come_back()
        else:
            self.draw.choice(
                (
                    *(self.save, self.save, self.replace, self.swap, self.rename, self.rename),
                    *(self.rename_folder, self.remove, self.break_, self.touch_media),
                )
            )()

    def come_back(self) -> None:
        for number in list(self.absent):
            _, path = self.absent.pop(number)
            self.write(number, path)

    def write(self, number: int, path: str, *, is_broken: bool = False, aside: str = "") -> None:
        self.version += 1
        title = f"v{self.version} n{number}"
        front = {"date": "31/02/2026"} if is_broken else {}
        file = write_article(
            self.root, aside or path, title=title, id=f"tag:news.example,2025:{number}", **front
        )
        moment = int(self.clock().timestamp() * 1e9)
        os.utime(file, ns=(moment, moment))
        if aside:
            file.replace(self.root / path)
        self.at[number] = path
        self.events.append(path)
        if is_broken:
            self.broken.add(number)
        else:
            self.broken.discard(number)
            self.titles[number] = title

    def some(self) -> int | None:
        return self.draw.choice(sorted(self.at)) if self.at else None

    def save(self) -> None:
        if (number := self.some()) is not None:
            self.write(number, self.at[number])

    def break_(self) -> None:
        if (number := self.some()) is not None:
            self.write(number, self.at[number], is_broken=True)

    def replace(self) -> None:
        if (number := self.some()) is not None:
            self.write(number, self.at[number], aside=f"field/.{number}.tmp")

    def swap(self) -> None:
        """Remove, and write again a moment later."""
        if (number := self.some()) is not None:
            path = self.at.pop(number)
            (self.root / path).unlink()
            self.events.append(path)
            self.gone[number] = self.elapsed
            self.absent[number] = (self.elapsed, path)

    def rename(self) -> None:
        if (number := self.some()) is not None:
            old = self.at[number]
            stem = self.draw.choice((Path(old).stem, f"name-{self.version}-{number}"))
            new = f"{self.draw.choice(FOLDERS)}/{stem}.md"
            self.version += 1
            if not (self.root / new).exists():
                (self.root / new).parent.mkdir(exist_ok=True)
                (self.root / old).rename(self.root / new)
                self.at[number] = new
                self.moves.setdefault(number, []).append(self.elapsed)
                self.events += [old, new]

    def rename_folder(self) -> None:
        old = self.draw.choice(("field/inner", "economy/deep"))
        new = f"{self.draw.choice(('field', 'economy', 'heritage'))}/moved-{self.version}"
        self.version += 1
        if (self.root / old).exists():
            self.come_back()
            (self.root / old).rename(self.root / new)
            for number, path in self.at.items():
                if path.startswith(f"{old}/"):
                    self.at[number] = f"{new}/{path.rpartition('/')[2]}"
                    self.moves.setdefault(number, []).append(self.elapsed)
            self.events += [old, new]

    def remove(self) -> None:
        number = self.some()
        if number is not None and len(self.removed) < REMOVALS:
            path = self.at.pop(number)
            (self.root / path).unlink()
            self.removed.add(number)
            self.events.append(path)

    def touch_media(self) -> None:
        self.events.append("media/picture.png")

    def batch(self) -> Changes:
        """What a watcher tells now: all events so far, or not yet the newest."""
        told = self.draw.choice((len(self.events), self.draw.randint(0, len(self.events))))
        if self.elapsed - self.told > GRACE / 3:
            told, self.told = len(self.events), self.elapsed
        return self.tell(told)

    def tell(self, count: int) -> Changes:
        """Tell of the first events; each write is closed by then."""
        batch, self.events = frozenset(self.events[:count]), self.events[count:]
        whole = (path for path in batch if path.endswith(".md") and self.tells_whole)
        return Changes(batch, frozenset(whole))

    def steady(self) -> set[int]:
        """Articles that readers must see, if they ever did.

        An editor that writes one again may take a moment. One that moves again, or is removed to be
        written again, before it was found where it had moved to may be missing until it is.
        """
        soon = {n for n, (since, _) in self.absent.items() if self.elapsed - since < GRACE}
        lately = self.elapsed - 4 * GRACE
        restless = {
            number
            for number, at in self.moves.items()
            if min(at[-1], max((*at[-2:-1], self.gone.get(number, 0.0)))) > lately
        }
        return {*self.at, *soon} - restless


class WatchedFiles(ContentFiles):
    """A content folder in which editors work whenever it is looked at."""

    def __init__(self, editors: Editors) -> None:
        super().__init__(editors.root)
        self.editors = editors

    def stat(self, path: str) -> Seen | None:
        self.editors.maybe()
        return super().stat(path)

    def read_seen(self, path: str) -> tuple[bytes, Seen]:
        self.editors.maybe()
        return super().read_seen(path)

    def look(self) -> Iterator[tuple[Kind, str, Seen | None]]:
        for step in super().look():
            yield step
            self.editors.maybe()


class SlowWalk(BackgroundWalk):
    """A walk that is used some turns of the loop after it was made."""

    turns = 0

    def is_done(self) -> bool:
        self.turns -= 1
        return self.turns < 0


class Turns(Indexer):
    """An indexer whose walks take as many turns as were drawn."""

    editors: Editors

    def begin_walk(self) -> BackgroundWalk:
        walk = SlowWalk(partial(self._look_at_all, reading_key(self._index.site())))
        walk.result()
        walk.turns = self.editors.draw.choice((0, 1, 5, 12))
        return walk


class WatchedIndex(IndexWriter):
    """An index that looks, after each write, whether an article is missing."""

    editors: Editors
    shown: frozenset[int] = frozenset()

    def apply(self, *given: object, **named: object) -> frozenset[tuple[str, str]]:  # type: ignore[override]
        lists = super().apply(*given, **named)  # type: ignore[arg-type]
        now = shown(self).keys()
        missing = (self.shown & self.editors.steady()) - now
        for number in missing:  # not raised: the loop outlives every fault
            self.editors.faults.append(f"{number}, seen, was missing at {self.editors.elapsed}")
        self.shown = (self.shown | now) & self.editors.steady()
        return lists


def shown(index: IndexWriter) -> dict[int, str]:
    found = snapshot(index, NOW + timedelta(days=1)).select(Selection(), 1000)
    return {int(each.title.partition(" n")[2]): each.title for each in found}


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(rounds(1000, 12)))
def test_no_save_is_lost_and_nothing_is_missing_meanwhile(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    root = tmp_path / "content"
    (root / "field").mkdir(parents=True)
    (root / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    editors = Editors(root, random.Random(seed), tells_whole=bool(seed % 2))
    for number in range(ARTICLES):
        editors.write(number, f"{FOLDERS[number % len(FOLDERS)]}/a{number}.md")
    engine = open_engine(f"sqlite:///{tmp_path / 'index'}", readonly=False)
    index = WatchedIndex(engine)
    index.editors = editors
    index.prepare()
    indexer = Turns(
        WatchedFiles(editors), index, editors.clock, editors.pause, monotonic=editors.monotonic
    )
    indexer.editors = editors
    editors.elapsed += 5

    def batches() -> Iterator[Changes]:
        editors.events = []
        yield Changes()
        assert len(shown(index)) == ARTICLES
        editors.likely = editors.draw.choice((0.01, 0.05, 0.2))
        for _ in range(STEPS):
            for _ in range(editors.draw.choice((0, 0, 1, 3))):
                editors.act()
            editors.elapsed += editors.draw.choice((0.05, 0.05, 0.25, 0.25, 0.25))
            if not editors.events and not editors.absent:
                editors.elapsed += editors.draw.choice((0, 0, EVERY / 2))
            if (
                editors.absent
                and editors.elapsed - min(s for s, _ in editors.absent.values()) > GRACE / 2
            ):
                editors.come_back()
            yield editors.batch()
        editors.likely = 0
        editors.come_back()
        for _ in range(12):  # far less than until the next walk
            editors.elapsed += 0.25
            yield editors.tell(len(editors.events))

    follow(indexer, batches(), Guard(), EVERY, monotonic=editors.monotonic)  # type: ignore[arg-type]
    found = shown(index)
    assert found.keys() == editors.at.keys(), (
        f"lost {editors.at.keys() - found.keys()}, not removed {found.keys() - editors.at.keys()}"
    )
    late = {
        n: (found[n], editors.titles[n])
        for n in found.keys() - editors.broken
        if found[n] != editors.titles[n]
    }
    assert late == {}, "a save was never seen"
    assert editors.faults == []
    assert "Traceback" not in caplog.text
    engine.dispose()
