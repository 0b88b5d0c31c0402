"""A file saved until feeds show it through Varnish, which may keep answers for a day: in turns a new
article, a new body, and another title of an old article. What is kept are the feeds of the site and
of its sections, and 40 article pages; after each save all of them are asked for once.

Needs Debian's varnish and varnish-modules.

python -m benchmarks.behind_varnish [SIZE] [--saves N]
"""

import argparse
import http.client
import json
import random
import statistics
import sys
import time
from pathlib import Path

from benchmarks import sites
from benchmarks.generate import article, sentences
from benchmarks.processes import Unmeasurable, end_on_signals, free_port, running, wait_for
from benchmarks.saving import EVERY, PATIENCE, percentile
from benchmarks.sites import FEEDSERVICE, Site

VCL = Path(__file__).parent.parent / "deploy" / "varnish" / "feedservice.vcl"
FORMATS = (".rss", ".atom", ".json")
KINDS = ("a new article", "a new body", "another title of an old one")
SETTLED = 5.0
"""Seconds after a save by which it was told of twice."""


def measure(site: Site, saves: int) -> None:
    """Print how long saves took, and what the origin was asked for."""
    origin, port, log = free_port(), free_port(), site.folder / "behind.log"
    vcl = site.folder / "feedservice.vcl"
    vcl.write_text(VCL.read_text(encoding="utf-8").replace('"8000"', f'"{origin}"'))
    varnish = ["varnishd", "-F", "-j", "none", "-n", str(site.folder / "varnish"), "-f", str(vcl)]
    varnish += ["-a", f"127.0.0.1:{port}", "-s", "malloc,256m", "-T", "none"]
    serve = (*FEEDSERVICE, "serve", "--workers", "1", "--port", str(origin))
    environment = site.environment() | {
        "FEEDSERVICE_CDN": "varnish",
        "FEEDSERVICE_CDN_PURGE": f"http://127.0.0.1:{port}/",
        "FEEDSERVICE_ACCESS_LOG": "1",
    }
    with (
        running(varnish, site.folder / "varnish.log") as cache,
        running(serve, log, environment=environment) as process,
    ):
        wait_for(process, origin, "/feed.rss", log)
        wait_for(cache, port, "/feed.rss", site.folder / "varnish.log")
        _report(*_saves(site, port, log, saves))


def _saves(
    site: Site, port: int, log: Path, saves: int
) -> tuple[list[list[float]], list[list[int]], int]:
    source, pool = random.Random(1), sentences(100)
    files = sorted(site.content.glob("*/*.md"))
    sections = sorted({path.parent.name for path in files})
    lists = ["/feed", *(f"/categories/{name}" for name in sections)]
    kept = [path + suffix for path in lists for suffix in FORMATS]
    kept += [f"/articles/{path.stem}" for path in source.sample(files, 40)]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    spans: list[list[float]] = [[], [], []]
    asked: list[list[int]] = [[], [], []]
    _settle(connection)  # its first start told that everything changed
    _ask(connection, kept)
    for turn in range(saves):
        kind, mark = turn % 3, f"علامة{turn:04d}"
        feed = "/feed.rss"
        if kind == 0:
            path = site.content / sections[0] / f"{site.size + turn:07d}.md"
            text = article(site.size + turn, pool).replace("title: ", f"title: {mark} ", 1)
        else:
            # Of a new body one is taken that the feed shows; of a title any one.
            path = site.newest if kind == 1 else source.choice(files)
            text = path.read_text(encoding="utf-8")
            head, _, body = text.removeprefix("---\n").partition("---\n")
            text = f"---\n{head}---\n{mark} {body}"
            if kind == 2:
                text = f"---\ntitle: {mark}\n{head.split(chr(10), 1)[1]}---\n{body}"
                feed = f"/articles/{path.stem}"
        before = len(_came(log))
        path.write_text(text, encoding="utf-8")
        spans[kind].append(_until_seen(connection, feed, mark))
        _settle(connection)
        _ask(connection, kept)
        asked[kind].append(len({each for each in _came(log)[before:] if each != feed}))
    return spans, asked, len(kept)


def _settle(connection: http.client.HTTPConnection) -> None:
    time.sleep(SETTLED)
    connection.close()  # Varnish has closed it by now; the next request opens another


def _until_seen(connection: http.client.HTTPConnection, path: str, mark: str) -> float:
    begin, wanted = time.perf_counter(), mark.encode()
    while time.perf_counter() - begin < PATIENCE:
        if wanted in _ask(connection, [path]):
            return time.perf_counter() - begin
        time.sleep(EVERY)
    raise Unmeasurable(f"{path} did not show a save within {PATIENCE:.0f} s")


def _ask(connection: http.client.HTTPConnection, paths: list[str]) -> bytes:
    body = b""
    for path in paths:
        connection.request("GET", path)
        body = connection.getresponse().read()
    return body


def _came(log: Path) -> list[str]:
    """What the origin was asked for, in order."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [json.loads(line)["path"] for line in lines if line.startswith("{")]
    return [path for path in found if path != "/healthz"]


def _report(spans: list[list[float]], asked: list[list[int]], kept: int) -> None:
    every = [span for some in spans for span in some]
    print(f"  {'':30}  saves     p50     p99   asked of the origin, of {kept} kept")
    for name, some, counts in zip(KINDS, spans, asked, strict=True):
        told = f"{statistics.median(counts):.0f}, at most {max(counts)}"
        print(f"  {name:30}  {len(some):5} {_ms(some, 50)} {_ms(some, 99)}   {told}")
    print(f"  {'all':30}  {len(every):5} {_ms(every, 50)} {_ms(every, 99)}", flush=True)


def _ms(spans: list[float], rank: int) -> str:
    return f"{1000 * percentile(spans, rank):4.0f} ms"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("size", nargs="?", type=int, default=1000)
    parser.add_argument("--saves", type=int, default=60)
    given = parser.parse_args()
    end_on_signals()
    try:
        with sites.temporary(given.size) as site:
            measure(site, given.saves)
    except Unmeasurable as reason:
        sys.exit(f"not measured: {reason}")


if __name__ == "__main__":
    main()
