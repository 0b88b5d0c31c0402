"""Lighthouse over the sample site as `serve` answers: four categories, a phone and a desk.

make lighthouse        or python -m benchmarks.browsing

Prints a table for docs/pages.md, and ends with 1 and what is told where a category is below 95.
Needs Chromium, and `npm ci --prefix benchmarks/node`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.processes import free_port, get, running, wait_for
from benchmarks.sites import FEEDSERVICE

ROOT = Path(__file__).parent.parent
LIGHTHOUSE = ROOT / "benchmarks" / "node" / "node_modules" / ".bin" / "lighthouse"
PAGES = {"front page": "/", "article": "/articles/2026-10-10-olive-season"}
DEVICES = {"phone": (), "desk": ("--preset=desktop",)}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
QUIET = "--headless=new --no-sandbox --disable-gpu --disable-component-update"


def report(url: str, *options: str) -> dict[str, Any]:
    """Return what Lighthouse finds of a page."""
    environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or "chromium"}
    command = [LIGHTHOUSE, url, "--quiet", "--output=json", f"--chrome-flags={QUIET}", *options]
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def wait_for_pictures(port: int) -> None:
    """Wait until the smaller pictures of the first page are made."""
    shown = re.findall(r"/pictures/[^\s\"]+\.webp", get(port, "/").body.decode())
    while any(get(port, each).headers["content-type"] != "image/webp" for each in shown):
        time.sleep(0.2)


def faults(found: dict[str, Any]) -> list[str]:
    """Return what cost a category points, each with what Lighthouse shows of it."""
    audits = found["audits"]
    return [
        f"{category['id']}: {each['id']} {audits[each['id']].get('displayValue', '')}"
        for category in found["categories"].values()
        for each in category["auditRefs"]
        if each["weight"]
        and (audits[each["id"]]["score"] or 0) < 0.9
        and audits[each["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual")
    ]


def main() -> int:
    """Print the table; return how many pages are below what is promised."""
    port, below = free_port(), 0
    print(f"| page | {' | '.join(CATEGORIES)} | largest paint | layout shift |\n|---|{'---:|' * 6}")
    with tempfile.TemporaryDirectory() as folder:
        content = shutil.copytree(ROOT / "content", Path(folder, "content"))
        command = (*FEEDSERVICE, "serve", "--content", str(content), "--port", str(port))
        environment = {**os.environ, "FEEDSERVICE_STATE": str(Path(folder, "state"))}
        log = Path(folder, "log")
        with running(command, log, environment=environment) as process:
            url = f"http://127.0.0.1:{port}"
            wait_for(process, port, "/readyz", log)
            wait_for_pictures(port)
            for name, path in PAGES.items():
                for device, options in DEVICES.items():
                    found = report(url + path, *options)
                    scores = [
                        round(found["categories"][each]["score"] * 100) for each in CATEGORIES
                    ]
                    told = [
                        found["audits"][each]["displayValue"]
                        for each in ("largest-contentful-paint", "cumulative-layout-shift")
                    ]
                    print(
                        f"| {name}, {device} | {' | '.join(map(str, (*scores, *told)))} |",
                        flush=True,
                    )
                    if min(scores) < LEAST:
                        below += 1
                        print(*faults(found), sep="\n", file=sys.stderr)
    return below


if __name__ == "__main__":
    sys.exit(main())
