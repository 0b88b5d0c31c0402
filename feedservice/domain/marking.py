"""Which words of a text a search means, in the spelling that the text has. Pure.

A text is folded word by word and never as a whole: each place that matches is known in the text as
it was written, whatever folding takes away or adds.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice

from feedservice.domain.text import LONG_NAME, fold, tokens, tokens_of

MAX_TEXT = 40_000
"""Characters of a text that are looked at."""
MAX_PLACES = 50
"""Words of it that are weighed against each other."""
LENGTH = 240
"""Characters of an excerpt, about."""
_PLAIN = " -~،؛؟ء-غـ-ْ٠-٩«»“”’–—…"
"""What `fold` takes sign by sign."""
_OTHER = re.compile(f"[^{_PLAIN}]")
_ENOUGH = 4
"""Letters of a word by which it is looked for."""
_RUN = re.compile(r"[^\s!-/:-@\[-`{-~،؛؟«»“”‘’…–—﴾﴿]+")
"""What stands between punctuation."""

Marked = tuple[tuple[str, bool], ...]
"""A text in parts, and of each whether it is one of the words."""
_Place = tuple[int, int, frozenset[str]]
"""Begin and end of a word of a text, and which of those asked for it means."""


class Words:
    """The words of a query, to be found in texts.

    Those words of a text are folded that may be meant by their first letters: a tenth of the work.

    Args:
        query: as a reader typed it.
    """

    def __init__(self, query: str) -> None:
        self._asked = frozenset(" ".join(tokens(query)).split())
        self._looked_for = _OTHER, *(re.compile(_written(word)) for word in self._asked)

    def marked(self, text: str) -> Marked:
        """Return a text with the words that are meant.

        >>> Words("مدينه").marked("في المَدينة.")
        (('في ', False), ('المَدينة', True), ('.', False))
        """
        parts: list[tuple[str, bool]] = []
        end = 0
        for start, stop, _ in self._places(text):
            parts += [(text[end:start], False), (text[start:stop], True)]
            end = stop
        parts.append((text[end:], False))
        return tuple(part for part in parts if part[0])

    def excerpt(self, text: str) -> Marked:
        """Return the part of a text with the most of the words, or nothing where it has none."""
        near: deque[_Place] = deque()
        best, most = 0, 0
        for place in islice(self._places(text), MAX_PLACES):
            near.append(place)
            while near[0][0] + LENGTH // 2 <= place[0]:
                near.popleft()
            meant = len(_all_of(near))
            if meant > most:
                best, most = near[0][0], meant
            if most == len(self._asked):
                break
        if not most:
            return ()
        begin = text.rfind(" ", 0, max(best - LENGTH // 3, 0)) + 1
        end = text.find(" ", begin + LENGTH) if len(text) > begin + LENGTH else len(text)
        end = min(end if end > 0 else len(text), begin + LENGTH + LONG_NAME)
        shown = " ".join(text[begin:end].split())
        return self.marked("… " * (begin > 0) + shown + " …" * (end < len(text)))

    def are_in(self, text: str) -> bool:
        """Whether a text has all of them."""
        return self._asked == _all_of(self._places(text))

    def spelling(self, text: str) -> str:
        """Return the first of them as a text spells it, or nothing where it has none."""
        return next((text[start:stop] for start, stop, _ in self._places(text)), "")

    def _places(self, text: str) -> Iterator[_Place]:
        """Those of a text, in its order."""
        text = text[:MAX_TEXT]
        may_be = {each for sign in self._looked_for for each in _around(sign, text)}
        for begin, end in sorted(may_be):
            meant = self._meaning(text[begin:end])
            if meant:
                runs = (
                    (begin + run.start(), begin + run.end(), self._meaning(run[0]))
                    for run in _RUN.finditer(text[begin:end])
                )
                yield from [run for run in runs if run[2]] or [(begin, end, meant)]

    def _meaning(self, chunk: str) -> frozenset[str]:
        its = " ".join(tokens_of(chunk)).split() if len(chunk) < LONG_NAME else ()
        return self._asked.intersection(its)


def _all_of(places: Iterable[_Place]) -> frozenset[str]:
    return frozenset().union(*(meant for _, _, meant in places))


def _around(sign: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Begin and end of what stands between spaces and has the sign."""
    at = 0
    while found := sign.search(text, at):
        begin = max(text.rfind(" ", at, found.start()) + 1, at)
        end = text.find(" ", found.end())
        at = end if end >= 0 else len(text)
        yield begin, at


def _written(word: str) -> str:
    """A regular expression of how `_PLAIN` signs may write the beginning of a token."""
    letters, between = _letters(), f"{_letters()['']}*"
    signs = [letters.get(letter, "(?!)") for letter in word[:_ENOUGH]]
    # A hamza before an alef may be Quranic spelling.
    quranic = [f"(?:ء{between})?" if letter == "ا" else "" for letter in word[1:_ENOUGH]]
    return between.join((signs[0], *map(str.__add__, quranic, signs[1:])))


@cache
def _letters() -> Mapping[str, str]:
    """Of each letter of a token, and of none, which signs are folded to it."""
    found: dict[str, str] = {}
    for sign in map(chr, range(0x21, 0x66A)):
        if not _OTHER.match(sign):
            found[fold(sign)] = found.get(fold(sign), "") + sign
    return {letter: f"[{re.escape(signs)}]" for letter, signs in found.items()}
