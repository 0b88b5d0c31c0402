"""Statements that are compiled once.

SQLAlchemy spends ten times what SQLite does on building one anew at each call, and three times as
much on finding it again among those that it compiled.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import BindParameter, Connection, CursorResult, Dialect, bindparam
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

MOST = 512
"""Databases bound the number of parameters of a statement."""

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
        lists = {
            name: _padded(value)
            for name, value in values.items()
            if isinstance(value, list | tuple)
        }
        shape = (connection.dialect.name, *map(len, lists.values()))
        text = self._texts.get(shape)
        if text is None:
            text = self._texts[shape] = compiled(
                self._built, connection.dialect, {**values, **lists}
            )
        told = {**text.literals, **values}
        for name, value in lists.items():
            told.update((f"{name}_{n}", each) for n, each in enumerate(value, 1))
        if text.order is None:
            return connection.exec_driver_sql(text.sql, told)
        return connection.exec_driver_sql(text.sql, tuple([told[name] for name in text.order]))


def compiled(built: ClauseElement, dialect: Dialect, values: Mapping[str, Any]) -> _Text:
    """Return the text of a statement for lists as long as those among ``values``."""
    state = cast(SQLCompiler, built.compile(dialect=dialect)).construct_expanded_state(dict(values))
    return _Text(state.statement, state.positiontup, state.parameters)


def _padded(values: Sequence[Any]) -> Sequence[Any]:
    """Repeat the last one until there are 1, 2, 4, 8, …: few lengths make few statements."""
    return [*values, *[values[-1]] * ((1 << (len(values) - 1).bit_length()) - len(values))]
