"""A tree of HTML → the signs of Markdown, as far as it has signs for it. Pure.

What an element becomes, and which characters are escaped, follows markdownify (MIT, © Matthew
Dapena-Tretter), which does this to a BeautifulSoup, and takes longer than all else of an import.
html-to-markdown (3.21) is fast, but leaves ``*``, ``_`` and ``<b>`` of a text unescaped, so that
words become markup. Nothing here is trusted: `markdown` proves what comes of it.
"""

import re
from collections.abc import Callable, Collection
from html import escape
from types import MappingProxyType
from typing import NamedTuple

from feedservice.importing.html_tree import Element, Node, edge

_INLINE = frozenset(
    "abbr bdi bdo cite dfn ins kbd mark q ruby rp rt samp small span sub sup time u var wbr".split()
)
_TRIMMED = frozenset(
    "h1 h2 h3 h4 h5 h6 p blockquote article div section ol ul li dl dt dd table thead tbody tfoot"
    " tr td th".split()
)
"""Elements at whose edges white space says nothing."""
_SET_APART = _TRIMMED | {"pre"}
_CELLS = frozenset({"td", "th"})
_LISTS = frozenset({"ul", "ol"})
_SPACES = " \t\r\n"
_RUN = re.compile(r"[\t \r\n]+")
_UNEVEN = re.compile(r"[\t\r\n]|  ")
_MISC = re.compile(r"([]\\&<`[>~=+|])")
_DASHES = re.compile(r"(\s|^)(-+(?:\s|$))")
_HASHES = re.compile(r"(\s|^)(#{1,6}(?:\s|$))")
_MAYBE_NUMBER = re.compile(r"[0-9][.)](?:\s|$)")
_NUMBER = re.compile(r"((?:\s|^)[0-9]{1,9})([.)](?:\s|$))")
_TICKS = re.compile("`+")
_PRE_BEGIN = re.compile(r"^[ \n]*\n")
_MAX_DIGITS = 9
"""Of the number of an item (CommonMark §5.2)."""

_ON_ONE_LINE, _AS_TYPED, _IN_PRE, _IN_ITEM = 1, 2, 4, 8
"""Around an element: a heading or a cell; code; preformatted text; an item of a list."""
_WITHIN = MappingProxyType(
    {
        **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "td", "th"), _ON_ONE_LINE),
        **dict.fromkeys(("code", "kbd", "samp"), _AS_TYPED),
        "pre": _AS_TYPED | _IN_PRE,
        "li": _IN_ITEM,
    }
)
_EMPHASIS = MappingProxyType({"strong": "**", "em": "*", "del": "~~"})


class _Place(NamedTuple):
    """Where an element stands: in what, at which place of it, behind how many items of a list."""

    parent: Element
    number: int
    items: int
    above: "_Place | None"


def signs(element: Element) -> str:
    """Return the Markdown of a block that stands alone; see `has_signs`."""
    return _element(element, _Place(Element("div", children=[element]), 0, 0, None), 0)


def has_signs(element: Element) -> bool:
    """Whether there is a sign, or HTML between words, for every element of a block."""
    return (element.name in _CONVERT or element.name in _PLAIN or element.name in _INLINE) and all(
        isinstance(child, str) or has_signs(child) for child in element.children
    )


def _element(element: Element, place: _Place, around: int) -> str:
    name, children = element.name, element.children
    within = around | _WITHIN.get(name, 0)
    parts: list[str] = []
    items = 0
    for number, child in enumerate(children):
        if isinstance(child, str):
            made = _text(child, element, number, within)
        else:
            made = _element(child, _Place(element, number, items, place), within)
            items += child.name == "li"
        if made:
            parts.append(made)
    text = "".join(parts) if within & _IN_PRE or len(parts) < 2 else _joined(parts)
    if name in _INLINE:
        attributes = (f' {key}="{escape(value)}"' for key, value in element.attributes.items())
        return f"<{name}{''.join(attributes)}>{text}</{name}>"
    convert = _CONVERT.get(name)
    return convert(element, text, place, around) if convert else text


def _joined(parts: list[str]) -> str:
    """Parts in a row: of line breaks between two the more, and two at most."""
    done: list[str] = []
    trailing = ""
    for part in parts:
        rest = part.lstrip("\n")
        leading = part[: len(part) - len(rest)]
        if trailing and leading:
            leading = "\n" * min(2, max(len(trailing), len(leading)))
        else:
            done.append(trailing)
        content = rest.rstrip("\n")
        trailing = rest[len(content) :]
        done += (leading, content)
    return "".join((*done, trailing))


def _text(text: str, parent: Element, number: int, within: int) -> str:
    siblings = parent.children
    before = siblings[number - 1] if number else None
    after = siblings[number + 1] if number + 1 < len(siblings) else None
    is_trimmed = parent.name in _TRIMMED
    is_begin = is_trimmed if before is None else _is_apart(before)
    is_end = is_trimmed if after is None else _is_apart(after)
    if (is_begin or is_end) and not text.strip():
        return ""
    if not within & _IN_PRE and _UNEVEN.search(text):
        text = _RUN.sub(lambda run: "\n" if "\n" in run[0] or "\r" in run[0] else " ", text)
    if not within & _AS_TYPED:
        text = _escaped(text)
    text = text.lstrip(_SPACES) if is_begin else text
    return text.rstrip() if is_end else text


def _is_apart(node: Node) -> bool:
    return isinstance(node, Element) and node.name in _SET_APART


def _escaped(text: str) -> str:
    """Text without signs that mean something, wherever it stands."""
    text = _MISC.sub(r"\\\1", text)
    if "-" in text:
        text = _DASHES.sub(r"\1\\\2", text)
    if "#" in text:
        text = _HASHES.sub(r"\1\\\2", text)
    if _MAYBE_NUMBER.search(text):
        text = _NUMBER.sub(r"\1\\\2", text)
    return text.replace("*", r"\*").replace("_", r"\_")


def _apart(text: str) -> tuple[str, str, str]:
    """A space before, a space behind, and what is between: no sign of emphasis has one inside."""
    before = " " if text.startswith(" ") else ""
    return before, " " if text.endswith(" ") else "", text.strip()


def _emphasised(element: Element, text: str, place: _Place, around: int) -> str:
    """A sign of emphasis beside punctuation inside a word does not count (CommonMark §6.2)."""
    siblings, number = place.parent.children, place.number
    first, last = edge(element, 0), edge(element, -1)
    if first and not first.isspace() and not last.isspace():
        before = edge(siblings[number - 1], -1) if number else ""
        after = edge(siblings[number + 1], 0) if number + 1 < len(siblings) else ""
        if (before.isalnum() and not first.isalnum()) or (after.isalnum() and not last.isalnum()):
            return f"<{element.name}>{text}</{element.name}>"
    if around & _AS_TYPED:
        return text
    before, after, text = _apart(text)
    sign = _EMPHASIS[element.name]
    return f"{before}{sign}{text}{sign}{after}" if text else ""


def _link(element: Element, text: str, _place: _Place, around: int) -> str:
    if around & _AS_TYPED:
        return text
    before, after, text = _apart(text)
    href, title = element.attributes.get("href"), _title(element)
    if not text:
        return ""
    if text.replace(r"\_", "_") == href and not title:
        return f"<{href}>"
    return f"{before}[{text}]({href}{title}){after}" if href else text


def _picture(element: Element, _text: str, _place: _Place, around: int) -> str:
    alt = element.attributes.get("alt", "")
    src = element.attributes.get("src", "")
    return alt if around & _ON_ONE_LINE else f"![{alt}]({src}{_title(element)})"


def _title(element: Element) -> str:
    title = element.attributes.get("title", "").replace('"', r"\"")
    return f' "{title}"' if title else ""


def _code(_element: Element, text: str, _place: _Place, around: int) -> str:
    if around & _AS_TYPED:
        return text
    before, after, text = _apart(text)
    if not text:
        return ""
    ticks = "`" * (max(map(len, _TICKS.findall(text)), default=0) + 1)
    space = " " if len(ticks) > 1 else ""
    return f"{before}{ticks}{space}{text}{space}{ticks}{after}"


def _preformatted(_element: Element, text: str, _place: _Place, _around: int) -> str:
    inside = _PRE_BEGIN.sub("", text).rstrip(" \n")
    return f"\n\n```\n{inside}\n```\n\n" if text else ""


def _break(_element: Element, text: str, _place: _Place, around: int) -> str:
    return f"{text} " if around & _ON_ONE_LINE else f"\\\n{text}"


def _rule(_element: Element, _text: str, _place: _Place, _around: int) -> str:
    return "\n\n---\n\n"


def _paragraph(_element: Element, text: str, _place: _Place, around: int) -> str:
    text = text.strip(_SPACES)
    if around & _ON_ONE_LINE:
        return f" {text} "
    return f"\n\n{text}\n\n" if text else ""


def _heading(element: Element, text: str, _place: _Place, around: int) -> str:
    if around & _ON_ONE_LINE:
        return text
    return f"\n\n{'#' * int(element.name[1])} {_RUN.sub(' ', text.strip())}\n\n"


def _quote(_element: Element, text: str, _place: _Place, around: int) -> str:
    text = text.strip(_SPACES)
    if around & _ON_ONE_LINE:
        return f" {text} "
    return f"\n{_behind('> ', text)}\n\n" if text else "\n"


def _behind(sign: str, text: str) -> str:
    """Each line of a text behind a sign; an empty one without the space that ends it."""
    empty = sign.rstrip()
    return "\n".join(f"{sign}{line}" if line else empty for line in text.split("\n"))


def _list(_element: Element, text: str, place: _Place, around: int) -> str:
    if around & _IN_ITEM:
        return "\n" + text.rstrip()
    siblings = place.parent.children
    behind = (siblings[number] for number in range(place.number + 1, len(siblings)))
    after = next((each for each in behind if isinstance(each, Element) or each.strip()), None)
    is_last = after is None or (isinstance(after, Element) and after.name in _LISTS)
    return f"\n\n{text}" if is_last else f"\n\n{text}\n"


def _item(_element: Element, text: str, place: _Place, _around: int) -> str:
    text = text.strip()
    if not text:
        return "\n"
    sign = "- "
    if place.parent.name == "ol":
        start = place.parent.attributes.get("start", "")
        begin = int(start) if start.isdecimal() and len(start) <= _MAX_DIGITS else 1
        sign = f"{begin + place.items}. "
    return f"{sign}{_behind(' ' * len(sign), text)[len(sign) :]}\n"


def _cell(_element: Element, text: str, _place: _Place, _around: int) -> str:
    return f" {text.strip()} |".replace("\n", " ")


def _table(_element: Element, text: str, _place: _Place, _around: int) -> str:
    return f"\n\n{text.strip()}\n\n"


def _row(element: Element, text: str, place: _Place, _around: int) -> str:
    """A row; the first with the line that makes a table, below it or below an empty head."""
    parent, above = place.parent, place.above
    if above is None or _first(parent) is not element:
        return f"|{text}\n"
    cells = _named(element, _CELLS)
    line = f"| {' | '.join(['---'] * len(cells))} |\n"
    is_only_head = parent.name == "thead" and len(_named(parent, {"tr"})) == 1
    if is_only_head or all(cell.name == "th" for cell in cells):
        return f"|{text}\n{line}"
    if parent.name != "tbody" or _first(above.parent) is parent:
        return f"| {' | '.join([''] * len(cells))} |\n{line}|{text}\n"
    return f"|{text}\n"


def _first(element: Element) -> Element | None:
    return next((child for child in element.children if isinstance(child, Element)), None)


def _named(element: Element, names: Collection[str]) -> list[Element]:
    return [
        child for child in element.children if isinstance(child, Element) and child.name in names
    ]


_CONVERT: MappingProxyType[str, Callable[[Element, str, _Place, int], str]] = MappingProxyType(
    {
        "a": _link,
        "blockquote": _quote,
        "br": _break,
        "code": _code,
        "hr": _rule,
        "img": _picture,
        "li": _item,
        "p": _paragraph,
        "pre": _preformatted,
        "table": _table,
        "tr": _row,
        **dict.fromkeys(_CELLS, _cell),
        **dict.fromkeys(_LISTS, _list),
        **dict.fromkeys(_EMPHASIS, _emphasised),
        **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    }
)
_PLAIN = frozenset({"thead", "tbody"})
