"""The only door to the folder that is exported into: its lock, its files, its manifest.

Files are written through rename. Nothing outside the folder is touched, no symbolic link below it
is followed, and what no manifest of ours names is neither replaced nor removed.
"""

import errno
import json
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from filelock import FileLock, Timeout

from feedservice.domain.errors import ExportError
from feedservice.exporting import manifest as manifests
from feedservice.exporting.manifest import Manifest, Record, check_inside
from feedservice.i18n import _
from feedservice.system import atomic_write

_MANIFEST = "manifest.jsonl"
_JOURNAL = "journal"
_LOCK = "lock"
_TEMPORARY = "tmp"


class ForeignFile(Exception):
    """A file's place is taken by something that no export made."""


class Folder:
    """A folder to export into.

    Args:
        root: the folder; it may be a link, what lies below may not.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._below, self._temporary = f"{self.root}/", f"{self.root}/{_TEMPORARY}"
        self._own_folders: set[str] = set()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder for one export; it is made where it does not exist.

        Raises:
            ExportError: it is not a folder of ours, or another export is at work in it.
        """
        self._prepare()
        try:
            lock = FileLock(self.root / _LOCK).acquire(blocking=False)
        except Timeout as error:
            raise ExportError(
                _("{folder}: another export is at work here: wait for its end", folder=self.root)
            ) from error
        with lock:
            self._refuse_link(_TEMPORARY)
            (self.root / _TEMPORARY).mkdir(exist_ok=True)
            for left in (self.root / _TEMPORARY).iterdir():  # of an export that was interrupted
                left.unlink()
            yield

    def _prepare(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise ExportError(_("{path} is a file: name a folder", path=self.root)) from error
        names = {name for name in os.listdir(self.root) if not atomic_write.is_temporary(name)}
        if _MANIFEST in names:
            return
        if names - {_LOCK}:
            raise ExportError(
                _(
                    "{folder} holds files, and no {manifest} of an export: nothing was changed. "
                    "Name an empty or a new folder",
                    folder=self.root,
                    manifest=_MANIFEST,
                )
            )
        # At once, so that an export which is interrupted knows the folder again.
        with suppress(FileExistsError):
            empty = "".join(manifests.dump(Manifest()))
            atomic_write.create(self.root / _MANIFEST, empty.encode())

    def read_manifest(self) -> tuple[Manifest, set[str]]:
        """Return the last manifest, and files that an interrupted export may have added since.

        Raises:
            ExportError: it was changed by hand.
        """
        with self._open(_MANIFEST) as lines:
            manifest = manifests.load(lines, str(self.root / _MANIFEST))
        if not (self.root / _JOURNAL).exists():
            return manifest, set()
        with self._open(_JOURNAL) as lines:
            whole = list(lines)
        if whole and not whole[-1].endswith("\n"):  # cut off: nothing may be written behind it
            whole.pop()
            rest = (line.encode() for line in whole)
            atomic_write.replace(self.root / _JOURNAL, rest, folder=self._temporary)
        try:
            added = {str(json.loads(line)) for line in whole}
            for file in added:
                check_inside(file)
        except ValueError as error:
            raise ExportError(
                _("{file}: {reason}: delete that line", file=self.root / _JOURNAL, reason=error)
            ) from error
        return manifest, added

    def announce(self, files: Iterable[str]) -> None:
        """Write down names of files that are about to be added."""
        text = "".join(json.dumps(file, ensure_ascii=False) + "\n" for file in files)
        if text:
            self._refuse_link(_JOURNAL)
            with (self.root / _JOURNAL).open("a", encoding="utf-8") as stream:
                stream.write(text)

    def write_manifest(self, manifest: Manifest) -> None:
        """Write the manifest where it differs, the last act of an export."""
        text = "".join(manifests.dump(manifest))
        if not self.holds_text(_MANIFEST, text):
            whole = [text.encode()]
            atomic_write.replace(self.root / _MANIFEST, whole, folder=self._temporary, sync=True)
        (self.root / _JOURNAL).unlink(missing_ok=True)

    def holds_all(self, record: Record) -> bool:
        """Whether the files of a record are there as they were written."""
        return all(self._holds(file, size, record.mtime) for file, size in record.files)

    def _holds(self, file: str, size: int, mtime: int) -> bool:
        try:
            found = os.lstat(self._below + file)
        except OSError:
            return False
        is_same = (found.st_size, found.st_mtime_ns) == (size, mtime * 1_000_000_000)
        return stat.S_ISREG(found.st_mode) and is_same

    def holds_text(self, file: str, text: str) -> bool:
        """Whether a file is there with this text."""
        path = self.root / file
        try:
            return not path.is_symlink() and path.read_bytes() == text.encode()
        except OSError:
            return False

    def write(
        self, file: str, blocks: Iterable[bytes], mtime: int | None = None, *, is_ours: bool = True
    ) -> int:
        """Write a file through a temporary one; its length.

        Args:
            file: below the folder, in ``public/`` or ``nginx/``.
            blocks: its bytes.
            mtime: Unix seconds.
            is_ours: whether one that is there may be replaced.

        Raises:
            ForeignFile: one is there that may not.
            ExportError: the way to it leads through a link.
            OSError: as the system says, such as a name that is too long.
        """
        check_inside(file)
        target = self._below + file
        self._make_parents(file)
        if not is_ours and os.path.lexists(target):
            raise ForeignFile(file)
        try:
            return atomic_write.replace(target, blocks, folder=self._temporary, mtime=mtime)
        except IsADirectoryError as error:
            raise ForeignFile(file) from error

    def remove(self, file: str) -> bool:
        """Remove a file and the folders that it leaves empty; whether it was there."""
        check_inside(file)
        parents = _parents(file)
        if not all(self._is_own_folder(parent) for parent in parents):
            return False
        try:
            (self.root / file).unlink()
        except (FileNotFoundError, IsADirectoryError):
            return False
        except PermissionError as error:  # of a folder, on some systems
            if error.errno == errno.EPERM and (self.root / file).is_dir():
                return False
            raise
        for parent in reversed(parents[1:]):  # not public/ itself
            try:
                (self.root / parent).rmdir()
            except OSError:
                break
            self._own_folders.discard(parent)
        return True

    def _make_parents(self, file: str) -> None:
        """Make the folders on the way to a file; none of them may be a link."""
        if file.rpartition("/")[0] in self._own_folders:  # and so are those around it
            return
        for parent in _parents(file):
            if parent in self._own_folders:
                continue
            with suppress(FileExistsError):
                (self.root / parent).mkdir()
            if not self._is_own_folder(parent):
                raise ExportError(
                    _(
                        "{path} is not a folder of its own: remove it, and export again",
                        path=self.root / parent,
                    )
                )
            self._own_folders.add(parent)

    def _is_own_folder(self, parent: str) -> bool:
        try:
            return stat.S_ISDIR(os.lstat(self.root / parent).st_mode)
        except OSError:
            return False

    def _open(self, name: str) -> TextIO:
        self._refuse_link(name)
        return (self.root / name).open(encoding="utf-8")

    def _refuse_link(self, name: str) -> None:
        if (self.root / name).is_symlink():
            raise ExportError(
                _("{path} is a link: remove it, and export again", path=self.root / name)
            )


def _parents(file: str) -> list[str]:
    """The folders on the way to a file, the outermost first."""
    parts = file.split("/")[:-1]
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]
