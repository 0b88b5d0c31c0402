"""Makes smaller pictures in a process that may die of one: that one stays as it is."""

import logging
from collections.abc import Mapping

from feedservice.content import pictures
from feedservice.content.derived_files import FAULT
from feedservice.content.files import ContentFiles
from feedservice.domain.derived_pictures import WEBP
from feedservice.domain.model import Media
from feedservice.system import worker
from feedservice.system.worker import Died, Worker

log = logging.getLogger(__name__)

NICENESS = 19


class DerivingProcess:
    """Makes smaller pictures in a child process, which waits for whatever else the machine does.

    Args:
        files: the content folder.
    """

    def __init__(self, files: ContentFiles) -> None:
        self._files = files
        self._worker = Worker(NICENESS)

    def derive(self, src: str, digest: str) -> Mapping[str, bytes]:
        """Return the smaller pictures of a picture, by the names of their files.

        Args:
            src: ``media/…``.
            digest: as it was when it was measured.

        Returns:
            Nothing where it is another by now, or where the machine had no time for it; `FAULT`
            where none can be made.
        """
        try:
            made: Mapping[str, bytes] = self._worker.ask(derived, self._files, src, digest)
        except OSError:  # the system has no process left
            return {}
        except Died as died:
            log.warning("the process that made smaller pictures of %s ended: %s", src, died.why)
            return {} if died.is_chance else {FAULT: died.why.encode()}
        return made

    def close(self) -> None:
        """End the process."""
        self._worker.close()


def derived(files: ContentFiles, src: str, digest: str) -> Mapping[str, bytes]:
    """Do what `DerivingProcess.derive` does, in this process."""

    def begun() -> None:
        worker.tell(src)

    begun()
    original = files.measure(Media(src=src))
    source = files.open_media(src.removeprefix("media/"))
    if source is None:
        return {}
    with source.stream as stream:
        if original is None or original.digest != digest:
            return {}
        try:
            made = pictures.derived(stream, original, begun)
            return {f"{width}{WEBP if is_webp else ''}": data for width, is_webp, data in made}
        except Exception as error:  # noqa: BLE001 - a parser of hostile bytes
            return {FAULT: f"{type(error).__name__}: {error}".encode()}
