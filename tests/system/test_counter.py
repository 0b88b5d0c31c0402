"""A number that one process adds to: whoever looks sees each addition, whatever becomes of the
file."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from feedservice.system.counter import Counter


def empty(file: Path) -> None:
    os.truncate(file, 0)


def lengthen(file: Path) -> None:
    file.write_bytes(b"x" * 100)


def restore(file: Path) -> None:
    (file.parent / "copy").write_bytes(file.read_bytes())
    (file.parent / "copy").replace(file)


def remove_the_folder(file: Path) -> None:
    shutil.rmtree(file.parent)


@pytest.mark.parametrize(
    "harm", [lambda _: None, Path.unlink, empty, lengthen, restore, remove_the_folder]
)
def test_each_addition_is_seen_whatever_became_of_the_file(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    file = tmp_path / "state" / "commits"
    writer, reader = Counter(file), Counter(file)
    reader.follow()
    assert reader.value() is None
    assert not file.exists(), "who looks makes nothing"
    for _ in range(5):
        writer.add()
    reader.follow()
    seen = reader.value()
    assert seen == reader.value() is not None
    harm(file)
    for _ in range(3):
        before = reader.value()
        writer.add()
        reader.follow()
        assert reader.value() != before
    assert reader.value() != seen
    Counter(file).add()  # of another writer, which goes on from there
    assert reader.value() != before


def test_a_full_or_read_only_disk_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "commits"
    writer, reader = Counter(file), Counter(file)
    writer.add()
    reader.follow()

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", refuse)
        writer.add()
    seen = reader.value()
    writer.add()
    assert reader.value() != seen
    Counter(tmp_path / "commits" / "none").add()
    nowhere = Counter(tmp_path / "commits" / "none")
    nowhere.follow()
    assert nowhere.value() is None
