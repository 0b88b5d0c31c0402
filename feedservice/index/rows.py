"""Values → rows, and back, over an open transaction; only `writer` and `conflicts` call them."""

import json
import zlib
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, insert, or_, select, text

from feedservice.identity import Claims
from feedservice.index.changes import Reading, answers_to, labels_of, mentions_of
from feedservice.index.payload import article_from_json, article_to_json, brief_to_json, problems_to_json
from feedservice.index.query import epoch
from feedservice.index.schema import articles, claims, files, kept, labels, mentions, meta
from feedservice.model import Article, Status
from feedservice.text import tokens

CHUNK = 500
"""Databases bound the number of parameters of a statement."""


def get_meta(connection: Connection, key: str) -> str | None:
    """Return a value of the meta table."""
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()


def put_meta(connection: Connection, key: str, value: str) -> None:
    """Set a value of the meta table."""
    connection.execute(delete(meta).where(meta.c.key == key))
    connection.execute(insert(meta).values(key=key, value=value))


def articles_at(connection: Connection, paths: Sequence[str]) -> dict[str, Article]:
    """Return the articles that stand at ``paths``."""
    found: dict[str, Article] = {}
    for start in range(0, len(paths), CHUNK):
        part = paths[start : start + CHUNK]
        statement = select(articles.c.path, articles.c.payload).where(articles.c.path.in_(part))
        found.update((path, article_from_json(payload)) for path, payload in connection.execute(statement))
    return found


def newest(connection: Connection, without: Collection[str], now: datetime) -> int:
    """Return the latest publication (epoch seconds) among what is shown at other paths than ``without``; 0 for none."""
    walk = (
        select(articles.c.path, articles.c.published)
        .where(articles.c.status != Status.DRAFT.value, articles.c.published <= epoch(now))
        .order_by(articles.c.published.desc())
    )
    with connection.execute(walk) as result:
        return next((int(published) for path, published in result if path not in without), 0)


def is_mentioned(connection: Connection, article: Article) -> bool:
    """Return whether any article links to this one, by slug, alias or file."""
    wanted = or_(*((mentions.c.space == space) & (mentions.c.value == value) for space, value in answers_to(article)))
    return connection.execute(select(mentions.c.number).where(wanted).limit(1)).first() is not None


def has_lapsed(connection: Connection, paths: Sequence[str], now: datetime) -> bool:
    """Return whether time published or expired any of these articles since its row was written.

    `IndexReader.last_modified` reads that moment off the row, for every list, so a new row would take it back.
    """
    moment = epoch(now)
    passed = or_(
        articles.c.scheduled <= moment, and_(articles.c.expires <= moment, articles.c.expires > articles.c.seen)
    )
    parts = (paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK))
    return any(
        connection.execute(select(articles.c.number).where(articles.c.path.in_(part), passed).limit(1)).first()
        for part in parts
    )


def forget(connection: Connection, paths: Collection[str]) -> None:
    """Remove what is known of files that are no more."""
    _delete(connection, files, "path", paths)
    _delete(connection, kept, "path", paths)


def put_files(connection: Connection, readings: Sequence[Reading]) -> None:
    """Write the state of files, their problems, and the text of good ones."""
    if not readings:
        return
    _delete(connection, files, "path", [reading.state.path for reading in readings])
    connection.execute(
        insert(files),
        [
            {
                "path": reading.state.path,
                "size": reading.state.size,
                "mtime_ns": reading.state.mtime_ns,
                "digest": reading.state.digest,
                "key": reading.state.key,
                "assets": json.dumps(reading.state.assets),
                "problems": problems_to_json(reading.problems),
            }
            for reading in readings
        ],
    )
    good = [
        {"path": reading.state.path, "text": zlib.compress(reading.text.encode(), 1)}
        for reading in readings
        if reading.text
    ]
    if good:
        _delete(connection, kept, "path", [str(row["path"]) for row in good])
        connection.execute(insert(kept), good)


def drop_articles(connection: Connection, paths: Sequence[str]) -> None:
    """Remove the rows of the articles at ``paths``."""
    numbers: list[int] = []
    for start in range(0, len(paths), CHUNK):
        part = paths[start : start + CHUNK]
        numbers += connection.execute(select(articles.c.number).where(articles.c.path.in_(part))).scalars()
    if numbers:
        connection.execute(text("DELETE FROM search WHERE rowid = :number"), [{"number": n} for n in numbers])
        for table in (labels, mentions, articles):
            _delete(connection, table, "number", numbers)
        _delete(connection, claims, "path", paths)


def add_articles(connection: Connection, added: Sequence[Article], now: datetime) -> None:
    """Write the rows of articles whose paths have none."""
    if not added:
        return
    first = (connection.execute(select(func.max(articles.c.number))).scalar() or 0) + 1
    numbered = list(enumerate(added, first))
    connection.execute(insert(articles), [_article_row(number, article, now) for number, article in numbered])
    many: dict[Table, list[dict[str, object]]] = {labels: [], claims: [], mentions: []}
    for number, article in numbered:
        published = epoch(article.published)
        many[labels] += (
            {
                "kind": kind,
                "slug": slug,
                "published": published,
                "article": article.slug,
                "number": number,
                "label": label,
            }
            for (kind, slug), label in labels_of(article).items()
        )
        many[claims] += (
            {"space": claim.space, "value": claim.value, "path": article.path}
            for claim in dict.fromkeys(claim for claim, _ in Claims.of(article).each())
        )
        many[mentions] += ({"number": number, "space": space, "value": value} for space, value in mentions_of(article))
    for table, its_rows in many.items():
        if its_rows:
            connection.execute(insert(table), its_rows)
    connection.execute(
        text("INSERT INTO search(rowid, tokens) VALUES (:number, :tokens)"),
        [{"number": number, "tokens": _searchable(article)} for number, article in numbered],
    )


def _article_row(number: int, article: Article, now: datetime) -> dict[str, object]:
    published = epoch(article.published)
    return {
        "number": number,
        "path": article.path,
        "slug": article.slug,
        "published": published,
        "expires": epoch(article.expires) if article.expires else None,
        "status": article.status.value,
        "seen": epoch(now),
        "scheduled": published if article.published > now else None,
        "conflict": None,
        "brief": brief_to_json(article),
        "payload": article_to_json(article),
    }


def _delete(connection: Connection, table: Table, column: str, values: Collection[str] | Collection[int]) -> None:
    if values:
        statement = delete(table).where(table.c[column] == bindparam("value"))
        connection.execute(statement, [{"value": value} for value in values])


def _searchable(article: Article) -> str:
    """The words of an article, as `text.tokens` makes them."""
    names = (*(tag.label for tag in article.tags), *(author.name for author in article.authors))
    return " ".join(tokens(" ".join((article.title, article.summary, *names, article.text))))
