"""The icons of a site follow its picture."""

import io
from pathlib import Path

import pytest
from PIL import Image

from factories import SITE_YAML
from feedservice.content import icons
from feedservice.domain.site_icons import FAVICON, SIZES
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer


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

    def begin(self, function, *given) -> None:  # type: ignore[no-untyped-def]
        self._found = function(*given)

    def result(self):  # type: ignore[no-untyped-def]
        return self._found

    def close(self) -> None:
        pass
