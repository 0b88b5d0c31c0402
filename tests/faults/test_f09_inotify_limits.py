"""Where inotify's watches ran out nothing was polled and nothing was told: saves waited a minute."""

import shlex
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from effort import rounds
from factories import write_article
from newsroom import Newsroom
from nginx_process import require
from service_process import serving
from waiting import comes_true

LIMITS = {
    "watches run out as folders are made": ("max_inotify_watches", 12),
    "too few watches at the start": ("max_inotify_watches", 5),
    "no instance": ("max_inotify_instances", 0),
}
FOLDERS = 20


def limited(name: str, value: int) -> list[str]:
    """A prefix for a command that runs it with a limit of its own (user_namespaces(7))."""
    unshare = [require("unshare", "util-linux"), "--user", "--map-root-user"]
    limit = f"echo {value} > /proc/sys/user/{name}"
    prefix = [*unshare, "sh", "-c", f'{limit} && exec "$@"', "sh"]
    done = subprocess.run([*prefix, "true"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.join(prefix)}: {done.stderr}"
    return prefix


@pytest.mark.parametrize("case", list(LIMITS)[: rounds(3, 1)])
def test_where_watches_run_out_the_folder_is_polled_and_that_is_told(
    content: Path, tmp_path: Path, case: str, record_property: Callable[[str, object], None]
) -> None:
    write_article(content, "field/a.md")
    prefix = limited(*LIMITS[case])
    newsroom = Newsroom(content)
    lags = []
    # It scans once a day: what it takes up before, a watcher told it.
    settings = {"FEEDSERVICE_RESCAN": "86400"}
    with serving(content, tmp_path / "state", "granian", prefix=prefix, **settings) as site:
        folders = [f"field/later/{number}" for number in range(FOLDERS)]
        for number, folder in enumerate(folders):
            write_article(content, f"{folder}/x{number}.md")
        assert comes_true(lambda: "polling instead" in site.log())
        for number in range(rounds(20, 3)):
            newsroom.save(f"n{number}", folders[-1])
            saved = time.monotonic()
            assert comes_true(lambda: newsroom.is_shown(site, ["/feed.rss"]))
            lags.append(time.monotonic() - saved)
        assert site.log().count("polling instead") == 1
    record_property("f09", f"{case}: {len(lags)} saves, seen after {max(lags):.1f} s (most)")
