"""What a write changes: compared with the rows that are there, written, told as lists.

Functions over an open transaction; only `writer` calls them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from feedservice.domain.model import Article
from feedservice.index import departures, dependents, rows, search_coverage
from feedservice.index.changes import (
    ALL_LISTS,
    SITE,
    Label,
    changed_lists,
    changed_members,
    labels_of,
    seen_elsewhere,
    shown,
    unix_seconds,
)
from feedservice.index.packed import Packed, PackedArticle
from feedservice.index.payload import article_from_json, texts_from_row
from feedservice.index.spellings import Spelling, Spellings


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Which articles a write changes, by path.

    Attributes:
        before: teaser and texts of the articles that are there at the paths that were read or
            removed.
        gone: articles that leave.
        fresh: articles that come, or differ from what is there.
    """

    before: dict[str, tuple[str, bytes]]
    gone: tuple[str, ...]
    fresh: dict[str, PackedArticle]

    @property
    def paths(self) -> list[str]:
        """Those of all of them."""
        return [*self.gone, *self.fresh]


def compare(
    connection: Connection, packed: Sequence[Packed], removed: Collection[str]
) -> Difference:
    """Return what takes up what was read, ``packed``, and what is ``removed``."""
    before = rows.bodies_at(connection, [*removed, *(each.path for each in packed)])
    return Difference(
        before=before,
        gone=tuple(path for path in removed if path in before),
        fresh={
            each.path: each.article
            for each in packed
            if each.article and not _is_as_before(each.article, before.get(each.path))
        },
    )


def _is_as_before(article: PackedArticle, before: tuple[str, bytes] | None) -> bool:
    if before is None or before[0] != article.teaser:
        return False
    # Another release of the library may compress the same text to other bytes.
    return before[1] == article.texts or texts_from_row(before[1]) == texts_from_row(article.texts)


def write(
    connection: Connection,
    packed: Sequence[Packed],
    removed: Collection[str],
    difference: Difference,
    now: datetime,
) -> None:
    """Write it."""
    rows.forget(connection, removed)
    rows.put_files(connection, packed)
    there = [path for path in difference.paths if path in difference.before]
    search_coverage.drop(connection, rows.drop_articles(connection, there))
    search_coverage.add(
        connection, rows.add_articles(connection, [*difference.fresh.values()], now)
    )


FEW = 64
"""Articles that change at once, of which is looked up who shows them: of more, every list may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a write alters for readers.

    Attributes:
        lists: those that articles came to, left, or are edited in; hubs are told of these.
        members: labels in whose lists articles came, left or stand elsewhere now.
        others: lists in which entries that stay may be others.
        pages: slugs of articles whose pages may be others.
    """

    lists: frozenset[Label] = frozenset()
    members: frozenset[Label] = frozenset()
    others: frozenset[Label] = frozenset()
    pages: frozenset[str] = frozenset()


Versions = Sequence[tuple[Article | None, Article | None]]
"""Articles as they were shown before, and as they are now."""


def versions(difference: Difference, now: datetime) -> Versions:
    """Return what a difference is to readers."""
    before, fresh = difference.before, difference.fresh
    return [
        (
            shown(article_from_json(before[path][0]), now) if path in before else None,
            shown(article_from_json(fresh[path].teaser), now) if path in fresh else None,
        )
        for path in difference.paths
    ]


def spelt(connection: Connection, found: Versions, now: datetime) -> Mapping[Label, Spelling]:
    """Return how the labels of articles are shown now: the first who has one decides for all."""
    used = {
        label
        for pair in found
        for each in pair
        if each and len(found) <= FEW
        for label in labels_of(each)
    }
    return Spellings(connection, now, None).of(used)


def _is_respelt(before: Mapping[Label, Spelling], after: Mapping[Label, Spelling]) -> bool:
    """Whether who has a label still is called otherwise now."""
    return any(before[label] != after[label] for label in before.keys() & after.keys())


def touched(
    connection: Connection, found: Versions, was_spelt: Mapping[Label, Spelling], now: datetime
) -> Touched:
    """Return what a difference, which is written, alters; note what leaves its lists."""
    departures.note(connection, (departures.set_back(old, new, now) for old, new in found))
    members = frozenset(_members(connection, found))
    seen = [each for old, new in found for each in seen_elsewhere(old, new)]
    if seen and _is_respelt(was_spelt, spelt(connection, found, now)):
        lists = frozenset({SITE, ALL_LISTS}).union(*_own_lists(found))
        return Touched(lists=lists, members=members)
    return replace(_altered(connection, found, seen, now), members=members)


def _members(connection: Connection, found: Versions) -> Iterator[Label]:
    """The labels in whose lists others than the newest article follow on other ones now."""
    for old, new in found:
        came = new if old is None and len(found) <= FEW else None
        for label in changed_members(old, new):
            if not (came and dependents.is_newest(connection, came, label)):
                yield label


def passed(connection: Connection, numbers: Sequence[int], now: datetime) -> Touched:
    """Return what time alone altered by publishing these articles, or taking them away."""
    if len(numbers) > FEW:
        return Touched(lists=frozenset({SITE, ALL_LISTS}))
    articles = rows.teasers_of(connection, numbers)
    return _altered(connection, [(None, each) for each in articles], articles, now)


def _own_lists(found: Versions) -> Iterator[set[Label]]:
    return (changed_lists(old, new) for old, new in found)


def _altered(
    connection: Connection, found: Versions, seen: Sequence[Article], now: datetime
) -> Touched:
    lists = set[Label]().union(*_own_lists(found))
    pages = {each.slug for pair in found for each in pair if each}
    others: set[Label] = set()
    if seen and ALL_LISTS not in lists:
        moment = unix_seconds(now)
        numbers = dependents.showing(connection, seen, moment) if len(found) <= FEW else None
        if numbers is None:
            lists.add(ALL_LISTS)
        else:
            # One that has no label is in the site's list all the same.
            others = {SITE, *dependents.lists_of(connection, numbers)} if numbers else set()
            shown_by = numbers | dependents.beside(connection, seen, moment)
            pages |= dependents.slugs_of(connection, shown_by)
    return Touched(lists=frozenset(lists), others=frozenset(others), pages=frozenset(pages))
