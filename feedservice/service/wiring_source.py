"""Settings → what follows a source of content: for the one process that writes."""

from collections.abc import Callable
from threading import Event, Thread

from feedservice.clock import utc_now
from feedservice.domain.errors import SourceUnavailable
from feedservice.i18n import _
from feedservice.ingest.sources import git
from feedservice.ingest.sources.git import GitRepository
from feedservice.ingest.sources.mirror import Mirror
from feedservice.service import wiring
from feedservice.service.lock import WriterLock
from feedservice.service.source_following import Following
from feedservice.settings import Settings

FOLLOWS = "source.lock"
"""The file of the lock of who follows the source."""


def following(given: Settings) -> Following:
    """Return what keeps the content folder like its source."""
    where = git.address(given.source)
    folder = given.content.parent
    repository = GitRepository(where, folder / "repository.git")
    name = where.url.rpartition("@")[2]
    return Following(repository, Mirror(folder), wiring.standing(given), utc_now, name)


def bring(given: Settings) -> None:
    """Bring the content folder up to its source, once; nothing where another process does that.

    Raises:
        SourceUnavailable: the source failed, and there is no content yet.
    """
    lock = WriterLock(given.state, FOLLOWS)
    if not lock.acquire(patience=git.FETCH if not given.content.exists() else 0):
        return
    try:
        following(given).once()
    except SourceUnavailable as error:
        if not given.content.exists():
            told = _("content cannot be had from its source: {reason}", reason=error.message)
            raise SourceUnavailable(told) from error
    finally:
        lock.release()


def follow(given: Settings, stop: Event, told: Callable[[], object]) -> None:
    """Follow the source in a thread until ``stop``, and at once where ``told`` tells of a webhook.

    The lock is held as long as this process lives: another one that writes waits for it.
    """

    def run() -> None:
        lock = WriterLock(given.state, FOLLOWS)
        while not lock.acquire():
            if stop.wait(0.2):
                return
        following(given).run(stop, told, given.source_every)
        lock.release()

    Thread(target=run, name="source", daemon=True).start()
