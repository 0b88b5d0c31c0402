"""The file of an index in SQLite, which others may damage, remove or replace. Knows no table."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import Engine

KEPT = 2
"""Damaged files that are kept for whoever wants to look at them."""
_PARTS = ("", "-wal", "-shm")

Identity = tuple[int, int]
"""Device and inode: which file it is, whatever it is called."""


class IndexFile:
    """The file of an index, with what SQLite keeps beside it.

    No file is opened here but by SQLite: closing one would free the locks that SQLite holds on it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._suspect = path.with_name(f"{path.name}.suspect")

    @classmethod
    def of(cls, engine: Engine) -> "IndexFile":
        """Return the file of an engine of SQLite that `engine.open_engine` opened."""
        return cls(Path(unquote((engine.url.database or "").removeprefix("file:"))))

    def uri(self) -> str:
        """Return the path as SQLite's URI filenames want it: ``%``, ``?`` and ``#`` escaped."""
        path = str(self.path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        return f"file:{path}"

    def identity(self) -> Identity | None:
        """Return which file is here now; None where there is none."""
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def written(self) -> tuple[int, int]:
        """Return its bytes, and when it was written; zeros where there is no file.

        In WAL mode nobody writes into it but who moves the log into it.
        """
        try:
            found = os.stat(self.path)
        except OSError:
            return 0, 0
        return found.st_size, found.st_mtime_ns

    def hold(self) -> "HeldFile":
        """Open it for reading, so that it can be read when it is here no more."""
        # Not read-only: who closes the file last moves its log into it.
        connection = sqlite3.connect(f"{self.uri()}?mode=rw", uri=True, check_same_thread=False)
        with suppress(sqlite3.Error):
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return HeldFile(connection)

    def make(self) -> None:
        """Make an empty file where there is none, beside which nothing of another one is left."""
        if self.path.exists():
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._remove(self.path, _PARTS[1:])
        self.path.touch(mode=0o600)

    def mark(self) -> None:
        """Note for the writer that somebody met damage."""
        with suppress(OSError):
            self._suspect.touch(mode=0o600)

    def unmark(self) -> None:
        """Take the mark away."""
        self._suspect.unlink(missing_ok=True)

    def is_marked(self) -> bool:
        """Whether somebody met damage."""
        return self._suspect.exists()

    def set_aside(self) -> "IndexFile | None":
        """Give the file another name, make an empty one, and return the one that was there, if any.

        The file goes first, so that nobody opens it without its log, nor the new one with the old.
        """
        aside: IndexFile | None = None
        if self.path.exists():
            damaged = sorted(self._damaged())
            number = damaged[-1] + 1 if damaged else 1
            aside = self._aside(number)
            for part in _PARTS:
                with suppress(FileNotFoundError):
                    os.replace(f"{self.path}{part}", f"{aside.path}{part}")
            for old in damaged:
                if old <= number - KEPT:
                    self._remove(self._aside(old).path, _PARTS)
        self.make()
        return aside

    def take_over(self) -> bool:
        """Put a copy in the place of a file that somebody put here; whether it could be copied.

        What lies beside it belongs to the file before, and would be read into this one.
        """
        copy, doomed = (self.path.with_name(f"{self.path.name}.{end}") for end in ("new", "old"))
        copy.unlink(missing_ok=True)
        if not self.copy_to(copy, "immutable=1"):
            return False
        os.replace(self.path, doomed)
        self._remove(self.path, _PARTS[1:])
        os.replace(copy, self.path)
        doomed.unlink()
        return True

    def copy_to(self, path: Path, how: str = "mode=ro") -> bool:
        """Put a copy, as it is at one moment, where no file is; whether it could be copied.

        Args:
            path: where to.
            how: the file is opened, by the parameters of SQLite's URI filenames.
        """
        try:
            with closing(sqlite3.connect(f"{self.uri()}?{how}", uri=True)) as connection:
                connection.execute("VACUUM INTO ?", (str(path),))
        except sqlite3.Error:
            path.unlink(missing_ok=True)
            return False
        return True

    def readable_rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table as `HeldFile.readable_rows` does."""
        connection = sqlite3.connect(self.path)
        with suppress(sqlite3.Error):
            # Lets SQLite open a file that is shorter than its first page says.
            connection.execute("PRAGMA writable_schema = ON")
        with closing(HeldFile(connection)) as held:
            yield from held.readable_rows(table, columns)

    def _damaged(self) -> Iterator[int]:
        for path in self.path.parent.glob(f"{self.path.name}.damaged-*"):
            number = path.name.rpartition("-")[2]
            if number.isdecimal():
                yield int(number)

    def _aside(self, number: int) -> "IndexFile":
        return IndexFile(self.path.with_name(f"{self.path.name}.damaged-{number}"))

    @staticmethod
    def _remove(path: Path, parts: Sequence[str]) -> None:
        for part in parts:
            path.with_name(path.name + part).unlink(missing_ok=True)


class HeldFile:
    """A file that is open, whatever has become of its name."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def data_version(self) -> int | None:
        """Return what changes with each commit through SQLite, of whomever; None for damage."""
        try:
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            return None

    def readable_rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table as far as damage lets them be read, from either end.

        A row may come twice.
        """
        names = ", ".join(columns)
        for order in ("ASC", "DESC"):
            # Names of ours.
            query = f"SELECT {names} FROM {table} ORDER BY rowid {order}"  # noqa: S608 # nosec B608
            try:
                yield from self._connection.execute(query)
            except sqlite3.Error:
                continue
            return
