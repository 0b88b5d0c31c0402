"""What an article is called by and which others it names, and where its file says so. Pure.

A name that nothing answers to is told at its place. Whether anything does depends on other files,
so a file's names are kept beside its problems: `check` compares them in memory, the index in SQL.
"""

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import unquote

from feedservice.domain import dead_links, internal_links
from feedservice.domain.identity import each_claim
from feedservice.domain.model import Article, Problem, Severity
from feedservice.domain.near_names import Nearest

_CLAIMED_AT = {"id-duplicate": "id", "slug-duplicate": "slug", "alias-duplicate": "aliases"}
ANCHOR_SPACES = MappingProxyType({"anchor of name": "name", "anchor of path": "path"})
"""Spaces of places in articles, and the spaces in which these articles are named."""
_ANCHORS, _LONG = 1000, 100
"""Of one article; where there are more, or longer ones, nobody is told that one is missing."""
_PLACED = 500


class Reference(NamedTuple):
    """A name in a file.

    Attributes:
        code: of the `Problem` where another file claims this name, or where none answers to it.
        space: id, name (a slug or alias), path (a file), or a place in one of these (`Anchors`);
            anchors, for what others may link to; an address of the site (`dead_links`).
        value: the name; behind ``#`` a place, percent-encoded; the anchors of an article, one a
            line, and an empty text where they are too many to be kept.
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
    anchors = list(islice(internal_links.anchors(article.html), _ANCHORS + 1))
    if anchors:
        are_kept = len(anchors) <= _ANCHORS and sum(map(len, anchors)) <= _ANCHORS * _LONG
        yield Reference("anchors", "anchors", "\n".join(anchors) if are_kept else ""), Place()


def mentions(article: Article) -> Iterator[tuple[Reference, Place]]:
    """Yield the names of other articles and files that an article mentions."""
    for link in article.related:
        if link.slug:
            yield Reference("related-unknown", "name", link.slug), Place(("related",))
    for language, slug in article.translations:
        place = Place(("translations", language))
        yield Reference("translation-unknown", "name", slug), place
    links = dict.fromkeys(internal_links.links(article.html))
    for kind, name in dict.fromkeys(target for target, _ in links):
        if kind in ("article", "file"):
            space = "name" if kind == "article" else "path"
            yield Reference("link-broken", space, name), Place(word=name.rpartition("/")[2])
        elif kind == "path" and dead_links.may_be_dead(name):
            word = unquote(name.partition("?")[0]).rpartition("/")[2]
            yield Reference("link-nowhere", dead_links.SPACE, name), Place(word=word)
    for (kind, name), anchor in links:
        if anchor and kind in ("article", "file"):
            space = "anchor of name" if kind == "article" else "anchor of path"
            place = Place(word=f"#{unquote(anchor)}")
            yield Reference("anchor-unknown", space, f"{name}#{anchor}"), place


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
        told[Reference(*reference[:3], line, column)] = None
    return tuple(told)


def broken(
    path: str,
    references: Iterable[Reference],
    missing: Collection[tuple[str, str]],
    nearest: Callable[[str, str, Collection[str]], str],
) -> Iterator[Problem]:
    """Yield a warning for each mention that nothing answers to.

    Args:
        path: a file.
        references: the names in it.
        missing: space and value of what nothing answers to.
        nearest: the known name most like one that is missing, in its space; empty for none. The
            file's own names, which it is given third, are not meant.
    """
    references = tuple(references)
    own = {path, *(each.value for each in references if each.code in _CLAIMED_AT)}
    for code, space, value, line, column in references:
        if code not in _CLAIMED_AT and (space, value) in missing:
            near = nearest(space, value, own)
            if near and space == "path":  # as it is written there
                near = posixpath.relpath(f"/{near}", posixpath.dirname(f"/{path}"))
            yield Problem(
                path=path,
                line=line,
                column=column,
                code=code,
                facts={"value": _shown(code, value)} | ({"nearest": near} if near else {}),
                severity=Severity.WARNING,
            )


def at_its_claim(problem: Problem, references: Iterable[Reference]) -> Problem:
    """Return the `Problem` of a lost claim at the place of that claim."""
    for code, _, value, line, column in references:
        if (code, value) == (problem.code, problem.facts["value"]):
            return replace(problem, line=line, column=column)
    return problem


class Anchors:
    """The places in articles to which links from others lead: headings, and what has an id.

    Args:
        mentioned: space and value of references; those that mention such a place are looked at.

    Attributes:
        wanted: space and value of the articles whose references are to be added.
    """

    def __init__(self, mentioned: Iterable[tuple[str, str]]) -> None:
        self._mentioned = {each for each in mentioned if each[0] in ANCHOR_SPACES}
        self.wanted = {_owner(*each) for each in self._mentioned}
        self._known: dict[tuple[str, str], set[str]] = {}
        self._unknown: set[tuple[str, str]] = set()
        self._nearest: dict[tuple[str, str], Nearest] = {}

    def add(self, owner: tuple[str, str], references: Iterable[Reference]) -> None:
        """Take note of an article that is wanted; of several with one name any may be meant."""
        known = self._known.setdefault(owner, set())
        for reference in references:
            if reference.space == "anchors":
                known.update(reference.value.split("\n") if reference.value else ())
                if not reference.value:
                    self._unknown.add(owner)

    def missing(self) -> set[tuple[str, str]]:
        """Return what is mentioned and not there, of articles that are."""
        return {
            (space, value)
            for space, value in self._mentioned
            if (owner := _owner(space, value)) in self._known
            and owner not in self._unknown
            and _anchor(value) not in self._known[owner]
        }

    def nearest(self, space: str, value: str) -> str:
        """Return the place most like one that is missing, after ``#``; empty for none."""
        owner = _owner(space, value)
        if owner not in self._nearest:
            self._nearest[owner] = Nearest(self._known[owner])
        near = self._nearest[owner](_anchor(value))
        return near and f"#{near}"


def _owner(space: str, value: str) -> tuple[str, str]:
    return ANCHOR_SPACES[space], value.rpartition("#")[0]


def _anchor(value: str) -> str:
    return unquote(value.rpartition("#")[2])


def _shown(code: str, value: str) -> str:
    if code == "anchor-unknown":
        return f"{value.rpartition('#')[0]}#{_anchor(value)}"
    return f"/{unquote(value)}" if code == "link-nowhere" else value


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems by path, line and column."""
    return tuple(sorted(problems, key=lambda p: (p.path, p.line, p.column, p.code)))
