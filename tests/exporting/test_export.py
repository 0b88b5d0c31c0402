"""An export: what is written, what stays, what goes, and what is never touched."""

import fcntl
import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import pytest
from PIL import Image

from export_factories import NOW, Exported
from factories import write_article
from feedservice.content.deriving_process import DerivingProcess
from feedservice.domain.errors import ExportError
from feedservice.exporting import export as exporting
from feedservice.exporting import manifest, tasks
from feedservice.exporting.export import export
from feedservice.exporting.precompress import precompress
from feedservice.exporting.tasks import Application
from feedservice.service import wiring_export

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOUR = timedelta(hours=1)


def times(exported: Exported) -> dict[str, int]:
    whole = ("public/**/*", "nginx/*", "manifest.jsonl")
    paths = [path for pattern in whole for path in exported.root.glob(pattern)]
    return {str(path): path.stat().st_mtime_ns for path in paths if path.is_file()}


def test_a_second_export_of_the_same_content_writes_nothing(small: Exported) -> None:
    (small.content / "media" / "table.csv").write_text("a,b\n" * 500, encoding="utf-8")
    small.export()
    write_article(small.content, "field/later.md")
    small.export(NOW + HOUR)
    files, before = small.files(), times(small)
    second = small.export(NOW + 2 * HOUR)
    assert (second.written, second.removed, second.reload) == (0, 0, False)
    assert second.unchanged == len(before) - 1  # but the manifest
    assert small.files() == files
    assert times(small) == before
    assert second.asked < second.addresses / 3


def test_asking_for_everything_again_writes_nothing_either(small: Exported) -> None:
    small.export()
    again = small.export(NOW + HOUR, ask_all=True)
    assert (again.written, again.asked) == (0, again.addresses)


def test_brotli_that_an_earlier_export_made_of_archive_documents_goes(
    unexported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(exporting, "_LAYOUT", 2)
        earlier.setattr(tasks, "precompress", lambda body, **_: precompress(body))
        unexported.export()
    before = unexported.files()
    brotli_of_archives = {
        name
        for name in before
        if "archive/" in name and name.endswith((".rss.br", ".atom.br", ".json.br"))
    }
    assert "archive/2026-01.rss.br" in brotli_of_archives
    assert unexported.export(NOW + HOUR).written == 0
    assert before.keys() - unexported.files().keys() == brotli_of_archives


def test_a_picture_that_could_not_be_made_is_made_by_the_next_export(
    small: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = small.content / "media" / "photo.jpg"
    Image.effect_noise((500, 300), 90).save(photo)
    write_article(small.content, "field/photo.md", image="media/photo.jpg")
    with monkeypatch.context() as busy:
        busy.setattr(DerivingProcess, "derive", lambda *_: {})
        small.export()
    (file,) = small.root.glob("public/pictures/*/480/photo.jpg")
    assert file.read_bytes() == photo.read_bytes()
    small.export(NOW + HOUR)
    with Image.open(file) as made:
        assert made.width == 480
    asked = small.export(NOW + HOUR * 2).asked
    file.unlink()
    assert small.export(NOW + HOUR * 3).asked == asked + 1


def withdraw(content: Path) -> None:
    write_article(content, "economy/b.md", status="withdrawn", updated="2026-01-02")


def rename_site(content: Path) -> None:
    file = content / "site.yaml"
    text = file.read_text(encoding="utf-8").replace("صحيفة الاختبار", "صحيفة أخرى")
    file.write_text(text, encoding="utf-8")


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
    ["a new article"], ["a back-dated article", "an edit"], ["another title", "another category"],
    ["a link to it", "a picture"], ["a withdrawal", "other tags"], ["a removal", "no more picture"], ["another site title"],
)  # fmt: skip


def test_after_any_change_the_folder_is_what_a_new_export_would_be(
    small: Exported, tmp_path: Path
) -> None:
    for hours, names in enumerate(TOGETHER, 1):
        for name in names:
            EDITS[name](small.content)
        assert small.export(NOW + hours * HOUR).written, names
        files, configuration = small.files(), small.configuration()
        updated, small.root = small.root, tmp_path / f"new-{hours}"
        small.export(NOW + hours * HOUR)
        assert small.files() == files, names
        assert small.configuration() == configuration, names
        small.root = updated


def test_a_new_article_rewrites_what_shows_it_and_nothing_else(unexported: Exported) -> None:
    """A list that has it is written anew with its next pages, which all begin one article later;
    lists that have it not, and articles beside which it is not named, keep their bytes and times.
    """
    content, page = unexported.content, 30
    for n in range(300):
        write_article(
            content,
            f"{('field', 'economy')[n % 2]}/n{n}.md",
            date=f"{2024 + n // 156}-{n // 13 % 12 + 1:02d}-{n % 13 + 1:02d} 10:00",
            tags=f"[t{n % 5}]",
            author=f"كاتب {n % 3}",
        )
    unexported.export()
    before, stamped = unexported.files(), times(unexported)
    write_article(content, "field/new.md", date="2026-01-02 00:30", tags="[t1]", author="كاتب 1")
    report = unexported.export(NOW + HOUR)
    after, now = unexported.files(), times(unexported)
    public = f"{unexported.root}/public/"
    fresh = {name for name, body in after.items() if before.get(name) != body}
    touched = {
        path.removeprefix(public)
        for path, stamp in now.items()
        if path.startswith(public) and stamped.get(path) != stamp
    }
    assert touched == fresh
    plain = {name for name in fresh if not name.endswith((".gz", ".br"))}

    lists = {"": 303, "categories/field": 152, "tags/t1": 61, "authors/كاتب-1": 101}
    formats = (".html", ".rss", ".atom", ".json")
    whole = {"404.html", "archive.html", "authors.html", "feeds.html", "tags.html", "robots.txt"}
    whole |= {"sitemap.xml", "sitemap-news.xml", "sitemap-2026-01.xml", "articles/new.html"}
    whole |= {
        f"{path or ('index' if end == '.html' else 'feed')}{end}"
        for path in lists
        for end in formats
    }
    next_pages = {name for name in plain if "/before/" in name}
    archives = {name for name in plain if "archive/" in name}
    articles = {name for name in plain if name.startswith("articles/")}
    assert plain - next_pages - archives - articles <= whole
    assert whole - {"robots.txt"} <= plain
    for path, number in lists.items():
        own = {name for name in next_pages if name.startswith(f"{path or 'index'}/before/")}
        next_pages -= own
        assert len(own) <= number // page
        months = {name for name in archives if name.startswith(f"{path}/archive/".lstrip("/"))}
        archives -= months
        # The month, as it is in each form, and the one before, which names it as the next.
        assert len(months) <= 2 * len(formats)
    assert (next_pages, archives) == (set(), set())
    assert len(articles) <= 2  # itself, and the one that was the newest
    assert report.written == len(fresh)


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
    assert '/articles/short" "410";' in small.configuration()["http.conf"]
    assert report.reload


def test_compressed_forms_hold_the_same_bytes_and_small_bodies_have_none(
    golden: Exported,
) -> None:
    files = golden.files()
    decode = {".gz": gzip.decompress, ".br": brotli.decompress}
    compressed = [name for name in files if name.endswith(tuple(decode))]
    assert len(compressed) > 50
    for name in compressed:
        original = name[:-3]
        assert decode[name[-3:]](files[name]) == files[original]
        assert len(files[name]) < len(files[original])
        public = golden.root / "public"
        assert (public / name).stat().st_mtime == (public / original).stat().st_mtime
    assert "robots.txt" in files
    assert "robots.txt.gz" not in files
    assert "favicon.ico" in files
    assert not any(name.endswith((".ico.gz", ".ico.br", ".png.gz", ".png.br")) for name in files)
    assert not any(name.startswith("media/") and name.endswith((".gz", ".br")) for name in files)
    assert {"archive/2025-12.rss.gz", "archive/2025-12.html.br"} <= files.keys()
    assert not any(
        "/archive/" in f"/{name}" and name.endswith((".rss.br", ".atom.br", ".json.br"))
        for name in files
    )


def test_a_file_has_the_time_that_last_modified_says_and_other_bytes_a_later_one(
    small: Exported,
) -> None:
    page = small.root / "public" / "categories" / "field.html"
    first = page.stat().st_mtime
    # That of the indexing, five seconds before.
    assert first == (NOW - timedelta(seconds=5)).timestamp()
    page.write_bytes(b"broken")
    small.export(NOW, ask_all=True)
    assert page.stat().st_mtime == first
    write_article(small.content, "field/a.md", title="عنوان آخر")
    small.export(NOW - timedelta(seconds=1))
    assert page.stat().st_mtime > first


def test_what_left_is_removed_with_its_folders_and_nothing_else(small: Exported) -> None:
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
    public = small.root / "public"
    whole = small.files()
    (public / "feed.rss").unlink()
    (public / "feed.atom.gz").write_bytes(b"x")
    (small.root / "nginx" / "http.conf").write_text("", encoding="utf-8")
    small.export(NOW + HOUR)
    assert small.files() == whole
    assert (small.root / "nginx" / "http.conf").stat().st_size


def test_a_folder_with_files_of_somebody_else_is_refused_and_untouched(
    unexported: Exported,
) -> None:
    unexported.root.mkdir()
    (unexported.root / "index.html").write_text("mine", encoding="utf-8")
    with pytest.raises(ExportError, match=r"nothing was changed\. Name an empty or a new folder"):
        unexported.export()
    assert [path.name for path in unexported.root.iterdir()] == ["index.html"]


def test_a_file_is_not_a_folder(unexported: Exported) -> None:
    unexported.root.write_text("mine", encoding="utf-8")
    with pytest.raises(ExportError, match="is a file: name a folder"):
        unexported.export()


def test_what_somebody_put_in_the_way_stays_and_is_told(small: Exported) -> None:
    page = small.root / "public" / "articles" / "c.html"
    page.write_text("mine", encoding="utf-8")
    write_article(small.content, "field/c.md")
    report = small.export(NOW + HOUR)
    assert page.read_text(encoding="utf-8") == "mine"
    assert [str(problem) for problem in report.problems] == [
        "public/articles/c.html was not made by an export and is kept: move it away"
    ]
    page.unlink()
    assert small.export(NOW + 2 * HOUR).problems == []
    assert page.exists()


def test_no_link_is_followed(small: Exported, tmp_path: Path) -> None:
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
        ExportError, match=r"tags is not a folder of its own: remove it, and export again"
    ):
        small.export(NOW + 2 * HOUR)
    write_article(small.content, "field/a.md")  # so that the tag leaves
    small.export(NOW + 3 * HOUR)
    assert {path.read_text(encoding="utf-8") for path in outside.iterdir()} == {"theirs"}
    assert len(list(outside.iterdir())) == 3


@pytest.mark.parametrize(
    "name", ["../outside", "public/../../outside", "/etc/passwd", "manifest.jsonl", "public/"]
)
def test_a_manifest_that_leads_outside_is_refused(name: str) -> None:
    lines = [
        *manifest.dump(manifest.Manifest()),
        json.dumps(["/x", 200, name, "e", 1, 6, 1, 0, 0]),
    ]
    with pytest.raises(ExportError, match=r"m:2: .*a file outside"):
        manifest.load(lines, "m")


def test_what_a_manifest_names_outside_is_not_removed(small: Exported) -> None:
    outside = small.root.parent / "outside"
    outside.write_text("theirs", encoding="utf-8")
    with (small.root / "manifest.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(["/x", 200, "public/../../outside", "e", 1, 6, 1, 0, 0]) + "\n")
    with pytest.raises(ExportError, match="a file outside"):
        small.export(NOW + HOUR)
    assert outside.exists()


def test_a_manifest_of_something_else_is_refused(unexported: Exported) -> None:
    unexported.root.mkdir()
    (unexported.root / "manifest.jsonl").write_text('{"name": "an app"}\n', encoding="utf-8")
    with pytest.raises(
        ExportError, match=r"manifest.jsonl:1: this is not a manifest of feedservice export"
    ):
        unexported.export()


def test_two_exports_at_once_are_one_too_many(small: Exported) -> None:
    with (small.root / "lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(ExportError, match="another export is at work here"):
            small.export(NOW + HOUR)
    small.export(NOW + HOUR)


@dataclass(frozen=True)
class Failing:
    """The service, which fails at one address."""

    inner: Callable[[], Application]
    path: str

    def __call__(self) -> "FailingAt":
        return FailingAt(self.inner(), self.path)


@dataclass(frozen=True)
class FailingAt:
    """The application of that service."""

    app: Application
    path: str

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if environ["PATH_INFO"] == self.path:
            start_response("500 INTERNAL SERVER ERROR", [])
            return [b""]
        return self.app(environ, start_response)

    def batch(self, name: str) -> AbstractContextManager[None]:
        return self.app.batch(name)


def interrupted(exported: Exported, now: datetime, path: str) -> None:
    """An export that ends at an address."""
    exported.now = now - timedelta(seconds=5)
    exported.index()
    site = wiring_export.exporting(exported.settings)
    broken = replace(site, make=lambda moment: Failing(site.make(moment), path))
    with pytest.raises(ExportError, match=f"{path}: the service answers 500"):
        export(broken, exported.root, now)


def test_an_interrupted_export_leaves_what_was_there_and_the_next_one_cleans_up(
    small: Exported,
) -> None:
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


def test_a_first_export_that_was_interrupted_can_be_made_again(unexported: Exported) -> None:
    interrupted(unexported, NOW, "/feeds")
    assert unexported.export(NOW + HOUR).problems == []
    assert unexported.export(NOW + 2 * HOUR).written == 0


def test_a_name_that_is_too_long_for_the_disk_is_told_and_costs_nothing_else(
    small: Exported,
) -> None:
    write_article(small.content, "field/c.md", slug="طويل" * 40)
    report = small.export(NOW + HOUR)
    assert len(report.problems) == 1
    assert "give a shorter slug" in str(report.problems[0])
    assert b"%D8%B7%D9%88%D9%8A%D9%84" in small.files()["feed.rss"]


def test_several_processes_write_what_one_writes(
    small: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = small.files()
    shutil.rmtree(small.root)
    monkeypatch.setattr(exporting, "_PARALLEL_FROM", 1)
    small.export(jobs=2)
    assert small.files() == alone


def test_another_base_url_writes_below_its_path(small: Exported) -> None:
    other = Exported(small.root.parent, "https://mirror.example/news")
    other.export(NOW + HOUR)
    files = other.files()
    assert "feed.rss" not in files
    assert b"https://mirror.example/news/feed.rss" in files["news/feed.rss"]
    assert {"404.html", "_headers", "_redirects"} <= files.keys()
