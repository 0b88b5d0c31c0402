"""Settings → index, indexer, supervisor, metrics; `wiring_web` makes what answers."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from feedservice.clock import steady_now
from feedservice.content import places
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import IndexUnavailable
from feedservice.index.engine import open_engine
from feedservice.index.outbox import Outbox
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.ingest.batches import Readers, processors
from feedservice.ingest.indexer import Indexer
from feedservice.service.lock import WriterLock
from feedservice.service.metrics import Metrics
from feedservice.service.supervisor import WriterSupervisor
from feedservice.settings import Settings
from feedservice.system.counter import Counter

if TYPE_CHECKING:
    from feedservice.service.websub import Notifier


def settings() -> Settings:
    """Return the settings of this process; links in content folders go by them from now on."""
    given = Settings.from_env(os.environ)
    places.allow(given.links)
    return given


def indexer(
    given: Settings,
    stop: Callable[[], bool] = lambda: False,
    changes: Callable[[], frozenset[str]] = frozenset,
) -> tuple[Indexer, IndexWriter]:
    """Return the writing side; for the one process that holds the writer's lock."""
    engine = open_engine(given.database, readonly=False)
    index = IndexWriter(engine, committed=commits(given).add)
    index.prepare()
    files = ContentFiles(given.content)
    told = metrics(given).published
    return Indexer(
        files,
        index,
        steady_now,
        readers=Readers(processors()),
        stop=stop,
        published=told,
        changes=changes,
    ), index


def caretaker(index: IndexWriter) -> Callable[[], bool]:
    """Return what looks after the index, and notes what time brought; see `writer.follow`."""

    def look_after() -> bool:
        is_another = index.heal()
        if steady_now.is_proven and not is_another:
            index.note_time(steady_now())
        return is_another

    return look_after


def notifier(given: Settings) -> "Notifier":
    """Return what tells hubs of changes; for the process that holds the writer's lock."""
    # Here, since filling an index need not wait for what makes feeds and asks hubs.
    from feedservice.feeds.formats import FORMATS  # noqa: PLC0415
    from feedservice.service.websub import Notifier  # noqa: PLC0415

    index = reader(given)
    suffixes = [form.suffix for form in FORMATS.values()]
    outbox = Outbox(open_engine(given.database, readonly=False, checkpoints=False))
    return Notifier(outbox, lambda: index.current()[1], suffixes, steady_now)


def reader(given: Settings) -> IndexReader:
    """Return the reading side of the index. Nothing is opened before it is asked."""
    return IndexReader(open_engine(given.database, readonly=True), given.base_url)


def supervisor(given: Settings) -> WriterSupervisor:
    """Return what keeps a writer alive."""
    return WriterSupervisor(WriterLock(given.state), lambda: {**os.environ, **given.as_env()})


def wait_until_filled(index: IndexReader, seconds: float) -> bool:
    """Wait for the first filling; whether it is done."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if index.is_filled():
                return True
        except IndexUnavailable:
            pass
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)


def commits(given: Settings) -> Counter:
    """Return what the writer adds to after each commit, so that workers need not ask the index."""
    return Counter(given.state / "commits")


def metrics(given: Settings) -> Metrics:
    """Return what this process counts, together with the other processes of the service."""
    return Metrics(given.state / "metrics")
