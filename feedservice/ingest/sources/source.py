"""What a source of content is: it lists what there is, and brings the bytes of what changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from feedservice.content.file_types import is_hidden
from feedservice.i18n import Message

MAX_FILES = 500_000
MAX_BYTES = 4 * 2**30
"""Of one file."""
_NAME_BYTES, _PATH_BYTES = 255, 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What there is at one moment.

    Attributes:
        generation: what the moment is called, such as a commit; empty where moments have no names.
        files: path → what is another as soon as the file is, such as an ETag.
        left_out: what is there and is not taken, in words.
    """

    generation: str = ""
    files: Mapping[str, str]
    left_out: tuple[Message, ...] = field(default=())


class Item(NamedTuple):
    """A file that a source brings.

    Attributes:
        path: as in the listing.
        blocks: its bytes.
        link: where it leads, if it is a symbolic link; it has no bytes then.
    """

    path: str
    blocks: Iterable[bytes] = ()
    link: str = ""


class Source(Protocol):
    """A source of content. Whatever goes wrong with it is a `SourceUnavailable`."""

    def look(self) -> Listing:
        """Ask what there is now."""

    def read(self, wanted: Mapping[str, str]) -> Iterator[Item]:
        """Bring files of the listing; those that are others by now are left out.

        The bytes of each are to be taken before the next is asked for.
        """

    def tidy(self) -> None:
        """Do what nobody is to wait for, once all that was listed is in its place."""

    def contains(self, generation: str, earlier: str) -> bool | None:
        """Whether a generation has another in its past; None where that is not known here."""

    def look_back(self, earlier: str) -> None:
        """Learn for `contains` of a generation that was published before `look` was called."""


def is_safe(path: str) -> bool:
    """Whether a path leads nowhere but to a place below the folder that it is put into."""
    parts = path.split("/")
    return (
        "\0" not in path
        and all(part not in ("", ".", "..") for part in parts)
        and len(path.encode(errors="surrogateescape")) <= _PATH_BYTES
        and all(len(part.encode(errors="surrogateescape")) <= _NAME_BYTES for part in parts)
    )


def is_wanted(path: str) -> bool:
    """Whether content may be there: what is hidden is passed over in folders, too."""
    return not any(is_hidden(part) for part in path.split("/"))
