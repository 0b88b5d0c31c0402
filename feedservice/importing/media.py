"""Pictures and recordings of a source → files of media/. Bytes come and go by what is handed in.

A file's name holds a digest of its old address: the same address has the same name at the next
import, and two pictures of one name never meet. Must not know HTTP.
"""

import hashlib
import posixpath
import re
from collections.abc import Callable
from typing import Protocol
from urllib.parse import unquote, urlsplit

from feedservice.content.file_types import MEDIA_TYPES, is_hidden
from feedservice.content.files import sniff
from feedservice.domain.text import slugify
from feedservice.importing.foreign_entry import Fault

FOLDER = "media/imported"
_SUFFIXES = {kind: suffix for suffix, kind in reversed(MEDIA_TYPES.items())}
_PAGE = re.compile(rb"\s*<(?:!doctype|html|\?php)", re.IGNORECASE)


class Stays(Exception):
    """A file stays where it is; the message is a key of `faults.REASONS`."""


class Shelf(Protocol):
    """Where files are put: `ContentFiles`, as far as is needed here."""

    def stat(self, path: str) -> object | None:
        """Return something where a file lies at ``path``."""

    def write_new(self, path: str, text: str | bytes) -> object:
        """Write a new file."""


class Pictures:
    """Places the files of one import.

    Args:
        shelf: where they go; None in a dry run, which only says what they would be called.
        local: bytes of a file of the source; None where it has none of that name.
        fetch: bytes of an http address; raises `Stays`. None where pictures were not asked for.
    """

    def __init__(
        self,
        shelf: Shelf | None,
        local: Callable[[str], bytes | None],
        fetch: Callable[[str], bytes] | None,
    ) -> None:
        self.faults: list[Fault] = []
        self.placed: dict[str, str] = {}
        self._shelf = shelf
        self._local = local
        self._fetch = fetch

    def place(self, address: str, where: str) -> str:
        """Return what an article calls the file: ``media/…``, or the address where it stays; empty
        where it is lost.

        Args:
            address: absolute, or a path in the source folder.
            where: the place in the source, for faults.
        """
        if not address:
            return ""
        if address not in self.placed:
            self.placed[address] = self._settle(address, where)
        return self.placed[address]

    def _settle(self, address: str, where: str) -> str:
        remote = urlsplit(address).scheme in ("http", "https")
        name = name_of(address)
        if not remote:
            if self._fetch is None:
                return self._told(address, where, "unasked", "")
            return self._put(self._local(address), name, address, where)
        try:
            if self._fetch is None:
                return self._told(address, where, "unasked", address)
            if posixpath.splitext(name)[1] and self._lies(f"{FOLDER}/{name}"):
                return f"{FOLDER}/{name}"
            if self._shelf is None:
                return f"{FOLDER}/{name}"
            return self._put(self._fetch(address), name, address, where) or address
        except Stays as stays:
            return self._told(address, where, str(stays), address)

    def _put(self, data: bytes | None, name: str, address: str, where: str) -> str:
        if data is None:
            self.faults.append(Fault(what="media-missing", place=where, facts={"value": address}))
            return ""
        kind = kind_of(data, posixpath.splitext(name)[1].lower())
        if not kind:
            return self._told(address, where, "type", "")
        suffix = posixpath.splitext(name)[1].lower()
        if MEDIA_TYPES.get(suffix) != kind:
            name = posixpath.splitext(name)[0] + _SUFFIXES[kind]
        path = f"{FOLDER}/{name}"
        if self._shelf is not None and not self._lies(path):
            self._shelf.write_new(path, data)
        return path

    def _lies(self, path: str) -> bool:
        return self._shelf is not None and self._shelf.stat(path) is not None

    def _told(self, address: str, where: str, reason: str, stays: str) -> str:
        self.faults.append(
            Fault(what="media-remote", place=where, facts={"value": address, "reason": reason})
        )
        return stays


def name_of(address: str) -> str:
    """Return the name of the file that an address becomes, its suffix in lower case.

    >>> name_of("https://old.example/a/صورة 1.JPG")
    'صورة-1-83806fc1.jpg'
    """
    stem, suffix = posixpath.splitext(posixpath.basename(unquote(urlsplit(address).path)))
    digest = hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=4).hexdigest()
    stem = slugify(stem)
    while len(stem.encode()) > 150:
        stem = stem[:-1]
    suffix = suffix.lower() if suffix.lower() in MEDIA_TYPES else ""
    name = f"{stem}-{digest}{suffix}".lstrip("-")
    return f"file-{name}" if is_hidden(name) else name


def kind_of(data: bytes, suffix: str) -> str:
    """Return the media type of a file that may lie in media/, by its bytes and its suffix; empty
    for any other.
    """
    if not data or _PAGE.match(data):
        return ""
    kind = sniff(data[:4096], suffix)
    return kind if kind in _SUFFIXES else ""
