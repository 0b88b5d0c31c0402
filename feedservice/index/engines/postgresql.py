"""PostgreSQL, from version 13 on: an index that several machines share.

Sessions are set up by statements, not by parameters of their start, which poolers may refuse. Each
wait for the database ends, here too: a server that hangs tells nobody.
"""

import math
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, cast

from psycopg import errors
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from feedservice.domain.errors import IndexFilling, IndexUnavailable
from feedservice.index import rows, tables
from feedservice.index.engine import read_transaction, write_transaction
from feedservice.index.engines import Commits, Keeper, Leadership, Tell
from feedservice.index.engines import postgresql_releases as releases
from feedservice.index.engines import postgresql_search as search
from feedservice.index.engines.postgresql_leadership import HeldByOne
from feedservice.index.engines.postgresql_listener import CHANNEL, Listener
from feedservice.index.engines.postgresql_session import LOST, QUIET, Session, begin, is_quiet
from feedservice.index.functions import each_of, item_of, list_of, pair_of
from feedservice.index.schema import SCHEMA_VERSION, cache, durable
from feedservice.index.statements import Statement

CONNECTIONS = 8
"""Of a process, one for each answer that it makes at once and a few besides. Who finds none free is
refused at once, so that a database which hangs holds so many threads, and no more."""
READS_WITHIN, WRITES_WITHIN = 4.0, 60.0
"""Seconds for which a statement is waited for."""
LOOK_EVERY = 5.0
"""Seconds between two looks at whether the tables are still there."""
COPIED = 20
"""So many rows are copied. COPY is asked for and ended: once more to the server and back, which a
save of few rows would feel where that is far."""
BESIDE = 86_400.0
"""Seconds that who writes has run before the tables of older releases are dropped."""

_SETTINGS = {
    # The planner knows how often a word occurs, not what it takes to read a tsvector.
    "enable_seqscan": "off",
    "jit": "off",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "client_min_messages": "warning",
}
_OUTGREW = text(
    "SELECT pg_relation_size(oid) > 2 * current_setting('block_size')::int * (4 + relpages::bigint)"
    " FROM pg_class WHERE oid = to_regclass(:named)"
)
"""Whether a table is twice as large as when the planner last learnt of it, and not small."""
_NOTIFY = text(f"SELECT pg_notify('{CHANNEL}', {releases.SITE})")

for _table in (*cache.tables.values(), *durable.tables.values()):
    for _index in _table.indexes:
        _index.dialect_options["postgresql"]["where"] = _index.dialect_options["sqlite"]["where"]


class Postgresql:
    """See `Database`.

    For its search see `postgresql_search`.
    """

    is_far: ClassVar[bool] = True
    search_ddl: ClassVar[Sequence[str]] = search.DDL

    def check(self, url: URL) -> None:
        """Raise `ValueError` for another driver, or where a part of a password is read as a host.

        Faults would tell it.
        """
        if url.get_driver_name() != "psycopg" or "@" in (url.host or ""):
            raise ValueError

    def open(self, url: URL, *, readonly: bool, checkpoints: bool) -> Engine:  # noqa: ARG002
        """Return an engine."""
        within = READS_WITHIN if readonly else WRITES_WITHIN
        engine = create_engine(
            url, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=0, pool_use_lifo=True
        )

        # The server gives up first, and the session stays.
        settings = {**_SETTINGS, "statement_timeout": f"{int(within * 900)}ms"}
        if not readonly:  # who leads next waits for what was being written
            settings |= {**LOST, "idle_in_transaction_session_timeout": QUIET}

        @event.listens_for(engine, "do_connect")
        def connect(_dialect: Any, _record: Any, given: Any, named: Any) -> Session:
            made = begin(tuple(given), named, within, settings, releases.path())
            made.read_only = readonly
            return made

        @event.listens_for(engine, "checkout")
        def is_there(connection: Any, _record: Any, _proxy: Any) -> None:
            if not is_quiet(connection):
                raise DisconnectionError

        return engine

    def make_room(self, connection: Connection) -> None:
        """Leave the caches of other releases alone, as far as the database lets."""
        releases.make_room(connection)

    def begin_reading(self, connection: Connection) -> None:
        """Have the transaction that the first question begins be a snapshot."""
        connection.execution_options(isolation_level="REPEATABLE READ")

    def fault(self, engine: Engine, error: Exception, reason: str) -> IndexUnavailable:  # noqa: ARG002
        """Return what a fault is."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        return (IndexFilling if _has_no_tables(cause) else IndexUnavailable)(reason)

    def keeper(self, engine: Engine, committed: Tell) -> Keeper:
        """Return what makes the tables."""
        return _Keeper(engine, committed)

    def commits(self, url: str) -> Commits:
        """Return what listens."""
        return Listener(make_url(url))

    def leadership(self, url: str) -> Leadership:
        """Return what one machine holds at a time."""
        return HeldByOne(make_url(url))

    def copy(self, engine: Engine, file: Path) -> None:
        """Copy nothing."""

    def insert(
        self,
        connection: Connection,
        table: Table,
        insertion: Statement,
        rows: Sequence[tuple[object, ...]],
    ) -> None:
        """Insert rows; many, as those of a first filling, are copied."""
        if len(rows) < COPIED:
            insertion.run_each(connection, rows)
            return
        named = ", ".join(column.name for column in table.columns)
        session = cast(Session, connection.connection.driver_connection)
        with (
            session.cursor() as cursor,
            cursor.copy(f"COPY {table.name} ({named}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        if len(rows) >= search.FILLING:
            _learn(connection, table.name)

    def add_words(self, connection: Connection, rows: Collection[tuple[int, bytes]]) -> None:
        """Add rows."""
        search.add(connection, rows)
        if len(rows) >= search.FILLING:
            _learn(connection, "search")

    def drop_words(self, connection: Connection, rows: Collection[tuple[int, bytes]]) -> None:
        """Delete rows, by their numbers."""
        search.drop(connection, rows)


class _Keeper:
    """See `Keeper`: the tables are the database's to keep, unless somebody drops them."""

    def __init__(self, engine: Engine, committed: Tell) -> None:
        self._engine = engine
        self._committed = committed
        self._looked = 0.0
        self._drops_at = time.monotonic() + BESIDE

    def prepare(self) -> None:
        if tables.make(self._engine):
            with write_transaction(self._engine) as connection:
                tables.begin_revisions(connection)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with write_transaction(self._engine) as connection:
            yield connection
            connection.execute(_NOTIFY)
        self._committed()

    def heal(self) -> bool:
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY:
            return False
        self._looked = now
        try:
            with read_transaction(self._engine) as connection:
                is_there = rows.get_meta(connection, "schema") == str(SCHEMA_VERSION)
        except IndexFilling:
            is_there = False
        if not is_there:
            self.prepare()
        elif now >= self._drops_at:
            with write_transaction(self._engine) as connection:
                releases.drop_older(connection)
            self._drops_at = math.inf
        return not is_there

    def close(self) -> None:
        self._engine.dispose()


def _learn(connection: Connection, table: str) -> None:
    """Have the planner learn what a table holds, again each time that it has doubled.

    The server does so by itself a minute or more later. Until then it takes a table that was filled
    for an empty one, and walks through all of it for what an index would find.
    """
    if connection.execute(_OUTGREW, {"named": table}).scalar():
        connection.exec_driver_sql(f"ANALYZE (SKIP_LOCKED) {table}")


def _has_no_tables(error: BaseException | None) -> bool:
    return isinstance(error, errors.UndefinedTable | errors.InvalidSchemaName)


@compiles(each_of, "postgresql")
def _each_of(element: each_of, compiler: SQLCompiler, **named: Any) -> str:
    return f"jsonb_array_elements_text(CAST({compiler.process(element.clauses, **named)} AS jsonb))"


@compiles(item_of, "postgresql")
def _item_of(element: item_of, compiler: SQLCompiler, **named: Any) -> str:
    value = compiler.process(element.clauses, **named)
    return f"(CAST({value} AS jsonb) ->> {element.position})"


@compiles(list_of, "postgresql")
def _list_of(element: list_of, compiler: SQLCompiler, **named: Any) -> str:
    values = compiler.process(element.clauses, **named)
    return f"CAST(json_agg(json_build_array({values})) AS text)"


@compiles(pair_of, "postgresql")
def _pair_of(element: pair_of, compiler: SQLCompiler, **named: Any) -> str:
    return f"CAST(jsonb_build_array({compiler.process(element.clauses, **named)}) AS text)"
