"""An index that is damaged, removed or replaced, before the start and while it is used."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from factories import NOW, article, fill, reading, site, slugs, snapshot, states_of
from feedservice.domain.errors import IndexDamaged, IndexUnavailable
from feedservice.domain.model import Related
from feedservice.domain.selections import Selection
from feedservice.index import former_slugs
from feedservice.index.engine import open_engine
from feedservice.index.outbox import Outbox
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter

pytestmark = pytest.mark.sqlite

ALL = Selection()
HUB = "https://hub.example/"


class Place:
    """An index of forty articles, and who uses it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "index.sqlite3"
        self.engines: list[Engine] = []
        self.committed: Callable[[], object] = int
        self.writer = self.open_writer()
        self.writer.put_site(site(hubs=(HUB,)), (), NOW)
        self.writer.mark_filled()
        fill(self.writer, *self.articles())

    @staticmethod
    def articles() -> list[object]:
        return [article(f"a{n:02d}", text="متن " * 400) for n in range(40)]

    def engine(self, *, readonly: bool) -> Engine:
        self.engines.append(open_engine(f"sqlite:///{self.file}", readonly=readonly))
        return self.engines[-1]

    def open_writer(self) -> IndexWriter:
        writer = IndexWriter(self.engine(readonly=False), committed=self._commit)
        writer.prepare()
        return writer

    def _commit(self) -> None:
        self.committed()

    def reader(self) -> IndexReader:
        return IndexReader(self.engine(readonly=True))

    def close(self) -> None:
        """As if the process had ended: whoever is the last moves the log into the file."""
        self.writer._keeper._held.close()
        for engine in self.engines:
            engine.dispose()

    def fill_again(self, *names: str) -> None:
        self.writer.put_site(site(hubs=(HUB,)), (), NOW)
        fill(self.writer, *(article(name) for name in names))
        self.writer.mark_filled()

    def move_log_into_file(self) -> None:
        """Only what is in the file itself can be harmed in it."""
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def damaged(self) -> list[str]:
        return sorted(path.name for path in self.file.parent.glob("*.damaged-?"))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.close()


def overwrite(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.write(os.urandom(file.stat().st_size))


def overwrite_the_middle(file: Path) -> None:
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.seek(size // 3)
        opened.write(os.urandom(size // 3))


def halve(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def empty(file: Path) -> None:
    os.truncate(file, 0)


def replace_by_garbage(file: Path) -> None:
    other = file.with_name("other")
    other.write_bytes(os.urandom(50_000))
    other.replace(file)


def make_newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
        connection.execute("ALTER TABLE pings ADD COLUMN tone TEXT NOT NULL DEFAULT ''")
        connection.commit()


HARMS = [overwrite, overwrite_the_middle, halve, empty, replace_by_garbage]


@pytest.mark.parametrize("harm", [*HARMS, Path.unlink, make_newer])
def test_an_index_that_cannot_be_used_is_made_anew_at_the_start(
    place: Place, harm: Callable[[Path], None]
) -> None:
    place.close()
    harm(place.file)
    place.writer = place.open_writer()
    assert (place.writer.is_filled(), states_of(place.writer)) == (False, {})
    place.fill_again("b")
    assert slugs(snapshot(place.reader()).select(ALL, 9)) == ["b"]


@pytest.mark.parametrize("harm", HARMS)
def test_an_index_that_is_damaged_while_it_is_used_is_made_anew_and_every_reader_sees_the_new_one(
    place: Place, harm: Callable[[Path], None]
) -> None:
    assert not place.writer.heal()
    reader, late = place.reader(), place.reader()
    before = reader.revision()
    place.move_log_into_file()
    harm(place.file)
    for asked in (late, reader):
        # One that was there before may answer from what it has read.
        with suppress(IndexUnavailable):
            snapshot(asked).select(ALL, 99)
    assert place.writer.heal()
    assert not place.writer.heal()
    place.fill_again("b")
    for asked in (late, reader):
        assert slugs(snapshot(asked).select(ALL, 9)) == ["b"]
        assert asked.revision() > before, "a worker would take what it keeps for the present"


def test_an_index_that_became_smaller_by_a_vacuum_stays(place: Place) -> None:
    place.move_log_into_file()
    assert not place.writer.heal()
    place.writer.write((), [f"field/a{n:02d}.md" for n in range(39)], NOW)
    before = place.file.stat().st_size
    with closing(sqlite3.connect(place.file)) as connection:
        connection.execute("VACUUM")
    place.move_log_into_file()
    assert place.file.stat().st_size < before
    assert not place.writer.heal()
    assert slugs(snapshot(place.reader()).select(ALL, 9)) == ["a39"]


def test_a_reader_tells_damage_that_the_writer_has_not_met(place: Place) -> None:
    place.close()
    overwrite(place.file)
    with pytest.raises(IndexDamaged):
        place.reader().current()
    assert place.writer.heal()
    assert not place.writer.heal()


def test_an_index_that_is_removed_while_it_is_used_is_made_anew(place: Place) -> None:
    reader = place.reader()
    reader.current()
    place.file.unlink()
    with pytest.raises(IndexUnavailable):
        reader.current()
    with pytest.raises(IndexUnavailable):
        place.writer.write([reading(article("lost"))], (), NOW)
    assert not place.file.exists()
    assert place.writer.heal()
    place.fill_again("b")
    assert slugs(snapshot(reader).select(ALL, 9)) == ["b"]


def test_a_copy_that_is_put_back_while_the_index_is_used_is_read_at_once_and_gets_what_is_written(
    place: Place, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    with closing(sqlite3.connect(place.file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    fill(place.writer, article("after"))
    reader = place.reader()
    assert "after" in slugs(snapshot(reader).select(ALL, 99))
    newest = reader.revision()
    shutil.move(copy, place.file)
    assert place.writer.heal()
    assert not place.writer.heal()
    assert place.writer.is_filled()
    assert slugs(snapshot(reader).select(ALL, 99)) == [f"a{n:02d}" for n in range(40)]
    assert reader.revision() > newest
    fill(place.writer, article("later"))
    assert "later" in slugs(snapshot(reader).select(ALL, 99))
    assert place.damaged() == []


def test_what_is_no_cache_is_saved_out_of_a_damaged_index_where_it_can_be_read(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    texts = {f"field/a{n:02d}.md" for n in range(40)}
    assert Outbox(place.engines[0]).waiting()
    damage_the_bodies(place.file, place)
    place.writer = place.open_writer()
    saved = {path for path in texts if place.writer.last_good_source(path)}
    assert saved == texts
    assert Outbox(place.engines[-1]).hubs_due(NOW.replace(year=NOW.year + 1)) == (HUB,)
    assert "40 last good texts" in caplog.text


def damage_the_bodies(file: Path, place: Place) -> None:
    """Damage the bodies of articles, and nothing else."""
    place.close()
    with closing(sqlite3.connect(file)) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'bodies'"
        ).fetchone()
        (page,) = connection.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as opened:
        opened.seek((root - 1) * page)
        opened.write(os.urandom(page))


def test_two_damaged_files_are_kept_at_most(place: Place) -> None:
    for _ in range(4):
        place.close()
        overwrite(place.file)
        place.writer = place.open_writer()
    assert place.damaged() == ["index.sqlite3.damaged-3", "index.sqlite3.damaged-4"]


def test_an_index_in_which_articles_link_to_each_other_is_used_on_at_the_next_start(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite 3.40's quick_check found NULL where a key has its columns in another order."""
    fill(place.writer, article("b", related=(Related(slug="a01"), Related(slug="a02"))))
    place.close()
    place.writer = place.open_writer()
    assert place.writer.is_filled()
    assert place.damaged() == []
    assert not caplog.records


def test_it_is_told_once_in_plain_words(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.close()
    overwrite(place.file)
    place.writer = place.open_writer()
    place.writer.heal()
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(told) == 1
    assert "file is not a database" in told[0]
    assert "kept as index.sqlite3.damaged-1; a new one is being made" in told[0]


def overwrite_in_place(file: Path, data: bytes) -> None:
    """As ``cp`` does: the same file, other bytes."""
    file.write_bytes(data)


def test_a_copy_that_is_written_over_the_index_in_place_is_not_believed(place: Place) -> None:
    """Its log goes on over it: what is read then is neither."""
    place.move_log_into_file()
    older = place.file.read_bytes()
    fill(place.writer, *(article(f"b{n:02d}", text="متن " * 400) for n in range(40)))
    assert not place.writer.heal()
    reader = place.reader()
    assert len(snapshot(reader).select(ALL, 200)) == 80
    before = place.file.stat().st_ino
    overwrite_in_place(place.file, older)
    assert place.file.stat().st_ino == before
    assert place.writer.heal()
    assert not place.writer.is_filled()
    place.fill_again("b")
    assert slugs(snapshot(reader).select(ALL, 9)) == ["b"]
    assert not place.writer.heal()


def test_what_the_writer_itself_moves_into_the_file_is_no_harm(place: Place) -> None:
    for number in range(300):
        text = Random(number).randbytes(4000).hex()  # which no compression makes small
        fill(place.writer, article(f"b{number:03d}", text=text))
        assert not place.writer.heal()
    assert place.file.stat().st_size > 1_000_000, "nothing was moved"
    assert place.damaged() == []


def remove_all(file: Path) -> None:
    for part in ("", "-wal", "-shm"):
        file.with_name(file.name + part).unlink(missing_ok=True)


@pytest.mark.parametrize("harm", [Path.unlink, remove_all, replace_by_garbage])
def test_last_good_texts_pings_and_former_slugs_outlive_a_file_that_is_removed_while_it_is_used(
    place: Place, harm: Callable[[Path], None]
) -> None:
    fill(place.writer, article("newest"))
    fill(place.writer, article("newer", path="field/newest.md", id=article("newest").id))
    harm(place.file)
    assert place.writer.heal()
    paths = [*(f"field/a{n:02d}.md" for n in range(40)), "field/newest.md"]
    assert all(place.writer.last_good_source(path) for path in paths)
    assert Outbox(place.engines[0]).waiting()
    with place.writer.connection() as connection:
        assert former_slugs.known(connection, [article("newest").id], NOW)
    assert place.file.exists()


def test_pings_outlive_a_copy_that_is_put_back(place: Place, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with closing(sqlite3.connect(place.file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("DELETE FROM pings")
        connection.commit()
    fill(place.writer, article("after"))
    shutil.move(copy, place.file)
    assert place.writer.heal()
    assert Outbox(place.engines[0]).waiting()
    assert place.writer.last_good_source("field/after.md")


def test_each_commit_is_told_once_readers_see_it_and_so_is_another_index(place: Place) -> None:
    reader = place.reader()
    told = [reader.revision()]
    place.committed = lambda: told.append(reader.revision())
    fill(place.writer, article("new"))
    assert told[-1] == reader.revision() > told[0]
    told[:] = told[-1:]
    place.file.unlink()
    assert place.writer.heal()
    assert told[-1] == reader.revision() > told[0]
