"""Latin runs with signs at their ends (C++, .NET, +963 11 …) among words from the right. Pure.

A sign at an end of such a run belongs, for the algorithm of directions, to the text around (UAX #9,
N2), so that C++ is drawn as ++C. An element around the run isolates it.
"""

import re

from markupsafe import Markup, escape

_TAG = r"""(?<=<)(?:[^>"']++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+(?:>|\Z)"""
"""One that nothing ends goes on to the end, so that none is looked for twice."""
_REST = r"(?:[ -%'-;=?-~]|&[a-z0-9#]{2,6};)*+"
"""ASCII but what HTML is made of, and its entities."""
_SIGN = r"""@#.$~+/\\-"""
_BEFORE = r"""(?<=@)|(?<![^\s(\[«"';،؛>ـ].)|(?<=\s[وفبلك].)"""
"""A sign begins a run behind white space, an opening sign, or a particle of one letter."""
_RUN = re.compile(
    rf"[<&0-9A-Za-z{_SIGN}](?:{_TAG}|(?<=&)[a-z0-9#]{{2,6}};"
    rf"|(?<=[0-9A-Za-z]){_REST}"
    rf"|(?<=[{_SIGN}])(?:{_BEFORE})[{_SIGN}]?(?=[0-9A-Za-z]){_REST})"
)
_OF_SENTENCE = " .,:;!?'\"([{-"
"""What stands behind a run and is no part of it."""
_ENTITY = re.compile("&[a-z0-9#]{2,6};\\Z")
_PAIRS = (("(", ")"), ("[", "]"))
_NUMBER = re.compile(r"\+?[0-9][0-9 ().-]{6,}")
"""Of a telephone: its groups would be drawn from the right."""


def isolated(text: str, direction: str = "rtl") -> Markup:
    """Return a text as HTML, its Latin runs isolated where ``direction`` is from the right.

    For texts alone: no expression edits HTML that somebody else wrote.
    """
    escaped = str(escape(text))
    found = _RUN.sub(_isolate, escaped) if direction == "rtl" else escaped
    return Markup(found)  # noqa: S704 - it was escaped # nosec B704


def _isolate(match: re.Match[str]) -> str:
    run = match[0]
    if run[0] in "<&":
        return run
    end = _end(run)
    inner = run[:end]
    is_whole = inner[:1].isalnum() and inner[-1:].isalnum()
    is_latin = any(map(str.isalpha, inner)) or _NUMBER.fullmatch(inner)
    is_number = inner[:1] == "+" and _NUMBER.fullmatch(inner)
    if (is_whole or not is_latin) and not is_number:
        return run
    return f'<bdi dir="ltr">{inner}</bdi>{run[end:]}'


def _end(run: str) -> int:
    """Where a run ends without what belongs to the sentence around it."""
    open_ones = {close: run.count(close) - run.count(begin) for begin, close in _PAIRS}
    end = len(run)
    while end and (run[end - 1] in _OF_SENTENCE or open_ones.get(run[end - 1], 0) > 0):
        if run[end - 1] in open_ones:
            open_ones[run[end - 1]] -= 1
        entity = _ENTITY.search(run, max(end - 8, 0), end) if run[end - 1] == ";" else None
        end = entity.start() if entity else end - 1
    return end
