"""What is kept of smaller pictures follows the index, within a budget."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from factories import Seconds, write_article
from feedservice.content.derived_files import FAULT, DerivedFiles
from feedservice.content.deriving_process import DerivingProcess
from feedservice.content.files import ContentFiles
from feedservice.domain.model import Media
from feedservice.index.writer import IndexWriter
from feedservice.ingest import smaller_pictures
from feedservice.ingest.indexer import Indexer
from feedservice.ingest.smaller_pictures import SmallerPictures
from poison import poisonable

Make = Callable[..., SmallerPictures]


@pytest.fixture
def kept(tmp_path: Path) -> DerivedFiles:
    return DerivedFiles(tmp_path / "state" / "pictures")


@pytest.fixture
def make(content: Path, kept: DerivedFiles, its_index: IndexWriter, monotonic: Seconds) -> Make:
    def made(budget: int = 2**30) -> SmallerPictures:
        return SmallerPictures(ContentFiles(content), kept, its_index, budget, monotonic=monotonic)

    return made


def write(content: Path, name: str, day: int = 1, data: bytes = b"", body: str = "نص") -> None:
    """An article with a picture."""
    (content / "media").mkdir(exist_ok=True)
    Image.effect_noise((500, 300), 90).save(content / "media" / f"{name}.jpg", comment=data)
    write_article(
        content, f"field/{name}.md", body, image=f"media/{name}.jpg", date=f"2025-12-{day:02}"
    )


def made_of(content: Path, kept: DerivedFiles) -> set[str]:
    """The names of pictures of which smaller ones are kept; the digests of those no more there."""
    files = ContentFiles(content)
    measured = [files.measure(Media(src=path)) for path in files.walk("media").media]
    names = {each.digest: Path(each.src).stem for each in measured if each}
    return {
        names.get(digest, digest)
        for digest in kept.lengths()
        if not (kept.folder / digest / FAULT).exists()
    }


def test_what_is_published_is_made_the_newest_first(
    content: Path, kept: DerivedFiles, indexer: Indexer, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    making = make()
    making.work()  # nothing is indexed yet
    order: list[str] = []
    derive = DerivingProcess.derive

    def noted(self: DerivingProcess, src: str, digest: str) -> object:
        order.append(Path(src).stem)
        if src == "media/b.jpg":  # while it is worked at
            write(content, "new", 1)
            indexer.scan()
        return derive(self, src, digest)

    monkeypatch.setattr(DerivingProcess, "derive", noted)
    for day, name in enumerate("abc", 1):
        write(content, name, day)
    Image.effect_noise((500, 300), 90).save(content / "media/body.png")
    write(content, "d", 4, body="![ص](media/body.png) [ملف](media/other.jpg)")
    indexer.scan()
    making.work()
    assert sorted(order[:2]) == ["body", "d"]
    assert order[2:] == ["c", "b", "new", "a"]
    assert made_of(content, kept) == {*order}
    making.work()
    make().work()  # after a restart
    assert len(order) == 6


def test_what_no_article_shows_any_more_is_removed(
    content: Path, kept: DerivedFiles, indexer: Indexer, make: Make, monotonic: Seconds
) -> None:
    write(content, "a")
    write(content, "b")
    indexer.scan()
    making = make()
    making.work()
    begun = kept.folder / "new-begun"
    begun.mkdir()
    write(content, "b")  # another picture of that name
    (content / "media/a.jpg").unlink()
    indexer.scan()
    making.work()
    assert len(kept.lengths()) == 3
    monotonic.now += smaller_pictures.ALL_EVERY
    making.work()
    assert made_of(content, kept) == {"b"}
    assert not begun.exists()


def test_the_oldest_have_no_room(
    content: Path, kept: DerivedFiles, indexer: Indexer, make: Make, monotonic: Seconds
) -> None:
    for day, name in enumerate("abcd", 1):
        write(content, name, day)
    indexer.scan()
    making = make()
    making.work()
    usual = sum(kept.lengths().values()) // 4
    making = make(budget=usual * 5 // 2)
    making.work()
    assert made_of(content, kept) == {"c", "d"}
    write(content, "e", 5)
    indexer.scan()
    for _ in range(2):
        making.work()
        assert made_of(content, kept) == {"d", "e"}
        monotonic.now += smaller_pictures.ALL_EVERY


@pytest.mark.usefixtures(poisonable.__name__)
@pytest.mark.parametrize("way", ["CRASH", "KILL", "SLOW", "MEMORY"])
def test_a_picture_of_which_the_process_dies_stays_as_it_is(
    content: Path, kept: DerivedFiles, indexer: Indexer, make: Make, way: str
) -> None:
    write(content, "a", 1)
    write(content, "poison", 2, f"LATER-{way}".encode())
    indexer.scan()
    make().work()
    assert made_of(content, kept) == {"a"}
    if way != "SLOW":  # which is tried again where a busy machine gave it no time
        assert len(kept.lengths()) == 2, "it is not tried again"


def test_a_full_disk_ends_nothing(
    content: Path,
    kept: DerivedFiles,
    indexer: Indexer,
    make: Make,
    monotonic: Seconds,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(content, "a")
    indexer.scan()
    making = make()
    kept.folder.parent.mkdir()
    kept.folder.touch()  # no folder can be made there
    making.work()
    kept.folder.unlink()
    making.work()
    assert made_of(content, kept) == set(), "it waits, for each try takes a second of a processor"
    monotonic.now += smaller_pictures.ALL_EVERY
    making.work()
    assert made_of(content, kept) == {"a"}
