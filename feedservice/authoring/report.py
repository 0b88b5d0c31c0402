"""Problems as people and programs read them: text, JSON, GitHub's annotations. Pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from feedservice.content import messages
from feedservice.domain.direction import LRM, direction
from feedservice.domain.model import Problem, Severity
from feedservice.domain.text import visible
from feedservice.i18n import PDI, RLI, _, render

MAX_LINE = 160
"""Characters of a line that are shown, around the place."""

_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Of a terminal, and of the direction of what follows: each is shown as one character."""
_WORD = re.compile(
    r"""
    (?: \([^\s()]*\) | \[[^\s\[\]]*\] | \{[^\s{}]*\} | <[^\s<>]*> | «[^\s«»]*» | “[^\s“”]*”
      | [^\s)\]}>»”] )+
    | \S*
    """,
    re.VERBOSE,
)
"""What a place is marked by: a bracket or a quotation that closes behind it is another's."""
_REVERSE, _PLAIN = "\x1b[7m", "\x1b[27m"
"""Reverse video on and off (ECMA-48 §8.3.117)."""
_SEVERITIES = MappingProxyType({Severity.ERROR: _("error"), Severity.WARNING: _("warning")})


def as_text(
    problem: Problem, source_line: str, where: str, language: str, *, is_terminal: bool = False
) -> str:
    """Return the place, the line with the place marked in it, what is wrong, and the remedy.

    On a terminal what is said and the code in it are isolated (UAX #9 §2.4); elsewhere code has
    direction marks only. A row that is to be pasted has neither.
    """
    facts = {name: visible(fact) for name, fact in problem.facts.items()}
    told = replace(problem, facts=facts)
    wrong, remedy = messages.describe(told, language, isolated=is_terminal)
    remedy, *to_paste = f"← {remedy}".split("\n")
    if is_terminal and direction(language) == "rtl":
        wrong, remedy = f"{RLI}{wrong}{PDI}", f"{RLI}{remedy}{PDI}"
    severity = render(_SEVERITIES[problem.severity], language)
    place = f"{visible(where)}:{problem.line}:{problem.column}"
    line = marked(source_line, problem, is_terminal=is_terminal)
    rows = [f"{place}: {severity} [{problem.code}] {wrong}", line, remedy, *to_paste]
    return "\n    ".join(filter(None, rows))


def marked(line: str, problem: Problem, *, is_terminal: bool = False) -> str:
    """Return a line with the place of a problem marked in it: the value that it names, or the word.

    Nothing for an empty line. A mark below the line would miss it: terminals show text that runs
    from the right where they like.

    Args:
        line: as it is in the file.
        problem: its column is the place.
        is_terminal: mark with reverse video, else with ‹ and ›.
    """
    line = _COMMANDS.sub("\ufffd", line.rstrip().replace("\t", " "))
    if not line:
        return ""
    place = min(problem.column - 1, len(line))
    value = problem.facts.get("value", "")
    found = line.find(value, place) if value else -1
    if found < 0:
        found_word = _WORD.match(line, place)
        end = found_word.end() if found_word else place
    else:
        place, end = found, found + len(value)
    if len(line) > MAX_LINE:
        begin = max(place - MAX_LINE // 2, 0)
        line = line[begin : begin + MAX_LINE]
        place, end = place - begin, min(end - begin, MAX_LINE)
    begun, ended = (_REVERSE, _PLAIN) if is_terminal else ("‹", "›")
    shown = line[place:end] or (" " if is_terminal else "")
    return f"{line[:place]}{begun}{shown}{ended}{line[end:]}"


def as_json(problems: Sequence[Problem], language: str) -> str:
    """Return the problems as a JSON list; what is told has no direction marks."""
    told = []
    for problem in problems:
        wrong, remedy = _unmarked(problem, language)
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
    wrong, remedy = _unmarked(problem, language)
    text = f"{wrong}. {remedy}".replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    properties = (
        ("file", visible(where)),
        ("line", str(problem.line)),
        ("col", str(problem.column)),
        ("title", problem.code),
    )
    given = ",".join(f"{name}={_property(value)}" for name, value in properties)
    return f"::{problem.severity.value} {given}::{text}"


def _unmarked(problem: Problem, language: str) -> tuple[str, ...]:
    """What `messages.describe` tells, for a program: whoever shows it isolates it."""
    told = messages.describe(problem, language)
    return tuple(each.replace(LRM, "") for each in told)


def _property(value: str) -> str:
    for char, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        value = value.replace(char, code)
    return value
