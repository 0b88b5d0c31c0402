"""One at a time, among processes."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from feedservice.system.turn import turn
from waiting import PATIENCE

HOLD = """
import pathlib, sys
from feedservice.system.turn import turn
with turn(pathlib.Path(sys.argv[1])):
    print("mine", flush=True)
    sys.stdin.read()
"""


def test_a_turn_is_of_one_process_until_it_is_killed(tmp_path: Path) -> None:
    path, has_it = tmp_path / "turn", Event()

    def take() -> None:
        with turn(path):
            has_it.set()

    with (
        ThreadPoolExecutor(1) as pool,
        subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other,
    ):
        assert other.stdout
        assert other.stdout.readline() == b"mine\n"
        waiting = pool.submit(take)
        assert not has_it.wait(0.05)
        other.kill()
        waiting.result(PATIENCE)
    assert has_it.is_set()


def test_where_no_file_can_be_made_nobody_waits(tmp_path: Path) -> None:
    with turn(tmp_path / "missing" / "turn"), turn(tmp_path / "missing" / "turn"):
        pass
    assert not (tmp_path / "missing").exists()
