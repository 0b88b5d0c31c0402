"""Which of several files keeps an id, slug or alias that they all claim. Pure.

Who holds a claim and is public keeps it: no copy, draft or newcomer takes an address from what
readers know. Where nobody holds it: public before not public, then the earlier ``date``, then the
shorter path, then the path. The others are errors that name who keeps it. Decided in that order,
one article after another, so that a loser's other claims knock out nobody.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain, count
from types import MappingProxyType
from typing import Literal, NamedTuple, Self

from feedservice.domain import urls
from feedservice.domain.model import Article, Problem
from feedservice.domain.text import slugify

Space = Literal["id", "name"]
"""Slugs and aliases share one namespace, ``name``."""


class Claim(NamedTuple):
    """A value that only one file may hold."""

    space: Space
    value: str


Holders = Callable[[Collection[Claim]], Mapping[Claim, str]]
"""Returns which public article, by its path, held each claim until now; asks an index."""


class Claims(NamedTuple):
    """What one article claims, and what decides; comes from processes by the thousand."""

    path: str
    published: datetime
    is_public: bool
    id: str
    slug: str
    aliases: tuple[str, ...] = ()

    @classmethod
    def of(cls, article: Article, now: datetime) -> Self:
        """Return the claims of an article at a moment."""
        return cls(
            path=article.path,
            published=article.published,
            is_public=article.is_public(now),
            id=article.id,
            slug=article.slug,
            aliases=article.aliases,
        )

    @property
    def rank(self) -> tuple[bool, datetime, int, str]:
        """What decides between claims that nobody holds: the smallest stays."""
        return not self.is_public, self.published, len(self.path), self.path

    def has(self, claim: Claim) -> bool:
        """Whether it is among the claims."""
        return claim.value in ((self.id,) if claim.space == "id" else (self.slug, *self.aliases))


def each_claim(claimant: Article | Claims) -> Iterator[tuple[Claim, str]]:
    """Yield each claim with the code of the Problem that losing it is."""
    yield Claim("id", claimant.id), "id-duplicate"
    yield Claim("name", claimant.slug), "slug-duplicate"
    for alias in claimant.aliases:
        yield Claim("name", alias), "alias-duplicate"


def contested(claimants: Iterable[Claims]) -> set[Claim]:
    """Return what several claim."""
    claimed = Counter(claim for claims in claimants for claim in dict(each_claim(claims)))
    return {claim for claim, times in claimed.items() if times > 1}


def another_id(taken: str, path: str, known: Collection[str] = ()) -> str:
    """Return an id for a file whose own belongs to another, made of the file's name.

    Args:
        taken: the id of the other.
        path: of the file.
        known: ids that are not free either.

    >>> another_id("tag:news.example,2025:daraya", "field/daraya - نسخة.md")
    'tag:news.example,2025:daraya-%D9%86%D8%B3%D8%AE%D8%A9'
    """
    name = urls.percent(slugify(path.rpartition("/")[2].removesuffix(".md")))
    prefix, _colon, last = taken.rpartition(":")
    is_ours = taken.startswith("tag:") and prefix != "tag"
    base = f"{prefix}:{name}" if is_ours and name != last else f"{taken}-{name}"
    numbered = (f"{base}-{n}" for n in count(2))
    return next(each for each in chain((base,), numbered) if each not in known)


def loss(
    path: str,
    claimed: Iterable[tuple[Claim, str]],
    holders: Mapping[Claim, str],
    ids: Collection[str] = (),
) -> Problem | None:
    """Return the Problem of a file of which another holds a claim, or None.

    Args:
        path: of the file.
        claimed: as `each_claim` yields them; the first that another holds is told.
        holders: paths of those who hold them.
        ids: that are not free for the id that is proposed.
    """
    for claim, code in claimed:
        other = holders.get(claim, path)
        if other != path:
            facts = {"value": claim.value, "other": other}
            if claim.space == "id":
                facts["new"] = another_id(claim.value, path, ids)
            return Problem(path=path, code=code, facts=facts)
    return None


def decide(
    claimants: Iterable[Claims], holders: Mapping[Claim, str] = MappingProxyType({})
) -> dict[str, Problem]:
    """Return the Problem of each path that loses a claim to another.

    Args:
        claimants: all who claim anything that is claimed more than once.
        holders: paths of those who held a claim before; one that is not public holds it no more.
    """
    by_path = {claims.path: claims for claims in claimants}
    reserved = {
        claim: path
        for claim, path in holders.items()
        if path in by_path and by_path[path].is_public and by_path[path].has(claim)
    }
    known = set(reserved.values())
    ids = {claims.id for claims in by_path.values()}
    problems: dict[str, Problem] = {}
    for claims in sorted(by_path.values(), key=lambda each: (each.path not in known, each.rank)):
        problem = loss(claims.path, each_claim(claims), reserved, ids)
        if problem:
            problems[claims.path] = problem
            ids |= {problem.facts["new"]} if "new" in problem.facts else set()
            if claims.path in known:
                reserved = {own: path for own, path in reserved.items() if path != claims.path}
        else:
            reserved.update((claim, claims.path) for claim, _ in each_claim(claims))
    return problems
