"""Entries that are read more than once and would be too many to hold: a nameless file beside."""

import pickle  # between our own calls # nosec B403
import tempfile
import weakref
from collections.abc import Iterator

from feedservice.importing.foreign_entry import ForeignEntry


class Spool:
    """Entries, in the order in which they came."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as this lives
        self._count = 0
        weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        return self._count

    def append(self, entry: ForeignEntry) -> None:
        """Add an entry; nothing may be read meanwhile."""
        pickle.dump(entry, self._file, pickle.HIGHEST_PROTOCOL)
        self._count += 1

    def __iter__(self) -> Iterator[ForeignEntry]:
        self._file.seek(0)
        for _number in range(self._count):
            yield pickle.load(self._file)  # noqa: S301 - our own file # nosec B301
