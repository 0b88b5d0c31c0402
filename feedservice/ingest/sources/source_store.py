"""What a source of content is to who writes articles: written to, and then read from its mirror."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import NamedTuple

_ARRIVES, _LOOK = 3.0, 0.05
"""Seconds that what was written is waited for in the mirror, and between two looks."""


class Author(NamedTuple):
    """Who wrote, as a source remembers them."""

    name: str
    email: str


Put = Callable[[str, bytes, bytes | None, Author], None]
"""Writes into the source: as `micropub.store.Store.put`."""


class SourceStore:
    """See `micropub.store.Store`.

    Args:
        writing: writes into the source.
        author: returns who is meant by the author of a token.
        written: called after each file, so that the mirror is brought up to it.
        has: whether the mirror has a file with these bytes.
    """

    def __init__(
        self,
        writing: Put,
        author: Callable[[str], Author],
        written: Callable[[], object],
        has: Callable[[str, bytes], bool],
    ) -> None:
        self._writing = writing
        self._author = author
        self._written = written
        self._has = has

    def put(self, path: str, data: bytes, if_unchanged: bytes | None, author: str) -> None:
        """Write a file, and wait for a moment until it can be read, too."""
        self._writing(path, data, if_unchanged, self._author(author))
        self._written()
        deadline = monotonic() + _ARRIVES
        while not self._has(path, data) and monotonic() < deadline:
            sleep(_LOOK)
