"""HTML that would cost the sanitiser quadratic time: is told, or made harmless. Pure."""

import re
from types import MappingProxyType

from feedservice.content.html_tags import ATTRIBUTE
from feedservice.domain.patterns import rare

MAX_NESTING = 256
"""Elements inside each other: the sanitiser is quadratic in it."""
MAX_ATTRIBUTES = 100
"""Attributes of one tag: the sanitiser compares each with all before it."""
_HARMLESS = 16_000
"""Characters of HTML whose attributes cost no time worth counting them."""
_MAX_SIGNS = 1_000
"""Signs of one text or tag: at each the sanitiser, as it writes, reads on to the end of that."""
_SIGN = rare(r"[&\x80-\xbf]")
"""What is written as a reference, or shares the first byte of UTF-8 with one that is (``«``)."""
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_ROWS = "td th tr thead tbody tfoot caption colgroup"
_IMPLIED_END = frozenset(f"p li dt dd {_ROWS}".split())
_BLOCKS = frozenset(
    "address article aside blockquote center details div dl figcaption figure footer header li dt "
    f"dd main nav ol section table ul {_ROWS}".split()
)
_REPLACES = MappingProxyType(
    {"p": ("p",), "li": ("p", "li"), **dict.fromkeys(("dt", "dd"), ("p", "dt", "dd")),
     **dict.fromkeys(("td", "th"), ("p", "td", "th")), "tr": ("p", "td", "th", "tr"),
     **dict.fromkeys(("thead", "tbody", "tfoot"), ("p", *_ROWS.split()))}
)  # fmt: skip
_ONE = rare(ATTRIBUTE, re.ASCII)
_RAW_TAG = re.compile(
    rf"<(/?)([a-z][^\s/>]*+){ATTRIBUTE}*+(?:>|\Z)",
    re.IGNORECASE | re.ASCII,
)
_PIECE = rare(rf"{_RAW_TAG.pattern}|[^<]+", _RAW_TAG.flags)


def without_crowded_tags(html: str) -> str:
    """Return HTML in which a tag of more than `MAX_ATTRIBUTES` attributes is text."""
    return _RAW_TAG.sub(_as_text_if_crowded, html) if len(html) > _HARMLESS else html


def _as_text_if_crowded(match: re.Match[str]) -> str:
    tag = match[0]
    # White space between two attributes matches too.
    is_crowded = len(tag) > 2 * MAX_ATTRIBUTES and len(_ONE.findall(tag)) > 2 * MAX_ATTRIBUTES
    return tag.replace("<", "&lt;") if is_crowded else tag


def in_short_texts(html: str) -> str:
    """Return HTML whose texts are parted by comments, which the sanitiser takes out again.

    Args:
        html: without comments and raw text; a tag that no comment can part is without its signs.
    """
    is_harmless = len(html) <= _HARMLESS or len(_SIGN.findall(html)) <= _MAX_SIGNS
    return html if is_harmless else _PIECE.sub(_in_short_texts, html)


def _in_short_texts(match: re.Match[str]) -> str:
    piece = match[0]
    if len(piece) <= _MAX_SIGNS:
        return piece
    ends = [sign.start() for sign in _SIGN.finditer(piece)][_MAX_SIGNS::_MAX_SIGNS]
    if ends and piece.startswith("<"):
        return _SIGN.sub("", piece)
    begins = [0, *ends]
    return "<!---->".join(piece[a:b] for a, b in zip(begins, [*ends, None], strict=True))


def is_nested_too_deep(html: str) -> bool:
    """Whether HTML may be nested deeper than `MAX_NESTING`.

    May be: an end tag counts only where it surely ends the innermost element, since the standard
    leaves others open or opens them again (`<span><div></span></div>`,
    `<div><table></div></table>`).

    Args:
        html: without comments and raw text, in which tags are none.
    """
    if html.count("<") <= MAX_NESTING:
        return False
    stack: list[str] = []
    for match in _RAW_TAG.finditer(html):
        name = match[2].lower()
        if match[1]:
            skipped = _IMPLIED_END if name in _BLOCKS else ("rt", "rp") if name == "ruby" else ()
            top = len(stack)
            while top and stack[top - 1] != name and stack[top - 1] in skipped:
                top -= 1
            if top and stack[top - 1] == name:
                del stack[top - 1 :]
        elif name not in _VOID:
            while stack and stack[-1] in _REPLACES.get(name, ()):
                stack.pop()
            stack.append(name)
            if len(stack) > MAX_NESTING:
                return True
    return False
