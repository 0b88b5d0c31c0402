"""Media are put into a folder for machines without content: each change once, none taken early."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from factories import Seconds, write_article
from feedservice.clock import utc_now
from feedservice.content.derived_files import DerivedFiles
from feedservice.content.files import ContentFiles
from feedservice.content.media_file import MediaFile
from feedservice.content.watch import Changes
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.ingest.media import copies
from feedservice.ingest.media.copies import MediaCopies
from feedservice.ingest.media.folder import FolderPlace
from feedservice.ingest.media.note import Note, Put
from feedservice.ingest.media.plan import GRACE
from feedservice.ingest.smaller_pictures import SmallerPictures

PICTURE = "media/a/صورة.jpg"


class Later:
    """The present time of the disk, and more."""

    def __init__(self) -> None:
        self.more = 10.0

    def __call__(self) -> datetime:
        return utc_now() + timedelta(seconds=self.more)


class Counted(FolderPlace):
    """A folder that tells what was put and what is refused."""

    def __init__(self, folder: Path, clock: Later) -> None:
        super().__init__(folder, clock)
        self.put_there: list[str] = []
        self.refused: set[str] = set()

    def put(self, path: str, file: MediaFile) -> str:
        self.put_there.append(path)
        if path in self.refused:
            raise PermissionError(13, "refused", path)
        return super().put(path, file)


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def place(tmp_path: Path, later: Later) -> Counted:
    (tmp_path / "share").mkdir()
    return Counted(tmp_path / "share", later)


@pytest.fixture
def derived(tmp_path: Path) -> DerivedFiles:
    return DerivedFiles(tmp_path / "state" / "pictures")


Make = Callable[[], MediaCopies]


@pytest.fixture
def make(
    content: Path,
    tmp_path: Path,
    derived: DerivedFiles,
    its_index: IndexWriter,
    place: Counted,
    later: Later,
    monotonic: Seconds,
) -> Make:
    def made(note: str = "note") -> MediaCopies:
        monotonic()
        return MediaCopies(
            ContentFiles(content),
            derived,
            its_index,
            lambda: place,
            Note(tmp_path / "state" / note),
            later,
            60,
            monotonic=monotonic,
        )

    return made


def write(content: Path, path: str = PICTURE, data: bytes = b"\xff\xd8 one") -> Path:
    file = content / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def held(tmp_path: Path) -> dict[str, bytes]:
    share = tmp_path / "share"
    files = (each for each in share.rglob("*") if each.is_file())
    return {each.relative_to(share).as_posix(): each.read_bytes() for each in files}


def tell(its: MediaCopies, path: str) -> None:
    """Tell that a file was closed, and work, as whoever waits for that does."""
    its.tell(Changes(frozenset({path}), frozenset({path})))
    assert its.is_told.is_set()
    its.is_told.clear()
    its.work()


def look(its: MediaCopies, monotonic: Seconds, seconds: float = 60) -> None:
    monotonic.now += seconds
    its.work()


def test_each_change_is_put_once_and_by_no_machine_again(
    content: Path, tmp_path: Path, make: Make, place: Counted, monotonic: Seconds
) -> None:
    write(content)
    for hidden in ("media/.x.jpg", "media/_draft/x.jpg", "media/run.html", "media/empty.txt"):
        write(content, hidden, b"" if "empty" in hidden else b"x")
    one = make()
    one.work()
    look(one, monotonic)
    make().work()  # a restart
    assert held(tmp_path) == {PICTURE: b"\xff\xd8 one"}
    assert place.put_there == [PICTURE]
    before = (tmp_path / "share" / PICTURE).stat()
    make("of another machine").work()
    after = (tmp_path / "share" / PICTURE).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    write(content, data=b"\xff\xd8 two")
    monotonic.now += copies.APART
    tell(one, PICTURE)
    assert held(tmp_path) == {PICTURE: b"\xff\xd8 two"}


def test_validators_follow_from_what_was_put(
    content: Path, tmp_path: Path, make: Make, later: Later, monotonic: Seconds
) -> None:
    """On each machine that opens it, and none goes back, not with a clock that does."""
    write(content)
    one = make()
    seen = []
    for data in (b"\xff\xd8 one", b"\xff\xd8 two", b"\xff\xd8 thr"):
        write(content, data=data)
        look(one, monotonic)
        opened = [FolderPlace(tmp_path / "share", later).open(PICTURE) for _ in range(2)]
        first, second = opened
        assert first
        assert second
        for each in (first, second):
            assert each.stream.read() == data
            each.stream.close()
        assert (first.etag, first.last_modified) == (second.etag, second.last_modified)
        assert (first.media_type, first.length) == ("image/jpeg", 6)
        seen.append((first.last_modified, first.etag))
        later.more -= 3
    assert seen == sorted(seen)
    assert len({etag for _, etag in seen}) == len({when for when, _ in seen}) == 3


def test_other_users_may_read_what_a_confined_writer_puts(
    content: Path, tmp_path: Path, make: Make
) -> None:
    """Units have a user each, and a mask that leaves nothing to others."""
    (content / PICTURE).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8)).save(content / PICTURE)
    before = os.umask(0o077)
    try:
        make().work()
    finally:
        os.umask(before)
    share = tmp_path / "share"
    modes = {path: path.stat().st_mode & 0o777 for path in share.rglob("*")}
    assert modes == {
        share / "media": 0o755,
        share / "media/a": 0o755,
        share / PICTURE: 0o644,
    }


def test_what_is_gone_stays_for_a_day(
    content: Path, tmp_path: Path, make: Make, later: Later, monotonic: Seconds
) -> None:
    for name in ("media/a.jpg", "media/b/b.jpg", "media/c.jpg"):
        write(content, name)
    one = make()
    one.work()
    (content / "media/a.jpg").unlink()
    (content / "media/b/b.jpg").unlink()
    look(one, monotonic)
    later.more += GRACE - 60
    one = make()  # a restart forgets nothing
    one.work()
    assert len(held(tmp_path)) == 3
    write(content, "media/a.jpg")  # it is back
    look(one, monotonic)
    later.more += 120
    look(one, monotonic)
    assert held(tmp_path).keys() == {"media/a.jpg", "media/c.jpg"}
    assert not (tmp_path / "share/media/b").exists()


def test_content_that_cannot_be_seen_is_not_gone(
    content: Path, tmp_path: Path, make: Make, later: Later, monotonic: Seconds
) -> None:
    write(content)
    one = make()
    one.work()
    (content / "media").rename(content / "_away")
    for _ in range(3):
        look(one, monotonic)
        later.more += GRACE
    assert held(tmp_path).keys() == {PICTURE}


def test_one_that_is_refused_keeps_no_other_back_and_is_told_once(
    content: Path,
    tmp_path: Path,
    make: Make,
    place: Counted,
    monotonic: Seconds,
    caplog: pytest.LogCaptureFixture,
) -> None:
    place.refused = {"media/a.jpg"}
    for name in ("media/a.jpg", "media/b.jpg"):
        write(content, name)
    one = make()
    for _ in range(5):
        look(one, monotonic, 3)
    assert held(tmp_path).keys() == {"media/b.jpg"}
    assert place.put_there.count("media/a.jpg") < 5  # ever more rarely
    assert [each.message.partition(" ")[0] for each in caplog.records] == ["media/a.jpg"]
    place.refused = set()
    look(one, monotonic)
    assert held(tmp_path).keys() == {"media/a.jpg", "media/b.jpg"}


def test_however_many_are_refused_all_others_are_put_and_what_is_saved_at_once(
    content: Path, tmp_path: Path, make: Make, place: Counted, monotonic: Seconds
) -> None:
    refused = [f"media/a/{number}.jpg" for number in range(3 * copies.FAILURES)]
    place.refused = set(refused)
    for name in (*refused, "media/z/1.jpg", "media/z/2.jpg"):
        write(content, name)
    one = make()
    for _ in range(8):
        look(one, monotonic, copies.LAST_RETRY)
    assert held(tmp_path).keys() == {"media/z/1.jpg", "media/z/2.jpg"}
    write(content, "media/z/new.jpg")
    tell(one, "media/z/new.jpg")
    assert "media/z/new.jpg" in held(tmp_path)
    # Each of the refused has its turn.
    place.refused.remove(refused[-1])
    for _ in range(4):
        look(one, monotonic, copies.LAST_RETRY)
    assert refused[-1] in held(tmp_path)


def test_a_save_for_each_that_is_put_keeps_none_waiting(
    content: Path, tmp_path: Path, make: Make, monotonic: Seconds
) -> None:
    for number in range(3):
        write(content, f"media/{number}.jpg")
    one = make()
    one.tell(Changes(frozenset({"media/2.jpg"}), frozenset({"media/2.jpg"})))
    for count in (1, 2, 3):  # `is_told` stays set
        one.work()
        assert len(held(tmp_path)) == count
        assert "media/2.jpg" in held(tmp_path)


def test_a_folder_that_is_away_is_not_made_and_asked_of_few(
    content: Path, tmp_path: Path, make: Make, place: Counted, monotonic: Seconds
) -> None:
    for number in range(20):
        write(content, f"media/{number}.jpg")
    one = make()
    one.work()
    write(content, "media/x.jpg")
    (tmp_path / "share").rename(tmp_path / "away")
    for number in range(20):
        write(content, f"media/{number}.jpg", b"\xff\xd8 new")
    del place.put_there[:]
    look(one, monotonic)
    assert len(place.put_there) == copies.FAILURES
    assert not (tmp_path / "share").exists()
    with pytest.raises(FileNotFoundError):
        place.open(PICTURE)
    (tmp_path / "away").rename(tmp_path / "share")
    look(one, monotonic)
    assert set(held(tmp_path).values()) == {b"\xff\xd8 new", b"\xff\xd8 one"}


def test_what_is_still_written_is_not_taken(
    content: Path, tmp_path: Path, make: Make, later: Later, monotonic: Seconds
) -> None:
    later.more = -100  # the machine may be slow
    write(content)
    one = make()
    one.work()
    assert held(tmp_path) == {}
    tell(one, PICTURE)
    assert held(tmp_path).keys() == {PICTURE}
    write(content, data=b"\xff\xd8 two")
    tell(one, PICTURE)
    assert held(tmp_path) == {PICTURE: b"\xff\xd8 one"}  # two of a second would look the same
    monotonic.now += copies.APART
    one.work()
    assert held(tmp_path) == {PICTURE: b"\xff\xd8 two"}


def test_what_is_saved_goes_before_all_that_was_there(
    content: Path, make: Make, place: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        write(content, f"media/{number}.jpg")
    one = make()
    put = Counted.put

    def saving(self: Counted, path: str, file: MediaFile) -> str:
        if len(place.put_there) == 2:
            write(content, "media/new.jpg")
            one.tell(Changes(frozenset({"media/new.jpg"}), frozenset({"media/new.jpg"})))
        return put(self, path, file)

    monkeypatch.setattr(Counted, "put", saving)
    one.work()
    assert len(place.put_there) == 3
    one.is_told.clear()
    one.work()
    assert place.put_there[3] == "media/new.jpg"
    assert len(place.put_there) == 11


def test_who_does_not_write_any_more_puts_and_removes_nothing(
    content: Path,
    tmp_path: Path,
    make: Make,
    later: Later,
    monotonic: Seconds,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(content, "media/old.jpg")
    write(content, "media/a.jpg")
    one = make()
    one.work()
    (content / "media/old.jpg").unlink()
    look(one, monotonic)
    later.more += GRACE + 1
    write(content, "media/a.jpg", b"\xff\xd8 two")
    monkeypatch.setattr(one, "_may_write", lambda: False)
    look(one, monotonic)
    assert held(tmp_path) == {"media/a.jpg": b"\xff\xd8 one", "media/old.jpg": b"\xff\xd8 one"}


def test_what_another_wrote_there_is_put_right(
    content: Path, tmp_path: Path, make: Make, later: Later, monotonic: Seconds
) -> None:
    write(content)
    one = make()
    one.work()
    (tmp_path / "share" / PICTURE).write_bytes(b"\xff\xd8 older")
    left = tmp_path / "share/media" / f".new-{'0' * 16}.tmp"
    left.write_bytes(b"cut off")
    os.utime(left, (0, 0))
    write(tmp_path / "share", "media/left.jpg")  # of a writer before
    look(one, monotonic, copies.LIST_EVERY)
    assert held(tmp_path) == {PICTURE: b"\xff\xd8 one", "media/left.jpg": b"\xff\xd8 one"}
    later.more += GRACE + 1
    look(one, monotonic)
    assert held(tmp_path).keys() == {PICTURE}


def test_smaller_pictures_are_put_at_their_addresses(
    content: Path,
    tmp_path: Path,
    make: Make,
    derived: DerivedFiles,
    indexer: Indexer,
    its_index: IndexWriter,
    later: Later,
    monotonic: Seconds,
) -> None:
    (content / "media").mkdir()
    Image.effect_noise((500, 300), 90).save(content / "media/a.jpg")
    write_article(content, "field/a.md", image="media/a.jpg")
    indexer.scan()
    one = make()
    one.work()
    assert held(tmp_path).keys() == {"media/a.jpg"}
    SmallerPictures(ContentFiles(content), derived, its_index, 2**30, monotonic=monotonic).work()
    (digest,) = derived.lengths()
    look(one, monotonic)
    smaller = {f"pictures/{digest}/{each}" for each in ("480/a.jpg", "480/a.jpg.webp")}
    wider = {each.replace("/480/", "/500/") for each in smaller}
    assert held(tmp_path).keys() == {"media/a.jpg"} | smaller | wider
    for path, start in (("480/a.jpg", b"\xff\xd8"), ("480/a.jpg.webp", b"RIFF")):
        opened = FolderPlace(tmp_path / "share", later).open(f"pictures/{digest}/{path}")
        assert opened
        with opened.stream:
            assert opened.stream.read().startswith(start)
    (content / "field/a.md").unlink()
    indexer.scan(accept_removals=True)
    look(one, monotonic, copies.LIST_EVERY)
    later.more += GRACE + 1
    look(one, monotonic)
    assert held(tmp_path).keys() == {"media/a.jpg"}


@pytest.mark.parametrize(
    "path", ["media/../secret.jpg", "/etc/passwd", "media/a\0.jpg", "media//../x.jpg", "pictures/" + "a/" * 2000 + "x.jpg", "media/link.jpg", "media/.hidden.jpg"]
)  # fmt: skip
def test_no_name_leads_out(tmp_path: Path, place: Counted, path: str) -> None:
    write(tmp_path, "secret.jpg")
    (tmp_path / "share/media").mkdir()
    (tmp_path / "share/media/link.jpg").symlink_to(tmp_path / "secret.jpg")
    assert place.open(path) is None


def test_a_note_that_was_cut_off_loses_that_line(tmp_path: Path) -> None:
    note = Note(tmp_path / "note")
    note.write({"media/a.jpg": Put("1", "t"), "media/b.jpg": Put("2", "t", 3.5)})
    note.write({"media/a.jpg": None})
    with (tmp_path / "note").open("ab") as stream:
        stream.write(b'["media/c.jpg", "1"\n[3, 4\n\xff\n')
    assert Note(tmp_path / "note").read() == {"media/b.jpg": Put("2", "t", 3.5)}
    assert Note(tmp_path / "note").read() == {"media/b.jpg": Put("2", "t", 3.5)}
