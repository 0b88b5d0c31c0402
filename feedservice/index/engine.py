"""How the database is opened: not before it is first used, so forking is safe."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError

from feedservice.domain.errors import IndexDamaged, IndexFilling, IndexUnavailable, SettingsError
from feedservice.i18n import Message, _
from feedservice.index.sqlite_file import IndexFile

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def open_engine(url: str, *, readonly: bool, checkpoints: bool = True) -> Engine:
    """Return an engine.

    Args:
        url: an SQLAlchemy URL; SQLite's is the default one.
        readonly: a reader's connection can change nothing, and makes no database where there is
            none.
        checkpoints: whether its commits move SQLite's log into the file when it is long. One engine
            of a writer does, whose `healing.Healer` then knows of every change that is not its own.

    A connection to a file that was removed or replaced is opened anew before it is used again. No
    file is mapped into memory: one that is cut short would end the process.

    Raises:
        SettingsError: the URL cannot be read, or needs a library that is not there. Nothing of the
            URL is in the message: it may hold a password.
    """
    try:
        return _engine(make_url(url), readonly=readonly, checkpoints=checkpoints)
    except ModuleNotFoundError as error:
        reason = _(
            "the library {name} is not there (pip install 'feedservice[postgres]')", name=error.name
        )
        raise _refused(reason) from None
    except (SQLAlchemyError, ValueError):
        raise _refused(
            _("it is no address of a database (in a password, @ and / are percent-encoded)")
        ) from None


def _refused(reason: Message) -> SettingsError:
    return SettingsError(
        _(
            "FEEDSERVICE_DATABASE is not accepted: {reason}. Accepted: an SQLAlchemy URL, such as "
            "sqlite:////var/lib/feedservice/index.sqlite3 or "
            "postgresql+psycopg://name:password@host/database",
            reason=reason,
        )
    )


def _engine(parsed: URL, *, readonly: bool, checkpoints: bool) -> Engine:
    if parsed.get_backend_name() != "sqlite":
        if "@" in (parsed.host or ""):  # the end of a password, which faults would tell
            raise ValueError
        return create_engine(parsed, pool_pre_ping=True)
    if not parsed.database:
        raise ValueError
    file = IndexFile(Path(parsed.database))
    if not readonly:
        file.make()
    query = {**parsed.query, "mode": "ro" if readonly else "rw", "uri": "true"}
    engine = create_engine(parsed.set(database=file.uri(), query=query))

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


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a connection whose questions all see the state that the first one saw.

    SQLite's driver begins no transaction for a SELECT, so it is begun by hand; in WAL mode it
    blocks no writer. Another database is asked for REPEATABLE READ.

    Raises:
        IndexUnavailable: the database failed, within the block too.
        IndexDamaged: it is damaged; the writer is told.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    if not is_sqlite:
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with _faults(engine), engine.connect() as connection:
        if is_sqlite:
            connection.exec_driver_sql("BEGIN")
        yield connection


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a connection whose changes are seen together, or not at all; raises as above."""
    with _faults(engine), engine.begin() as connection:
        yield connection


@contextmanager
def _faults(engine: Engine) -> Iterator[None]:
    try:
        yield
    # The driver's own where it was asked itself; see `statements.Statement.rows`.
    except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error) as error:
        reason = str(error).splitlines()[0]
        file = IndexFile.of(engine)
        if file and not file.path.exists():
            raise IndexFilling(reason) from error
        if not _is_damage(error):
            raise IndexUnavailable(reason) from error
        if file:
            file.mark()
        raise IndexDamaged(reason) from error


def _is_damage(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    # The lowest byte is the code, what is above it says more.
    return (
        isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) & 0xFF in _DAMAGE
    )
