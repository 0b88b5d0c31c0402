"""A content folder of a static site generator as a `Source`: walks it through a door that it is
handed, by one dialect.

Must not know Hugo from Pelican, nor open anything itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import unquote, urlsplit

from feedservice.importing.foreign_entry import Fault, Imported, Progress
from feedservice.importing.foreign_front_matter import FrontError


class Dialect(Protocol):
    """What one generator's folder looks like."""

    @property
    def kind(self) -> str:
        """The generator."""

    def wants(self, path: str) -> bool:
        """Whether a file is an article."""

    def other(self, path: str) -> bool:
        """Whether a file is an article in a language that is not carried."""

    def places(self, src: str) -> tuple[str, ...]:
        """Return where in the source a picture may lie."""

    def read(self, path: str, text: str) -> Imported:
        """Return the entry of a file; raises `FrontError`."""


class Door(Protocol):
    """How the folder is seen: paths below it with ``/``, regular files only."""

    def paths(self) -> tuple[str, ...]:
        """Return the path of every file, sorted."""

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None where there is none, or it is too large."""


@dataclass(slots=True)
class FolderSource:
    """The folder of one generator.

    Args:
        door: how it is seen.
        dialect: how it is read.
    """

    door: Door
    dialect: Dialect
    _faults: dict[tuple[str, str], Fault] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """See `Source`."""
        return self.dialect.kind

    def entries(self, progress: Progress) -> Iterator[Imported]:
        """See `Source`."""
        paths = self.door.paths()
        for n, path in enumerate(paths, start=1):
            if self.dialect.wants(path):
                entry = self._read(path)
                if entry:
                    yield entry
            elif self.dialect.other(path):
                self._tell(
                    Fault(
                        what="format-other",
                        place=path,
                        facts={"value": "." + path.rpartition(".")[2]},
                    )
                )
            progress(n, len(paths))

    def faults(self) -> tuple[Fault, ...]:
        """See `Source`."""
        return tuple(self._faults.values())

    def media(self, src: str) -> bytes | None:
        """See `Source`."""
        name = unquote(urlsplit(src).path)
        for path in self.dialect.places(name):
            if ".." not in path.split("/"):
                found = self.door.read(path)
                if found is not None:
                    return found
        return None

    def _read(self, path: str) -> Imported | None:
        data = self.door.read(path)
        if data is None:
            self._tell(Fault(what="file-unreadable", place=path, facts={"value": "-"}))
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("windows-1256", "replace")
            self._tell(Fault(what="source-broken", place=path, facts={"value": "windows-1256"}))
        try:
            return self.dialect.read(path, text.replace("\r\n", "\n").replace("\r", "\n"))
        except FrontError as error:
            self._tell(Fault(what="front-matter", place=path, facts={"value": str(error)}))
            return None

    def _tell(self, fault: Fault) -> None:
        self._faults[fault.what, fault.place] = fault
