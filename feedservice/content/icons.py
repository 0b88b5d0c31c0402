"""The icons of a site, made of one picture. Pillow's, so for a process that may die of it."""

import io
import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from feedservice.domain.site_icons import APPLE, FAVICON, MASKABLE, SIZES
from feedservice.domain.theme import LIGHT

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 2**24
"""Of a picture that is decoded for an icon."""
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_FAVICON_SIZES = ((16, 16), (32, 32), (48, 48))
_FILLED: Mapping[str, float] = MappingProxyType({APPLE: 0.86, MASKABLE: 0.62})
"""Which icons have a ground, and how much of their side the picture takes on it: no corner of it
lies outside the circle that is safe."""


def made(stream: BinaryIO) -> dict[str, bytes]:
    """Return the icons by their names; nothing of a picture that cannot be read, or is too large.

    Each is a square, in whose middle the picture lies whole.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415

    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(stream, formats=_FORMATS) as picture,
        ):
            if picture.width * picture.height > MAX_PIXELS:
                return {}
            whole = ImageOps.exif_transpose(picture).convert("RGBA")
        return {name: _written(name, _square(whole, name, size)) for name, size in SIZES.items()}
    except Exception:  # noqa: BLE001 - a parser of hostile bytes: what it raises is listed nowhere
        return {}


def _square(picture: "Image", name: str, size: int) -> "Image":
    from PIL import Image  # noqa: PLC0415

    room = round(size * _FILLED.get(name, 1.0))
    scale = room / max(picture.size)
    width, height = (max(round(side * scale), 1) for side in picture.size)
    ground = LIGHT[0] if name in _FILLED else (0, 0, 0, 0)
    square = Image.new("RGBA", (size, size), ground)
    place = ((size - width) // 2, (size - height) // 2)
    square.alpha_composite(picture.resize((width, height), Image.Resampling.LANCZOS), place)
    return square


def _written(name: str, icon: "Image") -> bytes:
    stream = io.BytesIO()
    if name == FAVICON:
        icon.save(stream, "ICO", sizes=_FAVICON_SIZES)
    else:
        icon.save(stream, "PNG", optimize=True)
    return stream.getvalue()
