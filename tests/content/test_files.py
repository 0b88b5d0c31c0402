import os
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from factories import write_article
from feedservice.content.files import ContentFiles, is_article
from feedservice.model import Media


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("field/a.md", True), ("field/deep/a.MD", True), ("a.md", False), ("field/README.md", False),
        ("field/.a.md", False), ("field/_a.md", False), ("_field/a.md", False), ("field/a.md~", False),
        ("field/.a.md.swp", False), ("field/#a.md#", False), ("field/a.md.tmp", False), ("field/a.md.part", False),
        ("field/4913", False), ("media/a.md", False), ("field/a.txt", False),
    ],
)  # fmt: skip
def test_articles_are_told_from_other_files_by_name(path: str, wanted: bool) -> None:
    assert is_article(path) is wanted


def test_a_walk_sees_articles_and_media_and_follows_nothing(tmp_path: Path) -> None:
    write_article(tmp_path, "field/a.md")
    write_article(tmp_path, "field/deep/b.md")
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "x.png").write_bytes(b"x")
    (tmp_path / "field" / "folder.md").mkdir()
    (tmp_path / "field" / "link.md").symlink_to(tmp_path / "field" / "a.md")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(tmp_path / "field" / "pipe.md")
    walk = ContentFiles(tmp_path).walk()
    assert set(walk.articles) == {"field/a.md", "field/deep/b.md"}
    assert set(walk.media) == {"media/x.png"}


def test_names_are_nfc_whatever_the_disk_holds(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "أخبار")
    write_article(tmp_path, f"{name}/{name}.md")
    files = ContentFiles(tmp_path)
    path = unicodedata.normalize("NFC", f"{name}/{name}.md")
    assert set(files.walk().articles) == {path}
    assert b"title" in files.read(path)
    assert files.stat(path) == files.walk().articles[path]


@pytest.mark.parametrize("path", ["field/link.md", "linked/a.md", "field/pipe.md", "../outside.md", "field", "none.md"])
def test_links_pipes_and_what_lies_outside_are_never_opened(tmp_path: Path, path: str) -> None:
    root = tmp_path / "content"
    write_article(root, "field/a.md")
    (tmp_path / "outside.md").write_text("x", encoding="utf-8")
    (root / "field" / "link.md").symlink_to(tmp_path / "outside.md")
    (root / "linked").symlink_to(root / "field", target_is_directory=True)
    os.mkfifo(root / "field" / "pipe.md")
    with pytest.raises(OSError, match=r"\w"):
        ContentFiles(root).read(path)


def picture(path: Path, kind: str = "PNG") -> None:
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (40, 30), "teal").save(path, kind)


def test_media_are_measured_from_their_content(tmp_path: Path) -> None:
    picture(tmp_path / "media" / "a.png")
    picture(tmp_path / "media" / "wrong.png", "JPEG")
    files = ContentFiles(tmp_path)
    found = files.measure(Media(src="media/a.png", alt="وصف"))
    assert found == Media(
        src="media/a.png",
        alt="وصف",
        media_type="image/png",
        width=40,
        height=30,
        length=(tmp_path / "media/a.png").stat().st_size,
    )
    wrong = files.measure(Media(src="media/wrong.png"))
    assert wrong
    assert wrong.media_type == "image/jpeg"
    assert files.measure(Media(src="media/none.png")) is None
    far = files.measure(Media(src="https://cdn.example/x.mp3?y"))
    assert far
    assert (far.media_type, far.length) == ("audio/mpeg", 0)


@pytest.mark.parametrize("name", ["page.html", "x.js", ".hidden.png", "../site.yaml", "link.png", "none.png", "x.md"])
def test_media_that_may_not_be_served_are_not_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "media").mkdir()
    for made in ("page.html", "x.js", ".hidden.png", "x.md", "../site.yaml"):
        (tmp_path / "media" / made).write_bytes(b"x")
    (tmp_path / "media" / "link.png").symlink_to(tmp_path / "site.yaml")
    assert ContentFiles(tmp_path).open_media(name) is None


def test_an_opened_media_file_knows_its_length_and_type(tmp_path: Path) -> None:
    picture(tmp_path / "media" / "صورة.png")
    file = ContentFiles(tmp_path).open_media("صورة.png")
    assert file
    with file.stream:
        assert (len(file.stream.read()), file.media_type) == (file.length, "image/png")


def test_a_new_file_is_written_and_none_is_ever_overwritten(tmp_path: Path) -> None:
    files = ContentFiles(tmp_path)
    assert files.write_new("field/a.md", "نص").read_text(encoding="utf-8") == "نص"
    with pytest.raises(FileExistsError):
        files.write_new("field/a.md", "آخر")
    assert [path.name for path in (tmp_path / "field").iterdir()] == ["a.md"]
