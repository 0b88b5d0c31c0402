"""How often a test repeats itself: a little in every run, all of it in the slow lanes."""

import os

FULL = bool(os.environ.get("FEEDSERVICE_TESTS_FULL"))
FEW = bool(os.environ.get("FEEDSERVICE_TESTS_FEW"))
"""Where all of it was done in the same run, and only the database is another."""


def rounds(full: int, quick: int) -> int:
    """Return ``full`` under `make fuzz` and `make faults`, else ``quick``, or a quarter of that."""
    if FULL:
        return full
    return max(quick // 4, 1) if FEW else quick
