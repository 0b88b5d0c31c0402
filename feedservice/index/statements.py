"""Statements that are compiled once.

SQLAlchemy spends ten times what SQLite does on building one anew at each call, and three times as
much on finding it again among those that it compiled.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import BindParameter, Connection, CursorResult, Dialect, bindparam
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

MOST = 512
"""Databases bound the number of parameters of a statement."""

LENGTHS = 16
"""For how many lengths of its lists a statement keeps its text: for all of one list, while several
have more combinations than memory has room for, and addresses choose them."""

_Value = TypeVar("_Value")


def parts(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    """Yield values, as many at a time as a statement takes."""
    return (values[start : start + MOST] for start in range(0, len(values), MOST))


def several(name: str) -> BindParameter[Any]:
    """Return what stands for a list of values, for ``IN``."""
    return bindparam(name, expanding=True)


Rows = CursorResult[*tuple[Any, ...]]
"""What a statement found."""


class _Text(NamedTuple):
    """What the driver is handed; ``order`` is None where parameters have names there.

    ``literals`` are the values that the statement was built with.
    """

    sql: str
    order: Sequence[str] | None
    literals: Mapping[str, Any]


class Statement:
    """A statement whose values are told when it runs.

    Args:
        built: with a `bindparam` for each value, and `several` for each list of them.
    """

    def __init__(self, built: ClauseElement) -> None:
        self._built = built
        self._texts: dict[tuple[object, ...], _Text] = {}

    def run(self, connection: Connection, **values: Any) -> Rows:
        """Run it; a value is a string, a number, or a sequence of these that is not empty."""
        return connection.exec_driver_sql(*self._told(connection, values))

    def rows(self, connection: Connection, **values: Any) -> list[tuple[Any, ...]]:
        """Return what it finds, asked of the driver itself; values as in `run`.

        Of a feed's questions SQLAlchemy's way there and back takes twice the time of the answers.
        """
        return handed(connection, *self._told(connection, values))

    def _told(self, connection: Connection, values: Mapping[str, Any]) -> tuple[str, Any]:
        """Its text for these values, and the values as the driver takes them."""
        lists = {
            name: _padded(value)
            for name, value in values.items()
            if isinstance(value, list | tuple)
        }
        text = self._text(connection.dialect, {**values, **lists}, *map(len, lists.values()))
        told = {**text.literals, **values}
        for name, value in lists.items():
            told.update(zip(_numbered(name, len(value)), value, strict=True))
        if text.order is None:
            return text.sql, told
        return text.sql, tuple(map(told.__getitem__, text.order))

    def run_each(self, connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
        """Run it for each row of values, which stand in the order in which it names them.

        Handed to the driver as they are: to make a mapping of each row and take it apart again
        costs as much as inserting.
        """
        text = self._text(connection.dialect, {})
        if rows and text.order is not None:
            connection.exec_driver_sql(text.sql, list(rows))
        elif rows:
            named = [dict(zip(text.literals, row, strict=True)) for row in rows]
            connection.exec_driver_sql(text.sql, named)

    def _text(self, dialect: Dialect, values: Mapping[str, Any], *lengths: int) -> _Text:
        shape = dialect.name, *lengths
        text = self._texts.get(shape)
        if text is None:
            text = compiled(self._built, dialect, values)
            if len(self._texts) >= LENGTHS:
                self._texts.clear()
            self._texts[shape] = text
        return text


def handed(connection: Connection, sql: str, values: Any) -> list[tuple[Any, ...]]:
    """Return what the driver answers."""
    cursor = connection.connection.cursor()
    cursor.execute(sql, values)
    found = cast(list[tuple[Any, ...]], cursor.fetchall())
    cursor.close()
    return found


def compiled(built: ClauseElement, dialect: Dialect, values: Mapping[str, Any]) -> _Text:
    """Return the text of a statement for lists as long as those among ``values``."""
    made = cast(SQLCompiler, built.compile(dialect=dialect))
    told = {bind.key: None for bind in made.binds.values() if bind.required} | dict(values)
    state = made.construct_expanded_state(told)
    return _Text(state.statement, state.positiontup, state.parameters)


@lru_cache(maxsize=64)
def _numbered(name: str, length: int) -> tuple[str, ...]:
    """What SQLAlchemy calls the values of a list."""
    return tuple([f"{name}_{n}" for n in range(1, length + 1)])


def _padded(values: Sequence[Any]) -> Sequence[Any]:
    """Repeat the last one until there are 1, 2, 4, 8, …: few lengths make few statements."""
    return [*values, *[values[-1]] * ((1 << (len(values) - 1).bit_length()) - len(values))]
