"""The door to source files and folders on this machine: reads them, never writes, never leaves them through a link."""

import codecs
import re
from pathlib import Path

from feedservice.errors import ImportFailure
from feedservice.importing.wordpress import Export, WordPress

MAX_FEED = 256 * 1024 * 1024
HEAD = 65_536


def is_folder(named: str) -> bool:
    """Whether a folder is called so."""
    return Path(named).is_dir()


def head_of(named: str) -> bytes:
    """Return the first bytes of a file.

    Raises:
        ImportFailure: it is not there or cannot be read.
    """
    return _read(named, HEAD)


def read_file(named: str) -> bytes:
    """Return the bytes of a feed file.

    Raises:
        ImportFailure: it is not there, cannot be read, or is larger than `MAX_FEED`.
    """
    data = _read(named, MAX_FEED + 1)
    if len(data) > MAX_FEED:
        raise ImportFailure(f"{named}: أكبر من / larger than {MAX_FEED} bytes")
    return data


def _read(named: str, size: int) -> bytes:
    try:
        with Path(named).open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        raise ImportFailure(f"{named}: تعذّرت القراءة / cannot be read: {error.strerror}") from error


def open_export(named: str) -> WordPress:
    """Return a WordPress export.

    Raises:
        ImportFailure: it is not there or cannot be read.
    """
    path = Path(named)
    try:
        size, encoding = path.stat().st_size, _encoding(path)
    except OSError as error:
        raise ImportFailure(f"{named}: تعذّرت القراءة / cannot be read: {error.strerror}") from error
    return WordPress(Export(lambda: path.open("rb"), path.name, size, encoding))


def _encoding(path: Path) -> str | None:
    """Where a file says UTF-8, or nothing, and is not, it is what Arabic systems wrote then."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        head = stream.read(200)
        declared = re.search(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w-]+)""", head)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")) or (declared and declared[1].lower() != b"utf-8"):
            return None
        stream.seek(0)
        try:
            while data := stream.read(1 << 20):
                decoder.decode(data)
        except UnicodeDecodeError as error:
            high = bytes(error.object[error.start : error.start + 4096])
            arabic = sum(byte >= 0xC0 for byte in high)
            return "windows-1256" if arabic > 1 and len(re.findall(rb"[\xc0-\xff]{2,}", high)) > 1 else None
    return None
