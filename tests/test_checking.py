from pathlib import Path

import pytest

from factories import NOW, write_article
from feedservice import checking
from feedservice.content.files import ContentFiles
from feedservice.errors import ContentError


def codes(*paths: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for problem in checking.check(paths, NOW)[0]:
        found.setdefault(problem.path, set()).add(problem.code)
    return found


def test_a_clean_folder_has_no_problem(content: Path) -> None:
    write_article(content, "field/a.md")
    assert codes(content) == {}


def test_what_needs_the_whole_site_is_told(content: Path) -> None:
    write_article(
        content,
        "field/a.md",
        body="[x](none.md) [y](/articles/nobody) ![](media/z.png)",
        related="[daraja]",
        image="{src: media/none.png, alt: و}",
    )
    write_article(content, "field/daraya.md", id="tag:news.example,2025:a", date="2026-01-02")
    assert codes(content) == {
        "field/a.md": {"link-broken", "related-unknown", "media-missing", "image-missing"},
        "field/daraya.md": {"id-duplicate"},
    }


def test_a_related_name_that_is_nearly_right_is_given_its_nearest(content: Path) -> None:
    write_article(content, "field/daraya.md")
    write_article(content, "field/a.md", related="[daraja]")
    problem = checking.check([content], NOW)[0][0]
    assert (problem.facts["nearest"], problem.line) == ("daraya", 6)


def test_only_the_files_that_were_asked_for_are_told_of(content: Path) -> None:
    bad = write_article(content, "field/a.md", date="x")
    write_article(content, "field/b.md", date="x")
    assert set(codes(bad)) == {"field/a.md"}
    assert set(codes(content / "field")) == {"field/a.md", "field/b.md"}


def test_a_broken_site_is_told_alone(content: Path) -> None:
    (content / "site.yaml").write_text("title: x\n", encoding="utf-8")
    assert codes(content) == {"site.yaml": {"key-missing"}}
    with pytest.raises(ContentError):
        checking.read_site(content)


@pytest.mark.parametrize("path", ["none.md", "README.md"])
def test_what_is_no_article_of_the_site_is_refused(content: Path, path: str) -> None:
    (content / "README.md").write_text("x", encoding="utf-8")
    with pytest.raises(checking.UsageError):
        checking.check([content / path], NOW)


def test_a_path_outside_any_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(checking.UsageError):
        checking.check([tmp_path], NOW)


def test_a_new_article_passes_check_once_it_has_a_text(content: Path) -> None:
    path = checking.new_article(content, "عنوان: جديد", "ميداني", "", "desk", NOW)
    assert path == content / "field" / "2026-01-15-عنوان-جديد.md"
    assert codes(content) == {"field/2026-01-15-عنوان-جديد.md": {"body-empty"}}
    text = path.read_text(encoding="utf-8").replace("summary:", "summary: ملخص")
    path.write_text(text + "نص.\n", encoding="utf-8")
    assert codes(content) == {}
    with pytest.raises(checking.UsageError):
        checking.new_article(content, "عنوان: جديد", "field", "", "", NOW)


def test_a_new_article_needs_a_known_category_and_letters(content: Path) -> None:
    for title, category in (("عنوان", "fild"), ("!!", "field")):
        with pytest.raises(checking.UsageError):
            checking.new_article(content, title, category, "", "", NOW)
    assert not ContentFiles(content).walk().articles
