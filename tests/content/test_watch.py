import errno
import os
import threading
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Self

import pytest
import watchfiles

from factories import write_article
from feedservice.content import file_events, places
from feedservice.content.files import ContentFiles
from feedservice.content.watch import Changes, Hints, watch
from waiting import PATIENCE, comes_true


@pytest.fixture(params=["inotify", "watchfiles", "polled"])
def poll(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Each way in which a folder can be watched."""
    if request.param == "inotify" and not file_events.HAS_INOTIFY:
        pytest.skip("only Linux has it")
    if request.param == "watchfiles":
        monkeypatch.setattr(file_events, "HAS_INOTIFY", False)
    return request.param == "polled"


class Follower:
    """Watches beside the test and remembers what was named."""

    def __init__(self, root: Path, *, poll: bool = False) -> None:
        self.seen: set[str] = set()
        self.batches: list[Changes] = []
        self.ticks = 0
        self._ready = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, args=(root, poll))

    def _follow(self, root: Path, poll: bool) -> None:
        for batch in watch(root, self._stop, poll=poll, tick_ms=100):
            self.seen |= batch.paths
            self.batches += [batch] if batch.paths else []
            self.ticks += 1
            self._ready.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def is_ready(self) -> bool:
        return self._ready.wait(PATIENCE)

    def names(self, path: str) -> bool:
        return comes_true(lambda: path in self.seen)

    def names_what_is_written(self, root: Path, path: str) -> bool:
        """Whether the path is named when it is written; anew until the watcher sees the folder."""

        def is_named() -> bool:
            write_article(root, path)
            return path in self.seen

        return comes_true(is_named)


def test_saved_moved_and_deleted_files_are_named(tmp_path: Path, poll: bool) -> None:
    (tmp_path / "field").mkdir()
    saved, moved = "field/خبر.md", "field/b.md"
    with Follower(tmp_path, poll=poll) as follower:
        assert follower.is_ready()
        write_article(tmp_path, saved)
        assert follower.names(saved)
        (tmp_path / saved).rename(tmp_path / moved)
        assert follower.names(moved)
        follower.seen.clear()
        (tmp_path / moved).unlink()
        assert follower.names(moved)
        write_article(tmp_path.parent / "outside", "c.md").rename(tmp_path / "field" / "c.md")
        assert follower.names("field/c.md")


@pytest.mark.parametrize("spelling", ["relative", "link"])
def test_the_folder_may_be_named_by_a_relative_path_or_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spelling: str, poll: bool
) -> None:
    (tmp_path / "real" / "field").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    root = Path("real") if spelling == "relative" else tmp_path / "link"
    with Follower(root, poll=poll) as follower:
        assert follower.is_ready()
        write_article(tmp_path / "real", "field/a.md")
        assert follower.names("field/a.md")


def test_a_folder_that_comes_later_or_is_swapped_for_another_is_watched(
    tmp_path: Path, poll: bool
) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "field").mkdir(parents=True)
    link = tmp_path / "content"
    with Follower(link, poll=poll) as follower:
        assert follower.is_ready()
        for name in ("one", "two"):
            (tmp_path / "new").symlink_to(tmp_path / name, target_is_directory=True)
            (tmp_path / "new").rename(link)
            assert follower.names_what_is_written(tmp_path / name, f"field/{name}.md")
    assert "" in follower.seen


def test_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    stop = threading.Event()
    batches = watch(tmp_path, stop, tick_ms=50)
    next(batches)
    stop.set()
    assert next(batches, None) in (None, Changes())
    assert next(batches, None) is None


def test_a_name_that_is_not_in_nfc_is_told_in_nfc(tmp_path: Path) -> None:
    (tmp_path / "field").mkdir()
    with Follower(tmp_path) as follower:
        assert follower.is_ready()
        write_article(tmp_path, "field/" + unicodedata.normalize("NFD", "أخبار.md"))
        assert follower.names(unicodedata.normalize("NFC", "field/أخبار.md"))


def test_what_is_swapped_while_a_swap_is_looked_at_is_told_too(tmp_path: Path, poll: bool) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / name / "field").mkdir(parents=True)
    link, stop = tmp_path / "content", threading.Event()

    def swap(name: str) -> None:
        (tmp_path / "new").symlink_to(tmp_path / name, target_is_directory=True)
        (tmp_path / "new").rename(link)

    swap("one")
    batches = watch(link, stop, poll=poll, tick_ms=50)
    next(batches)
    for name in ("two", "three"):  # the second one while its reader is busy with the first
        swap(name)
        assert comes_true(lambda: "" in next(batches).paths)
    stop.set()


@pytest.mark.parametrize("below", ["", "site"], ids=["the link", "a folder behind the link"])
def test_what_is_swapped_and_back_between_two_looks_is_told(tmp_path: Path, below: str) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "site" / "field").mkdir(parents=True)
    link, stop = tmp_path / "current", threading.Event()

    def swap(name: str) -> None:
        (tmp_path / "new").symlink_to(tmp_path / name, target_is_directory=True)
        (tmp_path / "new").rename(link)

    swap("one")
    batches = watch(link / below, stop, tick_ms=50)
    assert not next(batches).paths
    swap("two")  # whoever looks at everything just now sees some of it
    swap("one")
    assert comes_true(lambda: "" in next(batches).paths)
    stop.set()


def test_what_is_swapped_while_its_folders_are_counted_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / name / name).mkdir(parents=True)
    link, stop, count = tmp_path / "content", threading.Event(), ContentFiles.watched
    link.symlink_to(tmp_path / "one", target_is_directory=True)

    def swapped(files: ContentFiles) -> tuple[list[str], dict[str, set[str]]]:
        counted = count(files)
        (tmp_path / "new").symlink_to(tmp_path / "two", target_is_directory=True)
        (tmp_path / "new").rename(link)
        monkeypatch.undo()
        return counted

    (tmp_path / "one" / "two").mkdir()
    monkeypatch.setattr(ContentFiles, "watched", swapped)
    (tmp_path / "two" / "one").mkdir()
    batches = watch(link, stop, tick_ms=50)
    assert comes_true(lambda: "" in next(batches).paths)
    stop.set()


def test_links_in_circles_and_out_of_the_folder_are_not_followed(
    tmp_path: Path, poll: bool, caplog: pytest.LogCaptureFixture
) -> None:
    root, outside = tmp_path / "content", tmp_path / "outside"
    (root / "field").mkdir(parents=True)
    outside.mkdir()
    (root / "field" / "up").symlink_to(root, target_is_directory=True)
    (root / "out").symlink_to(outside, target_is_directory=True)
    os.mkdir(os.fsencode(root) + b"/bad\xff")
    with Follower(root, poll=poll) as follower:
        assert follower.is_ready()
        write_article(outside, "a.md")
        assert follower.names_what_is_written(root, "field/a.md")
        assert follower.names_what_is_written(root, "field/later/b.md")
    assert not any(path.startswith(("out/", "field/up/")) for path in follower.seen)
    assert caplog.text == ""


def test_what_links_lead_to_is_watched_and_a_link_that_leads_elsewhere_is_told(
    tmp_path: Path,
) -> None:
    root, outside = tmp_path / "content", tmp_path / "outside"
    for number in (1, 2):
        write_article(root, f"..{number}/field/a.md")
        write_article(outside, f"{number}/b.md")
    (root / "media").mkdir()
    (root / "..data").symlink_to("..1")
    (root / "field").symlink_to("..data/field")
    (root / "economy").mkdir()
    (root / "economy" / "c.md").symlink_to("../..data/field/a.md")
    (outside / "current").symlink_to("1")
    (root / "out").symlink_to(outside / "current")
    (root / "economy" / "d.md").symlink_to(outside / "1" / "b.md")

    def swap(link: Path, target: str) -> None:
        link.with_name("..new").symlink_to(target)
        link.with_name("..new").rename(link)

    def are_named(follower: Follower, number: int) -> bool:
        write_article(root, f"..{number}/field/a.md")
        write_article(outside, f"{number}/b.md")
        return follower.seen >= {"field/a.md", "out/b.md", "economy/c.md"}

    places.allow([outside])
    try:
        with Follower(root) as follower:
            assert follower.is_ready()
            for number in (1, 2):
                assert comes_true(partial(are_named, follower, number))
                if number == 1:
                    assert follower.names("economy/d.md")
                    for link in (root / "..data", outside / "current"):
                        follower.seen.clear()
                        swap(link, link.readlink().name.replace("1", "2"))
                        assert follower.names("")
                    follower.seen.clear()
    finally:
        places.allow(())


def test_a_folder_that_was_gone_is_named_when_it_is_back(
    tmp_path: Path, poll: bool, caplog: pytest.LogCaptureFixture
) -> None:
    root = tmp_path / "content"
    write_article(root, "field/a.md")
    with Follower(root, poll=poll) as follower:
        assert follower.is_ready()
        for times in (1, 2):
            root.rename(tmp_path / "away")
            follower.ticks = 0
            assert comes_true(lambda: follower.ticks > 5)
            assert caplog.text.count("cannot watch") == times
            follower.seen.clear()
            (tmp_path / "away").rename(root)
            assert follower.names("")
            assert follower.names_what_is_written(root, "field/a.md")


def test_where_nothing_can_be_watched_all_of_it_is_named_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("feedservice.content.watch.BLIND", 0.1)
    (tmp_path / "circle.md").symlink_to("circle.md")
    batches = watch(tmp_path, threading.Event(), poll=True, tick_ms=50)
    found = [next(batches).paths for _ in range(7)]
    assert found == [{""}, set(), set()] * 2 + [{""}]
    assert caplog.text.count("cannot watch") == 1
    (tmp_path / "circle.md").unlink()
    assert any("a.md" in batch.paths for batch in map(written_meanwhile(tmp_path), batches))


def written_meanwhile(root: Path) -> Callable[[Changes], Changes]:
    def write(batch: Changes) -> Changes:
        write_article(root, "a.md")
        return batch

    return write


@pytest.mark.parametrize("way", ["inotify", "no inotify", "watchfiles"])
def test_exhausted_watches_are_told_once_and_the_folder_is_polled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    real = watchfiles.watch

    def limited(*paths: Path, **options: Any) -> Iterator[set[Any]]:
        if not options["force_polling"] and not options["ignore_permission_denied"]:
            raise OSError("OS file watch limit reached.")
        return real(*paths, **options)

    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(watchfiles, "watch", limited)
    if way == "watchfiles":
        monkeypatch.setattr(file_events, "HAS_INOTIFY", False)
    else:
        what = "add_watch" if way == "inotify" else "__init__"
        monkeypatch.setattr(file_events.INotify, what, refuse)
    (tmp_path / "field").mkdir()
    with Follower(tmp_path) as follower:
        assert follower.is_ready()
        assert follower.names_what_is_written(tmp_path, "field/a.md")
    assert caplog.text.count("polling instead") == 1


@pytest.mark.parametrize("way", ["inotify", "watchfiles"])
def test_a_folder_that_may_not_be_read_keeps_no_other_unwatched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    real, real_add = watchfiles.watch, file_events.INotify.add_watch

    def refused(*paths: Path, **options: Any) -> Iterator[set[Any]]:
        if not options["ignore_permission_denied"]:
            raise PermissionError("Permission denied (os error 13)")
        return real(*paths, **options)

    def add(self: Any, path: str, mask: int) -> int:
        if path.endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real_add(self, path, mask)

    monkeypatch.setattr(watchfiles, "watch", refused)
    monkeypatch.setattr(file_events.INotify, "add_watch", add)
    monkeypatch.setattr(file_events, "HAS_INOTIFY", way == "inotify")
    (tmp_path / "closed").mkdir()
    (tmp_path / "field").mkdir()
    with Follower(tmp_path) as follower:
        assert follower.is_ready()
        assert follower.names_what_is_written(tmp_path, "field/a.md")
    assert caplog.text == ""


needs_inotify = pytest.mark.skipif(not file_events.HAS_INOTIFY, reason="only Linux tells")


def in_one_batch(root: Path, act: Callable[[], object]) -> Changes:
    """What is told of what happened while nobody looked."""
    stop = threading.Event()
    batches = watch(root, stop, tick_ms=50)
    next(batches)
    act()
    found = next(batch for batch in batches if batch.paths)
    stop.set()
    return found


@needs_inotify
@pytest.mark.parametrize("way", ["closed", "moved in", "emptied first", "moved over"])
def test_what_is_closed_or_moved_in_is_whole(tmp_path: Path, way: str) -> None:
    root = tmp_path / "content"
    file = write_article(root, "field/a.md")
    outside = write_article(tmp_path, "b.md")

    def save() -> None:
        if way == "emptied first":
            file.write_bytes(b"")
            file.write_bytes(b"whole")
        elif way == "closed":
            file.write_bytes(b"whole")
        else:
            outside.replace(file if way == "moved over" else file.with_name("b.md"))

    saved = {"field/b.md" if way == "moved in" else "field/a.md"}
    assert in_one_batch(root, save) == (saved, saved)


@needs_inotify
def test_what_is_still_written_to_is_told_after_a_tick_and_is_not_whole(tmp_path: Path) -> None:
    file = write_article(tmp_path, "field/a.md")
    with file.open("a") as stream:

        def write() -> None:
            stream.write("more")
            stream.flush()

        assert in_one_batch(tmp_path, write) == ({"field/a.md"}, set())

        def save_and_write_on() -> None:
            file.write_bytes(b"whole")
            write()

        assert in_one_batch(tmp_path, save_and_write_on) == ({"field/a.md"}, set())
    assert in_one_batch(tmp_path, file.unlink) == ({"field/a.md"}, set())


@needs_inotify
def test_where_events_were_lost_all_is_looked_at(tmp_path: Path) -> None:
    write_article(tmp_path, "field/a.md")
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())

    def flood() -> None:
        for _ in range(most // 2 + 100):
            for name in ("b.md", "c.md"):
                (tmp_path / "field" / name).touch()

    assert in_one_batch(tmp_path, flood).paths >= {"field/b.md", "field/c.md"}
    stop = threading.Event()
    batches = watch(tmp_path, stop, tick_ms=50)
    next(batches)
    flood()
    assert comes_true(lambda: "" in next(batches).paths)
    stop.set()


def test_hints_are_collected_while_nobody_asks_and_end_with_their_watcher() -> None:
    told, go_on = threading.Event(), threading.Event()

    def batches() -> Iterator[Changes]:
        yield Changes(frozenset({"a", "b"}), frozenset({"a", "b"}))
        yield Changes()
        yield Changes(frozenset({"b", "c"}), frozenset({"c"}))
        told.set()
        go_on.wait()

    hints = Hints(batches())
    assert told.wait(PATIENCE)
    assert hints.take() == ({"a", "b", "c"}, {"a", "c"}), "b is written to again"
    assert hints.take() == Changes()
    go_on.set()
    assert set(hints) <= {Changes()}
