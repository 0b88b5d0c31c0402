"""Where indexes of tests are: in files of SQLite, or in databases of PostgreSQL."""

import shutil
from pathlib import Path
from typing import ClassVar, Protocol

from feedservice.index.engine import open_engine
from feedservice.index.schema import cache, durable
from feedservice.index.sqlite_file import IndexFile
from feedservice.index.writer import IndexWriter
from postgresql_cluster import Cluster


class Databases(Protocol):
    """Makes databases."""

    def nowhere(self) -> str:
        """The address of a database that is empty, or not there."""

    def new(self) -> str:
        """The address of a new one with the tables of an index."""

    def copy(self, address: str) -> str:
        """The address of a copy of one that nobody has open."""

    def drop(self) -> None:
        """Drop what was made."""


class Files:
    """Of SQLite, in a folder."""

    def __init__(self, folder: Path, empty: str) -> None:
        self._folder = folder
        self._empty = empty
        self._made = 0

    def nowhere(self) -> str:
        self._made += 1
        return f"sqlite:///{self._folder}/{self._made - 1}.sqlite3"

    def new(self) -> str:
        return self.copy(self._empty)

    def copy(self, address: str) -> str:
        made = self.nowhere()
        shutil.copy(address.removeprefix("sqlite:///"), made.removeprefix("sqlite:///"))
        return made

    def drop(self) -> None:
        """Their folder goes by itself."""


class InCluster:
    """Of PostgreSQL: empty ones are emptied after each test, which takes less than making them."""

    _free: ClassVar[list[str]] = []

    def __init__(self, cluster: Cluster, empty: str) -> None:
        self._cluster = cluster
        self._empty = empty
        self._used: list[str] = []
        self._copies: list[str] = []

    def nowhere(self) -> str:
        return self._cluster.url(self._cluster.new())

    def new(self) -> str:
        made = self._free.pop() if self._free else self._copy(self._empty)
        self._used.append(made)
        return made

    def copy(self, address: str) -> str:
        self._copies.append(self._copy(address))
        return self._copies[-1]

    def _copy(self, address: str) -> str:
        return self._cluster.url(self._cluster.new(name_of(address)))

    def drop(self) -> None:
        for address in self._copies:
            self._cluster.ask(f"DROP DATABASE {name_of(address)} WITH (FORCE)")
        for address in self._used:
            self._cluster.ask(EMPTIED, name_of(address))
        self._free.extend(self._used)


_TABLES = [*cache.tables, *durable.tables, "search"]
EMPTIED = "; ".join(
    [*(f"DELETE FROM {name}" for name in _TABLES), "INSERT INTO meta SELECT * FROM meta_of_empty"]
)


def name_of(address: str) -> str:
    return address.rpartition("/")[2]


def make_tables(address: str) -> str:
    """Make an index without anything, which is copied: making tables takes three times as long."""
    index = IndexWriter(open_engine(address, readonly=False))
    index.prepare()
    where = "" if index._engine.dialect.name == "sqlite" else "public."
    with index._engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {where}meta_of_empty AS SELECT * FROM meta")
    index.close()
    return address


def address_of(index: IndexWriter) -> str:
    """The address of the database of an index, as `open_engine` takes it."""
    url = index._engine.url
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{IndexFile.of(index._engine).path}"
    return url.render_as_string(hide_password=False)


def lose(index: IndexWriter) -> None:
    """Take an index away from who writes it."""
    if index._engine.dialect.name == "sqlite":
        IndexFile.of(index._engine).path.unlink()
        return
    with index._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE meta")
