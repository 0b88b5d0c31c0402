"""How large a picture is, by its header. The only user of Pillow."""

import warnings
from typing import BinaryIO

MAX_PICTURE = 32 * 2**20
"""Bytes of a picture that is measured: some formats are read whole for that."""
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
"""Of these Pillow tells the size."""


def dimensions(stream: BinaryIO) -> tuple[int, int]:
    """Return width and height in pixels from the picture's header; 0 and 0 where it tells none."""
    from PIL import Image  # noqa: PLC0415 - most processes that start measure none

    try:
        with (
            warnings.catch_warnings(action="ignore"),  # of many pixels: none is read
            Image.open(stream, formats=_FORMATS) as picture,
        ):
            return picture.size
    except Exception:  # noqa: BLE001 - a parser of hostile bytes: what it raises is listed nowhere
        return 0, 0
