"""Zip and tar files as the folders that they hold, files of gzip as the one, within bounds.

A name is only a key here, so that none climbs out. What is no regular file, is hidden or is too
large, is not there.
"""

import gzip
import io
import lzma
import tarfile
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

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
_BAD = (
    OSError,
    EOFError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)
_GZIP = b"\x1f\x8b"

Opener = Callable[[], BinaryIO]
Members = dict[str, tuple[Callable[[], IO[bytes]], int]]
"""By path: what opens a file, and its bytes, unpacked."""


class Archive:
    """The files of an archive, by their paths below the one folder that holds all, if one does.

    Args:
        members: its files.
        held: what they are read from; closed when nobody has the archive any more.
    """

    def __init__(self, members: Members, *held: IO[bytes] | zipfile.ZipFile) -> None:
        for each in held:
            weakref.finalize(self, each.close)
        top = _common_folder(members)
        below = ((path.removeprefix(top), member) for path, member in members.items())
        self._members = {path: member for path, member in below if is_of_source(path)}

    def paths(self) -> tuple[str, ...]:
        """Return the path of every file, sorted."""
        return tuple(sorted(self._members))

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file; None where there is none so small."""
        _, size = self._members.get(path, (None, MAX_FILE + 1))
        if size > MAX_FILE:
            return None
        try:
            with self.open(path) as stream:
                data = stream.read(MAX_FILE + 1)
        except ImportFailure:
            return None
        return data if len(data) <= MAX_FILE else None

    def modified(self, path: str) -> None:
        """See `Files`: a zip says it without a zone, and whoever unpacked it before packs anew."""

    def open(self, path: str) -> BinaryIO:
        """Return a file as a stream, however large; reading it raises `ImportFailure` if broken."""
        open_member, size = self._members[path]
        return _stream(open_member, path, size)


class _Unpacked(io.RawIOBase):
    """What a packed file unpacks to, as far as ``limit``; what is broken raises `ImportFailure`."""

    def __init__(self, stream: IO[bytes], name: str, limit: int) -> None:
        self._stream = stream
        self._name = name
        self._limit = limit
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        into = memoryview(buffer)
        with _telling(self._name):
            data = self._stream.read(len(into))
        self._at += len(data)
        _check(self._name, 0, self._at, self._limit)
        into[: len(data)] = data
        return len(data)

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


def _stream(opener: Callable[[], IO[bytes]], name: str, limit: int) -> BinaryIO:
    with _telling(name):
        opened = opener()
    return io.BufferedReader(_Unpacked(opened, name, limit))


def opener_of(path: Path) -> Opener:
    """Return what opens a file: one of gzip that holds no tar as what it unpacks to.

    Raises:
        OSError: there is none.
    """
    with path.open("rb") as stream:
        if stream.read(2) != _GZIP:
            return lambda: path.open("rb")
    limit = max(_SMALL, path.stat().st_size * MAX_RATIO)

    def unpacked() -> BinaryIO:
        return _stream(lambda: cast("IO[bytes]", gzip.open(path)), path.name, limit)

    with unpacked() as inner:
        is_tar = _is_tar(inner.read(512))
    return (lambda: path.open("rb")) if is_tar else unpacked


def open_archive(stream: BinaryIO, name: str) -> Archive | None:
    """Return the archive that a file is, told by its bytes; None where it is none.

    Args:
        stream: the file, which is closed in time.
        name: of the file.

    Raises:
        ImportFailure: it is one, and cannot be read, or unpacks to too much.
    """
    head = stream.read(512)
    is_zip = head.startswith((b"PK\x03\x04", b"PK\x05\x06"))
    is_tar = head.startswith((_GZIP, b"BZh", b"\xfd7zXZ")) or _is_tar(head)
    if not is_zip and not is_tar:
        stream.close()
        return None
    try:
        with _telling(name):
            size = stream.seek(0, 2)
            stream.seek(0)
            return _zip(stream, name) if is_zip else _tar(stream, name, size)
    except ImportFailure:
        stream.close()
        raise


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"  # POSIX.1-1988, "ustar Interchange Format"


@contextmanager
def _telling(name: str) -> Iterator[None]:
    """Tell what an archive or its reader refuses as a failure of the import."""
    try:
        yield
    except (*_BAD, NotImplementedError, ValueError) as error:
        raise ImportFailure(
            _("{source} cannot be read: {reason}", source=name, reason=str(error))
        ) from error


def _zip(stream: BinaryIO, name: str) -> Archive:
    archive = zipfile.ZipFile(stream)
    found: Members = {}
    total = 0
    for member in archive.infolist():
        path = _path(member.filename)
        is_link = (member.external_attr >> 28) == 0xA
        is_bomb = member.file_size > max(_SMALL, member.compress_size * MAX_RATIO)
        total += member.file_size
        _check(name, len(found), total)
        if path and not (member.is_dir() or is_link or is_bomb):
            found[path] = partial(archive.open, member), member.file_size
    return Archive(found, archive, stream)


def _tar(stream: BinaryIO, name: str, size: int) -> Archive:
    """A packed tar can only be read from its beginning, so that its files are put beside."""
    beside = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the archive
    found: Members = {}
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


def _part(beside: BinaryIO, begin: int, length: int) -> Callable[[], IO[bytes]]:
    def part() -> IO[bytes]:
        beside.seek(begin)
        return io.BytesIO(beside.read(length))

    return part


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


def _common_folder(members: Members) -> str:
    tops = {path.partition("/")[0] for path in members if not path.startswith(("__MACOSX/", "."))}
    top = next(iter(tops), "")
    is_folder = len(tops) == 1 and all(
        path.startswith((f"{top}/", "__MACOSX/", ".")) for path in members
    )
    # A folder that means something to who made it is no wrapping.
    return f"{top}/" if is_folder and top not in ("content", "posts", "_posts", "src") else ""
