"""Settings → index, supervisor, metrics: what every process of the service constructs.

`wiring_web` makes what answers, `wiring_writer` what writes, `wiring_export` and `wiring_preview`
what those commands run: each process imports what it runs.
"""

import os
import time

from feedservice.content import places
from feedservice.content.derived_files import NAME, DerivedFiles
from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.source_address import is_place
from feedservice.index.engine import database_at, open_engine
from feedservice.index.engines import Commits
from feedservice.index.reader import IndexReader
from feedservice.service.lock import WriterLock
from feedservice.service.metrics import Metrics
from feedservice.service.source_standing import StandingFile
from feedservice.service.supervisor import WriterSupervisor
from feedservice.settings import Settings
from feedservice.system.counter import Counter


def settings() -> Settings:
    """Return the settings of this process; links in content folders go by them from now on."""
    given = Settings.from_env(os.environ)
    places.allow(given.links)
    return given


def reader(given: Settings) -> IndexReader:
    """Return the reading side of the index. Nothing is opened before it is asked."""
    media_url = "" if is_place(given.media) else given.media
    return IndexReader(open_engine(given.database, readonly=True), given.base_url, media_url)


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


def hooks(given: Settings) -> Counter:
    """Return what a worker adds to for each webhook, so that the writer looks at the content."""
    return Counter(given.state / "hooks")


def standing(given: Settings) -> StandingFile:
    """Return where it is told how the source of content stands."""
    return StandingFile(given.state / "source" / "standing.json")


def told_of_commits(given: Settings) -> Commits:
    """Return what tells workers of commits."""
    return database_at(given.database).commits(given.database) or commits(given)


def derived_files(given: Settings) -> DerivedFiles:
    """Return the smaller pictures that the writer makes."""
    return DerivedFiles(given.state / NAME)


def metrics(given: Settings) -> Metrics:
    """Return what this process counts, together with the other processes of the service."""
    return Metrics(given.state / "metrics")
