"""How the database is opened: not before it is first used, so forking is safe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from feedservice.domain.errors import SettingsError
from feedservice.i18n import Message, _
from feedservice.index import engines

Look = Callable[[Connection], None]
_LOOK = "look"


def open_engine(
    url: str, *, readonly: bool, checkpoints: bool = True, look: Look | None = None
) -> Engine:
    """Return an engine.

    Args:
        url: an SQLAlchemy URL; SQLite's is the default one.
        readonly: a reader's connection can change nothing, and makes no database where there is
            none.
        checkpoints: whether its commits move SQLite's log into the file when it is long. One engine
            of a writer does, whose `healing.Healer` then knows of every change that is not its own.
        look: called within each transaction that writes; what it raises leaves all as it was.

    Raises:
        SettingsError: the URL cannot be read, or needs a library that is not there. Nothing of the
            URL is in the message: it may hold a password.
    """
    with _refusing():
        database, parsed = _read(url)
        engine = database.open(parsed, readonly=readonly, checkpoints=checkpoints)
    return engine.execution_options(**{_LOOK: look}) if look else engine


def database_at(url: str) -> engines.Database:
    """Return the database of an address that `open_engine` takes; raises as that does."""
    with _refusing():
        return _read(url)[0]


def _read(url: str) -> tuple[engines.Database, URL]:
    parsed = make_url(url)
    database = engines.named(parsed.get_backend_name())
    database.check(parsed)
    return database, parsed


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        reason = _(
            "the library {name} is not there (pip install 'feedservice[postgresql]')",
            name=error.name,
        )
        raise _refused(reason) from None
    except (SQLAlchemyError, ValueError):
        raise _refused(
            _("it is no address of a database (in a password, @ and / are percent-encoded)")
        ) from None


def _refused(reason: Message) -> SettingsError:
    return SettingsError(
        _(
            "FEEDSERVICE_DATABASE is not accepted: {reason}. Accepted: an SQLAlchemy URL, such as "
            "sqlite:////var/lib/feedservice/index.sqlite3 or "
            "postgresql+psycopg://name:password@host/database",
            reason=reason,
        )
    )


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a connection whose questions all see the state that the first one saw.

    Raises:
        IndexUnavailable: the database failed, within the block too.
        IndexDamaged: it is damaged; the writer is told.
    """
    with _faults(engine), engine.connect() as connection:
        engines.of(engine).begin_reading(connection)
        yield connection


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a connection whose changes are seen together, or not at all; raises as above."""
    with _faults(engine), engine.begin() as connection:
        look: Look | None = engine.get_execution_options().get(_LOOK)
        if look:
            look(connection)
        yield connection


@contextmanager
def _faults(engine: Engine) -> Iterator[None]:
    try:
        yield
    # The driver's own where it was asked itself; see `statements.Statement.rows`.
    except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error) as error:
        reason = str(error).splitlines()[0]
        raise engines.of(engine).fault(engine, error, reason) from error
