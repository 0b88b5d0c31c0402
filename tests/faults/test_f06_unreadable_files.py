"""What could not be read once was never read again, though its permissions were mended."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from effort import rounds
from factories import SITE_YAML, write_article
from nginx_process import require
from service_process import Site, serving

ROUNDS = range(rounds(10, 1))
READABLE = 0o644


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service that permissions hold for, also where root runs the tests.

    It scans once a day: what it takes up before, a watcher told it.
    """
    root = tmp_path_factory.mktemp("unreadable")
    prefix = []
    if os.geteuid() == 0:
        capabilities = "-dac_override,-dac_read_search"
        prefix = [require("setpriv", "util-linux"), f"--bounding-set={capabilities}"]
    (root / "content" / "media").mkdir(parents=True)
    (root / "content" / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    settings = {"FEEDSERVICE_RESCAN": "86400"}
    with serving(root / "content", root / "state", "granian", prefix=prefix, **settings) as site:
        yield site


def save_closed(site: Site, path: str, **front: str) -> Path:
    """Save an article that nobody may read at any moment, as an editor with a umask of 077 does."""
    draft = write_article(site.content, f"{path}.tmp", **front)
    draft.chmod(0)
    return draft.replace(site.content / f"{path}.md")


def shows(site: Site, title: str) -> bool:
    """Whether a list shows it that is long enough for all that these tests save."""
    return site.shows(title, "/feed.rss?limit=100")


def comes_to_show(site: Site, title: str) -> bool:
    return site.until(lambda: shows(site, title))


def has_read_all(site: Site, name: str) -> bool:
    """Whether the writer has read what was saved before: it publishes one that is saved now."""
    write_article(site.content, f"field/{name}.md", title=name)
    return comes_to_show(site, name)


@pytest.mark.parametrize("number", ROUNDS)
def test_an_article_is_published_once_it_may_be_read(site: Site, number: int) -> None:
    file = save_closed(site, f"field/n{number}", title=f"جديد {number}")
    assert has_read_all(site, f"after-n{number}"), site.log()
    assert not shows(site, f"جديد {number}")
    file.chmod(READABLE)
    assert comes_to_show(site, f"جديد {number}"), site.log()


@pytest.mark.parametrize("number", ROUNDS)
def test_an_edit_is_published_once_it_may_be_read_and_the_text_before_it_stays(
    site: Site, number: int
) -> None:
    write_article(site.content, f"field/e{number}.md", title=f"قبل {number}")
    assert comes_to_show(site, f"قبل {number}"), site.log()
    file = save_closed(site, f"field/e{number}", title=f"تعديل {number}")
    assert has_read_all(site, f"after-e{number}"), site.log()
    assert shows(site, f"قبل {number}")
    file.chmod(READABLE)
    assert comes_to_show(site, f"تعديل {number}"), site.log()


@pytest.mark.parametrize("number", ROUNDS)
def test_an_article_has_its_picture_once_that_may_be_read(site: Site, number: int) -> None:
    picture = site.content / "media" / f"{number}.png"
    Image.new("L", (4, 4)).save(picture)
    picture.chmod(0)
    write_article(
        site.content, f"field/p{number}.md", title=f"مصور {number}", image=f"media/{number}.png"
    )
    assert comes_to_show(site, f"مصور {number}"), site.log()
    assert not shows(site, f"media/{number}.png")
    picture.chmod(READABLE)
    assert comes_to_show(site, f"media/{number}.png"), site.log()


@pytest.mark.parametrize("number", ROUNDS)
def test_what_lies_in_a_folder_stays_while_that_may_not_be_read_and_what_was_saved_in_it_shows_then(
    site: Site, number: int
) -> None:
    folder = site.content / "heritage" / f"{number}"
    path = "/categories/heritage.rss"
    write_article(site.content, f"heritage/{number}/h{number}.md", title=f"تراث {number}")
    assert site.until(lambda: site.shows(f"تراث {number}", path)), site.log()
    folder.chmod(0)
    write_article(site.content, f"heritage/{number}/i{number}.md", title=f"داخل {number}")
    assert has_read_all(site, f"after-h{number}"), site.log()
    assert site.shows(f"تراث {number}", path)
    folder.chmod(0o755)
    assert site.until(lambda: site.shows(f"داخل {number}", path)), site.log()
