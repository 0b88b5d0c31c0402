"""The only door to the content folder: walk, read, measure, open, write.

Names are NFC outside this module, whatever the disk holds. Symlinks, FIFOs and devices are never followed or opened:
every step below the root is opened with O_NOFOLLOW, relative to the folder before it.
"""

import errno
import hashlib
import os
import re
import stat
import tempfile
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import puremagic
from PIL import Image, UnidentifiedImageError

from feedservice.content.source import MAX_BYTES
from feedservice.model import Media

_TEMPORARY = re.compile(r".*~|.*\.sw.|#.*#|.*\.(tmp|part|filepart|bak)|4913", re.IGNORECASE)

MEDIA_TYPES = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp",
    ".avif": "image/avif", ".svg": "image/svg+xml", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".aac": "audio/aac",
    ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".wav": "audio/wav", ".flac": "audio/flac",
    ".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".pdf": "application/pdf",
    ".epub": "application/epub+zip", ".txt": "text/plain", ".csv": "text/csv", ".zip": "application/zip",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text", ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}  # fmt: skip
"""The allow-list of media/: no type that a browser would run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An article file as a walk sees it: its NFC path below the root, bytes, and time of change."""

    path: str
    size: int
    mtime_ns: int


@dataclass(slots=True, kw_only=True)
class MediaFile:
    """An open file of media/: the web layer streams and closes it."""

    stream: BinaryIO
    length: int
    media_type: str
    etag: str
    last_modified: datetime


@dataclass(slots=True)
class Walk:
    """What one walk saw: article files and media files by path, and folders that could not be listed."""

    articles: dict[str, Seen] = field(default_factory=dict)
    media: dict[str, Seen] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def is_article(path: str) -> bool:
    """Whether ``path`` (below the root, with ``/``) names an article file."""
    parts = path.split("/")
    if len(parts) < 2 or parts[0] == "media" or not parts[-1].lower().endswith(".md"):
        return False
    return parts[-1].lower() != "readme.md" and not any(_is_hidden(part) for part in parts)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "_")) or _TEMPORARY.fullmatch(name) is not None


class ContentFiles:
    """The content folder.

    Args:
        root: the folder that holds site.yaml.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def walk(self, below: str = "") -> Walk:
        """Look at every article and media file (``below`` a folder, if given) without opening any.

        Raises:
            OSError: the root itself cannot be listed.
        """
        found = Walk()
        pending = [below]
        while pending:
            folder = pending.pop()
            try:
                entries = list(os.scandir(self.root / folder if folder else self.root))
            except OSError:
                if not folder:
                    raise
                found.unreadable.append(folder)
                continue
            for entry in entries:
                name = unicodedata.normalize("NFC", entry.name)
                path = f"{folder}/{name}" if folder else name
                if _is_hidden(name):
                    continue
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        # A folder whose name is not NFC on disk is walked by its real name.
                        pending.append(f"{folder}/{entry.name}" if folder else entry.name)
                    elif entry.is_file(follow_symlinks=False):
                        self._note(found, unicodedata.normalize("NFC", path), entry.stat(follow_symlinks=False))
        return found

    def stat(self, path: str) -> Seen | None:
        """Return what a walk would see of one regular file, or None."""
        try:
            found = os.lstat(self._real(path))
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        return Seen(path=path, size=found.st_size, mtime_ns=found.st_mtime_ns)

    def is_folder(self, path: str) -> bool:
        """Whether a real folder (no symlink) lies at ``path``."""
        try:
            return stat.S_ISDIR(os.lstat(self._real(path)).st_mode)
        except (OSError, ValueError):
            return False

    def read(self, path: str) -> bytes:
        """Return the bytes of a file, at most one more than an article may have.

        Raises:
            OSError: absent, unreadable, or no regular file.
        """
        with self._open(path) as stream:
            return stream.read(MAX_BYTES + 1)

    def measure(self, media: Media) -> Media | None:
        """Return ``media`` with type, length and dimensions taken from the file; None where there is no such file.

        A file on another host stays as it is, its type guessed from its name.
        """
        suffix = os.path.splitext(media.src.partition("?")[0])[1].lower()
        if not media.src.startswith("media/"):
            return _with(media, media_type=MEDIA_TYPES.get(suffix, ""))
        try:
            with self._open(media.src) as stream:
                length = os.fstat(stream.fileno()).st_size
                head = stream.read(4096)
                stream.seek(0)
                kind = sniff(head, suffix)
                if not kind:
                    return None
                width, height = _dimensions(stream) if kind.startswith("image/") else (0, 0)
        except OSError:
            return None
        return _with(media, media_type=kind, length=length, width=width, height=height)

    def open_media(self, name: str) -> MediaFile | None:
        """Open a file below media/ for serving; None where there is none, or its type is not allowed."""
        kind = MEDIA_TYPES.get(os.path.splitext(name)[1].lower())
        path = "media/" + unicodedata.normalize("NFC", name)
        if kind is None or any(_is_hidden(part) for part in path.split("/")):
            return None
        try:
            stream = self._open(path)
        except OSError:
            return None
        found = os.fstat(stream.fileno())
        tag = hashlib.blake2b(
            f"{found.st_size}-{found.st_mtime_ns}-{found.st_ino}".encode(), digest_size=12
        ).hexdigest()
        modified = datetime.fromtimestamp(int(found.st_mtime), UTC)
        return MediaFile(stream=stream, length=found.st_size, media_type=kind, etag=tag, last_modified=modified)

    def write_new(self, path: str, text: str) -> Path:
        """Write a new file through a temporary one and a link, never over one that is there.

        Raises:
            FileExistsError: something lies at ``path``.
        """
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".new-", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(temporary, 0o666 & ~umask)
            os.link(temporary, target)
        finally:
            os.unlink(temporary)
        return target

    def replace(self, path: str, text: str) -> None:
        """Write a file anew through a temporary one and a rename; its permissions stay."""
        target = self._real(path)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".fix-", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            os.chmod(temporary, stat.S_IMODE(os.lstat(target).st_mode))
            os.replace(temporary, target)
        except OSError:
            os.unlink(temporary)
            raise

    def _note(self, found: Walk, path: str, status: os.stat_result) -> None:
        seen = Seen(path=path, size=status.st_size, mtime_ns=status.st_mtime_ns)
        if path.startswith("media/"):
            found.media[path] = seen
        elif is_article(path):
            found.articles[path] = seen

    def _real(self, path: str) -> Path:
        """The name on disk: NFC as a rule; what a Mac left in NFD is found by looking."""
        direct = self.root / path
        if path.isascii() or os.path.lexists(direct):
            return direct
        real = self.root
        for part in path.split("/"):
            step = real / part
            if not os.path.lexists(step):
                with suppress(OSError):
                    for name in os.listdir(real):
                        if unicodedata.normalize("NFC", name) == part:
                            step = real / name
                            break
            real = step
        return real

    def _open(self, path: str) -> BinaryIO:
        parts = self._real(path).relative_to(self.root).parts
        if not parts or ".." in parts or "\0" in path:
            raise FileNotFoundError(errno.ENOENT, "outside the content folder", path)
        folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in parts[:-1]:
                inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
                os.close(folder)
                folder = inner
            # O_NONBLOCK: opening a FIFO would wait for a writer; fstat then refuses it.
            file = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        finally:
            os.close(folder)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise FileNotFoundError(errno.ENOENT, "no regular file", path)
        return os.fdopen(file, "rb")


def sniff(head: bytes, suffix: str) -> str:
    """Return the media type of a file from its first bytes, else from its suffix; empty where it is not allowed."""
    allowed = set(MEDIA_TYPES.values())
    named = MEDIA_TYPES.get(suffix, "")
    with suppress(puremagic.PureError, ValueError):
        kinds = [match.mime_type for match in puremagic.magic_string(head) if match.mime_type]
        if named in kinds:
            return named
        confident = next((kind for kind in kinds if kind in allowed), "")
        if confident.split("/")[0] in ("image", "video") and named.split("/")[0] in ("image", ""):
            return confident
    return named


def _dimensions(stream: BinaryIO) -> tuple[int, int]:
    """Width and height from the picture's header; Pillow reads no pixels for that."""
    try:
        with Image.open(stream) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 0, 0


def _with(media: Media, **facts: str | int) -> Media:
    return replace(media, **facts)  # type: ignore[arg-type]
