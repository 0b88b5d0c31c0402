"""One worker of `serve` against nginx with gzip_static on the very same bytes, beside Flask +
feedgen and Django.

Each server is tied to one core and wrk to another; they are loaded in turns.

python -m benchmarks.serving [SIZE]
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import load, program
from benchmarks.figures import Figure
from benchmarks.load import Server
from benchmarks.peers import facts, nginx
from benchmarks.processes import (
    PEER_SETTINGS,
    SERVER_CORE,
    free_port,
    get,
    running,
    wait_for,
    wait_until_idle,
)
from benchmarks.sites import FEEDSERVICE, Site

FEED = "/feed.rss"
SECONDS = 2
GZIP = {"Accept-Encoding": "gzip"}
PEERS = {
    "flask": "benchmarks.peers.flask_feedgen:app",
    "django": "benchmarks.peers.django_syndication:app",
}
STILL = 86_400
"""Seconds between two rescans: none may fall into another server's turn."""


def measure(site: Site, rounds: int, *, peers: bool = True) -> list[Figure]:
    """Return the paces of 200 and 304, with the Python peers' unless they are left out."""
    with ExitStack() as stack:
        ours = stack.enter_context(serve(site, "serving"))
        static = stack.enter_context(static_peer(site, ours))
        others = [stack.enter_context(python_peer(site, name)) for name in PEERS] if peers else []
        return compare(site.size, static, [ours, *others], rounds)


def compare(size: int, peer: Server, servers: Sequence[Server], rounds: int) -> list[Figure]:
    """Return the figures of 200 and of 304 of each server, named after it, against ``peer``."""
    everyone = (peer, *servers)
    etags = load.validators(everyone, FEED)
    conditional = {name: {**GZIP, "If-None-Match": etag} for name, etag in etags.items()}
    found = []
    for status, headers in (("200", dict.fromkeys(etags, GZIP)), ("304", conditional)):
        paces = load.in_turns(everyone, FEED, headers, rounds, SECONDS)
        found += [
            Figure(
                measure=f"{server.name}-{status}",
                size=size,
                value=paces[server.name].rate,
                unit="req/s",
                peer=peer.name,
                peer_value=paces[peer.name].rate,
                note=f"{paces[server.name].note()}; peer {paces[peer.name].note()}; "
                f"by processor time {paces[peer.name].cpu / paces[server.name].cpu:.2f} ×",
                doubt=""
                if paces[peer.name].busy >= load.FULL
                else f"peer had {paces[peer.name].busy:.0%} of a core",
            )
            for server in servers
        ]
    return found


@contextmanager
def serve(site: Site, name: str, files: Path | None = None) -> Iterator[Server]:
    """Run `feedservice serve` with one worker, on the servers' core.

    Args:
        site: what it serves.
        name: of its log.
        files: where feeds are put down as files; none without.
    """
    port, log = free_port(), site.folder / f"{name}.log"
    command = (*FEEDSERVICE, "serve", "--port", str(port), "--workers", "1")
    environment = site.environment(rescan=STILL)
    if files is not None:
        environment["FEEDSERVICE_FEED_FILES"] = str(files)
    with running(command, log, core=SERVER_CORE, environment=environment) as process:
        wait_for(process, port, FEED, log)
        wait_until_idle(process.pid)
        yield Server(name=name, port=port, pids=(process.pid,))


@contextmanager
def static_peer(
    site: Site, source: Server, folder: str = "static", log: str = ""
) -> Iterator[Server]:
    """Run nginx over the bytes that ``source`` answers with, in a folder of its own."""
    body, compressed = get(source.port, FEED).body, get(source.port, FEED, GZIP).body
    with nginx.static(site.folder / folder, FEED[1:], body, compressed, log=log) as (port, pid):
        yield Server(name="nginx gzip_static", port=port, pids=(pid,))


@contextmanager
def python_peer(site: Site, name: str) -> Iterator[Server]:
    """Run a peer under granian, with the settings of `serve`, on the servers' core."""
    port, log = free_port(), site.folder / f"{name}.log"
    command = (sys.executable, "-m", "granian", *PEER_SETTINGS, "--port", str(port), PEERS[name])
    environment = site.environment() | facts.write(site)
    with running(command, log, core=SERVER_CORE, environment=environment) as process:
        wait_for(process, port, FEED, log)
        yield Server(name=name, port=port, pids=(process.pid,))


if __name__ == "__main__":
    program.run(measure, __doc__, size=1000, rounds=5)
