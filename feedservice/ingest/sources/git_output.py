"""What git prints → what is told of a repository. Pure, but for the stream of blobs."""

import os
from collections.abc import Iterable, Sequence
from typing import IO

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
_SSH_FAILED = "fatal: Could not read from remote repository."
"""What git says below the line in which ssh says why."""


def listing(commit: str, listed: bytes) -> Listing:
    """Return what ``git ls-tree -r -l -z`` printed.

    Raises:
        SourceUnavailable: there are more files than `MAX_FILES`.
    """
    files: dict[str, str] = {}
    left_out: list[Message] = []
    for record in listed.split(b"\0"):
        head, _tab, name = record.partition(b"\t")
        path = os.fsdecode(name)
        if not name or not is_wanted(path):
            continue
        mode, _kind, blob, size = head.decode("ascii").split()
        if mode == _MODULE:
            left_out.append(_("{path} is a submodule: it is not followed", path=path))
        elif not is_safe(path) or mode not in (*_FILES, LINK):
            left_out.append(_("{path} cannot be put into a folder", path=path))
        elif int(size) > MAX_BYTES:
            left_out.append(_("{path} is too large", path=path))
        else:
            files[path] = f"{LINK if mode == LINK else FILE} {blob}"
    if len(files) > MAX_FILES:
        raise SourceUnavailable(
            _("it has {n} files; {most} are taken at most", n=len(files), most=MAX_FILES)
        )
    return Listing(generation=commit, files=files, left_out=tuple(left_out))


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
