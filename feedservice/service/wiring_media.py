"""Settings → what puts media where replicas find them, and what opens them there."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from feedservice.clock import steady_now
from feedservice.content.files import ContentFiles
from feedservice.domain.source_address import is_place
from feedservice.service import wiring
from feedservice.settings import Settings

if TYPE_CHECKING:
    from feedservice.ingest.media.copies import MediaCopies
    from feedservice.ingest.media.place import Place
    from feedservice.service.media_opening import MediaOpening


def opening(given: Settings) -> "MediaOpening | None":
    """Return what opens media for a replica; None where they are nowhere that it could open."""
    if not (given.replica and is_place(given.media)):
        return None
    # What answers, which a writer does not.
    from feedservice.service.media_opening import MediaOpening  # noqa: PLC0415

    return MediaOpening(cache(lambda: _place(given)))


def copies(given: Settings, may_write: Callable[[], bool]) -> "MediaCopies | None":
    """Return what puts media where replicas find them, for the one writer; None for nowhere."""
    if not is_place(given.media):
        return None
    # What writes, which a replica does not.
    from feedservice.ingest.media.copies import MediaCopies  # noqa: PLC0415
    from feedservice.ingest.media.note import Note  # noqa: PLC0415

    return MediaCopies(
        ContentFiles(given.content),
        wiring.derived_files(given),
        wiring.reader(given),
        _place(given),
        Note(given.state / "media-put.jsonl"),
        steady_now,
        given.rescan,
        may_write,
    )


def _place(given: Settings) -> "Place":
    from feedservice.ingest.media.folder import FolderPlace  # noqa: PLC0415

    return FolderPlace(Path(given.media), steady_now)
