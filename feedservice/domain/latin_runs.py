"""Latin runs with signs at their ends (C++, .NET, +963 11 …) among words from the right. Pure.

A sign at an end of such a run belongs, for the algorithm of directions, to the text around (UAX #9,
N2), so that C++ is drawn as ++C. An element around the run isolates it.
"""

import re
from collections.abc import Iterator

from feedservice.domain.patterns import rare

OPENING, CLOSING = '<bdi dir="ltr">', "</bdi>"

_CHAR = r"[ -'+-;=?-Z\\^-z|~]"
_REST = rf"(?:{_CHAR}|\({_CHAR}*+\))*+"
"""ASCII without what Markdown and HTML are made of; brackets in pairs."""
_SIGN = r"""@#.$~+/`\\-"""
_BEFORE = r"""(?<=@)|(?<![^\s(\[«"'،؛>ـ].)|(?<=\s[وفبلك].)"""
"""A sign begins a run behind white space, an opening sign, or a particle of one letter."""
_RUN = rare(
    rf"[0-9A-Za-z{_SIGN}](?:(?<=[0-9A-Za-z]){_REST}"
    rf"|(?<=[{_SIGN}])(?:{_BEFORE})[{_SIGN}]?(?=[0-9A-Za-z]){_REST})"
)
_OF_SENTENCE = " .,:;!?'\"-"
"""What stands behind a run and is no part of it."""
_NUMBER = rare(r"\+?[0-9][0-9 ().-]{6,}")
"""Of a telephone: its groups would be drawn from the right."""
_LETTER, _FIGURES = re.compile(rb"[A-Za-z]"), re.compile(rb"[0-9][0-9 ().-]{6}")
"""Every such run has one of these; most bodies have neither. One expression for both would take
three times as long as the two."""


def latin_runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the runs of a text begin and end that have to be isolated, in order.

    >>> [("لغة C++، ثم .NET."[begin:end]) for begin, end in latin_runs("لغة C++، ثم .NET.")]
    ['C++', '.NET']
    """
    said = text.encode("ascii", "ignore")
    if not (_LETTER.search(said) or _FIGURES.search(said)):
        return
    for match in _RUN.finditer(text):
        inner = match[0].rstrip(_OF_SENTENCE)
        is_whole = inner[:1].isalnum() and inner[-1:].isalnum()
        is_latin = any(map(str.isalpha, inner)) or _NUMBER.fullmatch(inner)
        is_number = inner[:1] == "+" and _NUMBER.fullmatch(inner)
        if is_latin and (not is_whole or is_number):
            yield match.start(), match.start() + len(inner)
