"""What a database is asked, and how it goes about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, Engine, event

from feedservice.index import statements


class Asked(NamedTuple):
    """A statement as the driver was handed it."""

    text: str
    parameters: tuple[object, ...]

    def plan(self, connection: Connection) -> list[str]:
        """Return the steps in which SQLite answers it."""
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {self.text}", self.parameters)
        return [row[3] for row in rows]


@contextmanager
def asked(of: Engine | Connection) -> Iterator[list[Asked]]:
    """Collect the questions of a block, without the begin of its transactions."""
    found: list[Asked] = []

    def heard(_connection: object, _cursor: object, text: str, parameters: object, *_: object):
        if text != "BEGIN" and not text.startswith("EXPLAIN"):
            if isinstance(parameters, dict):  # by their names, a list beside what it holds
                parameters = tuple(v for v in parameters.values() if not isinstance(v, list))
            found.append(Asked(text, parameters))  # type: ignore[arg-type]

    hand = statements.handed

    def hear(connection: Connection, text: str, parameters: object) -> list[tuple[object, ...]]:
        if of in (connection, connection.engine):
            heard(connection, None, text, parameters)
        return hand(connection, text, parameters)

    event.listen(of, "before_cursor_execute", heard)
    statements.handed = hear
    try:
        yield found
    finally:
        statements.handed = hand
        event.remove(of, "before_cursor_execute", heard)
