"""The only door to the content folder: walk, read, measure, open, write.

Names are NFC outside this module and `places`, whatever the disk holds. FIFOs and devices are never
opened, links are followed within bounds: see `places`.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from feedservice.content import pictures
from feedservice.content.decoding import MAX_BYTES
from feedservice.content.file_types import (
    HEAD,
    holds_articles,
    is_article_name,
    is_hidden,
    is_servable,
    media_type,
    resembles_article,
    suffix_of,
)
from feedservice.content.media_file import MediaFile
from feedservice.content.places import Places, is_absence, nfc
from feedservice.content.seen import Seen, Walk, unknown
from feedservice.content.tree import Identity, Kind, identity, steps
from feedservice.domain.media_types import MEDIA_TYPES
from feedservice.domain.model import Media
from feedservice.system import atomic_write, open_files

_POINTER, _POINTER_BYTES = b"version https://git-lfs.github.com/spec/", 1024
_INODE_BITS = 2**63 - 1
"""A database's numbers have a sign."""


class ContentFiles:
    """The content folder.

    Args:
        root: the folder that holds site.yaml.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._places = Places(self.root)

    def walk(self, below: str = "") -> Walk:
        """Look at every article and media file (``below`` a folder, if given) without opening any.

        Raises:
            OSError: the root itself cannot be listed.
        """
        walk = Walk()
        for kind, path, real, found in steps(self.root, self._places, below, lambda _path: True):
            if kind in (Kind.CLOSED, Kind.UNKNOWN):
                walk.unreadable.append(path)
                if kind is Kind.UNKNOWN and is_article_name(path):
                    walk.articles[path] = unknown(path)
            elif kind is Kind.LINK and holds_articles(path, os.path.isdir(self.root / real)):
                walk.passed_over[path] = True
            elif kind is Kind.TWIN:
                walk.twins.append(path)
            elif found:
                self._note(walk, path, found)
        return walk

    def look(self) -> Iterator[tuple[Kind, str, Seen | None]]:
        """Yield `tree.steps`, and what is seen of each article; raises as `walk`."""
        for kind, path, _real, found in steps(self.root, self._places, "", is_article_name):
            seen = unknown(path) if kind is Kind.UNKNOWN else _seen(path, found) if found else None
            if kind is not Kind.TWIN:
                yield kind, path, seen if is_article_name(path) else None

    def watched(self) -> tuple[list[str], dict[str, set[str]]]:
        """Return what is to be watched: folders, and by their paths files that links lead to.

        The former as they are spelled on the disk, and each once, however it is reached: a system
        that watches one under two names tells one of these. The latter with the names of the links.
        """
        folders: dict[Identity, str] = {}
        places: dict[str, Path] = {}
        for kind, path, real, _found in steps(self.root, self._places):
            with suppress(OSError):
                if kind is Kind.FOLDER:
                    folder = str(self.root / real)
                    folders.setdefault(identity(os.stat(folder)), folder)
                elif kind is Kind.LINKED:
                    places[path] = self._places.leads_to(path)
        targets: dict[str, set[str]] = {}
        for link, place in places.items():
            with suppress(OSError):
                folder = folders.setdefault(identity(os.stat(place.parent)), str(place.parent))
                targets.setdefault(os.path.join(folder, place.name), set()).add(link)
        return [*folders.values()], targets

    def stat(self, path: str) -> Seen | None:
        """Return what a walk would see of one regular file, or None."""
        try:
            found = self._places.status(path)
        except OSError:
            return unknown(path)
        if found is None or not stat.S_ISREG(found.st_mode):
            return None
        return _seen(path, found)

    def second_names(self, walk: Walk) -> dict[str, str]:
        """Return the links to a file that the walk has under another name, and that name.

        That is its own, or of several links to what the walk has not the first.
        """
        by_inode: dict[int, list[str]] = {}
        for path, seen in walk.articles.items():
            by_inode.setdefault(seen.inode, []).append(path)
        names: dict[Path, list[tuple[bool, str]]] = {}
        for path in (path for same in by_inode.values() if len(same) > 1 for path in same):
            with suppress(OSError):
                place = self._places.leads_to(path)
                names.setdefault(place, []).append((place != self._places.real(path), path))
        each_first = ((min(same)[1], same) for same in names.values())
        return {path: first for first, same in each_first for _, path in same if path != first}

    def is_folder(self, path: str) -> bool:
        """Whether a folder lies at ``path``, or a link that files may lie behind."""
        with suppress(OSError):
            found = self._places.status(path)
            if found and stat.S_ISDIR(found.st_mode):
                return True
        return "\0" not in path and os.path.islink(self.root / path) and not is_article_name(path)

    def names(self, folder: str) -> list[str]:
        """Return the names of what lies in a folder and is not hidden; none where there is none.

        Raises:
            OSError: it cannot be listed.
        """
        try:
            opened = self._places.open_folder(folder)
        except OSError as error:
            if is_absence(error):
                return []
            raise
        try:
            return [name for name in map(nfc, os.listdir(opened)) if not is_hidden(name)]
        finally:
            os.close(opened)

    def read(self, path: str) -> bytes:
        """Return the bytes of a file, at most one more than an article may have.

        Raises:
            OSError: absent, unreadable, or no regular file.
        """
        return self.read_seen(path)[0]

    def read_seen(self, path: str) -> tuple[bytes, Seen]:
        """Return what `read` does, and whose bytes these are: a walk may have seen another file.

        Raises:
            OSError: as in `read`.
        """
        file = self._places.open_file(path)
        try:
            # Unbuffered, since a stream asks the system four things more, and most of what reading
            # costs is that.
            found = os.fstat(file)
            wanted = min(found.st_size, MAX_BYTES) + 1
            data = os.read(file, wanted)
            while len(data) == wanted <= MAX_BYTES:  # it has grown meanwhile
                wanted = MAX_BYTES + 1
                data += os.read(file, wanted - len(data))
            return data, _seen(path, found)
        finally:
            os.close(file)

    def is_being_written(self, path: str) -> bool | None:
        """Whether a process has a file open for writing; None where the system does not tell."""
        try:
            with self._open(path) as stream:
                return open_files.is_being_written(stream.fileno())
        except OSError:
            return None

    def measure(self, media: Media, *, dimensions: bool = True) -> Media | None:
        """Return ``media`` with what its file tells; None where there is none that may be served.

        That is its type, its length in bytes and, if wanted, its ``dimensions`` and digest. A file
        on another host stays as it is, its type guessed from its name where none was given.
        """
        suffix = suffix_of(media.src.partition("?")[0])
        if not media.src.startswith("media/"):
            return replace(media, media_type=media.media_type or MEDIA_TYPES.get(suffix, ""))
        if not is_servable(media.src):
            return None
        try:
            with self._open(media.src) as stream:
                length = os.fstat(stream.fileno()).st_size
                kind = _type_of(stream, suffix)
                is_picture = (
                    dimensions and kind.startswith("image/") and length <= pictures.MAX_PICTURE
                )
                found = pictures.measured(stream) if is_picture else pictures.Measured()
                digest = pictures.digest(stream, length) if found.is_derived else ""
        except OSError:
            return None
        return replace(
            media,
            media_type=kind,
            length=length,
            width=found.width,
            height=found.height,
            digest=digest,
        )

    def is_pointer(self, path: str, length: int) -> bool:
        """Whether a file of so many bytes stands for one that Git LFS has elsewhere."""
        if length > _POINTER_BYTES:
            return False
        try:
            with self._open(path) as stream:
                return stream.read(len(_POINTER)) == _POINTER
        except OSError:
            return False

    def open_media(self, name: str) -> MediaFile | None:
        """Open a file below media/ for serving; None where there is none that may be served."""
        return self.open_served("media/" + name)

    def open_served(self, path: str) -> MediaFile | None:
        """Do what `open_media` does, wherever below the root."""
        path = nfc(path)
        if not is_servable(path):
            return None
        try:
            stream = self._open(path)
        except OSError:
            return None
        found = os.fstat(stream.fileno())
        tag = hashlib.blake2b(
            f"{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}-{found.st_ino}".encode(),
            digest_size=12,
        ).hexdigest()
        modified = datetime.fromtimestamp(int(found.st_mtime), UTC)
        return MediaFile(
            stream=stream,
            length=found.st_size,
            media_type=_type_of(stream, suffix_of(path)),
            etag=tag,
            last_modified=modified,
        )

    def write_new(self, path: str, text: str | bytes) -> Path:
        """Write a new file, never over one that is there.

        Raises:
            FileExistsError: something lies at ``path``.
            NotADirectoryError: a folder on the way is a symlink: it may lead out of the content
                folder.
        """
        data = text.encode() if isinstance(text, str) else text
        target = self.root / path
        for folder in target.parents[: len(target.relative_to(self.root).parts) - 1]:
            if folder.is_symlink():
                raise NotADirectoryError(errno.ENOTDIR, "a symlink, no folder", str(folder))
        target.parent.mkdir(parents=True, exist_ok=True)
        atomic_write.create(target, data)
        return target

    def replace(self, path: str, text: str | bytes) -> None:
        """Write a file anew, where a link leads if it is one; its permissions stay."""
        data = text.encode() if isinstance(text, str) else text
        target = self._places.leads_to(path)
        mode = stat.S_IMODE(os.lstat(target).st_mode)
        atomic_write.replace(target, (data,), mode=mode)

    def _note(self, found: Walk, path: str, status: os.stat_result) -> None:
        seen = _seen(path, status)
        if path.startswith("media/"):
            found.media[path] = seen
        elif is_article_name(path):
            found.articles[path] = seen
            return
        if resembles_article(path):
            found.passed_over[path] = False

    def _open(self, path: str) -> BinaryIO:
        return os.fdopen(self._places.open_file(path), "rb")


def _seen(path: str, status: os.stat_result) -> Seen:
    return Seen(
        path=path,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        ctime_ns=status.st_ctime_ns,
        inode=status.st_ino & _INODE_BITS,
    )


def _type_of(stream: BinaryIO, suffix: str) -> str:
    return media_type(os.pread(stream.fileno(), HEAD, 0), suffix)
