"""A folder that is kept like a source: each file that changed is put in its place whole.

The writer follows it as it follows a folder that editors save in, so that a push of one file costs
what a save costs. Unchanged files keep their times and inodes, and so do moved ones.
"""

import errno
import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from feedservice.domain.errors import SourceUnavailable
from feedservice.i18n import Message, _
from feedservice.ingest.sources.source import Item, Listing, Source
from feedservice.system import atomic_write

Changing = Callable[[str], AbstractContextManager[object]]
"""Is entered with a generation while the folder becomes that."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
SITE = "site.yaml"
_IN_THE_WAY = (errno.ELOOP, errno.ENOTDIR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a mirror holds: of which moment, and each file's version."""

    generation: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What following a source came to.

    Attributes:
        before, generation: what was held, and what is.
        written, moved, removed: how many files.
        left_out: what the source has and is not taken, in words.
    """

    before: str
    generation: str
    left_out: tuple[Message, ...] = ()
    written: int = 0
    moved: int = 0
    removed: int = 0

    @property
    def is_same(self) -> bool:
        """Whether no file was touched."""
        return not (self.written or self.moved or self.removed)


class Mirror:
    """The content folder of a source.

    Args:
        folder: for it, what it is known to hold, and files that are being brought.
    """

    def __init__(self, folder: Path) -> None:
        self.content = folder / "content"
        self._folder = folder
        self._manifest = folder / "manifest.json"
        self._kept: Kept | None = None
        self._noted = sys.maxsize
        """Files that were touched since all were noted: by this process, whoever was cut off."""

    def kept(self) -> Kept:
        """Return what is held; nothing where that is not known.

        The first line tells all of it, and each further one what became of some files.
        """
        generation, files = "", dict[str, str]()
        with suppress(OSError, ValueError, KeyError, TypeError):
            for line in self._manifest.read_bytes().splitlines():
                held = json.loads(line)
                files.update(held["files"])
                for path in held.get("gone", ()):
                    files.pop(path, None)
                generation = held["generation"]
        return Kept(generation=generation, files=files)

    def follow(self, source: Source, changing: Changing = nullcontext) -> Followed:
        """Make the folder what the source lists.

        Raises:
            SourceUnavailable: the source failed; what was brought by then is there, and whole.
            OSError: there is no room.
        """
        listing = source.look()
        if SITE not in listing.files:
            raise SourceUnavailable(_("it holds no {name}", name=SITE))
        kept = self._kept if self._kept is not None else self._begin()
        if not kept.files:
            with changing(listing.generation):
                return self._build(source, listing)
        wanted = {path: how for path, how in listing.files.items() if kept.files.get(path) != how}
        gone = kept.files.keys() - listing.files.keys()
        if not wanted and not gone and kept.generation == listing.generation:
            return Followed(before=kept.generation, generation=kept.generation)
        with changing(listing.generation):
            return self._change(source, listing, kept, wanted, gone)

    def _change(
        self,
        source: Source,
        listing: Listing,
        kept: Kept,
        wanted: dict[str, str],
        gone: Collection[str],
    ) -> Followed:
        files, touched = dict(kept.files), {*wanted, *gone}
        try:
            self._remove(_in_the_way(gone, wanted), files)
            moved = self._move(gone, wanted, files)
            for item in source.read(wanted):
                self._put(self.content, item)
                files[item.path] = wanted[item.path]
            self._remove(files.keys() & gone, files)
        finally:
            is_whole = files == listing.files
            generation = listing.generation if is_whole else ""
            self._note(Kept(generation=generation, files=files), touched)
        return Followed(
            before=kept.generation,
            generation=listing.generation,
            left_out=listing.left_out,
            written=len(wanted),
            moved=moved,
            removed=len(gone) - moved,
        )

    def _begin(self) -> Kept:
        """Return what is held once a process begins: what was taken away meanwhile is not."""
        for left in self._folder.glob("*.tmp"):
            left.unlink(missing_ok=True)
        kept = self.kept()
        present = {path: how for path, how in kept.files.items() if self._lies(path)}
        return kept if len(present) == len(kept.files) else Kept(files=present)

    def _lies(self, path: str) -> bool:
        return os.path.lexists(self.content / path)

    def _build(self, source: Source, listing: Listing) -> Followed:
        """Bring everything into a folder beside, which takes the place of what is there."""
        fresh, old = self._folder / "content.new", self._folder / "content.old"
        for each in (fresh, old):
            shutil.rmtree(each, ignore_errors=True)
        fresh.mkdir(parents=True)
        brought = {}
        for item in source.read(listing.files):
            self._put(fresh, item)
            brought[item.path] = listing.files[item.path]
        if os.path.lexists(self.content):
            self.content.rename(old)
        fresh.rename(self.content)
        shutil.rmtree(old, ignore_errors=True)
        is_whole = brought == listing.files
        self._note(Kept(generation=listing.generation if is_whole else "", files=brought))
        return Followed(
            before="",
            generation=listing.generation,
            left_out=listing.left_out,
            written=len(brought),
        )

    def _note(self, kept: Kept, touched: Collection[str] | None = None) -> None:
        """Note what is held: what became of the files that were touched, or of all of them."""
        noted, self._noted, self._kept = self._noted, sys.maxsize, None  # as long as that may fail
        if hasattr(os, "sync"):
            os.sync()  # what the note says is there has to be there after a power cut, too
        if touched is None or noted + len(touched) > len(kept.files):
            told = _line(kept.generation, kept.files)
            atomic_write.replace(self._manifest, (told,), folder=self._folder)
            noted = 0
        else:
            files = {path: kept.files[path] for path in touched if path in kept.files}
            gone = [path for path in touched if path not in kept.files]
            with self._manifest.open("ab") as stream:
                stream.write(_line(kept.generation, files, gone))
            noted += len(touched)
        self._kept, self._noted = kept, noted

    def _move(self, gone: Collection[str], wanted: dict[str, str], files: dict[str, str]) -> int:
        """Rename what is under another name now; return how many."""
        by_version = {files[path]: path for path in gone if path in files}
        moved = 0
        for path, how in [*wanted.items()]:
            old = by_version.get(how)
            if old is None or path in files:
                continue
            with suppress(OSError):
                with (
                    self._parent(self.content, old, is_new=False) as (start, name),
                    self._parent(self.content, path) as (end, new),
                ):
                    os.rename(name, new, src_dir_fd=start, dst_dir_fd=end)
                del by_version[how], wanted[path], files[old]
                files[path] = how
                moved += 1
                self._prune(old)
        return moved

    def _remove(self, paths: Collection[str], files: dict[str, str]) -> None:
        for path in sorted(paths):
            with suppress(FileNotFoundError, NotADirectoryError):
                with self._parent(self.content, path, is_new=False) as (folder, name):
                    os.unlink(name, dir_fd=folder)
                self._prune(path)
            files.pop(path, None)

    def _prune(self, path: str) -> None:
        """Remove folders that hold nothing any more."""
        above, _slash, _name = path.rpartition("/")
        while above:
            try:
                with self._parent(self.content, above, is_new=False) as (folder, name):
                    os.rmdir(name, dir_fd=folder)
            except OSError:
                return
            above, _slash, _name = above.rpartition("/")

    def _put(self, root: Path, item: Item) -> None:
        """Put a file in its place: first beside the folder, then by one rename."""
        temporary = self._folder / f"{secrets.token_hex(8)}.tmp"
        try:
            if item.link:
                temporary.symlink_to(item.link)
            else:
                with os.fdopen(os.open(temporary, _FILE, 0o644), "wb") as stream:
                    stream.writelines(item.blocks)
            with self._parent(root, item.path) as (folder, name):
                try:
                    os.rename(temporary, name, dst_dir_fd=folder)
                except IsADirectoryError:
                    shutil.rmtree(name, dir_fd=folder)
                    os.rename(temporary, name, dst_dir_fd=folder)
        finally:
            temporary.unlink(missing_ok=True)

    @contextmanager
    def _parent(self, root: Path, path: str, *, is_new: bool = True) -> Iterator[tuple[int, str]]:
        """Open the folder of a path step by step: no link on the way is followed.

        What is no folder is removed if the path is a new one's: a source has one or the other.
        """
        *steps, name = path.split("/")
        folder = os.open(root, _FOLDER)
        try:
            for step in steps:
                inner = self._step(folder, step, is_new=is_new)
                os.close(folder)
                folder = inner
            yield folder, name
        finally:
            os.close(folder)

    def _step(self, folder: int, step: str, *, is_new: bool) -> int:
        try:
            return os.open(step, _FOLDER, dir_fd=folder)
        except OSError as error:
            if not is_new or error.errno not in (errno.ENOENT, *_IN_THE_WAY):
                raise
            if error.errno != errno.ENOENT:
                os.unlink(step, dir_fd=folder)
        os.mkdir(step, 0o755, dir_fd=folder)
        return os.open(step, _FOLDER, dir_fd=folder)


def _line(generation: str, files: Mapping[str, str], gone: Collection[str] = ()) -> bytes:
    return json.dumps({"generation": generation, "files": files, "gone": [*gone]}).encode() + b"\n"


def _in_the_way(gone: Collection[str], wanted: Collection[str]) -> set[str]:
    """Return what has to go first: a file where a folder is to be, or the other way round."""
    above = {path[:place] for path in wanted for place in _slashes(path)}
    return {
        path
        for path in gone
        if path in above or any(path[:place] in wanted for place in _slashes(path))
    }


def _slashes(path: str) -> list[int]:
    return [place for place, sign in enumerate(path) if sign == "/"]
