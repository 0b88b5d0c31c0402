"""Front matter: text ⇄ fields, each field with its line and column. Pure.

YAML is read as events (libyaml), never constructed: a scalar stays the text that the editor typed
(``title: 2025``, ``title: نعم``), anchors, aliases and tags are refused before anything is built
from them, and depth, size and number are bounded. Must not know what the keys mean: `article` and
`site` do.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import yaml
from yaml import ScalarEvent

from feedservice.content import plain_yaml, yaml_faults, yaml_text
from feedservice.content.invisible import bare, without_invisible
from feedservice.content.yaml_node import Node
from feedservice.domain.errors import ContentError
from feedservice.domain.text import is_plain

MAX_DEPTH = 8
MAX_NODES = 5_000
MAX_CHARACTERS = 65_536
"""Of front matter; site.yaml is allowed sixteen times as much."""

_OCCURRENCES = 50
"""Of a word, which are looked at for one that is no part of another."""
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
"""Which YAML has as escapes only (§5.1)."""
_CONTROL = re.compile(f"[{_CONTROLS}]")
_LIKE_DISK = re.compile(r"\A([A-Za-z]):(?=\\[^\\])")
_PLAIN = re.compile(rf"[^\W_][^\n#{_CONTROLS}]*")
_FENCE = re.compile(r"(?:-{2,}|-*[‐-―−][-‐-―−]*|\.\.\.)[^\S\n]*")
"""Three hyphens; what word processors make of them, and two, can be nothing else either."""


@dataclass(frozen=True, slots=True)
class Source:
    """An article file taken apart.

    Attributes:
        fields: its front matter.
        body: Markdown.
        body_line: the line at which that begins.
        is_plain: whether all of the file is (`domain.text.is_plain`), so that no part is asked.
    """

    fields: Node
    body: str
    body_line: int
    is_plain: bool

    def find(self, keys: tuple[str, ...] = (), word: str = "") -> tuple[int, int]:
        """Return line and column of a value below ``keys``, or of the first ``word`` in the body.

        What is not there is told at the nearest key, or at the beginning of the body.
        """
        if keys:
            node = self.fields.at(*keys)
            return node.line, node.column
        place = _place(word, self.body)
        if place < 0:
            return self.body_line, 1
        line = self.body.count("\n", 0, place)
        return self.body_line + line, place - self.body.rfind("\n", 0, place)


def _place(word: str, body: str) -> int:
    """Where a word stands: by itself, else as a part of a longer one; -1 for nowhere."""
    first = -1
    for spelling in dict.fromkeys((word, quote(word, safe="#/"))):
        place = body.find(spelling)
        first = place if first < 0 else first
        for _ in range(_OCCURRENCES if word else 0):
            if place < 0:
                break
            end = place + len(spelling)
            is_begun = word[0] != "#" and _is_of_word(body[place - 1 : place])
            if not (is_begun or _is_of_word(body[end : end + 1])):
                return place
            place = body.find(spelling, end)
    return first


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char in tuple("-_%")


def split(text: str, path: str) -> Source:
    """Take an article's text apart.

    Args:
        text: the file's text, decoded, without BOM.
        path: names the file in problems.

    Raises:
        ContentError: front matter is absent, not closed, too large, or no YAML that we accept.
    """
    first, rest = 0, len(text)
    if text.startswith("---\n"):  # as most do: what follows the next such line is body, unread
        found = text.find("\n---\n", 3)
        rest = found + 5 if found > 0 else rest
    lines = text[:rest].splitlines(keepends=True)
    if not text.startswith("---\n"):
        first = next((number for number, line in enumerate(lines) if bare(line)), -1)
        if first < 0:
            raise ContentError.at(path, "file-empty")
        if not is_fence(lines[first].lstrip()) or lines[first].lstrip().startswith("."):
            raise ContentError.at(path, "front-matter-missing")
    for number, line in enumerate(lines[first + 1 :], start=first + 1):
        if is_fence(line):
            front = "".join(lines[first + 1 : number])
            fields = parse(front, path, first_line=first + 2, is_ours=True)
            body = "".join(lines[number + 1 :]) + text[rest:]
            return Source(fields, body, number + 2, is_plain(text))
    raise ContentError.at(path, "front-matter-open", first + 1)


def is_fence(line: str) -> bool:
    """Whether a line begins or ends front matter."""
    if "a" <= line[:1] <= "z":  # as most lines do
        return False
    return _FENCE.fullmatch(without_invisible(line.rstrip("\r\n"))) is not None


def parse(
    text: str, path: str, *, first_line: int = 1, times: int = 1, is_ours: bool = False
) -> Node:
    """Return the mapping that ``text`` holds.

    Args:
        text: YAML.
        path: names the file in problems.
        first_line: the line of the file at which ``text`` begins.
        times: how many times as much as front matter it may be.
        is_ours: read signs that can only be text as text (see `yaml_text`).

    Raises:
        ContentError: it is not YAML or not a mapping, has a duplicate key, an anchor, alias or tag,
            or breaks a bound.
    """
    if len(text) > times * MAX_CHARACTERS:
        value, limit = str(len(text)), str(times * MAX_CHARACTERS)
        raise ContentError.at(path, "yaml-size", first_line, value=value, limit=limit)
    if is_ours and len(text) < MAX_NODES and (plain := plain_yaml.read(text, first_line)):
        return plain
    if is_ours:
        yaml_faults.refuse_open_quote(text, path, first_line)
    try:
        if not is_ours or not yaml_text.is_suspicious(text):
            found = _mapping(text, text, path, first_line, times)
            if not is_ours or not _has_list_for_text(found):
                return found
    except ContentError:
        if not is_ours:
            raise
    return _mapping(yaml_text.cover(text), text, path, first_line, times)


def _has_list_for_text(node: Node) -> bool:
    """Whether YAML took a text for a list: ``title: [عاجل]``, here or in a mapping below."""
    return isinstance(node.value, dict) and any(
        not isinstance(value.value, str)
        and (name.lower() in yaml_text.TEXTS or _has_list_for_text(value))
        for name, value in node.value.items()
    )


def _mapping(covered: str, text: str, path: str, first_line: int, times: int) -> Node:
    builder = _Builder(path, first_line, times * MAX_NODES, is_covered=covered is not text)
    try:
        events, take = yaml.CBaseLoader(covered), builder.take
        while (event := events.get_event()) is not None:
            take(event)
    except ContentError as error:
        raise yaml_faults.with_line(error, text, first_line) from error
    except yaml.MarkedYAMLError as error:
        raise yaml_faults.fault(error, text, path, first_line) from error
    except yaml.YAMLError as error:
        raise ContentError.at(path, "yaml", first_line) from error
    root = builder.root or Node({}, first_line, 1)
    if root.value == "":
        root = Node({}, first_line, 1)
    if not isinstance(root.value, dict):
        raise yaml_faults.no_mapping(text, path, root.line, root.column, first_line)
    return root


class _Builder:
    """Builds nodes from events with a stack of our own, so that depth costs no recursion."""

    def __init__(self, path: str, first_line: int, max_nodes: int, *, is_covered: bool) -> None:
        self.root: Node | None = None
        self._path = path
        self._offset = first_line
        self._max_nodes = max_nodes
        self._is_covered = is_covered
        self._stack: list[list[Node] | dict[str, Node]] = []
        self._keys: list[tuple[str, int, int] | None] = []
        self._count = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is ScalarEvent:
            if event.anchor or event.tag:
                raise self._indicated(event)
            said = event.value
            self._add(event, yaml_text.uncover(said) if self._is_covered else said)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if event.anchor or event.tag:
                raise self._indicated(event)
            if len(self._stack) >= MAX_DEPTH:
                raise self._problem("yaml-depth", event, limit=str(MAX_DEPTH))
            value: list[Node] | dict[str, Node] = {} if kind is yaml.MappingStartEvent else []
            self._add(event, value)
            self._stack.append(value)
            self._keys.append(None)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._stack.pop()
            self._keys.pop()
        elif kind is yaml.AliasEvent:
            raise self._problem("yaml-anchor", event)
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                raise self._problem("yaml-documents", event)

    def _indicated(self, event: Any) -> ContentError:
        if event.anchor:
            return self._problem("yaml-anchor", event)
        return self._problem("yaml-tag", event, value=str(event.tag))

    def _add(self, event: Any, value: "str | list[Node] | dict[str, Node]") -> None:
        self._count += 1
        if self._count > self._max_nodes:
            limit = str(self._max_nodes)
            raise self._problem("yaml-size", event, value=f"> {limit}", limit=limit)
        mark = event.start_mark
        line, column = mark.line + self._offset, mark.column + 1
        if not self._stack:
            self.root = Node(value, line, column)
            return
        parent = self._stack[-1]
        if isinstance(parent, list):
            parent.append(Node(value, line, column))
            return
        key = self._keys[-1]
        if key is None and isinstance(value, str) and not value.isascii():
            value = bare(value)
        if key is not None:
            name, key_line, key_column = key
            parent[name] = Node(value, line, column, key_line, key_column)
            self._keys[-1] = None
        elif not isinstance(value, str):
            raise self._problem("yaml-key", event)
        elif value in parent:
            other = str(parent[value].key_line)
            raise self._problem("key-duplicate", event, key=value, other=other)
        else:
            self._keys[-1] = (value, line, column)

    def _problem(self, code: str, event: Any, **facts: str) -> ContentError:
        mark = event.start_mark
        line, column = mark.line + self._offset, mark.column + 1
        return ContentError.at(self._path, code, line, column, **facts)


Value = str | Sequence["Value"] | Mapping[str, str]
"""What `dump` writes: text, a list, or a mapping of text."""


def dump(fields: Mapping[str, Value]) -> str:
    """Return front matter with these values, in their order, ready for a body below it.

    Lists and mappings are on their key's line (flow style), as editors write tags.
    """
    lines = (f"{key}: {_written(value)}".rstrip() for key, value in fields.items())
    return "---\n" + "\n".join(lines) + "\n---\n\n"


def _written(value: Value) -> str:
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_in_flow(each)}" for key, each in value.items()) + "}"
    items = (_in_flow(each) if isinstance(each, str) else _written(each) for each in value)
    return "[" + ", ".join(items) + "]"


def _in_flow(value: str) -> str:
    """A scalar between brackets, where commas and brackets end one too."""
    return scalar(value, plain=value != "" and re.search(r"[,\[\]{}\"':?&*!|>%@`]", value) is None)


def scalar(value: str, *, plain: bool = True) -> str:
    """Return a text as an editor would write it: plain where that is safe, else in quotes."""
    is_safe = not value or (
        _PLAIN.fullmatch(value) is not None and ": " not in value and not value.endswith((":", " "))
    )
    if plain and is_safe:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    escaped = _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", escaped)
    # `"A:\"` would be read as the beginning of a disk's path.
    return '"' + _LIKE_DISK.sub(r"\1\\x3a", escaped) + '"'
