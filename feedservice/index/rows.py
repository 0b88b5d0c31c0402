"""Values → rows, and back, over an open transaction; only `writer` and `conflicts` call them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter

from sqlalchemy import Connection, Table, and_, delete, func, insert, or_, select, text

from feedservice.domain.model import Article, Status
from feedservice.index.changes import answers_to, unix_seconds
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

CHUNK = 500
"""Databases bound the number of parameters of a statement."""


def get_meta(connection: Connection, key: str) -> str | None:
    """Return a value of the meta table."""
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()


def put_meta(connection: Connection, key: str, value: str) -> None:
    """Set a value of the meta table."""
    connection.execute(delete(meta).where(meta.c.key == key))
    connection.execute(insert(meta).values(key=key, value=value))


def count(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def payloads_at(connection: Connection, paths: Sequence[str]) -> dict[str, str]:
    """Return the payloads of the articles that stand at ``paths``."""
    found: dict[str, str] = {}
    for start in range(0, len(paths), CHUNK):
        part = paths[start : start + CHUNK]
        statement = (
            select(articles.c.path, bodies.c.payload)
            .join(bodies, bodies.c.number == articles.c.number)
            .where(articles.c.path.in_(part))
        )
        found.update((path, payload) for path, payload in connection.execute(statement))
    return found


def articles_at(connection: Connection, paths: Sequence[str]) -> dict[str, Article]:
    """Return the articles that stand at ``paths``."""
    return {
        path: article_from_json(payload) for path, payload in payloads_at(connection, paths).items()
    }


def newest(connection: Connection, without: Collection[str], now: datetime) -> int:
    """Return the latest publication (Unix seconds; 0 for none) of what is shown at other paths."""
    walk = (
        select(articles.c.path, articles.c.published)
        .where(articles.c.status != Status.DRAFT.value, articles.c.published <= unix_seconds(now))
        .order_by(articles.c.published.desc())
    )
    with connection.execute(walk) as result:
        return next((int(published) for path, published in result if path not in without), 0)


def is_mentioned(connection: Connection, article: Article) -> bool:
    """Return whether any article links to this one, by slug, alias or file."""
    wanted = or_(
        *(
            (mentions.c.space == space) & (mentions.c.value == value)
            for space, value in answers_to(article)
        )
    )
    return connection.execute(select(mentions.c.number).where(wanted).limit(1)).first() is not None


def has_lapsed(connection: Connection, paths: Sequence[str], now: datetime) -> bool:
    """Return whether time published or expired any of these articles since its row was written.

    `IndexReader.last_modified` reads that moment off the row, for every list, so a new row would
    take it back.
    """
    moment = unix_seconds(now)
    passed = or_(
        articles.c.scheduled <= moment,
        and_(articles.c.leaves <= moment, articles.c.leaves > articles.c.indexed_at),
    )
    parts = (paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK))
    return any(
        connection.execute(
            select(articles.c.number).where(articles.c.path.in_(part), passed).limit(1)
        ).first()
        for part in parts
    )


def forget(connection: Connection, paths: Collection[str]) -> None:
    """Remove what is known of files that are no more."""
    _delete(connection, files, "path", paths)
    _delete(connection, last_good_sources, "path", paths)


def put_files(connection: Connection, packed: Sequence[Packed]) -> None:
    """Write the state of files, their problems, and the text of good ones."""
    _delete(connection, files, "path", [each.path for each in packed])
    columns = attrgetter(*files.c.keys())
    states = [columns(each) for each in packed]
    _insert(connection, files, states)
    good = [(each.path, each.text) for each in packed if each.text]
    _delete(connection, last_good_sources, "path", [path for path, _ in good])
    _insert(connection, last_good_sources, good)


def drop_articles(connection: Connection, paths: Sequence[str]) -> None:
    """Remove the rows of the articles at ``paths``."""
    numbers: list[int] = []
    for start in range(0, len(paths), CHUNK):
        part = paths[start : start + CHUNK]
        numbers += connection.execute(
            select(articles.c.number).where(articles.c.path.in_(part))
        ).scalars()
    if numbers:
        connection.execute(
            text("DELETE FROM search WHERE rowid = :number"), [{"number": n} for n in numbers]
        )
        for table in (labels, mentions, bodies, articles):
            _delete(connection, table, "number", numbers)
        _delete(connection, claims, "path", paths)


def add_articles(connection: Connection, added: Sequence[PackedArticle], now: datetime) -> None:
    """Write the rows of articles whose paths have none."""
    if not added:
        return
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
    _insert(connection, bodies, [(number, a.teaser, a.payload) for number, a in numbered])
    listed = [
        (kind, slug, -a.published, a.slug, n, label)
        for n, a in numbered
        for kind, slug, label in a.labels
    ]
    _insert(connection, labels, listed)
    _insert(connection, claims, [(*claim, a.path) for _, a in numbered for claim in a.claims])
    _insert(
        connection,
        mentions,
        [(*mention, number) for number, a in numbered for mention in a.mentions],
    )
    connection.execute(
        text("INSERT INTO search(rowid, tokens) VALUES (:number, :tokens)"),
        [{"number": number, "tokens": a.tokens} for number, a in numbered],
    )


def _next_number(connection: Connection) -> int:
    """One that no row ever had: what is kept of a row is kept by its number."""
    highest = connection.execute(select(func.max(articles.c.number))).scalar() or 0
    return max(highest, int(get_meta(connection, "last_number") or 0)) + 1


def _insert(connection: Connection, table: Table, added: Sequence[tuple[object, ...]]) -> None:
    """Insert rows whose values stand in the order of the table's columns.

    Handed to the driver as they are: to make a mapping of each row and take it apart again costs as
    much as inserting.
    """
    if not added:
        return
    statement = str(insert(table).compile(dialect=connection.dialect))
    if not connection.dialect.positional:
        names = table.columns.keys()
        connection.exec_driver_sql(statement, [dict(zip(names, row, strict=True)) for row in added])
        return
    connection.exec_driver_sql(statement, list(added))


def _delete(
    connection: Connection, table: Table, column: str, values: Collection[str] | Collection[int]
) -> None:
    ordered = list(values)
    for start in range(0, len(ordered), CHUNK):
        connection.execute(delete(table).where(table.c[column].in_(ordered[start : start + CHUNK])))
