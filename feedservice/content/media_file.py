"""An open file of media/."""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO


@dataclass(slots=True, kw_only=True)
class MediaFile:
    """An open file of media/: the web layer streams and closes it."""

    stream: BinaryIO
    length: int
    media_type: str
    etag: str
    last_modified: datetime
