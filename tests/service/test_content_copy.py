"""A copy of the content folder that is older than what is published never leads."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import factories
from factories import NOW, FixedClock, article, fill, write_article
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import IndexUnavailable
from feedservice.index.engine import database_at, open_engine
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.service import lock
from feedservice.service.content_copy import AHEAD, FolderCopy
from feedservice.service.lock import AgeGuard, SoleWriter
from postgresql_cluster import Cluster
from waiting import comes_true

SECOND = 10**9
THEN = int(NOW.timestamp()) * SECOND - 1000 * SECOND


def at(path: Path, seconds: float) -> None:
    """Have all of a path changed so many seconds after `THEN`."""
    for each in (path, *path.rglob("*")):
        os.utime(each, ns=(0, THEN + int(seconds * SECOND)))


class Noted(list[str]):
    """What was noted; the last is what is published."""

    def take(self, copy: FolderCopy) -> bool:
        return copy.take(self[-1] if self else "", self.append)


@pytest.fixture
def first(content: Path, clock: FixedClock) -> FolderCopy:
    write_article(content, "field/a.md")
    write_article(content, "field/b.md")
    at(content, 0)
    return FolderCopy(content, clock)


def copied(content: Path, clock: FixedClock) -> FolderCopy:
    place = content.with_name("copy")
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(content, place)
    for each in (content, *content.rglob("*")):
        shutil.copystat(each, place / each.relative_to(content))
    return FolderCopy(place, clock)


@pytest.mark.parametrize("change", ["saved", "removed", "moved"])
def test_a_copy_that_misses_what_was_written_is_older_until_it_has_it(
    content: Path, clock: FixedClock, first: FolderCopy, change: str
) -> None:
    noted, second = Noted(), copied(content, clock)
    assert noted.take(first)
    a = content / "field/a.md"
    if change == "saved":
        at(a, 5)
    else:
        a.unlink() if change == "removed" else a.rename(content / "field/c.md")
        os.utime(content / "field", ns=(0, THEN + 5 * SECOND))
    first.writing(["field/a.md"])
    assert len(noted) == 2
    assert not noted.take(second)
    assert noted.take(copied(content, clock))


def test_a_file_with_a_wrong_time_makes_no_copy_newer(
    content: Path, clock: FixedClock, first: FolderCopy
) -> None:
    os.utime(content / "field/b.md", (0, NOW.timestamp() + 2 * AHEAD))
    noted, second = Noted(), copied(content, clock)
    assert noted.take(first)
    at(content / "field/a.md", 5)
    first.writing(["field/a.md"])
    assert not noted.take(second)


def test_a_change_that_is_no_news_is_not_noted_again(first: FolderCopy) -> None:
    noted = Noted()
    noted.take(first)
    first.writing(["field/a.md", "field/gone.md", "nowhere/x.md"])
    assert len(noted) == 1


def test_what_is_written_is_told_before(content: Path, clock: FixedClock, tmp_path: Path) -> None:
    told: list[tuple[set[str], int]] = []
    index = IndexWriter(
        open_engine(f"sqlite:///{tmp_path}/index.sqlite3", readonly=False),
        writing=lambda paths: told.append((set(paths), index.count())),
    )
    index.prepare()
    write_article(content, "field/a.md")
    indexer = Indexer(ContentFiles(content), index, clock, pause=lambda _seconds: None)
    indexer.scan()
    (content / "field/a.md").unlink()
    indexer.scan()
    site = {"site.yaml"}
    assert told == [(site, 0), ({"field/a.md"}, 0), (site, 1), ({"field/a.md"}, 1)]


@pytest.fixture
def writers(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[SoleWriter, SoleWriter]]:
    address = cluster.url(cluster.new())
    one, two = (
        SoleWriter(tmp_path / name, database_at(address).leadership(address)) for name in "ab"
    )
    with ExitStack() as ends:
        for each in (one, two):
            ends.callback(each.release)
        yield one, two


@pytest.mark.system
def test_a_machine_with_an_older_copy_leads_once_it_caught_up_or_is_told_to(
    writers: tuple[SoleWriter, SoleWriter],
    content: Path,
    clock: FixedClock,
    first: FolderCopy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, two = writers
    second = copied(content, clock)
    assert one.lead(first)
    assert (two.lead(second), two.is_older) == (False, False)
    at(content / "field/a.md", 5)
    one.writing(["field/a.md"])
    one.release()
    # A session gives its lock back a moment after its end.
    assert comes_true(lambda: not two.lead(second) and two.is_older)
    third = copied(content, clock)
    assert comes_true(lambda: two.lead(third))
    assert not two.is_older
    two.release()

    at(content, 0)
    guard = AgeGuard(tmp_path / "a")
    assert comes_true(lambda: not one.lead(first) and one.is_older)
    with monkeypatch.context() as patch:
        patch.setattr(lock, "MEANT_FOR", -1.0)  # said, and forgotten
        guard.lift()
        assert not one.lead(first)
    guard.lift()
    with monkeypatch.context() as patch:
        patch.setattr(first, "take", lambda *_: False)  # as while a mirror is being changed
        assert not one.lead(first)
    assert comes_true(lambda: one.lead(first))
    assert not guard.is_lifted()


@pytest.mark.system
def test_a_generation_is_noted_while_a_write_goes_on_and_only_by_who_leads(
    cluster: Cluster, tmp_path: Path
) -> None:
    address = cluster.url(cluster.new())
    old, new = (database_at(address).leadership(address) for _ in range(2))
    with ExitStack() as ends:
        for each in (old, new):
            ends.callback(each.release)
        assert old.published() == ""
        assert old.acquire()
        index = IndexWriter(open_engine(address, readonly=False, look=old.look))
        ends.callback(index.close)
        index.prepare()
        index.put_site(factories.site(), (), NOW)
        with index._keeper.transaction():
            old.note("1")
        fill(index, article("a"))
        assert new.published() == "1"
        old._number -= 1  # type: ignore[attr-defined]
        with pytest.raises(IndexUnavailable, match="another machine writes"):
            old.note("0")
        assert new.published() == "1"
