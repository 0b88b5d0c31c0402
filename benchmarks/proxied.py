"""`serve` behind our nginx configuration, which sends its feeds as files, against nginx with
gzip_static on the very same bytes; both write access logs.

nginx and the server behind it share one core, wrk has another; they are loaded in turns.

python -m benchmarks.proxied [SIZE]
"""

import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks import program
from benchmarks.figures import Figure
from benchmarks.load import Server
from benchmarks.peers import nginx
from benchmarks.processes import Unmeasurable, get
from benchmarks.serving import FEED, GZIP, compare, serve, static_peer
from benchmarks.sites import Site


def measure(site: Site, rounds: int) -> list[Figure]:
    """Return the paces of 200 and 304."""
    with ExitStack() as stack:
        files = site.folder / "feeds"
        behind = stack.enter_context(serve(site, "behind", files))
        port, pid = stack.enter_context(
            nginx.in_front_of(site.folder / "front", behind.port, FEED, files)
        )
        front = Server(name="proxied", port=port, pids=(pid, *behind.pids))
        static = stack.enter_context(static_peer(site, behind, "proxied-static", log=nginx.LOG))
        wait_for_file(files / "gzip" / FEED[1:], behind.port)
        return compare(site.size, static, [front], rounds)


def wait_for_file(path: Path, port: int, seconds: float = 60) -> None:
    """Wait until a feed that is asked for lies as a file.

    Raises:
        Unmeasurable: it never does.
    """
    get(port, FEED, GZIP)
    deadline = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > deadline:
            raise Unmeasurable(f"{path} is not put down")
        time.sleep(0.1)


if __name__ == "__main__":
    program.run(measure, __doc__, size=1000, rounds=5)
