"""Settings → what follows a source of content: for the one process that writes."""

from collections.abc import Callable, Mapping
from contextlib import closing
from threading import Event, Thread

from feedservice.clock import utc_now
from feedservice.domain.errors import SourceUnavailable
from feedservice.domain.source_address import is_store, without_secret
from feedservice.i18n import Message, _
from feedservice.ingest.sources import git
from feedservice.ingest.sources.git import GitRepository
from feedservice.ingest.sources.mirror import Mirror
from feedservice.ingest.sources.source import Source
from feedservice.service import wiring
from feedservice.service.lock import WriterLock
from feedservice.service.source_following import Following
from feedservice.service.source_standing import Standing
from feedservice.settings import Settings
from feedservice.system.worker import Worker

FOLLOWS = "source.lock"
"""The file of the lock of who follows the source."""
EVERY = {False: 300, True: 5}
"""Seconds between two looks where nothing is set: a store tells nobody that something changed."""


def following(given: Settings) -> Following:
    """Return what keeps the content folder like its source.

    Raises:
        SourceUnavailable: it is an object store, and what asks one is not installed.
    """
    folder = given.content.parent
    source: Source
    if _is_store(given):
        # An extra, for who has an object store.
        from feedservice.ingest.sources.object_store import ObjectStore  # noqa: PLC0415

        source = ObjectStore(given.source)
    else:
        source = GitRepository(git.address(given.source), folder / "repository.git")
    name = without_secret(given.source)
    return Following(source, Mirror(folder), wiring.standing(given), utc_now, name)


def _is_store(given: Settings) -> bool:
    return is_store(given.source)


def failing(given: Settings) -> Mapping[str, str]:
    """Return why the source fails, by its name; an empty text where it does not."""
    standing = wiring.standing(given).read() if given.source else Standing()
    if not (standing.since or standing.failing_since):
        return {}  # nobody has looked yet
    reason = standing.reason if standing.failing_since else ""
    return {without_secret(given.source): reason}


def author_of(given: Settings, path: str) -> str:
    """Return who changed a file last, where the source knows; else an empty text."""
    if not given.source or _is_store(given):
        return ""
    folder = given.content.parent / "repository.git"
    return GitRepository(git.address(given.source), folder).author_of(path)


def bring(given: Settings) -> None:
    """Bring the content folder up to its source, once; nothing where another process does that.

    Raises:
        SourceUnavailable: the source failed, and there is no content yet.
    """
    lock = WriterLock(given.state, FOLLOWS)
    if not lock.acquire(patience=git.FETCH if not given.content.exists() else 0):
        return
    try:
        if _is_store(given):  # whose threads a fork of this process would not survive
            with closing(Worker()) as worker:
                failed = worker.ask(_brought, given)
        else:
            failed = _brought(given)
    finally:
        lock.release()
    if failed and not given.content.exists():
        raise SourceUnavailable(_("content cannot be had from its source: {reason}", reason=failed))


def _brought(given: Settings) -> Message | None:
    """Bring the content folder up to its source; return what failed."""
    try:
        following(given).once()
    except SourceUnavailable as error:
        return error.message
    return None


def follow(given: Settings, source: Following, stop: Event, told: Callable[[], object]) -> None:
    """Follow the source in a thread until ``stop``, and at once where ``told`` tells of a webhook.

    The lock is held as long as this process lives: another one that writes waits for it.
    """

    def run() -> None:
        lock = WriterLock(given.state, FOLLOWS)
        while not lock.acquire():
            if stop.wait(0.2):
                return
        source.run(stop, told, given.source_every or EVERY[_is_store(given)])
        lock.release()

    Thread(target=run, name="source", daemon=True).start()
