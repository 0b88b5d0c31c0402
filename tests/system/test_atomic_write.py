"""Files are there whole or not at all."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedservice.system import atomic_write


def broken_off() -> Iterator[bytes]:
    yield b"half"
    raise OSError(28, "No space left on device")


def test_a_file_takes_the_place_of_another_with_the_permissions_and_time_asked_for(
    tmp_path: Path,
) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")
    assert atomic_write.replace(target, (b"n", b"ew"), mode=0o640, mtime=1_000, sync=True) == 3
    found = target.stat()
    assert (target.read_bytes(), stat.S_IMODE(found.st_mode), found.st_mtime) == (
        b"new",
        0o640,
        1e3,
    )
    assert os.listdir(tmp_path) == ["a"]


def test_a_write_that_breaks_off_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")
    with pytest.raises(OSError, match="No space"):
        atomic_write.replace(target, broken_off())
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_new_file_is_never_written_over_one_that_is_there(tmp_path: Path) -> None:
    target = tmp_path / "a"
    atomic_write.create(target, b"first")
    with pytest.raises(FileExistsError):
        atomic_write.create(target, b"second")
    assert target.read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["a"]


def test_a_file_system_without_links_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    atomic_write.create(tmp_path / "a", b"first")
    with pytest.raises(FileExistsError):
        atomic_write.create(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"


def test_permissions_are_those_of_the_umask(tmp_path: Path) -> None:
    umask = os.umask(0o027)
    try:
        atomic_write.create(tmp_path / "a", b"")
        atomic_write.replace(tmp_path / "b", ())
    finally:
        os.umask(umask)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o640}
