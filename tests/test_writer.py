import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from factories import NOW, FixedClock
from feedservice.errors import IndexUnavailable
from feedservice.writer import Brake, WriterLock, keep_writing

HOLD = "import sys,pathlib;from feedservice.writer import WriterLock;l=WriterLock(pathlib.Path(sys.argv[1]));print(l.acquire(),flush=True);sys.stdin.read()"


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

    def scan(self, *, accept_removals: bool = False) -> None:
        self.done.append(("scan", accept_removals) if accept_removals else "scan")
        if len(self.done) <= self._fails:
            raise IndexUnavailable("locked")

    def take(self, changed: frozenset[str]) -> bool:
        self.done.append(sorted(changed))
        return self._enough


A, TICK = frozenset({"a"}), frozenset[str]()


def run(intake: FakeIntake, tmp_path: Path, *batches: frozenset[str], step: int = 0) -> list[object]:
    clock = FixedClock()

    def each() -> Iterator[frozenset[str]]:
        for batch in batches:
            yield batch
            clock.now += timedelta(seconds=step)

    keep_writing(intake, each(), Brake(tmp_path), clock, rescan=60)
    assert clock.now >= NOW
    return intake.done


def test_it_scans_first_and_again_once_the_watcher_stands_and_then_takes_batches(tmp_path: Path) -> None:
    assert run(FakeIntake(), tmp_path, TICK, A, TICK, A) == ["scan", "scan", ["a"], ["a"]]


def test_it_scans_again_when_the_time_has_come(tmp_path: Path) -> None:
    assert run(FakeIntake(), tmp_path, TICK, TICK, TICK, step=60) == ["scan", "scan", "scan", "scan"]


def test_it_scans_where_a_batch_is_not_enough(tmp_path: Path) -> None:
    assert run(FakeIntake(enough=False), tmp_path, TICK, A) == ["scan", "scan", ["a"], "scan"]


def test_a_fault_stops_nothing(tmp_path: Path) -> None:
    assert run(FakeIntake(fails=2), tmp_path, TICK, A) == ["scan", "scan", ["a"]]


def test_a_lifted_brake_reaches_the_next_scan(tmp_path: Path) -> None:
    Brake(tmp_path).lift()
    assert run(FakeIntake(), tmp_path, TICK) == [("scan", True), "scan"]
