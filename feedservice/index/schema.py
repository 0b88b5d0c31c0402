"""The tables. Another `SCHEMA_VERSION` drops and rebuilds the cache; there are no migrations. Pure.

Rows are the columns that are queried, plus the article as JSON and its texts, compressed, so a new
article field changes no SQL. In SQLite a table that is found by its key is that key's tree
(``WITHOUT ROWID``), not a heap beside it: a write changes one page less for each row. The columns
of its key stand first and in order, or SQLite 3.40 finds damage where there is none. What `durable`
tables hold is not a cache, and a rebuild leaves it as it is.
"""

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

SCHEMA_VERSION = 18

cache = MetaData()
durable = MetaData()

meta = Table(
    "meta", cache, Column("key", Text, primary_key=True), Column("value", Text, nullable=False)
)

files = Table(
    "files",
    cache,
    Column("path", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("ctime_ns", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("assets", Text, nullable=False),
    Column("problems", Text, nullable=False),
    Column("names", Text),
    Index("files_broken", "path", sqlite_where=text("names IS NULL")),
    sqlite_with_rowid=False,
)
"""Every article file that was read, good or bad; ``problems`` is a JSON list, and so is ``names``,
of the `Reference`s of a good file (null for a broken one)."""

articles = Table(
    "articles",
    cache,
    Column("number", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("slug", Text, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("leaves", BigInteger),
    Column("status", Text, nullable=False),
    Column("indexed_at", BigInteger, nullable=False),
    Column("scheduled", BigInteger),
    Column("conflict", Text),
    Index("articles_by_slug", "slug"),
    Index("articles_by_schedule", "scheduled"),
    Index("articles_by_leaving", "leaves"),
    Index("articles_by_status", "status", "published"),
    Index("articles_in_conflict", "status", sqlite_where=text("conflict IS NOT NULL")),
)
"""Articles that were read, moments in Unix seconds. ``leaves`` is when it leaves its lists (it
expires, or was withdrawn), ``indexed_at`` when the row was written,
``scheduled`` the publication where that was still to come; ``conflict`` is the Problem
of a file that lost its identity to another, and a row with one is shown to nobody."""

Index("articles_by_date", articles.c.published.desc(), articles.c.slug)

bodies = Table(
    "bodies",
    cache,
    Column("number", Integer, primary_key=True),
    Column("teaser", Text, nullable=False),
    Column("texts", LargeBinary, nullable=False),
)
"""What articles say: all but their texts, and these, as `payload` writes them. Apart from
``articles``, so that whoever counts or filters those reads thirty to a page of the database."""

labels = Table(
    "labels",
    cache,
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("age", BigInteger, nullable=False),
    Column("article", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("slug", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("former", Text),
    PrimaryKeyConstraint("kind", "key", "age", "article", "number"),
    Index("labels_of", "number", "kind", "key", unique=True),
    Index("labels_formerly", "former", "kind", sqlite_where=text("former IS NOT NULL")),
    sqlite_with_rowid=False,
)
"""Categories, tags and authors of articles: the walk of one label, newest first, ties by slug, is a
walk of the table itself. ``age`` is the publication, negative: a key sorts all its columns one way.
``key`` is of all spellings of a label (`label_slugs.label_key`), ``slug`` and ``label`` are as this
article has them, ``former`` is the slug that it had once, where that was another."""

counts = Table(
    "counts",
    cache,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How many articles of each list say that they are published; see `counts`."""

claims = Table(
    "claims",
    cache,
    Column("space", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("path", Text, nullable=False),
    PrimaryKeyConstraint("space", "value", "path"),
    Index("claims_of", "path"),
    sqlite_with_rowid=False,
)
"""Ids, slugs and aliases, and who claims them."""

mentions = Table(
    "mentions",
    cache,
    Column("space", Text, nullable=False),
    Column("value", Text, nullable=False),
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
    Column("kind", Text, primary_key=True),
    Column("slug", Text, primary_key=True),
    Column("stamp", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""When something that a list shows last changed, by the ``key`` of a label; see `writer`."""

last_good_sources = Table(
    "last_good_sources",
    durable,
    Column("path", Text, primary_key=True),
    Column("text", LargeBinary, nullable=False),
)
"""The last good text of each file, compressed."""

holders = Table(
    "holders",
    durable,
    Column("space", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("path", Text, nullable=False),
)
"""Which file keeps an id, slug or alias that several claim: a rebuild takes it from no one."""

passed = Table("passed", durable, Column("moment", BigInteger, primary_key=True))
"""The latest moment that came for readers, in Unix seconds: one row, if any; see `passed`."""

departures = Table(
    "departures",
    durable,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("moment", BigInteger, nullable=False),
)
"""When a list had last changed by an article that is no longer there; see `departures`."""

pings = Table(
    "pings",
    durable,
    Column("hub", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("slug", Text, primary_key=True),
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
    Column("subject", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("is_wrong", Integer, nullable=False),
    Column("is_told", Integer, nullable=False),
    Column("times", Integer, nullable=False),
)
"""What is or was wrong, and whether people were told; see `domain.incidents.Incident`."""

notices = Table(
    "notices",
    durable,
    Column("receiver", Text, primary_key=True),
    Column("message", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("news", Text, nullable=False),
    Column("notice", Text, nullable=False),
    Column("queued", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("failing_since", BigInteger, nullable=False),
)
"""What people are still to be told; moments in Unix seconds. ``message`` is empty for what was not
sent yet, ``notice`` for what is counted only; see `notices`."""

SEARCH_DDL = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5("
    "tokens, content='', detail=none, columnsize=0, tokenize=ascii)"
)
"""SQLite's full text index over the tokens that `text.tokens` makes: it matches them, and takes for
one what is between spaces. Rows are made by `search.row`, in the order of time.

It keeps none of them: a row is deleted by what it was made of. Where another release makes other
tokens, what it leaves belongs to a number that no article has, nor will have."""

UPGRADE = (
    "DROP TABLE IF EXISTS search",
    "DROP TABLE IF EXISTS touches",
    "CREATE TABLE IF NOT EXISTS kept (path TEXT PRIMARY KEY, text BLOB NOT NULL)",
    "INSERT OR REPLACE INTO last_good_sources SELECT path, text FROM kept",
    "DROP TABLE kept",
    "CREATE TABLE IF NOT EXISTS outbox (hub TEXT, kind TEXT, slug TEXT, due BIGINT, tries INTEGER)",
    "INSERT OR IGNORE INTO pings SELECT hub, kind, slug, due, due, 0, 0 FROM outbox",
    "DROP TABLE outbox",
)
"""From version 3: carries over what is not a cache, and drops what `cache` does not name."""
