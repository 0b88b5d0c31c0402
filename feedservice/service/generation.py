"""Since when all processes of a kind do alike what one of another kind does otherwise.

A note of a word and Unix seconds, which outlives them. Its own time is when it was last used.
"""

import logging
import math
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from feedservice.system import atomic_write

log = logging.getLogger(__name__)

LEFT = 60.0
"""Seconds after which those of another kind, which do nothing, are taken to be gone."""
_APART = 2.0
"""Seconds by which clocks of processes may differ."""


class Generation:
    """The kind of this process.

    Args:
        note: the file.
        kind: a word that no other kind has.
    """

    def __init__(self, note: Path, kind: str) -> None:
        self._note = note
        self._kind = kind
        self._has_come = False

    def since(self, now: datetime) -> int | None:
        """Return since when there are those of this kind alone; None where others came since.

        That is no earlier than anything that was done by others, or by a clock that was set back.

        Raises:
            OSError: it could not be noted.
        """
        kind, since, used = self._read()
        comes, self._has_come = not self._has_come, True
        is_behind = now.timestamp() + _APART < used
        if kind == self._kind and not (comes and is_behind):
            return since
        if kind and not comes and not is_behind and now.timestamp() < used + LEFT:
            return None
        if is_behind:
            log.warning("the clock was set back behind what %s notes", self._note)
        since = math.ceil(max(now.timestamp(), used, since))
        self._note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = f"{self._kind} {since}".encode()
        atomic_write.replace(self._note, (text,), mode=0o600, mtime=int(now.timestamp()))
        return since

    def use(self, now: datetime) -> None:
        """Note that it is used."""
        os.utime(self._note, (now.timestamp(), now.timestamp()))

    def _read(self) -> tuple[str, int, float]:
        with suppress(OSError, ValueError):
            kind, since = self._note.read_text().split()
            return kind, int(since), self._note.stat().st_mtime
        return "", 0, 0.0
