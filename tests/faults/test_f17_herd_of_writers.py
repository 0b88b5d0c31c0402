"""One kill of the writer started one writer for each worker that noticed."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from effort import rounds
from newsroom import Newsroom, Readers, percentile
from service_process import SERVERS, serving
from waiting import comes_true


@pytest.mark.parametrize("workers", [1, 2, 8][: rounds(3, 0)] or [4])
def test_one_kill_of_the_writer_starts_one(
    content: Path,
    tmp_path: Path,
    workers: int,
    record_property: Callable[[str, object], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = ["-m", "feedservice", "serve", "--workers", str(workers), "--port"]
    monkeypatch.setitem(SERVERS, "granian", command)
    newsroom = Newsroom(content)
    kills = rounds(5, 1)
    with (
        serving(content, tmp_path / "state", "granian") as site,
        Readers(site, "/feed.rss") as readers,
    ):
        assert comes_true(lambda: len(site.workers()) == workers)
        for _ in range(kills):
            (writer,) = site.writers()
            os.kill(writer, signal.SIGKILL)
            newsroom.save("a")
            assert site.until(lambda: newsroom.is_shown(site, ["/feed.rss"]))
            assert comes_true(lambda: len(site.writers()) == 1)
        assert site.log().count("started the writer") == 1 + kills
    assert set(readers.statuses()) == {200}
    lags = newsroom.lags(readers.polls)
    record_property(
        "f17",
        f"{workers} workers, {kills} kills, {kills} writers; a save shows after "
        f"{percentile(lags, 0.5):.1f} s (p50), {lags[-1]:.1f} s (most)",
    )
