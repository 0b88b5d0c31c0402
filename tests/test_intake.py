from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from factories import NOW, SITE_YAML, FixedClock, write_article
from feedservice.errors import ContentError
from feedservice.index import writer as writer_module
from feedservice.index.writer import IndexWriter
from feedservice.intake import BRAKE, Intake
from feedservice.model import Selection


@pytest.fixture
def its_index(intake: Intake) -> IndexWriter:
    return intake._index


def titles(index: IndexWriter) -> set[str]:
    return {article.title for article in index.select(Selection(), NOW, 100)}


def test_a_second_scan_reads_nothing_and_a_change_reads_one(content: Path, intake: Intake) -> None:
    for name in "abc":
        write_article(content, f"field/{name}.md")
    assert (intake.scan().read, intake.scan().read) == (3, 0)
    write_article(content, "field/b.md", title="آخر طويل")
    assert intake.scan().read == 1


def test_a_deleted_file_leaves(content: Path, intake: Intake, its_index: IndexWriter) -> None:
    file = write_article(content, "field/a.md")
    intake.scan()
    file.unlink()
    assert intake.scan().removed == 1
    assert titles(its_index) == set()


def test_a_renamed_file_keeps_its_identity(content: Path, intake: Intake, its_index: IndexWriter) -> None:
    file = write_article(content, "field/a.md")
    intake.scan()
    file.rename(content / "field" / "b.md")
    intake.scan()
    (found,) = its_index.select(Selection(), NOW, 9)
    assert (found.slug, found.id) == ("b", "tag:news.example,2025:a")
    assert its_index.problems() == ()


def test_a_broken_save_keeps_the_last_good_version_even_through_a_rebuild(
    content: Path, intake: Intake, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(content, "field/a.md", title="السابق")
    write_article(content, "field/b.md")
    intake.scan()
    write_article(content, "field/a.md", title="المكسور", date="31/02/2026")
    report = intake.scan()
    assert [problem.code for problem in report.problems] == ["date-impossible"]
    assert titles(its_index) == {"السابق", "عنوان b"}
    monkeypatch.setattr(writer_module, "SCHEMA_VERSION", 999)
    its_index.prepare()
    intake.scan()
    assert titles(its_index) == {"السابق", "عنوان b"}


def test_a_broken_site_file_keeps_the_last_good_one(content: Path, intake: Intake, its_index: IndexWriter) -> None:
    write_article(content, "field/a.md")
    intake.scan()
    (content / "site.yaml").write_text("title: [", encoding="utf-8")
    intake.scan()
    assert its_index.site().title == "صحيفة الاختبار"
    assert [problem.path for problem in its_index.problems()] == ["site.yaml"]
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    intake.scan()
    assert its_index.problems() == ()


def test_without_any_good_site_the_first_scan_is_refused(content: Path, intake: Intake) -> None:
    (content / "site.yaml").unlink()
    with pytest.raises(ContentError):
        intake.scan()


def test_a_changed_zone_reads_every_article_again(content: Path, intake: Intake, its_index: IndexWriter) -> None:
    write_article(content, "field/a.md")
    intake.scan()
    (content / "site.yaml").write_text(SITE_YAML.replace("Asia/Damascus", "UTC"), encoding="utf-8")
    assert intake.scan().read == 1
    assert its_index.select(Selection(), NOW, 1)[0].published.hour == 9


def test_a_changed_title_of_the_site_reads_no_article_and_moves_the_revision(
    content: Path, intake: Intake, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md")
    before = intake.scan().revision
    (content / "site.yaml").write_text(SITE_YAML.replace("صحيفة الاختبار", "صحيفة أخرى"), encoding="utf-8")
    report = intake.scan()
    assert (report.read, report.revision) == (0, before + 1)


def test_many_articles_that_vanish_at_once_stay_until_that_is_accepted(
    content: Path, intake: Intake, its_index: IndexWriter
) -> None:
    files = [write_article(content, f"field/a{n}.md") for n in range(BRAKE + 10)]
    intake.scan()
    for file in files[: BRAKE + 1]:
        file.unlink()
    report = intake.scan()
    assert (report.withheld, report.removed) == (BRAKE + 1, 0)
    assert len(titles(its_index)) == BRAKE + 10
    assert intake.take({"field"}) is False
    assert intake.scan(accept_removals=True).removed == BRAKE + 1


def test_few_removals_need_no_leave(content: Path, intake: Intake) -> None:
    files = [write_article(content, f"field/a{n}.md") for n in range(BRAKE + 10)]
    intake.scan()
    for file in files[:BRAKE]:
        file.unlink()
    assert intake.scan().removed == BRAKE


def test_a_missing_picture_is_told_and_taken_up_when_it_comes(
    content: Path, intake: Intake, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md", image="{src: media/x.png, alt: وصف}")
    assert [problem.code for problem in intake.scan().problems] == ["image-missing"]
    assert its_index.select(Selection(), NOW, 1)[0].image is None
    (content / "media").mkdir()
    Image.new("RGB", (8, 6)).save(content / "media" / "x.png")
    assert intake.scan().read == 1
    image = its_index.select(Selection(), NOW, 1)[0].image
    assert image
    assert (image.width, image.height, image.media_type) == (8, 6, "image/png")
    (content / "media" / "x.png").unlink()
    intake.scan()
    assert its_index.select(Selection(), NOW, 1)[0].image is None


def test_a_named_path_is_taken_alone(content: Path, intake: Intake, its_index: IndexWriter) -> None:
    file = write_article(content, "field/a.md")
    intake.scan()
    write_article(content, "field/b.md")
    file.unlink()
    assert intake.take({"field/a.md", "field/b.md", "field/.b.md.swp"})
    assert titles(its_index) == {"عنوان b"}


@pytest.mark.parametrize("changed", ["site.yaml", "media/x.png", "field"])
def test_what_one_path_cannot_tell_asks_for_a_scan(content: Path, intake: Intake, changed: str) -> None:
    write_article(content, "field/a.md")
    intake.scan()
    assert intake.take({changed}) is False


def test_a_folder_that_vanished_takes_its_articles_along(content: Path, intake: Intake, its_index: IndexWriter) -> None:
    write_article(content, "field/a.md")
    write_article(content, "field-notes/b.md", category="field")
    intake.scan()
    (content / "field" / "a.md").unlink()
    (content / "field").rmdir()
    assert intake.take({"field"})
    assert titles(its_index) == {"عنوان b"}


def test_a_modification_from_the_future_is_mended_by_time(
    content: Path, intake: Intake, its_index: IndexWriter, clock: FixedClock
) -> None:
    write_article(content, "field/a.md", updated="2026-01-16 12:00")
    assert [problem.code for problem in intake.scan().problems] == ["updated-future"]
    clock.now = NOW + timedelta(days=2)
    intake.scan()
    assert titles(its_index) == {"عنوان a"}


def test_a_file_that_still_grows_is_left_for_later(
    content: Path, intake: Intake, its_index: IndexWriter, clock: FixedClock
) -> None:
    file = write_article(content, "field/a.md")

    def grow(_seconds: float) -> None:
        file.write_text(file.read_text(encoding="utf-8") + "كلمة ", encoding="utf-8")

    growing = Intake(intake._files, its_index, clock, pause=grow)
    growing.scan()
    assert titles(its_index) == set()
    intake.scan()
    assert titles(its_index) == {"عنوان a"}
