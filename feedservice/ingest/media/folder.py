"""A folder for media that all machines see, such as a share; a `Place`."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from feedservice.clock import Clock
from feedservice.content.files import ContentFiles
from feedservice.content.media_file import MediaFile
from feedservice.system import atomic_write

SPACES = ("media", "pictures")
"""The folders of it that hold what is put there."""
_BLOCK = 256 * 1024
_LEFT = 3600
"""Seconds after which a file that is still under its first name belongs to nobody any more."""


class FolderPlace:
    """See `Place`. It has to be there: a share that is not mounted is no empty folder.

    Args:
        folder: absolute.
        clock: tells when a file is put there.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._files = ContentFiles(folder)
        self._clock = clock

    def tags(self) -> Iterator[tuple[str, str]]:
        """Yield what is there; what a process that was killed left half written is removed."""
        os.stat(self._folder)
        for space in SPACES:
            for folder, _folders, names in os.walk(self._folder / space):
                for file in (Path(folder, name) for name in names):
                    with suppress(FileNotFoundError):
                        found = file.stat()
                        if not atomic_write.is_temporary(file.name):
                            yield file.relative_to(self._folder).as_posix(), _tag(found)
                        elif found.st_mtime < self._clock().timestamp() - _LEFT:
                            file.unlink()

    def put(self, path: str, file: MediaFile) -> str:
        """Put a file there; its time is the tag, and tells those apart that have the same length.

        Raises:
            OSError: the folder is not there, or has no room.
        """
        os.stat(self._folder)
        target = self._folder / path
        moment = int(self._clock().timestamp())
        with suppress(FileNotFoundError):
            before = target.stat()
            if before.st_size == file.length and _is_same(target, file.stream):
                return _tag(before)
            moment = max(moment, int(before.st_mtime) + 1)
        _make_folder(target.parent)
        file.stream.seek(0)
        blocks = _blocks(file.stream)
        atomic_write.replace(target, blocks, mode=0o644, mtime=moment, sync=True)
        return _tag(target.stat())

    def remove(self, path: str) -> None:
        """Remove a file, and the folders that it leaves empty."""
        target = self._folder / path
        target.unlink(missing_ok=True)
        with suppress(OSError):
            for folder in target.relative_to(self._folder).parents[:-2]:
                (self._folder / folder).rmdir()

    def open(self, path: str) -> MediaFile | None:
        """Open a file for serving.

        Raises:
            OSError: the folder is not there.
        """
        file = self._files.open_served(path)
        if file is None:
            os.stat(self._folder)
            return None
        return replace(file, etag=f"{int(file.last_modified.timestamp()):x}-{file.length:x}")


def _make_folder(folder: Path) -> None:
    """Make it as others may read it, whatever this process leaves to others."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def _tag(found: os.stat_result) -> str:
    return f"{found.st_mtime_ns}-{found.st_size}"


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: stream.read(_BLOCK), b"")


def _is_same(target: Path, stream: BinaryIO) -> bool:
    with target.open("rb") as held:
        return all(one == other for one, other in zip_longest(_blocks(held), _blocks(stream)))
