"""PostgreSQL on loopback, for the tests that ask for it: a cluster of their own."""

import getpass
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from feedservice.index.schema import SCHEMA_VERSION
from service_process import free_port

SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}

PATH = f"-csearch_path=public_index_{SCHEMA_VERSION},public"
"""Where sessions of a service find its tables."""


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, as Debian has it or by PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    there = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return there[-1].parent if there else None


class Cluster:
    """A running server; each test has databases of its own in it.

    Attributes:
        port: on loopback.
        folder: of its files.
    """

    def __init__(self, folder: Path, where: Path, given: Mapping[str, str]) -> None:
        self.folder = folder
        self.port = 0
        self._where = where
        self._settings = SETTINGS | given
        # It refuses to run as root.
        self._user = "nobody" if os.geteuid() == 0 else getpass.getuser()
        self._numbers = itertools.count()

    def run(self, program: str, *given: str) -> None:
        account = pwd.getpwnam(self._user)
        as_user: dict[str, Any] = {"user": account.pw_uid, "group": account.pw_gid}
        subprocess.run(
            [self._where / program, "-D", self.folder / "data", *given],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **(as_user if os.geteuid() == 0 else {}),
        )

    def make(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, self._user)
        # Another locale than C, since the order of texts must not depend on it.
        self.run(
            "initdb", "-U", "desk", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"
        )
        self.port = free_port()
        self.start()

    def start(self) -> None:
        settings = {**self._settings, "port": str(self.port)}
        told = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in settings.items())
        self.run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", told, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-m", "immediate", "stop")

    def pid(self) -> int:
        """Of the process whose children are all others of the server."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://desk@127.0.0.1:{self.port}/{database}"

    def ask(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        name = f"host=127.0.0.1 port={self.port} user=desk dbname={database} options={PATH}"
        with psycopg.connect(name, autocommit=True) as connection:
            found = connection.execute(sql)
            return found.fetchall() if found.description else []

    def new(self, template: str = "template0") -> str:
        """The name of a new database."""
        name = f"d{next(self._numbers)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name


@contextmanager
def running(**given: str) -> Iterator[Cluster]:
    """A server while it is needed; where there is none, the test is skipped, or fails in CI.

    Settings of PostgreSQL that are given go before those of `SETTINGS`.
    """
    where = programs()
    if where is None:
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="feedservice-pg-"))
    cluster = Cluster(folder, where, given)
    try:
        cluster.make()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)
