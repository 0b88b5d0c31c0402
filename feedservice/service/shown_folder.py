"""A folder of files that another program shows, which come and go while it does.

Several processes write there; nothing is there but files of known suffixes, in known folders.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from feedservice.system import atomic_write

_LONGEST = 255
"""Bytes of a name."""


class ShownFolder:
    """What lies in a folder.

    Args:
        path: of the folder, which is made where it is missing.
        folders: the names of those in it.
        suffixes: of the files in those, at any depth; no other file is touched.
    """

    def __init__(self, path: Path, folders: Iterable[str], suffixes: Iterable[str]) -> None:
        self._path = str(path)
        self._folders = tuple(folders)
        self._suffixes = tuple(suffixes)

    def __str__(self) -> str:
        return self._path

    def sizes(self) -> dict[str, int]:
        """Return the names of the files with their bytes.

        Raises:
            OSError: the folder is not there and cannot be made.
        """
        _make(self._path)
        found = {}
        for file in self._files(self._suffixes):
            with suppress(FileNotFoundError):  # removed meanwhile
                found[file.path.removeprefix(f"{self._path}/")] = file.stat().st_size
        return found

    def clear(self) -> None:
        """Remove all files, and what a killed process left half written.

        Raises:
            OSError: one could not be removed; all others are.
        """
        failed = None
        for file in self._files((*self._suffixes, ".tmp")):
            try:
                os.unlink(file.path)
            except FileNotFoundError:  # by another process
                continue
            except OSError as error:
                failed = error
        if failed:
            raise failed

    def put(self, name: str, body: bytes, mtime: int) -> None:
        """Write a file that anybody may read; none where a file is in the way, or all is cleared.

        Raises:
            OSError: it could not be written.
        """
        path = f"{self._path}/{name}"
        with suppress(FileNotFoundError, FileExistsError, NotADirectoryError, IsADirectoryError):
            _make(os.path.dirname(path))
            atomic_write.replace(path, (body,), mode=0o644, mtime=mtime)

    def _files(self, suffixes: tuple[str, ...]) -> Iterator["os.DirEntry[str]"]:
        pending = [f"{self._path}/{name}" for name in self._folders]
        while pending:
            with suppress(OSError), os.scandir(pending.pop()) as found:
                for each in found:
                    if each.is_dir(follow_symlinks=False):
                        pending.append(each.path)
                    elif each.name.endswith(suffixes):
                        yield each


def is_name(path: str) -> bool:
    """Whether a path may name a file: no name is empty, too long, or begins with a dot.

    >>> is_name("tags/داريا.rss"), is_name("../feed.rss")
    (True, False)
    """
    return "\0" not in path and all(
        name and name[0] != "." and len(name.encode()) <= _LONGEST for name in path.split("/")
    )


def _make(folder: str) -> None:
    """Make a folder that anybody may read, whatever the umask is."""
    if not os.path.isdir(folder):
        _make(os.path.dirname(folder))
        os.mkdir(folder)
        os.chmod(folder, 0o755)  # noqa: S103  # nosec B103
