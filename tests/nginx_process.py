"""nginx with the configuration that we ship, and an application that does what a test says."""

import getpass
import http.client
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from service_process import Site, free_port
from waiting import PATIENCE, comes_true

ROOT = Path(__file__).parent.parent
CONFIGURATION = ROOT / "deploy" / "nginx" / "feedservice.conf"
OUTSIDE = "127.0.0.2"
"""A client's address that is not among those which the configuration trusts."""


def require(program: str, package: str) -> str:
    """The path of a program of the system."""
    found = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if found is None:
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail(f"{program} is not there: apt-get install {package}")
        pytest.skip(f"needs {program} (Debian's package {package})")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The values of a header, joined."""
        return ", ".join(value for key, value in self.headers if key == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What answers on a port of loopback; each request on a connection of its own."""

    port: int

    def ask(
        self,
        target: str,
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        source: str = "127.0.0.1",
        body: bytes | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, PATIENCE, source_address=(source, 0)
        )
        try:
            connection.putrequest(
                method, target, skip_host="Host" in (headers or {}), skip_accept_encoding=True
            )
            for name, value in (headers or {}).items():
                connection.putheader(name, value.encode())
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            got = connection.getresponse()
            found = tuple((name.lower(), value) for name, value in got.getheaders())
            return Answer(status=got.status, headers=found, body=got.read())
        finally:
            connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nginx(Server):
    folder: Path

    def log(self) -> str:
        path = self.folder / "access.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """The service, asked directly and through nginx."""

    direct: Server
    nginx: Nginx
    content: Path
    site: Site


@contextmanager
def nginx_in_front_of(
    application: int, folder: Path, changes: Mapping[str, str] | None = None, text: str = ""
) -> Iterator[Nginx]:
    """Run nginx with our configuration, or with ``text`` that was made of it.

    ``changes`` replaces texts that stand in it, beside the values that its first comment names.
    """
    program = require("nginx", "nginx-light")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    text = text or CONFIGURATION.read_text(encoding="utf-8")
    text = text[text.index("\n\n") :]
    for old, new in {
        "127.0.0.1:8000": f"127.0.0.1:{application}",
        "127.0.0.1:8081": f"127.0.0.1:{free_port()}",
        "/run/feedservice": f"{folder}/feeds",
        "/run/nginx-feedservice": f"{folder}/kept",
        "/var/log/nginx/feedservice.log": f"{folder}/access.log",
        "listen 80 default_server;": f"listen 127.0.0.1:{port};",
        "    listen [::]:80 default_server; #plain\n": "",
        **(changes or {}),
    }.items():
        assert old in text or "#plain" in old, old
        text = text.replace(old, new)
    (folder / "site.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(main_configuration(folder), encoding="utf-8")
    with (folder / "error.log").open("wb") as errors:
        process = subprocess.Popen(
            [program, "-p", folder, "-c", folder / "nginx.conf"], stdout=errors, stderr=errors
        )
        try:
            assert comes_true(lambda: accepts(port) or process.poll() is not None)
            assert process.poll() is None, (folder / "error.log").read_text(encoding="utf-8")
            yield Nginx(port=port, folder=folder)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def main_configuration(folder: Path) -> str:
    """What Debian's nginx.conf does, for a process of our own."""
    temporary = "\n".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off; user {getpass.getuser()}; worker_processes 2; pid {folder}/nginx.pid; error_log stderr warn;\n"
        f"events {{ worker_connections 512; }}\n"
        f"http {{ include /etc/nginx/mime.types; gzip on; {temporary} include {folder}/*site.conf; }}\n"
    )


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass(slots=True, kw_only=True)
class Script:
    """What the application is to answer next, and what it was asked."""

    status: int = 200
    body: bytes = b"one"
    headers: dict[str, str] = field(
        default_factory=lambda: {
            "Cache-Control": "max-age=300, stale-while-revalidate=60, stale-if-error=86400",
            "Vary": "Accept-Encoding",
        }
    )
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def targets(self) -> list[str]:
        return [target for _, target, _ in self.asked]

    def codings(self) -> list[str]:
        return [headers.get("accept-encoding", "") for _, _, headers in self.asked]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # one packet an answer
    script: Script

    def _answer(self) -> None:
        script = self.script
        headers = {name.lower(): value for name, value in self.headers.items()}
        script.asked.append((self.command, self.path, headers))
        self.rfile.read(int(headers.get("content-length") or 0))
        script.gate.wait(PATIENCE)
        self.send_response(script.status)
        for name, value in script.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(script.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(script.body)

    do_GET = do_HEAD = do_OPTIONS = do_POST = _answer  # noqa: N815 - names that http.server looks for

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Keep still."""


class _Application(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler: type[_Handler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self._connections: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, address = super().get_request()
        self._connections.append(connection)
        return connection, address

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no fault of a test."""

    def die(self) -> None:
        """Stop listening, and end the connections that nginx keeps."""
        self.shutdown()
        self.server_close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def scripted() -> Iterator[Script]:
    """Run an application that answers by a script; its gate is open."""
    script = Script()
    script.gate.set()
    handler = type("Handler", (_Handler,), {"script": script})
    server = _Application(handler)
    script.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield script
    finally:
        script.gate.set()
        server.die()
        thread.join()


SHOWN = {"# add_header X-Cache-Status": "add_header X-Cache-Status"}
"""For `nginx_in_front_of`: answers tell what nginx did."""
