"""Pictures and recordings of a source → files of media/. Bytes come and go by what is handed in.

A file's name holds a digest of its old address: the same address has the same name at the next
import, and two pictures of one name never meet. Must not know HTTP.
"""

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import unquote

from feedservice.content.file_types import HEAD, is_hidden, media_type, suffix_of
from feedservice.content.files import ContentFiles
from feedservice.domain.media_types import MEDIA_TYPES
from feedservice.domain.text import slugify
from feedservice.importing.addresses import is_http, split_or_none, writable
from feedservice.importing.blogger_pictures import in_full
from feedservice.importing.remarks import Remark, remark

FOLDER = "media/imported"
AT_A_TIME = 4
"""Files that are fetched at a time."""
_MOST_HELD = 8
"""Files that are fetched before their entry's turn, and held until then."""
_SUFFIXES = {kind: suffix for suffix, kind in reversed(tuple(MEDIA_TYPES.items()))}
_PAGE = re.compile(rb"\s*<(?:!doctype|html|\?php)", re.IGNORECASE)


class NotDownloaded(Exception):
    """A file stays where it is; ``reason`` is a key of `remarks.REASONS`, or ``missing``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ImportedMedia:
    """Places the files of one import.

    Args:
        store: the content folder; None in a dry run, which only says what they would be called.
        local: bytes of a file of the source; None where it has none of that name.
        download: bytes of an http address; raises `NotDownloaded`. None where no files are wanted.
    """

    def __init__(
        self,
        store: ContentFiles | None,
        local: Callable[[str], bytes | None],
        download: Callable[[str], bytes] | None,
    ) -> None:
        self.remarks: list[Remark] = []
        self.placed: dict[str, str] = {}
        self._store = store
        self._local = local
        self._download = download
        self._pool = ThreadPoolExecutor(AT_A_TIME, "import-media")
        self._begun: dict[str, Future[bytes]] = {}
        self._same: dict[bytes, str] = {}
        self._in_full: dict[str, str | NotDownloaded] = {}
        """What came of addresses that stand in for others, which ask for a picture made smaller."""

    def begin(self, addresses: Iterable[str]) -> None:
        """Begin to fetch files that will be placed, as far as few enough are held."""
        for address in addresses:
            if self._store is None or self._download is None or len(self._begun) >= _MOST_HELD:
                return
            whole = in_full(address)
            known = (self.placed, self._in_full, self._begun)
            if not any(each in some for each in (address, whole) for some in known):
                name = name_of(whole)
                if not (suffix_of(name) and self._store.stat(f"{FOLDER}/{name}")):
                    self._begun[whole] = self._pool.submit(self._download, whole)

    def drop(self, addresses: Iterable[str]) -> None:
        """Let go of what was begun for an entry and not placed."""
        for address in map(in_full, addresses):
            begun = self._begun.pop(address, None)
            if begun:
                begun.cancel()

    def close(self) -> None:
        """End what was begun."""
        self._pool.shutdown(cancel_futures=True)

    def place(self, address: str, entry: str) -> str:
        """Return what an article calls a file: ``media/…``, or where it stays; empty where lost.

        Args:
            address: absolute, or a path in the source folder.
            entry: the place of its entry, for remarks.
        """
        if address and address not in self.placed:
            try:
                self.placed[address] = self._put_once(address, in_full(address))
            except NotDownloaded as error:
                code = "media-missing" if error.reason == "missing" else "media-remote"
                self.remarks.append(remark(code, entry, value=address, reason=error.reason))
                self.placed[address] = writable(address)
        return self.placed.get(address, "")

    def _put_once(self, address: str, whole: str) -> str:
        if whole == address:
            return self._put(address)
        if whole not in self._in_full:
            try:
                self._in_full[whole] = self._put(whole)
            except NotDownloaded as error:
                self._in_full[whole] = NotDownloaded(error.reason)
        found = self._in_full[whole]
        if isinstance(found, NotDownloaded):
            raise NotDownloaded(found.reason)
        return found

    def _put(self, address: str) -> str:
        if self._download is None:
            raise NotDownloaded("unasked")
        name = name_of(address)
        path = f"{FOLDER}/{name}"
        if is_http(address):
            if self._store is None or (suffix_of(name) and self._store.stat(path)):
                return path
            begun = self._begun.pop(address, None)
            data: bytes | None = begun.result() if begun else self._download(address)
        else:
            data = self._local(address)
        if data is None:
            raise NotDownloaded("missing")
        kind = kind_of(data, suffix_of(name))
        if not kind:
            raise NotDownloaded("type")
        if MEDIA_TYPES.get(suffix_of(name)) != kind:
            path = posixpath.splitext(path)[0] + _SUFFIXES[kind]
        # One file under several addresses, as themes and editors keep them, is one here.
        path = self._same.setdefault(hashlib.blake2b(data, digest_size=16).digest(), path)
        if self._store is not None and not self._store.stat(path):
            self._store.write_new(path, data)
        return path


def name_of(address: str) -> str:
    """Return the name of the file that an address becomes, its suffix in lower case.

    >>> name_of("https://old.example/a/صورة 1.JPG")
    'صورة-1-83806fc1.jpg'
    """
    parts = split_or_none(address)
    stem, suffix = posixpath.splitext(posixpath.basename(unquote(parts.path if parts else "")))
    digest = hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=4).hexdigest()
    stem = shortened(slugify(stem), 150)
    suffix = suffix.lower() if suffix.lower() in MEDIA_TYPES else ""
    name = f"{stem}-{digest}{suffix}".lstrip("-")
    return f"file-{name}" if is_hidden(name) else name


def shortened(name: str, limit: int) -> str:
    """Return at most ``limit`` bytes of a name; an Arabic letter takes two."""
    return name.encode()[:limit].decode("utf-8", "ignore")


def kind_of(data: bytes, suffix: str) -> str:
    """Return the media type of a file that may be in media/, by bytes and suffix; else nothing."""
    if not data or _PAGE.match(data):
        return ""
    kind = media_type(data[:HEAD], suffix)
    return kind if kind in _SUFFIXES else ""
