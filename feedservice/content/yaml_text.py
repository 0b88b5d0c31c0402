"""Signs that are syntax to YAML and text to an editor, covered before a parser sees them. Pure.

`title: حملة #أنقذوا_حلب`, `[عاجل] …`, `"نعم" قالها`, a colon: each has one obvious meaning where
the key is a text. A covered sign is a noncharacter, of which `decoding` lets none into a file: no
place moves, `uncover` gives the text back, and what was covered without need is as it was.

The lines are read once, from the first to the last; what YAML lets go on over several lines
(quoted, folded, between brackets) is followed as far as it has to be known what is text.
"""

import re
from types import MappingProxyType

from feedservice.content.invisible import INVISIBLE, bare
from feedservice.domain.patterns import rare
from feedservice.domain.text import is_plain

_SIGNS = "#:[]{},&*!|>'\"%@`-?\\"
_COVER = MappingProxyType({ord(sign): 0xFDD0 + n for n, sign in enumerate(_SIGNS)})
_UNCOVER = MappingProxyType(
    {cover: ord(sign) for sign, cover in zip(_SIGNS, _COVER.values(), strict=True)}
)

_DISK_COVER = chr(_COVER[ord("\\")])

TEXTS = frozenset(
    "title summary description excerpt alt caption credit note name copyright".split()
)
"""Keys of one text."""
NAMES = frozenset("tags tag keywords author authors category categories".split())
"""Keys of one text or several."""
_LISTS = NAMES | {"related", "media"}
_FILES = frozenset({"media", "image", "src"})


_SIGNS_OF_TEXT = "“”„‟«»‘’‚‹›"
_QUOTED_OTHERWISE = rf"""[{_SIGNS_OF_TEXT}"]([^{_SIGNS_OF_TEXT}"\\\n]*)[{_SIGNS_OF_TEXT}"]"""
_WHOLE = rare(rf"{_QUOTED_OTHERWISE}(?=\s*\Z)")
_IN_FLOW = rare(
    rf"([{{,][ \t]*([a-z]+)[ \t]*:[ \t]*|[\[,،][ \t]*){_QUOTED_OTHERWISE}(?=[ \t]*(?:[,،\]}}]|\Z))"
)
_MAYBE_TYPOGRAPHIC = re.compile(rf"[:\[,،{{-][ \t]*[{_SIGNS_OF_TEXT}]")
_DISK = rare(r"""["'][A-Za-z]:\\(?!\\)""")
_HASH = rare(r"""\S[ \t]+#|^[ \t]+#\S|[\[\]{},"']#|[|>][-+0-9]{0,2}#""", re.MULTILINE)
_ODD = rare(rf"[{INVISIBLE}]|[^\S\n\t ]")
_GLUED_HASH = rare(r"#(?=\S)")
_FILE = rare(r"[^\s.#\"'\[{|>&*!][^.#]*[ \t]#[^\s#.][^#.]*\.[A-Za-z0-9]{2,5}(?=[ \t]|$)")
"""The name of a file with a word that begins with ``#``: no remark ends as a file does."""
_LEAD = rare(r"[^\S\n]*(?:-[^\S\n]+)?")
_AFTER_COLON = rare(r":[^\S\n\t ]")
_KEY = rare(r"""([ \t]*(?:-[ \t]+)?)([^\s:\-#\[\]{}"'&*!|>%@`,?][^:\n]*):(?=[ \t]|$)(.*)""")
_ITEM = rare(r"([ ]*-[ \t]+)(.*)")
_BLOCK = rare(r"[|>](?:[-+]?[1-9]?|[1-9][-+])[ \t]*(?:[ \t]#(?:[ \t].*)?)?")
_ANCHOR = rare(r"[&*!]{1,2}[A-Za-z0-9_/.:<>!-]+(?=[ \t]|$)")
_QUOTED = rare(r""""(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+'""")
_REMARK = rare(r"[ \t]*(?:[ \t]#.*)?")
_PLAIN_REMARK = rare(
    r"(?:[-+0-9٠-٩۰-۹.,:/TZ \t]+|true|false|yes|no|null|~)[ \t]#(?:[ \t].*)?", re.IGNORECASE
)
"""A number, a date or a boolean, and then a remark."""
_TOKEN = rare(
    r"""[ \t]+|"(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+'|[\[\]{},]|:(?=[ \t]|$)"""
    r"""|[^ \t\[\]{},"':](?:[^\[\]{},:]|:(?![ \t]|$))*+"""
)
_NEXT_KEY = rare(r"(.*)[،؛]([ \t]*[A-Za-z-]+[ \t]*)")
_PAIR = rare(r"[A-Za-z_]+:[ \t]")


def is_suspicious(text: str) -> bool:
    """Whether YAML may read ``text`` without a word, and not as it was meant."""
    return (
        ("#" in text and _HASH.search(text) is not None)
        or (not text.isascii() and _MAYBE_TYPOGRAPHIC.search(text) is not None)
        or (":\\" in text and _DISK.search(text) is not None)
        or not (is_plain(text) or _ODD.search(text) is None)
    )


def straight(value: str, name: str) -> str:
    """Return the value of a key as it is, typographic quotes around it or its items as YAML's."""
    is_text = name in TEXTS or (name in NAMES and not name.startswith("categor"))
    if is_text:
        return value
    if value.startswith(("[", "{")):
        return _IN_FLOW.sub(_straight_in_flow, value)
    return _WHOLE.sub(r'"\1"', value) if _WHOLE.match(value.lstrip()) else value


def _straight_in_flow(found: re.Match[str]) -> str:
    is_text = found[2] in TEXTS if found[2] else "{" in found.string
    return found[0] if is_text else f'{found[1]}"{found[3]}"'


def is_closed_otherwise(value: str) -> bool:
    """Whether a value that began with a quote ends with a typographic one that nothing opens."""
    return value.endswith(("”", "“", "‟")) and not set("“„") & set(value[:-1])


def uncover(text: str) -> str:
    """Return the text as it was written."""
    return text if text.isascii() else text.translate(_UNCOVER)


def cover(text: str) -> str:
    """Return front matter or site.yaml with what is text in it covered, of the same length."""
    return "\n".join(map(_Lines().covered, text.split("\n")))


class _Lines:
    """One reading of the lines."""

    def __init__(self) -> None:
        self._owner = ""  # the key whose list may follow
        self._quote = ""  # closes what was quoted and not closed on its line
        self._flow: _Flow | None = None  # what is not closed on its line
        self._depth = -1  # deeper lines go on with what stands there
        self._is_block = False  # and are text as they stand

    def covered(self, line: str) -> str:
        """Return the next line with what is text in it covered."""
        if self._quote:
            self._quote = "" if self._quote in line else self._quote
            return line
        if self._flow:
            return self._go_on(self._flow, line)
        line = line if line.isascii() else _spaced(line)
        text = line.lstrip(" ")
        depth = len(line) - len(text)
        if self._depth >= 0 and (depth > self._depth or not text):
            is_left = self._is_block or _PAIR.match(text) or text[:2] in ("#", "# ", "- ")
            return line if is_left else line.translate(_COVER)
        self._depth = -1
        if not text or text[0] == "#":
            return line
        key = _KEY.fullmatch(line)
        if key and ("-" not in key[1] or self._owner not in NAMES or key[2].isascii()):
            name = self._owner = bare(key[2]).lower()
            start = key.start(3)
        else:
            item = _ITEM.fullmatch(line)
            if not item:
                return line
            name, start = self._owner if self._owner in _LISTS else "", item.start(2)
        return line[:start] + self._value(line[start:], name, depth)

    def _value(self, rest: str, name: str, depth: int) -> str:
        value = rest.lstrip(" \t")
        seen = value.lstrip(INVISIBLE)
        if seen[:1] in tuple("\"'[{|>"):
            value = seen
        space = rest[: len(rest) - len(value)]
        space = space if space.isascii() else " " * len(space)
        is_text = name in TEXTS or name in NAMES
        value = value if value.isascii() else straight(value, name)
        if not value or (value[0] == "#" and (not is_text or value[1:2] in ("", " ", "\t"))):
            return space + value
        if _BLOCK.fullmatch(value):
            self._depth, self._is_block = depth, True
        elif value[0] in "\"'":
            value = self._quoted(value, is_text=is_text)
        elif value[0] in "[{" and name not in TEXTS:
            flow = _Flow(are_names=name in NAMES)
            made = self._go_on(flow, value)
            if is_text and flow.end and not _REMARK.fullmatch(made[flow.end :]):
                made = value.translate(_COVER)  # words follow the bracket that closes
            value = made
        elif is_text and not _ANCHOR.match(value) and not _PLAIN_REMARK.fullmatch(value):
            value = value.translate(_COVER)
            self._depth, self._is_block = depth, False
        elif name == "related":  # a remark has a space behind its sign
            value = _GLUED_HASH.sub("#".translate(_COVER), value)
        elif name in _FILES and (file := _FILE.match(value)):
            value = file[0].replace("#", "#".translate(_COVER)) + value[file.end() :]
        return space + value

    def _quoted(self, value: str, *, is_text: bool) -> str:
        if _DISK.match(value):
            value = value.replace("\\", _DISK_COVER)
        match = _QUOTED.match(value)
        if not match:
            self._quote = value[0]
            return value
        rest = value[match.end() :]
        if not rest.strip(INVISIBLE + " \t"):
            return match[0] + " " * len(rest)
        if not is_text or _REMARK.fullmatch(rest):
            return value
        whole = value.rstrip(INVISIBLE + " \t")
        if match[0][-2:-1] in (" ", "\t") and whole[-1] == value[0]:
            # Another quotation begins within: "قال: "نعم" وذهب" is one text in quotes.
            return f" {whole[1:-1].translate(_COVER)} " + " " * (len(value) - len(whole))
        return value.translate(_COVER)

    def _go_on(self, flow: "_Flow", line: str) -> str:
        made = flow.covered(line)
        self._flow = None if flow.end else flow
        return made


class _Flow:
    """What stands between brackets, which may go on over several lines."""

    def __init__(self, *, are_names: bool) -> None:
        self.end = 0  # behind the bracket that closes it, once it is closed
        self._are_names = are_names
        self._open: list[str] = []
        self._has_colon = False

    def covered(self, line: str) -> str:
        """Return a line with what is text in it covered, as far as the last bracket."""
        made: list[str] = []  # words, signs, and the spaces between them
        last = -1  # of them, the one before that is no space
        place = 0
        while place < len(line) and not self.end:
            match = _TOKEN.match(line, place)
            if not match:
                break
            part, place = match[0], match.end()
            before = uncover(made[last]) if last >= 0 else ","
            if part[0] == "#" and part[1:2] in ("", " ", "\t") and before in (",", "[", "{"):
                place = match.start()
                break
            if part[0] not in " \t":
                part = self._token(part, before, made, last)
                last = len(made)
            made.append(part)
            if part in ("]", "}") and not self._open:
                self.end = place
        rest = line[place:]
        if self.end and not rest.strip(INVISIBLE + " \t"):
            rest = " " * len(rest)
        return "".join(made) + rest

    def _token(self, part: str, before: str, made: list[str], last: int) -> str:
        if part == "," and before in ("[", "{", ",", " "):  # between two commas is nothing
            return " "
        if part in ("[", "{", ","):
            self._has_colon = False
            if part != ",":
                self._open.append(part)
        elif part in ("]", "}"):
            del self._open[-1:]
        elif part == ":":
            return self._colon(before, made, last)
        elif _DISK.match(part):
            return part.replace("\\", _DISK_COVER)
        elif part[0] not in "\"'":
            if before[0] in "\"'" and part[0] not in "،؛#":
                made[last] = made[last].translate(_COVER)
            is_text = self._are_names or self._has_colon or "#" in part
            return part.translate(_COVER) if is_text and not _ANCHOR.match(part) else part
        return part

    def _colon(self, before: str, made: list[str], last: int) -> str:
        """The first of a pair is one; a second ends the text before a comma of ours, or is text."""
        if self._open[-1:] == ["["]:
            return ":".translate(_COVER) if self._are_names else ":"
        if not self._has_colon:
            self._has_colon = True
            return ":"
        pair = _NEXT_KEY.fullmatch(before)
        if not pair:
            return ":".translate(_COVER)
        made[last] = f"{pair[1].translate(_COVER)},{pair[2]}"
        return ":"


def _spaced(line: str) -> str:
    """Return a line with spaces where kin of theirs stands for what YAML takes spaces for."""
    lead = _LEAD.match(line)
    end = lead.end() if lead else 0
    before = "".join(" " if char.isspace() and char != "\t" else char for char in line[:end])
    return before + _AFTER_COLON.sub(": ", line[end:], count=1)
