"""Words that differ from one by a letter: what somebody may have meant to type. Pure."""

from collections.abc import Iterator

from feedservice.domain.text import tokens

MIN_LETTERS, MAX_LETTERS = 3, 16
"""Of a word that is looked at: a shorter one is near to everything, and a longer one has too many
neighbours."""
_ALPHABETS = ("ابتثجحخدذرزسشصضطظعغفقكلمنهويء", "abcdefghijklmnopqrstuvwxyz")


def near_words(word: str) -> tuple[str, ...]:
    """Return the search tokens that differ from a word's by one letter, in no more than 1,000.

    Two that stand in each other's place first, then a letter too much, a wrong one, one that is
    missing.
    """
    token = next(tokens(word), "")
    if " " in token or not MIN_LETTERS <= len(token) <= MAX_LETTERS:
        return ()
    found = dict.fromkeys(_near(token, next((a for a in _ALPHABETS if {*a} & {*token}), "")))
    found.pop(token, None)
    return tuple(found)


def _near(token: str, letters: str) -> Iterator[str]:
    cuts = [(token[:n], token[n:]) for n in range(len(token) + 1)]
    yield from (a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1)
    yield from (a + b[1:] for a, b in cuts if b)
    yield from (a + letter + b[1:] for a, b in cuts if b for letter in letters)
    yield from (a + letter + b for a, b in cuts for letter in letters)
