import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from factories import NOW, FixedClock
from feedservice.domain.errors import ContentError, IndexUnavailable
from feedservice.domain.model import Problem
from feedservice.service import writer
from feedservice.service.writer import Brake, Warden, WriterLock, keep_writing

HOLD = "import sys,pathlib;from feedservice.service.writer import WriterLock;l=WriterLock(pathlib.Path(sys.argv[1]));print(l.acquire(),flush=True);sys.stdin.read()"


def test_the_lock_excludes_another_process_until_it_ends(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdin
        assert other.stdout.readline() == b"True\n"
        assert not lock.is_free()
        assert not lock.acquire()
        other.stdin.close()
        other.wait(10)
    assert lock.is_free()
    assert lock.acquire()
    lock.release()


def test_the_brake_is_lifted_once(tmp_path: Path) -> None:
    brake = Brake(tmp_path / "state")
    assert not brake.take()
    brake.lift()
    assert brake.take()
    assert not brake.take()


class FakeIntake:
    """Takes what it is told to take, and remembers."""

    def __init__(self, *, enough: bool = True, fails: int = 0) -> None:
        self.done: list[object] = []
        self._enough = enough
        self._fails = fails
        self.patience = 0

    def look(self) -> "FakeIntake":
        self.looks = self.patience
        return self

    def is_done(self) -> bool:
        self.looks -= 1
        return self.looks < 0

    def scan(self, *, accept_removals: bool = False, look: object = None) -> None:
        self.done.append(
            ("scan", accept_removals)
            if accept_removals
            else "scan, seen before"
            if look
            else "scan"
        )
        if len(self.done) <= self._fails:
            raise IndexUnavailable("locked")

    def take(self, changed: frozenset[str]) -> bool:
        self.done.append(sorted(changed))
        return self._enough


A, TICK = frozenset({"a"}), frozenset[str]()


def run(
    intake: FakeIntake, tmp_path: Path, *batches: frozenset[str], step: int = 0
) -> list[object]:
    clock = FixedClock()

    def each() -> Iterator[frozenset[str]]:
        for batch in batches:
            yield batch
            clock.now += timedelta(seconds=step)

    keep_writing(intake, each(), Brake(tmp_path), clock, rescan=60)
    assert clock.now >= NOW
    return intake.done


def test_it_scans_first_and_again_once_the_watcher_stands_and_then_takes_batches(
    tmp_path: Path,
) -> None:
    assert run(FakeIntake(), tmp_path, TICK, A, TICK, A) == ["scan", "scan", ["a"], ["a"]]


def test_it_scans_again_when_the_time_has_come(tmp_path: Path) -> None:
    assert run(FakeIntake(), tmp_path, TICK, TICK, TICK, step=60) == [
        "scan",
        "scan",
        *["scan, seen before"] * 2,
    ]


def test_saves_are_taken_while_it_looks_at_everything(tmp_path: Path) -> None:
    intake = FakeIntake()
    intake.patience = 2
    done = run(intake, tmp_path, TICK, A, A, A, step=60)
    assert done == ["scan", "scan", ["a"], ["a"], ["a"], "scan, seen before"]


def test_it_scans_where_a_batch_is_not_enough(tmp_path: Path) -> None:
    assert run(FakeIntake(enough=False), tmp_path, TICK, A) == ["scan", "scan", ["a"], "scan"]


def test_a_fault_stops_nothing(tmp_path: Path) -> None:
    assert run(FakeIntake(fails=2), tmp_path, TICK, A) == ["scan", "scan", ["a"]]


def test_a_lifted_brake_reaches_the_next_scan(tmp_path: Path) -> None:
    Brake(tmp_path).lift()
    assert run(FakeIntake(), tmp_path, TICK) == [("scan", True), "scan"]


def test_a_brake_that_is_lifted_meanwhile_is_obeyed_at_the_next_tick(tmp_path: Path) -> None:
    intake = FakeIntake()

    def batches() -> Iterator[frozenset[str]]:
        yield TICK
        Brake(tmp_path).lift()
        yield A

    keep_writing(intake, batches(), Brake(tmp_path), FixedClock(), rescan=60)
    assert intake.done == ["scan", "scan", ("scan", True)]


@pytest.mark.parametrize(
    "fault",
    [
        ContentError(Problem(path="site.yaml", code="site-missing")),
        OSError(5, "I/O error"),
        IndexUnavailable("busy"),
    ],
)
def test_faults_of_files_and_index_are_outlived(tmp_path: Path, fault: Exception) -> None:
    class Failing(FakeIntake):
        def scan(self, *, accept_removals: bool = False, look: object = None) -> None:
            super().scan(accept_removals=accept_removals)
            raise fault

        def take(self, changed: frozenset[str]) -> bool:
            super().take(changed)
            raise fault

    assert run(Failing(), tmp_path, TICK, A, A) == ["scan", "scan", ["a"], "scan", ["a"], "scan"]


CHILD = """
import pathlib, sys, threading
from feedservice.service.writer import WriterLock, end_with_parent
stop = threading.Event()
end_with_parent(stop)
lock = WriterLock(pathlib.Path(sys.argv[1]))
assert lock.acquire()
stop.wait(30)
"""
PARENT = """
import os, pathlib, sys, time
from feedservice.service.writer import Warden, WriterLock
state = pathlib.Path(sys.argv[1])
Warden(WriterLock(state), lambda: os.environ, (sys.executable, "-c", sys.argv[2], str(state))).start()
print("started", flush=True)
time.sleep(30)
"""


def waits_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_a_warden_starts_a_writer_and_ends_it(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path)
    warden = Warden(lock, lambda: os.environ, (sys.executable, "-c", CHILD, str(tmp_path)))
    warden.start()
    warden.start()
    try:
        assert waits_for(lambda: not lock.is_free())
    finally:
        warden.stop()
    assert lock.is_free()


def test_a_writer_that_dies_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "LOOK_EVERY", 0.02)
    told = tmp_path / "told"
    child = f"open({str(told)!r}, 'a').write('x')"
    warden = Warden(WriterLock(tmp_path), lambda: os.environ, (sys.executable, "-c", child))
    warden.start()
    try:
        assert waits_for(lambda: told.exists() and told.stat().st_size >= 2)
    finally:
        warden.stop()


def test_no_writer_is_started_where_another_holds_the_lock(tmp_path: Path) -> None:
    held = WriterLock(tmp_path)
    assert held.acquire()
    told = tmp_path / "told"
    warden = Warden(
        WriterLock(tmp_path),
        lambda: os.environ,
        (sys.executable, "-c", f"open({str(told)!r}, 'w')"),
    )
    warden.start()
    warden.stop()
    held.release()
    assert not told.exists()


def test_a_writer_ends_however_its_parent_dies(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), CHILD], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"started\n"
        assert waits_for(lambda: not lock.is_free())
        parent.kill()
    assert waits_for(lock.is_free)
