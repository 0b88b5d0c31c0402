"""A content folder that is a link to a release: a swap was missed for a minute (18), and for good
where files have equal sizes and times (19)."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from effort import rounds
from factories import SITE_YAML, write_article
from newsroom import fill, percentile
from service_process import serving
from waiting import comes_true

FIXED = (1_700_000_000, 1_700_000_000)


def release(folder: Path, number: int, *, has_fixed_times: bool) -> Path:
    folder.mkdir()
    (folder / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    fill(folder, 100)
    write_article(folder, "field/marker.md", title=f"إصدار {number}")
    if has_fixed_times:
        for path in folder.rglob("*"):
            os.utime(path, FIXED)
    return folder


@pytest.mark.parametrize("has_fixed_times", [False, True], ids=["f18", "f19"])
def test_every_swap_is_seen_by_every_worker(
    tmp_path: Path,
    has_fixed_times: bool,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    releases = [
        release(tmp_path / f"release-{number}", number, has_fixed_times=has_fixed_times)
        for number in range(2)
    ]
    current, following = tmp_path / "current", tmp_path / "next"
    current.symlink_to(releases[0])
    lags = []
    # It scans once a day: what it takes up before, a watcher told it.
    with serving(current, tmp_path / "state", "granian", FEEDSERVICE_RESCAN="86400") as site:
        for swap in range(1, rounds(30, 4)):
            number = swap % 2
            following.symlink_to(releases[number])
            following.replace(current)
            began = time.monotonic()
            # Swapped again as soon as one worker shows it.
            assert comes_true(lambda number=number: site.shows(f"إصدار {number}")), site.log()
            lags.append(time.monotonic() - began)
        write_article(current, "field/after.md", title="بعد التبديل")
        assert site.until(lambda: site.shows("بعد التبديل"))
        assert site.until(lambda: site.shows(f"إصدار {number}"))
    lags.sort()
    record_property(
        request.node.callspec.id,
        f"{len(lags)} swaps, seen after {percentile(lags, 0.5):.2f} s (p50), {lags[-1]:.2f} s (most)",
    )
