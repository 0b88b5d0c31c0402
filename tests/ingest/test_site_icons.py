"""The icons of a site follow its picture."""

import io
import signal
from pathlib import Path

import pytest
from PIL import Image

from factories import SITE_YAML
from feedservice.content import icons
from feedservice.content.files import ContentFiles
from feedservice.content.seen import unknown
from feedservice.domain.site_icons import FAVICON, SIZES
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.system.worker import Died


def drawn(color: str, size: tuple[int, int] = (300, 100)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, color).save(stream, "PNG")
    return stream.getvalue()


def test_icons_are_squares_with_the_whole_picture_in_the_middle() -> None:
    made = icons.made(io.BytesIO(drawn("red")))
    assert made.keys() == SIZES.keys()
    for name, data in made.items():
        with Image.open(io.BytesIO(data)) as icon:
            side = SIZES[name]
            assert icon.size == (side, side)
            shown = icon.convert("RGBA")
            assert shown.getpixel((side // 2, side // 2)) == (255, 0, 0, 255)
            assert shown.getpixel((side // 2, 1)) != (255, 0, 0, 255)
    with Image.open(io.BytesIO(made[FAVICON])) as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_a_photograph_lies_as_it_is_meant() -> None:
    """Orientation 6: the first row is the right-hand side (Exif 2.32 §4.6.5)."""
    photo, exif, stream = Image.new("RGB", (300, 300), "blue"), Image.Exif(), io.BytesIO()
    photo.paste("red", (0, 0, 300, 150))
    exif[0x0112] = 6
    photo.save(stream, "JPEG", exif=exif)
    with Image.open(io.BytesIO(icons.made(stream)["icon-192.png"])) as icon:
        left, right = (icon.convert("RGB").getpixel((x, 96)) for x in (20, 170))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert (left[2] > 200, right[0] > 200) == (True, True)


@pytest.mark.parametrize(
    "fault",
    [OSError("no process"), Died("", -signal.SIGALRM), Died("", 1)],
    ids=["none left", "busy", "not begun"],
)
def test_a_machine_without_time_takes_no_icons_away(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
) -> None:
    monkeypatch.setattr("feedservice.ingest.site_icons.Worker", Here)
    (content / "media").mkdir()
    (content / "media" / "logo.png").write_bytes(drawn("red"))
    (content / "site.yaml").write_text(SITE_YAML + "logo: media/logo.png\n", encoding="utf-8")
    with monkeypatch.context() as busy:
        busy.setattr(Here, "fault", fault)
        indexer.scan()
    assert its_index.icon(FAVICON) == b""
    indexer.scan()
    assert its_index.icon(FAVICON) == icons.made(io.BytesIO(drawn("red")))[FAVICON]


def test_a_picture_of_which_the_system_tells_nothing_takes_no_icons_away(
    content: Path, indexer: Indexer, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedservice.ingest.site_icons.Worker", Here)
    (content / "media").mkdir()
    (content / "media" / "logo.png").write_bytes(drawn("red"))
    (content / "site.yaml").write_text(SITE_YAML + "logo: media/logo.png\n", encoding="utf-8")
    indexer.scan()
    made = its_index.icons_made_of()
    assert made
    monkeypatch.setattr(ContentFiles, "stat", lambda _files, path: unknown(path))
    indexer.scan()
    assert its_index.icons_made_of() == made


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg/>", drawn("red")[:60], drawn("red", (5000, 5000))],
    ids=["empty", "drawing", "cut off", "too large"],
)
def test_of_what_is_no_picture_or_too_large_no_icons_are_made(data: bytes) -> None:
    assert icons.made(io.BytesIO(data)) == {}


def test_icons_are_made_once_and_anew_where_the_picture_changes(
    content: Path, indexer: Indexer, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In this process: its child is `content.reading_process`'s own.
    monkeypatch.setattr("feedservice.ingest.site_icons.Worker", Here)
    picture = content / "media" / "logo.png"
    picture.parent.mkdir()
    picture.write_bytes(drawn("red"))
    indexer.scan()
    assert its_index.icon(FAVICON) == b""
    (content / "site.yaml").write_text(SITE_YAML + "logo: media/logo.png\n", encoding="utf-8")
    indexer.scan()
    red = its_index.icon(FAVICON)
    assert red == icons.made(io.BytesIO(drawn("red")))[FAVICON]
    revision = its_index.revision()
    indexer.scan()
    assert its_index.revision() == revision
    picture.write_bytes(drawn("blue", (301, 100)))
    indexer.scan()
    assert its_index.icon(FAVICON) not in (red, b"")
    assert its_index.revision() > revision
    picture.write_bytes(b"none")
    indexer.scan()
    assert its_index.icon(FAVICON) == b""
    picture.unlink()
    indexer.scan()
    assert its_index.icon(FAVICON) == b""


class Here:
    """A worker that is this process."""

    fault: Exception | None = None

    def ask(self, function, *given):  # type: ignore[no-untyped-def]
        if self.fault:
            raise self.fault
        return function(*given)

    def close(self) -> None:
        pass
