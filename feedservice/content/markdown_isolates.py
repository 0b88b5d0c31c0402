"""Latin runs in the prose of Markdown → the same Markdown with signs around each. Pure.

They are looked for in what the library calls text: code, HTML, addresses and alternative texts are
none of it. The signs are noncharacters, which no clean text has; the elements that stand for them
are put into the library's HTML.
"""

import re
from collections.abc import Iterator

from feedservice.content.markdown_events import Events, named
from feedservice.content.markdown_words import Edit
from feedservice.domain.latin_runs import CLOSING, OPENING, latin_runs

_BEGIN, _END = "\ufdd1", "\ufdd2"
_WHOLE = re.compile(
    r"(?:https?://|www\.)[^\s<>]*+|\{[{%][^{}\n]*+\}?|\[/?[a-z][^\[\]\n]*+\]", re.IGNORECASE
)
"""Addresses and shortcodes, which are looked for later."""


def runs(markdown: str, events: Events) -> list[Edit]:
    """Return the edits that put signs around the Latin runs of a text."""
    data = markdown.encode()
    edits: list[Edit] = []
    for start, text in _texts(data, events):
        for begin, end in latin_runs(text):
            before = start + len(text[:begin].encode())
            after = before + end - begin
            edits += ((before, before, _BEGIN.encode()), (after, after, _END.encode()))
    return edits


def isolated(html: str) -> str:
    """Return HTML in which elements stand for the signs."""
    return html.replace(_BEGIN, OPENING).replace(_END, CLOSING)


def plain(html: str) -> str:
    """Return HTML without the signs."""
    return html.replace(_BEGIN, "").replace(_END, "")


def _texts(data: bytes, events: Events) -> Iterator[tuple[int, str]]:
    """The texts of a document as they stand in it, each with its place in bytes."""
    depth = start = end = 0
    for event, place in events:
        kind, name, _ = named(event)
        if name in ("Image", "CodeBlock"):
            depth += 1 if kind == "Start" else -1
        is_text = kind == "Text" and not depth
        if not is_text or place["start"] != end:
            yield from _between(start, data[start:end].decode())
            start = end = place["start"]
        if is_text and data[place["start"] : place["end"]].decode() == event["Text"]:
            end = place["end"]
    yield from _between(start, data[start:end].decode())


def _between(start: int, text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for found in _WHOLE.finditer(text):
        yield start, text[at : found.start()]
        start += len(text[at : found.end()].encode())
        at = found.end()
    yield start, text[at:]
