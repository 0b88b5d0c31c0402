"""Bytes of a file → text, or the Problem that says which encoding it seems to have. Pure."""

import posixpath
import re
from codecs import BOM_UTF8

from feedservice.domain.errors import ContentError
from feedservice.domain.text import is_plain, strip_bidi, xml_legal

MAX_BYTES = 4 * 1024 * 1024

_BREAKS = "\x85\u2028\u2029"
"""Line breaks to Unicode and YAML but to no editor, so lines could not be counted with them."""
_CONTROLS = re.compile("[\x7f-\x9f\u2028\u2029]")


def decode(data: bytes, path: str) -> str:
    """Return the text of a UTF-8 file, without BOM and control characters; LF ends lines.

    Raises:
        ContentError: too large, a NUL, or another encoding (named where it can be told).
    """
    if len(data) > MAX_BYTES:
        raise ContentError.at(path, "file-size", limit=str(MAX_BYTES))
    if _is_utf16(data):
        raise ContentError.at(path, "encoding", encoding="UTF-16")
    try:
        text = data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        raise ContentError.at(path, "encoding", line, column, **_guess(data)) from error
    if b"\0" in data:
        raise ContentError.at(path, "nul", *_place(text, text.index("\0")))
    if b"\r" in data:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if is_plain(text):
        return text
    text = xml_legal(text)
    return _CONTROLS.sub(lambda match: " " if match[0] in _BREAKS else "", text)


def bidi_control_in(text: str) -> tuple[int, int] | None:
    """Return line and column of the first embedding, override or isolate, or None."""
    if b"\xe2" not in text.encode(errors="replace"):  # with which each begins: found in no time
        return None
    plain = strip_bidi(text)
    if plain == text:
        return None
    return _place(text, len(posixpath.commonprefix((text, plain))))


def _place(text: str, position: int) -> tuple[int, int]:
    """Line and column, counted from 1, of a position counted from 0."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _is_utf16(data: bytes) -> bool:
    """By its mark, else by the NUL in each ASCII character: line ends, keys, digits."""
    head = data[:1000]
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) > len(head) // 8 > 0


def _guess(data: bytes) -> dict[str, str]:
    """Windows-1256 is what Arabic editors on old systems write: mostly Arabic high bytes."""
    high = [char for char in data.decode("cp1256", "replace") if ord(char) > 127]
    arabic = sum("\u0600" <= char <= "\u06ff" for char in high)
    return {"encoding": "windows-1256"} if arabic > 0.6 * len(high) else {}
