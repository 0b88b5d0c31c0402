"""A server's workers put down feeds as files, and leave none behind."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from factories import write_article
from service_process import serving
from waiting import comes_true


@pytest.mark.parametrize("server", ["granian", "gunicorn, preloaded"])
def test_what_lies_there_is_of_now_as_long_as_a_server_lives(
    server: str, content: Path, tmp_path: Path
) -> None:
    file = tmp_path / "files/identity/feed.rss"
    file.parent.mkdir(parents=True)
    file.write_text("ما تركته خدمة قُتلت", encoding="utf-8")
    write_article(content, "field/a.md", title="الأول")

    def lies(title: str) -> bool:
        site.get("/feed.rss")
        with suppress(FileNotFoundError):
            return title.encode() in file.read_bytes()
        return False

    settings = {"FEEDSERVICE_FEED_FILES": str(tmp_path / "files")}
    with serving(content, tmp_path / "state", server, **settings) as site:
        assert comes_true(lambda: lies("الأول"))
        assert file.read_bytes() == site.get("/feed.rss")[1]
        write_article(content, "field/a.md", title="الثاني")
        assert site.until(lambda: site.shows("الثاني", "/feed.rss"))
        assert comes_true(lambda: not lies("الأول"))
        assert comes_true(lambda: lies("الثاني"))
        if server == "granian":  # another makes no worker anew before it is asked for something
            for worker in site.workers():
                os.kill(worker, signal.SIGKILL)
            assert comes_true(lambda: not file.exists())
            assert comes_true(lambda: lies("الثاني"))
    assert [each for each in (tmp_path / "files").rglob("*") if each.is_file()] == []
