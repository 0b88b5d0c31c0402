"""Where articles are written: the one protocol of all sources, and the folder as one of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from feedservice.content.files import ContentFiles
from feedservice.domain.errors import Changed


class Store(Protocol):
    """Writes files of a source; what is there is read from the content folder."""

    def put(self, path: str, data: bytes, if_unchanged: bytes | None, author: str) -> None:
        """Write a file, whole or not at all.

        Args:
            path: below the content folder.
            data: its bytes.
            if_unchanged: the bytes that are to be there still; None where nothing is to be.
            author: who writes, for a source that remembers it.

        Raises:
            Changed: there is something else.
            OSError, SourceUnavailable: it cannot be written.
        """


class FolderStore:
    """A folder of this machine.

    Args:
        files: the folder.
        alone: what one at a time has of those that write.
    """

    def __init__(
        self, files: ContentFiles, alone: Callable[[], AbstractContextManager[object]]
    ) -> None:
        self._files = files
        self._alone = alone

    def put(self, path: str, data: bytes, if_unchanged: bytes | None, author: str) -> None:  # noqa: ARG002
        """Write as `Store.put` says; who edits the file itself has no turn, and a moment."""
        if if_unchanged is None:
            try:
                self._files.write_new(path, data)
            except FileExistsError as error:
                raise Changed(path) from error
            return
        with self._alone():
            try:
                now_there = self._files.read(path)
            except FileNotFoundError as error:
                raise Changed(path) from error
            if now_there != if_unchanged:
                raise Changed(path)
            self._files.replace(path, data)
