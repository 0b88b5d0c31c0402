"""Problems as people and programs read them: text, JSON, GitHub's annotations. Pure."""

import json
import re
import unicodedata
from collections.abc import Sequence
from types import MappingProxyType

from feedservice.content import messages
from feedservice.domain.model import Problem, Severity
from feedservice.domain.text import visible
from feedservice.i18n import _, render

MAX_LINE = 160
"""Characters of a line that are shown, around the place."""

_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Of a terminal, and of the direction of what follows: each is shown as one character."""
_RLI, _PDI = "\u2067", "\u2069"
_SEVERITIES = MappingProxyType({Severity.ERROR: _("error"), Severity.WARNING: _("warning")})


def as_text(problem: Problem, source_line: str, where: str, language: str) -> str:
    """Return the place, the line with a caret under it, what is wrong, and the remedy."""
    wrong, remedy = map(visible, messages.describe(problem, language))
    severity = render(_SEVERITIES[problem.severity], language)
    rows = [
        f"{visible(where)}:{problem.line}:{problem.column}: {severity} [{problem.code}] {wrong}"
    ]
    rows += [f"    {row}" for row in caret(source_line, problem.column)]
    return "\n".join([*rows, f"    ← {remedy}"])


def caret(line: str, column: int) -> tuple[str, ...]:
    """Return a line and, below it, a caret under its ``column``-th character.

    Nothing for an empty line.

    A terminal may show right-to-left text from the right, or not: so the run that the character
    stands in is isolated (UAX #9 §2.4) in both lines, and the caret moves as the text does.
    """
    line = _COMMANDS.sub("\ufffd", line.rstrip().replace("\t", " "))
    if not line:
        return ()
    place = min(column - 1, len(line) - 1)
    if len(line) > MAX_LINE:
        begin = max(place - MAX_LINE // 2, 0)
        line, place = line[begin : begin + MAX_LINE], place - begin
    start, end = _run(line, place)
    before, inside, after = line[:start], line[start:end], line[end:]
    left, right = _width(line[start:place]), _width(line[place + 1 : end])
    if (start, end) == (place, place + 1):
        return line, " " * _width(before) + "^"
    return (
        f"{before}{_RLI}{inside}{_PDI}{after}",
        f"{' ' * _width(before)}{_RLI}{' ' * left}^{' ' * right}{_PDI}",
    )


def as_json(problems: Sequence[Problem], language: str) -> str:
    """Return the problems as a JSON list."""
    told = []
    for problem in problems:
        wrong, remedy = messages.describe(problem, language)
        told.append(
            {
                "path": problem.path,
                "line": problem.line,
                "column": problem.column,
                "code": problem.code,
                "severity": problem.severity.value,
                "message": wrong,
                "remedy": remedy,
                "facts": problem.facts,
            }
        )
    return json.dumps(told, ensure_ascii=False, indent=2)


def as_github(problem: Problem, where: str, language: str) -> str:
    """Return a workflow command that GitHub shows at the line of a pull request."""
    wrong, remedy = messages.describe(problem, language)
    text = f"{wrong}. {remedy}".replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    properties = (
        ("file", visible(where)),
        ("line", str(problem.line)),
        ("col", str(problem.column)),
        ("title", problem.code),
    )
    given = ",".join(f"{name}={_property(value)}" for name, value in properties)
    return f"::{problem.severity.value} {given}::{text}"


def _property(value: str) -> str:
    for char, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        value = value.replace(char, code)
    return value


def _run(line: str, place: int) -> tuple[int, int]:
    """Return the bounds of the right-to-left run around a place.

    It reaches from the first to the last right-to-left letter, with the neutrals between them.
    """
    if _side(line[place]) == "L":
        return place, place + 1
    start = end = place
    first, last = place, place
    while start >= 0 and _side(line[start]) != "L":
        first = start if _side(line[start]) == "R" else first
        start -= 1
    while end < len(line) and _side(line[end]) != "L":
        last = end if _side(line[end]) == "R" else last
        end += 1
    if _side(line[place]) != "R" and not first < place < last:
        return place, place + 1
    return first, last + 1


def _side(char: str) -> str:
    kind = unicodedata.bidirectional(char)
    return "R" if kind in ("R", "AL", "AN") else "L" if kind in ("L", "EN") else ""


def _width(text: str) -> int:
    return sum(unicodedata.category(char) not in ("Mn", "Cf") for char in text)
