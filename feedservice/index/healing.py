"""A file of SQLite that is damaged, gone or another one: the writer makes a new one in its place.

The index is a cache of the files; what is no cache is carried over as far as it can be read.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, Table, text

from feedservice.domain.errors import IndexDamaged, IndexUnavailable
from feedservice.index import rows, tables
from feedservice.index.engine import read_transaction, write_transaction
from feedservice.index.engines import Tell
from feedservice.index.payload import decompress
from feedservice.index.schema import (
    departures,
    former_slugs,
    holders,
    incidents,
    last_good_sources,
    notices,
    passed,
    pings,
)
from feedservice.index.sqlite_file import HeldFile, Identity, IndexFile

log = logging.getLogger(__name__)

RENEWED_LATELY = 600.0
"""Seconds in which an index that was made anew is not again for the file's time alone."""
CHECK_WITHIN = 10.0
"""Seconds after which the check of a start goes on to no further table."""
_STORED = text("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0")


class Healer:
    """Keeps the index of the writer usable.

    Args:
        engine: writable.
        committed: told after each commit, and when another index is in use.
    """

    def __init__(self, engine: Engine, committed: Tell) -> None:
        self._engine = engine
        self._committed = committed
        self._file = IndexFile.of(engine)
        self._identity: Identity | None = None
        self._held: HeldFile | None = None
        self._left: tuple[object, ...] = ()
        self._renewed = -RENEWED_LATELY

    def prepare(self) -> None:
        """Make the tables, in a new file where this one is damaged or of a newer release."""
        file = self._file
        file.make()
        try:
            tables.make(self._engine)
            _check(self._engine)
        except IndexDamaged as error:
            self._renew(file, f"cannot be used ({error})")
        self._remember(file)

    def close(self) -> None:
        """Move the log into the file, if nobody reads, and let go of both."""
        with suppress(IndexUnavailable), read_transaction(self._engine) as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        if self._held:
            self._held.close()
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a `write_transaction`; what that moves from the log into the file is known here."""
        file = self._file
        with write_transaction(self._engine) as connection:
            yield connection
            is_as_left = file.written() == self._left[:2]
        self._committed()
        if is_as_left:
            self._left = (*file.written(), self._data_version())

    def heal(self) -> bool:
        """Look at the file; whether another index is in use now, so that a full scan is due."""
        file = self._file
        identity = file.identity()
        is_same = identity == self._identity
        if is_same and not file.is_marked() and not self._is_written_over(file):
            return False
        self._engine.dispose()
        if is_same:
            self._renew(file, "is damaged")
        elif identity is None:
            self._renew(file, "was removed")
        elif file.take_over():
            log.warning("another file was put in the place of %s; it is used now", file.path)
            held, self._held = self._held, None  # which preparing would replace
            self.prepare()
            with write_transaction(self._engine) as connection:
                tables.begin_revisions(connection)
            self._save(held)
        else:
            self._renew(file, "was replaced by a file that cannot be read")
        self._remember(file)
        self._committed()
        return True

    def _is_written_over(self, file: IndexFile) -> bool:
        """Whether somebody wrote into the file, or cut it short, and not through SQLite.

        Its log goes on over what was there before, so what is read then is neither.
        """
        written = file.written()
        if written == self._left[:2]:
            return False
        is_told = self._data_version() != self._left[2]
        is_late = time.monotonic() - self._renewed < RENEWED_LATELY
        if not (written[0] and (is_told or is_late) and self._is_sound()):
            return True
        self._remember(file)
        return False

    def _is_sound(self) -> bool:
        """Whether the file can still be read whole, as after a VACUUM."""
        self._engine.dispose()
        try:
            _check(self._engine)
        except IndexUnavailable:
            return False
        return True

    def _renew(self, file: IndexFile, what: str) -> None:
        self._engine.dispose()
        aside = file.set_aside()
        tables.make(self._engine)
        with write_transaction(self._engine) as connection:
            tables.begin_revisions(connection)
        kept = f"; it is kept as {aside.path.name}" if aside else ""
        log.error("the index %s %s%s; a new one is being made", file.path, what, kept)
        if self._held or aside:
            self._save(self._held, aside)
        self._renewed = time.monotonic()

    def _save(self, *sources: HeldFile | IndexFile | None) -> None:
        """Carry over what is no cache: from the file that was used, from the one that was here."""
        saved = []
        carried = (
            *(last_good_sources, pings, holders, former_slugs),
            *(passed, departures, incidents, notices),
        )
        for table in carried:
            names = [column.name for column in table.columns]
            statement = table.insert().prefix_with("OR IGNORE")
            with write_transaction(self._engine) as connection:
                for source in (each for each in sources if each):
                    for row in source.readable_rows(table.name, names):
                        if _is_valid(table, row):
                            connection.execute(statement, dict(zip(names, row, strict=True)))
                saved.append(rows.count(connection, table))
        log.warning("%d last good texts and %d pings were saved out of it", *saved[:2])

    def _remember(self, file: IndexFile) -> None:
        file.unmark()
        if self._held:
            self._held.close()
        self._held = file.hold()
        self._identity = file.identity()
        self._left = (*file.written(), self._data_version())

    def _data_version(self) -> int | None:
        return self._held.data_version() if self._held else None


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


def _is_valid(table: Table, row: tuple[object, ...]) -> bool:
    types = (column.type.python_type for column in table.columns)
    if not all(isinstance(value, wanted) for value, wanted in zip(row, types, strict=True)):
        return False
    if table is last_good_sources:
        try:
            decompress(row[1])  # type: ignore[arg-type]
        except ValueError:
            return False
    return True
