from pathlib import Path

import pytest

from factories import NOW
from feedservice.authoring import check, scaffold
from feedservice.content import article
from feedservice.content.files import ContentFiles


def codes(*paths: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for problem in check.check(paths, NOW)[0]:
        found.setdefault(problem.path, set()).add(problem.code)
    return found


def test_a_new_article_passes_check_once_it_has_a_text(content: Path) -> None:
    path = scaffold.new_article(content, "عنوان: جديد", "ميداني", "", "desk", NOW)
    assert path == content / "field" / "2026-01-15-عنوان-جديد.md"
    assert codes(content) == {"field/2026-01-15-عنوان-جديد.md": {"body-empty"}}
    text = path.read_text(encoding="utf-8").replace("summary:", "summary: ملخص")
    path.write_text(text + "نص.\n", encoding="utf-8")
    assert codes(content) == {}
    with pytest.raises(check.UsageError):
        scaffold.new_article(content, "عنوان: جديد", "field", "", "", NOW)


def test_a_new_article_needs_a_known_category_and_letters(content: Path) -> None:
    for title, category in (("عنوان", "fild"), ("!!", "field")):
        with pytest.raises(check.UsageError):
            scaffold.new_article(content, title, category, "", "", NOW)
    assert not ContentFiles(content).walk().articles


@pytest.mark.parametrize("slug", ["", "خبر عاجل", "Daraya Operation"])
def test_the_id_of_a_new_article_is_the_one_it_would_have_gone_by(content: Path, slug: str) -> None:
    path = scaffold.new_article(content, "عنوان", "field", slug, "", NOW)
    path.write_text(
        path.read_text(encoding="utf-8").replace("summary:", "summary: م") + "نص", encoding="utf-8"
    )
    written = path.read_text(encoding="utf-8")
    assert f":{check.slug_of(content, path)}\n" in written
    assert codes(content) == {}


def test_a_very_long_title_makes_a_file_name_that_the_system_takes(content: Path) -> None:
    path = scaffold.new_article(content, "كلمة " * 200, "field", "", "ضيف جديد", NOW)
    assert len(path.name.encode()) <= 255
    assert "author: ضيف جديد" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "title",
    ['قال: "نعم"', "# وسم", "- بند", "*مهم*", "&و", "!هام", "أ #ب", "'أ'", "سطر\nآخر", "2025"],
)
def test_any_title_is_written_so_that_it_is_read_back(content: Path, title: str) -> None:
    path = scaffold.new_article(content, title, "field", "a", "", NOW)
    text = path.read_text(encoding="utf-8").replace("summary:", "summary: م") + "نص"
    read, problems = article.read(text, "field/a.md", check.read_site(content), NOW)
    assert read, problems
    assert read.title == title.replace("\n", " ")
