"""An export whose entries are read one after another → a `Source`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from feedservice.importing.foreign_entry import ForeignEntry, Progress
from feedservice.importing.remarks import Remark, left_out

Read = Callable[[], Iterator[ForeignEntry | Remark]]
"""Yields the entries of an export, and remarks on what it holds beside them."""


def nothing(_src: str) -> bytes | None:
    """Find no file (an export without files of its own)."""
    return None


@dataclass(slots=True)
class Exported:
    """The entries of an export.

    Args:
        kind: one of `KINDS`.
        read: reads it, the same each time.
        local: bytes of a file that it holds; None where it has none of that name.
    """

    kind: str
    read: Read
    local: Callable[[str], bytes | None] = nothing
    found: int = 0
    _remarks: list[Remark] = field(default_factory=list)

    def entries(self, progress: Progress) -> Iterator[ForeignEntry]:
        """See `Source`."""
        self.found = 0
        self._remarks.clear()
        for number, each in enumerate(self.read(), start=1):
            if isinstance(each, Remark):
                self._remarks.append(each)
                self.found += left_out(each)
                continue
            self.found += 1
            yield each
            progress(number, 0)

    def remarks(self) -> tuple[Remark, ...]:
        """See `Source`."""
        return tuple(self._remarks)

    def media(self, src: str) -> bytes | None:
        """See `Source`."""
        return self.local(src)
