"""Settings → indexer, outbox, what tells hubs: the constructor of what the one writer runs."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING

from feedservice.clock import steady_now, utc_now
from feedservice.content.files import ContentFiles
from feedservice.content.watch import Changes
from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Site
from feedservice.domain.receivers import Receiver
from feedservice.index.engine import database_at, open_engine
from feedservice.index.notices import Letter, Notices
from feedservice.index.outbox import MAX_WAIT, Outbox
from feedservice.index.purges import Purges, Purging, target_of
from feedservice.index.writer import IndexWriter
from feedservice.ingest.batches import Readers, processors
from feedservice.ingest.indexer import Indexer
from feedservice.ingest.smaller_pictures import SmallerPictures
from feedservice.service import wiring, wiring_source
from feedservice.service.alerts.alerts import Alerts
from feedservice.service.backoff import Failure
from feedservice.service.content_copy import Copy, FolderCopy, LocalCopy
from feedservice.service.lock import SoleWriter
from feedservice.settings import Settings
from feedservice.system.secret_file import read_secret

if TYPE_CHECKING:
    from feedservice.service.alerts.sender import Sender
    from feedservice.service.websub import Notifier


def lock(given: Settings) -> SoleWriter:
    """Return what the one writer of an index holds."""
    return SoleWriter(given.state, database_at(given.database).leadership(given.database))


def copy(given: Settings) -> Copy:
    """Return what this machine has of the content, for who writes."""
    if not database_at(given.database).is_far:
        return LocalCopy()
    if given.source:
        return wiring_source.following(given)
    return FolderCopy(given.content, utc_now)


def indexer(
    given: Settings,
    held: SoleWriter | None = None,
    stop: Callable[[], bool] = lambda: False,
    changes: Callable[[], Changes] = Changes,
    reading: Readers | None = None,
    committed: Callable[[], object] = lambda: None,
) -> tuple[Indexer, IndexWriter]:
    """Return the writing side; for the one process that holds the writer's lock.

    Args:
        given: the settings.
        held: that lock; nothing where nobody else knows of the index.
        stop: ends a scan.
        changes: returns what changed since it was asked.
        reading: what reads files.
        committed: told after each commit.
    """
    engine = open_engine(given.database, readonly=False, look=held.look if held else None)
    commits = wiring.commits(given)

    def tell() -> None:
        commits.add()
        committed()

    index = IndexWriter(
        engine,
        committed=tell,
        purging=purging(given),
        writing=held.writing if held else lambda _paths: None,
    )
    index.prepare()
    files = ContentFiles(given.content)
    told = wiring.metrics(given).published
    return Indexer(
        files,
        index,
        steady_now,
        readers=reading or Readers(processors()),
        stop=stop,
        published=told,
        changes=changes,
    ), index


def is_older(given: Settings, copy: Copy) -> bool:
    """Return whether what is published is newer than what this machine has."""
    leadership = database_at(given.database).leadership(given.database)
    try:
        published = leadership.published()
    except IndexUnavailable:
        return False
    finally:
        leadership.release()
    return bool(published) and not copy.take(published, lambda _generation: None)


def smaller_pictures(given: Settings, stop: Callable[[], bool]) -> SmallerPictures:
    """Return what makes smaller pictures of those in the index; for the one writer."""
    return SmallerPictures(
        ContentFiles(given.content),
        wiring.derived_files(given),
        wiring.reader(given),
        given.pictures * 2**20,
        stop,
    )


def caretaker(index: IndexWriter) -> Callable[[], bool]:
    """Return what looks after the index, and notes what time brought; see `writer.follow`."""

    def look_after() -> bool:
        is_another = index.heal()
        if steady_now.is_proven and not is_another:
            index.note_time(steady_now())
        return is_another

    return look_after


def webhooks(given: Settings) -> Callable[[], object]:
    """Return what tells another value after each webhook that a worker took."""
    counter = wiring.hooks(given)

    def told() -> object:
        counter.follow()
        return counter.value()

    return told


def outbox(given: Settings, held: SoleWriter) -> Outbox:
    """Return what hubs are still to be told."""
    engine = open_engine(given.database, readonly=False, checkpoints=False, look=held.look)
    return Outbox(engine, purging(given).notice)


def purging(given: Settings) -> Purging:
    """Return what puts into the outbox what a CDN is to be told."""
    return Purging(tuple(map(target_of, given.cdn_purge)))


def purges(given: Settings, held: SoleWriter) -> Purges:
    """Return what a CDN is still to be told."""
    engine = open_engine(given.database, readonly=False, checkpoints=False, look=held.look)
    return Purges(engine)


def telling_cdn(given: Settings, held: SoleWriter) -> Callable[[], None]:
    """Return what tells a CDN of changes, to be called again and again by the one writer."""
    its_purges = purges(given, held)
    if not given.cdn_purge:

        @cache
        def forget() -> None:  # what a CDN was to be told that settings name no more
            for target in its_purges.targets_due(steady_now() + MAX_WAIT):
                its_purges.forget(target)

        return forget
    # What asks hubs and CDNs, for sites that have some.
    from feedservice.service.purge import DRIVERS, Purger  # noqa: PLC0415

    def token() -> str:
        file = given.cdn_token_file
        return read_secret(file, least=1).decode("ascii") if file else given.cdn_token

    return Purger(
        its_purges,
        DRIVERS[given.cdn],
        given.cdn_purge,
        token,
        steady_now,
        time.monotonic,
        wiring.metrics(given).purged,
    ).work


def alerts(given: Settings, held: SoleWriter) -> Alerts:
    """Return what tells people of faults, to be called again and again by the one writer."""

    @cache
    def sender() -> "Sender":
        # HTTP and mail, for sites that have somebody to tell.
        from feedservice.service.alerts.sender import Sender  # noqa: PLC0415

        return Sender(given.secrets, given.smtp)

    def send(receiver: Receiver, letter: Letter, site: Site) -> Failure | None:
        return sender()(receiver, letter, site)

    engine = open_engine(given.database, readonly=False, checkpoints=False, look=held.look)
    return Alerts(
        wiring.reader(given),
        Notices(engine),
        steady_now,
        send,
        partial(wiring_source.author_of, given),
        partial(wiring_source.failing, given),
    )


def telling(
    given: Settings, held: SoleWriter, gave_up: Callable[[str, str], None]
) -> Callable[[], None]:
    """Return what tells hubs of changes, to be called again and again by the one writer.

    ``gave_up`` is told of a hub that is not asked any more, and why.
    """
    index, pings = wiring.reader(given), outbox(given, held)
    its_purges = purges(given, held) if given.cdn_purge else None

    @cache
    def notifier() -> "Notifier":
        # What makes feeds and asks hubs, for sites with hubs: a third of a writer's start.
        from feedservice.feeds.formats import FORMATS  # noqa: PLC0415
        from feedservice.service.websub import Notifier  # noqa: PLC0415

        suffixes = [form.suffix for form in FORMATS.values()]
        is_late = (lambda: its_purges.is_late(steady_now())) if its_purges else lambda: False
        return Notifier(
            pings,
            lambda: index.current()[1],
            suffixes,
            steady_now,
            is_late=is_late,
            gave_up=gave_up,
        )

    def tell() -> None:
        with suppress(IndexUnavailable):  # it is being filled: there is nothing to tell
            if index.current()[1].hubs or pings.waiting():
                notifier().work()
            else:
                pings.notice_time((), steady_now())  # what a first hub need not be told

    return tell
