"""Where a path of the content folder lies on the disk: each step on the way is opened by itself.

A link is followed where it leads to a place in the content folder, whatever its name, or in a
folder that `allow` names; what else it leads to is absent, and so is a file of another suffix: a
link in media/ publishes no draft. Where it leads is found by its name, and opened with O_NOFOLLOW
at every step: who puts another link there meanwhile leads nobody out.
"""

import errno
import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from feedservice.content.file_types import suffix_of

TRIES = 3
"""How often a place behind a link is looked for that is gone: what it led to may be swapped."""

_Returned = TypeVar("_Returned")
Act = Callable[[int, str], _Returned]
"""What is done with the descriptor of a folder and a name in it; ELOOP tells that it is a link."""

_LINK = (errno.ELOOP, errno.ENOTDIR)
_ABSENT = (errno.ENOENT, errno.ENAMETOOLONG, *_LINK)
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_allowed: tuple[Path, ...] = ()


def allow(folders: Iterable[Path]) -> None:
    """Let links in the content folders of this process lead into these folders, too."""
    global _allowed  # noqa: PLW0603 - a process has one operator
    _allowed = tuple(folders)


class Places:
    """The places below one content folder.

    Args:
        root: the content folder, absolute.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._bases = (root, *_allowed)

    def do(self, path: str, act: Act[_Returned]) -> _Returned:
        """Do something in the folder of a path's file, be it behind links.

        Raises:
            FileNotFoundError: there is nothing, or a link leads to where none is followed.
            OSError: as the system says, or ``act``.
        """
        parts = path.split("/")
        if "\0" in path or ".." in parts or (path and not parts[0]):
            raise FileNotFoundError(errno.ENOENT, "outside the content folder", path)
        if path.isascii():
            parts = [part for part in parts if part not in ("", ".")]
        else:
            parts = list(self.real(path).relative_to(self._root).parts)
        try:
            return _in_folder(self._root, parts, act)
        except OSError as error:
            if error.errno not in _LINK:
                raise
        for _ in range(TRIES):
            base, parts = self._behind(path)
            with suppress(FileNotFoundError, NotADirectoryError):
                try:
                    return _in_folder(base, parts, act)
                except OSError as error:
                    if error.errno not in _LINK:
                        raise
        raise FileNotFoundError(errno.ENOENT, "no regular file", path)

    def status(self, path: str) -> os.stat_result | None:
        """Return what the system tells of the file or folder at ``path``; None where none is there.

        Raises:
            OSError: the system does not tell: a disk fails, a share is away, a right is missing.
        """
        try:
            return self.do(path, partial(_status, suffix_of(path)))
        except OSError as error:
            if is_absence(error):
                return None
            raise

    def open_file(self, path: str) -> int:
        """Return a descriptor of a regular file; pipes and devices are not opened.

        Raises:
            OSError: as in `do`.
        """
        return self.do(path, partial(_open_file, suffix_of(path)))

    def open_folder(self, path: str) -> int:
        """Return a descriptor of a folder; raises as `do`."""
        return self.do(path, lambda folder, name: os.open(name, _FOLDER, dir_fd=folder))

    def real(self, path: str) -> Path:
        """Return the path on disk; a name in NFD (of a Mac) or not UTF-8 is found by looking.

        Raises:
            OSError: a folder on the way cannot be looked into.
        """
        direct = self._root / path
        if path.isascii() or os.path.lexists(direct):
            return direct
        real = self._root
        for part in path.split("/"):
            step = real / part
            if not os.path.lexists(step):
                try:
                    names = os.listdir(real)
                except OSError as error:
                    if not is_absence(error):
                        raise
                    names = []
                step = next((real / name for name in names if nfc(name) == part), step)
            real = step
        return real

    def leads_to(self, path: str) -> Path:
        """Return the path without links, spelled below the content folder where it is there.

        Raises:
            FileNotFoundError: a link leads to where none is followed.
        """
        base, parts = self._behind(path)
        return (self._root if base == os.path.realpath(self._root) else Path(base)).joinpath(*parts)

    def _behind(self, path: str) -> tuple[str, list[str]]:
        real = os.path.realpath(self.real(path))
        for base in map(os.path.realpath, self._bases):
            if real == base or real.startswith(base.rstrip(os.sep) + os.sep):
                return base, [part for part in real[len(base) :].split(os.sep) if part]
        raise FileNotFoundError(errno.ENOENT, "outside the content folder", path)


def is_absence(error: OSError) -> bool:
    """Whether an error says that nothing is there, and not just that it cannot be looked at."""
    return error.errno in _ABSENT


def _in_folder(base: str | Path, parts: Sequence[str], act: Act[_Returned]) -> _Returned:
    *steps, name = parts or ["."]
    folder = os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for step in steps:
            inner = os.open(step, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        return act(folder, name)
    finally:
        os.close(folder)


def _status(suffix: str, folder: int, name: str) -> os.stat_result:
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, "a link", name)
    if stat.S_ISREG(found.st_mode) and suffix_of(name) != suffix:
        raise FileNotFoundError(errno.ENOENT, "a file of another kind", name)
    return found


def _open_file(suffix: str, folder: int, name: str) -> int:
    # Asked before it is opened, which has effects on devices and on who waits at a pipe; and after,
    # since another may lie there by then, for which O_NONBLOCK does not wait.
    if stat.S_ISREG(_status(suffix, folder, name).st_mode):
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        file = os.open(name, flags, dir_fd=folder)
        if stat.S_ISREG(os.fstat(file).st_mode):
            return file
        os.close(file)
    raise FileNotFoundError(errno.ENOENT, "no regular file", name)


def nfc(name: str) -> str:
    """Return a name in NFC; bytes that are not UTF-8 become U+FFFD, which check tells of."""
    if not name.isascii():
        name = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
    return name
