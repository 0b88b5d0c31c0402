"""A server of this project as a real process on loopback, for the tests that need one."""

import http.client
import itertools
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from feedservice.service.lock import WriterLock
from waiting import PATIENCE, comes_true

ROOT = Path(__file__).parent.parent
GUNICORN = ["-m", "gunicorn", "--workers", "2", "--log-level", "warning", "wsgi:app"]
SERVERS = {
    "granian": ["-m", "feedservice", "serve", "--workers", "2", "--port"],
    "gunicorn": [*GUNICORN, "--bind"],
    "gunicorn, preloaded": [*GUNICORN, "--preload", "--bind"],
    "flask": ["-m", "flask", "--app", "wsgi", "run", "--port"],
}


class Site:
    """A server on loopback, and its content folder."""

    def __init__(
        self, content: Path, state: Path, process: subprocess.Popen[bytes], port: int
    ) -> None:
        self.content = content
        self.state = state
        self.process = process
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> tuple[int, bytes, str]:
        """Status, body and ETag; each request by a connection of its own, so that any worker may
        answer."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:
                return answer.status, answer.read(), answer.headers["ETag"]
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), ""
        except (OSError, http.client.HTTPException):
            return 0, b"", ""

    def until(self, holds: Callable[[], bool]) -> bool:
        """Whether ``holds`` comes true in time, ten times in a row, so in every worker."""
        row = 0

        def holds_in_every_worker() -> bool:
            nonlocal row
            while holds():
                row += 1
                if row == 10:
                    return True
            row = 0
            return False

        return comes_true(holds_in_every_worker)

    def shows(self, title: str, path: str = "/categories/field.rss") -> bool:
        return title.encode() in self.get(path)[1]

    def log(self) -> str:
        return self.state.with_suffix(".log").read_text(encoding="utf-8")

    def processes(self, *commands: bytes) -> list[int]:
        """Every process over this site's state whose command line has each of ``commands``."""
        wanted = os.fsencode(f"FEEDSERVICE_STATE={self.state}\0")
        numbers = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes()
                if wanted in (entry / "environ").read_bytes() and all(
                    part in command for part in commands
                ):
                    numbers.append(int(entry.name))
            except OSError:
                continue
        return numbers

    def writers(self) -> list[int]:
        """Those that write; copies of them read, and have the same command line."""
        parents = {number: _parent(number) for number in self.processes(b"--with-parent")}
        return [number for number, parent in parents.items() if parent and parent not in parents]

    def servers(self) -> list[int]:
        """What workers are begun by: what `serve` keeps; another server is that itself."""
        kept = self.processes(b"serve\0")
        return [each for each in kept if _parent(each) == self.process.pid] or [self.process.pid]

    def workers(self) -> list[int]:
        """The processes that answer, where the server is one that has them."""
        servers, writers = self.servers(), self.writers()
        return [
            number
            for number in self.processes()
            if _parent(number) in servers and number not in writers
        ]


def _parent(process: int) -> int:
    """The process that started another (proc_pid_stat(5)); 0 where it has ended."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])


_ports = itertools.count(10_000 + os.getpid() % 200 * 100)


def free_port() -> int:
    """Return a port that is free, and that neither a client nor another process of the suite picks.

    One that the system gives is one of those that it gives to clients, and so to a server that
    starts a moment later.
    """
    for port in _ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("unreachable")


@contextmanager
def started(
    content: Path,
    state: Path,
    server: str,
    port: int = 0,
    prefix: Sequence[str] = (),
    **settings: str,
) -> Iterator[Site]:
    """Start a server, and end it whatever becomes of it; it may not answer yet.

    ``prefix`` is a command that becomes the one that follows it, as `env` does.
    """
    port = port or free_port()
    where = f"127.0.0.1:{port}" if "gunicorn" in server else str(port)
    environment = {
        **os.environ,
        "FEEDSERVICE_CONTENT": str(content),
        "FEEDSERVICE_STATE": str(state),
        **settings,
    }
    command = [*prefix, sys.executable, *SERVERS[server], where]
    with (
        state.with_suffix(".log").open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stderr=log, stdout=log, start_new_session=True
        ) as process,
    ):
        try:
            yield Site(content, state, process, port)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise


@contextmanager
def serving(
    content: Path,
    state: Path,
    server: str,
    port: int = 0,
    prefix: Sequence[str] = (),
    **settings: str,
) -> Iterator[Site]:
    """Start a server and wait until it answers; it leaves nothing behind when it ends."""
    with started(content, state, server, port, prefix, **settings) as site:
        wait_for(site)
        yield site
    assert_ended(site, server)


def wait_for(site: Site) -> None:
    assert site.until(lambda: site.get("/feed.rss")[0] == 200), site.log()


def assert_ended(site: Site, server: str) -> None:
    """A server that was asked to end has ended well, and its writer with it."""
    if server != "flask":  # its development server has no way of its own to end
        assert site.process.returncode == 0, site.log()
    assert comes_true(lambda: not site.processes()), "a process outlives its server"
    assert WriterLock(site.state).is_free()
