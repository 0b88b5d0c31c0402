"""The marks of WordPress' block editor: what lies in blocks, and what stands around them. Pure.

A block is ``<!-- wp:name {JSON} -->…<!-- /wp:name -->``, or ``<!-- wp:name {JSON} /-->`` alone.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from feedservice.importing.plain_json import loaded

Show = Callable[[str, dict[str, Any], str], str]
"""Name of a block (without ``core/``), what its JSON says, what it holds → the HTML it shows."""

_NAMED = re.compile(r"\s*+(/?)wp:([a-z][a-z0-9_-]*+(?:/[a-z][a-z0-9_-]*+)?)(?![^\s/{])")
_MAX_DEPTH = 32
"""Blocks within blocks; the marks of what lies deeper are passed over, what it holds is not."""


@dataclass(slots=True)
class _Open:
    name: str
    written: str
    held: list[str] = field(default_factory=list)


def parts_of(text: str, show: Show) -> list[tuple[bool, str]]:
    """Return the parts of a body: whether the classic editor wrote each, and its HTML.

    Args:
        text: ``content:encoded``; comments that mark no block are left out.
        show: says what each block shows, those within it shown before.
    """
    done: list[tuple[bool, list[str]]] = []
    opened: list[_Open] = []
    names: Counter[str] = Counter()

    def put(html: str, *, is_classic: bool) -> None:
        if opened:
            opened[-1].held.append(html)
        elif done and done[-1][0] == is_classic:
            done[-1][1].append(html)
        else:
            done.append((is_classic, [html]))

    at = 0
    for begin, end in _comments(text):
        put(text[at:begin], is_classic=True)
        at = end
        inside = text[begin + 4 : end - 3]
        mark = _NAMED.match(inside)
        if not mark:
            put("\n\n" if inside.strip() == "nextpage" else "", is_classic=True)
            continue
        name, written = mark[2].removeprefix("core/"), inside[mark.end() :].strip()
        if mark[1]:
            while names[name]:
                block = opened.pop()
                names[block.name] -= 1
                html = show(block.name, loaded(block.written), "".join(block.held))
                put(html, is_classic=False)
                if block.name == name:
                    break
        elif written.endswith("/"):
            put(show(name, loaded(written[:-1]), ""), is_classic=False)
        elif len(opened) < _MAX_DEPTH:
            opened.append(_Open(name, written))
            names[name] += 1
    put(text[at:], is_classic=True)
    # A mark that nothing closes is a word about blocks, not one of them.
    done += [(True, block.held) for block in opened]
    return [(is_classic, "".join(held)) for is_classic, held in done]


def _comments(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each comment begins and ends."""
    at = 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin + 4)) >= 0:
        at = end + 3
        yield begin, at
