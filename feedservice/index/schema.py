"""The tables. Another `SCHEMA_VERSION` drops and rebuilds the cache; there are no migrations. Pure.

Rows are the columns that are queried, plus the article as JSON and its texts, compressed, so a new
article field changes no SQL. In SQLite a table that is found by its key is that key's tree
(``WITHOUT ROWID``), not a heap beside it: a write changes one page less for each row. The columns
of its key stand first and in order, or SQLite 3.40 finds damage where there is none. What `durable`
tables hold is not a cache, and a rebuild leaves it as it is.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

SCHEMA_VERSION = 27

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""In the order of code points, as Python and SQLite have it."""


def _where(condition: str) -> dict[str, Any]:
    """Have an index hold those rows only.

    Said to SQLite alone: what names PostgreSQL loads all of its drivers, a twelfth of a start;
    `engines.postgresql` hands it on.
    """
    return {"sqlite_where": text(condition)}


HAS_PROBLEMS = text("problems != '[]'")
"""Of `files`; literally, since SQLite finds the index of these rows by nothing else."""

cache = MetaData()
durable = MetaData()

meta = Table(
    "meta", cache, Column("key", _TEXT, primary_key=True), Column("value", _TEXT, nullable=False)
)

files = Table(
    "files",
    cache,
    Column("path", _TEXT, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("ctime_ns", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("digest", _TEXT, nullable=False),
    Column("key", _TEXT, nullable=False),
    Column("assets", _TEXT, nullable=False),
    Column("problems", _TEXT, nullable=False),
    Column("names", _TEXT),
    Index("files_broken", "path", **_where("names IS NULL")),
    Index("files_with_problems", "path", **_where(HAS_PROBLEMS.text)),
    sqlite_with_rowid=False,
)
"""Every article file that was read, good or bad; ``problems`` is a JSON list, and so is ``names``,
of the `Reference`s of a good file (null for a broken one)."""

articles = Table(
    "articles",
    cache,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("path", _TEXT, nullable=False, unique=True),
    Column("slug", _TEXT, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("leaves", BigInteger),
    Column("status", _TEXT, nullable=False),
    Column("indexed_at", BigInteger, nullable=False),
    Column("scheduled", BigInteger),
    Column("conflict", _TEXT),
    Index("articles_by_slug", "slug"),
    Index("articles_by_schedule", "scheduled"),
    Index("articles_by_leaving", "leaves", "status", "published", **_where("leaves IS NOT NULL")),
    Index("articles_by_expiry", "leaves", **_where("leaves > indexed_at")),
    Index("articles_by_status", "status", "published"),
    Index("articles_in_conflict", "status", **_where("conflict IS NOT NULL")),
)
"""Articles that were read, moments in Unix seconds. ``leaves`` is when it leaves its lists (it
expires, or was withdrawn), ``indexed_at`` when the row was written (what leaves by time alone does
so later than that), ``scheduled`` the publication where that was still to come; ``conflict`` is the
Problem of a file that lost its identity to another, and a row with one is shown to nobody."""

Index("articles_by_date", articles.c.published.desc(), articles.c.slug)

bodies = Table(
    "bodies",
    cache,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("teaser", _TEXT, nullable=False),
    Column("texts", LargeBinary, nullable=False),
)
"""What articles say: all but their texts, and these, as `payload` writes them. Apart from
``articles``, so that whoever counts or filters those reads thirty to a page of the database."""

labels = Table(
    "labels",
    cache,
    Column("kind", _TEXT, nullable=False),
    Column("key", _TEXT, nullable=False),
    Column("age", BigInteger, nullable=False),
    Column("article", _TEXT, nullable=False),
    Column("number", Integer, nullable=False),
    Column("slug", _TEXT, nullable=False),
    Column("label", _TEXT, nullable=False),
    Column("former", _TEXT),
    PrimaryKeyConstraint("kind", "key", "age", "article", "number"),
    Index("labels_of", "number", "kind", "key", unique=True),
    Index("labels_formerly", "former", "kind", **_where("former IS NOT NULL")),
    sqlite_with_rowid=False,
)
"""Categories, tags and authors of articles: the walk of one label, newest first, ties by slug, is a
walk of the table itself. ``age`` is the publication, negative: a key sorts all its columns one way.
``key`` is of all spellings of a label (`label_slugs.label_key`), ``slug`` and ``label`` are as this
article has them, ``former`` is the slug that it had once, where that was another."""

counts = Table(
    "counts",
    cache,
    Column("kind", _TEXT, primary_key=True),
    Column("key", _TEXT, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How many articles of each list, and of each month, say that they are published; see `counts`."""

claims = Table(
    "claims",
    cache,
    Column("space", _TEXT, nullable=False),
    Column("value", _TEXT, nullable=False),
    Column("path", _TEXT, nullable=False),
    PrimaryKeyConstraint("space", "value", "path"),
    Index("claims_of", "path"),
    sqlite_with_rowid=False,
)
"""Ids, slugs and aliases, and who claims them."""

mentions = Table(
    "mentions",
    cache,
    Column("space", _TEXT, nullable=False),
    Column("value", _TEXT, nullable=False),
    Column("number", Integer, nullable=False),
    PrimaryKeyConstraint("space", "value", "number"),
    Index("mentions_of", "number"),
    sqlite_with_rowid=False,
)
"""Slugs (``name``) and files (``path``) that articles link to, and places in these articles
(`references.ANCHOR_SPACES`), whether they are there or not; pictures of which smaller ones are made
(`derived_pictures.mention`)."""

list_changes = Table(
    "list_changes",
    cache,
    Column("kind", _TEXT, primary_key=True),
    Column("slug", _TEXT, primary_key=True),
    Column("stamp", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""When something that a list shows last changed, by the ``key`` of a label; and, as kinds of their
own, when entries that stay in it may have, and who follows on whom. See `stamps`."""

last_good_sources = Table(
    "last_good_sources",
    durable,
    Column("path", _TEXT, primary_key=True),
    Column("text", LargeBinary, nullable=False),
)
"""The last good text of each file, compressed."""

holders = Table(
    "holders",
    durable,
    Column("space", _TEXT, primary_key=True),
    Column("value", _TEXT, primary_key=True),
    Column("path", _TEXT, nullable=False),
)
"""Which file keeps an id, slug or alias that several claim: a rebuild takes it from no one."""

former_slugs = Table(
    "former_slugs",
    durable,
    Column("slug", _TEXT, primary_key=True),
    Column("entry_id", _TEXT, nullable=False),
    Index("former_slugs_of", "entry_id"),
)
"""Slugs by which readers knew articles that have others now, or are gone; see `former_slugs`."""

passed = Table(
    "passed", durable, Column("moment", BigInteger, primary_key=True, autoincrement=False)
)
"""The latest moment that came for readers, in Unix seconds: one row, if any; see `passed`."""

departures = Table(
    "departures",
    durable,
    Column("kind", _TEXT, primary_key=True),
    Column("key", _TEXT, primary_key=True),
    Column("moment", BigInteger, nullable=False),
)
"""When a list had last changed by an article that is no longer there; see `departures`."""

pings = Table(
    "pings",
    durable,
    Column("hub", _TEXT, primary_key=True),
    Column("kind", _TEXT, primary_key=True),
    Column("slug", _TEXT, primary_key=True),
    Column("changed", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("failing_since", BigInteger, nullable=False),
    Index("pings_by_due", "hub", "due"),
)
"""Hubs that are still to be told of a list; moments in Unix seconds, ``failing_since`` 0 where no
try has failed."""

incidents = Table(
    "incidents",
    durable,
    Column("subject", _TEXT, primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("is_wrong", Integer, nullable=False),
    Column("is_told", Integer, nullable=False),
    Column("times", Integer, nullable=False),
)
"""What is or was wrong, and whether people were told; see `domain.incidents.Incident`."""

notices = Table(
    "notices",
    durable,
    Column("receiver", _TEXT, primary_key=True),
    Column("message", _TEXT, primary_key=True),
    Column("subject", _TEXT, primary_key=True),
    Column("news", _TEXT, nullable=False),
    Column("notice", _TEXT, nullable=False),
    Column("queued", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("failing_since", BigInteger, nullable=False),
)
"""What people are still to be told; moments in Unix seconds. ``message`` is empty for what was not
sent yet, ``notice`` for what is counted only; see `notices`."""
