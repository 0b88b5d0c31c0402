"""Which words of a text a search means, in the spelling that the text has. Pure.

A text is folded word by word and never as a whole: each place that matches is known in the text as
it was written, whatever folding takes away or adds.
"""

import re
from collections.abc import Collection, Iterator
from itertools import islice, takewhile

from feedservice.domain.text import LONG_NAME, tokens, tokens_of

MAX_TEXT = 40_000
"""Characters of a text that are looked at."""
MAX_PLACES = 50
"""Words of it that are weighed against each other, and ways in which it writes words."""
LENGTH = 240
"""Characters of an excerpt, about."""
_RUN = re.compile(r"[^\s!-/:-@\[-`{-~،؛؟«»“”‘’…–—﴾﴿]+")
"""What stands between punctuation."""

Marked = tuple[tuple[str, bool], ...]
"""A text in parts, and of each whether it is one of the words."""


def words_of(query: str) -> frozenset[str]:
    """Return what the words of a query are to a search."""
    return frozenset(" ".join(tokens(query)).split())


def marked(text: str, words: Collection[str]) -> Marked:
    """Return a text with the words that a search means.

    >>> marked("في المَدينة.", words_of("مدينه"))
    (('في ', False), ('المَدينة', True), ('.', False))
    """
    parts: list[tuple[str, bool]] = []
    end = 0
    for start, stop, _ in _places(text[:MAX_TEXT], words):
        parts += [(text[end:start], False), (text[start:stop], True)]
        end = stop
    parts.append((text[end:], False))
    return tuple(part for part in parts if part[0])


def excerpt(text: str, words: Collection[str]) -> Marked:
    """Return the part of a text with the most of the words, or nothing where it has none."""
    text = text[:MAX_TEXT]
    places = list(islice(_places(text, words), MAX_PLACES))
    best, most = 0, 0
    for first, (start, _, _) in enumerate(places):
        near = takewhile(lambda place: place[0] < start + LENGTH // 2, places[first:])  # noqa: B023
        meant = len({word for _, _, each in near for word in each})
        if meant > most:
            best, most = start, meant
        if most == len(words):
            break
    if not most:
        return ()
    begin = text.rfind(" ", 0, max(best - LENGTH // 3, 0)) + 1
    end = text.find(" ", begin + LENGTH) if len(text) > begin + LENGTH else len(text)
    end = min(end if end > 0 else len(text), begin + LENGTH + LONG_NAME)
    shown = " ".join(text[begin:end].split())
    return marked("… " * (begin > 0) + shown + " …" * (end < len(text)), words)


def found_in(text: str, words: Collection[str]) -> frozenset[str]:
    """Return those of the words that a text has."""
    return frozenset(words) & words_of(text[:MAX_TEXT])


def spelling(text: str, word: str) -> str:
    """Return a word as a text spells it first, or nothing where it has none."""
    return next((text[start:stop] for start, stop, _ in _places(text[:MAX_TEXT], (word,))), "")


def _places(text: str, words: Collection[str]) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Begin and end of each word that is meant, and what it means, in the order of the text."""
    wanted = frozenset(words)
    # Most words of a text stand in it more than once.
    hits = (each for each in dict.fromkeys(text.split()) if not wanted.isdisjoint(_meant(each)))
    # The text is looked through for each, so not for all that a hostile one may have.
    first = islice(hits, MAX_PLACES)
    for start, chunk in sorted(place for hit in first for place in _standing(text, hit)):
        runs = [
            (start + run.start(), start + run.end(), wanted.intersection(_meant(run[0])))
            for run in _RUN.finditer(chunk)
        ]
        found = [run for run in runs if run[2]]
        yield from found or [(start, start + len(chunk), wanted.intersection(_meant(chunk)))]


def _standing(text: str, chunk: str) -> Iterator[tuple[int, str]]:
    """Where it stands between white space."""
    start = text.find(chunk)
    while start >= 0:
        end = start + len(chunk)
        if not text[start - 1 : start].strip() and not text[end : end + 1].strip():
            yield start, chunk
        start = text.find(chunk, end)


def _meant(chunk: str) -> list[str]:
    return " ".join(tokens_of(chunk)).split() if len(chunk) < LONG_NAME else []
