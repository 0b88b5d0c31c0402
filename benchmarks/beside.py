"""Times answers of `feedservice serve` while nothing is indexed, and while many files are indexed
at once.

python -m benchmarks.beside [COUNT]
"""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.generate import generate

FEW = 1_000


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status(port: int, path: str) -> int:
    """Ask once; 0 where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    except OSError:
        return 0
    else:
        return answer.status
    finally:
        connection.close()


def ask_until(port: int, done: Callable[[], bool]) -> tuple[list[float], int]:
    """Ask for feeds in turn until ``done``; return seconds of each answer, and how many were not
    200.
    """
    took: list[float] = []
    failed = 0
    while not done():
        path = f"/categories/section-{len(took) % 10}.rss" if len(took) % 2 else "/feed.atom"
        begin = time.perf_counter()
        failed += status(port, path) != 200
        took.append(time.perf_counter() - begin)
        time.sleep(0.02)
    return took, failed


def show(name: str, took: list[float], failed: int) -> None:
    """Print a row."""
    ordered = sorted(took)
    p99 = ordered[int(len(ordered) * 0.99)]
    print(
        f"{name:16} {len(took):6} answers, {failed} not 200   p50 {statistics.median(took) * 1e3:7.1f} ms   "
        f"p99 {p99 * 1e3:7.1f} ms   max {ordered[-1] * 1e3:7.1f} ms"
    )


def main() -> None:
    """Print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as scratch:
        content, more = Path(scratch) / "content", Path(scratch) / "more"
        generate(more, count)
        generate(content, FEW, categories=20)
        for number in range(FEW):  # these are in the site already
            (more / f"section-{number % 20}" / f"{number:07d}.md").unlink()
        port = free_port()
        environment = {
            **os.environ,
            "FEEDSERVICE_CONTENT": str(content),
            "FEEDSERVICE_STATE": f"{scratch}/state",
        }
        command = [sys.executable, "-m", "feedservice", "serve", "--port", str(port)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
            try:
                while status(port, "/feed.rss") != 200:
                    time.sleep(0.1)
                until = time.perf_counter() + 5
                show("nothing to index", *ask_until(port, lambda: time.perf_counter() > until))
                for folder in sorted(more.glob("section-*")):
                    for file in folder.iterdir():
                        file.rename(content / folder.name / file.name)
                last = (
                    f"/articles/{count - 20 + 9:07d}"  # the last one of the folder that sorts last
                )
                looked = [time.perf_counter()]

                def is_done() -> bool:
                    if time.perf_counter() - looked[0] < 0.5:
                        return False
                    looked[0] = time.perf_counter()
                    return status(port, last) == 200

                begin = time.perf_counter()
                show(f"{count - FEW} at once", *ask_until(port, is_done))
                print(f"indexed in {time.perf_counter() - begin:.1f} s")
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
