"""Slugs by which readers knew articles that have others now. Pure.

The index remembers them, and they answer 301; but it is a cache, and an export or another machine
has its own: the file is to say them, too.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from feedservice.domain.identity import Claims
from feedservice.domain.model import Problem, Severity
from feedservice.domain.references import Reference

FormerSlugs = Callable[[Collection[str]], Mapping[str, Collection[str]]]
"""Returns the slugs, by entry id, by which readers know or knew articles; asks an index."""


def unknown(_ids: Collection[str]) -> Mapping[str, Collection[str]]:
    """Return nothing: the `FormerSlugs` of where there is no index."""
    return {}


def problems(
    claimants: Iterable[tuple[Claims, Iterable[Reference]]],
    former: Mapping[str, Collection[str]],
    claimed: Collection[str],
) -> list[Problem]:
    """Return a warning for each article whose file does not say where readers knew it.

    Args:
        claimants: public articles that lost nothing to others, and the names in their files.
        former: slugs by entry id.
        claimed: every slug and alias that any file claims: whose that is now is told by none.
    """
    found = []
    for claims, references in claimants:
        slugs = sorted(set(former.get(claims.id, ())).difference(claimed))
        if not slugs:
            continue
        places = ((each.line, each.column) for each in references if each.code == "slug-duplicate")
        line, column = next(places, (1, 1))
        facts = {
            "value": "، ".join(f"/articles/{slug}" for slug in slugs),
            "paste": f"aliases: [{', '.join((*claims.aliases, *slugs))}]",
        }
        problem = Problem(
            path=claims.path,
            line=line,
            column=column,
            code="slug-changed",
            facts=facts,
            severity=Severity.WARNING,
        )
        found.append(problem)
    return found
