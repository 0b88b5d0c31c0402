"""Settings → what puts media where replicas find them, and what opens them there."""

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from feedservice.clock import steady_now
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import SettingsError
from feedservice.domain.source_address import is_place, is_store
from feedservice.i18n import _
from feedservice.service import wiring
from feedservice.settings import Settings

if TYPE_CHECKING:
    from feedservice.ingest.media.copies import MediaCopies
    from feedservice.ingest.media.place import Place
    from feedservice.service.media_opening import MediaOpening


def check(given: Settings) -> None:
    """Look whether what asks an object store is installed, without importing it.

    Raises:
        SettingsError: it is not, and media are in one.
    """
    if is_store(given.media) and find_spec("obstore") is None:
        raise SettingsError(
            _(
                "{setting} needs a package more: {command}",
                setting=f"FEEDSERVICE_MEDIA={given.media}",
                command="pip install 'feedservice[s3]'",
            )
        )


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
    check(given)
    # What writes, which a replica does not.
    from feedservice.ingest.media.copies import MediaCopies  # noqa: PLC0415
    from feedservice.ingest.media.note import Note  # noqa: PLC0415

    return MediaCopies(
        ContentFiles(given.content),
        wiring.derived_files(given),
        wiring.reader(given),
        cache(lambda: _place(given)),
        Note(given.state / "media-put.jsonl"),
        steady_now,
        given.rescan,
        may_write,
    )


def _place(given: Settings) -> "Place":
    if is_store(given.media):
        # An extra, for who has an object store.
        from feedservice.ingest.media.store import READING, WRITING, StorePlace  # noqa: PLC0415

        return StorePlace(given.media, READING if given.replica else WRITING)
    from feedservice.ingest.media.folder import FolderPlace  # noqa: PLC0415

    return FolderPlace(Path(given.media), steady_now)
