"""Sanitised HTML ⇄ a tree of it. Pure.

What the sanitiser writes is balanced, in lower case, with each value in double quotes: to read it
takes a tenth of what a parser of any HTML takes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape

_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_VOID = frozenset("br col hr img source wbr".split())
_ASCII_SPACES = " \n\t\f\r"


@dataclass(slots=True, eq=False)
class Element:
    """An element: its name, its attributes, and what it holds, texts among them.

    Attributes:
        edges: what `edge` has found.
    """

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Node]" = field(default_factory=list)
    edges: dict[int, str] = field(default_factory=dict, init=False)


Node = Element | str


def parse(html: str) -> Element:
    """Return a ``div`` that holds what the sanitiser wrote.

    White space alone is one space, or one line break, but in ``pre``.
    """
    root = Element("div")
    opened = [root]
    at = pre = 0
    for tag in _TAG.finditer(html):
        if tag.start() > at:
            opened[-1].children.append(_text(html[at : tag.start()], is_kept=pre > 0))
        at = tag.end()
        end, name, written = tag.groups()
        if end:
            if len(opened) > 1:
                pre -= opened.pop().name == "pre"
            continue
        known = {key: unescape(value) for key, value in _ATTRIBUTE.findall(written)}
        element = Element(name, known)
        opened[-1].children.append(element)
        if name not in _VOID:
            opened.append(element)
            pre += name == "pre"
    if at < len(html):
        opened[-1].children.append(_text(html[at:], is_kept=pre > 0))
    return root


def _text(written: str, *, is_kept: bool) -> str:
    text = unescape(written) if "&" in written else written
    if is_kept or text.strip(_ASCII_SPACES):
        return text
    return "\n" if "\n" in text else " "


def written(node: Node) -> str:
    """Return a node as HTML, attributes in the order that they came in."""
    parts: list[str] = []
    _write(node, parts.append)
    return "".join(parts)


def _write(node: Node, put: Callable[[str], None]) -> None:
    if isinstance(node, str):
        put(_escaped(node))
        return
    attributes = "".join(
        f" {key}={_quoted(_escaped(value))}" for key, value in node.attributes.items()
    )
    if node.name in _VOID and not node.children:
        put(f"<{node.name}{attributes}/>")
        return
    put(f"<{node.name}{attributes}>")
    for child in node.children:
        _write(child, put)
    put(f"</{node.name}>")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(value: str) -> str:
    if '"' not in value:
        return f'"{value}"'
    return f"'{value}'" if "'" not in value else '"{}"'.format(value.replace('"', "&quot;"))


def texts(node: Node) -> Iterator[str]:
    """Yield the texts of a node, in their order."""
    if isinstance(node, str):
        yield node
        return
    for child in node.children:
        yield from texts(child)


def edge(node: Node | None, at: int) -> str:
    """Return the first character of a node's text (``at`` 0), or its last (-1); empty without.

    An element keeps them: it must be as it will stay.
    """
    if node is None or isinstance(node, str):
        return node[at] if node else ""
    if at not in node.edges:
        children = node.children if at == 0 else reversed(node.children)
        node.edges[at] = next(filter(None, (edge(child, at) for child in children)), "")
    return node.edges[at]
