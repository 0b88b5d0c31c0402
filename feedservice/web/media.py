"""Files of content/media/ → responses. Opening them is for `content/files.py`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from urllib.parse import quote

from flask import Response, request
from werkzeug.wsgi import FileWrapper

from feedservice.domain.errors import NotFound
from feedservice.domain.media_types import ALLOWED, is_shown
from feedservice.http.negotiation import http_seconds, is_not_modified, read_date


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
OpenDerived = Callable[[str, str, str], MediaFile | None]
"""Opens a smaller picture by its original's digest, its own name (``480`` or ``480.webp``), and the
original's name as `OpenMedia` takes it; None where it is not made, or not yet."""


def nothing(*_: str) -> None:
    """Open no file: what opens them where there is none."""


_SVG_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


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
    response = make(FileWrapper(file.stream, 64 * 1024), direct_passthrough=True)
    try:
        _describe(response, file, name)
        response.headers["Cache-Control"] = caching
        response.make_conditional(_environ(file), True, file.length)
    except BaseException:
        response.close()
        raise
    del response.headers["Date"]  # the server's
    return response


def _describe(response: Response, file: MediaFile, name: str) -> None:
    if file.media_type not in ALLOWED:
        raise NotFound(f"{name}: {file.media_type}")
    # Only a text is read by it: an XML file names its own encoding (RFC 7303 §3.2).
    charset = "; charset=utf-8" if file.media_type.startswith("text/") else ""
    response.content_type = f"{file.media_type}{charset}"
    response.content_length = file.length
    response.set_etag(file.etag)
    response.last_modified = http_seconds(file.last_modified)
    disposition = "inline" if is_shown(file.media_type) else "attachment"
    response.headers["Content-Disposition"] = (
        f"{disposition}; filename*=UTF-8''{quote(name, safe='')}"
    )
    if file.media_type == "image/svg+xml":
        response.headers["Content-Security-Policy"] = _SVG_POLICY


def _environ(file: MediaFile) -> dict[str, Any]:
    """The request, without what is decided here: Werkzeug answers any range, and fails at dates."""
    left_out = {"HTTP_IF_RANGE"}
    if not (request.method == "GET" and _is_range_for(file)):
        left_out.add("HTTP_RANGE")
    if read_date(request.headers.get("If-Modified-Since")) is None:
        left_out.add("HTTP_IF_MODIFIED_SINCE")
    return {name: value for name, value in request.environ.items() if name not in left_out}


def _is_range_for(file: MediaFile) -> bool:
    """Whether one range that the file has is asked for, and no 304 is due (RFC 9110 §13.2.2)."""
    wanted, asked = request.range, request.headers
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return False
    same = asked.get("If-Range")
    is_same = same in (None, f'"{file.etag}"') or read_date(same) == http_seconds(
        file.last_modified
    )
    if wanted.ranges[0][0] < -file.length or not is_same:
        return False
    match, since = asked.get("If-None-Match"), asked.get("If-Modified-Since")
    return not is_not_modified(match, since, file.etag, file.last_modified)
