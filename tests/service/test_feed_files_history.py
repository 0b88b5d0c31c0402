"""Whatever happens: other bytes have another ETag at nginx, and no file is of yesterday."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from databases import address_of
from effort import rounds
from factories import FixedClock, article, fill, site
from feed_files_worker import Worker
from feedservice.domain.headline import Status
from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.web.plain_feed import BRIEF, CACHING

PATHS = ("/feed.atom", "/feed.rss", "/categories/field.json", "/categories/economy.rss")
A_DAY, MINUTES = 86_400 + 300 + 5, 300 + 60 + 5
"""Seconds before a moment from when on lifetimes are cut to it, and a few."""


class History:
    """A service of two workers to which anything happens. All that is written is equally long."""

    def __init__(
        self, seed: int, new_index: Callable[[], IndexWriter], clock: FixedClock, folder: Path
    ) -> None:
        self.random = Random(seed)
        self.new_index, self.clock, self.folder = new_index, clock, folder
        self.stack = ExitStack()
        self.release = 0
        self.was_late = False
        """Whether the clock was ahead once: no file is dated before that, so there may be none."""
        self.seen: dict[tuple[str, int, int], bytes] = {}
        self.told: dict[str, bytes] = {}
        """What nginx was told last, to which it goes back."""
        self.begin_index()
        self.upgrade()

    def begin_index(self) -> None:
        self.index = self.new_index()
        self.write_site()
        self.save()
        self.index.mark_filled()

    def upgrade(self) -> None:
        """Another release, or the one before again, makes other bytes of the same index."""
        self.release = 1 - self.release
        self.workers = [self.worker(), self.worker()]

    def worker(self) -> Worker:
        engine = open_engine(address_of(self.index), readonly=True)
        self.stack.callback(engine.dispose)
        reader = IndexReader(engine, f"https://{'ab'[self.release]}.example")
        made = Worker(reader, self.clock, self.folder, f"release-{self.release}")
        made.files.clear()
        return made

    def restart(self) -> None:
        self.workers[self.random.randrange(2)] = self.worker()

    def anew(self) -> None:
        """The index is lost, and the clock was wrong before or is now."""
        seconds = self.random.choice((0, 1, 5, -7, -100))
        self.clock.now += timedelta(seconds=seconds)
        self.was_late = self.was_late or seconds < 0
        self.begin_index()
        self.workers = [self.worker(), self.worker()]

    def write_site(self) -> None:
        self.index.put_site(site(title=self.letter()), (), self.clock())

    def save(self) -> None:
        now = self.clock()
        moment = now + timedelta(
            seconds=self.random.choice((-3600, -60, -60, -1, 3, MINUTES, A_DAY))
        )
        gone = self.random.choice((None,) * 7 + (moment + timedelta(seconds=4),))
        changed = article(
            self.random.choice("klmn"),
            title=self.letter(),
            categories=(self.random.choice(("field", "economy")),),
            published=moment.replace(microsecond=0),
            expires=gone.replace(microsecond=0) if gone else None,
            status=self.random.choice((Status.PUBLISHED, Status.PUBLISHED, Status.DRAFT)),
        )
        fill(self.index, changed, now=now)

    def letter(self) -> str:
        return self.random.choice("abcdefgh")

    def ask(self) -> None:
        worker, path = self.random.choice(self.workers), self.random.choice(PATHS)
        coding = self.random.choice(("identity", "gzip"))
        self.told[f"{coding}{path}"] = worker.ask(path, coding).body

    def make_ahead(self) -> None:
        path, coding = self.random.choice(PATHS), self.random.choice(("identity", "gzip"))
        self.random.choice(self.workers).make_ahead(path, coding)

    def wait(self) -> None:
        self.clock.now += timedelta(seconds=self.random.choice((0.01, 0.4, 1, 1, 2.5, 2.5)))

    def step(self) -> None:
        happenings = (self.save, self.write_site, self.upgrade, self.restart, self.anew)
        likely = (
            self.save,
            self.ask,
            self.ask,
            self.ask,
            self.ask,
            self.make_ahead,
            self.wait,
            self.wait,
            self.wait,
        )
        self.random.choice(likely if self.random.random() < 0.95 else happenings)()
        for each in self.workers:
            each.files.look()
        for file in self.files():
            where, state = file.relative_to(self.folder / "files").as_posix(), file.stat()
            name = where.removeprefix("brief/")
            is_brief = name != where
            body = file.read_bytes()
            key = (name, int(state.st_mtime), state.st_size)
            assert self.seen.setdefault(key, body) == body, name
            assert self.told.get(name) == body, name
            coding, _slash, path = name.partition("/")
            got = self.workers[0].ask(f"/{path}", coding)
            self.told[name] = got.body
            told = got.headers["Cache-Control"]
            assert (body, told == CACHING) == (got.body, not is_brief), name
            assert told.startswith(BRIEF), name

    def rest(self) -> None:
        """Later on nothing keeps files away: no clock that was ahead, and no other release."""
        self.clock.now += timedelta(hours=1)
        for _ in range(2):
            self.told["gzip/feed.atom"] = self.workers[0].ask().body
            self.workers[0].look()
        assert self.told["gzip/feed.atom"] in [path.read_bytes() for path in self.files()]

    def files(self) -> Iterator[Path]:
        return (path for path in (self.folder / "files").rglob("*") if path.is_file())


@pytest.mark.parametrize("seed", range(rounds(full=200, quick=8)))
def test_other_bytes_have_another_time_or_size_and_what_lies_there_is_of_now(
    seed: int, new_index: Callable[[], IndexWriter], clock: FixedClock, tmp_path: Path
) -> None:
    history = History(seed, new_index, clock, tmp_path)
    with history.stack:
        for _ in range(400):
            history.step()
        history.rest()
    assert len(history.seen) >= 5 or history.was_late
