"""How often a test repeats itself: a little in every run, all of it in the slow lanes."""

import os

FULL = bool(os.environ.get("FEEDSERVICE_TESTS_FULL"))


def rounds(full: int, quick: int) -> int:
    """Return ``full`` under `make fuzz` and `make faults`, else ``quick``."""
    return full if FULL else quick
