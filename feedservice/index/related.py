"""Which articles are like one, by the labels that they share. Only `snapshot` calls it.

A shared tag weighs more than a shared category, that more than the author; then the nearest in
time, then the slug. Only what is dated before an article counts, so that a new one never changes an
older entry.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from feedservice.domain.label_slugs import label_key
from feedservice.domain.model import Article
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index.changes import Label, unix_seconds
from feedservice.index.label_parts import KeptParts, LabelParts, Places

WEIGHTS: Mapping[str, int] = MappingProxyType(
    {Taxonomy.TAG: 4, Taxonomy.CATEGORY: 2, Taxonomy.AUTHOR: 1}
)
_Key = TypeVar("_Key", int, str)


class Standing(NamedTuple):
    """Where an article stands.

    Attributes:
        published: Unix seconds.
        lists: kinds and keys.
    """

    published: int
    lists: list[Label]


class Alike(NamedTuple):
    """Which articles are like one.

    Attributes:
        candidates: those that were looked at, of each of its lists.
        best: the slugs of those that are like it, best first.
    """

    candidates: list[Places]
    best: tuple[str, ...]


NOBODY = Alike([], ())


def standing(article: Article, used: Iterable[Label]) -> Standing:
    """Return where an article that was read stands, in lists as it spells them."""
    lists = [(kind, label_key(kind, slug)) for kind, slug in used]
    return Standing(unix_seconds(article.published), lists)


def find(
    connection: Connection,
    around: Mapping[_Key, Standing],
    moment: int,
    limit: int,
    *,
    kept: KeptParts,
    states: Mapping[Label, Hashable],
    before: Mapping[_Key, Alike] = MappingProxyType({}),
    are_listed: bool,
) -> tuple[dict[_Key, Alike], dict[str, int]]:
    """Return which articles are like each of ``around``, and the rows of those just read, by slugs.

    Args:
        connection: within a read transaction.
        around: articles, however they are called.
        moment: decides what is public, Unix seconds.
        limit: how many of each at most.
        kept: parts of lists that were read before.
        states: of all their lists.
        before: what was found for the same lists with the same limit: where the candidates are the
            same, so are the best.
        are_listed: whether all of ``around`` are public, and so in their lists.
    """
    ordered = sorted(around.items(), key=lambda each: each[1].published, reverse=True)
    members = Counter(label for _, its in ordered for label in its.lists)
    parts = LabelParts(kept, connection, states, moment, members, are_listed=are_listed)
    parts.prepare({label: its.published for _, its in reversed(ordered) for label in its.lists})
    found: dict[_Key, Alike] = {}
    for key, its in ordered:
        candidates = [parts.before(label, its.published) for label in its.lists]
        was = before.get(key, NOBODY)
        if candidates == was.candidates:
            found[key] = was
            continue
        scores = _scores(its.lists, candidates, limit)
        # Few are as good as the last one that counts, and only these are put in order.
        least = sorted(scores.values())[-limit:][0] if scores else 0
        ages = parts.ages
        best = sorted([(-score, ages[n], n) for n, score in scores.items() if score >= least])
        found[key] = Alike(candidates, tuple([slug for _, _, slug in best[:limit]]))
    return found, parts.numbers


def _scores(lists: Sequence[Label], candidates: Sequence[Places], limit: int) -> dict[str, int]:
    """What candidates share with an article; those are left out that cannot be among the best."""
    weights = [WEIGHTS[kind] for kind, _ in lists]
    weighed = sorted(zip(weights, candidates, strict=True), key=itemgetter(0), reverse=True)
    scores: dict[str, int] = {}
    rest, least = sum(weights), 0
    for weight, (_, slugs) in weighed:
        # Each that was found has more than another one can get from what is left.
        if len(scores) >= limit and rest < least:
            for slug in slugs:
                if slug in scores:
                    scores[slug] += weight
        elif not scores:
            scores = dict.fromkeys(slugs, weight)
        else:
            for slug in slugs:
                scores[slug] = scores.get(slug, 0) + weight
        rest -= weight
        least = weight
    return scores
