"""Git repositories on loopback: made by git itself, served over HTTP by its own http-backend."""

import base64
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from nginx_process import require

WHO = {"GIT_AUTHOR_NAME": "محررة", "GIT_AUTHOR_EMAIL": "desk@news.example"}


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with a work tree, whose branch is ``main``."""

    folder: Path

    @property
    def url(self) -> str:
        return f"file://{self.folder}"

    def git(self, *given: str, stdin: bytes = b"") -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **WHO,
            **{name.replace("AUTHOR", "COMMITTER"): value for name, value in WHO.items()},
        }
        done = subprocess.run(
            [require("git", "git"), "-C", self.folder, "-c", "gc.auto=0", *given],
            input=stdin,
            env=environment,
            check=True,
            capture_output=True,
        )
        return done.stdout.decode().strip()

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, files: Mapping[str, str | bytes] | None = None) -> str:
        """Commit what changed, and return the commit."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "تحرير")
        return self.git("rev-parse", "HEAD")


def repository(folder: Path, files: Mapping[str, str | bytes]) -> Repository:
    folder.mkdir(parents=True)
    made = Repository(folder)
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit(files)
    return made


@dataclass(slots=True)
class GitServer:
    """What serves the repositories of a folder; ``is_away`` has it answer 503."""

    port: int = 0
    is_away: bool = False
    password: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def git_over_http(folder: Path) -> Iterator[GitServer]:
    """Serve repositories below a folder by ``git http-backend``."""
    require("git", "git")
    told = GitServer()
    handler = type("Handler", (_Backend,), {"told": told, "root": folder})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Backend(BaseHTTPRequestHandler):
    told: GitServer
    root: Path

    def do_GET(self) -> None:
        self.told.asked.append(f"{self.command} {self.path}")
        given = self.headers.get("Authorization", "")
        wanted = "Basic " + base64.b64encode(self.told.password.encode()).decode()
        if self.told.is_away or (self.told.password and given != wanted):
            self.send_error(503 if self.told.is_away else 401)
            return
        path, _mark, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            check=True,
            env={
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(self.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_CONFIG_NOSYSTEM": "1",
                "REQUEST_METHOD": self.command,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "HTTP_GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            },
        )
        head, _sign, found = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(headers.pop("Status", "200 OK").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(found)))
        self.end_headers()
        self.wfile.write(found)

    do_POST = do_GET  # noqa: N815 - a name that http.server looks for

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Keep still."""
