"""Opens media where the writer put them, so that a place that is away is felt by media alone."""

import logging
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from feedservice.content.media_file import MediaFile
from feedservice.domain.derived_pictures import file_path
from feedservice.domain.errors import MediaUnavailable, SourceUnavailable
from feedservice.http.admission import Busy, Slots, TimedOut

if TYPE_CHECKING:
    from feedservice.ingest.media.place import Place

log = logging.getLogger(__name__)

AT_ONCE, WAITING, PATIENCE = 8, 16, 0.5
"""How many files each process opens at once, how many requests wait for that, and for how many
seconds: pages ask for all their pictures in one moment."""
REST = 1.0
"""Seconds for which a place that failed, or hangs, is asked nothing."""


class MediaOpening:
    """The doors `OpenMedia` and `OpenDerived` to a place. Both raise `MediaUnavailable`.

    Args:
        place: returns the place; called when it is first asked, since its library may survive no
            fork.
        monotonic: tells seconds that no change of the clock touches.
    """

    def __init__(
        self, place: Callable[[], "Place"], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._place = place
        self._monotonic = monotonic
        self._slots = Slots(AT_ONCE, WAITING, PATIENCE)
        self._rests_until = 0.0
        self._answered = -math.inf
        self._is_told = False

    def media(self, name: str) -> MediaFile | None:
        """Open a file by its name below media/."""
        return self._open(f"media/{name}")

    def derived(self, digest: str, name: str, original: str) -> MediaFile | None:
        """Open a smaller picture of an original."""
        return self._open(file_path(digest, name, original))

    def _open(self, path: str) -> MediaFile | None:
        asked = self._monotonic()
        if asked < self._rests_until:
            raise MediaUnavailable("they could not be had a moment ago")
        try:
            with self._slots.take():
                try:
                    file = self._place().open(path)
                finally:
                    self._answered = self._monotonic()
        except Busy as error:
            if isinstance(error, TimedOut) and self._answered < asked:  # more than a burst
                self._rests_until = self._monotonic() + REST
            raise MediaUnavailable("too many are being opened") from None
        except MediaUnavailable as error:  # of this file only: others are asked for
            self._tell(error)
            raise
        except (OSError, SourceUnavailable) as error:
            self._rests_until = self._monotonic() + REST
            self._tell(error)
            raise MediaUnavailable(str(error)) from error
        if self._is_told:
            log.info("media can be had again")
        self._is_told = False
        return file

    def _tell(self, error: Exception) -> None:
        if not self._is_told:
            log.warning("media cannot be had where they are put: %s", error)
        self._is_told = True
