"""How the database is opened: not before it is first used, so forking is safe."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from feedservice.domain.errors import IndexUnavailable


def open_engine(url: str, *, readonly: bool) -> Engine:
    """Return an engine.

    Args:
        url: an SQLAlchemy URL; SQLite's is the default one.
        readonly: a reader's connection can change nothing, and makes no database where there is
            none.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    file = Path(parsed.database or "")
    if readonly:
        parsed = parsed.set(database=f"file:{_uri_path(file)}", query={"mode": "ro", "uri": "true"})
        engine = create_engine(parsed)
    else:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(parsed)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 5000")
        if readonly:
            cursor.execute("PRAGMA query_only = ON")
            cursor.execute("PRAGMA mmap_size = 16777216")
        else:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = NORMAL")
            cursor.execute("PRAGMA cache_size = -16384")
        cursor.close()

    return engine


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a connection whose questions all see the state that the first one saw.

    SQLite's driver begins no transaction for a SELECT, so it is begun by hand; in WAL mode it
    blocks no writer. Another database is asked for REPEATABLE READ.

    Raises:
        IndexUnavailable: the database failed, within the block too.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    if not is_sqlite:
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with _faults(), engine.connect() as connection:
        if is_sqlite:
            connection.exec_driver_sql("BEGIN")
        yield connection


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a connection whose changes are seen together, or not at all; raises as above."""
    with _faults(), engine.begin() as connection:
        yield connection


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise IndexUnavailable(str(error).splitlines()[0]) from error


def _uri_path(file: Path) -> str:
    """A path as SQLite's URI filenames want it: ``%``, ``?`` and ``#`` escaped."""
    return str(file).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
