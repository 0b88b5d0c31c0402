"""Which words of a text a search means, in the spelling that the text has. Pure.

A text is folded word by word and never as a whole: each place that matches is known in the text as
it was written, whatever folding takes away or adds.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, reduce
from heapq import merge
from itertools import chain, islice, takewhile
from operator import or_

from feedservice.domain.text import LONG_NAME, fold, tokens, tokens_of

MAX_TEXT = 40_000
"""Characters of a text that are looked at."""
MAX_PLACES = 50
"""Words of it that are weighed against each other."""
LENGTH = 240
"""Characters of an excerpt, about."""
_PLAIN = "\n -~،؛؟ء-غـ-ْ٠-٩«»“”’–—…"
"""What `fold` takes sign by sign."""
_OTHER = re.compile(f"[^{_PLAIN}]")
_ENOUGH = 4
"""Letters of a word by which it is looked for."""
_RUN = re.compile(r"[^\s!-/:-@\[-`{-~،؛؟«»“”‘’…–—﴾﴿]+")
"""What stands between punctuation."""

Marked = tuple[tuple[str, bool], ...]
"""A text in parts, and of each whether it is one of the words."""
_Place = tuple[int, int, int]
"""Begin and end of a word of a text, and which of those asked for it means: a bit of each."""


class Words:
    """The words of a query, to be found in texts.

    Those words of a text are folded that may be meant by their first letters: a tenth of the work.

    Args:
        query: as a reader typed it.
    """

    def __init__(self, query: str) -> None:
        asked = dict.fromkeys(" ".join(tokens(query)).split())
        self._asked = {word: 1 << n for n, word in enumerate(asked)}
        self._all = (1 << len(asked)) - 1
        self._looked_for = _OTHER, *(re.compile(_written(word)) for word in asked)
        self._met: dict[str, tuple[_Place, ...]] = {}

    def marked(self, text: str) -> Marked:
        """Return a text with the words that are meant.

        >>> Words("مدينه").marked("في المَدينة.")
        (('في ', False), ('المَدينة', True), ('.', False))
        """
        return _in_parts(text, self._places(text))

    def excerpt(self, text: str) -> Marked:
        """Return the part of a text with the most of the words, or nothing where it has none."""
        places, seen = self._places(text), list[_Place]()
        near: deque[_Place] = deque()
        best, most = 0, 0
        for place in islice(places, MAX_PLACES):
            seen.append(place)
            near.append(place)
            while near[0][0] + LENGTH // 2 <= place[0]:
                near.popleft()
            meant = _all_of(near)
            if meant.bit_count() > most:
                best, most = near[0][0], meant.bit_count()
            if meant == self._all:
                break
        if not most:
            return ()
        begin = text.rfind(" ", 0, max(best - LENGTH // 3, 0)) + 1
        end = text.find(" ", begin + LENGTH) if len(text) > begin + LENGTH else len(text)
        end = min(end if end > 0 else len(text), begin + LENGTH + LONG_NAME)
        words = " ".join(text[begin:end].split())
        before, after = "… " * (begin > 0), " …" * (end < len(text))
        shown = f"{before}{words}{after}"
        if len(words) != end - begin:  # white space was taken out
            return self.marked(shown)
        moved = len(before) - begin
        shown_ones = takewhile(lambda place: place[1] <= end, chain(seen, places))
        return _in_parts(
            shown, ((at + moved, to + moved, _) for at, to, _ in shown_ones if at >= begin)
        )

    def are_in(self, text: str) -> bool:
        """Whether a text has all of them."""
        return self._all == _all_of(self._places(text))

    def spelling(self, text: str) -> str:
        """Return the first of them as a text spells it, or nothing where it has none."""
        return next((text[start:stop] for start, stop, _ in self._places(text)), "")

    def _places(self, text: str) -> Iterator[_Place]:
        """Those of a text, in its order, looked for no further than is asked for."""
        text = text[:MAX_TEXT]
        looked_at = -1
        for begin, end in merge(*(_around(sign, text) for sign in self._looked_for)):
            if begin > looked_at:
                looked_at = begin
                for start, stop, meant in self._within(text[begin:end]):
                    yield begin + start, begin + stop, meant

    def _within(self, chunk: str) -> tuple[_Place, ...]:
        """Those of what stands between spaces; most of it was met before."""
        found = self._met.get(chunk)
        if found is None:
            meant = self._meaning(chunk)
            runs = _RUN.finditer(chunk) if meant else ()
            each = ((run.start(), run.end(), self._meaning(run[0])) for run in runs)
            whole = ((0, len(chunk), meant),) if meant else ()
            found = self._met[chunk] = tuple(place for place in each if place[2]) or whole
        return found

    def _meaning(self, chunk: str) -> int:
        its = " ".join(tokens_of(chunk)).split() if len(chunk) < LONG_NAME else ()
        return reduce(or_, (self._asked.get(word, 0) for word in its), 0)


def _in_parts(text: str, places: Iterable[_Place]) -> Marked:
    parts: list[tuple[str, bool]] = []
    end = 0
    for start, stop, _ in places:
        parts += [(text[end:start], False), (text[start:stop], True)]
        end = stop
    parts.append((text[end:], False))
    return tuple(part for part in parts if part[0])


def _all_of(places: Iterable[_Place]) -> int:
    return reduce(or_, (meant for _, _, meant in places), 0)


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
    if word[0] == "ا" and len(word) > 2:  # which begins in most words something that is none
        word = word[1:]
    letters, between = _letters(), f"{_letters()['']}*+"
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
