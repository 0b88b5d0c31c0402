"""What the processes over one state folder tell each other."""

import subprocess
import sys
from pathlib import Path

from feedservice.service.lock import RemovalGuard, WriterLock

HOLD = """
import pathlib, sys
from feedservice.service.lock import WriterLock
lock = WriterLock(pathlib.Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


def test_the_lock_excludes_another_process_until_that_is_killed(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"True\n"
        assert not lock.is_free()
        assert not lock.acquire()
        other.kill()
    assert lock.is_free()
    assert lock.acquire()
    lock.release()


def test_the_guard_is_lifted_once(tmp_path: Path) -> None:
    guard = RemovalGuard(tmp_path / "state")
    assert not guard.pop_lifted()
    guard.lift()
    assert guard.pop_lifted()
    assert not guard.pop_lifted()
