"""What was put into a place for media, noted here: nothing is read again to know it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from feedservice.system import atomic_write


class Put(NamedTuple):
    """A file that was put.

    Attributes:
        version: of the file here; empty where that is not known.
        tag: of the file there.
        gone_since: Unix seconds since when there is none here any more; 0 while there is.
    """

    version: str
    tag: str
    gone_since: float = 0


class Note:
    """A line for each change. What is lost of it costs a second reading of those files.

    Args:
        file: in the state folder.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> dict[str, Put]:
        """Return what was noted, and shorten the file to it."""
        known: dict[str, Put] = {}
        with suppress(OSError), self._file.open("rb") as lines:
            for line in lines:
                with suppress(ValueError, TypeError):  # a full disk cut it off
                    path, *put = json.loads(line)
                    known.pop(path, None)
                    if put:
                        known[path] = Put(*put)
        with suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            whole = (_line(path, put) for path, put in known.items())
            atomic_write.replace(self._file, whole, mode=0o600)
        return known

    def write(self, changed: Mapping[str, Put | None]) -> None:
        """Note what became of files; None of one that is known no more."""
        with suppress(OSError), self._file.open("ab") as stream:
            stream.writelines(_line(path, put) for path, put in changed.items())


def _line(path: str, put: Put | None) -> bytes:
    return json.dumps([path, *(put or ())]).encode() + b"\n"
