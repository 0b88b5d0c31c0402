"""Bodies as Ghost's editors keep them, Lexical and Mobiledoc → HTML. Pure."""

from collections.abc import Iterable
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

from feedservice.importing.plain_json import loaded, objects, text

_MAX_DEPTH = 40
_FORMATS = ((1, "strong"), (2, "em"), (4, "s"), (16, "code"), (32, "sub"), (64, "sup"))
"""Bits of ``format`` of a text in Lexical."""
_PARTS = {"paragraph": "p", "quote": "blockquote", "aside": "blockquote", "listitem": "li"}


class Shown(NamedTuple):
    """The HTML of a body, and names of what could not be shown in it."""

    html: str
    lost: tuple[str, ...] = ()


def of_lexical(written: str) -> Shown:
    """Return the HTML of a document of Lexical (Ghost 5 and later)."""
    lost: list[str] = []
    html = _nodes(objects(loaded(written).get("root"), "children"), lost, 0)
    return Shown(html, tuple(lost))


def of_mobiledoc(written: str) -> Shown:
    """Return the HTML of a document of Mobiledoc 0.3 (Ghost 1 to 4)."""
    document = loaded(written)
    markups, atoms, cards = (_lists(document.get(key)) for key in ("markups", "atoms", "cards"))
    lost: list[str] = []
    parts: list[str] = []
    for section in _lists(document.get("sections")):
        kind, rest = section[0] if section else None, section[1:]
        if kind == 1 and len(rest) > 1:
            tag = rest[0] if rest[0] in ("h1", "h2", "h3", "h4", "h5", "h6", "blockquote") else "p"
            parts.append(f"<{tag}>{_markers(rest[1], markups, atoms)}</{tag}>")
        elif kind == 3 and len(rest) > 1:
            tag = "ol" if rest[0] == "ol" else "ul"
            items = (f"<li>{_markers(each, markups, atoms)}</li>" for each in _lists(rest[1]))
            parts.append(f"<{tag}>{''.join(items)}</{tag}>")
        elif kind == 2 and rest:
            parts.append(_image(str(rest[0]), "", ""))
        elif kind == 10 and rest:
            card = _at(cards, rest[0])
            payload = card[1] if len(card) > 1 and isinstance(card[1], dict) else {}
            parts.append(_card(str(card[0]) if card else "", payload, lost))
    return Shown("\n".join(parts), tuple(lost))


def _markers(markers: Any, markups: list[list[Any]], atoms: list[list[Any]]) -> str:
    parts: list[str] = []
    opened: list[str] = []
    for marker in _lists(markers):
        if len(marker) < 4:
            continue
        kind, begins, closes, value = marker[:4]
        for number in begins if isinstance(begins, list) else []:
            markup = _at(markups, number)
            tag = str(markup[0]) if markup else "span"
            pairs = markup[1] if len(markup) > 1 and isinstance(markup[1], list) else []
            href = next((str(b) for a, b in pairwise(pairs) if a == "href"), "")
            opened.append(tag if tag.isalpha() else "span")
            parts.append(f'<a href="{escape(href)}">' if tag == "a" else f"<{opened[-1]}>")
        if kind == 1:
            atom = _at(atoms, value)
            parts.append("<br>" if atom and atom[0] == "soft-return" else "")
        else:
            parts.append(escape(str(value), quote=False))
        ended = min(closes, len(opened)) if isinstance(closes, int) else 0
        parts += [f"</{opened.pop()}>" for _ in range(ended)]
    return "".join((*parts, *(f"</{tag}>" for tag in reversed(opened))))


def _nodes(nodes: Iterable[dict[str, Any]], lost: list[str], depth: int) -> str:
    if depth > _MAX_DEPTH:
        lost.append("…")
        return ""
    return "".join(_node(node, lost, depth) for node in nodes)


def _node(node: dict[str, Any], lost: list[str], depth: int) -> str:
    kind = text(node, "type").removeprefix("extended-")
    if kind in ("text", "tk"):
        return _formatted(node)
    if kind == "linebreak":
        return "<br>"
    children = objects(node, "children")
    inside = _nodes(children, lost, depth + 1)
    if kind in ("link", "autolink", "at-link"):
        return f'<a href="{escape(text(node, "url"))}">{inside}</a>'
    if kind == "heading":
        tag = (
            text(node, "tag") if text(node, "tag") in ("h1", "h2", "h3", "h4", "h5", "h6") else "h2"
        )
        return f"<{tag}>{inside}</{tag}>\n"
    if kind == "list":
        tag = "ol" if text(node, "listType") == "number" else "ul"
        return f"<{tag}>{inside}</{tag}>\n"
    if kind in _PARTS:
        return f"<{_PARTS[kind]}>{inside}</{_PARTS[kind]}>\n"
    return inside or _card(kind, node, lost)


def _formatted(node: dict[str, Any]) -> str:
    html = escape(text(node, "text"), quote=False)
    bits = node.get("format")
    for bit, tag in _FORMATS:
        if isinstance(bits, int) and bits & bit:
            html = f"<{tag}>{html}</{tag}>"
    return html


def _card(kind: str, said: dict[str, Any], lost: list[str]) -> str:
    """What a card of either editor shows; empty, and told, where that cannot be said."""
    caption, src = text(said, "caption"), text(said, "src")
    address = text(said, "url") or text(said, "buttonUrl")
    if kind in ("html", "markdown", "card-markdown"):
        html = text(said, "html", "markdown")
        # Markdown of a card is HTML with words between: its paragraphs are empty lines.
        return html if kind == "html" else "\n".join(f"<p>{p}</p>" for p in html.split("\n\n"))
    if kind in ("hr", "horizontalrule"):
        return "<hr>\n"
    if kind in ("code", "codeblock"):
        return f"<pre><code>{escape(text(said, 'code'), quote=False)}</code></pre>\n"
    if kind == "image" and src:
        return _image(src, text(said, "alt"), caption)
    if kind == "gallery":
        images = objects(said, "images")
        return "".join(_image(text(each, "src"), text(each, "alt"), "") for each in images)
    if kind in ("audio", "video") and src:
        return f'<p><{kind} src="{escape(src)}" controls></{kind}></p>\n'
    if kind == "callout":
        return f"<blockquote><p>{text(said, 'calloutText')}</p></blockquote>\n"
    if kind == "toggle":
        summary = f"<summary>{text(said, 'heading')}</summary>"
        return f"<details>{summary}{text(said, 'content')}</details>\n"
    if kind in ("embed", "bookmark", "button", "file") and (address or src):
        words = text(said, "buttonText", "fileTitle") or address or src
        link = f'<a href="{escape(address or src)}">{escape(words)}</a>'
        note = f"<figcaption>{caption}</figcaption>" if caption else ""
        return f"<figure>{link}{note}</figure>\n" if note else f"<p>{link}</p>\n"
    if kind and kind != "paywall":
        lost.append(kind)
    return ""


def _image(src: str, alt: str, caption: str) -> str:
    note = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(src)}" alt="{escape(alt)}">{note}</figure>\n'


def _lists(value: Any) -> list[list[Any]]:
    return [each for each in value if isinstance(each, list)] if isinstance(value, list) else []


def _at(values: list[list[Any]], number: Any) -> list[Any]:
    return values[number] if isinstance(number, int) and 0 <= number < len(values) else []
