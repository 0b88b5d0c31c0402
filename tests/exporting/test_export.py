"""An export: what is written, what stays, what goes, and what is never touched."""

import fcntl
import gzip
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import brotli
import pytest

from export_factories import NOW, Exported, write_site
from factories import write_article
from feedservice.domain.errors import ExportError
from feedservice.exporting.export import export
from feedservice.service import wiring_web

HOUR = timedelta(hours=1)


@pytest.fixture
def exported(tmp_path: Path) -> Exported:
    made = Exported(tmp_path)
    write_site(made.content)
    return made


@pytest.fixture
def small(tmp_path: Path, content: Path) -> Exported:
    """A site of two articles."""
    write_article(content, "field/a.md", tags="[ماء]")
    write_article(content, "economy/b.md", aliases="[old]")
    return Exported(tmp_path)


def times(exported: Exported) -> dict[str, int]:
    return {
        str(path): path.stat().st_mtime_ns
        for path in exported.root.rglob("*")
        if path.is_file() and path.name != "lock"
    }


def test_a_second_export_of_the_same_content_writes_nothing(exported: Exported) -> None:
    first = exported.export()
    assert first.troubles == []
    files, seen = exported.files(), times(exported)
    second = exported.export(NOW + HOUR)
    assert (second.written, second.removed, second.unchanged, second.reload) == (
        0,
        0,
        first.written,
        False,
    )
    assert exported.files() == files
    assert {path: time for path, time in times(exported).items() if "manifest" not in path} == {
        path: time for path, time in seen.items() if "manifest" not in path
    }
    assert second.asked < first.asked / 3


def test_asking_for_everything_again_writes_nothing_either(small: Exported) -> None:
    small.export()
    again = small.export(NOW + HOUR, ask_all=True)
    assert (again.written, again.asked) == (0, again.addresses)


def withdraw(content: Path) -> None:
    write_article(content, "economy/b.md", status="withdrawn", updated="2026-01-02")


def rename_site(content: Path) -> None:
    file = content / "site.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("صحيفة الاختبار", "صحيفة أخرى"), encoding="utf-8"
    )


EDITS: dict[str, Callable[[Path], object]] = {
    "a new article": lambda content: write_article(
        content, "field/new.md", date="2026-01-02 00:30", tags="[ماء]"
    ),
    "a back-dated article": lambda content: write_article(
        content, "economy/back.md", date="2025-12-15"
    ),
    "an edit": lambda content: write_article(content, "field/a.md", "نص آخر.", tags="[ماء]"),
    "another title": lambda content: write_article(
        content, "field/a.md", title="عنوان آخر", tags="[ماء]"
    ),
    "another category": lambda content: (content / "field/a.md").rename(content / "economy/a.md"),
    "a link to it": lambda content: write_article(
        content, "field/new.md", "انظر [هذا](../economy/b.md).", date="2026-01-02 00:30"
    ),
    "a picture": lambda content: (content / "media/a.mp3").write_bytes(
        b"ID3\x03\x00\x00\x00\x00\x00\x00\x00\x00"
    ),
    "a withdrawal": withdraw,
    "other tags": lambda content: write_article(content, "economy/a.md", tags="[RSS]"),
    "a removal": lambda content: (content / "economy/back.md").unlink(),
    "no more picture": lambda content: (content / "media/a.mp3").unlink(),
    "another site title": rename_site,
}

TOGETHER = (
    ["a new article"], ["a back-dated article"], ["an edit"], ["another title", "another category"],
    ["a link to it", "a picture"], ["a withdrawal", "other tags"], ["a removal", "no more picture"], ["another site title"],
)  # fmt: skip


def test_after_any_change_what_was_not_asked_for_is_as_the_service_answers_it(
    small: Exported,
) -> None:
    (small.content / "media").mkdir()
    small.export()
    now = NOW
    for names in TOGETHER:
        now += HOUR
        for name in names:
            EDITS[name](small.content)
        assert small.export(now).written, names
        whole = small.export(now, ask_all=True)
        assert (whole.written, whole.removed) == (0, 0), names


def test_a_folder_of_many_exports_is_what_a_new_one_would_be(
    small: Exported, tmp_path: Path
) -> None:
    (small.content / "media").mkdir()
    small.export()
    for hours, edit in enumerate(EDITS.values(), 1):
        edit(small.content)
        if hours % 5 == 0:
            small.export(NOW + hours * HOUR)
    small.export(NOW + 24 * HOUR)
    files, configuration = small.files(), small.configuration()
    small.root = tmp_path / "fresh"
    small.export(NOW + 24 * HOUR)
    assert small.files() == files
    assert small.configuration() == configuration


def test_time_alone_publishes_and_expires(small: Exported) -> None:
    write_article(small.content, "field/soon.md", date="2026-01-02 09:00")
    write_article(small.content, "field/short.md", date="2025-12-01", expires="2026-01-02 09:00")
    small.export()
    before = small.files()
    assert ("articles/soon.html" in before, "articles/short.html" in before) == (False, True)
    report = small.export(NOW + 12 * HOUR)
    after = small.files()
    assert ("articles/soon.html" in after, "articles/short.html" in after) == (True, False)
    assert b"articles/soon" in after["feed.rss"]
    assert '/articles/short" 1;' in small.configuration()["http.conf"]
    assert report.reload


def test_twins_hold_the_same_bytes_and_small_bodies_have_none(exported: Exported) -> None:
    exported.export()
    files = exported.files()
    decode = {".gz": gzip.decompress, ".br": brotli.decompress}
    twins = [name for name in files if name.endswith(tuple(decode))]
    assert len(twins) > 50
    for name in twins:
        original = name[:-3]
        assert decode[name[-3:]](files[name]) == files[original]
        assert len(files[name]) < len(files[original])
        public = exported.root / "public"
        assert (public / name).stat().st_mtime == (public / original).stat().st_mtime
    assert "ar/robots.txt" in files
    assert "ar/robots.txt.gz" not in files
    assert not any(name.startswith("ar/media/") and name.endswith((".gz", ".br")) for name in files)


def test_a_file_has_the_time_that_last_modified_says_and_other_bytes_a_later_one(
    small: Exported,
) -> None:
    small.export()
    page = small.root / "public" / "categories" / "field.html"
    first = page.stat().st_mtime
    assert (
        first == (NOW - timedelta(seconds=4)).timestamp()
    )  # the second after the indexing, five seconds before
    page.write_bytes(b"broken")
    small.export(NOW, ask_all=True)
    assert page.stat().st_mtime == first
    write_article(small.content, "field/a.md", title="عنوان آخر")
    small.export(NOW - timedelta(seconds=1))
    assert page.stat().st_mtime > first


def test_what_left_is_removed_with_its_folders_and_nothing_else(small: Exported) -> None:
    small.export()
    public = small.root / "public"
    (public / "CNAME").write_text("news.example", encoding="utf-8")
    (public / "articles" / "mine.html").write_text("x", encoding="utf-8")
    assert (public / "tags" / "ماء" / "archive").is_dir()
    write_article(small.content, "field/a.md")
    report = small.export(NOW + HOUR)
    assert report.removed > 0
    assert not (public / "tags").exists()
    assert (public / "CNAME").exists()
    assert (public / "articles" / "mine.html").exists()


def test_a_file_that_vanished_or_was_changed_is_written_again(small: Exported) -> None:
    small.export()
    public = small.root / "public"
    whole = small.files()
    (public / "feed.rss").unlink()
    (public / "feed.atom.gz").write_bytes(b"x")
    (small.root / "nginx" / "http.conf").write_text("", encoding="utf-8")
    small.export(NOW + HOUR)
    assert small.files() == whole
    assert (small.root / "nginx" / "http.conf").stat().st_size


def test_a_folder_with_files_of_somebody_else_is_refused_and_untouched(small: Exported) -> None:
    small.root.mkdir()
    (small.root / "index.html").write_text("mine", encoding="utf-8")
    with pytest.raises(ExportError, match=r"nothing was touched\. Name an empty or a new folder"):
        small.export()
    assert [path.name for path in small.root.iterdir()] == ["index.html"]


def test_a_file_is_no_folder(small: Exported) -> None:
    small.root.write_text("mine", encoding="utf-8")
    with pytest.raises(ExportError, match="is a file; name a folder"):
        small.export()


def test_what_somebody_put_in_the_way_stays_and_is_told(small: Exported) -> None:
    small.export()
    public = small.root / "public"
    (public / "articles" / "c.html").write_text("mine", encoding="utf-8")
    write_article(small.content, "field/c.md")
    report = small.export(NOW + HOUR)
    assert (public / "articles" / "c.html").read_text(encoding="utf-8") == "mine"
    assert report.troubles == [
        "public/articles/c.html was not made by an export, so it stays: move it away"
    ]
    (public / "articles" / "c.html").unlink()
    assert small.export(NOW + 2 * HOUR).troubles == []
    assert (public / "articles" / "c.html").exists()


def test_no_link_is_followed(small: Exported, tmp_path: Path) -> None:
    small.export()
    public, outside = small.root / "public", tmp_path / "outside"
    outside.mkdir()
    (outside / "a.html").write_text("theirs", encoding="utf-8")
    (outside / "feed").write_text("theirs", encoding="utf-8")
    (public / "feed.rss").unlink()
    (public / "feed.rss").symlink_to(outside / "feed")
    small.export(NOW + HOUR)
    assert not (public / "feed.rss").is_symlink()
    (public / "tags").rename(tmp_path / "moved")
    (public / "tags").symlink_to(outside)
    (outside / "ماء.html").write_text("theirs", encoding="utf-8")
    write_article(small.content, "field/a.md", title="آخر", tags="[ماء]")
    with pytest.raises(
        ExportError, match=r"tags is no folder of its own; remove it, and export again"
    ):
        small.export(NOW + 2 * HOUR)
    write_article(small.content, "field/a.md")  # so that the tag leaves
    small.export(NOW + 3 * HOUR)
    assert {path.read_text(encoding="utf-8") for path in outside.iterdir()} == {"theirs"}
    assert len(list(outside.iterdir())) == 3


@pytest.mark.parametrize(
    "name", ["../outside", "public/../../outside", "/etc/passwd", "manifest.jsonl", "public/"]
)
def test_a_manifest_that_leads_outside_is_refused(
    small: Exported, tmp_path: Path, name: str
) -> None:
    small.export()
    (tmp_path / "outside").write_text("theirs", encoding="utf-8")
    with (small.root / "manifest.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(["/x", 200, name, "e", 1, 6, 1, 0, 0]) + "\n")
    with pytest.raises(ExportError, match="a file outside"):
        small.export(NOW + HOUR)
    assert (tmp_path / "outside").exists()


def test_a_manifest_that_is_none_is_refused(small: Exported) -> None:
    small.root.mkdir()
    (small.root / "manifest.jsonl").write_text('{"name": "an app"}\n', encoding="utf-8")
    with pytest.raises(
        ExportError, match=r"manifest.jsonl:1: this is no manifest of feedservice export"
    ):
        small.export()


def test_two_exports_at_once_are_one_too_many(small: Exported) -> None:
    small.export()
    with (small.root / "lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(ExportError, match="another export is at work here"):
            small.export(NOW + HOUR)
    small.export(NOW + HOUR)


@dataclass(frozen=True)
class Failing:
    """The service, which fails at one address."""

    inner: Callable[[], object]
    path: str

    def __call__(self) -> Callable[..., Iterable[bytes]]:
        app = self.inner()

        def call(
            environ: dict[str, object], start_response: Callable[..., object]
        ) -> Iterable[bytes]:
            if environ["PATH_INFO"] == self.path:
                start_response("500 INTERNAL SERVER ERROR", [])
                return [b""]
            return app(environ, start_response)  # type: ignore[operator,no-any-return]

        return call


def interrupted(exported: Exported, now: datetime, path: str) -> None:
    """An export that ends at an address."""
    exported.now = now - timedelta(seconds=5)
    exported.index()
    source = wiring_web.exporting(exported.settings)
    broken = replace(source, make=lambda moment: Failing(source.make(moment), path))
    with pytest.raises(ExportError, match=f"{path}: the service answers 500"):
        export(broken, exported.root, now)


def test_an_interrupted_export_leaves_what_was_there_and_the_next_one_cleans_up(
    small: Exported,
) -> None:
    small.export()
    before = small.files()
    records = small.records()
    write_article(small.content, "field/c.md")
    interrupted(small, NOW + HOUR, "/feeds")
    halfway = small.files()
    assert "articles/c.html" in halfway
    assert before.keys() <= halfway.keys()
    assert small.records() == records
    (small.content / "field" / "c.md").unlink()
    small.export(NOW + 2 * HOUR)
    assert "articles/c.html" not in small.files()
    assert os.listdir(small.root / "tmp") == []


def test_a_first_export_that_was_interrupted_can_be_made_again(small: Exported) -> None:
    interrupted(small, NOW, "/feeds")
    assert small.export(NOW + HOUR).troubles == []
    assert small.export(NOW + 2 * HOUR).written == 0


def test_a_name_that_is_too_long_for_the_disk_is_told_and_costs_nothing_else(
    small: Exported,
) -> None:
    write_article(small.content, "field/c.md", slug="طويل" * 60)
    report = small.export()
    assert len(report.troubles) == 1
    assert "give it a shorter slug" in report.troubles[0]
    assert "articles/a.html" in small.files()


def test_several_processes_write_what_one_writes(exported: Exported, tmp_path: Path) -> None:
    for number in range(105):
        write_article(exported.content, f"field/part-{number}.md", date="2025-06-01")
    exported.export()
    alone = exported.files()
    exported.root = tmp_path / "by-two"
    report = exported.export(jobs=2)
    assert report.asked > 300
    assert exported.files() == alone


def test_another_base_url_writes_below_its_path(small: Exported, tmp_path: Path) -> None:
    small.export()
    other = Exported(tmp_path, "https://mirror.example/news")
    other.export(NOW + HOUR)
    files = other.files()
    assert "feed.rss" not in files
    assert b"https://mirror.example/news/feed.rss" in files["news/feed.rss"]
    assert {"404.html", "_headers", "_redirects"} <= files.keys()
