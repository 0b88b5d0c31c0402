"""What to ask where a search finds nothing. Reads only.

Every suggestion is asked for before it is made: it leads somewhere, and names no word that only a
draft has.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice

from feedservice.domain import urls
from feedservice.domain.marking import Words
from feedservice.domain.near_words import near_words
from feedservice.domain.selections import Selection
from feedservice.index import finding
from feedservice.index.snapshot import Snapshot

MOST = 3
"""Suggestions of a kind."""
MAX_WORDS = 8
"""Words of a search that are looked at."""

MAX_NEAR = 10
"""Words of the index that are tried for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Another search, or the same one of the whole site; how many articles it finds at least."""

    query: str
    path: str
    is_wider: bool = False


def suggestions(view: Snapshot, selection: Selection) -> tuple[Suggestion, ...]:
    """Return searches that find something, where ``selection`` finds nothing.

    With a word that the articles have in the place of one that they do not; without the words that
    they do not have, or without one; in the whole site, where this is a part of it.
    """
    words = selection.q.split()[:MAX_WORDS]
    missing = [word for word in words if not _finds(view, replace(selection, q=word))]
    found = chain(
        islice(_respelt(view, selection, words, missing), MOST),
        islice(_shorter(view, selection, words, missing), MOST),
    )
    queries = [replace(selection, q=query) for query in dict.fromkeys(found)]
    everywhere = Selection(q=selection.q)
    wider = everywhere != selection and _finds(view, everywhere)
    return (
        *(Suggestion(query=each.q, path=urls.search_page(each)) for each in queries),
        *[Suggestion(query=selection.q, path=urls.search_page(everywhere), is_wider=True)] * wider,
    )


def _finds(view: Snapshot, selection: Selection) -> bool:
    return bool(view.listed(selection, 1))


def _respelt(
    view: Snapshot, selection: Selection, words: list[str], missing: list[str]
) -> Iterator[str]:
    for word in missing[:MOST]:
        for near in islice(finding.words(view.connection, near_words(word)), MAX_NEAR):
            spelt = _spelt(view, replace(selection, q=near))
            query = " ".join(spelt if each == word else each for each in words)
            if spelt and _finds(view, replace(selection, q=query)):
                yield query


def _spelt(view: Snapshot, selection: Selection) -> str:
    """A word as the newest article spells it that has it."""
    newest = view.select(selection, 1)
    texts = (text for each in newest for text in (each.title, each.summary, each.text))
    spellings = map(Words(selection.q).spelling, texts)
    return next(filter(None, spellings), selection.q if newest else "")


def _shorter(
    view: Snapshot, selection: Selection, words: list[str], missing: list[str]
) -> Iterator[str]:
    left = [[word for word in words if word not in missing]]
    if not missing:
        left = [words[:n] + words[n + 1 :] for n in range(len(words))]
    queries = (" ".join(each) for each in left if each)
    return (query for query in queries if _finds(view, replace(selection, q=query)))
