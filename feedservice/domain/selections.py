"""The only question that can be asked of the index: which articles, newest first, how many. Pure.

Equal questions are equal values: filters are sorted and without repetition, whatever order they
were asked in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from feedservice.domain.model import Content
from feedservice.domain.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where the page before ended: at its last entry (they sort by date descending, then slug)."""

    published: datetime
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One condition: an article has a label among ``any_of``, and none among ``none_of``.

    Only one of the two holds slugs; they are sorted and without repetition.
    """

    taxonomy: Taxonomy
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles, newest first, and how many.

    Attributes:
        filters: all of them hold; in the order of `Taxonomy`, made by `narrow`.
        q: a search, as it was typed (NFC, trimmed); every word must be found.
        since: articles published at this moment or later.
        until: articles published before this moment (archive documents).
        before: the cursor of the page before.
        limit: how many entries; None where the site's default holds.
        content: how much of each; None where the site's default holds.
    """

    filters: tuple[Filter, ...] = ()
    q: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: Cursor | None = None
    limit: int | None = None
    content: Content | None = None

    @classmethod
    def of(cls, taxonomy: Taxonomy, slug: str) -> Self:
        """Return the selection of one category, tag or author."""
        return cls(filters=(Filter(taxonomy=taxonomy, any_of=(slug,)),))

    @property
    def label(self) -> tuple[Taxonomy, str] | None:
        """The one label whose list this is, whatever its period and limit; None for any other."""
        if self.q or len(self.filters) != 1 or len(self.filters[0].any_of) != 1:
            return None
        return self.filters[0].taxonomy, self.filters[0].any_of[0]

    @property
    def is_narrowed(self) -> bool:
        """Whether it is a search or a combination: such a list has no hub and no archive."""
        return bool(self.q or self.since or (self.filters and not self.label))

    @property
    def is_pinged(self) -> bool:
        """Whether its feed is one that hubs are told of: a whole list, by the site's defaults."""
        return not (self.is_narrowed or self.limit or self.content or self.before)

    def respelt(self, slugs: Mapping[tuple[str, str], str]) -> Self:
        """Return this selection with other slugs for some labels, which are one where these are."""
        if all(slug == shown for (_, slug), shown in slugs.items()):
            return self
        found = replace(self, filters=())
        for each in self.filters:
            kind = each.taxonomy
            any_of = [slugs.get((kind, slug), slug) for slug in each.any_of]
            none_of = [slugs.get((kind, slug), slug) for slug in each.none_of]
            found = found.narrow(kind, any_of, none_of=none_of)
        return found

    def narrow(
        self, taxonomy: Taxonomy, *any_of: Iterable[str], none_of: Iterable[str] = ()
    ) -> Self:
        """Return this selection with more conditions on one taxonomy.

        Args:
            taxonomy: of the slugs.
            any_of: groups; an article has a label of each group.
            none_of: an article has none of these.

        >>> Selection().narrow(Taxonomy.TAG, ["b", "a"], ["a"]).label
        (<Taxonomy.TAG: 'tag'>, 'a')
        """
        own = [each for each in self.filters if each.taxonomy is taxonomy]
        groups = {frozenset(each.any_of) for each in own} | set(map(frozenset, any_of))
        unwanted = sorted({slug for each in own for slug in each.none_of} | set(none_of))
        filters = [Filter(taxonomy=taxonomy, any_of=group) for group in _simplest(groups)]
        if unwanted:
            filters.append(Filter(taxonomy=taxonomy, none_of=tuple(unwanted)))
        others = [each for each in self.filters if each.taxonomy is not taxonomy]
        order = list(Taxonomy)
        ordered = sorted([*others, *filters], key=lambda each: order.index(each.taxonomy))
        return replace(self, filters=tuple(ordered))


def _simplest(groups: Iterable[frozenset[str]]) -> list[tuple[str, ...]]:
    """Leave out empty groups, and each of which another is a part: a ∧ (a ∨ b) = a."""
    kept: list[frozenset[str]] = []
    for group in sorted(filter(None, groups), key=len):
        if not any(smaller < group for smaller in kept):
            kept.append(group)
    return sorted(tuple(sorted(group)) for group in kept)
