"""What the user named → the `Source` that it is: an address, a file or a folder.

Only here, in `source_folder` and in `archive` is anything of this machine opened, and only to read
it (a packed tar is unpacked into a nameless file beside).
"""

import codecs
import re
from collections.abc import Callable
from pathlib import Path

from feedservice.domain.errors import ImportFailure, reason_of
from feedservice.i18n import Message, _
from feedservice.importing import blogger, ghost
from feedservice.importing.addresses import is_http
from feedservice.importing.archive import open_archive
from feedservice.importing.doors import open_files
from feedservice.importing.exported import Exported
from feedservice.importing.feed_source import FeedSource
from feedservice.importing.fetch import Fetcher
from feedservice.importing.foreign_entry import Source
from feedservice.importing.source_folder import SourceFolder
from feedservice.importing.wordpress import Export, WordPress

MAX_FEED = 256 * 1024 * 1024
_HEAD = 65_536
_WXR = re.compile(rb"xmlns:wp\s*+=\s*+[\"']https?://wordpress\.org/export/")
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w-]+)""")


def open_source(named: str, kind: str | None, fetcher: Fetcher, zone: str = "UTC") -> Source:
    """Return the source that a name means.

    Args:
        named: an http address, a file or a folder.
        kind: one of `KINDS` where the user said it.
        fetcher: asks the network.
        zone: of dates that name none, where the source says none either.

    Raises:
        ImportFailure: there is no such thing, or it cannot be told what it is.
    """
    if named.startswith(("http://", "https://")):
        return FeedSource(fetcher.log_in(named), fetcher=fetcher)
    path = Path(named)
    if path.is_dir():
        return open_folder(path, kind, zone)
    head = _read(path, _HEAD)
    if kind == "wordpress" or (kind is None and _WXR.search(head)):
        return open_export(path)
    if kind == "blogger" or (kind is None and blogger.MARK.search(head) and b"<feed" in head):
        return Exported("blogger", lambda: blogger.entries_of(lambda: path.open("rb"), path.name))
    archive = None if kind == "feed" else open_archive(path.open("rb"), path.name)
    if archive:
        return open_files(archive, path.name, kind, zone)
    if kind == "ghost" or (kind is None and re.match(rb"(?:\xef\xbb\xbf)?\s*\{", head)):
        data = read_named(named, None)
        document = ghost.parsed(data, path.name)
        if kind == "ghost" or ghost.is_export(document):
            return Exported("ghost", lambda: ghost.entries_of(document, path.name))
        return FeedSource(named, data=data)
    return open_feed(named, fetcher)


def open_feed(named: str, fetcher: Fetcher) -> Source:
    """Return a feed, by its address or as a file.

    Raises:
        ImportFailure: it cannot be read.
    """
    if is_http(named):
        return FeedSource(fetcher.log_in(named), fetcher=fetcher)
    return FeedSource(named, data=read_named(named, None))


def read_named(named: str, get: Callable[[str], bytes] | None) -> bytes:
    """Return the bytes of a file, or of an address that ``get`` fetches.

    Raises:
        ImportFailure: it cannot be read, or has more than `MAX_FEED` bytes.
    """
    if get is not None and is_http(named):
        return get(named)
    data = _read(Path(named), MAX_FEED + 1)
    if len(data) > MAX_FEED:
        raise ImportFailure(_("{source} has more than {limit} bytes", source=named, limit=MAX_FEED))
    return data


def open_folder(path: Path, kind: str | None, zone: str) -> Source:
    """Return a folder as what it is told to be by what lies in it.

    Raises:
        ImportFailure: that cannot be told.
    """
    return open_files(SourceFolder(path.absolute()), str(path), kind, zone)


def open_export(path: Path) -> WordPress:
    """Return a WordPress export.

    Raises:
        ImportFailure: it is not there or cannot be read.
    """
    try:
        size, encoding = path.stat().st_size, _encoding(path)
    except OSError as error:
        raise _unreadable(path, reason_of(error)) from error
    return WordPress(Export(lambda: path.open("rb"), path.name, size, encoding))


def _read(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        raise _unreadable(path, reason_of(error)) from error


def _unreadable(path: Path, reason: Message | Exception) -> ImportFailure:
    said = reason if isinstance(reason, Message) else str(reason)
    return ImportFailure(_("{source} cannot be read: {reason}", source=path, reason=said))


def _encoding(path: Path) -> str | None:
    """Where a file says UTF-8, or nothing, and is not, it is what Arabic systems wrote then."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        declared = _DECLARED.match(head, max(head.find(b"<?xml"), 0))
        is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        if is_utf16 or (declared and declared[1].lower() != b"utf-8"):
            return None
        stream.seek(0)
        try:
            while data := stream.read(1 << 20):
                decoder.decode(data)
        except UnicodeDecodeError as error:
            high = bytes(error.object[error.start : error.start + 4096])
            return "windows-1256" if len(re.findall(rb"[\xc0-\xff]{2,}", high)) > 1 else None
    return None
