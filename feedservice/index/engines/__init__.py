"""The databases that an index can be in: all that differs between them is said in this room."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import ClassVar, Protocol

from sqlalchemy import URL, Connection, Engine, Table

from feedservice.domain.errors import IndexUnavailable
from feedservice.index.statements import Statement

Tell = Callable[[], None]


class Keeper(Protocol):
    """Keeps the index of the writer usable."""

    def prepare(self) -> None:
        """Make the tables, in place of those of another release."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """Open a `write_transaction` of the writer; its commit is told."""

    def heal(self) -> bool:
        """Look after the index; whether another one is in use now, so that a full scan is due."""

    def close(self) -> None:
        """Let go of it."""


class Commits(Protocol):
    """What tells of commits, so that the index need not be asked."""

    def follow(self) -> None:
        """Begin in this process, or go on; ask before `value`."""

    def value(self) -> object:
        """Return what is another after each commit."""


class Leadership(Protocol):
    """What one process of all machines holds: the one that writes."""

    def published(self) -> str:
        """Return the generation of the content that is published; empty where none was noted.

        Raises:
            IndexUnavailable: the database cannot be asked.
        """

    def note(self, generation: str) -> None:
        """Note the generation of the content that is published from now on.

        Raises:
            IndexUnavailable: it cannot be noted, or another process has the leadership now.
        """

    def acquire(self) -> bool:
        """Take it; False where another process has it.

        Raises:
            IndexUnavailable: the database cannot be asked.
        """

    def is_held(self) -> bool:
        """Whether this process has it, as far as it knows."""

    def release(self) -> None:
        """Give it back."""

    def look(self, connection: Connection) -> None:
        """Look within a transaction that writes whether it is held, and hold it until its end.

        Raises:
            IndexUnavailable: another process has it now.
        """


class Database(Protocol):
    """What the rest of the index asks of a database; SQL is portable but for this.

    Attributes:
        is_far: whether it may keep who asks it waiting.
        search_ddl: what makes the table of the search, where there is none.
    """

    is_far: ClassVar[bool]
    search_ddl: ClassVar[Sequence[str]]

    def make_room(self, connection: Connection) -> None:
        """Make room for the cache of this release, where that of another may be.

        What is no cache is there, and is carried over from tables of an older version.
        """

    def check(self, url: URL) -> None:
        """Raise `ValueError` for what cannot be an address of this database."""

    def open(self, url: URL, *, readonly: bool, checkpoints: bool) -> Engine:
        """Return an engine; arguments as in `engine.open_engine`."""

    def begin_reading(self, connection: Connection) -> None:
        """Have all questions of a connection see the state that the first one sees."""

    def fault(self, engine: Engine, error: Exception, reason: str) -> IndexUnavailable:
        """Return what a fault of the driver is to the index."""

    def keeper(self, engine: Engine, committed: Tell) -> Keeper:
        """Return what keeps a writable index usable; ``committed`` is told after each commit."""

    def commits(self, url: str) -> Commits | None:
        """Return what tells of commits of whatever machine; None where no other one writes."""

    def leadership(self, url: str) -> Leadership:
        """Return what may be held of an index."""

    def copy(self, engine: Engine, file: Path) -> None:
        """Put a copy of the index in a file of SQLite, where that can be done."""

    def insert(
        self,
        connection: Connection,
        table: Table,
        insertion: Statement,
        rows: Sequence[tuple[object, ...]],
    ) -> None:
        """Insert rows whose values stand in the order of the columns, as ``insertion`` does one."""

    def add_words(self, connection: Connection, rows: Collection[tuple[int, bytes]]) -> None:
        """Have the search find rows by words, UTF-8 with spaces between them."""

    def drop_words(self, connection: Connection, rows: Collection[tuple[int, bytes]]) -> None:
        """Have the search find rows no longer by the words that they were added with."""


def of(place: Engine | Connection) -> Database:
    """Return the database of an engine or a connection."""
    return named(place.dialect.name)


@cache
def named(backend: str) -> Database:
    """Return a database by the name that SQLAlchemy has for it.

    Raises:
        ValueError: the index cannot be in that one.
        ModuleNotFoundError: its driver is not there.
    """
    # Each process imports the one that it uses.
    if backend == "sqlite":
        from feedservice.index.engines.sqlite import Sqlite  # noqa: PLC0415

        return Sqlite()
    if backend == "postgresql":
        from feedservice.index.engines.postgresql import Postgresql  # noqa: PLC0415

        return Postgresql()
    raise ValueError(backend)
