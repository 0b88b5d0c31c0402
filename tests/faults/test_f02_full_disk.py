"""A full state disk killed every worker, then whoever replaced them, then the service."""

import itertools
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from effort import rounds
from newsroom import MAIN_FEEDS, Newsroom, Readers, fill
from nginx_process import require
from service_process import serving
from waiting import comes_true

MEGABYTES = 16


def own_disk(folder: Path) -> list[str]:
    """A prefix for a command: it sees a small disk of its own there (mount_namespaces(7))."""
    unshare = [require("unshare", "util-linux"), "--user", "--map-root-user", "--mount"]
    mount = f'mount -t tmpfs -o size={MEGABYTES}m none "{folder}" && exec "$@"'
    return [*unshare, "sh", "-c", mount, "sh"]


def fill_up(disk: Path) -> Path:
    """Write until there is no room for a byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1):
            with pytest.raises(OSError, match="No space left"):
                file.writelines(itertools.repeat(b"x" * size))
    return filler


def test_without_room_all_goes_on_being_served_and_saves_appear_once_there_is_some(
    content: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    fill(content, 50)
    newsroom = Newsroom(content)
    newsroom.save("n")
    state = tmp_path / "state"
    state.mkdir()
    lags = []
    # It scans once a day: what waits for room is tried again before.
    settings = {"FEEDSERVICE_RESCAN": "86400"}
    with (
        serving(content, state, "granian", prefix=own_disk(state), **settings) as site,
        Readers(site, *MAIN_FEEDS) as readers,
    ):
        assert site.until(lambda: newsroom.is_shown(site, MAIN_FEEDS))
        disk = Path(f"/proc/{site.process.pid}/root{state}")
        for _ in range(rounds(10, 1)):
            filler = fill_up(disk)
            workers = set(site.workers())
            newsroom.save("n")
            for number in range(40):
                assert site.get(f"/feed.rss?limit={number + 1}")[0] == 200
            assert set(site.workers()) == workers
            os.kill(min(workers), signal.SIGKILL)
            assert comes_true(lambda workers=workers: len(set(site.workers()) - workers) == 1)
            assert site.until(lambda: site.get("/feed.rss")[0] == 200)
            filler.unlink()
            freed = time.monotonic()
            assert comes_true(lambda: newsroom.is_shown(site, MAIN_FEEDS)), site.log()
            lags.append(time.monotonic() - freed)
    # Whoever is killed ends what it was answering.
    wrong = [poll for poll in readers.polls if poll.status not in {200, 0}]
    assert wrong == []
    record_property(
        "f02",
        f"{len(lags)} times no room, a worker killed meanwhile: {readers}; what was saved shows "
        f"{max(lags):.1f} s (most) after there is room",
    )
