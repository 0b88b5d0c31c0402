"""One writer, whatever becomes of processes. The children here are a few lines each."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from feedservice.service import supervisor as supervisor_module
from feedservice.service.lock import WriterLock
from feedservice.service.supervisor import WriterSupervisor
from waiting import PATIENCE, comes_true

CHILD = """
import pathlib, sys, threading
from feedservice.service.lock import WriterLock
from feedservice.system.child_process import on_parent_end
stop = threading.Event()
on_parent_end(stop.set)
lock = WriterLock(pathlib.Path(sys.argv[1]))
assert lock.acquire(patience=60)
stop.wait(60)
"""
PARENT = """
import os, pathlib, sys, time
from feedservice.service.lock import WriterLock
from feedservice.service.supervisor import WriterSupervisor
state = pathlib.Path(sys.argv[1])
command = (sys.executable, "-c", sys.argv[2], str(state))
WriterSupervisor(WriterLock(state), lambda: os.environ, command).start()
print("started", flush=True)
time.sleep(60)
"""


def of(state: Path, *command: str) -> WriterSupervisor:
    return WriterSupervisor(WriterLock(state), lambda: os.environ, (sys.executable, "-c", *command))


def test_a_supervisor_starts_a_writer_and_ends_it(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path)
    supervisor = of(tmp_path, CHILD, str(tmp_path))
    supervisor.start()
    supervisor.start()
    try:
        assert comes_true(lambda: not lock.is_free())
    finally:
        supervisor.stop()
    assert lock.is_free()


def test_a_writer_that_dies_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "CHECK_EVERY", 0.02)
    told = tmp_path / "told"
    supervisor = of(tmp_path, f"open({str(told)!r}, 'a').write('x')")
    supervisor.start()
    try:
        assert comes_true(lambda: told.exists() and told.stat().st_size >= 2)
    finally:
        supervisor.stop()


def test_a_writer_that_hangs_at_its_start_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "CHECK_EVERY", 0.02)
    told = tmp_path / "told"
    supervisor = of(tmp_path, f"import sys; open({str(told)!r}, 'a').write('x'); sys.stdin.read()")
    supervisor.start()
    try:
        first = supervisor._child
        assert first
        assert comes_true(lambda: told.exists() and told.read_text() == "x")
        monkeypatch.setattr(supervisor_module, "STARTS_WITHIN", 0)
        assert first.wait(PATIENCE) == -signal.SIGKILL
        monkeypatch.undo()
        assert comes_true(lambda: told.read_text() >= "xx")
    finally:
        supervisor.stop()


def test_a_writer_that_shows_no_life_any_more_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "CHECK_EVERY", 3600)  # this test looks instead
    monkeypatch.setattr(supervisor_module, "HUNG", 3)
    lock = WriterLock(tmp_path)
    supervisor = of(tmp_path, CHILD, str(tmp_path))
    supervisor.start()
    try:
        assert comes_true(lambda: not lock.is_free())
        child = supervisor._child
        assert child
        for _ in range(10):  # it never showed any: on a disk that can only be read, say
            supervisor._start_if_free()
        for number in range(10):
            lock.beat()
            os.utime(tmp_path / "writer.alive", (number, number))
            supervisor._start_if_free()
        assert child.poll() is None
        for _ in range(4):
            supervisor._start_if_free()
        assert child.wait(PATIENCE) == -signal.SIGKILL
        supervisor._start_if_free()
        assert supervisor._child is not child
        assert comes_true(lambda: not lock.is_free())
    finally:
        supervisor.stop()


def test_many_supervisors_start_one_writer_between_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "CHECK_EVERY", 0.02)
    told = tmp_path / "told"
    tell = f"open({str(told)!r}, 'a').write"
    child = CHILD.replace("stop.wait", f"{tell}('has the lock. ')\nstop.wait")
    slow = f"import time; {tell}('started, '); time.sleep(0.5)\n{child}"
    supervisors = [of(tmp_path, slow, str(tmp_path)) for _ in range(8)]
    once = "started, has the lock. "
    for supervisor in supervisors:
        supervisor.start()
    try:
        assert comes_true(lambda: told.exists() and told.read_text().endswith("lock. "))
        assert told.read_text() == once
        (holder,) = [each._child for each in supervisors if each._child]
        holder.kill()
        assert comes_true(lambda: told.read_text() == once * 2)
    finally:
        for supervisor in supervisors:
            supervisor.stop()


def test_no_writer_is_started_where_another_holds_the_lock(tmp_path: Path) -> None:
    held = WriterLock(tmp_path)
    assert held.acquire()
    told = tmp_path / "told"
    supervisor = of(tmp_path, f"open({str(told)!r}, 'w')")
    supervisor.start()
    supervisor.stop()
    held.release()
    assert not told.exists()


def test_a_writer_ends_however_its_parent_dies(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), CHILD], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"started\n"
        assert comes_true(lambda: not lock.is_free())
        parent.kill()
    assert comes_true(lock.is_free)


def test_a_state_folder_that_cannot_be_written_is_told_and_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    supervisor = of(tmp_path / "state", "raise SystemExit")
    supervisor.start()
    supervisor.stop()
    assert "no writer could be started" in caplog.text
