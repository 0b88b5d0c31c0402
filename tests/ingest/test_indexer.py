import errno
import os
import shutil
import signal
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import Connection

from factories import (
    NOW,
    SITE_YAML,
    FixedClock,
    Seconds,
    snapshot,
    states_of,
    write_article,
)
from feedservice.content import files as files_module
from feedservice.content.files import ContentFiles
from feedservice.content.places import Places
from feedservice.content.reader import FileReader
from feedservice.content.seen import Seen
from feedservice.content.tree import Kind
from feedservice.content.watch import Changes
from feedservice.domain.errors import ContentError
from feedservice.domain.file_readings import FileState
from feedservice.domain.selections import Selection
from feedservice.index import file_states, tables
from feedservice.index.writer import IndexWriter
from feedservice.ingest import indexer as indexer_module
from feedservice.ingest.indexer import Indexer
from feedservice.ingest.plan import BELIEVED_AFTER, GRACE, LATELY, SETTLED
from feedservice.ingest.removals import MOVING_AT_MOST
from feedservice.ingest.settling import LONG, RESTLESS_AT_MOST
from feedservice.system import open_files
from waiting import PATIENCE, comes_true

MANY = 20


def titles(index: IndexWriter) -> set[str]:
    return {article.title for article in snapshot(index).select(Selection(), 100)}


def test_a_second_scan_reads_nothing_and_a_change_reads_one(
    content: Path, indexer: Indexer
) -> None:
    for name in "abc":
        write_article(content, f"field/{name}.md")
    assert (indexer.scan().read, indexer.scan().read) == (3, 0)
    write_article(content, "field/b.md", title="آخر طويل")
    assert indexer.scan().read == 1


def test_a_deleted_file_leaves(content: Path, indexer: Indexer, its_index: IndexWriter) -> None:
    file = write_article(content, "field/a.md")
    indexer.scan()
    file.unlink()
    assert indexer.scan().removed == 1
    assert titles(its_index) == set()


def test_a_renamed_file_keeps_its_identity(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    file = write_article(content, "field/a.md")
    indexer.scan()
    file.rename(content / "field" / "b.md")
    indexer.scan()
    (found,) = snapshot(its_index).select(Selection(), 9)
    assert (found.slug, found.id) == ("b", "tag:news.example,2025:a")
    assert [each.code for each in snapshot(its_index).problems()] == ["slug-changed"]


def test_a_broken_save_keeps_the_last_good_version_even_through_a_rebuild(
    content: Path, indexer: Indexer, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(content, "field/a.md", title="السابق")
    write_article(content, "field/b.md")
    indexer.scan()
    write_article(content, "field/a.md", title="المكسور", date="31/02/2026")
    report = indexer.scan()
    assert [problem.code for problem in report.problems] == ["date-impossible"]
    assert titles(its_index) == {"السابق", "عنوان b"}
    monkeypatch.setattr(tables, "SCHEMA_VERSION", 999)
    its_index.prepare()
    indexer.scan()
    assert titles(its_index) == {"السابق", "عنوان b"}


def test_a_broken_site_file_keeps_the_last_good_one(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md")
    indexer.scan()
    (content / "site.yaml").write_text("title: [", encoding="utf-8")
    indexer.scan()
    assert its_index.site().title == "صحيفة الاختبار"
    assert {problem.path for problem in snapshot(its_index).problems()} == {"site.yaml"}
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    indexer.scan()
    assert snapshot(its_index).problems() == ()


def test_without_any_good_site_the_first_scan_is_refused(content: Path, indexer: Indexer) -> None:
    (content / "site.yaml").unlink()
    with pytest.raises(ContentError):
        indexer.scan()


def test_a_changed_zone_reads_every_article_again(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md")
    indexer.scan()
    (content / "site.yaml").write_text(SITE_YAML.replace("Asia/Damascus", "UTC"), encoding="utf-8")
    assert indexer.scan().read == 1
    assert snapshot(its_index).select(Selection(), 1)[0].published.hour == 9


def test_a_changed_title_of_the_site_reads_no_article_and_moves_the_revision(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md")
    before = indexer.scan().revision
    (content / "site.yaml").write_text(
        SITE_YAML.replace("صحيفة الاختبار", "صحيفة أخرى"), encoding="utf-8"
    )
    report = indexer.scan()
    assert (report.read, report.revision) == (0, before + 1)


def test_many_articles_that_vanish_at_once_stay_until_that_is_accepted(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    files = [write_article(content, f"field/a{n}.md") for n in range(MANY + 10)]
    indexer.scan()
    for file in files[: MANY + 1]:
        file.unlink()
    report = indexer.scan()
    assert (report.withheld, report.removed) == (MANY + 1, 0)
    assert len(titles(its_index)) == MANY + 10
    assert indexer.update({"field"}) is False
    assert indexer.scan(accept_removals=True).removed == MANY + 1


def test_few_removals_need_no_leave(content: Path, indexer: Indexer) -> None:
    files = [write_article(content, f"field/a{n}.md") for n in range(3)]
    indexer.scan()
    for file in files[:2]:
        file.unlink()
    assert indexer.scan().removed == 2


def test_a_small_site_whose_folder_empties_keeps_its_articles(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    files = [write_article(content, f"field/a{n}.md") for n in range(5)]
    indexer.scan()
    for file in files:
        file.unlink()
    assert indexer.update({f"field/{file.name}" for file in files})
    monotonic.now += GRACE
    indexer.remove_vanished()
    assert len(titles(its_index)) == 5
    write_article(content, "field/a0.md", title="عاد")
    report = indexer.scan()
    assert (report.withheld, report.removed) == (4, 0)
    monotonic.now += BELIEVED_AFTER
    assert indexer.scan().removed == 4
    assert titles(its_index) == {"عاد"}


def test_removals_one_after_another_are_withheld_too(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    files = [write_article(content, f"field/a{n}.md") for n in range(30)]
    write_article(content, "economy/b.md")
    indexer.scan()
    for file in files:
        file.unlink()
        assert indexer.update({f"field/{file.name}"})
        monotonic.now += GRACE
        indexer.remove_vanished()
    assert len(titles(its_index)) == 31 - 6
    assert indexer.scan().withheld == 24


def test_a_folder_that_is_emptied_file_by_file_is_kept_whole(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    files = [write_article(content, f"field/a{n}.md") for n in range(6)]
    for n in range(30):
        write_article(content, f"economy/b{n}.md")
    indexer.scan()
    for file in files:
        file.unlink()
        assert indexer.update({f"field/{file.name}"})
        monotonic.now += 0.15
        indexer.remove_vanished()
    monotonic.now += GRACE
    indexer.remove_vanished()
    assert len(titles(its_index)) == 36
    assert indexer.scan().withheld == 6


def test_a_removal_waits_only_so_long_for_others_of_its_folder(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    for n in range(30):
        write_article(content, f"field/a{n}.md")
    write_article(content, "economy/b.md")
    indexer.scan()
    for path in ("economy/b.md", *(f"field/a{n}.md" for n in range(6))):
        (content / path).unlink()
        assert indexer.update({path})
        monotonic.now += GRACE * 0.75
        indexer.remove_vanished()
    assert {f"عنوان a{n}" for n in range(1, 30)} == titles(its_index)


def test_what_was_removed_within_the_minute_is_told_with_what_is_kept(
    content: Path, indexer: Indexer, monotonic: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    for n in range(6):
        write_article(content, f"field/a{n}.md")
    for n in range(52):
        write_article(content, f"economy/b{n}.md")
    indexer.scan()
    for removed in (range(4), range(4, 6)):
        for n in removed:
            (content / f"field/a{n}.md").unlink()
        assert indexer.update({f"field/a{n}.md" for n in removed})
        monotonic.now += GRACE
        indexer.remove_vanished()
    assert "6 of 58 articles vanished within a minute; 2 of them are kept for ten" in caplog.text


def test_a_few_removals_in_one_folder_withhold_none_in_another(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    for folder in ("field", "economy"):
        for n in range(30):
            write_article(content, f"{folder}/{folder}{n}.md")
    indexer.scan()
    for path in ("field/field0.md", "field/field1.md", "field/field2.md", "economy/economy0.md"):
        (content / path).unlink()
        assert indexer.update({path})
        monotonic.now += GRACE
        indexer.remove_vanished()
    assert len(titles(its_index)) == 60 - 4
    assert indexer.scan().withheld == 0


def test_without_site_yaml_nothing_is_removed_however_long_it_is_gone(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    file = write_article(content, "field/a.md")
    indexer.scan()
    file.unlink()
    (content / "site.yaml").unlink()
    for _ in range(2):
        assert indexer.scan().withheld == 1
        monotonic.now += BELIEVED_AFTER
    assert titles(its_index) == {"عنوان a"}
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    assert indexer.scan().removed == 1


def test_a_file_that_is_removed_and_made_anew_never_leaves(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    file = write_article(content, "field/a.md")
    indexer.scan()
    file.unlink()
    assert indexer.update({"field/a.md"})
    assert indexer.scan().removed == 0
    assert titles(its_index) == {"عنوان a"}
    write_article(content, "field/a.md", title="آخر")
    assert indexer.update({"field/a.md"})
    monotonic.now += GRACE
    assert indexer.waiting_since() is None
    indexer.remove_vanished()
    assert titles(its_index) == {"آخر"}


def test_a_file_that_is_back_before_its_watcher_tells_never_leaves(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    file = write_article(content, "field/a.md")
    indexer.scan()
    file.rename(content / "field" / "a.md~")
    assert indexer.update({"field/a.md"})
    file.with_name("a.md~").rename(file)
    monotonic.now += GRACE
    indexer.remove_vanished()
    assert (titles(its_index), indexer.waiting_since()) == ({"عنوان a"}, None)


def test_nothing_is_waited_for_that_was_renamed_meanwhile(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    file = write_article(content, "field/a.md")
    indexer.scan()
    file.unlink()
    assert indexer.update({"field/a.md"})
    write_article(content, "field/b.md", id="tag:news.example,2025:a")
    assert indexer.update({"field/a.md", "field/b.md"})
    assert titles(its_index) == {"عنوان b"}
    monotonic.now += GRACE
    indexer.remove_vanished()
    assert indexer.waiting_since() is None


def test_articles_that_came_up_elsewhere_before_they_vanished_or_after_are_not_withheld(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    def write(folder: str) -> None:
        for number in range(5):
            write_article(content, f"{folder}/a{number}.md", id=f"tag:news.example,2025:{number}")

    write("field")
    indexer.scan()
    shutil.rmtree(content / "field")
    assert indexer.scan().withheld == 5
    write("economy")
    assert indexer.update({f"economy/a{number}.md" for number in range(5)})
    assert {path.partition("/")[0] for path in states_of(its_index)} == {"economy"}
    monotonic.now += LATELY
    write("heritage")
    indexer.scan()
    shutil.rmtree(content / "economy")
    assert indexer.scan().removed == 5
    assert snapshot(its_index).problems() == ()


def test_a_missing_picture_is_told_and_taken_up_when_it_comes(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md", image="{src: media/x.png, alt: وصف}")
    assert [problem.code for problem in indexer.scan().problems] == ["image-missing"]
    assert snapshot(its_index).select(Selection(), 1)[0].image is None
    (content / "media").mkdir()
    Image.new("RGB", (8, 6)).save(content / "media" / "x.png")
    assert indexer.scan().read == 1
    image = snapshot(its_index).select(Selection(), 1)[0].image
    assert image
    assert (image.width, image.height, image.media_type) == (8, 6, "image/png")
    (content / "media" / "x.png").unlink()
    indexer.scan()
    assert snapshot(its_index).select(Selection(), 1)[0].image is None


def test_a_named_path_is_taken_alone(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    file = write_article(content, "field/a.md")
    indexer.scan()
    write_article(content, "field/b.md")
    file.unlink()
    assert indexer.update({"field/a.md", "field/b.md", "field/.b.md.swp"})
    monotonic.now += GRACE
    indexer.remove_vanished()
    assert titles(its_index) == {"عنوان b"}


@pytest.mark.parametrize("changed", ["site.yaml", "media/x.png", "field"])
def test_what_one_path_cannot_tell_asks_for_a_scan(
    content: Path, indexer: Indexer, changed: str
) -> None:
    write_article(content, "field/a.md")
    indexer.scan()
    assert indexer.update({changed}) is False


def test_a_folder_that_vanished_takes_its_articles_along(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    write_article(content, "field/a.md")
    write_article(content, "field-notes/b.md", category="field")
    indexer.scan()
    (content / "field" / "a.md").unlink()
    (content / "field").rmdir()
    assert indexer.update({"field"})
    monotonic.now += GRACE
    indexer.remove_vanished()
    assert titles(its_index) == {"عنوان b"}


def test_a_modification_from_the_future_is_mended_by_time(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    write_article(content, "field/a.md", updated="2026-01-16 12:00")
    assert [problem.code for problem in indexer.scan().problems] == ["updated-future"]
    clock.now = NOW + timedelta(days=2)
    indexer.scan()
    assert titles(its_index) == {"عنوان a"}


def test_a_file_that_still_grows_is_left_for_later(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    file = write_article(content, "field/a.md")

    def grow(_seconds: float) -> None:
        file.write_text(file.read_text(encoding="utf-8") + "كلمة ", encoding="utf-8")

    growing = Indexer(indexer._files, its_index, clock, pause=grow)
    growing.scan()
    assert titles(its_index) == set()
    indexer.scan()
    assert titles(its_index) == {"عنوان a"}


def test_what_is_closed_or_moved_in_is_read_at_once(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock, monotonic: Seconds
) -> None:
    indexer.scan()

    def wait(seconds: float) -> None:
        pytest.fail(f"it waits for {seconds}")

    path = "field/a.md"
    prompt = Indexer(indexer._files, its_index, clock, pause=wait, monotonic=monotonic)
    for number in range(4):
        monotonic.now += 10
        write_article(content, path, title=f"حفظ {number}")
        assert prompt.update({path}, {path})
        assert titles(its_index) == {f"حفظ {number}"}


def test_a_file_that_is_closed_while_another_process_writes_it_waits_for_that(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    before = signal.getsignal(signal.SIGIO)
    open_files.ignore_leases()
    try:
        indexer.scan()
        file = write_article(content, "field/a.md", title="أول")
        with file.open("a", encoding="utf-8") as part:
            assert indexer.update({"field/a.md"}, {"field/a.md"})
            part.write("كلمة ")
            part.flush()
            monotonic.now += LONG
            indexer.update({"field/a.md"} | indexer.waiting())
            assert titles(its_index) == set()
        indexer.update({"field/a.md"}, {"field/a.md"})
        assert titles(its_index) == {"أول"}
    finally:
        signal.signal(signal.SIGIO, before)


def test_a_file_that_still_grows_waits_alone_until_it_rests(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    monotonic: Seconds,
) -> None:
    growing, paths = content / "field" / "a.md", {"field/a.md", "field/b.md"}
    waits: list[float] = []

    def grow(seconds: float) -> None:
        growing.write_text(growing.read_text(encoding="utf-8") + "كلمة ", encoding="utf-8")
        waits.append(seconds)

    for path in paths:
        write_article(content, path)
    indexer.scan()
    patient = Indexer(indexer._files, its_index, clock, pause=grow, monotonic=monotonic)
    for path in paths:
        write_article(content, path, title="آخر")
    assert patient.update(paths)
    assert titles(its_index) == {"عنوان a", "آخر"}
    assert waits == [pytest.approx(SETTLED)]
    assert patient.waiting() == frozenset()
    grow(0)
    monotonic.now += LONG
    assert patient.update(patient.waiting())
    assert titles(its_index) == {"عنوان a", "آخر"}
    monotonic.now += LONG
    assert patient.update(patient.waiting())
    assert titles(its_index) == {"آخر"}
    assert patient.waiting() == frozenset()


@pytest.mark.parametrize("whole", [(), ("field/a.md",)], ids=["named", "closed each time"])
def test_a_file_that_changes_again_and_again_is_to_rest_before_it_is_read_once_more(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    monotonic: Seconds,
    whole: Collection[str],
) -> None:
    file = write_article(content, "field/a.md", title="أول")
    indexer.scan()
    seen = []
    for n in range(12):
        monotonic.now += 1
        text = file.read_text(encoding="utf-8").replace("title: ", f"title: {n} ", 1)
        file.write_text(text, encoding="utf-8")
        indexer.update({"field/a.md"} | indexer.waiting(), whole)
        seen += titles(its_index)
    assert len(set(seen)) <= 3
    monotonic.now += LONG
    indexer.update(indexer.waiting())
    assert all(title.startswith("11 ") for title in titles(its_index))


@pytest.mark.parametrize("whole", [(), ("field/a.md",)], ids=["named", "closed each time"])
def test_a_file_that_is_much_shorter_than_it_was_waits_a_second_longer(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    monotonic: Seconds,
    whole: Collection[str],
) -> None:
    write_article(content, "field/a.md", title="كامل", body="كلمة " * 200)
    indexer.scan()
    monotonic.now += 60
    write_article(content, "field/a.md", title="أقصر بكثير")
    indexer.update({"field/a.md"}, whole)
    assert titles(its_index) == {"كامل"}
    monotonic.now += LONG
    indexer.update(indexer.waiting())
    assert titles(its_index) == {"أقصر بكثير"}


def test_a_file_that_a_process_still_writes_is_read_when_it_is_closed(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    before = signal.getsignal(signal.SIGIO)
    open_files.ignore_leases()
    try:
        indexer.scan()
        file = write_article(content, "field/a.md", title="أول")
        with file.open("a", encoding="utf-8") as part:
            for _ in range(9):
                part.write("كلمة ")
                part.flush()
                indexer.update({"field/a.md"} | indexer.waiting())
                monotonic.now += 1
            assert titles(its_index) == set()
        monotonic.now += LONG
        indexer.update(indexer.waiting())
        assert titles(its_index) == {"أول"}
    finally:
        signal.signal(signal.SIGIO, before)


@pytest.mark.parametrize("whole", [(), ("field/a.md",)], ids=["named", "closed each time"])
def test_a_file_that_is_saved_anew_every_second_is_read_every_ten_though_it_never_rests(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    monotonic: Seconds,
    whole: Collection[str],
) -> None:
    before = signal.getsignal(signal.SIGIO)
    open_files.ignore_leases()
    try:
        write_article(content, "field/a.md", title="0")
        indexer.scan()
        for n in range(1, 40):
            monotonic.now += 1
            write_article(content, "field/a.md", title=f"{n}")
            indexer.update({"field/a.md"} | indexer.waiting(), whole)
            assert n - int(*titles(its_index)) <= 2 + RESTLESS_AT_MOST
    finally:
        signal.signal(signal.SIGIO, before)


@pytest.mark.parametrize("is_scan", [True, False])
def test_what_is_saved_while_a_large_batch_is_read_goes_before_what_is_left(
    content: Path,
    its_index: IndexWriter,
    indexer: Indexer,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    is_scan: bool,
) -> None:
    indexer.scan()
    monkeypatch.setattr(indexer_module, "BATCH", 5)
    paths = {f"field/{n:02d}.md" for n in range(40)}
    for path in paths:
        os.utime(write_article(content, path), (1, 1))
    shown: list[set[str]] = []

    def changes() -> Changes:
        shown.append(titles(its_index))
        if len(shown) != 2:
            return Changes()
        write_article(content, "field/urgent.md", title="عاجل")
        return Changes(frozenset({"field/urgent.md", "media"}))

    busy = Indexer(indexer._files, its_index, clock, pause=lambda seconds: None, changes=changes)
    busy.scan() if is_scan else busy.update(paths)
    (first, *_rest) = (n for n, found in enumerate(shown) if "عاجل" in found)
    assert first <= 4
    assert len(shown) > 6
    assert len(titles(its_index)) == 41
    assert busy.waiting() == {"media"}  # which asks for a scan, once the batch is done


class FaultyFiles(ContentFiles):
    """A content folder in which reading one file goes wrong, and what then happens to it."""

    def __init__(self, root: Path, path: str, fault: Exception) -> None:
        super().__init__(root)
        self._path = path
        self._fault = fault

    def read_seen(self, path: str) -> tuple[bytes, Seen]:
        if path == self._path:
            raise self._fault
        return super().read_seen(path)


def over(files: ContentFiles, indexer: Indexer) -> Indexer:
    """An indexer of the same index, over files of which something else becomes."""
    return Indexer(
        files,
        indexer._index,
        indexer._clock,
        pause=lambda seconds: None,
        monotonic=indexer._removals._monotonic,
    )


def test_a_file_that_vanishes_before_it_is_read_is_a_removal_once_it_did_not_come_back(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    write_article(content, "field/a.md")
    indexer.scan()
    write_article(content, "field/a.md", title="آخر طويل")
    write_article(content, "field/new.md")
    failing = over(FaultyFiles(content, "field/a.md", FileNotFoundError()), indexer)
    assert failing.scan().problems == ()
    assert titles(its_index) == {"عنوان a", "عنوان new"}
    (content / "field" / "a.md").unlink()
    monotonic.now += GRACE
    failing.remove_vanished()
    assert titles(its_index) == {"عنوان new"}
    assert set(states_of(its_index)) == {"field/new.md"}


def test_a_file_that_cannot_be_read_is_told_and_leaves_its_last_version_up(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md")
    indexer.scan()
    write_article(content, "field/a.md", title="آخر طويل")
    refused = PermissionError(13, "Permission denied")
    report = over(FaultyFiles(content, "field/a.md", refused), indexer).scan()
    assert [(each.code, each.facts["value"]) for each in report.problems] == [
        ("file-unreadable", "Permission denied")
    ]
    assert titles(its_index) == {"عنوان a"}


@pytest.mark.parametrize("fault", [errno.EIO, errno.ESTALE, errno.EACCES, errno.ENOTCONN])
@pytest.mark.parametrize("is_named", [True, False], ids=["named", "looked for"])
def test_what_the_system_tells_nothing_of_is_not_gone(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    monotonic: Seconds,
    monkeypatch: pytest.MonkeyPatch,
    fault: int,
    is_named: bool,
) -> None:
    write_article(content, "field/a.md")
    write_article(content, "texts/b.md", category="field")
    (content / "media").mkdir(exist_ok=True)
    (content / "texts").rename(content / "media" / "texts")
    (content / "texts").symlink_to("media/texts")
    (content / "field" / "c.md").symlink_to("../media/texts/b.md")
    indexer.scan()
    there, tell, open_file = titles(its_index), os.stat, os.open
    names = {"a.md", "c.md", "texts"}

    def refuse(path: Any, *given: Any, **named: Any) -> os.stat_result:
        if Path(path).name in names if isinstance(path, str | Path) else False:
            raise OSError(fault, os.strerror(fault), str(path))
        return tell(path, *given, **named)

    def refuse_to_open(path: Any, *given: Any, **named: Any) -> int:
        refuse(path, follow_symlinks=False, dir_fd=named.get("dir_fd"))
        return open_file(path, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", refuse)
        patch.setattr(os, "open", refuse_to_open)
        if is_named:
            indexer.update({"field/a.md", "field/c.md", "texts/b.md"})
            monotonic.now += MOVING_AT_MOST
            indexer.update(indexer.waiting())
            indexer.remove_vanished()
        else:
            assert indexer.scan(accept_removals=True).removed == 0
            assert indexer.scan().read == 0
        assert titles(its_index) == there
        told = {each.path: each.code for each in snapshot(its_index).problems()}
        assert told["field/a.md"] == "file-unreadable"
    indexer.scan()
    assert titles(its_index) == there
    assert "file-unreadable" not in {each.code for each in snapshot(its_index).problems()}


def tell_nothing_of(patch: pytest.MonkeyPatch, *names: str) -> None:
    """Have the disk fail at files of these names."""
    for function in ("stat", "open", "listdir"):
        asked = getattr(os, function)

        def refuse(path: Any, *given: Any, asked: Any = asked, **named: Any) -> Any:
            if isinstance(path, str | Path) and Path(path).name in names:
                raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
            return asked(path, *given, **named)

        patch.setattr(os, function, refuse)


def test_while_site_yaml_cannot_be_looked_at_nothing_is_removed(
    content: Path, indexer: Indexer, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_article(content, "field/a.md")
    indexer.scan()
    file.unlink()
    with monkeypatch.context() as patch:
        tell_nothing_of(patch, "site.yaml")
        assert indexer.scan(accept_removals=False).removed == 0
        assert titles(its_index) == {"عنوان a"}
    assert indexer.scan().removed == 1


def test_a_name_that_is_found_by_listing_is_not_gone_where_that_fails(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    monotonic: Seconds,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = unicodedata.normalize("NFD", "أخبار.md")
    write_article(content, "field/a.md").rename(content / "field" / name)
    indexer.scan()
    with monkeypatch.context() as patch:
        tell_nothing_of(patch, "field")
        indexer.update({"field/أخبار.md"})
        monotonic.now += MOVING_AT_MOST
        indexer.update(indexer.waiting())
        indexer.remove_vanished()
        assert titles(its_index) == {"عنوان a"}


def test_a_picture_that_cannot_be_looked_at_stays_in_an_article_that_is_saved_then(
    content: Path, indexer: Indexer, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    (content / "media").mkdir()
    Image.new("RGB", (3, 2)).save(content / "media" / "a.png")
    write_article(content, "field/a.md", image="{src: media/a.png, alt: و}")
    indexer.scan()
    write_article(content, "field/a.md", image="{src: media/a.png, alt: أخرى}")
    with monkeypatch.context() as patch:
        tell_nothing_of(patch, "a.png")
        assert [each.code for each in indexer.scan().problems] == ["media-unreadable"]
    (shown,) = snapshot(its_index).select(Selection(), 9)
    assert shown.image
    assert (shown.image.alt, shown.image.width) == ("أخرى", 0)
    assert indexer.scan().problems == ()
    (shown,) = snapshot(its_index).select(Selection(), 9)
    assert shown.image
    assert shown.image.width == 3


def test_a_picture_of_which_the_system_tells_nothing_stays_as_it_was(
    content: Path, indexer: Indexer, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    (content / "media").mkdir()
    picture = content / "media" / "a.png"
    Image.new("RGB", (3, 2)).save(picture)
    write_article(content, "field/a.md", image="{src: media/a.png, alt: و}")
    indexer.scan()
    tell = os.stat

    def refuse(path: Any, *given: Any, **named: Any) -> os.stat_result:
        if path == "a.png":
            raise OSError(errno.EIO, os.strerror(errno.EIO), path)
        return tell(path, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", refuse)
        assert indexer.scan().read == 0
    (shown,) = snapshot(its_index).select(Selection(), 9)
    assert shown.image
    assert shown.image.width == 3
    picture.unlink()
    assert [each.code for each in indexer.scan().problems] == ["image-missing"]


def test_what_lies_in_a_folder_that_cannot_be_listed_is_not_gone(
    content: Path, indexer: Indexer, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(content, "field/deep/a.md")
    write_article(content, "field/b.md").unlink()
    write_article(content, "field-two/c.md", category="field")
    indexer.scan()
    (content / "field-two" / "c.md").unlink()
    list_folder = os.scandir

    def refuse(folder: Path) -> object:
        if Path(folder).name == "field":
            raise PermissionError(13, "Permission denied", str(folder))
        return list_folder(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        assert indexer.scan().removed == 1
        assert titles(its_index) == {"عنوان a"}
    assert indexer.scan().removed == 0


def test_a_content_folder_that_cannot_be_listed_changes_nothing(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md")
    revision = indexer.scan().revision
    content.rename(content.with_name("elsewhere"))
    with pytest.raises(FileNotFoundError):
        indexer.scan()
    assert titles(its_index) == {"عنوان a"}
    assert its_index.revision() == revision
    content.with_name("elsewhere").rename(content)
    assert (indexer.scan().read, snapshot(its_index).problems()) == (0, ())


def test_a_folder_of_many_that_moves_is_no_mass_removal(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    for number in range(MANY + 10):
        write_article(content, f"field/a{number}.md")
    indexer.scan()
    before = {article.id for article in snapshot(its_index).select(Selection(), 100)}
    (content / "field").rename(content / "economy")
    report = indexer.scan()
    assert (report.withheld, report.removed, report.read) == (
        0,
        MANY + 10,
        MANY + 10,
    )
    found = snapshot(its_index).select(Selection(), 100)
    assert {article.id for article in found} == before
    assert {article.categories for article in found} == {("economy",)}
    assert snapshot(its_index).problems() == ()


def test_what_was_withheld_comes_back_by_itself(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    for number in range(MANY + 10):
        write_article(content, f"field/a{number}.md")
    indexer.scan()
    (content / "field").rename(content.with_name("unmounted"))
    assert indexer.scan().withheld == MANY + 10
    content.with_name("unmounted").rename(content / "field")
    report = indexer.scan()
    assert (report.withheld, report.read, report.removed) == (0, 0, 0)
    assert len(titles(its_index)) == MANY + 10


def test_new_articles_come_up_while_removals_are_withheld(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    files = [write_article(content, f"field/a{number}.md") for number in range(2 * MANY)]
    indexer.scan()
    for file in files:
        file.unlink()
    write_article(content, "field/new.md")
    assert indexer.scan().withheld == 2 * MANY
    assert "عنوان new" in titles(its_index)


@pytest.mark.parametrize("damage", ["", "title: [", "title: x\n", "\0", "unknown: 1\n" + SITE_YAML])
def test_whatever_becomes_of_site_yaml_the_last_good_one_stays(
    content: Path, indexer: Indexer, its_index: IndexWriter, damage: str
) -> None:
    write_article(content, "field/a.md")
    revision = indexer.scan().revision
    (content / "site.yaml").write_text(damage, encoding="utf-8")
    write_article(content, "field/b.md")
    assert indexer.scan().read == 1
    assert its_index.site().title == "صحيفة الاختبار"
    assert {problem.path for problem in snapshot(its_index).problems()} == {"site.yaml"}
    assert titles(its_index) == {"عنوان a", "عنوان b"}
    assert its_index.revision() == revision + 1


def test_a_site_file_that_is_gone_is_told(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    indexer.scan()
    (content / "site.yaml").unlink()
    indexer.scan()
    assert [(problem.path, problem.code) for problem in snapshot(its_index).problems()] == [
        ("site.yaml", "site-missing")
    ]


def test_a_broken_file_that_was_never_good_is_told_and_shown_to_nobody(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md", date="31/02/2026")
    (content / "field" / "b.md").write_bytes("---\ntitle: عنوان\n".encode("cp1256"))
    assert {problem.code for problem in indexer.scan().problems} == {"date-impossible", "encoding"}
    assert titles(its_index) == set()
    assert indexer.scan().read == 0


def test_a_mended_file_that_says_what_it_said_is_no_news(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md")
    revision = indexer.scan().revision
    write_article(content, "field/a.md", date="31/02/2026")
    assert indexer.scan().revision == revision
    write_article(content, "field/a.md")
    assert indexer.scan().revision == revision
    assert snapshot(its_index).problems() == ()


def test_a_file_that_went_and_came_back_broken_has_no_version_to_fall_back_on(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    file = write_article(content, "field/a.md")
    indexer.scan()
    file.unlink()
    indexer.scan()
    write_article(content, "field/a.md", date="31/02/2026")
    indexer.scan()
    assert titles(its_index) == set()


def test_an_older_file_put_in_its_place_is_noticed(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md", title="أولى")
    indexer.scan()
    file = write_article(content, "field/a.md", title="أخرى")
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert indexer.scan().read == 1
    assert titles(its_index) == {"أخرى"}


def test_a_picture_that_changed_is_measured_again(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    (content / "media").mkdir()
    Image.new("RGB", (8, 6)).save(content / "media" / "x.png")
    write_article(content, "field/a.md", image="{src: media/x.png, alt: وصف}")
    write_article(content, "field/b.md")
    indexer.scan()
    Image.new("RGB", (80, 60)).save(content / "media" / "x.png")
    assert indexer.scan().read == 1
    image = snapshot(its_index).select(Selection(), 1)[0].image
    assert image
    assert (image.width, image.height) == (80, 60)


def test_many_files_are_read_in_batches_and_told_as_they_go(
    content: Path, indexer: Indexer, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer_module, "BATCH", 3)
    gone = write_article(content, "field/gone.md")
    indexer.scan()
    gone.unlink()
    for number in range(7):
        write_article(content, f"field/a{number}.md")
    told: list[tuple[int, int]] = []
    report = indexer.scan(progress=lambda done, of: told.append((done, of)))
    assert told == [(3, 7), (6, 7), (7, 7)]
    assert (report.seen, report.read, report.removed) == (7, 7, 1)
    assert titles(its_index) == {f"عنوان a{number}" for number in range(7)}


def test_the_first_scan_fills_the_index_though_there_is_no_article(
    indexer: Indexer, its_index: IndexWriter
) -> None:
    assert not its_index.is_filled()
    indexer.scan()
    assert its_index.is_filled()


def test_a_young_file_is_waited_for_and_an_old_one_is_not(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    waits: list[float] = []
    patient = Indexer(indexer._files, its_index, clock, pause=waits.append)
    hour_ago = NOW.timestamp() - 3600
    os.utime(write_article(content, "field/old.md"), (hour_ago, hour_ago))
    patient.scan()
    assert waits == []
    write_article(content, "field/young.md")
    patient.scan()
    assert waits == [pytest.approx(SETTLED, abs=0.02)]


def test_a_file_that_was_renamed_to_its_place_is_not_waited_for(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    waits: list[float] = []
    patient = Indexer(indexer._files, its_index, clock, pause=waits.append)
    for title in ("جديد", "محفوظ"):
        part = write_article(content, "field/a.md.part", title=title)
        written = part.stat().st_mtime_ns
        assert comes_true(lambda: moved_at(part, content / "field" / "a.md") > written)  # noqa: B023
        patient.scan()
        assert titles(its_index) == {title}
    assert waits == []


def moved_at(part: Path, file: Path) -> int:
    """Move a file to its place, and back unless the system's clock ticked since it was written."""
    part.rename(file)
    if file.stat().st_ctime_ns > file.stat().st_mtime_ns:
        return file.stat().st_ctime_ns
    file.rename(part)
    return 0


def test_a_path_cannot_be_taken_before_there_is_a_site(content: Path, indexer: Indexer) -> None:
    write_article(content, "field/a.md")
    assert indexer.update({"field/a.md"}) is False


@pytest.mark.parametrize(
    "changed",
    [
        "README.md",
        "field/README.md",
        "a.md",
        "field/.hidden.md",
        "field/a.md~",
        "field/4913",
        "field/x.txt",
        "none",
    ],
)
def test_what_is_no_article_is_passed_over(
    content: Path, indexer: Indexer, its_index: IndexWriter, changed: str
) -> None:
    indexer.scan()
    revision = its_index.revision()
    (content / "field").mkdir()
    if changed != "none":
        (content / changed).write_text("x", encoding="utf-8")
    assert indexer.update({changed})
    assert (states_of(its_index), its_index.revision()) == ({}, revision)


@pytest.mark.parametrize("changed", ["", "."])
def test_a_change_of_the_content_folder_itself_asks_for_a_scan(
    indexer: Indexer, changed: str
) -> None:
    indexer.scan()
    assert indexer.update({changed}) is False


def test_a_path_that_is_taken_breaks_and_mends_as_in_a_scan(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    indexer.scan()
    write_article(content, "field/a.md", title="السابق")
    assert indexer.update({"field/a.md"})
    write_article(content, "field/a.md", title="المكسور", date="31/02/2026")
    assert indexer.update({"field/a.md"})
    assert titles(its_index) == {"السابق"}
    assert [problem.code for problem in snapshot(its_index).problems()] == ["date-impossible"]
    monotonic.now += 2 * LONG
    write_article(content, "field/a.md", title="المصلح")
    assert indexer.update({"field/a.md"})
    assert (titles(its_index), snapshot(its_index).problems()) == ({"المصلح"}, ())


def test_a_rename_that_is_taken_keeps_its_identity(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    file = write_article(content, "field/a.md")
    indexer.scan()
    file.rename(content / "field" / "b.md")
    assert indexer.update({"field/a.md", "field/b.md"})
    (found,) = snapshot(its_index).select(Selection(), 9)
    assert (found.slug, found.id) == ("b", "tag:news.example,2025:a")
    assert [each.code for each in snapshot(its_index).problems()] == ["slug-changed"]


def test_taking_the_same_path_twice_reads_it_once(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md")
    indexer.scan()
    never = over(FaultyFiles(content, "field/a.md", AssertionError("it was read")), indexer)
    assert never.update({"field/a.md"})
    assert never.scan().read == 0


# No two claim the same: who was there first keeps it, which a first scan cannot know.
FILES = ["field/a.md", "field/b.md", "economy/deep/c.md", "economy/deep/d.md"]
saves = st.tuples(st.sampled_from(FILES), st.sampled_from([None, "قصير", "أطول منه"]))


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(saves, min_size=1, max_size=3), min_size=1, max_size=4))
def test_whatever_was_saved_what_was_taken_is_what_a_first_scan_would_find(
    content: Path,
    indexer: Indexer,
    new_index: Callable[[], IndexWriter],
    clock: FixedClock,
    monotonic: Seconds,
    history: list[list[tuple[str, str | None]]],
) -> None:
    for number in range(20):  # so that no folder empties
        write_article(content, f"{('field', 'economy')[number % 2]}/other{number}.md")
    indexer.scan()
    for batch in history:
        for path, title in batch:
            if title is None:
                (content / path).unlink(missing_ok=True)
            else:
                write_article(content, path, title=title)
        assert indexer.update({path for path, _title in batch})
        monotonic.now += LATELY
        indexer.remove_vanished()
    anew = new_index()
    Indexer(indexer._files, anew, clock, pause=lambda seconds: None).scan()
    assert snapshot(indexer._index).select(Selection(), 99) == snapshot(anew).select(
        Selection(), 99
    )
    assert snapshot(indexer._index).problems() == snapshot(anew).problems()
    assert states_of(indexer._index).keys() == states_of(anew).keys()


def test_how_long_after_its_save_a_file_is_seen_is_told_of_what_was_just_saved(
    content: Path, new_index: Callable[[], IndexWriter], clock: FixedClock
) -> None:
    lags: list[float] = []
    indexer = Indexer(
        ContentFiles(content), new_index(), clock, pause=lambda seconds: None, published=lags.extend
    )
    for name, age in (("new", 0.25), ("copied", 86_400), ("of tomorrow", -86_400)):
        path = write_article(content, f"field/{name.replace(' ', '-')}.md")
        saved = clock.now.timestamp() - age
        os.utime(path, (saved, saved))
    indexer.scan()
    assert lags == [pytest.approx(0.25, abs=0.01)]


def test_files_of_one_batch_are_told_at_once(
    content: Path, new_index: Callable[[], IndexWriter], clock: FixedClock
) -> None:
    told: list[Sequence[float]] = []
    indexer = Indexer(
        ContentFiles(content), new_index(), clock, pause=lambda seconds: None, published=told.append
    )
    for name in "abc":
        saved = clock.now.timestamp() - 1
        os.utime(write_article(content, f"field/{name}.md"), (saved, saved))
    indexer.scan()
    assert [len(lags) for lags in told] == [3]


def test_a_scan_that_is_stopped_is_finished_by_the_next_one(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(indexer_module, "BATCH", 2)
    for second, name in enumerate("abcde"):
        os.utime(write_article(content, f"field/{name}.md"), (second, second))
    stopped = Indexer(
        indexer._files, its_index, clock, pause=lambda seconds: None, stop=lambda: True
    )
    stopped.scan()
    # What was saved last is read first.
    assert (titles(its_index), its_index.is_filled()) == ({"عنوان d", "عنوان e"}, False)
    assert indexer.scan().read == 3
    assert its_index.is_filled()


def test_what_only_another_site_yaml_makes_due_is_not_waited_for(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    waits: list[float] = []
    hour_ago = NOW.timestamp() - 3600
    os.utime(write_article(content, "field/a.md"), (hour_ago, hour_ago))
    patient = Indexer(indexer._files, its_index, clock, pause=waits.append)
    patient.scan()
    (content / "site.yaml").write_text(
        SITE_YAML.replace("Asia/Damascus", "Asia/Beirut"), encoding="utf-8"
    )
    assert patient.scan().read == 1
    assert waits == []


class SwappedFiles(ContentFiles):
    """A content folder in which a link takes the place of a folder just before a file of it is
    read."""

    def read_seen(self, path: str) -> tuple[bytes, Seen]:
        folder = self.root / "field"
        if path.startswith("field/") and not folder.is_symlink():
            folder.rename(self.root.parent / "elsewhere")
            folder.symlink_to(self.root.parent / "elsewhere", target_is_directory=True)
        return super().read_seen(path)


def test_a_file_whose_folder_becomes_a_link_has_vanished(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    write_article(content, "field/a.md")
    indexer.scan()
    write_article(content, "field/a.md", title="آخر طويل")
    swapped = over(SwappedFiles(content), indexer)
    assert swapped.update({"field/a.md"})
    monotonic.now += GRACE
    swapped.remove_vanished()
    assert (titles(its_index), snapshot(its_index).problems()) == (set(), ())


class MovingFiles(ContentFiles):
    """A content folder in which a folder is renamed just before a file of it is read."""

    def read_seen(self, path: str) -> tuple[bytes, Seen]:
        if path.startswith("field/inner/"):
            (self.root / "field" / "inner").rename(self.root / "field" / "other")
        return super().read_seen(path)


def broken(content: Path, indexer: Indexer) -> Path:
    """A file with a last good version, beside which there is a folder."""
    file = write_article(content, "field/a.md", title="السابق")
    indexer.scan()
    write_article(content, "field/a.md", title="المكسور", date="31/02/2026")
    indexer.scan()
    (content / "field" / "inner").mkdir()
    return file


def test_a_broken_file_that_moves_again_before_it_is_read_keeps_its_last_good_version(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    file = broken(content, indexer)
    moving = over(MovingFiles(content), indexer)
    file.rename(content / "field" / "inner" / "b.md")
    moving.update({"field/a.md"})
    monotonic.now += GRACE
    assert moving.update({"field/inner/b.md"})
    moving.remove_vanished()
    assert titles(its_index) == {"السابق"}
    moving.update({"field/other/b.md"})
    assert {each.path for each in snapshot(its_index).select(Selection(), 9)} == {
        "field/other/b.md"
    }
    (content / "field" / "other" / "b.md").unlink()
    moving.update({"field/other/b.md"})
    monotonic.now += GRACE
    moving.remove_vanished()
    assert titles(its_index) == set()


def test_a_broken_file_whose_new_folder_moves_before_that_is_looked_at_keeps_its_last_good_version(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    file = broken(content, indexer)
    file.rename(content / "field" / "inner" / "a.md")
    (content / "field" / "inner").rename(content / "field" / "moved")
    for named in ("field/a.md", "field/inner/a.md"):
        indexer.update({named})
        monotonic.now += GRACE / 2
    indexer.remove_vanished()
    indexer.scan()
    assert {each.path: each.title for each in snapshot(its_index).select(Selection(), 9)} == {
        "field/moved/a.md": "السابق"
    }


def test_files_that_come_and_go_hold_up_no_removal_for_long(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    write_article(content, "field/a.md")
    indexer.scan()
    moving = over(MovingFiles(content), indexer)
    (content / "field" / "a.md").unlink()
    moving.update({"field/a.md"})
    for number in range(int(MOVING_AT_MOST / GRACE) + 1):
        monotonic.now += GRACE
        write_article(content, f"field/inner/{number}.md")
        moving.update({f"field/inner/{number}.md"})
        shutil.rmtree(content / "field" / "other")
        moving.remove_vanished()
    assert titles(its_index) == set()


@pytest.mark.parametrize("broken", ["date: 31/02/2026\n", "title: [\n", "titel: x\n"])
@pytest.mark.parametrize("way", ["scan", "take"])
def test_a_file_that_is_renamed_and_broken_at_once_keeps_its_last_good_version(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    way: str,
    broken: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_article(content, "field/a.md", title="السابق")
    indexer.scan()
    (content / "field" / "a.md").unlink()
    file = content / "field" / "b.md"
    file.write_text(f"---\n{broken}id: 'tag:news.example,2025:a'\n---\n\nنص.\n", encoding="utf-8")
    assert indexer.scan() if way == "scan" else indexer.update({"field/a.md", "field/b.md"})
    (found,) = snapshot(its_index).select(Selection(), 9)
    assert (found.title, found.path, found.id) == (
        "السابق",
        "field/b.md",
        "tag:news.example,2025:a",
    )
    assert {problem.path for problem in snapshot(its_index).problems()} == {"field/b.md"}
    monkeypatch.setattr(tables, "SCHEMA_VERSION", 999)
    its_index.prepare()
    indexer.scan()
    assert titles(its_index) == {"السابق"}


def test_a_broken_file_with_the_id_of_one_that_stays_takes_nothing_from_it(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md", title="السابق")
    write_article(content, "field/gone.md", title="زائل")
    indexer.scan()
    (content / "field" / "gone.md").unlink()
    write_article(content, "field/b.md", id="tag:news.example,2025:a", date="31/02/2026")
    indexer.scan()
    assert {each.path for each in snapshot(its_index).select(Selection(), 9)} == {"field/a.md"}


def test_what_is_saved_while_everything_is_looked_at_stays_as_it_was_taken(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    for name in "abc":
        write_article(content, f"field/{name}.md")
    indexer.scan()
    (content / "field" / "a.md").unlink()
    walk = indexer.begin_walk()
    walk.result()
    write_article(content, "field/a.md", title="عاد")
    write_article(content, "field/b.md", title="تغيّر")
    write_article(content, "field/d.md", title="جديد")
    (content / "field" / "c.md").unlink()
    assert indexer.update({f"field/{name}.md" for name in "abcd"})
    indexer.scan(walk=walk)
    monotonic.now += GRACE
    indexer.remove_vanished()
    assert titles(its_index) == {"عاد", "تغيّر", "جديد"}
    assert indexer.scan().read <= 1
    assert titles(its_index) == {"عاد", "تغيّر", "جديد"}


def test_what_waits_to_stand_still_while_everything_is_looked_at_waits_on(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    write_article(content, "field/a.md", title="كامل", body="كلمة " * 200)
    indexer.scan()
    walk = indexer.begin_walk()
    walk.result()
    write_article(content, "field/a.md", title="أقصر بكثير")
    indexer.update({"field/a.md"})
    indexer.scan(walk=walk, is_patient=True)
    monotonic.now += LONG
    indexer.update(indexer.waiting())
    assert titles(its_index) == {"أقصر بكثير"}


def test_what_is_withheld_since_everything_was_looked_at_is_no_less_withheld(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    files = [write_article(content, f"field/a{n}.md") for n in range(MANY)]
    indexer.scan()
    walk = indexer.begin_walk()
    walk.result()
    for file in files:
        file.unlink()
    indexer.update({f"field/{file.name}" for file in files})
    monotonic.now += GRACE
    indexer.remove_vanished()
    indexer.scan(walk=walk, is_patient=True)
    monotonic.now += BELIEVED_AFTER
    assert indexer.scan().removed == MANY
    assert titles(its_index) == set()


def test_what_came_up_while_nothing_was_gone_makes_no_loss_a_move(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    files = [write_article(content, f"field/a{n}.md") for n in range(10)]
    for name in ("x", "y"):  # whose id another one has, so that nobody looks for where it moved
        write_article(content, f"_kept/in/{name}.md", id="tag:news.example,2025:a0")
    (content / "link").symlink_to("_kept")
    indexer.scan()
    (content / "also").symlink_to("_kept/in")  # walked first, so that link/in is not
    indexer.scan(is_patient=True)
    assert indexer.waiting_since() is not None
    for name in "bcd":
        write_article(content, f"economy/{name}.md")
    indexer.scan(walk=indexer.begin_walk(), is_patient=True)
    assert indexer.waiting_since() is None  # they are there
    for file in files[:6]:
        file.unlink()
    indexer.scan(walk=indexer.begin_walk(), is_patient=True)
    monotonic.now += GRACE
    indexer.remove_vanished()
    assert titles(its_index) == {
        f"عنوان {name}" for name in [f"a{n}" for n in range(10)] + [*"bcd"]
    }
    monotonic.now += BELIEVED_AFTER
    assert indexer.scan(walk=indexer.begin_walk(), is_patient=True).removed == 6


def test_what_was_withheld_and_is_there_behind_another_link_was_never_away(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    for n in range(3):
        write_article(content, f"field/a{n}.md")
        write_article(content, f"economy/b{n}.md")
        write_article(content, f"_kept/b{n}.md", id="tag:news.example,2025:a0")
    indexer.scan()
    shutil.rmtree(content / "economy")
    assert indexer.scan(walk=indexer.begin_walk()).withheld == 3
    (content / "also").symlink_to("_kept")  # walked first, so that economy is not
    (content / "economy").symlink_to("_kept")
    monotonic.now += BELIEVED_AFTER - LATELY
    indexer.scan(walk=indexer.begin_walk(), is_patient=True)
    (content / "economy").unlink()
    monotonic.now += LATELY
    assert indexer.scan(walk=indexer.begin_walk(), is_patient=True).removed == 0
    monotonic.now += GRACE
    indexer.remove_vanished()
    assert its_index.known_below(["economy"])
    monotonic.now += BELIEVED_AFTER
    assert indexer.scan(walk=indexer.begin_walk(), is_patient=True).removed == 3


def test_a_look_holds_no_more_than_a_page_of_what_it_goes_through(
    content: Path, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(25):
        write_article(content, f"field-{n % 3}/a{n}.md")
    indexer.scan()
    looked_at: list[str] = []
    look, ask = indexer._files.look, file_states.page
    asked_at: list[tuple[str, int]] = []

    def one_by_one() -> Iterator[tuple[Kind, str, Seen | None]]:
        for step in look():
            if step[2]:
                looked_at.append(step[1])
            yield step

    def asked(connection: Connection, folder: str, after: str) -> list[FileState]:
        asked_at.append((after, len(looked_at)))
        return ask(connection, folder, after)

    monkeypatch.setattr(file_states, "PAGE", 4)
    monkeypatch.setattr(file_states, "page", asked)
    monkeypatch.setattr(indexer._files, "look", one_by_one)
    found = indexer.begin_walk().result()
    assert (found.seen, found.due, found.lost) == (25, [], frozenset())
    assert asked_at == [("", 0), *((looked_at[4 * n - 1], 4 * n) for n in range(1, 7))]


def test_what_time_alone_mends_is_read_again_after_a_look_too(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    write_article(content, "field/a.md", date="2026-01-01", updated="2026-01-16 12:00")
    indexer.scan()
    assert [problem.code for problem in snapshot(its_index).problems()] == ["updated-future"]
    clock.now += timedelta(days=3)
    indexer.scan(walk=indexer.begin_walk())
    assert snapshot(its_index).problems() == ()


def test_a_scan_takes_up_what_was_seen_before_it(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md")
    write_article(content, "field/b.md")
    indexer.scan()
    (content / "field" / "a.md").unlink()
    write_article(content, "field/c.md")
    indexer.scan(walk=indexer.begin_walk())
    assert titles(its_index) == {"عنوان b", "عنوان c"}


def test_what_was_taken_up_during_a_look_is_neither_read_nor_told_again(
    content: Path,
    new_index: Callable[[], IndexWriter],
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lags: list[float] = []
    indexer = Indexer(
        ContentFiles(content), new_index(), clock, pause=lambda seconds: None, published=lags.extend
    )
    indexer.scan()
    begun, saved_since = threading.Event(), threading.Event()
    look = indexer._files.look

    def look_later() -> Iterator[tuple[Kind, str, Seen | None]]:
        begun.set()
        saved_since.wait(PATIENCE)
        return look()

    monkeypatch.setattr(indexer._files, "look", look_later)
    walk = indexer.begin_walk()
    assert begun.wait(PATIENCE)
    saved = clock.now.timestamp() - 1
    os.utime(write_article(content, "field/a.md"), (saved, saved))
    assert indexer.update({"field/a.md"})
    saved_since.set()
    assert indexer.scan(walk=walk).read == 0
    assert len(lags) == 1


def test_what_a_walk_knows_and_compares_holds_up_no_save(
    content: Path, indexer: Indexer, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(content, "field/a.md")
    indexer.scan()
    asked: list[str] = []

    def states(_folder: str) -> Iterator[FileState]:
        asked.append(threading.current_thread().name)
        return iter(())

    monkeypatch.setattr(its_index, "states", states)
    walk = indexer.begin_walk()
    assert walk.result().due == ["field/a.md"]
    indexer.scan(walk=walk)
    assert asked == ["walk"]


def test_times_that_a_redeploy_touches_cost_no_parsing(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (content / "media").mkdir()
    Image.new("RGB", (8, 6)).save(content / "media" / "x.png")
    files = [write_article(content, f"field/{name}.md") for name in "abc"]
    files.append(write_article(content, "field/d.md", image="{src: media/x.png, alt: و}"))
    files.append(write_article(content, "field/e.md", date="31/02/2026"))
    before = indexer.scan()
    problems = snapshot(its_index).problems()
    for file in files:
        os.utime(file, (1, 1))
    with monkeypatch.context() as patch:
        patch.setattr(FileReader, "reading", None)
        report = indexer.scan()
    assert (report.read, report.revision) == (0, before.revision)
    assert snapshot(its_index).problems() == problems
    assert {state.mtime_ns for state in states_of(its_index).values()} == {10**9}
    lags: list[float] = []
    Indexer(indexer._files, its_index, clock, published=lags.extend).scan()
    assert lags == []


def test_a_file_of_the_same_bytes_is_parsed_where_its_picture_is_another(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    (content / "media").mkdir()
    file = write_article(content, "field/a.md", image="{src: media/x.png, alt: و}")
    indexer.scan()
    Image.new("RGB", (8, 6)).save(content / "media" / "x.png")
    os.utime(file, (1, 1))
    assert indexer.update({"field/a.md"})
    article = snapshot(its_index).article("a")
    assert article
    assert article.image
    assert article.image.width == 8


def test_a_release_whose_files_have_fixed_times_is_read(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    (content / "field").mkdir()
    for title in ("الأول", "الآخر"):  # as many bytes
        file = write_article(content, "next/a.md", title=title)
        os.utime(file, (1, 1))
        file.rename(content / "field" / "a.md")
        report = indexer.scan()
        assert (report.read, titles(its_index)) == (1, {title})
    assert indexer.scan().read == 0


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    """A file system that counts seconds by two, and tells no other time and no inode."""
    saved = int(clock.now.timestamp() * 1e9)

    def seen(path: str, status: os.stat_result) -> Seen:
        times = {"mtime_ns": saved, "ctime_ns": saved}
        return Seen(path=path, size=status.st_size, inode=1, **times)

    monkeypatch.setattr(files_module, "_seen", seen)


@pytest.mark.usefixtures("coarse")
def test_a_second_save_of_equal_length_in_one_tick_is_found_by_the_next_scan(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    write_article(content, "field/a.md", title="الأول")
    write_article(content, "field/b.md", title="الأول")
    indexer.scan()
    write_article(content, "field/a.md", title="الآخر")
    clock.now += timedelta(minutes=1)
    assert (indexer.scan().read, titles(its_index)) == (1, {"الأول", "الآخر"})
    write_article(content, "field/b.md", title="الآخر")
    assert indexer.scan().read == 0, "an old file is known by its size and times"


@pytest.mark.usefixtures("coarse")
def test_a_second_picture_of_equal_length_in_one_tick_is_found_by_the_next_scan(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    picture = content / "media" / "x.gif"
    picture.parent.mkdir()
    Image.new("RGB", (8, 6)).save(picture)
    write_article(content, "field/a.md", image="{src: media/x.gif, alt: وصف}")
    indexer.scan()
    data = picture.read_bytes()
    picture.write_bytes(data[:6] + b"\x09" + data[7:])
    clock.now += timedelta(minutes=1)
    assert [indexer.scan().read for _ in range(2)] == [1, 0]
    article = snapshot(its_index).article("a")
    assert article
    assert article.image
    assert article.image.width == 9


@pytest.mark.usefixtures("coarse")
def test_a_second_site_file_of_equal_length_in_one_tick_is_found_by_the_next_scan(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    indexer.scan()
    text = SITE_YAML.replace("صحيفة الاختبار", "جريدة الاختبار")
    (content / "site.yaml").write_text(text, encoding="utf-8")
    indexer.scan()
    assert its_index.site().title == "جريدة الاختبار"


def test_a_file_that_is_swapped_between_the_look_and_the_reading_and_back_is_read_again(
    content: Path,
    tmp_path: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for title in "ab":
        os.utime(write_article(tmp_path / title, "x.md", title=title, category="field"), (1, 1))
    clock.now = datetime.now(UTC) + timedelta(days=1)  # so that no file is young

    def swap(old: str, new: str) -> None:
        (content / "field").rename(tmp_path / old)
        (tmp_path / new).rename(content / "field")

    def swapped(places: Places, path: str) -> int:
        if path == "field/x.md":
            swap("a", "b")
        return open_file(places, path)

    open_file = Places.open_file
    (tmp_path / "a").rename(content / "field")
    with monkeypatch.context() as patched:
        patched.setattr(Places, "open_file", swapped)
        indexer.scan()
    assert titles(its_index) == {"b"}
    swap("b", "a")
    indexer.scan()
    assert titles(its_index) == {"a"}


@pytest.mark.parametrize("how", ["in place", "another file"])
def test_other_bytes_under_a_time_that_was_set_back_are_found(
    content: Path, indexer: Indexer, its_index: IndexWriter, how: str
) -> None:
    (content / "media").mkdir()
    for width in (8, 9):
        gif, file = content / "next.gif", content / "field" / "a.md"
        Image.new("RGB", (8, 6)).save(gif)
        data = gif.read_bytes()
        new = write_article(
            content, "next/a.md", image="{src: media/x.gif, alt: و}", title=f"{width}"
        )
        gif.write_bytes(data[:6] + bytes([width]) + data[7:])
        for made, place in ((gif, content / "media" / "x.gif"), (new, file)):
            place.parent.mkdir(exist_ok=True)
            if how == "in place":
                place.write_bytes(made.read_bytes())
                made.unlink()
            else:
                made.rename(place)
            os.utime(place, (1, 1))
        assert indexer.scan().read == 1
        article = snapshot(its_index).article("a")
        assert article
        assert article.image
        assert (article.title, article.image.width) == (f"{width}", width)


def test_a_file_that_is_as_it_was_but_for_its_inode_is_read_once_and_not_parsed(
    content: Path, indexer: Indexer, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_article(content, "field/a.md")
    indexer.scan()
    status = file.stat()
    copy = content / "field" / ".a"
    copy.write_bytes(file.read_bytes())
    os.utime(copy, ns=(status.st_mtime_ns, status.st_mtime_ns))
    copy.rename(file)
    read: list[str] = []
    real = ContentFiles.read_seen

    def counted(self: ContentFiles, path: str) -> tuple[bytes, Seen]:
        read.append(path)
        return real(self, path)

    monkeypatch.setattr(ContentFiles, "read_seen", counted)
    assert [indexer.scan().read for _ in range(2)] == [0, 0]
    assert read == ["site.yaml", "field/a.md", "site.yaml"]
    assert states_of(its_index)["field/a.md"].inode == file.stat().st_ino


def test_what_is_withheld_is_told_but_not_file_by_file(
    content: Path, indexer: Indexer, monotonic: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    files = [write_article(content, f"field/a{n}.md") for n in range(100)]
    indexer.scan()
    for file in files[:80]:
        file.unlink()
        assert indexer.update({f"field/{file.name}"})
        monotonic.now += GRACE
        indexer.remove_vanished()
    assert indexer.scan().withheld == 60
    assert 1 <= caplog.text.count("vanished within a minute") < 10


@pytest.mark.parametrize("of_link", ["NFC", "NFD"])
def test_a_link_beside_a_folder_of_its_name_in_other_code_points_unpublishes_nothing(
    content: Path, indexer: Indexer, its_index: IndexWriter, of_link: Literal["NFC", "NFD"]
) -> None:
    """As a tree has it that was copied between systems: of the two, one is there."""
    of_folder: Literal["NFC", "NFD"] = "NFC" if of_link == "NFD" else "NFD"
    for n in range(6):
        write_article(content, f"field/{n}.md")
    write_article(content, f"economy/{unicodedata.normalize(of_folder, 'é')}/x.md")
    (content / "economy" / unicodedata.normalize(of_link, "é")).symlink_to("../field")
    indexer.scan()
    for _ in range(3):
        report = indexer.scan(accept_removals=True)
        assert (report.read, report.removed) == (0, 0)
        shown = {each.path for each in snapshot(its_index).select(Selection(), 100)}
        assert {f"field/{n}.md" for n in range(6)} <= shown
