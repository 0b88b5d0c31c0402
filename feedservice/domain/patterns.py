"""Regular expressions for what is rare: each is compiled when it is first asked. Pure.

All others are compiled while a process starts: those of one plain article take little, those of all
that somebody may write a tenth of the start.
"""

import re
from typing import Any, AnyStr, Generic, cast


def rare(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what is asked like that of `re.compile`; for what a plain article never asks.

    >>> rare("[a-z]+").findall("one two")
    ['one', 'two']
    """
    return cast("re.Pattern[AnyStr]", Rare(pattern, flags))


class Rare(Generic[AnyStr]):
    """A regular expression that nobody asked yet."""

    def __init__(self, pattern: AnyStr, flags: int) -> None:
        self._written: tuple[AnyStr, int] = pattern, flags

    def compiled(self) -> re.Pattern[AnyStr]:
        """Return the expression itself."""
        return re.compile(*self._written)

    def __getattr__(self, name: str) -> Any:
        """Return what the expression has under a name, kept from now on."""
        found = getattr(self.compiled(), name)
        setattr(self, name, found)
        return found
