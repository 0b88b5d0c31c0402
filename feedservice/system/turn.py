"""What one at a time does, among all processes that know of a file."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Wait until nobody else has the turn; the system takes it back from who dies.

    Where its file can neither be opened nor made, nobody waits.

    Args:
        path: of the file, in a folder that exists.
    """
    file = None
    try:
        with suppress(OSError):
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        if file is not None:
            os.close(file)
