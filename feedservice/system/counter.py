"""A number in a file: one process adds to it, others look at it a thousand times a second.

It is read and not mapped into memory: a mapped file that is cut short ends whoever looks at it.
"""

import os
from contextlib import suppress
from pathlib import Path

_BYTES = 8


class Counter:
    """A number of 8 bytes. A file that is removed, replaced or cut short is made anew.

    Args:
        path: of the file; only `add` makes it, and its folder.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def add(self) -> None:
        """Add one, in place: a full disk has room for it. A fault is passed over."""
        with suppress(OSError):
            self._follow(os.O_RDWR | os.O_CREAT)
            if self._file is not None:
                number = int.from_bytes(os.pread(self._file, _BYTES, 0), "little") + 1
                os.pwrite(self._file, (number % 256**_BYTES).to_bytes(_BYTES, "little"), 0)

    def follow(self) -> None:
        """Look at the file that has the name now, which may be another; ask before `value`."""
        with suppress(OSError):
            self._follow(os.O_RDONLY)

    def value(self) -> object:
        """Return what is another after each `add`, and for another file; None where there is none.

        It costs half a microsecond.
        """
        file = self._file
        try:
            return file if file is None else (file, os.pread(file, _BYTES, 0))
        except OSError:  # closed since by a thread that follows
            return None

    def _follow(self, how: int) -> None:
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            found = None
        held = self._file
        if held is not None and found and os.path.samestat(found, os.fstat(held)):
            return
        self._file = None
        if how & os.O_CREAT:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._file = os.open(self._path, how | os.O_CLOEXEC, 0o600)
        finally:
            if held is not None:
                os.close(held)
