"""Sessions of PostgreSQL: set up alike, and no wait for the server is without end."""

import select
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import RV, PQGen
from psycopg.types.json import Jsonb
from sqlalchemy import URL

_PARAMETERS: Mapping[str, object] = MappingProxyType(
    {
        "application_name": "feedservice",
        "connect_timeout": 3,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
    }
)
"""Those of a start that any pooler takes; an address may say others."""

LOST: Mapping[str, str] = MappingProxyType(
    {
        "tcp_keepalives_idle": "5",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": "11000",
    }
)
"""Settings by which the server ends a session whose machine is lost within eleven seconds."""
QUIET = "10s"
"""For so long may who writes be quiet where others wait for it: its machine hangs."""


class Session(psycopg.Connection[Any]):
    """One that is closed where the server does not answer in time, whatever has become of it.

    Where it is closed nothing is there to be rolled back or set. A pool does both when it takes a
    session back, and would lose the place of one that cannot.

    Attributes:
        within: seconds.
    """

    within = 60.0

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for an answer, or for what may never come where a ``timeout`` is given."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.within)
        except errors._WaitTimeout as error:  # noqa: SLF001 - the only name that it has
            self.pgconn.finish()
            raise psycopg.OperationalError("the database does not answer") from error

    def rollback(self) -> None:
        """Roll back, where it is not closed."""
        if not self.closed:
            super().rollback()

    def set_autocommit(self, value: bool) -> None:
        """Set it, where it is not closed."""
        if not self.closed:
            super().set_autocommit(value)

    def set_isolation_level(self, value: psycopg.IsolationLevel | None) -> None:
        """Set it, where it is not closed."""
        if not self.closed:
            super().set_isolation_level(value)


def begin(
    given: tuple[Any, ...],
    named: Mapping[str, Any],
    within: float,
    settings: Mapping[str, str],
    *then: tuple[str, Sequence[object]],
) -> Session:
    """Return a new session.

    Args:
        given: as the driver takes it.
        named: the same.
        within: seconds for which an answer is waited for.
        settings: of the session; a server that does not know one goes without it. Told in a
            statement, since poolers refuse them as parameters of the start.
        then: statements with their values.
    """
    made = Session.connect(*given, **{**_PARAMETERS, **named})
    made.within = within
    made.autocommit = True
    made.execute(
        "SELECT set_config(name, %s::jsonb ->> name, false) FROM pg_settings WHERE name = ANY(%s)",
        (Jsonb(dict(settings)), [*settings]),
    )
    for statement, values in then:
        made.execute(statement, values)
    made.autocommit = False
    return made


def begin_at(url: URL, within: float, settings: Mapping[str, str]) -> Session:
    """Return a new session that commits each statement; see `begin`."""
    given, named = url.get_dialect()().create_connect_args(url)
    made = begin(tuple(given), named, within, settings)
    made.autocommit = True
    return made


def is_quiet(session: Session) -> bool:
    """Whether the server has said nothing to a session that asked nothing, without a question.

    What it says unasked is a farewell, which may be there before the connection is closed, or that
    a setting is another one now; a new session is right after both.
    """
    if session.closed:
        return False
    looking = select.poll()  # of a worker with thousands of clients, too
    looking.register(session, select.POLLIN)
    return not looking.poll(0)
