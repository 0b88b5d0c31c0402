"""A mirror becomes what its source lists, whatever that is, and touches nothing besides."""

import errno
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from feedservice.domain.errors import SourceUnavailable
from feedservice.ingest.sources.mirror import Mirror
from feedservice.ingest.sources.source import Item, Listing, is_safe

SITE = "site.yaml"


@dataclass
class FakeSource:
    """A source of texts; ``→`` begins a link. It fails where `fault` says so."""

    files: dict[str, str]
    generation: str = "1"
    fault: str = ""
    read_paths: list[str] = field(default_factory=list)

    def look(self) -> Listing:
        return Listing(generation=self.generation, files={SITE: "title: x", **self.files})

    def read(self, wanted: Mapping[str, str]) -> Iterator[Item]:
        for path, text in wanted.items():
            if path == self.fault:
                raise OSError(errno.ENOSPC, "no space")
            self.read_paths.append(path)
            if text.startswith("→"):
                yield Item(path, link=text[1:])
            else:
                yield Item(path, (text.encode(),))

    def tidy(self) -> None:
        """Nothing is held."""

    def contains(self, generation: str, earlier: str) -> bool | None:
        return None

    def look_back(self, earlier: str) -> None:
        """Know of one moment only."""


def held(folder: Path) -> dict[str, str]:
    """What lies in the content folder, links by where they lead."""
    content = folder / "content"
    return {
        path.relative_to(content).as_posix(): f"→{os.readlink(path)}"
        if path.is_symlink()
        else path.read_text(encoding="utf-8")
        for path in content.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def folders(folder: Path) -> set[str]:
    content = folder / "content"
    return {each.relative_to(content).as_posix() for each in content.rglob("*") if each.is_dir()}


FIRST = {"field/a.md": "a", "field/b.md": "b", "media/x.png": "x", "deep/er/c.md": "c"}


@pytest.mark.parametrize(
    "then",
    [
        {},
        FIRST,
        {**FIRST, "field/a.md": "a2"},
        {**FIRST, "field/new/d.md": "d"},
        {"field/moved.md": "a", "field/b.md": "b"},
        {"field": "a file now", "deep/er": "another"},
        {"field/a.md/x": "a folder now", "field/b.md": "b"},
        {"field": "→media", "media/x.png": "x"},
        {"field/a.md": "→b.md", "field/b.md": "b"},
        {"صورة/ملف.md": "نص", "field/a.md": "c", "deep/er/c.md": "a"},
    ],
    ids=repr,
)
@pytest.mark.parametrize("is_restarted", [False, True], ids=["", "restarted"])
def test_the_folder_becomes_what_is_listed(
    tmp_path: Path, then: dict[str, str], is_restarted: bool
) -> None:
    source, mirror = FakeSource(dict(FIRST)), Mirror(tmp_path)
    mirror.follow(source)
    assert held(tmp_path) == source.look().files
    source.files, source.generation = then, "2"
    mirror = Mirror(tmp_path) if is_restarted else mirror
    mirror.follow(source)
    assert held(tmp_path) == source.look().files
    wanted = {part.rpartition("/")[0] for part in source.look().files} - {""}
    above = {each[:n] for each in wanted for n, sign in enumerate(each) if sign == "/"}
    assert folders(tmp_path) - {"field"} == (wanted | above) - {"field"}  # a link may be one
    assert mirror.kept().generation == "2"
    assert not [*tmp_path.glob("*.tmp")]


def test_only_what_changed_is_read_and_the_rest_keeps_its_times(tmp_path: Path) -> None:
    source, mirror = FakeSource(dict(FIRST)), Mirror(tmp_path)
    mirror.follow(source)
    before = {path: os.stat(tmp_path / "content" / path) for path in FIRST}
    source.files = {**FIRST, "field/a.md": "a2", "media/moved.png": "x"}
    del source.files["media/x.png"]
    source.read_paths.clear()
    found = Mirror(tmp_path).follow(source)
    assert source.read_paths == ["field/a.md"]
    assert (found.written, found.moved, found.removed) == (1, 1, 0)
    for now, then in {"field/b.md": "field/b.md", "media/moved.png": "media/x.png"}.items():
        status = os.stat(tmp_path / "content" / now)
        assert (status.st_ino, status.st_mtime_ns) == (
            before[then].st_ino,
            before[then].st_mtime_ns,
        )
    assert Mirror(tmp_path).follow(source).is_same


def test_a_fault_in_the_middle_leaves_whole_files_and_the_next_look_brings_the_rest(
    tmp_path: Path,
) -> None:
    source, mirror = FakeSource(dict(FIRST)), Mirror(tmp_path)
    mirror.follow(source)
    source.files = {path: f"{text}2" for path, text in FIRST.items() if path != "field/b.md"}
    source.fault = "media/x.png"
    with pytest.raises(OSError, match="no space"):
        mirror.follow(source)
    assert set(held(tmp_path).values()) <= {"title: x", *FIRST.values(), *source.files.values()}
    assert held(tmp_path).keys() >= {
        "field/b.md",
        "media/x.png",
    }  # nothing goes before all is there
    source.fault = ""
    Mirror(tmp_path).follow(source)
    assert held(tmp_path) == source.look().files


def test_a_first_fault_leaves_no_half_of_a_site(tmp_path: Path) -> None:
    source = FakeSource(dict(FIRST), fault="media/x.png")
    with pytest.raises(OSError, match="no space"):
        Mirror(tmp_path).follow(source)
    assert not (tmp_path / "content").exists()


def test_a_source_without_a_site_changes_nothing(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path)
    source = FakeSource(dict(FIRST))
    mirror.follow(source)
    source.look = lambda: Listing(generation="2", files={})  # type: ignore[method-assign]
    with pytest.raises(SourceUnavailable, match=r"site\.yaml"):
        mirror.follow(source)
    assert held(tmp_path).keys() == {SITE, *FIRST}


def test_what_somebody_took_away_or_a_lost_note_is_made_good_at_the_next_start(
    tmp_path: Path,
) -> None:
    source = FakeSource(dict(FIRST))
    Mirror(tmp_path).follow(source)
    (tmp_path / "content" / "field" / "a.md").unlink()
    Mirror(tmp_path).follow(source)
    assert held(tmp_path) == source.look().files
    (tmp_path / "manifest.json").write_text("{")
    (tmp_path / "content" / "stray.md").write_text("x")
    Mirror(tmp_path).follow(source)
    assert held(tmp_path) == source.look().files


@pytest.mark.parametrize("is_whole", [False, True], ids=["a line", "all of it"])
def test_a_note_for_which_there_was_no_room_is_made_once_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_whole: bool
) -> None:
    source, first = FakeSource(dict(FIRST)), Mirror(tmp_path)
    first.follow(source)
    mirror = Mirror(tmp_path) if is_whole else first

    def cut_off(*given: object) -> bytes:
        with (tmp_path / "manifest.json").open("ab") as stream:
            stream.write(b'{"generation": ')
        raise OSError(errno.ENOSPC, "no space")

    source.files, source.generation = {**FIRST, "field/a.md": "a2"}, "2"
    with monkeypatch.context() as patch:
        patch.setattr("feedservice.ingest.sources.mirror._line", cut_off)
        with pytest.raises(OSError, match="no space"):
            mirror.follow(source)
    mirror.follow(source)
    assert (held(tmp_path), mirror.kept().generation) == (source.look().files, "2")
    assert mirror.kept().files == source.look().files


def test_no_link_leads_a_file_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "mirror"
    source, mirror = FakeSource({"in": f"→{outside}"}), Mirror(folder)
    mirror.follow(source)
    source.files = {"in/a.md": "a"}
    mirror.follow(source)
    assert held(folder) == source.look().files
    (folder / "content" / "in" / "a.md").unlink()
    (folder / "content" / "in").rmdir()
    (folder / "content" / "in").symlink_to(outside)
    (outside / "a.md").write_text("theirs")
    source.files = {}
    mirror.follow(source)
    assert [*outside.iterdir()] == [outside / "a.md"]


@pytest.mark.parametrize(
    "path", ["", "/a", "a//b", "..", "a/../b", "./a", "a/.", "a\0b", "x" * 256, "a/" * 600 + "b"]
)
def test_paths_that_climb_out_or_fit_nowhere_are_not_safe(path: str) -> None:
    assert not is_safe(path)
    assert is_safe("صورة/ملف.md")
    assert is_safe(os.fsdecode(b"a/\xff.md"))
