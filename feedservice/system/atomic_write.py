"""Files that are there whole or not at all: written under another name, then put in their place."""

import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def replace(
    target: Path | str,
    blocks: Iterable[bytes],
    *,
    folder: Path | str | None = None,
    mode: int | None = None,
    mtime: int | None = None,
    sync: bool = False,
) -> int:
    """Write a file through a temporary one and a rename, over one that may be there.

    Args:
        target: the file; its folder is there.
        blocks: its bytes.
        folder: for the temporary file, on the same file system; beside ``target`` otherwise.
        mode: its permissions; as the umask says otherwise.
        mtime: Unix seconds; now otherwise.
        sync: whether its bytes are on the disk before its name is.

    Returns:
        Its length in bytes.

    Raises:
        OSError: it could not be written; what was there is still there.
    """
    temporary = _temporary_in(folder or os.path.dirname(target))
    try:
        length = _write(temporary, blocks, sync=sync, mode=mode, mtime=mtime)
        os.replace(temporary, target)
    except BaseException:
        _remove(temporary)
        raise
    return length


def create(target: Path, data: bytes) -> None:
    """Write a new file, never over one that is there.

    Raises:
        FileExistsError: something lies at ``target``.
        OSError: it could not be written.
    """
    temporary = _temporary_in(target.parent)
    try:
        _write(temporary, (data,), sync=False)
        try:
            os.link(temporary, target)
        except FileExistsError:
            raise
        except OSError:  # some network file systems have no links
            with target.open("xb") as file:
                file.write(data)
    finally:
        _remove(temporary)


def is_temporary(name: str) -> bool:
    """Whether a file's name is one that a process which was killed may have left."""
    return re.fullmatch(r"\.new-[0-9a-f]{16}\.tmp", name) is not None


def _temporary_in(folder: Path | str) -> str:
    # Joined as texts here and below: a thousand paths take as long as writing three hundred files.
    return os.path.join(folder, f".new-{secrets.token_hex(8)}.tmp")


def _remove(temporary: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(temporary)


def _write(
    path: str,
    blocks: Iterable[bytes],
    *,
    sync: bool,
    mode: int | None = None,
    mtime: int | None = None,
) -> int:
    length = 0
    # A stream with a buffer takes as long to make as a small file to write.
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        if mode is not None:  # before its first byte: it may be nobody else's
            os.fchmod(file, mode)
        for block in blocks:
            length += _write_all(file, block)
        if sync:
            os.fsync(file)
        if mtime is not None:
            os.utime(file, (mtime, mtime))
    finally:
        os.close(file)
    return length


def _write_all(file: int, block: bytes) -> int:
    """Write a block; its length. The system may take a part of it at once."""
    done = os.write(file, block)
    while done < len(block):
        done += os.write(file, memoryview(block)[done:])
    return done
