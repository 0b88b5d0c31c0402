"""Which rows lose their identity to others: the rule of `identity`, applied to a write.

Functions over an open transaction; only `writer` calls them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import get_args

from sqlalchemy import Connection, bindparam, delete, select, text, update

from feedservice.domain.identity import Claim, Claims, Space, decide, each_claim
from feedservice.index.changes import SITE, Label, labels_of, unix_seconds
from feedservice.index.payload import problems_to_json
from feedservice.index.rows import articles_at
from feedservice.index.schema import articles, claims, holders
from feedservice.index.statements import Statement, parts, several
from feedservice.index.states import is_public

_ITS_CLAIM = (claims.c.space == bindparam("space")) & claims.c.value.in_(several("values"))
_ITS_HOLDER = (holders.c.space == bindparam("space")) & holders.c.value.in_(several("values"))
_CLAIMS = Statement(
    select(claims.c.space, claims.c.value).where(claims.c.path.in_(several("paths")))
)
_OTHER = claims.alias()
_WITH_SAME_ID = Statement(
    select(claims.c.path, _OTHER.c.path)
    .join(_OTHER, (_OTHER.c.space == claims.c.space) & (_OTHER.c.value == claims.c.value))
    .where(claims.c.space == "id", claims.c.path.in_(several("paths")))
)
_CLAIMANTS = Statement(
    select(claims.c.path, claims.c.value, articles.c.conflict)
    .join(articles, articles.c.path == claims.c.path)
    .where(_ITS_CLAIM)
)
_HOLDERS = Statement(
    select(claims.c.value, claims.c.path)
    .join(articles, articles.c.path == claims.c.path)
    .where(_ITS_CLAIM, is_public())
)
_REMEMBERED = Statement(select(holders.c.value, holders.c.path).where(_ITS_HOLDER))
_FORGET = Statement(delete(holders).where(_ITS_HOLDER))
_NOTE = Statement(
    text(
        "INSERT INTO holders (space, value, path) VALUES (:space, :value, :path)"
        " ON CONFLICT (space, value) DO UPDATE SET path = excluded.path"
    )
)
_CONFLICTS = Statement(
    select(articles.c.path, articles.c.conflict).where(articles.c.path.in_(several("paths")))
)
_FLIP = (
    update(articles)
    .where(articles.c.path == bindparam("its_path"))
    .values(conflict=bindparam("its_conflict"))
)


def values_of(connection: Connection, paths: Sequence[str]) -> set[tuple[str, str]]:
    """Return what the files at ``paths`` claim: space and value."""
    found: set[tuple[str, str]] = set()
    for part in parts(paths):
        rows = _CLAIMS.run(connection, paths=part)
        found.update((space, value) for space, value in rows)
    return found


def moved_from(connection: Connection, paths: Collection[str]) -> set[str]:
    """Return those of ``paths`` whose entry id a file at another path claims."""
    found: set[str] = set()
    for part in parts(sorted(paths)):
        rows = _WITH_SAME_ID.run(connection, paths=part)
        found |= {path for path, at in rows if at not in paths}
    return found


def claimants_of(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return the files that claim any of these entry ids."""
    found: set[str] = set()
    for space, part in _by_space({("id", value) for value in ids}):
        rows = _CLAIMANTS.run(connection, space=space, values=part)
        found.update(path for path, _, _ in rows)
    return found


def holders_of(
    connection: Connection, values: Collection[tuple[str, str]], now: datetime
) -> dict[Claim, str]:
    """Return which public article has each of ``values`` now."""
    found: dict[Claim, str] = {}
    for space, part in _by_space(values):
        rows = _HOLDERS.run(connection, space=space, values=part, moment=unix_seconds(now))
        found |= {Claim(space, value): path for value, path in rows}
    return found


def remembered(connection: Connection, values: Collection[tuple[str, str]]) -> dict[Claim, str]:
    """Return who kept each of ``values`` when it was contested in an index before this one."""
    found: dict[Claim, str] = {}
    for space, part in _by_space(values):
        rows = _REMEMBERED.run(connection, space=space, values=part)
        found |= {Claim(space, value): path for value, path in rows}
    return found


def decide_anew(
    connection: Connection,
    values: set[tuple[str, str]],
    now: datetime,
    held: Mapping[Claim, str] | None,
) -> set[Label]:
    """Decide who keeps ``values``, and whatever else their claimants claim.

    Args:
        connection: of the transaction that wrote the claims.
        values: spaces and values.
        now: the moment: who is not public keeps nothing from who is.
        held: who held ``values`` before that write; None while an empty index is being filled,
            where what is remembered holds.

    Returns:
        The lists that a row came into or went out of.
    """
    claimants: dict[str, Claims] = {}
    lists: dict[str, set[Label]] = {}
    pending = set(values)
    done: set[tuple[str, str]] = set()
    while pending:
        done |= pending
        paths = [path for path in _contested(connection, pending) if path not in claimants]
        for path, article in articles_at(connection, paths).items():
            claimants[path] = Claims.of(article, now)
            lists[path] = {SITE, *labels_of(article)}
        pending = values_of(connection, paths) - done
    if held is None:
        before = remembered(connection, done) if claimants else {}
    else:
        before = {**holders_of(connection, done - values, now), **held} if claimants else {}
    lost = decide(claimants.values(), before)
    if held is not None:
        _remember(connection, done, [each for path, each in claimants.items() if path not in lost])
    wanted = {path: problems_to_json((lost[path],)) if path in lost else None for path in claimants}
    flipped = [
        {"its_path": path, "its_conflict": wanted[path]}
        for part in parts(list(claimants))
        for path, conflict in _CONFLICTS.run(connection, paths=part)
        if conflict != wanted[path]
    ]
    if flipped:
        connection.execute(_FLIP, flipped)
    return set[Label]().union(*(lists[each["its_path"]] for each in flipped))


def _remember(
    connection: Connection, values: Collection[tuple[str, str]], kept: Sequence[Claims]
) -> None:
    """Note who keeps what is contested, for an index that is filled anew."""
    for space, part in _by_space(values):
        _FORGET.run(connection, space=space, values=part)
    public = [each for each in kept if each.is_public]
    note(connection, {claim: each.path for each in public for claim, _code in each_claim(each)})


def note(connection: Connection, held: Mapping[Claim, str]) -> None:
    """Note who keeps some claims, for an index that is filled anew."""
    _NOTE.run_each(connection, [(str(claim.space), claim.value, held[claim]) for claim in held])


def _by_space(values: Collection[tuple[str, str]]) -> Iterator[tuple[Space, Sequence[str]]]:
    """Values of one space at a time, as many as a statement takes."""
    for space in get_args(Space):
        wanted = sorted(value for kind, value in values if kind == space)
        for part in parts(wanted):
            yield space, part


def _contested(connection: Connection, values: set[tuple[str, str]]) -> set[str]:
    """The paths that claim a value which several claim, or that are in conflict already."""
    found: set[str] = set()
    for space, part in _by_space(values):
        claimants: dict[str, list[str]] = {}
        for path, value, conflict in _CLAIMANTS.run(connection, space=space, values=part):
            claimants.setdefault(value, []).append(path)
            if conflict is not None:
                found.add(path)
        found.update(path for paths in claimants.values() if len(paths) > 1 for path in paths)
    return found
