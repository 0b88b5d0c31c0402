"""Strings that cost a regular expression most, made of what its own parts match.

For each part that may repeat without end: what leads to it, then the part again and again, then
nothing that could come next; and what leads to it again and again. Backtracking that is quadratic
or worse shows in one of them (Davis et al., "The impact of regular expression denial of service",
2018).
"""

import re
from collections.abc import Iterator
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_CANDIDATES = " a0\n\t<\"'=-/A_.ا\u0301!"
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_ENDLESS = 40
"""Repetitions from which on a part counts as endless."""


def attacks(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what is before, what is repeated, and what is after."""
    text = (
        pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    )
    tree = _parser.parse(text, pattern.flags & ~re.UNICODE & ~re.DEBUG)
    whole = {_sample(tree, most) for most in (False, True)}
    seen = {("", each, "") for each in whole}
    for most in (False, True):
        for before, pump in _pumps(tree, "", most=most):
            seen |= {
                (before, pump, "\x01"),
                ("", before + pump, "\x01"),
                ("", before, "\x01"),
                ("", pump, "\x01"),
            }
            seen |= {(before, pump, each) for each in whole}
    yield from sorted(each for each in seen if each[1])


def _pumps(tree: Any, before: str, *, most: bool) -> Iterator[tuple[str, str]]:
    for code, value in tree:
        for inner in _inside(code, value):
            yield from _pumps(inner, before, most=most)
        if code in _REPEATS and value[1] >= _ENDLESS:
            for pump in _choices(value[2]):
                yield before, pump
        before += _sample([(code, value)], most)


def _inside(code: Any, value: Any) -> list[Any]:
    if code in _REPEATS:
        return [value[2]]
    if code is op.SUBPATTERN:
        return [value[3]]
    if code is op.BRANCH:
        return list(value[1])
    if code in (op.ASSERT, op.ASSERT_NOT):
        return [value[1]]
    return [value] if code is op.ATOMIC_GROUP else []


def _choices(tree: Any) -> list[str]:
    """What one repetition may match: every candidate where it is one character."""
    if len(tree) == 1 and tree[0][0] in (op.IN, op.ANY, op.NOT_LITERAL):
        return [char for char in _CANDIDATES if _fits(*tree[0], char)][:9]
    if len(tree) == 1 and tree[0][0] is op.BRANCH:
        return [each for branch in tree[0][1][1] for each in _choices(branch)]
    if len(tree) == 1 and tree[0][0] is op.SUBPATTERN:
        return _choices(tree[0][1][3])
    return sorted({_sample(tree, most) for most in (False, True)} - {""})


def _sample(tree: Any, most: bool) -> str:
    return "".join(_one(code, value, most) for code, value in tree)


def _one(code: Any, value: Any, most: bool) -> str:
    if code is op.LITERAL:
        return chr(value)
    if code in (op.IN, op.ANY, op.NOT_LITERAL):
        literals = (
            "".join(chr(each[1]) for each in value if each[0] is op.LITERAL)
            if code is op.IN
            else ""
        )
        ranges = (
            "".join(chr(each[1][0]) for each in value if each[0] is op.RANGE)
            if code is op.IN
            else ""
        )
        order = "a0 " + literals + ranges + _CANDIDATES
        return next((char for char in order if _fits(code, value, char)), "")
    if code in _REPEATS:
        return _sample(value[2], most) * max(value[0], int(most and value[1] > 0))
    if code is op.BRANCH:
        return _sample(value[1][-1 if most else 0], most)
    if code in (op.SUBPATTERN, op.ATOMIC_GROUP):
        return _sample(value[3] if code is op.SUBPATTERN else value, most)
    return ""


def _fits(code: Any, value: Any, char: str) -> bool:
    if code is op.ANY:
        return char != "\n"
    if code is op.NOT_LITERAL:
        return ord(char) != value
    found = any(_is_in(each, char) for each in value)
    return found != (value[0][0] is op.NEGATE)


def _is_in(item: Any, char: str) -> bool:
    code, value = item
    if code is op.LITERAL:
        return ord(char) == value
    if code is op.RANGE:
        return value[0] <= ord(char) <= value[1]
    if code is not op.CATEGORY:
        return False
    name = str(value)
    fits = (
        char.isdigit()
        if "DIGIT" in name
        else char.isspace()
        if "SPACE" in name
        else (char.isalnum() or char == "_")
    )
    return fits != ("NOT" in name)
