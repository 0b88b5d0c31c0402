"""The smaller pictures that were made, in the state folder: each original's in a folder of its own.

A folder is there whole or not at all, named as the original's digest.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from feedservice.content.media_file import MediaFile
from feedservice.domain.derived_pictures import WEBP
from feedservice.system import atomic_write

NAME = "pictures"
"""Of their folder in the state folder."""
FAULT = "fault"
"""A file that says why of an original no smaller pictures could be made."""
_NEW = "new-"
_TYPES = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"RI": "image/webp"}


@dataclass(frozen=True, slots=True)
class DerivedFiles:
    """The folder of all; a value, which can be pickled."""

    folder: Path

    def open(self, digest: str, name: str, _original: str = "") -> MediaFile | None:
        """Open a picture for serving; None where it is not made, or not yet.

        Args:
            digest: of the original.
            name: its width in pixels; ``.webp`` behind it where it is wanted as that, which a
                picture is that is made in nothing else.
        """
        for each in (name, f"{name}{WEBP}"):
            with suppress(OSError):
                return _opened(self.folder / digest / each)
        return None

    def has(self, digest: str) -> bool:
        """Whether it is known what can be made of an original."""
        return (self.folder / digest).is_dir()

    def names(self, digest: str) -> list[str]:
        """Return the names of what was made of an original, as `open` takes them."""
        with suppress(OSError):
            return sorted(name for name in os.listdir(self.folder / digest) if name != FAULT)
        return []

    def lengths(self) -> Mapping[str, int]:
        """Return the bytes of the smaller pictures of each original."""
        with suppress(FileNotFoundError), os.scandir(self.folder) as folders:
            names = [each.name for each in folders if not each.name.startswith(_NEW)]
            return {name: self._length(name) for name in names}
        return {}

    def remove(self, digest: str) -> None:
        """Remove what was made of an original."""
        shutil.rmtree(self.folder / digest, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what was begun and not finished."""
        for begun in self.folder.glob(f"{_NEW}*"):
            shutil.rmtree(begun, ignore_errors=True)

    def put(self, digest: str, made: Mapping[str, bytes]) -> None:
        """Keep what was made of an original, by name.

        Raises:
            OSError: there is no room.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        begun = Path(tempfile.mkdtemp(prefix=_NEW, dir=self.folder))
        try:
            for name, data in made.items():
                atomic_write.replace(begun / name, (data,), mode=0o600, sync=True)
            begun.rename(self.folder / digest)
        except OSError:
            shutil.rmtree(begun, ignore_errors=True)
            if not self.has(digest):  # else another process was sooner
                raise

    def _length(self, digest: str) -> int:
        with suppress(OSError), os.scandir(self.folder / digest) as files:
            return sum(file.stat().st_size for file in files)
        return 0


def _opened(file: Path) -> MediaFile:
    stream = file.open("rb")
    found = os.fstat(stream.fileno())
    return MediaFile(
        stream=stream,
        length=found.st_size,
        media_type=_TYPES.get(os.pread(stream.fileno(), 2, 0), ""),
        etag=f"{file.parent.name}-{file.name}",
        last_modified=datetime.fromtimestamp(int(found.st_mtime), UTC),
    )
