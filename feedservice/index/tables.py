"""The tables of an index: made, and made anew for another release."""

from sqlalchemy import Connection, Engine, inspect, text

from feedservice.clock import utc_now
from feedservice.domain.errors import IndexDamaged
from feedservice.index import engines, rows, search_coverage
from feedservice.index.engine import write_transaction
from feedservice.index.schema import SCHEMA_VERSION, cache, durable


def make(engine: Engine) -> bool:
    """Make the tables; those of the cache anew where they are of another version.

    Returns:
        Whether the cache is a new one.

    Raises:
        IndexDamaged: it is no database, or one of a newer release, whose tables nobody knows here.
    """
    database = engines.of(engine)
    with write_transaction(engine) as connection:
        has_meta = inspect(connection).has_table("meta")
        version = rows.get_meta(connection, "schema") if has_meta else None
        if version and version.isdecimal() and int(version) > SCHEMA_VERSION:
            raise IndexDamaged("it was made by a newer release")
        is_new = version != str(SCHEMA_VERSION)
        durable.create_all(connection)
        if is_new:
            database.make_room(connection)
        cache.create_all(connection, checkfirst=not is_new)
        for statement in database.search_ddl:
            connection.execute(text(statement))
        if is_new:
            search_coverage.begin(connection)
        rows.put_meta(connection, "schema", str(SCHEMA_VERSION))
    return is_new


def begin_revisions(connection: Connection) -> None:
    """Count on from where no revision of an index before was: workers keep answers by it.

    Entries are kept by the numbers of rows, which begin again: by the moment when they began, too.
    """
    milliseconds = int(utc_now().timestamp() * 1000)  # nobody writes a thousand times a second
    rows.put_meta(connection, "revision", str(milliseconds))
    rows.put_meta(connection, "begun", str(milliseconds))
