"""nginx that serves files compressed beforehand, and nginx with our configuration in front of `serve`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import SERVER_CORE, free_port, running, tool, wait_for

# Debian's own settings (sendfile, tcp_nopush), without an access log, since what it is measured against writes none.
STATIC = """\
{user}worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    types {{ application/rss+xml rss; }}
{temporary}
    server {{
        listen 127.0.0.1:{port};
        root {folder}/files;
        gzip_static on;
        gzip_vary on;
        add_header Cache-Control "max-age=300";
    }}
}}
"""


@contextmanager
def static(folder: Path, name: str, body: bytes, compressed: bytes) -> Iterator[tuple[int, int]]:
    """Serve one file with gzip_static; yield its port and process id.

    Args:
        folder: scratch space.
        name: of the file.
        body: its bytes as they are.
        compressed: the same in gzip.
    """
    files = folder / "files"
    files.mkdir(parents=True)
    (files / name).write_bytes(body)
    (files / f"{name}.gz").write_bytes(compressed)
    port = free_port()
    text = STATIC.format(user=_user(), folder=folder, temporary=_temporary(folder), port=port)
    with _nginx(folder, text, port, f"/{name}") as pid:
        yield port, pid


@contextmanager
def _nginx(folder: Path, text: str, port: int, path: str) -> Iterator[int]:
    program = tool("nginx", "nginx")
    configuration, log = folder / "nginx.conf", folder / "nginx.log"
    configuration.write_text(text, encoding="utf-8")
    command = (program, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log"))
    with running(command, log, core=SERVER_CORE) as process:
        wait_for(process, port, path, log)
        yield process.pid


def _user() -> str:
    """Where root starts it, its worker stays root: scratch folders are closed to others."""
    return "user root;\n" if os.geteuid() == 0 else ""


def _temporary(folder: Path) -> str:
    """The folders that nginx wants to write to, below ours."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "\n".join(f"    {kind}_temp_path {folder}/{kind};" for kind in kinds)
