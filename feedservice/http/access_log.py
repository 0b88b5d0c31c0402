"""An answered request → a line of JSON: readable Arabic, nothing that moves a cursor."""

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING

from feedservice.http.cache import CACHE_STATUS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PIPE = 4000
"""Bytes of a line, so that lines of several processes do not mix in a pipe (POSIX's PIPE_BUF)."""
_LIMITS = (600, 100)
"""Characters of a value: first as many as most need, then as many as always fit."""
_UNSEEN = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def access_line(
    environ: "WSGIEnvironment", status: str, length: int, seconds: float, now: datetime
) -> str:
    """Return a request's line.

    Args:
        environ: of the request.
        status: such as ``200 OK``.
        length: bytes of the body.
        seconds: that the answer took.
        now: when it was given.
    """
    for limit in _LIMITS:
        told = {
            "time": now.isoformat(timespec="milliseconds"),
            "client": environ.get("REMOTE_ADDR", ""),
            "method": environ.get("REQUEST_METHOD", "")[:20],
            "path": _read(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))[:limit],
            "query": _read(environ.get("QUERY_STRING", ""))[:limit],
            "status": int(status[:3]),
            "bytes": length,
            "ms": round(seconds * 1000, 3),
            "cache": environ.get(CACHE_STATUS, ""),
            "agent": _read(environ.get("HTTP_USER_AGENT", ""))[:limit],
            "referer": _read(environ.get("HTTP_REFERER", ""))[:limit],
        }
        line = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        line = _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line)
        if len(line.encode()) < PIPE:
            break
    return line


def _read(wsgi: str) -> str:
    """A native string of WSGI (bytes as Latin-1, PEP 3333) as people read it."""
    return wsgi.encode("latin-1", "replace").decode("utf-8", "replace")
