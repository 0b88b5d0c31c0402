"""Links are followed where they stay in the content folder or lead into a folder that is allowed."""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from factories import SITE_YAML, write_article
from feedservice.content import passed_over, places
from feedservice.content.files import ContentFiles
from feedservice.content.places import Places
from feedservice.content.tree import Kind
from feedservice.domain.model import Media


@pytest.fixture(autouse=True)
def _only_in_this_test() -> Iterator[None]:
    yield
    places.allow(())


@pytest.fixture
def root(content: Path) -> Path:
    (content / "field").mkdir()
    (content / "media").mkdir()
    return content


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    write_article(folder, "texts/x.md", title="من الخارج")
    Image.new("RGB", (8, 6)).save(folder / "x.png")
    return folder


def seen(root: Path) -> tuple[set[str], set[str], set[str]]:
    """Articles and media of a walk, and the links that `check` tells of."""
    files = ContentFiles(root)
    walk = files.walk()
    told = {each.path for each in passed_over.problems(files, walk) if each.code == "file-link"}
    for path, found in {**walk.articles, **walk.media}.items():
        assert files.stat(path) == found
    for path in walk.articles:
        assert b"title" in files.read(path)
    for path in walk.media:
        assert files.measure(Media(src=path))
    return set(walk.articles), set(walk.media), told


def publish(root: Path, number: int, *, by_folder: bool) -> Path:
    """Put a volume of Kubernetes in its place: a hidden folder, and links that lead through one."""
    release = root / f"..2026_{number}"
    write_article(release, "field/خبر.md", title=f"إصدار {number}")
    (release / "media").mkdir()
    Image.new("RGB", (8 + number, 6)).save(release / "media" / "x.png")
    (release / "site.yaml").write_text(SITE_YAML.replace("الاختبار", f"{number}"), encoding="utf-8")
    (root / "..data_tmp").symlink_to(release.name)
    (root / "..data_tmp").rename(root / "..data")
    names = ["site.yaml", "field", "media"]
    if not by_folder:
        names = ["site.yaml", "field/خبر.md", "media/x.png"]
    for link in map(root.joinpath, names):
        if not link.is_symlink():
            link.parent.mkdir(exist_ok=True)
            up = "../" * (len(link.relative_to(root).parts) - 1)
            link.symlink_to(f"{up}..data/{link.relative_to(root)}")
    return release


@pytest.mark.parametrize("by_folder", [True, False], ids=["folders", "files"])
def test_a_volume_of_kubernetes_is_a_content_folder_and_changes_at_once(
    tmp_path: Path, by_folder: bool
) -> None:
    root = tmp_path / "volume"
    root.mkdir()
    before = None
    for number in (1, 2):
        publish(root, number, by_folder=by_folder)
        assert seen(root) == ({"field/خبر.md"}, {"media/x.png"}, set())
        files = ContentFiles(root)
        assert f"إصدار {number}".encode() in files.read("field/خبر.md")
        assert f"صحيفة {number}".encode() in files.read("site.yaml")
        served = files.open_media("x.png")
        assert served
        with served.stream:
            assert (served.media_type, served.etag != before) == ("image/png", True)
        before = served.etag


def test_links_within_the_folder_are_followed_and_each_folder_is_walked_once(root: Path) -> None:
    write_article(root, "field/a.md")
    write_article(root, ".drawer/b.md")
    Image.new("RGB", (8, 6)).save(root / "media" / "x.png")
    (root / "field" / "file.md").symlink_to("a.md")
    (root / "field" / "absolute.md").symlink_to(root / ".drawer" / "b.md")
    (root / "field" / "chain.md").symlink_to("absolute.md")
    (root / "media" / "y.png").symlink_to("x.png")
    (root / "drawer").symlink_to(".drawer")
    (root / "drawer-too").symlink_to("drawer")
    (root / "again").symlink_to("field")
    (root / "field" / "up").symlink_to("..")
    (root / ".drawer" / "round").symlink_to("../.drawer")
    (root / "field" / "circle.md").symlink_to("circle.md")
    (root / "field" / "none.md").symlink_to("nothing.md")
    articles, media, told = seen(root)
    assert articles == {
        "drawer/b.md",
        *(f"field/{each}.md" for each in ("a", "file", "absolute", "chain")),
    }
    assert media == {"media/x.png", "media/y.png"}
    assert told == {
        "drawer-too", "again", "field/up", "drawer/round", "field/circle.md", "field/none.md"
    }  # fmt: skip


@pytest.mark.parametrize("is_allowed", [True, False])
def test_links_out_of_the_folder_are_followed_where_that_is_allowed(
    root: Path, outside: Path, is_allowed: bool
) -> None:
    (outside / "texts" / "back").symlink_to(root)
    (root / "field" / "x.md").symlink_to(outside / "texts" / "x.md")
    (root / "field" / "relative.md").symlink_to("../../outside/texts/x.md")
    (root / "texts").symlink_to(outside / "texts")
    (root / "media" / "x.png").symlink_to(outside / "x.png")
    (outside.parent / "spelled").symlink_to("outside")
    if is_allowed:
        places.allow([outside.parent / "spelled"])
    names = {"field/x.md", "field/relative.md"}
    if is_allowed:
        assert seen(root) == ({*names, "texts/x.md"}, {"media/x.png"}, {"texts/back"})
    else:
        assert seen(root) == (set(), set(), {*names, "texts"})
        assert ContentFiles(root).open_media("x.png") is None


def test_beside_an_allowed_folder_nothing_is_allowed(root: Path, outside: Path) -> None:
    places.allow([outside])
    write_article(outside.with_name("outside-too"), "x.md")
    (root / "field" / "x.md").symlink_to(outside.with_name("outside-too") / "x.md")
    (root / "field" / "y.md").symlink_to(outside / ".." / "outside-too" / "x.md")
    assert seen(root) == (set(), set(), {"field/x.md", "field/y.md"})


def test_a_link_leads_to_no_file_of_another_kind(root: Path) -> None:
    write_article(root, "field/draft.md", status="draft")
    (root / "media" / "x.pdf").symlink_to("../field/draft.md")
    (root / "media" / "y.txt").symlink_to("../site.yaml")
    (root / "field" / "site.md").symlink_to("../site.yaml")
    assert seen(root) == ({"field/draft.md"}, set(), {"field/site.md"})
    assert ContentFiles(root).open_media("x.pdf") is None


def test_no_pipe_and_no_device_is_opened_behind_a_link(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(root / ".pipe.md")
    places.allow([Path("/dev")])
    for name, target in (("pipe", "../.pipe.md"), ("null", "/dev/null"), ("folder", "/dev")):
        (root / "field" / f"{name}.md").symlink_to(target)
        (root / "media" / f"{name}.png").symlink_to(target)
    opened: list[str] = []
    real = os.open

    def noted(path: str, *given: int, **named: int) -> int:
        opened.append(str(path))
        return real(path, *given, **named)

    monkeypatch.setattr(os, "open", noted)
    files = ContentFiles(root)
    for name in ("pipe", "null", "folder"):
        assert files.stat(f"field/{name}.md") is None
        assert files.open_media(f"{name}.png") is None
        with pytest.raises(OSError, match=r"\w"):
            files.read(f"field/{name}.md")
    assert not {".pipe.md", "null", "pipe.md"} & set(opened)


@pytest.mark.parametrize("what", ["the file", "its folder"])
def test_who_puts_another_link_there_meanwhile_leads_nobody_out(
    root: Path, outside: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    write_article(root, ".drawer/x.md")
    (root / "field" / "x.md").symlink_to("../.drawer/x.md")
    real = os.path.realpath
    target = root / ".drawer" / "x.md" if what == "the file" else root / ".drawer"

    def swapped(path: str | Path) -> str:
        found = real(path)
        if found == str(root / ".drawer" / "x.md"):
            target.rename(root / f".old-{len(list(root.iterdir()))}")
            target.symlink_to(
                outside / "texts" / "x.md" if what == "the file" else outside / "texts"
            )
        return found

    monkeypatch.setattr(os.path, "realpath", swapped)
    with pytest.raises(FileNotFoundError):
        ContentFiles(root).read("field/x.md")


def test_a_swap_that_comes_in_between_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "volume"
    root.mkdir()
    first = publish(root, 1, by_folder=True)
    real = os.path.realpath

    def swapped(path: str | Path) -> str:
        found = real(path)
        if first.exists() and found.startswith(str(first)):
            publish(root, 2, by_folder=True)
            first.rename(tmp_path / "old")
        return found

    monkeypatch.setattr(os.path, "realpath", swapped)
    assert "إصدار 2".encode() in ContentFiles(root).read("field/خبر.md")


def test_a_file_behind_a_link_is_written_where_it_is(root: Path, outside: Path) -> None:
    places.allow([outside])
    (root / "field" / "x.md").symlink_to(outside / "texts" / "x.md")
    ContentFiles(root).replace("field/x.md", "نص\n")
    assert (root / "field" / "x.md").is_symlink()
    assert (outside / "texts" / "x.md").read_text(encoding="utf-8") == "نص\n"
    places.allow(())
    with pytest.raises(FileNotFoundError):
        ContentFiles(root).replace("field/x.md", "آخر\n")


def test_a_look_goes_by_path_as_databases_have_it_and_so_again_behind_each_link(
    root: Path, outside: Path
) -> None:
    decomposed = unicodedata.normalize("NFD", "é")
    for folder in ("a", "a-b", "a/in", decomposed, "z", "😀", "_kept/b", "_kept/b-c"):
        write_article(root, f"{folder}/{decomposed}.md")
        write_article(root, f"{folder}/z.md")
    (root / "a" / "in.md").symlink_to(root / "z" / "z.md")
    (root / "b").symlink_to("_kept")
    steps = [*ContentFiles(root).look()]
    paths = [path for _, path, article in steps if article]
    behind = [path for path in paths if path.startswith("b/")]
    assert behind == ["b/b-c/z.md", "b/b-c/é.md", "b/b/z.md", "b/b/é.md"]
    assert paths == [*sorted({*paths} - {*behind}), *behind]
    assert [kind for kind, path, _ in steps if path == "b"] == [Kind.APART, Kind.FOLDER]


def test_of_a_folder_behind_a_link_that_is_gone_during_a_look_nothing_is_said(
    root: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places.allow([outside])
    (root / "link").symlink_to(outside)
    opened, open_folder = [], Places.open_folder

    def once(its: Places, path: str) -> int:
        if path in opened:
            raise FileNotFoundError(path)
        opened.append(path)
        return open_folder(its, path)

    monkeypatch.setattr(Places, "open_folder", once)
    steps = [*ContentFiles(root).look()]
    assert [kind for kind, path, _ in steps if path == "link/texts"] == [Kind.FOLDER, Kind.CLOSED]
    assert not any(article for _, _, article in steps)
