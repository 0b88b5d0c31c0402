"""Workers stayed on an index that was removed or replaced: what was saved later was never shown."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from effort import rounds
from newsroom import Newsroom, Readers, fill, percentile
from service_process import serving
from waiting import comes_true

PATHS = ("/feed.rss", "/categories/field.json")


def put_an_older_one(index: Path, older: Path) -> None:
    """As who restores a backup and does not stop the service first."""
    shutil.copy(older, index.with_name("restored"))
    os.replace(index.with_name("restored"), index)


def remove(index: Path, older: Path) -> None:
    index.unlink()


def test_readers_follow_an_index_that_is_removed_or_replaced_and_whoever_writes_then(
    content: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    fill(content, 50)
    newsroom = Newsroom(content)
    newsroom.save("n")
    older = tmp_path / "older"
    with serving(content, tmp_path / "state", "granian") as site, Readers(site, *PATHS) as readers:
        index = site.state / "index.sqlite3"
        assert site.until(lambda: newsroom.is_shown(site, PATHS))
        with closing(sqlite3.connect(index)) as connection:
            connection.execute("VACUUM INTO ?", (str(older),))
        for number in range(rounds(12, 2)):
            (writer,) = site.writers()
            (put_an_older_one, remove)[number % 2](index, older)
            if number % 4 < 2:
                os.kill(writer, signal.SIGKILL)
            newsroom.save("n")
            # One address of them has no kept answer.
            asked = (*PATHS, f"/feed.atom?limit={50 + number}")
            assert site.until(lambda asked=asked: newsroom.is_shown(site, asked)), site.log()
            assert comes_true(lambda: len(site.writers()) == 1)
        assert site.get("/readyz")[0] == 200
    assert set(readers.statuses()) == {200}
    lags = newsroom.lags(readers.polls)
    record_property(
        "f05",
        f"{len(lags) - 1} times another index, a save after it is everywhere after "
        f"{percentile(lags, 0.5):.1f} s (p50), {lags[-1]:.1f} s (most); {readers}",
    )
