"""Everything that is wrong with the site: what `check` tells, found in the index. Reads only.

What one file can tell of itself is kept with it. Names that nothing answers to are found anew each
time, so that a file which comes or goes changes no other's row.
"""

import json
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import cache, partial
from itertools import chain
from types import MappingProxyType

from sqlalchemy import Connection, Text, and_, bindparam, exists, or_, select

from feedservice.domain.dead_links import SPACE as ADDRESS
from feedservice.domain.dead_links import LinkRule
from feedservice.domain.model import Problem
from feedservice.domain.near_names import Nearest
from feedservice.domain.references import (
    ANCHOR_SPACES,
    Anchors,
    Reference,
    at_its_claim,
    broken,
    in_order,
)
from feedservice.index import former_slugs
from feedservice.index.payload import problems_from_json, site_from_json
from feedservice.index.rows import get_meta
from feedservice.index.schema import HAS_PROBLEMS, articles, claims, files, mentions, meta
from feedservice.index.statements import Statement, parts, several

_OF_FILES = Statement(select(files.c.problems).where(HAS_PROBLEMS))
_ANCHORS = Statement(
    select(mentions.c.space, mentions.c.value)
    .where(mentions.c.space.in_([*ANCHOR_SPACES]))
    .distinct()
)
_ADDRESSES = Statement(select(mentions.c.value).where(mentions.c.space == ADDRESS).distinct())
_NAMED = Statement(
    select(claims.c.path)
    .join(files, files.c.path == claims.c.path)
    .where(claims.c.space == "name", claims.c.value == bindparam("name", type_=Text))
    .where(files.c.names.is_not(None))
    .limit(1)
)
_LINKING = Statement(
    select(articles.c.path, files.c.names, mentions.c.space, mentions.c.value)
    .join(articles, articles.c.number == mentions.c.number)
    .join(files, files.c.path == articles.c.path)
    .where(files.c.names.is_not(None))
    .where(mentions.c.space == ADDRESS, mentions.c.value.in_(several("values")))
)
_NAMES = MappingProxyType(
    {
        "path": Statement(
            select(files.c.path, files.c.names)
            .where(files.c.path.in_(several("values")))
            .where(files.c.names.is_not(None))
        ),
        "name": Statement(
            select(claims.c.value, files.c.names)
            .join(files, files.c.path == claims.c.path)
            .where(claims.c.space == "name", claims.c.value.in_(several("values")))
            .where(files.c.names.is_not(None))
        ),
    }
)
"""The references of files that are good, by what they are named."""


def problems(connection: Connection, now: datetime, *, hints: bool) -> tuple[Problem, ...]:
    """Return what is wrong with site.yaml, with files and beside others, by path, line and column.

    Args:
        connection: an open one.
        now: decides which articles readers know.
        hints: whether a missing name is told with the nearest one, which costs most of the time.
    """
    found: list[Problem] = []
    site = select(meta.c.value).where(meta.c.key == "site_problems")
    for rows in (connection.execute(site), _OF_FILES.run(connection)):
        for row in rows.scalars():
            found += problems_from_json(row)
    found += _lost_claims(connection)
    found += former_slugs.problems(connection, now)
    found += _broken_references(connection, hints=hints)
    return in_order(found)


def _lost_claims(connection: Connection) -> Iterator[Problem]:
    lost = (
        select(articles.c.conflict, files.c.names)
        .join(files, files.c.path == articles.c.path)
        .where(articles.c.conflict.is_not(None))
    )
    for conflict, names in connection.execute(lost):
        for problem in problems_from_json(conflict):
            yield at_its_claim(problem, _references(names))


def _broken_references(connection: Connection, *, hints: bool) -> Iterator[Problem]:
    site = get_meta(connection, "site")
    if site is None:  # nor are there articles
        return
    # Good files only, as `check` knows them: an article that is kept of a file which is broken now
    # neither answers nor asks.
    holder = files.alias()
    name = (
        exists()
        .where(claims.c.space == "name", claims.c.value == mentions.c.value)
        .where(holder.c.path == claims.c.path, holder.c.names.is_not(None))
    )
    path = exists().where(holder.c.path == mentions.c.value, holder.c.names.is_not(None))
    unanswered = (
        select(articles.c.path, files.c.names, mentions.c.space, mentions.c.value)
        .join(articles, articles.c.number == mentions.c.number)
        .join(files, files.c.path == articles.c.path)
        .where(files.c.names.is_not(None))
        .where(
            or_(
                and_(mentions.c.space == "name", ~name),
                and_(mentions.c.space == "path", ~path),
                mentions.c.space.in_([*ANCHOR_SPACES]),
            )
        )
    )
    anchors = _anchors(connection)
    lacking = anchors.missing()
    missing: dict[str, set[tuple[str, str]]] = {}
    references: dict[str, str] = {}
    rule = LinkRule(site_from_json(site), partial(_is_named, connection))
    is_dead = cache(rule.is_dead)
    for file, names, space, value in chain(
        connection.execute(unanswered), _linking(connection, is_dead)
    ):
        is_led_on = space == "path" and rule.leads_on(value)
        if not is_led_on and (space not in ANCHOR_SPACES or (space, value) in lacking):
            missing.setdefault(file, set()).add((space, value))
            references[file] = names
    known = _Known(connection, anchors, rule)
    for file, values in missing.items():
        nearest = known.nearest if hints else _no_hint
        yield from broken(file, _references(references[file]), values, nearest)


def _linking(
    connection: Connection, is_dead: Callable[[str], bool]
) -> Iterator[tuple[str, str, str, str]]:
    """Files, their names, and the addresses in them at which nothing is."""
    dead = [address for address in _ADDRESSES.run(connection).scalars() if is_dead(address)]
    for values in parts(dead):
        yield from _LINKING.rows(connection, values=values)


def _is_named(connection: Connection, name: str) -> bool:
    is_claimed = _NAMED.rows(connection, name=name)
    return bool(is_claimed or former_slugs.at(connection, [name]))


def _anchors(connection: Connection) -> Anchors:
    """The places that links mention, and those that the articles have to which these lead."""
    anchors = Anchors((space, value) for space, value in _ANCHORS.run(connection))
    for space, statement in _NAMES.items():
        for values in parts([value for its_space, value in anchors.wanted if its_space == space]):
            for value, names in statement.run(connection, values=values):
                anchors.add((space, value), _references(names))
    return anchors


class _Known:
    """The names of good files, read once one is asked for."""

    def __init__(self, connection: Connection, anchors: Anchors, rule: LinkRule) -> None:
        good = files.c.names.is_not(None)
        self._connection = connection
        self._statements = {
            "path": select(files.c.path).where(good),
            "name": select(claims.c.value)
            .join(files, files.c.path == claims.c.path)
            .where(claims.c.space == "name", good)
            .distinct(),
        }
        self._anchors = anchors
        self._rule = rule
        self._nearest: dict[str, Nearest] = {}

    def nearest(self, space: str, value: str, but: Collection[str]) -> str:
        if space in ANCHOR_SPACES:
            return self._anchors.nearest(space, value)
        if space == ADDRESS:
            return self._rule.nearest(value, lambda name: self.nearest("name", name, but))
        if space not in self._nearest:
            known = self._connection.execute(self._statements[space]).scalars()
            self._nearest[space] = Nearest(known)
        return self._nearest[space](value, but)


def _no_hint(*_: object) -> str:
    return ""


def _references(names: str | None) -> list[Reference]:
    return [Reference(*each) for each in json.loads(names or "[]")]
