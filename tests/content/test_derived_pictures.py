"""Smaller pictures: as large as the original allows, as it lies, and silent about where it was
taken."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from feedservice.content import pictures
from feedservice.content.derived_files import FAULT, DerivedFiles
from feedservice.content.deriving_process import derived
from feedservice.content.files import ContentFiles
from feedservice.domain.model import Media

ORIENTATION, GPS = 0x0112, 0x8825


@pytest.fixture
def files(content: Path) -> ContentFiles:
    (content / "media").mkdir(exist_ok=True)
    return ContentFiles(content)


def keep(files: ContentFiles, name: str, picture: Image.Image, **how: object) -> Media:
    """Write a picture, and measure it."""
    picture.save(files.root / "media" / name, **how)  # type: ignore[arg-type]
    found = files.measure(Media(src=f"media/{name}"))
    assert found
    return found


def made_of(files: ContentFiles, original: Media) -> dict[str, Image.Image]:
    made = derived(files, original.src, original.digest)
    return {name: Image.open(io.BytesIO(data)) for name, data in made.items()}


def photo(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Red above, blue below."""
    picture = Image.new(mode, (width, height), "blue")
    picture.paste("red", (0, 0, width, height // 2))
    return picture


def told(**more: object) -> Image.Exif:
    """What a camera tells."""
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    exif.get_ifd(GPS)[1] = "N"
    for tag in more.values():
        exif[ORIENTATION] = tag
    return exif


@pytest.mark.parametrize(
    ("suffix", "own"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", None), ("avif", None)]
)
def test_each_is_made_as_webp_and_where_programs_need_it_in_its_own_type(
    files: ContentFiles, suffix: str, own: str | None
) -> None:
    original = keep(files, f"a.{suffix}", photo(2000, 1000), exif=told())
    made = made_of(files, original)
    sizes = {480: 240, 960: 480, 1600: 800}
    assert {name: each.format for name, each in made.items()} == {
        **{f"{width}.webp": "WEBP" for width in sizes},
        **{f"{width}": own for width in sizes if own},
    }
    for name, each in made.items():
        width = int(name.partition(".")[0])
        assert each.size == (width, sizes[width])
        assert not each.getexif()
        assert not each.info.keys() & {"exif", "xmp", "comment", "icc_profile", "photoshop"}


@pytest.mark.parametrize(
    ("width", "widths"), [(300, [300]), (480, [480]), (500, [480, 500]), (1600, [480, 960, 1600])]
)
def test_none_is_enlarged(files: ContentFiles, width: int, widths: list[int]) -> None:
    made = made_of(files, keep(files, "a.webp", photo(width, 10)))
    assert sorted(each.width for each in made.values()) == widths


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "avif"])
def test_how_it_lies_is_obeyed(files: ContentFiles, suffix: str) -> None:
    """Orientation 6: the first row is the right-hand side (Exif 2.32 §4.6.5)."""
    original = keep(files, f"a.{suffix}", photo(600, 400), exif=told(way=6))
    assert (original.width, original.height) == (400, 600)
    for each in made_of(files, original).values():
        assert each.size == (400, 600)
        left, _, right = (each.convert("RGB").getpixel((x, 300)) for x in (50, 200, 350))
        assert isinstance(left, tuple)
        assert isinstance(right, tuple)
        assert (left[2] > 200, right[0] > 200) == (True, True)


def test_colours_of_another_space_become_those_of_the_web(files: ContentFiles) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (lab, b"no profile at all", b""):
        original = keep(files, "a.jpg", photo(100, 100), icc_profile=profile)
        made = made_of(files, original)["100"].convert("RGB").getpixel((50, 20))
        assert isinstance(made, tuple)
        assert made[0] > 240


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixel_is_read(files: ContentFiles, mode: str) -> None:
    grey = Image.linear_gradient("L").resize((500, 500))
    picture = Image.new("I;16", (500, 500), 40_000) if mode == "I;16" else grey.convert(mode)
    if mode in ("LA", "RGBA"):
        picture.putalpha(grey)
    made = made_of(files, keep(files, "a.png", picture))
    assert [each.size for each in made.values()] == [(500, 500)] * 2 + [(480, 480)] * 2
    if mode in ("LA", "RGBA"):
        assert made["480.webp"].mode == "RGBA"
    if mode == "I;16":
        assert made["480"].convert("L").getpixel((9, 9)) == 40_000 // 256


def test_print_colours_are_made_those_of_screens(files: ContentFiles) -> None:
    made = made_of(files, keep(files, "a.jpg", photo(600, 400).convert("CMYK")))
    assert {each.mode for each in made.values()} == {"RGB"}


def test_what_a_camera_keeps_behind_a_picture_is_none_that_moves(files: ContentFiles) -> None:
    first, second = photo(600, 400), photo(60, 40)
    original = keep(files, "a.jpg", first, format="MPO", save_all=True, append_images=[second])
    assert original.media_type == "image/jpeg"
    assert made_of(files, original)["480"].size == (480, 320)


def test_of_what_moves_none_are_made(files: ContentFiles) -> None:
    frames = [photo(500, 300), photo(500, 300).rotate(180)]
    for name in ("a.gif", "a.webp", "a.png", "a.avif"):
        found = keep(files, name, frames[0], save_all=True, append_images=frames[1:])
        assert (found.width, found.digest) == (500, ""), name


def test_of_a_drawing_none_are_made(files: ContentFiles) -> None:
    (files.root / "media/a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    found = files.measure(Media(src="media/a.svg"))
    assert found
    assert found.digest == ""


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(
    files: ContentFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few kilobytes that decode to gigabytes."""
    original = keep(files, "a.png", photo(3000, 2000))
    monkeypatch.setattr(pictures, "MAX_PIXELS", 3000 * 2000 - 1)
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("it is decoded"))
    found = files.measure(Media(src="media/a.png"))
    assert found
    assert (found.width, found.digest) == (3000, "")
    with (files.root / "media/a.png").open("rb") as stream, pytest.raises(ValueError, match="no"):
        list(pictures.derived(stream, original, lambda: None))


def test_of_what_is_too_high_for_webp_none_are_made(files: ContentFiles) -> None:
    assert not keep(files, "a.png", photo(900, 17_000)).digest
    assert keep(files, "b.png", photo(1600, 16_000)).digest


def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path) -> None:
    kept = DerivedFiles(tmp_path / "pictures")
    kept.put("0a", {"480": b"x", "480.webp": b"y"})
    modes = {path.name: path.stat().st_mode & 0o777 for path in kept.folder.rglob("*")}
    assert modes == {"0a": 0o700, "480": 0o600, "480.webp": 0o600}
    assert kept.folder.stat().st_mode & 0o777 == 0o700


def test_a_picture_is_known_by_its_bytes(files: ContentFiles) -> None:
    noise = Image.effect_noise((1200, 1200), 90)
    first, second = keep(files, "a.png", noise), keep(files, "b.png", noise)
    assert (files.root / "media/a.png").stat().st_size > 2**19
    assert first.digest == second.digest
    assert keep(files, "c.png", Image.effect_noise((1200, 1200), 90)).digest != first.digest


def test_one_that_is_cut_off_stays_as_it_is(files: ContentFiles) -> None:
    original = keep(files, "a.jpg", Image.effect_noise((900, 900), 90))
    file = files.root / original.src
    file.write_bytes(file.read_bytes()[:40_000])
    cut = files.measure(Media(src=original.src))
    assert cut
    assert derived(files, cut.src, cut.digest).keys() == {FAULT}
    assert derived(files, cut.src, original.digest) == {}, "it is another by now"
