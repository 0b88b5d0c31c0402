"""When the writer does what, and that no fault ends it."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from factories import FixedClock, Seconds, snapshot, write_article
from feedservice.content.files import ContentFiles
from feedservice.content.watch import Changes
from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.selections import Selection
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.service import lock as lock_module
from feedservice.service.lock import RemovalGuard, WriterLock
from feedservice.service.writer import (
    Schedule,
    Step,
    follow,
    repeat,
    while_held,
    with_hooks,
    with_signs_of_life,
)
from waiting import PATIENCE

AT_REST = Schedule(every=60, walk_due=100)


@pytest.mark.parametrize(
    ("schedule", "given", "expected"),
    [
        (Schedule(every=60), {}, (Step.SCAN,)),
        (Schedule(every=60), {"has_changes": True}, (Step.SCAN,)),
        (AT_REST, {}, ()),
        (AT_REST, {"has_changes": True}, (Step.UPDATE,)),
        (AT_REST, {"is_lifted": True, "has_changes": True}, (Step.SCAN,)),
        (AT_REST, {"missed_since": 98.6}, ()),
        (AT_REST, {"missed_since": 98.5}, (Step.REMOVE,)),
        (AT_REST, {"missed_since": 9, "has_changes": True}, (Step.UPDATE, Step.REMOVE)),
        (AT_REST, {"now": 100}, (Step.WALK,)),
        (AT_REST, {"now": 100, "has_changes": True}, (Step.UPDATE, Step.WALK)),
        (AT_REST, {"now": 100, "is_walk_done": False}, ()),
        (AT_REST, {"now": 100, "is_walk_done": False, "has_changes": True}, (Step.UPDATE,)),
        (AT_REST, {"now": 100, "is_walk_done": True}, (Step.USE_WALK,)),
        (AT_REST, {"is_walk_done": True, "has_changes": True}, (Step.UPDATE, Step.USE_WALK)),
    ],
)
def test_a_save_is_read_at_once_and_all_is_looked_at_again_and_again(
    schedule: Schedule, given: dict[str, object], expected: tuple[Step, ...]
) -> None:
    moment = {
        "has_changes": False,
        "missed_since": None,
        "is_lifted": False,
        "is_walk_done": None,
        "now": 99,
    }
    assert schedule.steps(**{**moment, **given}) == expected  # type: ignore[arg-type]


def test_the_next_walk_is_due_some_time_after_a_scan() -> None:
    assert Schedule(every=60).after_scan(now=40) == AT_REST


def test_a_scan_that_failed_is_tried_again_within_seconds_however_rarely_scans_are_made() -> None:
    assert Schedule(every=60).after_scan(now=97, has_failed=True) == AT_REST
    assert Schedule(every=1).after_scan(now=97, has_failed=True).walk_due == 98


class FailingIndex(IndexWriter):
    """An index that cannot be written until it is healed."""

    fault: Exception | None = None

    def apply(self, *given: object) -> frozenset[tuple[str, str]]:
        if self.fault:
            raise self.fault
        return super().apply(*given)  # type: ignore[arg-type]


def titles(index: IndexWriter, clock: FixedClock) -> set[str]:
    return {article.title for article in snapshot(index, clock.now).select(Selection(), 99)}


@pytest.mark.parametrize("fault", [OSError(5, "I/O error"), IndexUnavailable("busy"), KeyError(1)])
def test_no_fault_ends_the_writer_and_what_it_hit_is_read_at_the_next_scan(
    content: Path, index: IndexWriter, clock: FixedClock, tmp_path: Path, fault: Exception
) -> None:
    failing = FailingIndex(index._engine)
    failing.fault = fault

    def batches() -> Iterator[Changes]:
        write_article(content, "field/a.md")
        yield Changes()
        write_article(content, "field/b.md")
        yield Changes(frozenset({"field/b.md"}))
        assert titles(index, clock) == set()
        failing.fault = None
        yield Changes(frozenset({"media/x.png"}))

    indexer = Indexer(ContentFiles(content), failing, clock, pause=lambda seconds: None)
    follow(indexer, batches(), RemovalGuard(tmp_path), 60)
    assert titles(index, clock) == {"عنوان a", "عنوان b"}


def test_a_fault_that_goes_on_is_told_once_and_again_after_all_was_well(
    content: Path,
    index: IndexWriter,
    clock: FixedClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    failing = FailingIndex(index._engine)

    def batches() -> Iterator[Changes]:
        yield Changes()
        for name in "ab":
            failing.fault = OSError(28, "No space left on device")
            for _ in range(3):
                write_article(content, f"field/{name}.md")
                yield Changes(frozenset({""}))
            failing.fault = None
            yield Changes(frozenset({""}))

    indexer = Indexer(ContentFiles(content), failing, clock, pause=lambda seconds: None)
    follow(indexer, batches(), RemovalGuard(tmp_path), 60)
    assert titles(index, clock) == {"عنوان a", "عنوان b"}
    told = [record for record in caplog.records if record.name == "feedservice.service.writer"]
    assert len(told) == 2


def test_what_fails_beside_the_loop_is_told_by_its_name_and_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop, done = threading.Event(), []

    def work() -> None:
        done.append(1)
        if len(done) < 3:
            raise IndexUnavailable("no database")
        stop.set()

    repeat(work, stop, 0.001, name="telling hubs").join(PATIENCE)
    assert len(done) == 3
    assert [record.getMessage() for record in caplog.records] == [
        "telling hubs failed, and is tried again: no database"
    ]


def test_what_no_watcher_tells_is_found_beside_the_loop(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock, tmp_path: Path
) -> None:
    seconds = count(0, 60)

    def batches() -> Iterator[Changes]:
        yield Changes()
        write_article(content, "field/a.md")
        give_up = time.monotonic() + PATIENCE
        while not titles(its_index, clock) and time.monotonic() < give_up:
            yield Changes()

    follow(indexer, batches(), RemovalGuard(tmp_path), 60, monotonic=lambda: next(seconds))
    assert titles(its_index, clock) == {"عنوان a"}


def test_a_guard_that_is_lifted_meanwhile_is_obeyed_at_the_next_tick(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock, tmp_path: Path
) -> None:
    files = [write_article(content, f"field/a{n}.md") for n in range(30)]

    def batches() -> Iterator[Changes]:
        yield Changes()
        for file in files:
            file.unlink()
        yield Changes(frozenset({"field"}))
        assert len(titles(its_index, clock)) == 30
        RemovalGuard(tmp_path).lift()
        yield Changes()

    follow(indexer, batches(), RemovalGuard(tmp_path), 60)
    assert titles(its_index, clock) == set()


def test_what_a_watcher_misses_leaves_once_it_did_not_come_back_and_a_save_waits_for_none(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    tmp_path: Path,
    monotonic: Seconds,
) -> None:
    gone = write_article(content, "field/gone.md")
    back = write_article(content, "field/back.md")

    def batches() -> Iterator[Changes]:
        yield Changes()
        gone.unlink()
        back.unlink()
        yield Changes(frozenset({"field/gone.md", "field/back.md"}))
        write_article(content, "field/new.md")
        yield Changes(frozenset({"field/new.md"}))
        assert titles(its_index, clock) == {"عنوان gone", "عنوان back", "عنوان new"}
        write_article(content, "field/back.md", title="عاد")
        yield Changes(frozenset({"field/back.md"}))
        monotonic.now += 0.5
        yield Changes()

    follow(indexer, batches(), RemovalGuard(tmp_path), 60, monotonic=monotonic)
    assert titles(its_index, clock) == {"عاد", "عنوان new"}


def test_a_writer_whose_index_is_removed_makes_a_new_one_and_publishes_all_again(
    content: Path, new_index: Callable[[], IndexWriter], clock: FixedClock, tmp_path: Path
) -> None:
    index = new_index()
    write_article(content, "field/a.md")

    def batches() -> Iterator[Changes]:
        yield Changes()
        assert titles(index, clock) == {"عنوان a"}
        (tmp_path / "0.sqlite3").unlink()
        write_article(content, "field/b.md")
        yield Changes()

    indexer = Indexer(ContentFiles(content), index, clock, pause=lambda seconds: None)
    follow(indexer, batches(), RemovalGuard(tmp_path), 60, index.heal)
    assert index.is_filled()
    assert titles(index, clock) == {"عنوان a", "عنوان b"}


def test_a_writer_ends_whose_lock_was_removed_with_the_state_folder(tmp_path: Path) -> None:
    first, second, stop = WriterLock(tmp_path), WriterLock(tmp_path), threading.Event()
    assert first.acquire()

    def batches() -> Iterator[Changes]:
        yield Changes(frozenset("a"))
        (tmp_path / "writer.lock").unlink()
        assert second.acquire()
        yield Changes(frozenset("b"))

    assert list(while_held(first, batches(), stop)) == [Changes(frozenset("a"))]
    assert stop.is_set()
    assert second.is_held()
    second.release()


def test_whoever_takes_what_is_watched_shows_that_it_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "BEAT_EVERY", 3600)
    lock = WriterLock(tmp_path)
    batches = with_signs_of_life([Changes()] * 3, lock)
    assert lock.last_beat() == 0
    next(batches)
    assert lock.last_beat() > 0
    os.utime(tmp_path / "writer.alive", (1, 1))
    next(batches)
    assert lock.last_beat() == 10**9  # a moment ago is soon enough
    monkeypatch.setattr(lock_module, "BEAT_EVERY", 0)
    next(batches)
    assert lock.last_beat() > 10**9


def test_a_webhook_asks_for_a_look_at_everything_and_many_of_them_for_one_a_second() -> None:
    hooks, moments = iter([0, 0, 1, 2, 2, 3, 3]), iter([9.0, 10.0, 10.2, 11.5, 11.6, 12.6])
    named = Changes(frozenset({"a.md"}))
    found = with_hooks([named] * 6, lambda: next(hooks), lambda: next(moments))
    assert ["" in batch.paths for batch in found] == [False, True, False, True, False, True]
