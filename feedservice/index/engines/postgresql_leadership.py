"""Which of several machines writes: who holds an advisory lock, and has the last number.

The lock ends with its session, so with its process; with a machine that is lost once keepalives
are not answered; and with one that hangs, since the server ends a session that is quiet for too
long. Whoever gets it takes the next number. Each transaction of a writer looks at the number, and
keeps it as it is until it ends: who lost the lock without knowing writes nothing more. Beside the
number stands the generation of the content that is published, which an older copy does not have.
"""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL, Connection, text

from feedservice.domain.errors import IndexUnavailable
from feedservice.index.engines.postgresql_session import LOST, QUIET, Session, begin_at
from feedservice.index.statements import Statement

_ANOTHER = "another machine writes now"
PING_EVERY = 2.0
"""Seconds between two words of who holds the lock."""
_SETTINGS = {
    **LOST,
    "idle_session_timeout": QUIET,  # from PostgreSQL 14 on
    "lock_timeout": "3s",
    "statement_timeout": "4s",
}
_TABLE = (
    "CREATE TABLE IF NOT EXISTS leadership"
    " (number BIGINT PRIMARY KEY, generation TEXT NOT NULL DEFAULT '')"
)
_HAS_TABLE = "SELECT to_regclass('leadership')"
# Of a key: what is beside it may be written meanwhile.
_NUMBER = Statement(text("SELECT number FROM leadership FOR KEY SHARE"))


class HeldByOne:
    """See `Leadership`; safe to share among threads.

    Args:
        url: of the database.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self._session: Session | None = None
        self._number = 0
        self._lock = threading.Lock()

    def published(self) -> str:
        """Return the generation of the content that is published."""
        with self._asking() as session:
            if _value(session, _HAS_TABLE) is None:
                return ""
            return str(_value(session, "SELECT generation FROM leadership") or "")

    def note(self, generation: str) -> None:
        """Note it, if this process leads."""
        statement = "UPDATE leadership SET generation = %s WHERE number = %s RETURNING number"
        with self._asking() as session:
            if _value(session, statement, generation, self._number) is None:
                raise IndexUnavailable(_ANOTHER)

    def acquire(self) -> bool:
        """Take the lock; False where another process has it.

        Raises:
            IndexUnavailable: the database cannot be asked.
        """
        with self._asking() as session:
            if not _value(session, "SELECT pg_try_advisory_lock(%s)", _key(session)):
                return False
            if _value(session, _HAS_TABLE) is None:
                session.execute(_TABLE)
                session.execute("INSERT INTO leadership (number) VALUES (0)")
            number = _value(session, "UPDATE leadership SET number = number + 1 RETURNING number")
            self._number = int(str(number))
        keeping = threading.Thread(target=self._keep, args=(session,), name="leader", daemon=True)
        try:
            keeping.start()
        except RuntimeError as error:  # the system gives no more of them
            self.release()
            raise IndexUnavailable(str(error)) from error
        return True

    def is_held(self) -> bool:
        """Whether this process has it, as far as it knows."""
        return self._number > 0

    def release(self) -> None:
        """Give it back."""
        with self._lock:
            session, self._session, self._number = self._session, None, 0
        if session:
            session.close()

    def look(self, connection: Connection) -> None:
        """Raise `IndexUnavailable` where another process has it, else keep it meanwhile."""
        if _NUMBER.rows(connection) != [(self._number,)]:
            raise IndexUnavailable(_ANOTHER)

    @contextmanager
    def _asking(self) -> Iterator[Session]:
        """Lend the session; what goes wrong ends it, and with it what it holds."""
        try:
            with self._lock:
                self._session = self._session or begin_at(self._url, 5.0, _SETTINGS)
                session = self._session
                yield session
        except psycopg.Error as error:
            self.release()
            raise IndexUnavailable(str(error).splitlines()[0]) from error

    def _keep(self, session: Session) -> None:
        while self._session is session:
            try:
                with self._lock:
                    session.execute("SELECT 1")
            except psycopg.Error:
                self.release()
                return
            time.sleep(PING_EVERY)


def _key(session: Session) -> int:
    """Of the schema: several sites may be in a database."""
    name = f"feedservice:{_value(session, 'SELECT current_schema()')}"
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


def _value(session: Session, sql: str, *values: object) -> object:
    found = session.execute(sql, values).fetchone()
    return found[0] if found else None
