import io
import os
import struct
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from factories import write_article
from feedservice.content.file_types import is_article, is_servable
from feedservice.content.files import ContentFiles
from feedservice.content.seen import Walk
from feedservice.domain.model import Media


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("field/a.md", True), ("field/deep/a.MD", True), ("a.md", False), ("field/README.md", False),
        ("field/.a.md", False), ("field/_a.md", False), ("_field/a.md", False), ("field/a.md~", False),
        ("field/.a.md.swp", False), ("field/#a.md#", False), ("field/a.md.tmp", False), ("field/a.md.part", False),
        ("field/4913", False), ("media/a.md", False), ("field/a.txt", False), ("field/readme.MD", False),
        ("4913/a.md", False), (".git/a.md", False), ("field/x.bak/a.md", False), ("field/a.md.filepart", False),
        ("field/a.md.BAK", False), ("field/a.md.swo", False), ("field/media/a.md", True), ("field/خبر.md", True),
    ],
)  # fmt: skip
def test_articles_are_told_from_other_files_by_name(path: str, wanted: bool) -> None:
    assert is_article(path) is wanted


def test_a_walk_sees_articles_and_media_and_opens_nothing(tmp_path: Path) -> None:
    write_article(tmp_path, "field/a.md")
    write_article(tmp_path, "field/deep/b.md")
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "x.png").write_bytes(b"x")
    (tmp_path / "field" / "folder.md").mkdir()
    (tmp_path / "field" / "link.md").symlink_to(tmp_path / "field" / "a.md")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(tmp_path / "field" / "pipe.md")
    walk = ContentFiles(tmp_path).walk()
    assert set(walk.articles) == {"field/a.md", "field/deep/b.md", "field/link.md"}
    assert set(walk.media) == {"media/x.png"}


def test_names_are_nfc_whatever_the_disk_holds(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "أخبار")
    write_article(tmp_path, f"{name}/{name}.md")
    files = ContentFiles(tmp_path)
    path = unicodedata.normalize("NFC", f"{name}/{name}.md")
    assert set(files.walk().articles) == {path}
    assert b"title" in files.read(path)
    assert files.stat(path) == files.walk().articles[path]


@pytest.mark.parametrize(
    "path", ["field/link.md", "linked/a.md", "field/pipe.md", "../outside.md", "field", "none.md"]
)
def test_pipes_and_what_lies_outside_are_never_opened(tmp_path: Path, path: str) -> None:
    root = tmp_path / "content"
    write_article(root, "field/a.md")
    write_article(tmp_path, "elsewhere/a.md")
    (tmp_path / "outside.md").write_text("x", encoding="utf-8")
    (root / "field" / "link.md").symlink_to(tmp_path / "outside.md")
    (root / "linked").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
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
    assert found
    assert found == Media(
        src="media/a.png",
        alt="وصف",
        media_type="image/png",
        width=40,
        height=30,
        length=(tmp_path / "media/a.png").stat().st_size,
        digest=found.digest,
    )
    assert len(found.digest) == 20
    wrong = files.measure(Media(src="media/wrong.png"))
    assert wrong
    assert wrong.media_type == "image/jpeg"
    served = files.open_media("wrong.png")
    assert served
    with served.stream as stream:
        assert (served.media_type, stream.read(2)) == ("image/jpeg", b"\xff\xd8")
    assert files.measure(Media(src="media/none.png")) is None
    far = files.measure(Media(src="https://cdn.example/x.mp3?y"))
    assert far
    assert (far.media_type, far.length) == ("audio/mpeg", 0)


@pytest.mark.parametrize(
    "name", ["page.html", "x.js", ".hidden.png", "../site.yaml", "link.png", "none.png", "x.md"]
)
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


def test_other_bytes_have_another_etag_though_their_length_and_time_are_the_same(
    tmp_path: Path,
) -> None:
    (tmp_path / "media").mkdir()
    file, tags = tmp_path / "media" / "x.png", set()
    for data in (b"abc", b"abd"):
        file.write_bytes(data)
        os.utime(file, (1, 1))
        opened = ContentFiles(tmp_path).open_media("x.png")
        assert opened
        with opened.stream:
            tags.add(opened.etag)
    assert len(tags) == 2


def test_a_new_file_is_written_and_none_is_ever_overwritten(tmp_path: Path) -> None:
    files = ContentFiles(tmp_path)
    assert files.write_new("field/a.md", "نص").read_text(encoding="utf-8") == "نص"
    with pytest.raises(FileExistsError):
        files.write_new("field/a.md", "آخر")
    assert [path.name for path in (tmp_path / "field").iterdir()] == ["a.md"]
    assert [path.name for path in (tmp_path / "field").iterdir()] == ["a.md"]


def test_replacing_a_file_keeps_its_permissions_and_leaves_nothing_behind(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "أخبار.md")
    path = write_article(tmp_path, f"field/{name}")
    path.chmod(0o640)
    ContentFiles(tmp_path).replace("field/" + unicodedata.normalize("NFC", name), "نص\n")
    assert path.read_text(encoding="utf-8") == "نص\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in (tmp_path / "field").iterdir()] == [name]


def test_a_name_that_is_no_utf8_is_seen_and_can_be_read(tmp_path: Path) -> None:
    write_article(tmp_path, "field/a.md")
    (tmp_path / "field" / "a.md").rename(os.fsdecode(os.fsencode(tmp_path) + b"/field/\xe4\xe3.md"))
    files = ContentFiles(tmp_path)
    path = "field/\ufffd\ufffd.md"
    assert set(files.walk().articles) == {path}
    assert b"title" in files.read(path)
    assert files.stat(path) == files.walk().articles[path]


def walk_with_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locked: str) -> Walk:
    """A walk in which a folder cannot be listed (root may list any, so permissions prove
    nothing)."""
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if path.name == locked:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    return ContentFiles(tmp_path).walk()


def test_a_folder_that_cannot_be_listed_is_named_in_nfc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = unicodedata.normalize("NFD", "أخبار")
    write_article(tmp_path, f"{name}/a.md")
    write_article(tmp_path, "field/a.md")
    walk = walk_with_locked(tmp_path, monkeypatch, name)
    assert (walk.unreadable, set(walk.articles)) == (
        [unicodedata.normalize("NFC", name)],
        {"field/a.md"},
    )


def test_a_root_that_cannot_be_listed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ContentFiles(tmp_path / "none").walk()


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../outside.md", "linked/a.md", "field/link.md", "field/\0.md", "none.md"],
)
def test_nothing_is_told_of_what_lies_outside(tmp_path: Path, path: str) -> None:
    root = tmp_path / "content"
    write_article(root, "field/a.md")
    write_article(tmp_path, "elsewhere/a.md")
    (tmp_path / "outside.md").write_text("x", encoding="utf-8")
    (root / "field" / "link.md").symlink_to(tmp_path / "outside.md")
    (root / "linked").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    files = ContentFiles(root)
    assert files.stat(path) is None
    assert not files.is_folder(path)
    with pytest.raises(OSError, match=r"\w"):
        files.read(path)
    assert files.is_folder("field")
    assert files.is_folder("")


def test_the_content_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    write_article(tmp_path / "real", "field/a.md")
    (tmp_path / "content").symlink_to(tmp_path / "real", target_is_directory=True)
    files = ContentFiles(tmp_path / "content")
    assert set(files.walk().articles) == {"field/a.md"}
    assert files.read("field/a.md")


def test_media_behind_a_link_that_leads_out_are_not_opened(tmp_path: Path) -> None:
    picture(tmp_path / "elsewhere" / "a.png")
    root = tmp_path / "content"
    root.mkdir()
    (root / "media").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    files = ContentFiles(root)
    assert files.open_media("a.png") is None
    assert files.measure(Media(src="media/a.png")) is None
    assert not files.walk().media


@pytest.mark.parametrize(
    ("path", "wanted"),
    [("media/a.png", True), ("media/deep/A.JPG", True), ("media/a.html", False), ("media/_a.png", False),
     ("media/.x/a.png", False), ("media/a.png~", False), ("media/a", False), ("media/a.js", False)],
)  # fmt: skip
def test_media_are_measured_only_where_they_may_be_served(
    tmp_path: Path, path: str, wanted: bool
) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    Image.new("RGB", (40, 30), "teal").save(tmp_path / path, "PNG")
    assert is_servable(path) is wanted
    files = ContentFiles(tmp_path)
    file = files.open_media(path.removeprefix("media/"))
    assert (file is not None) is wanted
    if file:
        file.stream.close()
    assert (files.measure(Media(src=path)) is not None) is wanted


def test_a_picture_of_many_pixels_or_with_a_torn_header_is_measured_without_a_warning(
    tmp_path: Path,
) -> None:
    (tmp_path / "media").mkdir()
    made = io.BytesIO()
    Image.new("RGB", (1, 1)).save(made, "PNG")
    data = bytearray(made.getvalue())
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    (tmp_path / "media" / "huge.png").write_bytes(data)
    (tmp_path / "media" / "torn.png").write_bytes(data[:20])
    (tmp_path / "media" / "empty.png").write_bytes(b"")
    files = ContentFiles(tmp_path)
    for name, length in (("huge", len(data)), ("torn", 20), ("empty", 0)):
        found = files.measure(Media(src=f"media/{name}.png"))
        assert found
        assert (found.media_type, found.length, found.width) == ("image/png", length, 0)
