"""`feedservice import` as a user types it: what it shows, what it writes, and how it refuses."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedservice.cli.main import group
from feedservice.domain.errors import ImportFailure, UsageError
from feedservice.i18n import LANGUAGES
from feedservice.importing import remarks
from import_sources import item, rss_bytes


@pytest.fixture
def feed_file(tmp_path: Path) -> Path:
    path = tmp_path / "feed.xml"
    path.write_bytes(
        rss_bytes(item(1, category="جديد", dc_creator="فلان"), item(2, pubDate="قريبًا"))
    )
    return path


def call(*words: object) -> Result:
    return CliRunner().invoke(group, ["import", *map(str, words)], catch_exceptions=False)


def test_a_dry_run_is_the_default_and_names_everything(feed_file: Path, content: Path) -> None:
    before = {path: path.read_bytes() for path in content.rglob("*") if path.is_file()}
    result = call(feed_file, "--content", content)
    assert result.exit_code == 0
    for words in (
        "جديد/post-1.md",
        "+ site.yaml تصنيف: جديد (جديد)",
        "+ site.yaml كاتب: فلان (فلان)",
        "/2024/05/01/post-1 → /articles/post-1",
        "ليس له تاريخ مفهوم",
        "← اكتب date",
        "مقالات 2",
        "لم يُكتب شيء",
    ):
        assert words in result.output
    assert {path: path.read_bytes() for path in content.rglob("*") if path.is_file()} == before


def test_a_dry_run_may_be_asked_for_but_not_together_with_write(
    feed_file: Path, content: Path
) -> None:
    words = (feed_file, "--content", content, "--no-media", "--dry-run")
    assert "لم يُكتب شيء" in call(*words).output
    with pytest.raises(UsageError, match="--dry-run writes nothing"):
        call(*words, "--write")
    assert not (content / "جديد").exists()


def test_write_writes_and_english_is_there(feed_file: Path, content: Path) -> None:
    result = call(
        feed_file, "--into", content, "--write", "--no-media", "--lang", "en", "--category", "field"
    )
    assert (content / "جديد" / "post-1.md").is_file()
    assert (content / "field" / "post-2.md").is_file()
    assert "it has no date that can be read: it comes as a draft" in result.output
    assert "Nothing was written" not in result.output
    again = call(feed_file, "--into", content, "--write", "--lang", "en")
    assert "articles 0" in again.output
    assert "there before 2" in again.output


def test_long_lists_are_cut_unless_all_is_asked_for(tmp_path: Path, content: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(
        rss_bytes(
            *(item(n % 28 + 1, guid=f"id-{n}", link=f"https://old.example/{n}") for n in range(60))
        )
    )
    assert "(--all)" in call(path, "--into", content, "--lang", "en").output
    whole = call(path, "--into", content, "--lang", "en", "--all").output
    assert "(--all)" not in whole
    assert whole.count("published") == 60


@pytest.mark.parametrize(
    ("named", "error"),
    [
        ("nothing.xml", "cannot be read"),
        ("http://127.0.0.1:9/feed", "--allow-private"),
    ],
)
def test_a_source_that_cannot_be_had_is_told(
    tmp_path: Path, content: Path, named: str, error: str
) -> None:
    named = named if named.startswith("http") else str(tmp_path / named)
    with pytest.raises(ImportFailure, match=error):
        call(named, "--into", content)


def test_without_site_yaml_nothing_is_imported(feed_file: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"holds no site\.yaml"):
        call(feed_file, "--into", tmp_path / "empty", "--write")
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize("code", remarks.WORDINGS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_remark_is_told_in_its_language_with_a_remedy(code: str, language: str) -> None:
    noted = remarks.remark(code, "-", value="7", limit="7", n=7, id="7", reason="size")
    for text in remarks.describe(noted, language):
        assert text
        assert "{" not in text
        assert any("\u0620" <= char <= "\u064a" for char in text) == (language == "ar")


def test_the_files_that_come_are_named_with_whence_they_come(tmp_path: Path, content: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(rss_bytes(item(1, description='<![CDATA[<img src="/a.png">]]>')))
    assert re.search(
        r"\+ new file: media/imported/a-[0-9a-f]{8}\.png ← https://old\.example/a\.png",
        call(path, "--into", content, "--lang", "en").output,
    )


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("feedservice.cli.main", {"feedparser", "trafilatura", "ruamel"}),
        ("feedservice.importing.opening", {"docutils", "text_unidecode", "trafilatura"}),
    ],
)
def test_what_reads_foreign_formats_is_loaded_where_it_is_needed(
    module: str, unneeded: set[str]
) -> None:
    asked = f"import {module}, sys; print({unneeded} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True)
    assert ended.stdout == b"set()\n"


@pytest.mark.parametrize(("library", "kind"), [("feedparser", "feed"), ("text_unidecode", "zola")])
def test_a_library_that_is_absent_is_named_with_the_line_that_installs_it(
    library: str, kind: str, tmp_path: Path, content: Path
) -> None:
    hidden = f"import sys; sys.modules[{library!r}] = None; import feedservice.cli.main as cli; cli.main()"
    given = ("import", str(tmp_path), "--from", kind, "--content", str(content), "--lang", "en")
    ended = subprocess.run(
        [sys.executable, "-c", hidden, *given], check=False, capture_output=True, text=True
    )
    assert ended.returncode == 2
    assert f"import needs the library {library}" in ended.stderr
    assert "pip install 'feedservice[import]'" in ended.stderr


def test_what_strangers_wrote_is_shown_and_never_obeyed(tmp_path: Path, content: Path) -> None:
    items = [
        {
            "id": "1",
            "title": "[/عاجل]",
            "content_text": "نص",
        },
        {"id": "2\x1b]0;title\x07\r", "title": "", "content_text": ""},
    ]
    for each in items:
        each["date_published"] = "2025-01-01T00:00:00Z"
    path = tmp_path / "feed.json"
    path.write_text(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}),
        encoding="utf-8",
    )
    output = call(path, "--into", content, "--lang", "en").output
    assert "[/عاجل]" in output
    assert not {"\x1b", "\x07", "\r"} & set(output)
    assert r"2\x1b]0;title\x07\r" in output
