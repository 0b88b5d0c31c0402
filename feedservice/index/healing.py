"""An index that is damaged, gone or another one: the writer makes a new one in its place.

The index is a cache of the files; what is no cache is carried over as far as it can be read.
"""

import logging
import time
import zlib

from sqlalchemy import Connection, Engine, Table, inspect, text

from feedservice.clock import utc_now
from feedservice.domain.errors import IndexDamaged, IndexUnavailable
from feedservice.index import rows
from feedservice.index.engine import read_transaction, write_transaction
from feedservice.index.schema import (
    SCHEMA_VERSION,
    SEARCH_DDL,
    UPGRADE,
    cache,
    durable,
    last_good_sources,
    pings,
)
from feedservice.index.sqlite_file import Identity, IndexFile

log = logging.getLogger(__name__)

CHECK_WITHIN = 10.0
"""Seconds after which the check of a start goes on to no further table."""
_STORED = text("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0")


class Healer:
    """Keeps the index of the writer usable.

    Args:
        engine: writable.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._file = IndexFile.of(engine)
        self._identity: Identity | None = None
        self._size = 0

    def prepare(self) -> None:
        """Make the tables, in a new file where this one is damaged or of a newer release."""
        file = self._file
        if file is None:
            _make_tables(self._engine)
            return
        file.make()
        try:
            _make_tables(self._engine)
            _check(self._engine)
        except IndexDamaged as error:
            self._renew(file, f"cannot be used ({error})")
        self._remember(file)

    def heal(self) -> bool:
        """Look at the file; whether another index is in use now, so that a full scan is due."""
        file = self._file
        if file is None:
            return False
        identity, size = file.identity(), file.size()
        is_same = identity == self._identity and not file.is_marked()
        if is_same and (size >= self._size or (size and self._is_sound())):
            self._size = size
            return False
        self._engine.dispose()
        if identity is None:
            self._renew(file, "was removed")
        elif identity == self._identity:
            self._renew(file, "is damaged")
        elif file.take_over():
            log.warning("another file was put in the place of %s; it is used now", file.path)
            self.prepare()
            with write_transaction(self._engine) as connection:
                _begin_revisions(connection)
        else:
            self._renew(file, "was replaced by a file that cannot be read")
        self._remember(file)
        return True

    def _is_sound(self) -> bool:
        """Whether a file that became smaller can still be read whole, as after a VACUUM."""
        self._engine.dispose()
        try:
            _check(self._engine)
        except IndexUnavailable:
            return False
        return True

    def _renew(self, file: IndexFile, what: str) -> None:
        self._engine.dispose()
        aside = file.set_aside()
        _make_tables(self._engine)
        with write_transaction(self._engine) as connection:
            _begin_revisions(connection)
        kept = f"; it is kept as {aside.path.name}" if aside else ""
        log.error("the index %s %s%s; a new one is being made", file.path, what, kept)
        if aside:
            texts = self._save(aside, last_good_sources)
            told = self._save(aside, pings)
            log.warning("%d last good texts and %d pings were saved out of it", texts, told)

    def _save(self, aside: IndexFile, table: Table) -> int:
        """Carry over a table of a file that was set aside; return how many rows there are now."""
        names = [column.name for column in table.columns]
        statement = table.insert().prefix_with("OR IGNORE")
        with write_transaction(self._engine) as connection:
            for row in aside.readable_rows(table.name, names):
                if _is_valid(table, row):
                    connection.execute(statement, dict(zip(names, row, strict=True)))
            return rows.count(connection, table)

    def _remember(self, file: IndexFile) -> None:
        file.unmark()
        self._identity, self._size = file.identity(), file.size()


def _make_tables(engine: Engine) -> None:
    """Make the tables; drop and remake the cache where it has another version.

    Raises:
        IndexDamaged: it is no database, or one of a newer release, whose tables nobody knows here.
    """
    with write_transaction(engine) as connection:
        has_meta = inspect(connection).has_table("meta")
        version = rows.get_meta(connection, "schema") if has_meta else None
        if version and version.isdecimal() and int(version) > SCHEMA_VERSION:
            raise IndexDamaged("it was made by a newer release")
        durable.create_all(connection)
        if version != str(SCHEMA_VERSION):
            for statement in UPGRADE:
                connection.execute(text(statement))
            cache.drop_all(connection)
        cache.create_all(connection)
        connection.execute(text(SEARCH_DDL))
        rows.put_meta(connection, "schema", str(SCHEMA_VERSION))


def _check(engine: Engine) -> None:
    """Read every page of the file, within `CHECK_WITHIN`.

    Raises:
        IndexDamaged: a page is not what it should be.
    """
    until = time.monotonic() + CHECK_WITHIN
    with read_transaction(engine) as connection:
        for name in connection.execute(_STORED).scalars().all():
            if time.monotonic() > until:
                return
            found = connection.exec_driver_sql(f"PRAGMA quick_check({name})").scalar()
            if found != "ok":
                raise IndexDamaged(str(found))


def _begin_revisions(connection: Connection) -> None:
    """Count on from where no revision of an index before was: workers keep answers by it."""
    milliseconds = int(utc_now().timestamp() * 1000)  # nobody writes a thousand times a second
    rows.put_meta(connection, "revision", str(milliseconds))


def _is_valid(table: Table, row: tuple[object, ...]) -> bool:
    types = (column.type.python_type for column in table.columns)
    if not all(isinstance(value, wanted) for value, wanted in zip(row, types, strict=True)):
        return False
    if table is last_good_sources:
        try:
            zlib.decompress(row[1]).decode()  # type: ignore[arg-type]
        except (zlib.error, UnicodeDecodeError):
            return False
    return True
