"""A mass removal that took its time emptied the site, and a small one's emptied folder did at once."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from effort import rounds
from newsroom import fill
from service_process import Site, serving
from waiting import comes_true

ARTICLES = rounds(500, 150)
PACES = (0, 2000, 500, 100, 20)[slice(None) if rounds(1, 0) else slice(3, 4)]
"""Files a second; 0 for as fast as it goes."""
SMALL = (5, 15, 20, 21)[: rounds(4, 1)]


def published(site: Site) -> int:
    status, body, _ = site.get("/sitemap.xml")
    assert status == 200
    return len(re.findall(rb"<loc>[^<]*/articles/", body))


@pytest.mark.parametrize("pace", PACES)
def test_a_removal_of_all_articles_is_withheld_however_long_it_takes(
    content: Path, tmp_path: Path, pace: int, record_property: Callable[[str, object], None]
) -> None:
    fill(content, ARTICLES)
    with serving(content, tmp_path / "state", "granian") as site:
        assert comes_true(lambda: published(site) == ARTICLES)
        for file in sorted(content.glob("*/*.md")):
            file.unlink()
            if pace:
                time.sleep(1 / pace)
        assert comes_true(lambda: "vanished within a minute" in site.log())
        left = stays(site)
        assert left >= ARTICLES * 0.8
        # Those that had gone come back with the others.
        fill(content, ARTICLES)
        assert site.until(lambda: published(site) == ARTICLES)
    how = f"at {pace}/s" if pace else "at once"
    record_property("f07", f"{ARTICLES} articles removed {how}: {left} are served on")


@pytest.mark.parametrize("articles", SMALL)
def test_an_emptied_folder_of_a_small_site_loses_nothing(
    content: Path, tmp_path: Path, articles: int, record_property: Callable[[str, object], None]
) -> None:
    fill(content, articles)
    with serving(content, tmp_path / "state", "granian") as site:
        assert comes_true(lambda: published(site) == articles)
        for number in range(rounds(3, 1)):
            away = content.rename(tmp_path / "away")
            content.mkdir()
            told = number + 1
            assert comes_true(lambda told=told: site.log().count("site.yaml is missing") >= told)
            assert stays(site) == articles
            content.rmdir()
            away.rename(content)
            # One that is saved then is seen, and nothing else has changed.
            fill(content, articles + 1)
            assert site.until(lambda: published(site) == articles + 1)
            for file in content.glob(f"*/old{articles}.md"):
                file.unlink()
            assert site.until(lambda: published(site) == articles)
    record_property("f07", f"an emptied folder of {articles} articles: all are served on")


def stays(site: Site) -> int:
    """How many are left once nothing more is removed for two seconds."""
    left = published(site)
    comes_true(lambda: published(site) < left, seconds=2)
    return published(site)
