"""nginx that serves files compressed beforehand, and nginx with our configuration in front of
`serve`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import SERVER_CORE, Unmeasurable, free_port, running, tool, wait_for

OURS = Path(__file__).parents[2] / "deploy" / "nginx" / "feedservice.conf"

LOG = "access_log {folder}/access.log combined buffer=64k flush=1s;"
"""An access log as ours is written: in large pieces."""

# What Debian's nginx.conf sets (sendfile, tcp_nopush, 768 connections), and docs/deploy.md
# (pcre_jit);
# one worker, since it has one core.
MAIN = """\
{user}worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
pcre_jit on;
error_log {folder}/error.log warn;
events {{ worker_connections 768; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    client_body_temp_path {folder}/client_body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{rest}
}}
"""
STATIC = """\
    types {{ application/rss+xml rss; }}
    keepalive_requests 10000;
    {log}
    server {{
        listen 127.0.0.1:{port};
        root {folder}/files;
        gzip_static on;
        gzip_vary on;
        add_header Cache-Control "max-age=300";
    }}
"""


@contextmanager
def static(
    folder: Path, name: str, body: bytes, compressed: bytes, *, log: str = ""
) -> Iterator[tuple[int, int]]:
    """Serve one file with gzip_static; yield nginx's port and process id.

    Args:
        folder: scratch space.
        name: of the file.
        body: its bytes as they are.
        compressed: the same in gzip.
        log: `LOG`, or empty where accesses are not logged.
    """
    files = folder / "files"
    files.mkdir(parents=True)
    (files / name).write_bytes(body)
    (files / f"{name}.gz").write_bytes(compressed)
    port = free_port()
    rest = STATIC.format(log=log.format(folder=folder), port=port, folder=folder)
    with _nginx(folder, rest, port, f"/{name}") as pid:
        yield port, pid


@contextmanager
def in_front_of(folder: Path, upstream: int, path: str, feeds: Path) -> Iterator[tuple[int, int]]:
    """Run nginx with our configuration before a server of ours; yield nginx's port and process id.

    Args:
        folder: scratch space.
        upstream: the port of the server.
        path: an address that answers 200.
        feeds: where that server puts down feeds as files.
    """
    folder.mkdir(parents=True)
    port = free_port()
    if not OURS.is_file():
        raise Unmeasurable(f"{OURS} is not there")
    text = adapt(
        OURS.read_text(encoding="utf-8"),
        folder,
        port=port,
        itself=free_port(),
        upstream=upstream,
        feeds=feeds,
    )
    with _nginx(folder, text, port, path) as pid:
        yield port, pid


def adapt(text: str, folder: Path, *, port: int, itself: int, upstream: int, feeds: Path) -> str:
    """Return our configuration for this machine, changed where its own head says that a site may
    have to.

    Args:
        text: as it is delivered.
        folder: for the kept answers and the log.
        port: where nginx listens.
        itself: where it listens for its own requests.
        upstream: where `serve` listens.
        feeds: where it puts down feeds as files.

    Raises:
        Unmeasurable: a value that has to be changed is not in it.
    """
    changes = {
        "listen 80 default_server;      #plain": f"listen 127.0.0.1:{port} default_server;",
        "listen [::]:80 default_server; #plain": "",
        "127.0.0.1:8000": f"127.0.0.1:{upstream}",
        "127.0.0.1:8081": f"127.0.0.1:{itself}",
        "/run/feedservice": str(feeds),
        "/run/nginx-feedservice": f"{folder}/kept",
        "/var/log/nginx/feedservice.log": f"{folder}/access.log",
    }
    for old, new in changes.items():
        if old not in text:
            raise Unmeasurable(
                f"{OURS.name} has no {old!r} any more; benchmarks/peers/nginx.py replaces it"
            )
        text = text.replace(old, new)
    return text


@contextmanager
def _nginx(folder: Path, rest: str, port: int, path: str) -> Iterator[int]:
    program = tool("nginx", "nginx")
    # Where root starts it, its worker stays root: scratch folders are closed to others.
    user = "user root;\n" if os.geteuid() == 0 else ""
    configuration, log = folder / "nginx.conf", folder / "nginx.log"
    configuration.write_text(MAIN.format(user=user, folder=folder, rest=rest), encoding="utf-8")
    command = (
        program,
        "-p",
        str(folder),
        "-c",
        str(configuration),
        "-e",
        str(folder / "error.log"),
    )
    with running(command, log, core=SERVER_CORE) as process:
        wait_for(process, port, path, log)
        yield process.pid
