"""What a parser of YAML stumbled over → the `Problem` in an editor's words, with the line to paste.

Pure. A parser tells the place at which it could not go on; an editor looks where it began: at the
quote that was opened, the bracket, the key that has no colon.
"""

import re
from typing import Any

from feedservice.content.yaml_text import TEXTS, is_closed_otherwise
from feedservice.domain.errors import ContentError
from feedservice.domain.patterns import rare

_INDICATORS = (
    ("an alias", "yaml-anchor"),
    ("an anchor", "yaml-anchor"),
    ("a tag", "yaml-tag"),
    ("tag handle", "yaml-tag"),
)
"""What libyaml was reading when it stumbled → the code that tells it."""
_ROW = rare(r"([ \t]*(?:- +)?[^\s:：#\"'\[\]{}-][^:：\n]*)[:：][^\S\n]*(.*)")
_NAME = rare(r"[ \t]*(?:- +)?[A-Za-z_]+[^\S\n]*[:：].*")
_HAS_COLON = rare(r"[^:\n]*:(?:\s|$)")
_QUOTED_ITEM = rare(r"""([ \t]*- +)(["'])([^"'\n]*)""")
_OTHER_SIGN = rare(r"([A-Za-z_]+)[ \t]*[=؛;][ \t]*(.+)")
_PICTURE = rare(r"(image)[ \t]*:[ \t]+!?\[([^\[\]\n]*)\]\(([^()\s]+)\)[ \t]*")
"""A picture as a body has it."""
_OPEN_ITEM = rare(r'("[^",،\]]*+)')
_TOP = rare(r"[A-Za-z_]+:(?:[ \t]|$)")
_KEY = rare(r"( *(?:- +)*)[A-Za-z_]+:(?:[ \t]|$)")
_INDENTED = rare(r" +([A-Za-z_]+):(?:[ \t]|$)")
_OPEN_QUOTE = rare(
    r"""^[ -]*+[^\s:#"'][^:\n]*:[ \t]+("(?:[^"\\\n]|\\.)*+|'(?:[^'\n]|'')*+)[ \t]*"""
    r"""(?=\n[A-Za-z_]+[ \t]*:|\n*\Z)""",
    re.MULTILINE,
)


def refuse_open_quote(text: str, path: str, first_line: int) -> None:
    """Tell of a value whose quote is not closed where the next line begins with a key.

    To YAML it would go on until some other quote.

    Raises:
        ContentError: there is one.
    """
    found = _OPEN_QUOTE.search(text) if '"' in text or "'" in text else None
    if found:
        line = text.count("\n", 0, found.start(1))
        column = found.start(1) - text.rfind("\n", 0, found.start(1)) - 1
        raise _fault("yaml-quote", text.split("\n"), line, column, path, first_line)


def fault(error: Any, text: str, path: str, first_line: int) -> ContentError:
    """Return what is wrong, where, and, where one can be told, the line that would be right.

    Args:
        error: a ``yaml.MarkedYAMLError``.
        text: as it was written.
        path: names the file in problems.
        first_line: the line of the file at which ``text`` begins.
    """
    context, begun, noticed = error.context or "", error.context_mark, error.problem_mark
    said = f"{context} {error.problem}"
    indicator = next((code for words, code in _INDICATORS if words in said), "")
    is_below = begun is not None and noticed is not None and begun.line < noticed.line
    is_bracket = "flow" in context and is_below
    is_open = is_bracket or "quoted scalar" in context or "simple key" in context
    mark = (begun if is_open or indicator else noticed) or begun or noticed
    line, column = (mark.line, mark.column) if mark else (0, 0)
    rows = text.split("\n")
    line = min(line, len(rows) - 1)
    row = rows[line]
    code = "yaml"
    if row.lstrip(" ").startswith("\t"):
        code, column = "yaml-tab", row.index("\t")
    elif "quoted scalar" in context and "escape" not in said and "hexdec" not in said:
        code = "yaml-quote"
    elif is_bracket:
        code = "yaml-bracket"
    elif "mapping values are not allowed" in said:
        code, line, column = _misplaced_colon(rows, line, column)
    elif indicator:  # *مهم* and !هام: names that libyaml would not take at all
        code = indicator
    elif "simple key" in context or "expected ':'" in said:
        code = "yaml-no-colon"
    elif "parsing a block" in context and 0 < column == _indent(row):
        if _INDENTED.match(row):  # below a value that is complete, or beside what it belongs with
            code, column = _indented(rows, line)
        elif begun.column == 0:
            code = "yaml-no-colon"
    elif _TOP.match(row) and _INDENTED.match(rows[_filled(rows, range(line))]):
        line = _filled(rows, range(line))
        code, column = "yaml-indent", 0
    return _fault(code, rows, line, column, path, first_line)


def _misplaced_colon(rows: list[str], line: int, column: int) -> tuple[str, int, int]:
    row = rows[line]
    if _TOP.match(row) and column == row.index(":"):  # YAML took the line above for its beginning
        above = _filled(rows, range(line - 1, -1, -1))
        if not _HAS_COLON.match(rows[above]):
            return "yaml-no-colon", above, 0
    indented = _INDENTED.match(row)
    if indented and (": " not in row[column + 1 :] or indented[1] in TEXTS):
        code, place = _indented(rows, line)
        return code, line, place or column
    return "yaml-colon", line, column


def _indented(rows: list[str], line: int) -> tuple[str, int]:
    """What is wrong with a key behind spaces, and the column: they are too many or too few."""
    wanted, given = _key_column(rows, line), _indent(rows[line])
    return ("yaml-align", given) if wanted and wanted != given else ("yaml-indent", 0)


def _key_column(rows: list[str], line: int) -> int:
    """Where the key of the row above begins; 0 where there is none."""
    above = _KEY.match(rows[_filled(rows, range(line - 1, -1, -1))])
    return len(above[1]) if above else 0


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip(" "))


def _filled(rows: list[str], numbers: range) -> int:
    """The first of some rows that holds anything but a remark."""
    return next((n for n in numbers if rows[n].strip() and rows[n].lstrip()[0] != "#"), 0)


def with_line(error: ContentError, text: str, first_line: int) -> ContentError:
    """Return an error of a sign at which a value cannot begin with the line in quotes."""
    problem = error.problem
    if problem.code not in ("yaml-anchor", "yaml-tag"):
        return error
    rows = text.split("\n")
    place = problem.line - first_line, problem.column - 1
    return _fault(problem.code, rows, *place, problem.path, first_line)


def no_mapping(text: str, path: str, line: int, column: int, first_line: int) -> ContentError:
    """Return what is wrong with front matter that has no key: it may lack the space after each."""
    rows = text.split("\n")
    row = line - first_line
    if _NAME.fullmatch(rows[row]) and not rows[row].startswith("-"):
        return _fault("yaml-no-colon", rows, row, column - 1, path, first_line)
    return ContentError.at(path, "yaml-no-mapping", line, column)


def corrected(code: str, row: str) -> str:
    """Return the line that is right where ``row`` has the fault ``code``; empty for none."""
    if code == "yaml-tab":
        return row.replace("\t", "", 1) if row.count("\t") == 1 else row.lstrip("\t ")
    picture = _PICTURE.fullmatch(row)
    if picture:
        return f"{picture[1]}: {{src: {quoted(picture[3])}, alt: {quoted(picture[2])}}}"
    if code == "yaml-indent":
        return row.lstrip(" ")
    if code == "yaml-quote":
        return _closed(row)
    if code == "yaml-bracket":
        return row.rstrip(" \t,،") + ("]" if row.count("[") > row.count("]") else "}")
    found = _ROW.fullmatch(row)
    sign = _OTHER_SIGN.fullmatch(row.lstrip(" "))
    if code == "yaml-no-colon" and sign:
        return f"{sign[1]}: {sign[2]}"
    if code == "yaml-no-colon":  # the colon is one of another script, or the space after it is not
        return f"{found[1].rstrip()}: {found[2]}" if found and _NAME.fullmatch(row) else ""
    if not found or not found[2]:
        return ""
    value = found[2].strip()
    if value[0].isalnum() and ": " not in value:
        return ""
    is_quoted = value[0] == value[-1] == '"' and len(value) > 1 and "'" not in value
    right = f"'{value[1:-1]}'" if is_quoted else quoted(value)  # a backslash is one there
    return f"{found[1].rstrip()}: {right}"


def quoted(value: str) -> str:
    """Return a value in the quotes that need the fewest changes."""
    if '"' in value and "'" not in value:
        return f"'{value}'"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _closed(row: str) -> str:
    item = _QUOTED_ITEM.fullmatch(row)
    if item:
        return f"{item[1]}{item[2]}{item[3].rstrip()}{item[2]}"
    found = _ROW.fullmatch(row)
    if not found:
        return ""
    if found[2][:1] == "[" and row.count('"') == 1:
        return _OPEN_ITEM.sub(r'\1"', row)
    quote, value = found[2][:1], found[2][1:].rstrip()
    if is_closed_otherwise(value):
        value = value[:-1].rstrip()
    if quote not in ("'", '"'):
        return ""
    return f"{found[1].rstrip()}: {quote}{value}{quote}"


def _fault(
    code: str, rows: list[str], line: int, column: int, path: str, first_line: int
) -> ContentError:
    row = rows[line]
    facts = (
        {"value": row[column:].split()[0]} if code == "yaml-tag" and row[column:].split() else {}
    )
    right = corrected(code, row)
    if code == "yaml-align":
        right = " " * _key_column(rows, line) + row.lstrip(" ")
    if right and right != row:
        facts["paste"] = right
    return ContentError.at(path, code, line + first_line, column + 1, **facts)
