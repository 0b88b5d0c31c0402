"""A server of this project as a real process on loopback, for the tests that need one."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATIENCE = 10.0
SOON = 5.0
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

    def until(self, holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
        """Whether ``holds`` comes true in time, ten times in a row, so in every worker."""
        deadline = time.monotonic() + seconds
        row = 0
        while row < 10 and time.monotonic() < deadline:
            row = row + 1 if holds() else 0
            if not row:
                time.sleep(0.05)
        return row == 10

    def shows(self, title: str, path: str = "/categories/field.rss") -> bool:
        return title.encode() in self.get(path)[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(content: Path, state: Path, server: str, port: int = 0) -> Iterator[Site]:
    """Start a server, and end it whatever becomes of it; it may not answer yet."""
    port = port or free_port()
    where = f"127.0.0.1:{port}" if "gunicorn" in server else str(port)
    environment = {
        **os.environ,
        "FEEDSERVICE_CONTENT": str(content),
        "FEEDSERVICE_STATE": str(state),
    }
    command = [sys.executable, *SERVERS[server], where]
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
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise


@contextmanager
def serving(content: Path, state: Path, server: str, port: int = 0) -> Iterator[Site]:
    """Start a server and wait until it answers."""
    with started(content, state, server, port) as site:
        wait_for(site)
        yield site


def wait_for(site: Site) -> None:
    is_up = site.until(lambda: site.get("/feed.rss")[0] == 200, 30)
    assert is_up, site.state.with_suffix(".log").read_text(encoding="utf-8")
