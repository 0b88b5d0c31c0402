"""Waiting for a fact: for as long as a machine may need that is busy with everything else."""

import time
from collections.abc import Callable

PATIENCE = 60.0


def comes_true(holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether something is so before the time is up; asked again every 50 ms."""
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return held
