"""Bytes of a file → text, or the Problem that says which encoding it seems to have. Pure."""

from feedservice.errors import ContentError
from feedservice.model import Problem
from feedservice.text import xml_legal

MAX_BYTES = 4 * 1024 * 1024


def decode(data: bytes, path: str) -> str:
    """Return the text of a file in UTF-8 (a BOM is allowed), without characters that XML forbids.

    Raises:
        ContentError: too large, a NUL, or another encoding (named where it can be told).
    """
    if len(data) > MAX_BYTES:
        raise ContentError(
            Problem(path=path, code="file-size", facts={"value": str(len(data)), "limit": str(MAX_BYTES)})
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ContentError(Problem(path=path, code="encoding", facts={"value": "UTF-16"}))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        facts = {"value": _guess(data)}
        raise ContentError(Problem(path=path, line=line, column=column, code="encoding", facts=facts)) from error
    if "\0" in text:
        before_nul = text[: text.index("\0")]
        line = before_nul.count("\n") + 1
        column = len(before_nul.rpartition("\n")[2]) + 1
        raise ContentError(Problem(path=path, line=line, column=column, code="nul"))
    return xml_legal(text.replace("\r\n", "\n").replace("\r", "\n"))


def _guess(data: bytes) -> str:
    """Windows-1256 is what Arabic editors on old systems write; most of its high bytes are Arabic letters."""
    try:
        text = data.decode("cp1256")
    except UnicodeDecodeError:
        return "?"
    high = [char for char in text if ord(char) > 127]
    arabic = sum("\u0600" <= char <= "\u06ff" for char in high)
    return "windows-1256" if high and arabic / len(high) > 0.6 else "?"
