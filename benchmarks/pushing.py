"""A commit in a Git repository until the feed shows it, while `serve` follows the repository: from
the moment its webhook is sent to the end of the first answer that holds it. Then the processor time of
one look at the repository, with and without a new commit, git's own processes among it.

python -m benchmarks.pushing [SIZE] [--rounds N]
"""

import argparse
import hmac
import http.client
import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.generate import article, sentences
from benchmarks.processes import free_port, running, wait_for, wait_until_idle
from benchmarks.sites import FEEDSERVICE, Site, temporary
from feedservice.service.wiring_source import following
from feedservice.settings import Settings

SECRET = b"0123456789abcdef0123456789abcdef"
FEED = "/feed.rss"
PATIENCE = 60.0
WHO = ("-c", "user.name=desk", "-c", "user.email=desk@news.example", "-c", "gc.auto=0")


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", nargs="?", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=10)
    given = parser.parse_args()
    with temporary(given.size, indexed=False) as site:
        git(site.content, "init", "--quiet", "--initial-branch=main")
        commit(site.content)
        spans = list(_pushes(site, given.rounds))
        print(f"hook → feed: median {statistics.median(spans):.2f} s, longest {max(spans):.2f} s")
        print("a look: {:.2f} s with a new commit, {:.2f} s without".format(*_looks(site)))


def git(folder: Path, *command: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", *WHO, *command], cwd=folder, check=True)


def commit(folder: Path) -> None:
    """Commit all of a folder."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")


def _environment(site: Site) -> dict[str, str]:
    secret = site.folder / "secret"
    secret.write_bytes(SECRET)
    return site.environment() | {
        "FEEDSERVICE_SOURCE": f"git+file://{site.content}/.git",
        "FEEDSERVICE_SOURCE_EVERY": "86400",
        "FEEDSERVICE_WEBHOOK_SECRET_FILE": str(secret),
    }


def _pushes(site: Site, rounds: int) -> Iterator[float]:
    port, log = free_port(), site.folder / "pushing.log"
    command = (*FEEDSERVICE, "serve", "--workers", "1", "--port", str(port))
    pool = sentences()
    with running(command, log, environment=_environment(site)) as process:
        wait_for(process, port, FEED, log)
        wait_until_idle(process.pid)
        for number in range(rounds):
            title = f"دفعة رقم {number}"
            text = article(site.size + number, pool).split("\n", 2)
            text[1] = f"title: {title}"
            (site.newest.parent / f"pushed-{number}.md").write_text(
                "\n".join(text), encoding="utf-8"
            )
            commit(site.content)
            yield _seen(port, title)
            time.sleep(1.5)


def _seen(port: int, title: str) -> float:
    """Send the hook; return how many seconds it took until the feed had the title."""
    begin = time.perf_counter()
    mac = hmac.new(SECRET, b"{}", "sha256").hexdigest()
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    asked.request("POST", "/hooks/content", b"{}", {"X-Hub-Signature-256": f"sha256={mac}"})
    answer = asked.getresponse()
    answer.read()
    if answer.status != 202:
        raise SystemExit(f"the hook was answered {answer.status}")
    while time.perf_counter() - begin < PATIENCE:
        asked.request("GET", FEED)
        if title.encode() in asked.getresponse().read():
            return time.perf_counter() - begin
        time.sleep(0.01)
    raise SystemExit(f"the feed never showed {title}")


def _looks(site: Site) -> tuple[float, float]:
    """Return the processor time of a look that finds a new commit, and of one that finds none."""
    follower = following(Settings.from_env(_environment(site)))
    follower.once()
    (site.newest.parent / "one-more.md").write_text(
        article(site.size * 2, sentences()), encoding="utf-8"
    )
    commit(site.content)
    spent = []
    for _ in range(2):
        begin = sum(os.times()[:4])
        follower.once()
        spent.append(sum(os.times()[:4]) - begin)
    return spent[0], spent[1]


if __name__ == "__main__":
    main()
