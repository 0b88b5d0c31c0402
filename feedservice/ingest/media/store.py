"""A prefix of an object store for media; a `Place`. A CDN may stand before the same bucket."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from io import SEEK_END, SEEK_SET, RawIOBase
from typing import TYPE_CHECKING, BinaryIO, cast

from feedservice.content.file_types import HEAD, is_servable, media_type, suffix_of
from feedservice.content.media_file import MediaFile
from feedservice.content.places import nfc
from feedservice.domain.errors import MediaUnavailable, SourceUnavailable
from feedservice.ingest.media.folder import SPACES
from feedservice.ingest.sources.object_store import REFUSED, open_store, told
from feedservice.ingest.sources.source import is_safe

if TYPE_CHECKING:
    from obstore import GetResult
    from obstore.store import S3Store

WRITING, READING = timedelta(seconds=60), timedelta(seconds=3)
"""What a request of who puts has, and of who opens, for whom readers wait."""
RETRIES = 1
WHOLE = 8 * 2**20
"""Bytes of what is put by one request, and on a condition; larger files go in parts of so many."""
PARTS = 2
"""Parts that are on their way at once: this is what one file takes of memory."""
BLOCK = 512 * 1024
"""Bytes that are asked for at once of what is served."""
_DIGEST = "sha256"
"""The metadata of an object that tells its bytes, and that it was put by us."""
_KEY = 1024
"""Bytes that a key may have."""


class StorePlace:
    """See `Place`. ``ETag`` and ``Last-Modified`` follow from those that the store has.

    Args:
        address: ``s3://bucket/prefix``.
        patience: for one request.
    """

    def __init__(self, address: str, patience: timedelta) -> None:
        self._store: S3Store = open_store(address, patience, RETRIES)
        self._room = _KEY - len(address.partition("://")[2].partition("/")[2].encode()) - 1

    def tags(self) -> Iterator[tuple[str, str]]:
        """Yield what is there, a thousand objects a request."""
        with told():
            for space in SPACES:
                for page in self._store.list(f"{space}/", chunk_size=1000):
                    for found in page:
                        yield found["path"], found["e_tag"] or ""

    def put(self, path: str, file: MediaFile) -> str:
        """Put a file there, on the condition that nobody else does meanwhile; see `WHOLE`.

        Raises:
            SourceUnavailable: the store refused, or cannot be asked.
        """
        is_small = file.length <= WHOLE
        data = file.stream.read() if is_small else b""
        digest = hashlib.sha256(data)
        for block in iter(lambda: file.stream.read(BLOCK), b""):
            digest.update(block)
        held = self._held(path)
        if held and held.attributes.get(_DIGEST) == digest.hexdigest():
            return held.meta["e_tag"] or ""
        attributes = {"Content-Type": file.media_type, _DIGEST: digest.hexdigest()}
        with told():
            if is_small:
                put = self._store.put(
                    path,
                    data,
                    attributes=attributes,
                    mode={"e_tag": held.meta["e_tag"]} if held else "create",
                    use_multipart=False,
                )
            else:
                file.stream.seek(0)
                put = self._store.put(
                    path,
                    file.stream,
                    attributes=attributes,
                    chunk_size=WHOLE,
                    max_concurrency=PARTS,
                )
        return put["e_tag"] or ""

    def remove(self, path: str) -> None:
        """Remove an object that was put by us.

        Raises:
            SourceUnavailable: the store refused, or cannot be asked.
        """
        held = self._held(path)
        if held and _DIGEST in held.attributes:
            with told():
                self._store.delete(path)

    def open(self, path: str) -> MediaFile | None:
        """Open an object for serving: one request for its first block, and one for each further.

        Raises:
            SourceUnavailable: the store cannot be asked.
            MediaUnavailable: it refuses this one.
        """
        path = nfc(path)
        is_short = len(path.encode(errors="surrogateescape")) <= self._room
        if not (is_short and is_safe(path) and is_servable(path)):
            return None
        try:
            with told():
                found = self._store.get(path, options={"range": (0, BLOCK)})
                first = bytes(found.bytes())
        except SourceUnavailable as error:
            # No name that a reader may think of is to look like a store that is away.
            is_empty = "416 Range Not Satisfiable" in str(error.__cause__)
            if is_empty or isinstance(error.__cause__, FileNotFoundError | ValueError):
                return None
            if isinstance(error.__cause__, REFUSED):
                raise MediaUnavailable(str(error)) from error
            raise
        tag, length = found.meta["e_tag"], found.meta["size"]
        stream = _Blocks(self._store, path, tag, length, first)
        return MediaFile(
            stream=cast("BinaryIO", stream),
            length=length,
            media_type=media_type(first[:HEAD], suffix_of(path)),
            etag=hashlib.blake2b((tag or "").encode(), digest_size=12).hexdigest(),
            last_modified=found.meta["last_modified"].replace(microsecond=0),
        )

    def _held(self, path: str) -> "GetResult | None":
        try:
            with told():
                return self._store.get(path, options={"head": True})
        except SourceUnavailable as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return None
            raise


class _Blocks(RawIOBase):
    """An object's bytes, of which one block is held; all of one version, or it fails."""

    def __init__(
        self, store: "S3Store", path: str, tag: str | None, length: int, first: bytes
    ) -> None:
        self._store = store
        self._path = path
        self._tag = tag
        self._length = length
        self._block, self._start, self._at = first, 0, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        starts = {SEEK_SET: 0, SEEK_END: self._length}
        self._at = starts.get(whence, self._at) + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return some of the bytes that follow; nothing at their end."""
        if self._at >= self._length:
            return b""
        inside = self._at - self._start
        if not 0 <= inside < len(self._block):
            with told():
                found = self._store.get(
                    self._path,
                    options={"range": (self._at, self._at + BLOCK), "if_match": self._tag},
                )
                self._block, self._start, inside = bytes(found.bytes()), self._at, 0
        data = self._block[inside:] if size < 0 else self._block[inside : inside + size]
        self._at += len(data)
        return data
