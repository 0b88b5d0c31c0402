"""XML of an export, read as a stream within bounds; texts of its elements."""

from html import unescape
from typing import Any, BinaryIO

from lxml import etree

from feedservice.importing.doctype import from_declaration, without_doctype

_HEAD = 1 << 20


def reading_of(stream: BinaryIO, tags: tuple[str, ...], encoding: str | None = None) -> Any:
    """Return what iterates over the elements with one of the tags as each ends.

    Entities are never resolved, nothing is loaded, what is broken is passed over.
    """
    return etree.iterparse(
        _WithoutDoctype(stream),
        events=("end",),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        encoding=encoding,
    )


class _WithoutDoctype:
    """A stream of XML without its document type, and without PHP's warnings before it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._head = without_doctype(from_declaration(stream.read(_HEAD)))

    def read(self, size: int) -> bytes:
        """Return the next bytes; at most ``size``."""
        if self._head:
            part, self._head = self._head[:size], self._head[size:]
            return part
        return self._stream.read(size)


def forget(element: Any) -> None:
    """Free an element and all before it (what iterparse has read stays in its tree otherwise)."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def text_of(element: Any, name: str) -> str:
    """The text of the first child so named."""
    child = element.find("{*}" + name)
    return "" if child is None else all_text(child)


class Children:
    """What lies right below an element, looked through once: an item is asked for twenty of them.

    Attributes:
        line: of the file, where the element begins.
    """

    def __init__(self, element: Any) -> None:
        self.line = element.sourceline
        self._named: dict[str, list[Any]] = {}
        for child in element.iterchildren("*"):
            self._named.setdefault(child.tag.rpartition("}")[2], []).append(child)

    def all(self, name: str) -> list[Any]:
        """Return those so named, whatever their namespaces."""
        return self._named.get(name, [])

    def text(self, name: str, space: str = "") -> str:
        """The text of the first so named; ``space`` tells content:encoded from excerpt's."""
        for child in self.all(name):
            if not space or space in child.tag.partition("}")[0]:
                return all_text(child)
        return ""


def all_text(element: Any) -> str:
    """Text, references to HTML's entities as the characters; any other stays as it was written."""
    parts = [element.text or ""]
    for child in element:
        parts += [
            unescape(child.text) if child.tag is etree.Entity else "".join(child.itertext()),
            child.tail or "",
        ]
    return "".join(parts).strip()
