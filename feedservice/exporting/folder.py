"""The only door to the folder that is exported into: its lock, its files through rename, its
manifest.

Nothing outside the folder is touched, no symbolic link below it is followed, and what no manifest
of ours names is neither replaced nor removed.
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
from feedservice.exporting.manifest import Manifest, check_inside
from feedservice.system import atomic_write

_MANIFEST = "manifest.jsonl"
_JOURNAL = "journal"
_LOCK = "lock"
_TEMPORARY = "tmp"


class Foreign(Exception):
    """Something lies at a file's place that no export made."""


class Folder:
    """A folder to export into.

    Args:
        root: the folder; it may be a link, what lies below may not.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._checked: set[str] = set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Take the folder for one export: made where it is not there, and locked.

        Raises:
            ExportError: it is no folder of ours, or another export is at work in it.
        """
        self._claim()
        try:
            lock = FileLock(self.root / _LOCK).acquire(blocking=False)
        except Timeout as error:
            raise ExportError(
                f"{self.root}: another export is at work here; wait until it is done"
            ) from error
        with lock:
            self._refuse_link(_TEMPORARY)
            (self.root / _TEMPORARY).mkdir(exist_ok=True)
            for left in (self.root / _TEMPORARY).iterdir():  # of an export that was interrupted
                left.unlink()
            yield

    def _claim(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise ExportError(f"{self.root} is a file; name a folder") from error
        found = set(os.listdir(self.root))
        if _MANIFEST in found:
            return
        if found - {_LOCK}:
            raise ExportError(
                f"{self.root} holds files, and none of them says that feedservice export made it ({_MANIFEST}): "
                "nothing was touched. Name an empty or a new folder."
            )
        # At once, so that an export which is interrupted knows the folder again.
        with (
            suppress(FileExistsError),
            (self.root / _MANIFEST).open("x", encoding="utf-8") as stream,
        ):
            stream.writelines(manifests.dump(Manifest()))

    def read_manifest(self) -> tuple[Manifest, set[str]]:
        """Return the last manifest, and files that an interrupted export may have added since.

        Raises:
            ExportError: it was changed by hand.
        """
        with self._open(_MANIFEST) as lines:
            found = manifests.load(lines, str(self.root / _MANIFEST))
        if not (self.root / _JOURNAL).exists():
            return found, set()
        with self._open(_JOURNAL) as lines:
            whole = [
                line for line in lines if line.endswith("\n")
            ]  # the last one may have been cut off
        try:
            added = {str(json.loads(line)) for line in whole}
            for file in added:
                check_inside(file)
        except ValueError as error:
            raise ExportError(f"{self.root / _JOURNAL}: {error}; remove that line") from error
        return found, added

    def announce(self, files: Iterable[str]) -> None:
        """Write down names of files that are about to be added."""
        text = "".join(json.dumps(file, ensure_ascii=False) + "\n" for file in files)
        if text:
            self._refuse_link(_JOURNAL)
            with (self.root / _JOURNAL).open("a", encoding="utf-8") as stream:
                stream.write(text)

    def write_manifest(self, manifest: Manifest) -> None:
        """Write the manifest, the last act of an export."""
        lines = (line.encode() for line in manifests.dump(manifest))
        temporary = self.root / _TEMPORARY
        atomic_write.replace(self.root / _MANIFEST, lines, folder=temporary, sync=True)
        with suppress(FileNotFoundError):
            (self.root / _JOURNAL).unlink()

    def holds(self, file: str, size: int, mtime: int) -> bool:
        """Whether a file is there as it was written."""
        try:
            found = os.lstat(self.root / file)
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and (found.st_size, found.st_mtime_ns) == (
            size,
            mtime * 1_000_000_000,
        )

    def write(
        self, file: str, blocks: Iterable[bytes], mtime: int | None = None, *, is_ours: bool = True
    ) -> int:
        """Write a file through a temporary one; its length.

        Args:
            file: below the folder, in ``public/`` or ``nginx/``.
            blocks: its bytes.
            mtime: epoch seconds.
            is_ours: whether one that is there may be replaced.

        Raises:
            Foreign: one is there that may not.
            ExportError: the way to it leads through a link.
            OSError: as the system says, such as a name that is too long.
        """
        check_inside(file)
        target = self.root / file
        self._make_way(file)
        if not is_ours and os.path.lexists(target):
            raise Foreign(file)
        temporary = self.root / _TEMPORARY
        try:
            return atomic_write.replace(target, blocks, folder=temporary, mtime=mtime)
        except IsADirectoryError as error:
            raise Foreign(file) from error

    def holds_text(self, file: str, text: str) -> bool:
        """Whether a file is there with this text."""
        try:
            with (self.root / file).open("rb") as stream:
                return not (self.root / file).is_symlink() and stream.read() == text.encode()
        except OSError:
            return False

    def remove(self, file: str) -> bool:
        """Remove a file and the folders that it leaves empty; whether it was there."""
        check_inside(file)
        if not self._way_is_ours(file):
            return False
        try:
            os.unlink(self.root / file)
        except (FileNotFoundError, IsADirectoryError):
            return False
        except PermissionError as error:
            if error.errno == errno.EPERM and (self.root / file).is_dir():
                return False
            raise
        parent = os.path.dirname(file)
        while "/" in parent:  # not public/ itself
            try:
                os.rmdir(self.root / parent)
            except OSError:
                break
            self._checked.discard(parent)
            parent = os.path.dirname(parent)
        return True

    def _make_way(self, file: str) -> None:
        """Make the folders on the way to a file; none of them may be a link."""
        for parent in self._parents(file):
            if parent in self._checked:
                continue
            with suppress(FileExistsError):
                (self.root / parent).mkdir()
            if not stat.S_ISDIR(os.lstat(self.root / parent).st_mode):
                raise ExportError(
                    f"{self.root / parent} is no folder of its own; remove it, and export again"
                )
            self._checked.add(parent)

    def _way_is_ours(self, file: str) -> bool:
        try:
            return all(
                stat.S_ISDIR(os.lstat(self.root / parent).st_mode) for parent in self._parents(file)
            )
        except OSError:
            return False

    def _parents(self, file: str) -> list[str]:
        parts = file.split("/")[:-1]
        return ["/".join(parts[: n + 1]) for n in range(len(parts))]

    def _open(self, name: str) -> TextIO:
        self._refuse_link(name)
        return (self.root / name).open(encoding="utf-8")

    def _refuse_link(self, name: str) -> None:
        if (self.root / name).is_symlink():
            raise ExportError(f"{self.root / name} is a link; remove it, and export again")
