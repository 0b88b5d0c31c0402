"""Latin runs in the text of safe HTML are isolated: Markdown's and what was typed as HTML. Pure."""

import re
from html import unescape

from feedservice.domain.latin_runs import CLOSING, OPENING, latin_runs
from feedservice.domain.patterns import rare

_PIECE = rare(r'<(?P<end>/?)(?P<name>[a-z0-9]++)(?P<rest>(?:[^<>"]|"[^"]*")*+)>|[^<]++')
_EMPTY = frozenset(("br", "col", "hr", "img", "source", "wbr"))
_LEFT_ALONE = frozenset(("bdi", "bdo", "code", "pre"))
_INLINE = r"</?(?:a|abbr|b|em|i|mark|small|span|strong|sub|sup|u|wbr)\b(?:(?!\sdir=)[^>])*+>"
_JOINS = rare(_INLINE)
_GOES_ON = rare(rf"(?:{_INLINE})++[0-9A-Za-z]")
"""A word goes on within or behind these: user@<wbr>example.com."""
_OTHER_WAY = rare(r'\sdir="(?!rtl")', re.IGNORECASE)
_WHOLE = rare(
    r"(?:https?://|www\.)[^\s<>]*+|\{[{%][^{}\n]*+\}?|\[/?[a-z][^\[\]\n]*+\]", re.IGNORECASE
)
"""Addresses and shortcodes."""
_REFERENCE = rare("&[^&;]++;")


def isolated(html: str) -> str:
    """Return HTML with an element around each Latin run, but in code and what has its own way.

    Args:
        html: as the sanitiser writes it: each element ends, each value is quoted.
    """
    depth = 0
    is_word = False

    def piece(found: re.Match[str]) -> str:
        nonlocal depth, is_word
        end, name, rest = found.groups()
        if name is None:
            was_word, is_word = is_word, not depth and _is_latin(found[0][-1])
            return found[0] if depth else _isolated(found, was_word)
        is_word = is_word and _JOINS.fullmatch(found[0]) is not None
        if end:
            depth = max(depth - 1, 0)
        elif depth or name in _LEFT_ALONE or _OTHER_WAY.search(rest):
            depth += name not in _EMPTY
        return found[0]

    return _PIECE.sub(piece, html)


def _isolated(found: re.Match[str], was_word: bool) -> str:
    text = found[0]
    # As long as before: what stands for a sign is that sign, what stays whole is a line of its own.
    said = _REFERENCE.sub(lambda each: unescape(each[0]) * len(each[0]), text)
    if not any(latin_runs(said)):
        return text
    parts: list[str] = []
    at = 0
    for begin, end in latin_runs(_WHOLE.sub(lambda each: "\n" * len(each[0]), said)):
        is_tail = was_word and begin == 0 and not _is_latin(said[0])
        is_head = end == len(said) and not _is_latin(said[-1])
        if is_tail or (is_head and _GOES_ON.match(found.string, found.end())):
            continue  # a part of a word, which runs its way with the other
        parts += (text[at:begin], OPENING, text[begin:end], CLOSING)
        at = end
    return "".join((*parts, text[at:]))


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
