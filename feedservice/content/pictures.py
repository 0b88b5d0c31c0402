"""Pictures: how large they are, by their headers, and smaller ones made of them.

The only user of Pillow.
"""

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from feedservice.domain import derived_pictures
from feedservice.domain.derived_pictures import widths
from feedservice.domain.model import Media

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PICTURE = 32 * 2**20
"""Bytes of a picture that is measured: some formats are read whole for that."""
MAX_PIXELS = 2**26
"""Of a picture that smaller ones are made of: decoded it has to fit into a child's memory."""
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
"""Of these Pillow tells the size."""
_STILL = frozenset({"JPEG", "MPO", "PNG", "WEBP", "AVIF"})
"""Of these smaller ones are made: what cameras call MPO is a JPEG that begins with the picture."""

_MAX_SIDE = 16383
"""Pixels of a WebP picture."""
_QUALITY_WEBP, _QUALITY_JPEG = 68, 80

_ORIENTATION = 0x0112
_TURNS = MappingProxyType({2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2})
"""By how it lies what Pillow calls the way to turn it (``Image.Transpose``)."""
_LYING = frozenset({5, 6, 7, 8})
"""Of these orientations what was taken as width is the height."""
_RULES = b"pictures 1"
"""Another text makes all addresses new: for whenever pictures come out in another way."""
_WHOLE = 2**18
_BLOCK = 2**13
"""Bytes: a file of more than the first is known by as many blocks of the second, evenly spaced.

All of its bytes compressed, another picture is another in nearly all of them; to read tens of
megabytes would keep its article back.
"""


class Measured(NamedTuple):
    """Pixels as the picture is shown (0 where it tells none), and whether smaller ones are made."""

    width: int = 0
    height: int = 0
    is_derived: bool = False


def measured(stream: BinaryIO) -> Measured:
    """Return what a picture's header tells."""
    try:
        with _opened(stream) as picture:
            width, height = picture.size
            if _orientation(picture) in _LYING:
                width, height = height, width
            return Measured(width, height, _is_derived(picture))
    except Exception:  # noqa: BLE001 - a parser of hostile bytes: what it raises is listed nowhere
        return Measured()


def digest(stream: BinaryIO, length: int) -> str:
    """Return what tells a picture from every other, and changes with how smaller ones are made."""
    found = blake2b(_RULES + length.to_bytes(8), digest_size=10)
    last = _WHOLE // _BLOCK - 1
    starts = [n * (length - _BLOCK) // last for n in range(last + 1)] if length > _WHOLE else [0]
    for start in starts:
        stream.seek(start)
        found.update(stream.read(_BLOCK if length > _WHOLE else _WHOLE))
    return found.hexdigest()


@contextmanager
def _opened(stream: BinaryIO) -> Iterator["Image"]:
    from PIL import Image  # noqa: PLC0415 - most processes that start measure none

    stream.seek(0)
    with (
        warnings.catch_warnings(action="ignore"),  # of many pixels: none is read
        Image.open(stream, formats=_FORMATS) as picture,
    ):
        yield picture


def _orientation(picture: "Image") -> int:
    """How it lies, as its header says (Exif 2.32 §4.6.5); Pillow's own way may decode all of it."""
    from PIL import Image  # noqa: PLC0415

    told = picture.info.get("exif")
    if not isinstance(told, bytes):
        return 1
    try:
        exif = Image.Exif()
        exif.load(told)
        way = exif.get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - as above
        return 1
    return way if way in range(1, 9) else 1


def _is_derived(picture: "Image") -> bool:
    """Whether smaller ones are made: not of what moves, nor of more pixels than there is room."""
    if picture.format not in _STILL or picture.width * picture.height > MAX_PIXELS:
        return False
    long, short = max(picture.size), min(picture.size)
    if long > _MAX_SIDE and long * derived_pictures.WIDTHS[-1] > _MAX_SIDE * short:
        return False
    return picture.format == "MPO" or getattr(picture, "n_frames", 1) == 1


def derived(
    stream: BinaryIO, original: Media, begun: Callable[[], object]
) -> Iterator[tuple[int, bool, bytes]]:
    """Yield the smaller pictures of one: the width, whether it is WebP, and the bytes.

    Nothing that the original tells is in them but what it shows: not where it was taken, by whom
    and with what. How it lies is obeyed, and its colours become those of the web (sRGB).

    Args:
        stream: the original.
        original: as it was measured.
        begun: called before each step, which takes its time and may end the process.

    Raises:
        Exception: it cannot be read; which one, nobody knows.
    """
    from PIL import Image  # noqa: PLC0415

    each = [(width, derived_pictures.height(original, width)) for width in widths(original)]
    begun()
    with _opened(stream) as picture:
        if not _is_derived(picture):
            raise ValueError("a picture of which no smaller ones are made")
        way = _orientation(picture)
        turned = _TURNS.get(way)
        profile = picture.info.get("icc_profile")
        box = each[-1][::-1] if way in _LYING else each[-1]
        # A JPEG is decoded in half, a quarter or an eighth of its size where that is enough.
        drafted = picture.draft(None, box)
        image = _plain(picture)
        image = image.resize(
            box, Image.Resampling.LANCZOS, drafted[1] if drafted else None, reducing_gap=2.0
        )
    image = _in_colours_of_web(image, profile)
    image.info = {}
    if turned is not None:
        image = image.transpose(Image.Transpose(turned))
    for width, height in reversed(each):
        begun()
        image = image.resize((width, height), Image.Resampling.LANCZOS)
        yield width, True, _written(image, "WEBP", quality=_QUALITY_WEBP)
        begun()
        if original.media_type == "image/jpeg":
            made = _written(
                image.convert("RGB"), "JPEG", quality=_QUALITY_JPEG, optimize=True, progressive=True
            )
            yield width, False, made
        elif original.media_type == "image/png":
            yield width, False, _written(image, "PNG")


def _plain(picture: "Image") -> "Image":
    """A picture whose pixels can be mixed: colours or greys of 8 bits, transparent or not."""
    if picture.mode.startswith("I"):  # greys of 16 bits
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode in ("L", "RGB", "CMYK", "LA", "RGBA"):
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _in_colours_of_web(image: "Image", profile: object) -> "Image":
    from PIL import ImageCms  # noqa: PLC0415

    if isinstance(profile, bytes) and profile and image.mode in ("RGB", "RGBA", "CMYK"):
        with suppress(Exception):  # of a stranger: what it raises is listed nowhere
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            its, of_web = io.BytesIO(profile), ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, its, of_web, outputMode=mode)
            assert converted
            return converted
    return image.convert("RGB") if image.mode == "CMYK" else image


def _written(image: "Image", kind: str, **how: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **how)
    return stream.getvalue()
