"""Files of content/media/ → responses: an allow-list of types, validators, ranges. Opening them is
the opener's work.

It must not touch the file system: whoever opens (see `content/files.py`) follows no links and
leaves no folder.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import BinaryIO, Literal, Protocol
from urllib.parse import quote

from flask import Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import http_date

from feedservice.domain.errors import NotFound
from feedservice.http.negotiation import (
    choose_range,
    http_seconds,
    is_not_modified,
    range_is_current,
)


class MediaFile(Protocol):
    """An opened file below content/media/."""

    @property
    def stream(self) -> BinaryIO:
        """Its bytes, seekable, at their start; whoever gets the file closes it."""

    @property
    def length(self) -> int:
        """How many bytes it has."""

    @property
    def media_type(self) -> str:
        """Such as ``image/png``, found from the bytes."""

    @property
    def etag(self) -> str:
        """A strong tag without quotes: it changes with the bytes."""

    @property
    def last_modified(self) -> datetime:
        """When it last changed."""


OpenMedia = Callable[[str], MediaFile | None]
"""Opens a file by its name below media/ (``daraya.jpg``, NFC); None where there is none that may be
served."""

Disposition = Literal["inline", "attachment"]

_INLINE = (
    "image/jpeg image/png image/gif image/webp image/avif image/svg+xml audio/mpeg audio/mp4 audio/x-m4a audio/aac "
    "audio/ogg audio/opus audio/wav audio/x-wav audio/flac audio/x-flac audio/webm video/mp4 video/webm video/ogg "
    "application/ogg application/pdf text/plain"
)
_ATTACHMENT = (
    "application/epub+zip text/csv application/zip application/msword application/vnd.ms-excel "
    "application/vnd.ms-powerpoint application/vnd.openxmlformats-officedocument.wordprocessingml.document "
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet "
    "application/vnd.openxmlformats-officedocument.presentationml.presentation application/vnd.oasis.opendocument.text "
    "application/vnd.oasis.opendocument.spreadsheet application/vnd.oasis.opendocument.presentation "
    "application/rtf text/rtf"
)
ALLOWED: Mapping[str, Disposition] = MappingProxyType(
    {**dict.fromkeys(_INLINE.split(), "inline"), **dict.fromkeys(_ATTACHMENT.split(), "attachment")}
)
"""The types that are served, and how. Nothing that a browser would run as a page of the site: no
HTML, XML, scripts."""

_SVG_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
_BLOCK = 64 * 1024


class _Window:
    """Some bytes of a stream, in blocks; closes it (WSGI calls ``close`` however the answer
    ends).
    """

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        stream.seek(start)
        self._stream = stream
        self._left = end - start

    def __iter__(self) -> Iterator[bytes]:
        while self._left > 0 and (block := self._stream.read(min(_BLOCK, self._left))):
            self._left -= len(block)
            yield block

    def close(self) -> None:
        self._stream.close()


def send(file: MediaFile, name: str, caching: str, make: type[Response]) -> Response:
    """Answer this request with a file: 200, 206, 304 or 416.

    Args:
        file: opened; it is closed by the response, or before this raises.
        name: the last part of its path, for whoever saves it.
        caching: the ``Cache-Control`` of the answer.
        make: the class of the response.

    Raises:
        NotFound: its type is not served.
        RequestedRangeNotSatisfiable: 416.
    """
    try:
        response = _answer(file, name, caching, make)
    except BaseException:
        file.stream.close()
        raise
    if not isinstance(response.response, _Window):
        file.stream.close()
    return response


def _answer(file: MediaFile, name: str, caching: str, make: type[Response]) -> Response:
    essence = file.media_type.partition(";")[0].strip().lower()
    disposition = ALLOWED.get(essence)
    if disposition is None:
        raise NotFound(f"{name}: {essence}")
    modified = http_seconds(file.last_modified)
    headers = Headers(
        {"ETag": f'"{file.etag}"', "Last-Modified": http_date(modified), "Cache-Control": caching}
    )
    asked = request.headers
    if is_not_modified(
        asked.get("If-None-Match"), asked.get("If-Modified-Since"), file.etag, modified
    ):
        return make(status=304, headers=headers)
    status, start, end = 200, 0, file.length
    if request.method == "GET" and range_is_current(asked.get("If-Range"), file.etag, modified):
        try:
            window = choose_range(asked.get("Range"), file.length)
        except ValueError as error:
            raise RequestedRangeNotSatisfiable(length=file.length) from error
        if window is not None:
            status, (start, end) = 206, window
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.length}"
    headers["Accept-Ranges"] = "bytes"
    headers["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(name, safe='')}"
    headers["Content-Length"] = str(end - start)
    if essence == "image/svg+xml":
        headers["Content-Security-Policy"] = _SVG_POLICY
    content_type = f"{essence}; charset=utf-8" if essence.startswith("text/") else essence
    body = () if request.method == "HEAD" else _Window(file.stream, start, end)
    return make(body, status, headers, content_type=content_type, direct_passthrough=True)
