"""What pyromark's events say of where text is: its stretches, and what in them is none. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Events = Iterable[tuple[Any, Any]]
"""Each event with its range, in bytes of UTF-8."""

_INLINE = frozenset({"Emphasis", "Strong", "Strikethrough", "Link", "Image"})
_ADDRESSES = frozenset({"Link", "Image"})


@dataclass(slots=True)
class Stretch:
    """The text between two edges of blocks.

    Attributes:
        block: what it is in: Paragraph, Item, Heading, TableCell …
        start, end: its range in bytes.
        masks: ranges in it that are no text: code, raw HTML, addresses; in order.
    """

    block: str
    start: int
    end: int
    masks: list[tuple[int, int]] = field(default_factory=list)


def named(event: Any) -> tuple[str, str, Any]:
    """Return an event's kind, the name of what it starts or ends, and what is known of that."""
    if isinstance(event, str):
        return event, "", None
    kind, value = next(iter(event.items()))
    if isinstance(value, dict):
        name, facts = next(iter(value.items()))
        return kind, name, facts
    return kind, str(value), None


def stretches(events: Events) -> Iterator[Stretch]:
    """Yield the stretches of text of a document, in order."""
    block, found, last = "", None, 0
    for event, place in events:
        kind, name, facts = named(event)
        start, end = place["start"], place["end"]
        if kind in ("Start", "End") and name not in _INLINE:
            if found:
                yield found
            found, block = None, name if kind == "Start" else ""
            continue
        if block in ("CodeBlock", "HtmlBlock") or kind in ("Html", "Rule"):
            continue
        if found is None:
            found = Stretch(block, start, end)
        found.end = max(found.end, end)
        if kind in ("Code", "InlineHtml"):
            found.masks.append((start, end))
        elif kind == "Start" and name in _ADDRESSES:
            if facts["link_type"] in ("Autolink", "Email"):
                found.masks.append((start, end))
            end = start
        elif kind == "End" and name in _ADDRESSES and last < end:
            found.masks.append((last, end))
        last = end
    if found:
        yield found
