"""A Git repository of many small files: its first mirror, and a pull of one file, as `serve` makes
them; processor time of all processes, git's own among them, and the peak memory of this one.

python -m benchmarks.mirroring [FILES]
"""

import argparse
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from feedservice.ingest.sources.git import GitRepository, address
from feedservice.ingest.sources.mirror import Mirror

WHO = "desk <desk@news.example> 1767225600 +0000"
IN_FOLDER = 1000


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="?", type=int, default=100_000)
    count: int = parser.parse_args().files
    with tempfile.TemporaryDirectory() as folder:
        origin = Path(folder) / "origin.git"
        subprocess.run(["git", "init", "--quiet", "--bare", origin], check=True)
        commit(origin, _all(count))
        state = Path(folder) / "state"
        found = GitRepository(address(f"file://{origin}#main"), state / "repository.git")
        mirror = Mirror(state)
        tell(f"first mirror of {count} files", lambda: mirror.follow(found))
        for number in range(3):
            commit(origin, [("0/0.md", f"---\ntitle: {number}\n---\n")])
            tell("a pull of one file", lambda: mirror.follow(found))
        tell("the first pull after a start", lambda: Mirror(state).follow(found))


def commit(origin: Path, files: "Iterator[tuple[str, str]] | list[tuple[str, str]]") -> None:
    """Commit files upon what the branch holds."""
    stream = [f"commit refs/heads/main\ncommitter {WHO}\ndata 1\nx\n"]
    is_there = (origin / "refs" / "heads" / "main").exists()
    stream += ["from refs/heads/main^0\n"] if is_there else []
    for path, text in files:
        stream.append(f"M 644 inline {path}\ndata {len(text.encode())}\n{text}\n")
    command = ["git", "-C", origin, "fast-import", "--quiet"]
    subprocess.run(command, input="".join(stream).encode(), check=True)


def tell(what: str, work: Callable[[], object]) -> None:
    """Do something and print what it took."""
    spent, begin = sum(os.times()[:4]), time.perf_counter()
    work()
    wall, spent = time.perf_counter() - begin, sum(os.times()[:4]) - spent
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what}: {spent:.2f} s of processor time, {wall:.2f} s, at most {memory:.0f} MB")


def _all(count: int) -> Iterator[tuple[str, str]]:
    yield "site.yaml", "title: x\n"
    for number in range(count):
        text = f"---\ntitle: خبر رقم {number}\n---\nنص الخبر.\n"
        yield f"{number // IN_FOLDER}/{number}.md", text


if __name__ == "__main__":
    main()
