"""What was done, and what was done already: an entry that is sent again makes no second article.

A program whose answer was lost sends the same again, maybe to another worker. A file for each entry
in a folder of the state holds what was answered, and whoever makes an entry has its file's turn.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from feedservice.micropub.actions import Action
from feedservice.micropub.tokens import Token
from feedservice.system.turn import turn

KEPT = timedelta(hours=1)
"""How long an entry that is sent again is known to be the same."""
MOST = 1000
"""Entries that are kept; the oldest go first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done.

    Attributes:
        path: of the article's file.
        url: of the article.
        is_new: whether it was not there before.
        is_public: whether readers see it.
        is_other: whether anything was written.
        ignored: properties that an article has no place for.
        warnings: of the check.
    """

    path: str
    url: str
    is_new: bool
    is_public: bool
    is_other: bool = True
    ignored: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class DoneBefore:
    """Knows the entries of the last hour.

    Args:
        folder: for them; made with the first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def once(
        self,
        digest: str,
        now: datetime,
        is_there: Callable[[str], object],
        make: Callable[[Done | None], Done],
    ) -> Done:
        """Return what was done with the same entry, or do it.

        Args:
            digest: of the entry and its token: see `digest_of`.
            now: the moment.
            is_there: whether an article's file is still there.
            make: does it; is told what was done before, where that file is not seen.
        """
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._forget(now)
        path = self._folder / digest
        with turn(path):
            known = _read(path)
            if known and is_there(known.path):
                return known
            done = make(known)
            with suppress(OSError):  # a full disk keeps nobody from being answered
                path.write_text(json.dumps(asdict(done)), encoding="utf-8")
                os.utime(path, (now.timestamp(), now.timestamp()))
        return done

    def _forget(self, now: datetime) -> None:
        oldest = sorted((each.stat().st_mtime, each) for each in self._folder.iterdir())
        limit = (now - KEPT).timestamp()
        for place, (moment, path) in enumerate(oldest, start=1):
            if moment < limit or place <= len(oldest) - MOST:
                path.unlink(missing_ok=True)


def digest_of(token: Token, action: Action, uploads: Sequence[tuple[str, str, bytes]]) -> str:
    """Return what tells an entry of a token from all others, however its request was written."""
    files = [(name, called, hashlib.sha256(data).hexdigest()) for name, called, data in uploads]
    told = json.dumps([token.digest, action.properties, files], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _read(path: Path) -> Done | None:
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
        lists = {key: tuple(value) for key, value in told.items() if isinstance(value, list)}
        return Done(**(told | lists))
    except (OSError, ValueError, TypeError, AttributeError):
        return None
