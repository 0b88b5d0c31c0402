"""What a place for media is: a folder that machines share, or a prefix of an object store."""

from collections.abc import Iterator
from typing import Protocol

from feedservice.content.media_file import MediaFile


class Place(Protocol):
    """Files by their paths, which are those of their addresses: ``media/…`` and ``pictures/…``.

    Each is there whole or not at all. What goes wrong is an `OSError` or a `SourceUnavailable`.
    """

    def tags(self) -> Iterator[tuple[str, str]]:
        """Yield the paths of all that is there, each with what is another once its bytes are."""

    def put(self, path: str, file: MediaFile) -> str:
        """Put a file there, unless the same bytes are, and return its tag.

        Its ``Last-Modified`` is then a later second than that of the file whose place it takes.
        """

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""

    def open(self, path: str) -> MediaFile | None:
        """Open a file for serving: with the same validators on whichever machine.

        None where there is none that may be served.
        """
