"""Which of several files keeps an id, slug or alias that they all claim. Pure.

The earlier ``date`` stays, then the path that sorts first; the others are errors that name it.
Decided in that order, one article after another, so that a loser's other claims knock out nobody.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Self

from feedservice.domain.model import Article, Problem


class Claim(NamedTuple):
    """A value that only one file may hold. Slugs and aliases share one namespace, ``name``."""

    space: Literal["id", "name"]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What one article claims, and what decides."""

    path: str
    published: datetime
    id: str
    slug: str
    aliases: tuple[str, ...] = ()

    @classmethod
    def of(cls, article: Article) -> Self:
        """Return the claims of an article."""
        return cls(
            path=article.path,
            published=article.published,
            id=article.id,
            slug=article.slug,
            aliases=article.aliases,
        )

    def each(self) -> Iterator[tuple[Claim, str]]:
        """Yield each claim with the code of the Problem that losing it is."""
        yield Claim("id", self.id), "id-duplicate"
        yield Claim("name", self.slug), "slug-duplicate"
        for alias in self.aliases:
            yield Claim("name", alias), "alias-duplicate"


def decide(claimants: Iterable[Claims]) -> dict[str, Problem]:
    """Return the Problem of each path that loses a claim to an earlier one."""
    held: dict[Claim, str] = {}
    problems: dict[str, Problem] = {}
    for claims in sorted(claimants, key=lambda each: (each.published, each.path)):
        lost = next(
            (
                (claim, code)
                for claim, code in claims.each()
                if held.get(claim, claims.path) != claims.path
            ),
            None,
        )
        if lost:
            claim, code = lost
            facts = {"value": claim.value, "other": held[claim]}
            problems[claims.path] = Problem(path=claims.path, code=code, facts=facts)
        else:
            held.update((claim, claims.path) for claim, _ in claims.each())
    return problems
