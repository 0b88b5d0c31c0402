"""An embargo leaked after the clock was ahead for a moment; set back, it stopped what waits."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from effort import FULL
from factories import write_article
from newsroom import MAIN_FEEDS, Newsroom
from service_process import serving
from waiting import comes_true

SITECUSTOMIZE = """\
import time
from pathlib import Path

right, ahead = time.time, Path({ahead!r})
time.time = lambda: right() + float(ahead.read_text() or 0)
"""
HOUR = 3600


def test_a_clock_that_is_ahead_for_a_moment_shows_no_embargoed_article(
    content: Path, tmp_path: Path
) -> None:
    ahead = tmp_path / "ahead"
    ahead.write_text("0")
    (tmp_path / "sitecustomize.py").write_text(SITECUSTOMIZE.format(ahead=str(ahead)))
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    embargo = datetime.now(UTC) + timedelta(hours=2)
    write_article(content, "field/s.md", date=f"{embargo:%Y-%m-%d %H:%M:%S}+00:00")
    newsroom = Newsroom(content)
    with serving(content, tmp_path / "state", "granian", PYTHONPATH=path) as site:

        def is_out() -> bool:
            lists = (*MAIN_FEEDS, "/", "/categories/field", "/sitemap.xml", "/?tag=-x")
            shown = [re.search(rb'articles/s["<]', site.get(each)[1]) for each in lists]
            return any(shown) or site.get("/articles/s")[0] == 200

        for moved in (3 * HOUR, 0, 5 * HOUR, 0):
            ahead.write_text(str(moved))
            newsroom.save("a")
            assert comes_true(lambda: newsroom.is_shown(site, MAIN_FEEDS))
            assert not is_out()
        assert "not believed until it has stood" in site.log()
        if FULL:
            ahead.write_text(str(3 * HOUR))
            assert comes_true(is_out, 180)
            for moved in (0, -3 * HOUR):
                ahead.write_text(str(moved))
                newsroom.save("a")
                assert comes_true(lambda: newsroom.is_shown(site, MAIN_FEEDS))
                assert site.until(is_out), "what was published stays"
