"""Zip and tar files as the folders that they hold, within bounds.

A name is only a key here, so that none climbs out. What is no regular file, is hidden or is too
large, is not there.
"""

import tarfile
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, BinaryIO

from feedservice.domain.errors import ImportFailure
from feedservice.domain.text import nfc
from feedservice.i18n import _
from feedservice.importing.source_folder import MAX_FILE, is_of_source

MAX_FILES = 200_000
MAX_BYTES = 4 * 1024 * 1024 * 1024
"""Of all files together, unpacked."""
MAX_RATIO = 200
"""Of a file, unpacked to packed: text has 20 at most, a bomb a thousand."""
_SMALL = 1024 * 1024
"""Bytes below which nothing is a bomb."""
_BAD = (OSError, EOFError, zlib.error, zipfile.BadZipFile, tarfile.TarError, RuntimeError)

Reads = dict[str, tuple[Callable[[], bytes], int]]
"""By path: what reads a file, and its bytes, unpacked."""


class Archive:
    """The files of an archive, by their paths below the one folder that holds all, if one does.

    Args:
        reads: its files.
        held: what they are read from; closed when nobody has the archive any more.
    """

    def __init__(self, reads: Reads, *held: IO[bytes] | zipfile.ZipFile) -> None:
        for each in held:
            weakref.finalize(self, each.close)
        top = _common_folder(reads)
        below = ((path.removeprefix(top), read) for path, read in reads.items())
        self._reads = {path: read for path, read in below if is_of_source(path)}

    def paths(self) -> tuple[str, ...]:
        """Return the path of every file, sorted."""
        return tuple(sorted(self._reads))

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file; None where there is none so small."""
        read, size = self._reads.get(path, (None, 0))
        if read is None or size > MAX_FILE:
            return None
        try:
            data = read()
        except (*_BAD, NotImplementedError, ValueError):
            return None
        return data if len(data) <= MAX_FILE else None


def open_archive(stream: BinaryIO, name: str) -> Archive | None:
    """Return the archive that a file is, told by its bytes; None where it is none.

    Args:
        stream: the file, which is closed in time.
        name: of the file.

    Raises:
        ImportFailure: it is one, and cannot be read, or unpacks to too much.
    """
    head = stream.read(512)
    size = stream.seek(0, 2)
    stream.seek(0)
    is_zip = head.startswith((b"PK\x03\x04", b"PK\x05\x06"))
    is_tar = head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ")) or head[257:262] == b"ustar"
    if not is_zip and not is_tar:
        stream.close()
        return None
    try:
        return _zip(stream, name) if is_zip else _tar(stream, name, size)
    except (*_BAD, ValueError, ImportFailure) as error:
        stream.close()
        if isinstance(error, ImportFailure):
            raise
        raise ImportFailure(
            _("{source} cannot be read: {reason}", source=name, reason=str(error))
        ) from error


def _zip(stream: BinaryIO, name: str) -> Archive:
    archive = zipfile.ZipFile(stream)
    found: Reads = {}
    total = 0
    for member in archive.infolist():
        path = _path(member.filename)
        is_link = (member.external_attr >> 28) == 0xA
        is_bomb = member.file_size > max(_SMALL, member.compress_size * MAX_RATIO)
        total += member.file_size
        _check(name, len(found), total)
        if path and not (member.is_dir() or is_link or is_bomb):
            found[path] = _member(archive, member), member.file_size
    return Archive(found, archive, stream)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        with archive.open(member) as stream:
            return stream.read(MAX_FILE + 1)

    return read


def _tar(stream: BinaryIO, name: str, size: int) -> Archive:
    """A packed tar can only be read from its beginning, so that its files are put beside."""
    beside = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the archive
    found: Reads = {}
    total = 0
    try:
        with stream, tarfile.open(fileobj=stream, mode="r|*") as archive:
            for member in archive:
                total += member.size
                _check(name, len(found), total, max(_SMALL, size * MAX_RATIO))
                path = _path(member.name)
                inside = archive.extractfile(member) if path and member.isreg() else None
                if inside is not None and member.size <= MAX_FILE:
                    begin = beside.tell()
                    found[path] = _part(beside, begin, beside.write(inside.read())), member.size
    except BaseException:
        beside.close()
        raise
    return Archive(found, beside)


def _part(beside: BinaryIO, begin: int, length: int) -> Callable[[], bytes]:
    def read() -> bytes:
        beside.seek(begin)
        return beside.read(length)

    return read


def _check(name: str, files: int, size: int, limit: int = MAX_BYTES) -> None:
    if files > MAX_FILES or size > min(limit, MAX_BYTES):
        raise ImportFailure(
            _(
                "{source} unpacks to more than {limit} bytes or {files} files",
                source=name,
                limit=min(limit, MAX_BYTES),
                files=MAX_FILES,
            )
        )


def _path(name: str) -> str:
    """A path below the archive in NFC; empty for one that leads out of it."""
    parts = nfc(name[:4096]).replace("\\", "/").split("/")
    is_inside = not name.startswith(("/", "\\")) and ".." not in parts and ":" not in parts[0]
    return "/".join(part for part in parts if part not in ("", ".")) if is_inside else ""


def _common_folder(reads: Reads) -> str:
    tops = {path.partition("/")[0] for path in reads if not path.startswith(("__MACOSX/", "."))}
    top = next(iter(tops), "")
    is_folder = len(tops) == 1 and all(
        path.startswith((f"{top}/", "__MACOSX/", ".")) for path in reads
    )
    # A folder that means something to who made it is no wrapping.
    return f"{top}/" if is_folder and top not in ("content", "posts", "_posts", "src") else ""
