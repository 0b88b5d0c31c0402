"""What git prints → what is told of a repository. Pure, but for the stream of blobs."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, NamedTuple

from feedservice.domain.errors import SourceUnavailable
from feedservice.i18n import Message, _
from feedservice.ingest.sources.source import (
    MAX_BYTES,
    MAX_FILES,
    Item,
    Listing,
    is_safe,
    is_wanted,
)

FILE, LINK, _MODULE = "100644", "120000", "160000"
_FILES = (FILE, "100755", "100664")
_BLOCK = 2**20
_NONE = "000000"
_SSH_FAILED = "fatal: Could not read from remote repository."
"""What git says below the line in which ssh says why."""


class Entry(NamedTuple):
    """What is at a path: its mode in Git's words, and its object."""

    mode: str
    blob: str

    @property
    def is_file(self) -> bool:
        """Whether it has bytes."""
        return self.mode in (*_FILES, LINK)


class Tree:
    """The files of a commit, and of the next one by what changed between them.

    Args:
        files: of a tree that this one was made of.
        left_out: what of it is not taken, by path.
    """

    def __init__(
        self, files: Mapping[str, str] | None = None, left_out: Mapping[str, Message] | None = None
    ) -> None:
        self._files = dict(files or {})
        self._left_out = dict(left_out or {})

    def listing(self, commit: str) -> Listing:
        """Return what is taken of it.

        Raises:
            SourceUnavailable: there are more files than `MAX_FILES`.
        """
        if len(self._files) > MAX_FILES:
            raise SourceUnavailable(
                _("it has {n} files; {most} are taken at most", n=len(self._files), most=MAX_FILES)
            )
        told = tuple(self._left_out.values())
        return Listing(generation=commit, files=self._files, left_out=told)

    def next(self, changes: Mapping[str, Entry], sizes: Mapping[str, int]) -> "Tree":
        """Return the tree in which some files are others, or are no more.

        Args:
            changes: what they are now, by path.
            sizes: of their blobs.
        """
        tree = Tree(self._files, self._left_out)
        for path, entry in changes.items():
            tree._take(path, entry, sizes.get(entry.blob, 0))
        return tree

    def _take(self, path: str, entry: Entry, size: int) -> None:
        self._files.pop(path, None)
        self._left_out.pop(path, None)
        if entry.mode == _NONE:
            return
        if entry.mode == _MODULE:
            told = _("{path} is a submodule: it is not followed", path=path)
        elif not is_safe(path) or not entry.is_file:
            told = _("{path} cannot be put into a folder", path=path)
        elif size > MAX_BYTES:
            told = _("{path} is too large", path=path)
        else:
            self._files[path] = f"{LINK if entry.mode == LINK else FILE} {entry.blob}"
            return
        self._left_out[path] = told


def listed(printed: bytes) -> tuple[dict[str, Entry], dict[str, int]]:
    """Return what ``git ls-tree -r -l -z`` printed: what there is, and sizes of blobs."""
    found, sizes = {}, {}
    for record in printed.split(b"\0"):
        head, _tab, name = record.partition(b"\t")
        path = os.fsdecode(name)
        if name and is_wanted(path):
            mode, _kind, blob, size = head.decode("ascii").split()
            found[path] = Entry(mode, blob)
            sizes[blob] = int(size) if size.isdigit() else 0
    return found, sizes


def changed(printed: bytes) -> dict[str, Entry]:
    """Return what ``git diff-tree -r -z --raw --no-renames`` printed: what is another now."""
    found = {}
    parts = iter(printed.split(b"\0"))
    for head, name in zip(parts, parts, strict=False):
        path = os.fsdecode(name)
        if is_wanted(path):
            _before, mode, _blob, blob, _status = head.decode("ascii").split()
            found[path] = Entry(mode, blob)
    return found


def sizes_of(printed: bytes) -> dict[str, int]:
    """Return what ``git cat-file --batch-check`` printed: sizes by blob."""
    lines = (line.split() for line in printed.decode("ascii").splitlines())
    return {line[0]: int(line[2]) for line in lines if len(line) == 3}


def item(path: str, stream: IO[bytes], *, is_link: bool) -> Item:
    """Return the next blob that ``git cat-file --batch`` prints.

    Raises:
        SourceUnavailable: it has none.
    """
    head = stream.readline().split()
    if len(head) != 3:
        raise SourceUnavailable(_("git no longer has the bytes of {path}", path=path))
    size = int(head[2])
    if is_link:
        target = os.fsdecode(stream.read(size + 1)[:-1])
        return Item(path, link=target or ".")
    return Item(path, _blocks(stream, size))


def _blocks(stream: IO[bytes], size: int) -> Iterable[bytes]:
    left = size
    while left:
        block = stream.read(min(left, _BLOCK))
        if not block:
            raise SourceUnavailable(_("git ended too early"))
        left -= len(block)
        yield block
    stream.read(1)  # the line end after it


def reason(err: bytes) -> str:
    """Return the line in which git says why."""
    lines: Sequence[str] = [
        line.strip() for line in err.decode(errors="replace").splitlines() if line.strip()
    ]
    if _SSH_FAILED in lines[1:]:
        return lines[lines.index(_SSH_FAILED) - 1][:300]
    told = next((line for line in lines if line.startswith(("fatal:", "error:"))), "")
    return (told or (lines[-1] if lines else "?"))[:300]
