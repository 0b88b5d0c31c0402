"""The index of a service is harmed while it runs. By real processes."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from factories import write_article
from service_process import Site, serving
from waiting import comes_true


def fill_with_noise(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as opened:
        opened.write(os.urandom(file.stat().st_size))


def empty(file: Path) -> None:
    os.truncate(file, 0)


def halve(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def put_a_copy(file: Path) -> None:
    copy = file.with_name("copy")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    shutil.move(copy, file)


def remove_the_folder(file: Path) -> None:
    shutil.rmtree(file.parent, ignore_errors=True)  # the writer may put something in meanwhile


HARMS = [Path.unlink, fill_with_noise, halve, empty, put_a_copy, remove_the_folder]


def test_a_harmed_index_heals_and_what_was_answered_before_is_answered_all_the_time(
    content: Path, tmp_path: Path
) -> None:
    for number in range(5):
        write_article(content, f"field/{number}.md")
    with serving(content, tmp_path / "state", "granian") as site:
        workers = set(site.workers())
        assert len(workers) == 2
        # One that is busy, or starts late, may be asked nothing for long: each counts for itself.
        assert comes_true(lambda: asked(site) >= workers), site.log()
        for number, harm in enumerate(HARMS):
            assert_heals(site, harm, f"بعد الضرر {number}")
        assert workers == set(site.workers()), "a worker died"


def asked(site: Site) -> set[int]:
    """The workers that have answered with the feed, which is asked for once more."""
    site.get("/categories/field.rss")
    answered = '["answers", "category", "rss", "200"'
    counts = (site.state / "metrics").glob("*-*.json")
    return {int(each.name.partition("-")[0]) for each in counts if answered in each.read_text()}


def assert_heals(site: Site, harm: Callable[[Path], None], title: str) -> None:
    assert site.until(lambda: site.get("/categories/field.rss")[0] == 200), site.log()
    harm(site.state / "index.sqlite3")
    write_article(site.content, "field/new.md", title=title)
    statuses = set()

    def is_shown() -> bool:
        status, body, _ = site.get("/categories/field.rss")
        statuses.add(status)
        return title.encode() in body

    assert site.until(is_shown), (harm, site.log())
    assert statuses == {200}, harm
    # An address that nobody has asked for, so that no kept answer is given.
    assert site.until(lambda: site.shows(title, f"/search.rss?q={title.rpartition(' ')[2]}"))


def test_one_kill_of_the_writer_starts_one_writer(content: Path, tmp_path: Path) -> None:
    with serving(content, tmp_path / "state", "granian") as site:
        assert comes_true(lambda: len(site.writers()) == 1)
        for number in range(2):
            (writer,) = site.writers()
            os.kill(writer, signal.SIGKILL)
            write_article(site.content, "field/a.md", title=f"بعد القتل {number}")
            assert site.until(lambda number=number: site.shows(f"بعد القتل {number}"))
            # What read for the one that was killed may end a moment later.
            assert comes_true(lambda: len(site.writers()) == 1)
        assert site.log().count("started the writer") == 3
