"""Main feeds answered 500 while articles were saved: two questions of a request, two states."""

import time
from collections.abc import Callable
from pathlib import Path

from effort import rounds
from newsroom import LATE, MAIN_FEEDS, Newsroom, Readers, fill, percentile
from service_process import serving

PATHS = (*MAIN_FEEDS, "/", "/categories/field.rss")
ARTICLES = 20


def test_no_poll_fails_or_lacks_a_save_for_long_while_articles_are_saved(
    content: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    fill(content, 100)
    newsroom = Newsroom(content)
    with serving(content, tmp_path / "state", "granian") as site, Readers(site, *PATHS) as readers:
        for number in range(rounds(600, 50)):
            newsroom.save(f"n{number % ARTICLES}")
            time.sleep(0.05)
        assert site.until(lambda: newsroom.is_shown(site, PATHS))
    assert set(readers.statuses()) == {200}
    lags = newsroom.lags(readers.polls)
    assert lags[-1] < LATE
    record_property(
        "f03",
        f"{len(lags)} saves, through after {percentile(lags, 0.5):.2f} s (p50), "
        f"{lags[-1]:.2f} s (most); {readers}",
    )
