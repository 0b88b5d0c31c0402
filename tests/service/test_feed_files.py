"""Feeds lie as files where nginx sends them from for as long as they are of now, and no longer."""

import errno
import logging
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from werkzeug.http import parse_date

from factories import FixedClock, article, fill, site
from feed_files_worker import Worker
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.service import feed_files, shown_folder
from feedservice.service.feed_files import FAILING
from feedservice.service.wiring_files import feed_files as wired
from feedservice.settings import Settings

CODINGS = ("gzip", "br", "identity")


@pytest.fixture
def new_worker(
    index: IndexWriter, reader: IndexReader, clock: FixedClock, tmp_path: Path
) -> Callable[..., Worker]:
    fill(index, article("a", tags=("داريا",)), article("b"))

    def make(shaping: str = "release") -> Worker:
        made = Worker(reader, clock, tmp_path, shaping)
        made.ask("/feed.json", "identity")
        made.look()
        made.look()
        made.ask("/feed.json", "identity")
        made.look()
        made.files.clear()
        return made

    return make


@pytest.fixture
def worker(new_worker: Callable[..., Worker]) -> Worker:
    """A worker that began a while ago."""
    return new_worker()


def test_a_feed_is_a_file_in_each_coding_that_it_is_asked_for_in(worker: Worker) -> None:
    paths = ("/feed.atom", "/categories/field.json", "/tags/داريا.rss")
    asked = {f"{coding}{path}": worker.ask(path, coding) for coding in CODINGS for path in paths}
    worker.ask("/categories/field.rss", "br")
    assert {got.status for got in asked.values()} == {200}
    found = worker.look()
    assert found.keys() - asked.keys() == {"br/categories/field.rss", "identity/feed.json"}
    assert {name: found[name] for name in asked} == {n: got.body for n, got in asked.items()}


def test_anybody_may_read_it_and_its_time_is_when_it_last_changed(worker: Worker) -> None:
    before = os.umask(0o077)
    try:
        fill_later = worker.clock()
        got = worker.ask("/categories/field.rss")
        worker.look()
    finally:
        os.umask(before)
    file = worker.root / "gzip/categories/field.rss"
    assert {oct(each.stat().st_mode) for each in (file.parent, file.parent.parent)} == {"0o40755"}
    assert oct(file.stat().st_mode) == "0o100644"
    changed = parse_date(got.headers["Last-Modified"])
    assert changed is not None
    assert changed.timestamp() <= file.stat().st_mtime < fill_later.timestamp()


def test_all_go_as_soon_as_anything_changes(worker: Worker, index: IndexWriter) -> None:
    before = worker.ask().body
    assert worker.look()["gzip/feed.atom"] == before
    fill(index, article("c", categories=("economy",)), now=worker.clock())
    worker.files.look()
    assert worker.there() == {}
    after = worker.ask().body
    assert after != before
    assert worker.look(1.5) == {}
    assert worker.look() == {"gzip/feed.atom": after}
    stamp = (worker.root / "gzip/feed.atom").stat().st_mtime
    got = worker.ask()
    assert parse_date(got.headers["Last-Modified"]).timestamp() == stamp  # type: ignore[union-attr]


def test_what_is_made_ahead_is_no_file_until_nginx_has_asked_for_it(
    worker: Worker, index: IndexWriter
) -> None:
    """Else nginx would go back to what it was told before, once the files are gone."""
    worker.ask()
    fill(index, article("c"), now=worker.clock())
    worker.make_ahead()
    assert worker.look() == {}
    asked = worker.ask().body
    assert worker.look() == {"gzip/feed.atom": asked}


def test_what_is_made_anew_and_is_the_same_stays_a_file(worker: Worker, index: IndexWriter) -> None:
    asked = worker.ask("/categories/field.rss").body
    fill(index, article("c", categories=("economy",)), now=worker.clock())
    worker.make_ahead("/categories/field.rss")
    assert worker.look() == {"gzip/categories/field.rss": asked}


def test_what_changed_just_now_is_no_file_yet(worker: Worker, index: IndexWriter) -> None:
    """Else another change within its second would have its time."""
    fill(index, article("c"), now=worker.clock())
    worker.files.look()
    worker.clock.now += timedelta(seconds=1.9)
    worker.ask()
    worker.files.look()
    assert worker.there() == {}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/feed.atom", "limit=1"), ("/feed.atom", "tag=x"), ("/search.rss", "q=نص"), ("/", ""),
        ("/articles/a", ""), ("/feeds.opml", ""), ("/categories/none.rss", ""), ("/sitemap.xml", ""),
        ("/tags/../feed.rss", ""), ("/.rss", ""),
    ],
)  # fmt: skip
def test_what_is_no_plain_feed_is_no_file(
    worker: Worker, index: IndexWriter, path: str, query: str
) -> None:
    fill(index, article("c"), now=worker.clock())
    for _ in range(2):
        worker.ask(path, query=query.encode().decode("latin-1"))
        assert worker.look() == {}


def test_a_name_too_long_for_a_file_hurts_no_other(
    worker: Worker, index: IndexWriter, caplog: pytest.LogCaptureFixture
) -> None:
    tag = "ط" * 126
    fill(index, article("c", tags=(tag,)), now=worker.clock())
    worker.files.look()
    for format_ in ("rss", "json"):
        assert worker.ask(f"/tags/{tag}.{format_}").status == 200
    assert worker.ask().status == 200
    worker.look()
    assert worker.look().keys() == {"gzip/feed.atom"}
    assert caplog.text == ""


def test_an_address_below_a_path_is_one_of_nginx(index: IndexWriter, worker: Worker) -> None:
    index.put_site(site(base_url="https://news.example/أخبار"), (), worker.clock())
    worker.ask("/feed.rss")
    worker.ask("/أخبار/feed.atom")
    worker.look()
    assert worker.look().keys() == {"gzip/أخبار/feed.rss", "gzip/أخبار/feed.atom"}


def test_a_file_is_where_nginx_says_no_more_of_it_than_a_moment_to_come_allows(
    index: IndexWriter, worker: Worker
) -> None:
    moment = worker.clock() + timedelta(days=1, seconds=310)
    fill(index, article("c", published=moment.replace(microsecond=0)), now=worker.clock())
    worker.files.look()
    usual = worker.ask()
    assert worker.look() == {"gzip/feed.atom": usual.body}
    worker.clock.now += timedelta(seconds=10)
    worker.files.look()
    assert worker.there() == {}
    cut = worker.ask()
    assert cut.headers["Cache-Control"] != usual.headers["Cache-Control"]
    assert (cut.body, worker.look()) == (usual.body, {"brief/gzip/feed.atom": usual.body})
    assert worker.look() == {"brief/gzip/feed.atom": usual.body}
    worker.clock.now = moment - timedelta(seconds=360)
    worker.files.look()
    assert worker.there() == {}
    assert worker.ask().headers["Cache-Control"].startswith("max-age=300, stale-while-revalidate=5")
    assert worker.look() == {}


def test_what_a_killed_worker_left_goes_before_another_puts_down_what_is_said_of_less(
    index: IndexWriter, worker: Worker
) -> None:
    """Since nginx looks first where more is said."""
    fill(index, article("c", published=worker.clock() + timedelta(hours=2)), now=worker.clock())
    worker.files.look()
    left = worker.root / "gzip/feed.atom"
    for _ in range(2):
        worker.ask()
        worker.look()
        assert worker.there().keys() == {"brief/gzip/feed.atom"}
        left.parent.mkdir(exist_ok=True)
        left.write_bytes(b"")
        (worker.root / "brief/gzip/feed.atom").unlink()
        worker.ask()
        worker.look()
        assert worker.there() == {}


def test_a_feed_that_says_more_is_no_file(index: IndexWriter, worker: Worker) -> None:
    """It is XML with a stylesheet then, of which nginx knows nothing."""
    index.put_site(site(has_xml_feeds=True), (), worker.clock())
    for path in ("/feed.atom", "/feed.json"):
        assert worker.ask(path).status == 200
    worker.look()
    assert worker.look().keys() == {"gzip/feed.json"}


def test_a_full_disk_is_told_once_and_tried_again(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    replace = shown_folder.atomic_write.replace

    def full(target: str, *given: Any, **named: Any) -> int:
        if "/files/br/" in str(target):
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(target, *given, **named)

    monkeypatch.setattr(shown_folder.atomic_write, "replace", full)
    for coding in CODINGS:
        assert worker.ask("/feed.atom", coding).status == 200
    with caplog.at_level(logging.WARNING):
        assert [worker.look(), worker.look(FAILING.total_seconds())] == [{}, {}]
    assert caplog.text.count("No space left") == 1
    monkeypatch.undo()
    assert worker.look(FAILING.total_seconds()).keys() >= {"gzip/feed.atom", "br/feed.atom"}


def test_a_folder_that_vanishes_is_made_again(worker: Worker) -> None:
    worker.ask()
    found = worker.look()
    shutil.rmtree(worker.root)
    assert worker.look() == found != {}


def test_a_folder_that_cannot_be_made_hurts_nobody(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(worker.root)
    worker.root.write_text("ملف", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        worker.ask()
        worker.look()
        worker.look(FAILING.total_seconds())
    assert caplog.text.count("not put down") == 1
    assert worker.ask().status == 200
    worker.root.unlink()
    assert "gzip/feed.atom" in worker.look(FAILING.total_seconds())


def test_what_cannot_be_removed_is_told_and_tried_again(
    worker: Worker,
    index: IndexWriter,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    worker.ask()
    worker.ask("/feed.rss")
    worker.look()

    def refuse(path: str) -> None:
        if path.endswith("atom"):
            raise PermissionError(errno.EACCES, "Permission denied")
        os.remove(path)

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(shown_folder.os, "unlink", refuse)
        fill(index, article("c"), now=worker.clock())
        worker.files.look()
        assert worker.look(10).keys() == {"gzip/feed.atom"}
    assert caplog.text.count("Permission denied") == 1
    worker.files.look()
    assert worker.there() == {}


def test_what_is_in_the_way_or_nobodys_business_stays(worker: Worker) -> None:
    others = ("gzip/categories", "gzip/note.txt", "feed.rss", "other/feed.rss")
    for name in others:
        path = worker.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("غيره", encoding="utf-8")
    outside = worker.root.parent / "outside.rss"
    outside.touch()
    (worker.root / "gzip/deep").symlink_to(outside.parent)
    worker.ask("/categories/field.rss")
    worker.ask()
    assert {"gzip/feed.atom", *others} <= worker.look().keys()
    worker.files.clear()
    assert worker.there().keys() == {*others}
    assert outside.exists()


@pytest.mark.parametrize(("name", "most"), [("MOST", 2), ("LIMIT", 3000)])
def test_they_are_bounded(
    worker: Worker, name: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_files, name, most)
    for path in ("/feed.atom", "/categories/field.json", "/feed.rss", "/tags/داريا.atom"):
        worker.ask(path)
    found = worker.look()
    assert 0 < (len(found) if name == "MOST" else sum(map(len, found.values()))) <= most
    assert worker.look() == found


def test_workers_put_down_side_by_side_and_look_after_each_other(
    new_worker: Callable[..., Worker],
) -> None:
    one, other = new_worker(), new_worker()
    one.ask("/feed.rss")
    other.ask("/feed.atom")
    one.look()
    assert {"gzip/feed.rss", "gzip/feed.atom"} <= other.look().keys()
    other.files.end()
    assert one.there() == {}
    assert "gzip/feed.rss" in one.look()
    other.ask("/feed.json")
    other.look()
    assert one.there() == {}, "who has ended removes what others put down, and puts down none"


def test_a_worker_that_lost_its_database_puts_down_nothing_and_leaves_others_alone(
    new_worker: Callable[..., Worker], index: IndexWriter
) -> None:
    lost, other = workers = new_worker(), new_worker()
    lost.ask()
    lost.look()
    lost.is_lost = True
    fill(index, article("c"), now=lost.clock())
    for each in workers:
        each.files.look()
    after = other.ask().body
    for seconds in (3, 1, 1, 1):
        lost.clock.now += timedelta(seconds=seconds)
        for each in workers:
            each.files.look()
        assert lost.there() == {"gzip/feed.atom": after}
    lost.is_lost = False
    lost.ask("/feed.rss")
    lost.look()
    assert "gzip/feed.rss" in lost.look()


def test_a_file_goes_at_its_moment_though_who_put_it_down_was_killed(
    new_worker: Callable[..., Worker], index: IndexWriter
) -> None:
    workers = new_worker(), new_worker()
    other = workers[1]
    clock = other.clock
    moment = clock() + timedelta(days=1, seconds=310)
    fill(index, article("c", published=moment.replace(microsecond=0)), now=clock())
    for each in workers:
        each.files.look()
        each.ask()
    clock.now += timedelta(seconds=3)
    for each in workers:
        each.files.look()
    assert other.there().keys() == {"gzip/feed.atom"}
    clock.now += timedelta(seconds=10)
    other.files.look()
    assert other.there() == {}


def test_another_release_gives_the_same_change_a_later_time(
    new_worker: Callable[..., Worker],
) -> None:
    old = new_worker("release-1")
    old.ask()
    old.look()
    file = old.root / "gzip/feed.atom"
    before = file.stat().st_mtime
    new = new_worker("release-2")
    old.ask()
    assert "gzip/feed.atom" not in old.look()
    new.ask()
    new.look()
    assert file.stat().st_mtime > before


def test_a_change_that_is_not_dated_later_is_no_file(
    worker: Worker, index: IndexWriter, clock: FixedClock
) -> None:
    """As by a writer whose clock is behind this one."""
    worker.ask()
    worker.look()
    stamp = (worker.root / "gzip/feed.atom").stat().st_mtime
    worker.files._last["gzip/feed.atom"] = (int(stamp) + 3600, '"other"')
    worker.files.clear()
    assert "gzip/feed.atom" not in worker.look()


@pytest.mark.parametrize("faulty", ["_put_down", "_is_of_now"])
def test_a_fault_leaves_nothing_there_and_is_told_once(
    faulty: str, worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    worker.ask()
    found = worker.look()
    assert found != {}

    def fail(*_: object) -> None:
        raise ZeroDivisionError("خلل")

    with monkeypatch.context() as patch:
        patch.setattr(worker.files, faulty, fail)
        assert [worker.look(), worker.look(), worker.look(10)] == [{}, {}, {}]
    assert caplog.text.count("ZeroDivisionError: خلل") == 1
    worker.look(FAILING.total_seconds())
    assert worker.look() == found


def test_many_first_requests_at_once_begin_one_thread(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []
    others = [Thread(target=worker.files.begin) for _ in range(4)]

    class Counted:
        def __init__(self, **_: object) -> None:
            begun.append(1)

        def start(self) -> None:
            while others:  # who comes meanwhile
                start(others.pop())

    start = Thread.start
    monkeypatch.setattr(feed_files.threading, "Thread", Counted)
    monkeypatch.setattr(feed_files.child_process, "on_end", lambda _end: None)
    coming = [*others]
    worker.files.begin()
    for each in coming:
        each.join()
    assert begun == [1]


@pytest.mark.parametrize(
    ("named", "is_put_down"),
    [({}, True), ({"cdn": "plain"}, False), ({"max_age": 60}, False), ({"cache": 0}, False)],
)
def test_where_nginx_could_not_say_the_same_there_is_none_and_it_is_told(
    named: dict[str, Any], is_put_down: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    left = tmp_path / "files/gzip/feed.rss"
    left.parent.mkdir(parents=True)
    left.touch()
    given = Settings(feed_files=tmp_path / "files", state=tmp_path, **named)
    with caplog.at_level(logging.WARNING):
        assert (wired(given) is not None) is is_put_down
    assert ("not put down" in caplog.text) is not is_put_down
    assert not left.exists(), "what a process left that was killed"


def test_without_the_setting_there_is_none(tmp_path: Path) -> None:
    assert wired(Settings(state=tmp_path)) is None
