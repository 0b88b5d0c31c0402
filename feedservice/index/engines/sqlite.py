"""SQLite, the usual database: a file in the state folder, which heals itself; see `healing`."""

import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from feedservice.domain.errors import IndexDamaged, IndexFilling, IndexUnavailable
from feedservice.index.engines import Commits, Keeper, Leadership, Tell
from feedservice.index.functions import Matches, each_of, item_of, list_of, pair_of
from feedservice.index.schema import cache
from feedservice.index.sqlite_file import IndexFile
from feedservice.index.statements import Statement

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_ADD = Statement(text("INSERT INTO search(rowid, tokens) VALUES (:row, CAST(:tokens AS TEXT))"))
_DROP = Statement(
    text("INSERT INTO search(search, rowid, tokens) VALUES ('delete', :row, CAST(:tokens AS TEXT))")
)


class Sqlite:
    """See `Database`.

    A connection to a file that was removed or replaced is opened anew before it is used again. No
    file is mapped into memory: one that is cut short would end the process.

    The search is SQLite's full text index over the tokens that `text.tokens` makes: it matches
    them, and takes for one what is between spaces. Its rows stand in the order of time. It keeps
    none of the tokens: a row is deleted by what it was made of. Where another release makes other
    tokens, what it leaves belongs to a number that no article has, nor will have.
    """

    is_far: ClassVar[bool] = False
    search_ddl: ClassVar[Sequence[str]] = (
        "CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5("
        "tokens, content='', detail=none, columnsize=0, tokenize=ascii)",
        # Eight parts are merged into one, where SQLite merges four: a filling merges less.
        "INSERT INTO search(search, rank) VALUES ('automerge', 8)",
    )
    _upgrade: ClassVar[Sequence[str]] = (
        "DROP TABLE IF EXISTS search",
        "DROP TABLE IF EXISTS touches",
        "CREATE TABLE IF NOT EXISTS kept (path TEXT PRIMARY KEY, text BLOB NOT NULL)",
        "INSERT OR REPLACE INTO last_good_sources SELECT path, text FROM kept",
        "DROP TABLE kept",
        "CREATE TABLE IF NOT EXISTS outbox"
        " (hub TEXT, kind TEXT, slug TEXT, due BIGINT, tries INTEGER)",
        "INSERT OR IGNORE INTO pings SELECT hub, kind, slug, due, due, 0, 0 FROM outbox",
        "DROP TABLE outbox",
    )
    """From version 3."""

    def make_room(self, connection: Connection) -> None:
        """Drop the cache of any other release."""
        for statement in self._upgrade:
            connection.execute(text(statement))
        cache.drop_all(connection)

    def check(self, url: URL) -> None:
        """Raise `ValueError` where no file is named."""
        if not url.database:
            raise ValueError

    def open(self, url: URL, *, readonly: bool, checkpoints: bool) -> Engine:
        """Return an engine."""
        file = IndexFile(Path(url.database or ""))
        if not readonly:
            file.make()
        query = {**url.query, "mode": "ro" if readonly else "rw", "uri": "true"}
        engine = create_engine(url.set(database=file.uri(), query=query))

        @event.listens_for(engine, "do_connect")
        def note_file(_dialect: Any, record: Any, _args: Any, _named: Any) -> None:
            record.info["file"] = file.identity()

        @event.listens_for(engine, "connect")
        def configure(connection: Any, _record: Any) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout = 5000")
            if readonly:
                cursor.execute("PRAGMA query_only = ON")
            else:
                # Of a new file: five articles to a page instead of one and room that is lost.
                cursor.execute("PRAGMA page_size = 8192")
                cursor.execute("PRAGMA journal_mode = WAL")
                cursor.execute("PRAGMA synchronous = NORMAL")
                cursor.execute("PRAGMA cache_size = -16384")
                if not checkpoints:
                    cursor.execute("PRAGMA wal_autocheckpoint = 0")
            cursor.close()

        @event.listens_for(engine, "checkout")
        def is_same_file(_connection: Any, record: Any, _proxy: Any) -> None:
            if record.info["file"] != file.identity():
                raise DisconnectionError("another file took the place of the index")

        return engine

    def begin_reading(self, connection: Connection) -> None:
        """Begin by hand: the driver begins no transaction for a SELECT. It blocks no writer."""
        connection.exec_driver_sql("BEGIN")

    def fault(self, engine: Engine, error: Exception, reason: str) -> IndexUnavailable:
        """Return what a fault is; the writer is told of damage."""
        file = IndexFile.of(engine)
        if not file.path.exists():
            return IndexFilling(reason)
        if not _is_damage(error):
            return IndexUnavailable(reason)
        file.mark()
        return IndexDamaged(reason)

    def keeper(self, engine: Engine, committed: Tell) -> Keeper:
        """Return what heals the file."""
        from feedservice.index.healing import Healer  # noqa: PLC0415 - the writer's

        return Healer(engine, committed)

    def commits(self, url: str) -> Commits | None:  # noqa: ARG002
        """Return nothing: they are counted in the state folder."""
        return None

    def leadership(self, url: str) -> Leadership:  # noqa: ARG002
        """Return what is always held: the lock in the state folder is enough."""
        return _Alone()

    def copy(self, engine: Engine, file: Path) -> None:
        """Put a copy in another file."""
        IndexFile.of(engine).copy_to(file)

    def insert(
        self,
        connection: Connection,
        table: Table,  # noqa: ARG002
        insertion: Statement,
        rows: Sequence[tuple[object, ...]],
    ) -> None:
        """Insert rows."""
        insertion.run_each(connection, rows)

    def add_words(self, connection: Connection, rows: Collection[tuple[int, bytes]]) -> None:
        """Add rows in their order: the search writes out what it holds before an earlier one."""
        _ADD.run_each(connection, sorted(rows))

    def drop_words(self, connection: Connection, rows: Collection[tuple[int, bytes]]) -> None:
        """Delete rows by what they were made of."""
        _DROP.run_each(connection, list(rows))


class _Alone:
    """See `Leadership`."""

    def published(self) -> str:
        return ""

    def note(self, generation: str) -> None:
        pass

    def acquire(self) -> bool:
        return True

    def is_held(self) -> bool:
        return True

    def release(self) -> None:
        pass

    def look(self, connection: Connection) -> None:
        pass


def _is_damage(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    # The lowest byte is the code, what is above it says more.
    return (
        isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) & 0xFF in _DAMAGE
    )


@compiles(Matches, "sqlite")
def _match(element: Matches, compiler: SQLCompiler, **named: Any) -> str:
    return f"search MATCH {compiler.process(element.clauses, **named)}"


@compiles(each_of, "sqlite")
def _each_of(element: each_of, compiler: SQLCompiler, **named: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **named)})"


@compiles(item_of, "sqlite")
def _item_of(element: item_of, compiler: SQLCompiler, **named: Any) -> str:
    return f"json_extract({compiler.process(element.clauses, **named)}, '$[{element.position}]')"


@compiles(list_of, "sqlite")
def _list_of(element: list_of, compiler: SQLCompiler, **named: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **named)}))"


@compiles(pair_of, "sqlite")
def _pair_of(element: pair_of, compiler: SQLCompiler, **named: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **named)})"
