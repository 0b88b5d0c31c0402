"""A prefix of an S3 bucket as a source: listed again and again, its objects read by their ETags.

Who may ask is told by the usual environment (``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``,
``AWS_REGION``, ``AWS_ENDPOINT``, ``AWS_ALLOW_HTTP``).
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from urllib.parse import urlsplit

from feedservice.domain.errors import Changed, SourceUnavailable
from feedservice.i18n import Message, _
from feedservice.ingest.sources.source import (
    MAX_BYTES,
    MAX_FILES,
    Item,
    Listing,
    is_safe,
    is_wanted,
)

try:
    import obstore
    from obstore.exceptions import (
        AlreadyExistsError,
        BaseError,
        PermissionDeniedError,
        PreconditionError,
        UnauthenticatedError,
    )
    from obstore.store import S3Store
except ImportError as missing:
    raise SourceUnavailable(
        _("s3:// needs a package more: {command}", command="pip install 'feedservice[s3]'")
    ) from missing

RETRIES = 3
PATIENCE = timedelta(seconds=20)
"""For one request, and for it with its retries: a store that is away is asked again at the next
look."""
AT_ONCE = 8
"""Requests for small objects: most of what each takes is waiting."""
SMALL = 2**20
_PAGE, _BLOCK = 1000, 8 * 2**20
_CODE = re.compile(r"<Code>(\w{1,64})</Code>")
REFUSED = (PermissionDeniedError, UnauthenticatedError)
"""What the store raises where it lets nobody in, or will not say that there is nothing."""
_OTHERS = (AlreadyExistsError, PreconditionError)
"""What the store raises where a condition of writing does not hold."""


class ObjectStore:
    """The objects below a prefix.

    Args:
        source: ``s3://bucket/prefix``.
    """

    def __init__(self, source: str) -> None:
        self._overtaken = ""
        self._store = open_store(source, PATIENCE, RETRIES)

    def look(self) -> Listing:
        """List what lies below the prefix; a version is a size and an ETag."""
        files: dict[str, str] = {}
        left_out: list[Message] = []
        with told():
            for found in (each for page in self._store.list(chunk_size=_PAGE) for each in page):
                path, size = found["path"], found["size"]
                if not is_wanted(path):
                    continue
                if not is_safe(path):
                    left_out.append(_("{path} cannot be put into a folder", path=path))
                elif size > MAX_BYTES:
                    left_out.append(_("{path} is too large", path=path))
                else:
                    files[path] = f"{size} {found['e_tag'] or found['last_modified'].isoformat()}"
                if len(files) > MAX_FILES:
                    raise SourceUnavailable(
                        _("it has more than {most} files, which are taken", most=MAX_FILES)
                    )
        listed = "\n".join(sorted(f"{path} {how}" for path, how in files.items()))
        name = hashlib.blake2b(listed.encode(errors="surrogateescape"), digest_size=20).hexdigest()
        return Listing(generation=name, files=files, left_out=tuple(left_out))

    def read(self, wanted: Mapping[str, str]) -> Iterator[Item]:
        """Bring objects of the listing; one that is another by now comes with the next listing."""
        left = iter(wanted.items())
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while some := [*islice(left, AT_ONCE * 4)]:
                for item in pool.map(self._item, *zip(*some, strict=True)):
                    if item:
                        yield item

    def contains(self, generation: str, earlier: str) -> bool | None:
        """Whether a listing came after another: a store has one moment, the present one."""
        return True if earlier in (generation, self._overtaken) else None

    def look_back(self, earlier: str) -> None:
        """Remember a listing that the last one came after."""
        self._overtaken = earlier

    def tidy(self) -> None:
        """Nothing is held."""

    def put(self, path: str, data: bytes, if_unchanged: bytes | None, author: object) -> None:  # noqa: ARG002
        """Write an object on the condition that the one that was read is there still.

        Args:
            path: below the prefix.
            data: its bytes.
            if_unchanged: the bytes that are to be there still; None where nothing is to be.
            author: nobody whom a store remembers.

        Raises:
            Changed: there is something else.
            SourceUnavailable: the store cannot be asked or written to.
        """
        try:
            with told():
                mode: obstore.PutMode = "create"
                if if_unchanged is not None:
                    mode = self._unchanged(path, if_unchanged)
                self._store.put(path, data, mode=mode, use_multipart=False)
        except SourceUnavailable as error:
            is_gone = if_unchanged is not None and isinstance(error.__cause__, FileNotFoundError)
            if not is_gone and not isinstance(error.__cause__, _OTHERS):
                raise
            if not self._holds(path, data):  # a request whose answer was lost is sent again
                raise Changed(path) from error

    def _unchanged(self, path: str, data: bytes) -> "obstore.UpdateVersion":
        found = self._store.get(path)
        if bytes(found.bytes()) != data:
            raise Changed(path)
        return {"e_tag": found.meta["e_tag"]}

    def _holds(self, path: str, data: bytes) -> bool:
        try:
            with told():
                return bytes(self._store.get(path).bytes()) == data
        except SourceUnavailable:
            return False

    def _item(self, path: str, version: str) -> Item | None:
        size, _space, tag = version.partition(" ")
        try:
            with told():
                found = self._store.get(
                    path, options={"if_match": tag if tag.startswith('"') else None}
                )
                if int(size) <= SMALL:
                    return Item(path, (bytes(found.bytes()),))
                return Item(path, _blocks(found))
        except SourceUnavailable as error:
            if isinstance(error.__cause__, PreconditionError | FileNotFoundError):
                return None
            raise


def open_store(address: str, patience: timedelta, retries: int) -> S3Store:
    """Return what asks for the objects below a prefix.

    Args:
        address: ``s3://bucket/prefix``.
        patience: for one request, and for it with its retries.
        retries: how many.

    Raises:
        SourceUnavailable: the environment says nothing that makes sense.
    """
    parts = urlsplit(address)
    with told():
        return S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            client_options={
                "timeout": patience,
                "connect_timeout": patience,
                "allow_http": os.environ.get("AWS_ALLOW_HTTP", "") == "true",
            },
            retry_config={"max_retries": retries, "retry_timeout": patience},
        )


def _blocks(found: "obstore.GetResult") -> Iterable[bytes]:
    with told():
        for block in found.stream(min_chunk_size=_BLOCK):
            yield bytes(block)


@contextmanager
def told() -> Iterator[None]:
    """Tell what goes wrong in words of ours and by the store's code, without its own text.

    That may repeat what a request was signed with.
    """
    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        said = str(error).strip()
        reason = (said.splitlines() or [type(error).__name__])[0].partition("<")[0][:300]
        code = _CODE.search(said)
        reason = f"{reason.strip(': ')}{f': {code[1]}' if code else ''}"
        raise SourceUnavailable(_("the store: {reason}", reason=reason)) from error
