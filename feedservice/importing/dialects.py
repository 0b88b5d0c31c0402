"""What kramdown, Goldmark and Python-Markdown have beside CommonMark → what our articles have.

Attribute lists go, but an id of a heading or a paragraph; definition lists become ``dl``,
admonitions quotations, task lists boxes; Markdown in HTML (``markdown="1"``) stands between empty
lines, where it is read as such; a table of contents, which a program made, goes. One look at each
line.
"""

import re
from html import escape

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)")
ATTRIBUTES = r"\{(?::[^{}\n]*|[ ]*(?:[.#][^\s{}]|[\w-]+=)[^{}\n]*)\}"
"""A list of attributes, of an element or a word, as a regular expression."""
_LIST = re.compile(ATTRIBUTES)
_ALONE = re.compile(rf"[ ]{{0,3}}{ATTRIBUTES}[ \t]*")
_INLINE = re.compile(r"\{:(?:[\s.#]|[\w-]+=)[^{}\n]*\}|(?<=[)])" + ATTRIBUTES)
_HEADING = re.compile(r"(#{1,6}[ \t][^{}\n]*)\{([^{}\n]*)\}[ \t#]*")
_TITLE = re.compile(r"#{1,6}[ \t][^{}\n]*")
_ID = re.compile(r"#[^\s{}=]+")
_UNDERLINE = re.compile(r"[ ]{0,3}(?:=+|-+)[ \t]*")
_OTHER_BLOCK = re.compile(r"\t|[ ]{4}|[ ]{0,3}(?:[*+-][ \t]|[0-9]{1,9}[.)][ \t]|[>#|]|---|===)")
"""Beginnings of lines that are no text of a paragraph: no heading is underlined below them."""
_NO_TEXT = re.compile(r"[ ]{0,3}(?:<|\[[^\]\n]*\]:|\$\$|!\[|\{|```|~~~|\Z)")
"""Beginnings of other lines that are none, or are another one with a sign behind them."""
_VALUE = re.compile(r"=(?:\"[^\"]*+\"|'[^']*+')")
_TOC = re.compile(r"[ ]{0,3}\[(?:TOC|\[toc\]|\[_TOC_\])\][ \t]*", re.IGNORECASE)
_ITEM = re.compile(r"[ ]{0,3}(?:[*+-]|1\.)[ ]")
_TASK = re.compile(r"([ \t]*+(?:[*+-]|[0-9]{1,9}[.)])[ ]++)\[([ xX])\](?=[ ])")
_ADMONITION = re.compile(r"!!![ ]*+([\w-]++)(?:[ ][^\"\n]*+)?+(?:\"([^\"\n]*+)\"[ \t]*+)?+")
_DEFINITION = re.compile(r"[ ]{0,3}:[ \t]+(\S[^\n]*)")
_TERM = re.compile(r"[^\s|>#:`~<-][^\n]*")
_ROW = re.compile(r"[ ]{0,3}\|")
_BLOCK = re.compile(
    r"[ ]{0,3}(</?+(div|section|article|aside|details|blockquote|figure|main)\b[^<>\n]*+>)"
    r"[ \t]*+([^\n]*+)"
)
_MARKED = re.compile(r"""(?<=\s)markdown(?:="[^"]*"|='[^']*'|=\w++)?+(?=[\s/>])""")
_TITLES = {"note": "ملاحظة", "tip": "نصيحة", "warning": "تنبيه", "danger": "تحذير", "hint": "إشارة"}


def without_dialect(markdown: str) -> str:
    """Return Markdown that says in our own signs what other dialects have signs for."""
    made: list[str] = []
    lines = markdown.split("\n")
    fence = ""
    marked: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        mark = _FENCE.match(line)
        if fence or mark or line.startswith(("    ", "\t")):
            if mark and not fence and not ("`" in mark[1] and "`" in mark[2]):
                fence = mark[1]
            elif mark and fence and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
            made.append(line)
        elif (block := _BLOCK.fullmatch(line)) and _in_html(block, marked):
            _put(made, _MARKED.sub("", block[1]).replace(" >", ">"))
            made += [block[3]] if block[3] else []
        elif _ADMONITION.fullmatch(line):
            at = _admonition(lines, at, made)
        elif _DEFINITION.fullmatch(line) and made and _TERM.fullmatch(made[-1]):
            at = _definitions(lines, at - 1, made)
        elif _ALONE.fullmatch(line):
            if re.fullmatch(r"\s*\{:\s*toc\s*\}\s*", line) and made and _ITEM.match(made[-1]):
                made.pop()
            else:
                _name(lines, at - 1, made)
        elif not _TOC.fullmatch(line):
            made.append(_line(line))
    return "\n".join(made)


def _in_html(block: re.Match[str], marked: list[str]) -> bool:
    """Whether a tag begins Markdown in HTML, or ends the last of ``marked``, which it changes."""
    if block[1].startswith("</"):
        return block[2] in marked[-1:] and bool(marked.pop())
    is_marked = _MARKED.search(block[1]) is not None
    marked += [block[2]] if is_marked else []
    return is_marked


def _line(line: str) -> str:
    heading = _HEADING.fullmatch(line)
    if heading and _LIST.fullmatch(f"{{{heading[2]}}}"):
        return _named(heading[1], _id_in(heading[2]))
    task = _TASK.match(line)
    if task:
        line = task[1] + ("☐" if task[2] == " " else "☑") + line[task.end() :]
    line = _INLINE.sub("", line) if "{" in line else line
    return line.replace("\t", " ") if _ROW.match(line) else line


def _id_in(attributes: str) -> str:
    """The id of an attribute list, as our headings have it; empty where it names none."""
    named = _ID.search(_VALUE.sub("", attributes))
    if not named:
        return ""
    is_kramdown = attributes.lstrip(" {").startswith(":")  # a class follows a dot there
    return f"{{{named[0].partition('.')[0] if is_kramdown else named[0]}}}"


def _name(lines: list[str], at: int, made: list[str]) -> None:
    """Put an id that has a line of its own at what it names (kramdown).

    That is a heading above it or else below it, or the end of a paragraph above it.
    """
    named = _id_in(lines[at])
    above = lines[at - 1] if at else ""
    if made and _TITLE.fullmatch(above):
        made[-1] = _named(made[-1], named)
    elif len(made) > 1 and _is_underlined(made[-2], above):
        made[-2] = f"{made[-2].rstrip()} {named}".rstrip()
    elif not above.strip() and at + 1 < len(lines) and _TITLE.fullmatch(lines[at + 1]):
        lines[at + 1] = f"{lines[at + 1].rstrip()} {named}".rstrip()
    elif named and made and not _NO_TEXT.match(above) and not _OTHER_BLOCK.match(above):
        made[-1] += f'<span id="{escape(named[2:-1])}"></span>'


def _named(title: str, its_id: str) -> str:
    """A heading's line with its id, which stands in place of what closes it."""
    title = title.rstrip()
    bare = title.rstrip("#")
    if bare != title and bare[-1:] in (" ", "\t"):
        title = bare.rstrip()
    return f"{title} {its_id}".rstrip()


def _is_underlined(text: str, below: str) -> bool:
    return bool(text.strip() and _UNDERLINE.fullmatch(below)) and not _OTHER_BLOCK.match(text)


def _admonition(lines: list[str], at: int, made: list[str]) -> int:
    """A titled box becomes a quotation; returns the line behind it."""
    mark = _ADMONITION.fullmatch(lines[at - 1])
    assert mark is not None
    title = mark[2] if mark[2] is not None else _TITLES.get(mark[1].lower(), mark[1])
    inside, at = _indented(lines, at)
    box = ([f"**{title}**", ""] if title else []) + [_line(each) for each in inside]
    _put(made, *(f"> {each}".rstrip() for each in box))
    return at


def _definitions(lines: list[str], at: int, made: list[str]) -> int:
    """Terms, each with its definitions, become ``dl``; returns the line behind them."""
    terms = [made.pop()]
    shown = ["<dl>"]
    while True:
        shown += ["<dt>", "", *terms, "", "</dt>"]
        while at < len(lines) and (said := _DEFINITION.fullmatch(lines[at])):
            more, at = _indented(lines, at + 1)
            shown += ["<dd>", "", said[1], *more, "", "</dd>"]
        after = at + (at < len(lines) and not lines[at].strip())
        follows = lines[after : after + 2]
        is_next = len(follows) == 2 and _TERM.fullmatch(follows[0])
        if not is_next or not _DEFINITION.fullmatch(follows[1]):
            break
        terms, at = [follows[0]], after + 1
    _put(made, *shown, "</dl>")
    return at


def _put(made: list[str], *block: str) -> None:
    """Add a block, with an empty line before and after it."""
    made += [*([""] if made and made[-1] else []), *block, ""]


def _indented(lines: list[str], at: int) -> tuple[list[str], int]:
    """The lines that belong to what stands above them, without their indent, and what follows."""
    inside: list[str] = []
    blanks = 0
    while at + blanks < len(lines):
        line = lines[at + blanks]
        if not line.strip():
            blanks += 1
        elif line.startswith(("    ", "\t")):
            inside += [""] * blanks + [line.removeprefix("\t") if line[0] == "\t" else line[4:]]
            at, blanks = at + blanks + 1, 0
        else:
            break
    return inside, at
