"""Values → rows, and back, over an open transaction; for `writer`, `conflicts`, `known_site`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
)

from feedservice.domain.model import Article
from feedservice.index import counts, engines
from feedservice.index.changes import unix_seconds
from feedservice.index.packed import Packed, PackedArticle
from feedservice.index.payload import article_from_json
from feedservice.index.schema import (
    articles,
    bodies,
    claims,
    files,
    labels,
    last_good_sources,
    mentions,
    meta,
)
from feedservice.index.statements import Statement, parts, several
from feedservice.index.states import MOMENT
from feedservice.index.words import Body

_META = Statement(select(meta.c.value).where(meta.c.key == bindparam("key")))
_BODIES = Statement(
    select(articles.c.path, bodies.c.teaser, bodies.c.texts)
    .join(bodies, bodies.c.number == articles.c.number)
    .where(articles.c.path.in_(several("paths")))
)
_TEASERS = Statement(select(bodies.c.teaser).where(bodies.c.number.in_(several("numbers"))))
_LAPSED = Statement(
    select(articles.c.number)
    .where(
        articles.c.path.in_(several("paths")),
        or_(
            articles.c.scheduled <= MOMENT,
            and_(articles.c.leaves <= MOMENT, articles.c.leaves > articles.c.indexed_at),
        ),
    )
    .limit(1)
)
_WRITTEN = Statement(
    select(bodies)
    .join(articles, articles.c.number == bodies.c.number)
    .where(articles.c.path.in_(several("paths")))
)
_HIGHEST = Statement(select(func.max(articles.c.number)))
_DELETIONS = {
    column: Statement(delete(column.table).where(column.in_(several("values"))))
    for column in (
        *(files.c.path, last_good_sources.c.path, claims.c.path, meta.c.key),
        *(table.c.number for table in (labels, mentions, bodies, articles)),
    )
}
_INSERTIONS = {
    table: Statement(insert(table))
    for table in (meta, files, last_good_sources, articles, bodies, labels, claims, mentions)
}


def get_meta(connection: Connection, key: str) -> str | None:
    """Return a value of the meta table."""
    found: str | None = _META.run(connection, key=key).scalar()
    return found


def put_meta(connection: Connection, key: str, value: str) -> None:
    """Set a value of the meta table."""
    drop_meta(connection, key)
    _insert(connection, meta, [(key, value)])


def drop_meta(connection: Connection, key: str) -> None:
    """Forget a value of the meta table."""
    _delete(connection, meta.c.key, [key])


def count(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def bodies_at(connection: Connection, paths: Sequence[str]) -> dict[str, tuple[str, bytes]]:
    """Return teaser and texts of the articles that stand at ``paths``."""
    found: dict[str, tuple[str, bytes]] = {}
    for part in parts(paths):
        rows = _BODIES.run(connection, paths=part)
        found.update((path, (teaser, texts)) for path, teaser, texts in rows)
    return found


def articles_at(connection: Connection, paths: Sequence[str]) -> dict[str, Article]:
    """Return the articles that stand at ``paths``, as teasers."""
    return {
        path: article_from_json(teaser)
        for path, (teaser, _texts) in bodies_at(connection, paths).items()
    }


def has_lapsed(connection: Connection, paths: Sequence[str], now: datetime) -> bool:
    """Return whether time published or expired any of these articles since its row was written.

    `IndexReader.last_modified` reads that moment off the row, for every list, so a new row would
    take it back.
    """
    moment = unix_seconds(now)
    return any(_LAPSED.run(connection, paths=part, moment=moment).first() for part in parts(paths))


def teasers_of(connection: Connection, numbers: Sequence[int]) -> list[Article]:
    """Return the articles of rows, without their texts."""
    found = (_TEASERS.run(connection, numbers=part).scalars() for part in parts(numbers))
    return [article_from_json(teaser) for part in found for teaser in part]


def forget(connection: Connection, paths: Collection[str]) -> None:
    """Remove what is known of files that are no more."""
    _delete(connection, files.c.path, paths)
    _delete(connection, last_good_sources.c.path, paths)


def put_files(connection: Connection, packed: Sequence[Packed]) -> None:
    """Write the state of files, their problems, and the text of good ones."""
    _delete(connection, files.c.path, [each.path for each in packed])
    columns = attrgetter(*files.c.keys())
    states = [columns(each) for each in packed]
    _insert(connection, files, states)
    good = [(each.path, each.text) for each in packed if each.text]
    _delete(connection, last_good_sources.c.path, [path for path, _ in good])
    _insert(connection, last_good_sources, good)


def drop_articles(connection: Connection, paths: Sequence[str]) -> list[Body]:
    """Remove the rows of the articles at ``paths``; return what they said."""
    dropped = [Body(*row) for part in parts(paths) for row in _WRITTEN.run(connection, paths=part)]
    if dropped:
        numbers = [row.number for row in dropped]
        counts.drop(connection, numbers)
        for table in (labels, mentions, bodies, articles):
            _delete(connection, table.c.number, numbers)
        _delete(connection, claims.c.path, paths)
    return dropped


def add_articles(
    connection: Connection, added: Sequence[PackedArticle], now: datetime
) -> list[Body]:
    """Write the rows of articles whose paths have none; return what they say."""
    if not added:
        return []
    numbered = list(enumerate(added, _next_number(connection)))
    put_meta(connection, "last_number", str(numbered[-1][0]))
    moment = now.timestamp()
    _insert(
        connection,
        articles,
        [
            (
                *(number, a.path, a.slug, a.published, a.leaves, a.status, int(moment)),
                *(a.published if a.published > moment else None, None),
            )
            for number, a in numbered
        ],
    )
    said = [Body(number, a.teaser, a.texts) for number, a in numbered]
    _insert(connection, bodies, said)
    listed = [
        (kind, key, -a.published, a.slug, n, *rest)
        for n, a in numbered
        for kind, key, *rest in a.labels
    ]
    _insert(connection, labels, listed)
    _insert(connection, claims, [(*claim, a.path) for _, a in numbered for claim in a.claims])
    _insert(
        connection,
        mentions,
        [(*mention, number) for number, a in numbered for mention in a.mentions],
    )
    counts.add(connection, added)
    return said


def _next_number(connection: Connection) -> int:
    """One that no row ever had: what is kept of a row is kept by its number."""
    highest = _HIGHEST.run(connection).scalar() or 0
    return max(highest, int(get_meta(connection, "last_number") or 0)) + 1


def _insert(connection: Connection, table: Table, added: Sequence[tuple[object, ...]]) -> None:
    """Insert rows whose values stand in the order of the table's columns."""
    engines.of(connection).insert(connection, table, _INSERTIONS[table], added)


def _delete(
    connection: Connection, column: Column[Any], values: Collection[str] | Collection[int]
) -> None:
    for part in parts(list[Any](values)):
        _DELETIONS[column].run(connection, values=part)
