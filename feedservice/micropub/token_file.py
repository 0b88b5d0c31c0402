"""Where tokens are kept: a file of the state folder that its owner alone reads, written whole."""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feedservice.domain.errors import UsageError
from feedservice.i18n import _
from feedservice.micropub import tokens
from feedservice.micropub.tokens import Token
from feedservice.system import atomic_write
from feedservice.system.turn import turn

NAME = "tokens.json"
_USED = "tokens-used"
"""A folder with an empty file for each token, whose time is that of its last use."""
_EXACT = timedelta(minutes=5)
"""A use is noted where the last one that was is so long ago: most requests write nothing."""


class TokenFile:
    """The tokens of a site.

    Args:
        state: the state folder.
    """

    def __init__(self, state: Path) -> None:
        self._state = state
        self._path = state / NAME

    def is_there(self) -> bool:
        """Whether there is a token, at the cost of one question to the system."""
        return self._path.exists()

    def read(self) -> tuple[Token, ...]:
        """Return all tokens; none where there is no file.

        Raises:
            OSError: the file cannot be read.
            UsageError: it is damaged.
        """
        try:
            return tokens.parse(self._path.read_bytes())
        except FileNotFoundError:
            return ()
        except ValueError as error:
            raise UsageError(_("{file} is damaged: {reason}", file=NAME, reason=error)) from error

    def add(self, token: Token) -> None:
        """Keep another token.

        Raises:
            UsageError: as in `read`, or there is one of that name, or there are too many.
            OSError: as in `read`, or the file cannot be written; nothing is changed.
        """
        self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
        with turn(self._state / "tokens.lock"):
            known = self.read()
            if any(each.name == token.name for each in known):
                raise UsageError(_("there is a token {name!r} already", name=token.name))
            if len(known) >= tokens.MAX_TOKENS:
                raise UsageError(
                    _("there are {limit} tokens; revoke one first", limit=tokens.MAX_TOKENS)
                )
            self._write((*known, token))

    def revoke(self, name: str) -> None:
        """Forget a token: requests that come from now on are refused.

        Raises:
            UsageError: as in `read`, or there is none of that name.
            OSError: as in `add`.
        """
        with turn(self._state / "tokens.lock"):
            known = self.read()
            left = tuple(each for each in known if each.name != name)
            if left == known:
                names = tuple(each.name for each in known)
                raise UsageError(
                    _("there is no token {name!r}. Known: {known}", name=name, known=names)
                )
            self._write(left)
            for token in known:
                if token.name == name:
                    self._mark(token).unlink(missing_ok=True)

    def note_use(self, token: Token, now: datetime) -> None:
        """Note that a token was used, if that was not noted just before."""
        last = self.last_use(token)
        if last is not None and abs(now - last) < _EXACT:
            return
        with suppress(OSError):  # a full disk keeps nobody from being answered
            mark = self._mark(token)
            mark.parent.mkdir(mode=0o700, exist_ok=True)
            mark.touch(mode=0o600)
            os.utime(mark, (now.timestamp(), now.timestamp()))

    def last_use(self, token: Token) -> datetime | None:
        """Return when a token was last used, to some minutes; None for never."""
        try:
            return datetime.fromtimestamp(self._mark(token).stat().st_mtime, UTC)
        except OSError:
            return None

    def _mark(self, token: Token) -> Path:
        return self._state / _USED / token.digest[:16]

    def _write(self, known: tuple[Token, ...]) -> None:
        if not known:
            self._path.unlink(missing_ok=True)
            return
        atomic_write.replace(self._path, (tokens.dump(known),), mode=0o600, sync=True)
