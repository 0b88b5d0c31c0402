"""Where the articles of a list stand: newest first, or a search's best first. Reads only."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from feedservice.domain.selections import Filter, Selection
from feedservice.index import query, search
from feedservice.index.changes import Label
from feedservice.index.payload import parted
from feedservice.index.schema import bodies
from feedservice.index.statements import Statement, parts, several

Ask = Callable[[query.Question], list[tuple[Any, ...]]]
MANY = 2**31 - 1
"""More than there are."""
_AT_ONCE = 128
"""Words of which it is asked at once whether any article has them."""
_TEXTS = Statement(
    select(bodies.c.number, bodies.c.texts).where(bodies.c.number.in_(several("numbers")))
)


class Listed(NamedTuple):
    """Where an article stands in a list, and the number of its row, which no other row ever has."""

    number: int
    published: datetime
    slug: str


def listed(ask: Ask, selection: Selection, limit: int, skip: int = 0) -> tuple[Listed, ...]:
    """Return where a list's public articles stand, newest first, ties by slug."""
    if selection.q:
        return _found(ask, selection, limit + skip)[skip:]
    return tuple(map(_listed, ask(query.select_listed(selection, limit, skip=skip))))


def walking_least(selection: Selection, length: Callable[[Label], int]) -> Selection:
    """Return a selection with that label first which fewest articles have: `query` walks it.

    Args:
        selection: a list; its address keeps its own order.
        length: returns how many articles have a label.
    """
    if selection.q or sum(len(each.any_of) == 1 for each in selection.filters) < 2:
        return selection

    def cost(each: Filter) -> float:
        is_walk = len(each.any_of) == 1
        return length((each.taxonomy.value, each.any_of[0])) if is_walk else math.inf

    return replace(selection, filters=tuple(sorted(selection.filters, key=cost)))


def best(ask: Ask, selection: Selection, limit: int) -> tuple[Listed, ...]:
    """Return where the public articles of a search stand, the best matches first.

    As good ones are newest first. Each of a few walks ends where there are enough, so this costs
    what is shown, however many articles have the words.
    """
    found: dict[Listed, None] = {}
    for phrase in search.phrases(selection.q):
        found.update(dict.fromkeys(_found(ask, selection, limit, phrase)))
        if len(found) >= limit:
            break
    return tuple(islice(found, limit))


def words(connection: Connection, wanted: Iterable[str]) -> Iterator[str]:
    """Yield those search tokens that articles have, of whatever state."""
    rest = iter(wanted)
    while some := {search.quoted(token): token for token in islice(rest, _AT_ONCE)}:
        found = {phrase for (phrase,) in search.HAVE.rows(connection, wanted=json.dumps([*some]))}
        yield from (token for phrase, token in some.items() if phrase in found)


def texts(connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
    """Return the plain texts of the articles of rows, by their numbers."""
    rows = (_TEXTS.rows(connection, numbers=part) for part in parts(sorted(numbers)))
    return {number: parted(both)[1] for number, both in chain.from_iterable(rows)}


def _found(ask: Ask, selection: Selection, limit: int, phrase: str = "") -> tuple[Listed, ...]:
    """What has the words: of a last second that goes on all is asked for, to put it in order."""
    found = list(map(_listed, ask(query.select_listed(selection, limit + 1, phrase=phrase))))
    if len(found) > limit > 0 and found[limit].published == found[limit - 1].published:
        last = found[limit].published
        within = replace(selection, since=last, until=last + timedelta(seconds=1))
        ties = ask(query.select_listed(within, MANY, phrase=phrase))
        found = [each for each in found if each.published > last]
        found += map(_listed, ties)
    return tuple(sorted(found, key=_newest_first)[:limit])


def _listed(row: Sequence[Any]) -> Listed:
    number, published, slug = row
    return Listed(number, datetime.fromtimestamp(published, UTC), slug)


def _newest_first(each: Listed) -> tuple[float, str]:
    return -each.published.timestamp(), each.slug
