"""What a write changes: compared with the rows that are there, written, told as lists.

Functions over an open transaction; only `writer` calls them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from feedservice.index import departures, rows, search_coverage
from feedservice.index.changes import ALL_LISTS, SITE, Label, changed_lists, shown
from feedservice.index.packed import Packed, PackedArticle
from feedservice.index.payload import article_from_json, texts_from_row


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


def changed(
    connection: Connection, difference: Difference, now: datetime, *, is_filling: bool
) -> set[Label]:
    """Return the lists that a difference, which is written, can alter; note what leaves them."""
    if not difference.paths:
        return set()
    if is_filling:  # nobody is shown anything yet, so they need not be told apart
        return {SITE, ALL_LISTS}
    newest = rows.newest(connection, difference.fresh.keys(), now)
    before, fresh = difference.before, difference.fresh
    lists: set[Label] = set()
    left = []
    for path in difference.paths:
        old = shown(article_from_json(before[path][0]), now) if path in before else None
        new = shown(article_from_json(fresh[path].teaser), now) if path in fresh else None
        lists |= changed_lists(old, new, newest)
        if new and not old and ALL_LISTS not in lists and rows.is_mentioned(connection, new):
            lists.add(ALL_LISTS)
        left.append(departures.set_back(old, new, now))
    departures.note(connection, left)
    return lists
