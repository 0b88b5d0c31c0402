"""Front matter of one key and its plain words on each line, which has one reading in YAML. Pure.

Nearly all articles have no other, and events of libyaml take ten times as long. What may be
anything else, by any sign in it, is left to libyaml: a wrong guess costs time only.
"""

import re

from feedservice.content import yaml_text
from feedservice.content.invisible import INVISIBLE
from feedservice.content.yaml_node import Node

_SIGN = rf"""\s#:"'\[\]{{}}\\\x00-\x1f\x7f-\x9f{INVISIBLE}\ufdd0-\ufdef\ufffe\uffff"""
_WORDS = rf"[^\W_](?:[^{_SIGN}]|:(?=[0-9A-Za-z/]))*+(?: ++(?:[^{_SIGN}]|:(?=[0-9A-Za-z/]))++)*+"
_NAME = rf"[^\W_][^{_SIGN},?]*+(?: ++[^{_SIGN},?]++)*+"
_LINE = re.compile(rf"([a-z_]{{1,40}}): ++(?:({_WORDS})|\[({_NAME}(?:, *+{_NAME})*+)\])\n")
_ITEM = re.compile(_NAME)


def read(text: str, first_line: int) -> Node | None:
    """Return the mapping that ``text`` holds, as `frontmatter.parse` would; None to ask that."""
    fields: dict[str, Node] = {}
    line, at = first_line, 0
    while at < len(text):
        found = _LINE.match(text, at)
        if not found:
            return None
        key, value, names = found.groups()
        if key in fields or (names and key in yaml_text.TEXTS):
            return None
        if names:
            start = found.start(3) - at + 1
            items = _ITEM.finditer(names)
            listed = [Node(item[0], line, start + item.start()) for item in items]
            fields[key] = Node(listed, line, start - 1, line, 1)
        else:
            fields[key] = Node(value, line, found.start(2) - at + 1, line, 1)
        line, at = line + 1, found.end()
    return Node(fields, first_line, 1) if fields else None
