"""The door to source files and folders on this machine: reads them, never writes, never leaves them through a link."""

from pathlib import Path

from feedservice.errors import ImportFailure

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
