"""Footnotes as Substack's editor writes them → footnotes as ours are (DPUB-ARIA). Pure.

Their numbers are links between words, and stand in a block of their own before each note.
"""

import re
from collections.abc import Iterator
from html import escape
from itertools import pairwise

from feedservice.content.html_tags import attributes, tags

_TAG = tags("a|div")
_MARK = "footnote-"
_BEGIN, _END = '<section role="doc-endnotes"><ol>', "</ol></section>"
_NUMBER = re.compile(r"\s*+[0-9]{1,9}\s*+")
_END_OF_PARAGRAPH = re.compile(r"</p>\s*+\Z")
_LONGEST = 32
"""Characters behind a note that may be its last end of a paragraph."""

_Edit = tuple[int, int, str]
"""Where a piece of HTML begins and ends, and what stands in its place."""


def as_notes(html: str) -> str:
    """Return HTML whose notes of Substack are a numbered list, each with a way back."""
    if _MARK not in html:
        return html
    found = list(_TAG.finditer(html))
    edits = sorted((*_references(found), *_notes(html, found)))
    parts: list[str] = []
    at = 0
    for begin, end, written in edits:
        if begin >= at:
            parts += (html[at:begin], written)
            at = end
    return "".join((*parts, html[at:]))


def _references(found: list[re.Match[str]]) -> Iterator[_Edit]:
    """Yield what becomes of the numbers between words."""
    for tag, after in pairwise(found):
        if _begins(tag, "a", "footnote-anchor") and after[1] and after[2] in ("a", "A"):
            known = attributes(tag[3])
            place = f' id="{escape(known["id"])}"' if known.get("id") else ""
            href = escape(known.get("href", ""))
            yield tag.start(), tag.end(), f'<sup><a href="{href}" role="doc-noteref"{place}>'
            yield after.start(), after.end(), "</a></sup>"


def _notes(html: str, found: list[re.Match[str]]) -> Iterator[_Edit]:
    """Yield what begins and what ends each note; those in a row are one list."""
    ends = _ends(found)
    last: _Edit | None = None
    for n in range(len(found) - 3):
        outer, number, _after, inner = found[n : n + 4]
        at = ends.get(n + 3, 0)
        if not _is_note(found[n : n + 4]) or at + 1 != ends.get(n):
            continue
        end, whole = found[at], found[at + 1]
        said = html[number.end() : found[n + 2].start()]
        gaps = ((n, n + 1), (n + 2, n + 3), (at, at + 1))
        is_filled = any(html[found[a].end() : found[b].start()].strip() for a, b in gaps)
        if is_filled or not _NUMBER.fullmatch(said):
            continue
        known = attributes(number[3])
        begin = f'<li id="{escape(known.get("id", ""))}" value="{said.strip()}">'
        if last and html[last[1] : outer.start()].strip():
            yield last[0], last[1], last[2] + _END
            last = None
        if last:
            yield last
        yield outer.start(), inner.end(), begin if last else _BEGIN + begin
        back = f' <a href="{escape(known.get("href", ""))}" role="doc-backlink">↩</a>'
        from_here = max(inner.end(), end.start() - _LONGEST)
        paragraph = _END_OF_PARAGRAPH.search(html, from_here, end.start())
        place = paragraph.start() if paragraph else end.start()
        last = place, whole.end(), f"{back}</p></li>" if paragraph else f"{back}</li>"
    if last:
        yield last[0], last[1], last[2] + _END


def _is_note(found: list[re.Match[str]]) -> bool:
    """Whether four tags begin a note: its block, its number, the end of that, its text."""
    outer, number, after, inner = found
    return (
        _begins(outer, "div", "footnote")
        and _begins(number, "a", "footnote-number")
        and bool(after[1])
        and _begins(inner, "div", "footnote-content")
    )


def _ends(found: list[re.Match[str]]) -> dict[int, int]:
    """Which tag ends each div, both by their places among the tags."""
    opened: list[int] = []
    ends: dict[int, int] = {}
    for n, tag in enumerate(found):
        if tag[2].lower() != "div":
            continue
        if not tag[1]:
            opened.append(n)
        elif opened:
            ends[opened.pop()] = n
    return ends


def _begins(tag: re.Match[str], name: str, kind: str) -> bool:
    """Whether a tag begins an element of that name and class."""
    is_such = not tag[1] and tag[2].lower() == name and kind in tag[3]
    return is_such and kind in attributes(tag[3]).get("class", "").split()
