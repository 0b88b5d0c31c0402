"""Which rows lose their identity to others: the rule of `identity`, applied to a write.

Functions over an open transaction; only `writer` calls them.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select, update

from feedservice.domain.identity import Claims, decide
from feedservice.index.payload import problems_to_json
from feedservice.index.rows import CHUNK, articles_at
from feedservice.index.schema import articles, claims


def values_of(connection: Connection, paths: Sequence[str]) -> set[tuple[str, str]]:
    """Return what the files at ``paths`` claim: space and value."""
    found: set[tuple[str, str]] = set()
    for start in range(0, len(paths), CHUNK):
        part = paths[start : start + CHUNK]
        rows = connection.execute(
            select(claims.c.space, claims.c.value).where(claims.c.path.in_(part))
        )
        found.update((space, value) for space, value in rows)
    return found


def moved_from(connection: Connection, paths: Collection[str]) -> set[str]:
    """Return those of ``paths`` whose entry id a file at another path claims."""
    found: set[str] = set()
    other = claims.alias()
    is_same = (other.c.space == claims.c.space) & (other.c.value == claims.c.value)
    ordered = sorted(paths)
    for start in range(0, len(ordered), CHUNK):
        part = ordered[start : start + CHUNK]
        statement = (
            select(claims.c.path, other.c.path)
            .join(other, is_same)
            .where(claims.c.space == "id", claims.c.path.in_(part))
        )
        found |= {path for path, at in connection.execute(statement) if at not in paths}
    return found


def claimants_of(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return the files that claim any of these entry ids."""
    found: set[str] = set()
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        part = ordered[start : start + CHUNK]
        statement = select(claims.c.path).where(claims.c.space == "id", claims.c.value.in_(part))
        found.update(connection.execute(statement).scalars())
    return found


def decide_anew(connection: Connection, values: set[tuple[str, str]]) -> bool:
    """Decide who keeps ``values``, and whatever else their claimants claim.

    Returns:
        Whether any row came in or went out.
    """
    claimants: dict[str, Claims] = {}
    pending = set(values)
    done: set[tuple[str, str]] = set()
    while pending:
        done |= pending
        paths = [path for path in _contested(connection, pending) if path not in claimants]
        claimants.update(
            (article.path, Claims.of(article))
            for article in articles_at(connection, paths).values()
        )
        pending = values_of(connection, paths) - done
    lost = decide(claimants.values())
    flipped = False
    for path in claimants:
        conflict = problems_to_json((lost[path],)) if path in lost else None
        old = connection.execute(
            select(articles.c.conflict).where(articles.c.path == path)
        ).scalar()
        if old != conflict:
            connection.execute(
                update(articles).where(articles.c.path == path).values(conflict=conflict)
            )
            flipped = True
    return flipped


def _contested(connection: Connection, values: set[tuple[str, str]]) -> set[str]:
    """The paths that claim a value which several claim, or that are in conflict already."""
    found: set[str] = set()
    for space in ("id", "name"):
        wanted = sorted(value for kind, value in values if kind == space)
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            statement = (
                select(claims.c.path, claims.c.value, articles.c.conflict)
                .join(articles, articles.c.path == claims.c.path)
                .where(claims.c.space == space, claims.c.value.in_(part))
            )
            holders: dict[str, list[str]] = {}
            for path, value, conflict in connection.execute(statement):
                holders.setdefault(value, []).append(path)
                if conflict is not None:
                    found.add(path)
            found.update(path for paths in holders.values() if len(paths) > 1 for path in paths)
    return found
