"""Ten minutes of everything at once: one change a second under readers; nothing may be lost.

make soak        or for two minutes: PYTHONPATH=.:tests python tests/faults/soak.py --seconds 120

Prints what was done, what readers saw and what processes took. Ends with 1 and what was lost where
a change was not seen, something was seen and then missing, a request failed, memory or descriptors
grew, or the index differs from a fresh one.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from audience import EVERYWHERE_WITHIN, FORMATS, Audience, Fault
from benchmarks.generate import generate
from desk import Change, Desk
from machine import Samples, growth
from newsroom import percentile
from service_process import ROOT, Site, serving
from waiting import comes_true

CACHE = 8
"""Megabytes of answers that a worker keeps: full within minutes, so that growth is none of it."""
GROWTH = 2.0
"""Megabytes a minute by which a process may grow once it is warm: fragments, no leak."""
MORE_DESCRIPTORS = 2.0
"""Descriptors a minute."""
LEAST = 10
"""Samples of a process before anything is said of it."""
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


def repeat(work: Callable[[], object], every: float, stop: threading.Event) -> None:
    """Do something again and again."""
    while not stop.wait(every):
        work()


def soak(site: Site, desk: Desk, audience: Audience, seconds: float) -> Samples:
    """Change something each second, under readers, and wait until all of it was seen."""
    works = {
        audience.look_for_changes: 0.05,
        audience.look_at_pages: 0.05,
        audience.look_at_main_feeds: 0.05,
        audience.look_at_home: 0.2,
        audience.look_at_categories: 0.1,
        audience.search: 0.2,
        audience.look_at_media: 0.2,
    }
    stop = threading.Event()
    with ThreadPoolExecutor(len(works)) as pool, Samples(site, every=2.0) as samples:
        asking = [pool.submit(repeat, work, every, stop) for work, every in works.items()]
        try:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                began = time.monotonic()
                audience.follow(desk.change())
                time.sleep(max(0.0, began + 1.0 - time.monotonic()))
            for entry in desk.repair_all():
                audience.follow(entry)
            comes_true(lambda: not audience.unseen)
            time.sleep(2 * EVERYWHERE_WITHIN)  # a look at what is settled by now
        finally:
            stop.set()
    for each in asking:
        each.result()
    return samples


@contextmanager
def serving_all(content: Path, state: Path) -> Iterator[Site]:
    """Start a service whose index is filled already, however long that takes."""
    cache = {"FEEDSERVICE_CACHE": str(CACHE)}
    given = {**os.environ, "FEEDSERVICE_CONTENT": str(content), "FEEDSERVICE_STATE": str(state)}
    command = [sys.executable, "-m", "feedservice", "index"]
    subprocess.run(command, env=given, cwd=ROOT, check=True, capture_output=True)
    with serving(content, state, "granian", **cache) as site:
        yield site


def documents(site: Site) -> dict[str, bytes]:
    """Every feed of a site in every format, its further pages, and what search engines read."""
    listed = site.get("/feeds.opml")[1].decode()
    paths = {urlsplit(url).path for url in re.findall(r'(?:xml|html)Url="([^"]+)"', listed)}
    stems = sorted({re.sub(r"\.(rss|atom|json)$", "", path) for path in paths if path})
    found = {
        path: site.get(path)[1]
        for path in (
            *(
                f"{'/feed' if stem == '/' else stem}{format_}"
                for stem in stems
                for format_ in FORMATS
            ),
            "/sitemap.xml",
            "/feeds",
        )
    }
    return found | dict(pages(site))


def pages(site: Site) -> Iterator[tuple[str, bytes]]:
    """Walk the main feed to its oldest article."""
    path = "/feed.json?limit=100"
    while path:
        body = site.get(path)[1]
        yield path, body
        further = re.search(rb'"next_url": ?"[^"]*?(/feed\.json[^"]*)"', body)
        path = further[1].decode() if further else ""


def warm_up(site: Site) -> None:
    """Ask every worker for every article in every format, so that caches are as full as they get."""
    for path, _ in pages(site):
        for format_ in FORMATS * 4:
            site.get(path.replace(".json", format_, 1))


def different(site: Site, state: Path) -> list[Fault]:
    """What a service says over the same folder that knows nothing of what happened."""
    with serving_all(site.content, state) as fresh:
        theirs, ours = documents(fresh), documents(site)
    print(
        f"compared with a fresh index: {len(ours)} documents, {sum(map(len, ours.values()))} bytes"
    )
    return [
        Fault(what="differs from a fresh index", where=path)
        for path in sorted(ours.keys() | theirs.keys())
        if ours.get(path) != theirs.get(path)
    ]


def grown(samples: Samples) -> list[Fault]:
    """Print what each process took, and tell which went on growing."""
    faults = []
    print(
        f"\n{'process':<16}{'MB: first, a quarter, half, three, last':>42}{'MB/min':>8}  descriptors"
    )
    for (role, process), taken in samples.by_process.items():
        if len(taken) < LEAST:  # one that reads a file, or was about to end
            continue
        steps = (taken[(len(taken) - 1) * quarter // 4].megabytes for quarter in range(5))
        by_memory = growth(taken, lambda sample: sample.megabytes)
        by_descriptors = growth(taken, lambda sample: sample.descriptors)
        series = "".join(f"{megabytes:8.1f}" for megabytes in steps)
        counts = [sample.descriptors for sample in taken]
        print(f"{role} {process:<9}{series:>42}{by_memory:>8.2f}  {min(counts)}-{max(counts)}")
        if by_memory > GROWTH or by_descriptors > MORE_DESCRIPTORS:
            what = f"grows by {by_memory:.1f} MB and {by_descriptors:.1f} descriptors a minute"
            faults.append(Fault(what=what, where=f"{role} {process}"))
    return faults


def unseen(audience: Audience) -> list[Fault]:
    """Print how long changes took to be seen, and tell which never were."""
    print(f"\n{'change':<16}{'seen':>6}{'p50 s':>8}{'p99 s':>8}{'most s':>8}")
    for change in Change:
        lags = sorted(
            at - entry.since for entry, at in audience.seen.items() if entry.change is change
        )
        if lags:
            p50, p99 = (percentile(lags, share) for share in (0.5, 0.99))
            print(f"{change:<16}{len(lags):>6}{p50:>8.2f}{p99:>8.2f}{lags[-1]:>8.2f}")
    print(f"changed again before anybody had looked: {audience.superseded}")
    return [
        Fault(what=f"its {entry.change} was never seen", where=entry.page)
        for entry in audience.unseen
    ]


def asked(audience: Audience) -> None:
    """Print what was asked for, and how long answers took."""
    print(f"\n{'requests':<20}{'count':>7}{'p50 ms':>8}{'p99 ms':>8}{'most ms':>9}  statuses")
    for kind, polls in audience.asked.items():
        took = sorted(1000 * each.seconds for each in polls)
        p50, p99 = (percentile(took, share) for share in (0.5, 0.99))
        statuses = dict(Counter(each.status for each in polls))
        print(f"{kind:<20}{len(took):>7}{p50:>8.1f}{p99:>8.1f}{took[-1]:>9.1f}  {statuses}")


def main() -> int:
    """Run, print, and return 1 where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args()
    print(f"seed {given.seed}, {given.articles} articles, {given.seconds:.0f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        content = root / "content"
        generate(content, given.articles)
        (content / "media").mkdir()
        for number in range(10):
            (content / "media" / f"{number}.png").write_bytes(PICTURE)
        desk = Desk(content, given.seed)
        with serving_all(content, root / "state") as site:
            warm_up(site)
            audience = Audience(site, desk, given.seed)
            samples = soak(site, desk, audience, given.seconds)
            faults = [
                *audience.faults,
                *unseen(audience),
                *grown(samples),
                *different(site, root / "fresh"),
            ]
            asked(audience)
            log = [line for line in site.log().splitlines() if not line.startswith("INFO")]
    print("\nlog:", *Counter(log).most_common(20), sep="\n  ")
    print(f"\nlost or wrong: {len(faults)}")
    for fault in faults[:50]:
        print(f"  {fault.where}: {fault.what}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
