"""Addresses in Markdown → the ones that hold here: links, pictures, definitions, raw HTML. Pure.

Code is left alone. Must not know where an address leads: `Resolve` says so.
"""

import re
from collections import defaultdict, deque
from collections.abc import Callable
from html import escape

from feedservice.importing import raw_html
from feedservice.importing.addresses import is_http
from feedservice.importing.frame_links import address_of
from feedservice.importing.raw_html import Resolve

_CODE_MARK = re.compile(
    r"""
    ^ (?P<fence> `{3,} (?= [^`\n]* $) | ~{3,} ) (?P<info> [^\n]* )   # a fence has a line of its own
    | `+                                                             # a code span has not
    """,
    re.MULTILINE | re.VERBOSE,
)
_INLINE = re.compile(
    r"""
    (!?)
    ( \[ (?: [^\[\]\\] | \\. | \[ [^\[\]]* \] )* \] )            # a label, brackets in it in pairs
    \( \s*
    ( < [^<>\n]* > | [^\s()]* (?: \( [^\s()]* \) [^\s()]* )* )   # an address, so too
    """,
    re.VERBOSE,
)
_DEFINITION = re.compile(r"^( {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*)(<[^<>\n]*>|\S+)", re.MULTILINE)
_EMBEDDED = re.compile(
    r"<(iframe|object|embed|script)\b([^<>]*+)>(?:[^<]*+</(?:iframe|object|embed)\s*+>)?",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|mp3|m4a|ogg|mp4|webm)$", re.IGNORECASE)


def rewrite(markdown: str, resolve: Resolve) -> str:
    """Return Markdown with each address as ``resolve`` wants it; a lost link leaves its text."""
    return outside_code(markdown, lambda text: _rewritten(text, resolve))


def without_frames(markdown: str, tell: Callable[[str, str], None]) -> str:
    """Return Markdown where a link stands for each page that is embedded.

    Args:
        markdown: a body.
        tell: gets the name of each element, and its address; an empty one where it is lost.
    """

    def linked(match: re.Match[str]) -> str:
        name, source = match[1].lower(), address_of(match[2])
        address = source if is_http(source) and name != "script" else ""
        tell(name, address)
        return f'<a href="{escape(address)}">{escape(address)}</a>' if address else match[0]

    return outside_code(markdown, lambda text: _EMBEDDED.sub(linked, text))


def outside_code(markdown: str, change: Callable[[str], str]) -> str:
    """Return Markdown with ``change`` made to what is not code (CommonMark §4.5 and §6.1)."""
    marks = list(_CODE_MARK.finditer(markdown))
    spans: dict[str, deque[int]] = defaultdict(deque)
    for number, mark in enumerate(marks):
        spans[mark[0]].append(number)
    parts: list[str] = []
    at = number = 0
    while number < len(marks):
        begin = marks[number]
        closing: int | None
        if begin["fence"]:
            closing = _closing_fence(marks, number)
        else:
            same = spans[begin[0]]
            while same and same[0] <= number:
                same.popleft()
            closing = same[0] if same else None
        if closing is None:  # backticks that close nothing are text
            number += 1
            continue
        number = closing + 1
        end = len(markdown) if closing == len(marks) else marks[closing].end()
        parts += (change(markdown[at : begin.start()]), markdown[begin.start() : end])
        at = end
    return "".join((*parts, change(markdown[at:])))


def _closing_fence(marks: list[re.Match[str]], opening: int) -> int:
    """The number of the mark that closes a fence; one more than there are where it stays open."""
    fence = marks[opening]["fence"]
    for number in range(opening + 1, len(marks)):
        mark = marks[number]
        if mark["fence"] and mark["fence"].startswith(fence) and not mark["info"].strip():
            return number
    return len(marks)


def _rewritten(text: str, resolve: Resolve) -> str:
    def inline(match: re.Match[str]) -> str:
        label = _INLINE.sub(inline, match[2]) if "](" in match[2] else match[2]
        url = resolve("src" if match[1] else "href", match[3].strip("<>"))
        return f"{match[1]}{label}({_destination(url)}"

    def definition(match: re.Match[str]) -> str:
        url = match[2].strip("<>")
        resolved = resolve("src" if _PICTURE.search(url) else "href", url)
        return match[1] + (_destination(resolved) or "#")

    return raw_html.rewrite(_DEFINITION.sub(definition, _INLINE.sub(inline, text)), resolve)


def _destination(url: str) -> str:
    return f"<{url}>" if re.search(r"[\s()]", url) else url
