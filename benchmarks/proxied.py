"""`serve` behind our nginx configuration against nginx with gzip_static on the very same bytes;
both write access logs.

nginx and the server behind it share one core, wrk has another; they are loaded in turns.

python -m benchmarks.proxied [SIZE]
"""

from contextlib import ExitStack

from benchmarks import program
from benchmarks.figures import Figure
from benchmarks.load import Server
from benchmarks.peers import nginx
from benchmarks.serving import FEED, compare, serve, static_peer
from benchmarks.sites import Site


def measure(site: Site, rounds: int) -> list[Figure]:
    """Return the paces of 200 and 304."""
    with ExitStack() as stack:
        behind = stack.enter_context(serve(site, "behind"))
        port, pid = stack.enter_context(nginx.in_front_of(site.folder / "front", behind.port, FEED))
        front = Server(name="proxied", port=port, pids=(pid, *behind.pids))
        static = stack.enter_context(static_peer(site, behind, "proxied-static", log=nginx.LOG))
        return compare(site.size, static, [front], rounds)


if __name__ == "__main__":
    program.run(measure, __doc__, size=1000, rounds=5)
