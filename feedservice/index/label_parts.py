"""Parts of the lists of labels, newest first, as far as they were asked for. Only `related` asks.

They are kept while nothing comes to their lists but on top, leaves them or moves in them. Most
edits do not: an article keeps its place, under the number of another row, so parts know slugs.
"""

import json
from bisect import bisect_right
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from threading import Lock
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Integer, bindparam, cast, select

from feedservice.index import functions
from feedservice.index.changes import Label, members_in
from feedservice.index.payload import places_from_json
from feedservice.index.schema import articles, labels, list_changes
from feedservice.index.statements import Statement
from feedservice.index.states import is_public

CANDIDATES = 20
"""How many of the newest articles before one, in each of its lists, are looked at."""
MANY = 60
"""How many of a list are read at once when it is asked again: neighbours in a feed share most of
their candidates."""
ROUND = 8
"""As many as a multiple of these are read of a list, so that few questions read all lists."""
MOST = 8000
"""Places that are kept, each of some 200 bytes."""

Places = tuple[list[int], list[str]]
"""Ages and slugs of public articles of a list, newest first, ties by slug."""


class _Part(NamedTuple):
    """Public articles of a list that follow each other.

    Attributes:
        state: of the list when it was read.
        after: the first one is the newest that is older than this age.
        ages, slugs: of each.
        is_last: whether the oldest one of the list is here.
    """

    state: Hashable
    after: int
    ages: list[int]
    slugs: list[str]
    is_last: bool

    def before(self, age: int) -> Places | None:
        """Return those that follow an age; None where not all of them are here."""
        if age < self.after:
            return None
        first = bisect_right(self.ages, age)
        if len(self.ages) - first < CANDIDATES and not self.is_last:
            return None
        return self.ages[first : first + CANDIDATES], self.slugs[first : first + CANDIDATES]


class KeptParts:
    """What was last read of each list. Safe to share among threads."""

    def __init__(self) -> None:
        self._parts: dict[Label, _Part] = {}
        self._length = 0
        self._lock = Lock()

    def get(self, label: Label, state: Hashable) -> _Part | None:
        """Return the part of a list that is in that state."""
        part = self._parts.get(label)
        return part if part and part.state == state else None

    def keep(self, label: Label, part: _Part) -> None:
        """Keep a part in place of another one."""
        with self._lock:
            if self._length + len(part.ages) > MOST:
                self._parts.clear()
                self._length = 0
            before = self._parts.get(label)
            self._length += len(part.ages) - (len(before.ages) if before else 0)
            self._parts[label] = part


def states(
    connection: Connection, wanted: Collection[Label], state: Hashable
) -> dict[Label, Hashable]:
    """Return what is another value when others follow on an article of a list than before.

    Args:
        connection: within a read transaction.
        wanted: the lists, kinds and keys.
        state: another value when lists may be others though they are not stamped.
    """
    kinds = {(members_in(kind), key): (kind, key) for kind, key in wanted}
    stamps = _STAMPS.rows(connection, wanted=json.dumps(list(kinds)))
    stamped = {kinds[kind, key]: stamp for kind, key, stamp in stamps}
    return {label: (state, stamped.get(label)) for label in wanted}


class LabelParts:
    """What one request reads of lists.

    Args:
        kept: what others read.
        connection: within a read transaction.
        states: of the lists.
        moment: decides what is public, Unix seconds.
        members: the lists, and how many articles will ask for each, from the newest on.
        are_listed: whether all of these are public, and so in their lists: a preview's is not.

    Attributes:
        ages: of what was found, by slugs.
        numbers: of the rows of what was read just now, by slugs: others may be of an earlier state.
    """

    def __init__(
        self,
        kept: KeptParts,
        connection: Connection,
        states: Mapping[Label, Hashable],
        moment: int,
        members: Mapping[Label, int],
        *,
        are_listed: bool,
    ) -> None:
        self._kept = kept
        self._connection = connection
        self._states = states
        self._moment = moment
        self._members = members
        self._are_listed = are_listed
        self._parts: dict[Label, _Part] = {}
        self.ages: dict[str, int] = {}
        self.numbers: dict[str, int] = {}
        for label in members:
            if part := kept.get(label, states[label]):
                self._use(label, part)

    def before(self, label: Label, moment: int) -> Places:
        """Return the `CANDIDATES` newest articles of a list before a moment."""
        part = self._parts.get(label)
        found = part.before(-moment) if part else None
        if found is None:
            self._read([(label, -moment)])
            part = self._parts[label]
            found = part.ages[:CANDIDATES], part.slugs[:CANDIDATES]
        return found

    def prepare(self, asked: Mapping[Label, int]) -> None:
        """Read at once what is lacking of lists before the moments that are asked for first."""
        self._read(
            (label, -moment)
            for label, moment in asked.items()
            if not (part := self._parts.get(label)) or part.before(-moment) is None
        )

    def _read(self, wanted: Iterable[tuple[Label, int]]) -> None:
        """Read parts of lists that follow ages."""
        by_length: dict[int, dict[Label, int]] = {}
        for label, after in wanted:
            by_length.setdefault(self._most(label), {})[label] = after
        for most, afters in by_length.items():
            asked = json.dumps([(*label, after) for label, after in afters.items()])
            found = _READ.rows(self._connection, wanted=asked, most=most, moment=self._moment)
            for kind, key, places in found:
                label = kind, key
                self._take(label, afters[label], sorted(places_from_json(places or "[]")), most)

    def _most(self, label: Label) -> int:
        # Where no other article is among those that ask, one reading is enough for all of them.
        most = CANDIDATES + self._members[label] - 1
        return -(-(max(most, MANY) if label in self._parts else most) // ROUND) * ROUND

    def _take(
        self, label: Label, after: int, places: Sequence[tuple[int, str, int]], most: int
    ) -> None:
        ages, slugs, numbers = map(list, zip(*places, strict=True)) if places else ([], [], [])
        part = _Part(self._states[label], after, ages, slugs, len(places) < most)
        self.numbers.update(zip(slugs, numbers, strict=True))
        self._use(label, part)
        # An old article's page leaves alone what feeds ask for.
        if self._members[label] > 1 or not self._kept.get(label, part.state):
            if self._are_listed:
                self._kept.keep(label, part)
            elif places:  # above the first of them others come that do not stamp the list
                self._kept.keep(label, part._replace(after=part.ages[0]))

    def _use(self, label: Label, part: _Part) -> None:
        self._parts[label] = part
        self.ages.update(zip(part.slugs, part.ages, strict=True))


_WANTED = functions.wanted()
_KIND, _KEY, _AFTER = (functions.item_of(_WANTED.c.value, each) for each in range(3))
_PART = (
    select(labels.c.age, labels.c.article, labels.c.number)
    .join(articles, labels.c.number == articles.c.number)
    .where(
        labels.c.kind == _KIND,
        labels.c.key == _KEY,
        labels.c.age > cast(_AFTER, BigInteger),
        is_public(),
    )
    .order_by(labels.c.age, labels.c.article)
    .limit(bindparam("most", type_=Integer))
    .correlate(_WANTED)
    .subquery("part")
)
_READ = Statement(
    select(_KIND, _KEY, select(functions.list_of(*_PART.c)).scalar_subquery()).select_from(_WANTED)
)
_STAMPS = Statement(
    select(list_changes.c.kind, list_changes.c.slug, list_changes.c.stamp).where(
        list_changes.c.kind == functions.item_of(_WANTED.c.value, 0),
        list_changes.c.slug == functions.item_of(_WANTED.c.value, 1),
    )
)
