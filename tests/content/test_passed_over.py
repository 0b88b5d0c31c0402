"""Files that were meant as articles and are none are told."""

import errno
import os
import unicodedata
from pathlib import Path

import pytest

from feedservice.content import passed_over
from feedservice.content.files import ContentFiles
from feedservice.content.seen import Walk

ARTICLE = "---\ntitle: ع\ndate: 2025-12-20\n---\nنص\n"


def told(root: Path) -> dict[str, tuple[str, str]]:
    files = ContentFiles(root)
    found = passed_over.problems(files, files.walk())
    return {each.path: (each.code, each.facts.get("value", "")) for each in found}


@pytest.mark.parametrize(
    ("path", "code", "name"),
    [
        ("field/خبر.md.txt", "file-name", "خبر.md"),
        ("field/خبر.markdown", "file-name", "خبر.md"),
        ("field/خبر.txt", "file-name", "خبر.md"),
        ("field/sub/x.1.MDX", "file-name", "x.1.md"),
        ("media/خبر.md", "file-place", ""),
        ("media/sub/خبر.md.txt", "file-place", ""),
        ("خبر.md", "file-place", ""),
    ],
)
def test_a_file_that_looks_like_an_article_is_told(
    tmp_path: Path, path: str, code: str, name: str
) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(ARTICLE)
    assert told(tmp_path) == {path: (code, name)}


@pytest.mark.parametrize(
    "path",
    ["README.md", "field/README.md", "field/_x.txt", "field/.x.md", "field/x.md~", "field/x.docx",
     "media/x.txt", "robots.txt", "field/x.md", "_drafts/x.txt"],
)  # fmt: skip
def test_what_nobody_would_look_for_is_not_told(tmp_path: Path, path: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(ARTICLE)
    assert told(tmp_path) == {}


@pytest.mark.parametrize("path", ["NOTES.md", "media/about.md"])
def test_outside_the_folders_of_articles_front_matter_tells_one(tmp_path: Path, path: str) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / path).write_text("# ملاحظات\n\n---\n")
    assert told(tmp_path) == {}


def test_a_folder_that_cannot_be_looked_into_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "field" / "inner").mkdir(parents=True)
    (tmp_path / "field" / "a.md").write_text(ARTICLE)
    look_into = os.scandir

    def refuse(folder: Path) -> object:
        if Path(folder).name == "inner":
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(folder))
        return look_into(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    assert told(tmp_path) == {"field/inner": ("folder-closed", "")}


def test_many_of_a_folder_that_cannot_be_looked_at_are_told_as_one(tmp_path: Path) -> None:
    walk = Walk(unreadable=["media/a/1.png", "media/a/2.png", "media/b/1.png"])
    found = passed_over.problems(ContentFiles(tmp_path), walk)
    assert [each.path for each in found] == ["media/a", "media/b/1.png"]


@pytest.mark.parametrize("is_folder", [False, True])
def test_of_two_names_that_are_one_in_nfc_it_is_told_that_one_is_not_read(
    tmp_path: Path, is_folder: bool
) -> None:
    (tmp_path / "field").mkdir()
    names = [unicodedata.normalize(form, "café") for form in ("NFC", "NFD")]
    for name in names:
        if is_folder:
            (tmp_path / "field" / name).mkdir()
        else:
            (tmp_path / "field" / f"{name}.md").write_text(ARTICLE)
    if len(os.listdir(tmp_path / "field")) == 1:
        pytest.skip("the disk takes both names for one")
    path = f"field/{names[0]}" if is_folder else f"field/{names[0]}.md"
    assert told(tmp_path) == {path: ("file-twin", "")}


def test_a_decomposed_name_by_itself_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "field").mkdir()
    (tmp_path / "field" / unicodedata.normalize("NFD", "café.md")).write_text(ARTICLE)
    assert told(tmp_path) == {}


def test_links_are_told_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "folder").mkdir(parents=True)
    (outside / "x.md").write_text(ARTICLE)
    root = tmp_path / "content"
    (root / "field").mkdir(parents=True)
    (root / "media").mkdir()
    (root / "field" / "x.md").symlink_to(outside / "x.md")
    (root / "field" / "gone.md").symlink_to(outside / "none.md")
    (root / "field" / "picture.png").symlink_to(outside / "x.md")
    (root / "health").symlink_to(outside / "folder")
    paths = ("field/x.md", "field/gone.md", "health")
    assert told(root) == dict.fromkeys(paths, ("file-link", ""))
