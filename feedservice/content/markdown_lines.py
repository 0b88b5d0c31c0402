"""Lists, headings and verses as Arabic writers type them → CommonMark. Pure.

CommonMark knows lists by ``1.`` and ``-``, headings by a space behind their signs, and takes what
is four spaces in for code. Writers type ``١-``, ``أ)`` and ``•``, leave the space out, and move the
second half of a verse in.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from feedservice.content.markdown_events import Events, Stretch, named, stretches
from feedservice.content.markdown_words import Edit, edited
from feedservice.domain.patterns import rare

_BULLETS = "•●○▪▫■□◦‣⁃∙·◆►"
_ALPHABETS = ("أبتثجحخدذرزسشصضطظعغفقكلمنهوي", "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ")
_ITEM = rare(
    rf"""
    [ \t>]* (?P<all>
      (?P<bullet> [{_BULLETS}] | [o§] (?=\t) ) [ \t\xa0]*+
    | (?P<open> \( )? (?: (?P<number> [0-9٠-٩۰-۹]{{1,3}} ) | (?P<letter> هـ?|[اأ-ي] ) )
      (?P<gap> [ ]? ) (?P<sign> [.)\-–ـ۔/] ) (?P<space> [ \t\xa0]*+ )
    ) (?=\S)
    """,
    re.VERBOSE,
)
_HEADING = rare(r"[ >]{0,3}(#{2,6})(?=[^#\s])(?:.*?[^#\s](#+)[ \t]*$)?")
_LINE = re.compile(
    rf"\n[ \t>]*(?:[{_BULLETS}]|[٠-٩۰-۹(]|[o§]\t|[0-9]{{1,3}}(?:[.)]\S|[ \-–ـ/])"
    r"|[اأ-ي]ـ?[ ]?[.)\-–/]|#{2,6}[^#\s]|(?<=\t)|(?<=    ))"
)
_TAGS = re.compile(
    rb"<(/?)(?:table|thead|tbody|tfoot|tr|td|th|ul|ol|dl|div|section|figure|article|aside|details|blockquote|center)\b",
    re.IGNORECASE,
)
_TAG = rare(
    r"</?(?:table|caption|colgroup|thead|tbody|tfoot|tr|td|th|ul|ol|li|dl|dt|dd|div|p|section|figure|img)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A line that may be one of a list.

    Attributes:
        at: the stretch and the line in it.
        place: the range in bytes of what comes before its words.
        kind: bullet, number or letter.
        values: what a number or a letter counts, by each way of counting.
        stands: whether it is one whatever is beside it.
        typed: what comes before its words.
    """

    at: tuple[int, int]
    place: tuple[int, int]
    kind: str
    values: tuple[int, ...]
    stands: bool
    typed: str

    @property
    def is_number(self) -> bool:
        return self.kind == "number"

    def follows(self, other: "_Item") -> bool:
        """Whether it counts on from another."""
        return (
            self.kind == other.kind != "bullet"
            and self.at[0] - other.at[0] <= 1
            and any(b == a + 1 for a, b in zip(other.values, self.values, strict=True))
        )


def is_concerned(markdown: str) -> bool:
    """Whether anything may have to be rewritten: asked of every body, so it is cheap."""
    return _LINE.search(f"\n{markdown}") is not None


def listed(markdown: str, events: Events) -> str:
    """Return Markdown whose lists and headings the library reads as they were meant.

    Args:
        markdown: clean text.
        events: how the library reads it now.
    """
    data = markdown.encode()
    edits: list[Edit] = []
    items: list[_Item] = []
    for number, stretch in enumerate(stretches(events)):
        if stretch.block not in ("Heading", "TableCell"):
            for line, (start, text) in enumerate(_lines(data, stretch)):
                edits += _headed(start, text)
                items += _items(text, (number, line), start)
    edits += _listed(data, items)
    return edited(data, edits)


def outdented(markdown: str, events: Events) -> str:
    """Return Markdown in which nothing is code that was only moved in: verses, inner lines of HTML.

    Args:
        markdown: clean text.
        events: how the library reads it now.
    """
    data = markdown.encode()
    return edited(data, list(_outdented(data, events)))


def _lines(data: bytes, stretch: Stretch) -> Iterator[tuple[int, str]]:
    """The lines of a stretch, each with its place."""
    start = stretch.start
    for line in data[stretch.start : stretch.end].split(b"\n"):
        if not any(begin <= start < end for begin, end in stretch.masks[:1]):
            yield start, line.decode()
        start += len(line) + 1


def _headed(start: int, line: str) -> Iterator[Edit]:
    """The space that a heading lacks behind its signs, and before those at its end."""
    found = _HEADING.match(line)
    if found:
        behind = start + found.end(1)
        yield behind, behind, b" "
        if found[2]:
            before = start + len(line[: found.start(2)].encode())
            yield before, before, b" "


def _items(line: str, at: tuple[int, int], start: int) -> Iterator[_Item]:
    found = _ITEM.match(line)
    if not found:
        return
    begin = start + len(line[: found.start("all")].encode())
    kind = "bullet" if found["bullet"] else "number" if found["number"] else "letter"
    values: tuple[int, ...] = (0,)
    stands = kind == "bullet"
    if kind == "number":
        values = (int(found["number"]),)
        is_spaced = bool(found["space"]) and not found["gap"] and not found["open"]
        stands = is_spaced and found["sign"] != "/" and (at[1] == 0 or values == (1,))
    elif kind == "letter":
        letter = found["letter"].rstrip("ـ").replace("ا", "أ")
        values = tuple(each.find(letter) for each in _ALPHABETS)
    if kind == "bullet" or found["space"] or line[found.end()].isalpha():
        yield _Item(
            at=at,
            place=(begin, begin + len(found["all"].encode())),
            kind=kind,
            values=values,
            stands=stands,
            typed=found["all"].strip(),
        )


def _listed(data: bytes, candidates: list[_Item]) -> Iterator[Edit]:
    """What begins the lines of lists, and what keeps two lists apart."""
    last: dict[str, _Item] = {}
    for item in _accepted(candidates):
        before = last.get(item.kind)
        begin, end = item.place
        head = data[data.rfind(b"\n", 0, begin) + 1 : begin].decode()
        goes_on = before and (item.follows(before) or item.kind == "bullet")
        if not (before and goes_on and item.at[0] - before.at[0] <= 1) and not head.strip(" \t>"):
            rivals = (other for kind, other in last.items() if (kind == "number") == item.is_number)
            is_beside = any(item.at[0] - other.at[0] <= 1 for other in rivals)
            apart = "<!-- -->\n\n" if is_beside else ""
            # A list interrupts a paragraph by itself, unless its first number is not 1.
            if item.at[1] > 0 and (apart or (item.is_number and item.values != (1,))):
                apart = f"\n{apart}"
            quote = head.rstrip() if ">" in head else ""
            start = begin - len(head.encode())
            yield start, start, apart.replace("\n", f"{quote}\n").encode()
        if item.is_number:
            new = f"{item.values[0]}) "
        else:
            new = "- " if item.kind == "bullet" else f"- {item.typed} "
        yield begin, end, new.encode()
        last[item.kind] = item


def _accepted(candidates: list[_Item]) -> list[_Item]:
    """Those that are lines of lists: by themselves, or because one beside them counts on."""
    last: dict[str, _Item] = {}
    beside: set[tuple[int, int]] = set()
    for item in candidates:
        before = last.get(item.kind)
        if before and item.follows(before):
            beside |= {before.at, item.at}
        last[item.kind] = item
    return [item for item in candidates if item.stands or item.at in beside]


def _outdented(data: bytes, events: Events) -> Iterator[Edit]:
    depth = 0
    for event, place in events:
        kind, name, facts = named(event)
        if kind == "Html":
            tags = _TAGS.findall(data, place["start"], place["end"])
            depth = max(depth + len(tags) - 2 * tags.count(b"/"), 0)
        if (kind, name) != ("Start", "CodeBlock") or facts != "Indented":
            continue
        text = data[place["start"] : place["end"]].decode()
        is_html = depth > 0 and _TAG.match(text.lstrip()) is not None
        if not (is_html or _is_arabic(text)):
            continue
        start = data.rfind(b"\n", 0, place["start"]) + 1
        head = re.sub(r"(?:    |\t)$", "", data[start : place["start"]].decode())
        lines = [re.sub(r"^[ \t>]*", "", line) for line in text.rstrip("\n").split("\n")]
        # A verse keeps its lines, but a list has lines of its own.
        is_verse = not is_html and not any(map(_is_item, lines))
        yield start, place["end"], _joined(head, lines, is_verse=is_verse).encode()
        if is_html:
            depth += sum(1 if not closing else -1 for closing in _TAGS.findall(text.encode()))


def _joined(head: str, lines: list[str], *, is_verse: bool) -> str:
    out = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        breaks = "\\" if is_verse and line and after else ""
        out.append(f"{head}{line.rstrip()}{breaks}".rstrip(" \t") if line else head.rstrip())
    return "\n".join(out) + "\n"


def _is_arabic(text: str) -> bool:
    """Whether each line with letters begins with one that is written from right to left."""
    first = (next(filter(str.isalpha, line), "") for line in text.split("\n"))
    kinds = {unicodedata.bidirectional(letter) for letter in first if letter}
    return bool(kinds) and kinds <= {"R", "AL"}


def _is_item(line: str) -> bool:
    return re.match(r"[-*+] |\d{1,3}[.)] ", line) is not None or _ITEM.match(line) is not None
