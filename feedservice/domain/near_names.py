"""The known name of which another is a misspelling, most likely. Pure.

A guess that is none sends an editor after the wrong thing: where nothing is near, none is given.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from heapq import nlargest
from itertools import chain
from posixpath import splitext

from feedservice.domain.media_types import MEDIA_TYPES
from feedservice.domain.text import fold

_LONG = 100
"""Characters from which on a name is compared with none: that takes time quadratic in them."""
_RAREST = 12
_CANDIDATES = 20
_CLOSEST = 3
_COMPARED = 16
"""Words of a name, each of which is compared with each of another's."""
_LIKE = 0.5
"""Of two names, which share all words of the shorter; of two figures, such as the day of a date."""
_WORD_LIKE = 0.75
_UNSPACED_LIKE = 0.9
"""Of two names without what stands between their words: a space more or less is not seen there."""
_WORDS = re.compile(r"[^\W\d_]+|\d+")


def nearest_name(name: str, known: Iterable[str]) -> str:
    """Return the known name that was meant by another, or an empty text where none is near.

    Each word of the shorter of the two is one of the other, or differs by a letter or two. Case,
    spelling variants of Arabic, folders and the suffix of a file are no difference.

    >>> nearest_name("ورشه.JPG", ["نهر.jpg", "صور/ورشة.png"]), nearest_name("رياضة", ["رياح"])
    ('صور/ورشة.png', '')
    """
    if len(name) >= _LONG:
        return ""
    typed = fold(name)
    by_key: dict[str, str] = {}
    for each in known:
        if len(each) < _LONG:
            by_key.setdefault(fold(each), each)
    close = get_close_matches(typed, by_key, n=_CLOSEST, cutoff=_LIKE)
    return next((by_key[key] for key in close if _is_near(_words(typed), _words(key))), "")


def _words(key: str) -> list[str]:
    name = key.rpartition("/")[2]
    stem, suffix = splitext(name)
    words = _WORDS.findall(stem if suffix == ".md" or suffix in MEDIA_TYPES else name)
    return words[:_COMPARED]


def _is_near(some: list[str], others: list[str]) -> bool:
    fewer, more = sorted((some, others), key=len)
    if not fewer:
        return False
    if get_close_matches("".join(fewer), ["".join(more)], n=1, cutoff=_UNSPACED_LIKE):
        return True
    return all(word in more or _is_word_near(word, more) for word in fewer)


def _is_word_near(word: str, others: list[str]) -> bool:
    letters = sorted(word)
    if any(len(other) == len(word) and sorted(other) == letters for other in others):
        return True
    like = _LIKE if word.isdigit() else _WORD_LIKE
    return bool(get_close_matches(word, others, n=1, cutoff=like))


class Nearest:
    """Finds `nearest_name` of many, comparing only with those that share rare pairs of letters.

    Args:
        known: names.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._by_pair: dict[str, list[str]] = {}
        for name in sorted(each for each in known if len(each) < _LONG):
            for pair in _pairs(name):
                self._by_pair.setdefault(pair, []).append(name)

    def __call__(self, name: str, but: Collection[str] = ()) -> str:
        """Return the nearest name that is not one of ``but``; empty where none is near."""
        if len(name) >= _LONG:
            return ""
        sharing = (self._by_pair.get(pair) for pair in _pairs(name))
        rarest = sorted(filter(None, sharing), key=len)[:_RAREST]
        shared = Counter(each for each in chain.from_iterable(rarest) if each not in but)
        candidates = nlargest(_CANDIDATES, shared, key=lambda each: (shared[each], each))
        return nearest_name(name, candidates)


def _pairs(name: str) -> set[str]:
    key = fold(name)
    return {key[n : n + 2] for n in range(len(key) - 1)}
