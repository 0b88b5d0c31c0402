"""What an article is called by and which others it names, and where its file says so. Pure.

A name that nothing answers to is told at its place. Whether anything does depends on other files,
so a file's names are kept beside its problems: `check` compares them in memory, the index in SQL.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from heapq import nlargest
from itertools import chain
from typing import NamedTuple

from feedservice.domain import internal_links
from feedservice.domain.identity import each_claim
from feedservice.domain.model import Article, Problem, Severity

_CLAIMED_AT = {"id-duplicate": "id", "slug-duplicate": "slug", "alias-duplicate": "aliases"}
_RAREST = 12
_CANDIDATES = 20
_PLACED = 500
_LONG = 100
"""Characters from which on a name is compared with none: that takes time quadratic in them."""


class Reference(NamedTuple):
    """A name in a file.

    Attributes:
        code: of the `Problem` where another file claims this name, or where none answers to it.
        space: id, name (a slug or alias) or path (a file).
        value: the name.
        line, column: its place, counted from 1.
    """

    code: str
    space: str
    value: str
    line: int = 1
    column: int = 1


class Place(NamedTuple):
    """Where to look for a name: below a key of the front matter, or the word in the body."""

    keys: tuple[str, ...] = ()
    word: str = ""


def names(article: Article) -> Iterator[tuple[Reference, Place]]:
    """Yield the names that an article claims and those that it mentions, with where they stand."""
    for claim, code in each_claim(article):
        yield Reference(code, claim.space, claim.value), Place((_CLAIMED_AT[code],))
    yield from mentions(article)


def mentions(article: Article) -> Iterator[tuple[Reference, Place]]:
    """Yield the names of other articles and files that an article mentions."""
    for link in article.related:
        if link.slug:
            yield Reference("related-unknown", "name", link.slug), Place(("related",))
    for language, slug in article.translations:
        place = Place(("translations", language))
        yield Reference("translation-unknown", "name", slug), place
    for kind, name in dict.fromkeys(internal_links.targets(article.html)):
        if kind in ("article", "file"):
            space = "name" if kind == "article" else "path"
            yield Reference("link-broken", space, name), Place(word=name.rpartition("/")[2])


def placed(
    found: Iterable[tuple[Reference, Place]],
    find: Callable[[tuple[str, ...], str], tuple[int, int]],
) -> tuple[Reference, ...]:
    """Return each reference once, with line and column as ``find`` tells them of its place.

    Beyond `_PLACED` a word is not looked for: that takes as long as the body is.
    """
    told: dict[Reference, None] = {}
    for n, (reference, place) in enumerate(found):
        line, column = find(place.keys, place.word if n < _PLACED else "")
        told[reference._replace(line=line, column=column)] = None
    return tuple(told)


def broken(
    path: str,
    references: Iterable[Reference],
    missing: Collection[tuple[str, str]],
    nearest: Callable[[str, str], str],
) -> Iterator[Problem]:
    """Yield a warning for each mention that nothing answers to.

    Args:
        path: a file.
        references: the names in it.
        missing: space and value of what nothing answers to.
        nearest: the known name most like one that is missing, in its space; empty for none.
    """
    for code, space, value, line, column in references:
        if code not in _CLAIMED_AT and (space, value) in missing:
            near = nearest(space, value)
            yield Problem(
                path=path,
                line=line,
                column=column,
                code=code,
                facts={"value": value, "nearest": near} if near else {"value": value},
                severity=Severity.WARNING,
            )


def at_its_claim(problem: Problem, references: Iterable[Reference]) -> Problem:
    """Return the `Problem` of a lost claim at the place of that claim."""
    for code, _, value, line, column in references:
        if (code, value) == (problem.code, problem.facts["value"]):
            return replace(problem, line=line, column=column)
    return problem


class Nearest:
    """Finds the name most like another, comparing only with those that share rare pairs of letters.

    Args:
        known: names.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._by_pair: dict[str, list[str]] = {}
        for name in sorted(each for each in known if len(each) < _LONG):
            for pair in _pairs(name):
                self._by_pair.setdefault(pair, []).append(name)

    def __call__(self, name: str) -> str:
        """Return the nearest name, or an empty text where none is near."""
        if len(name) >= _LONG:
            return ""
        sharing = (self._by_pair.get(pair) for pair in _pairs(name))
        rarest = sorted(filter(None, sharing), key=len)[:_RAREST]
        shared = Counter(chain.from_iterable(rarest))
        candidates = nlargest(_CANDIDATES, shared, key=lambda each: (shared[each], each))
        return next(iter(get_close_matches(name, candidates, n=1, cutoff=0.4)), "")


def _pairs(name: str) -> set[str]:
    return {name[n : n + 2] for n in range(len(name) - 1)}


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems by path, line and column."""
    return tuple(sorted(problems, key=lambda p: (p.path, p.line, p.column, p.code)))
