"""Settings → engine, Index, Intake, Publisher, WSGI application: the only constructor."""

import logging
import os
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, request

from feedservice.clock import utc_now
from feedservice.content import messages
from feedservice.content.files import ContentFiles
from feedservice.content.kinds import is_servable
from feedservice.errors import IndexUnavailable
from feedservice.exporting.export import Source
from feedservice.feeds.formats import FORMATS
from feedservice.index.engine import open_engine
from feedservice.index.outbox import Outbox
from feedservice.index.reader import IndexReader
from feedservice.index.standing import StandingReader
from feedservice.index.writer import IndexWriter
from feedservice.intake import Intake
from feedservice.preview import Preview
from feedservice.publisher import Publisher
from feedservice.settings import Settings
from feedservice.sitemaps import Sitemaps
from feedservice.web.app import create_app
from feedservice.web.preview import preview_blueprint
from feedservice.websub import Notifier
from feedservice.writer import Warden, WriterLock

FRESHNESS = timedelta(milliseconds=200)
"""How long a worker takes the revision of the index for granted: a save shows in every worker well within a second."""
FIRST_FILLING = 5.0
"""Seconds that a first request waits for an empty index to be filled before it is answered 503."""


def settings() -> Settings:
    """Return the settings of this process."""
    return Settings.from_env(os.environ)


def intake(given: Settings) -> tuple[Intake, IndexWriter]:
    """Return the writing side; for the one process that holds the writer's lock."""
    index = IndexWriter(open_engine(given.database, readonly=False))
    index.prepare()
    return Intake(ContentFiles(given.content), index, utc_now), index


def notifier(given: Settings) -> Notifier:
    """Return what tells hubs of changes; for the process that holds the writer's lock."""
    engine = open_engine(given.database, readonly=False)
    suffixes = [form.suffix for form in FORMATS.values()]
    return Notifier(Outbox(engine), publisher(given).site, suffixes, utc_now)


def reader(given: Settings) -> IndexReader:
    """Return the reading side of the index. Nothing is opened before it is asked."""
    return IndexReader(open_engine(given.database, readonly=True))


def publisher(given: Settings) -> Publisher:
    """Return the reading side."""
    return Publisher(reader(given), utc_now, base_url=given.base_url, max_age=given.max_age)


def warden(given: Settings) -> Warden:
    """Return what keeps a writer alive."""
    return Warden(WriterLock(given.state), lambda: {**os.environ, **given.as_env()})


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


def application(given: Settings | None = None) -> Flask:
    """Return the WSGI application. Opens nothing and starts nothing before the first request, so forking is safe."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    given = given or settings()
    index = reader(given)
    keeper = warden(given)
    files = ContentFiles(given.content)
    # By process, since a preloading server forks after this function ran.
    started: set[int] = set()

    def begin() -> None:
        if os.getpid() not in started:
            keeper.start()
            if request.path == "/readyz":
                return
            wait_until_filled(index, FIRST_FILLING)
            started.add(os.getpid())

    publishing = Publisher(index, utc_now, base_url=given.base_url, max_age=given.max_age, every=FRESHNESS)
    return create_app(
        publishing,
        Sitemaps(index, utc_now, publishing.site),
        files.open_media,
        utc_now,
        max_age=given.max_age,
        before_request=begin,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Makes the application as it stands at one moment, for one process; it starts no writer. A value, so picklable."""

    given: Settings
    now: datetime

    def __call__(self) -> Flask:
        """Return the application."""
        given = self.given
        index = StandingReader(open_engine(given.database, readonly=True))

        def clock() -> datetime:
            return self.now

        publishing = Publisher(index, clock, base_url=given.base_url, max_age=given.max_age, every=FRESHNESS)
        maps = Sitemaps(index, clock, publishing.site)
        return create_app(publishing, maps, ContentFiles(given.content).open_media, clock, max_age=given.max_age)


def exporting(given: Settings) -> Source:
    """Return what an export needs to know; the index is filled by then."""
    files = ContentFiles(given.content)
    return Source(
        make=lambda now: Standing(given, now),
        index=reader(given),
        site=publisher(given).site(),
        media=lambda: [src for src in files.walk("media").media if is_servable(src)],
        key=str(given.max_age),
    )


def previewing(given: Settings) -> tuple[Flask, Intake]:
    """Return the preview's application over an index of its own, and what keeps that index up to date."""
    taking, index = intake(given)
    publishing = Publisher(index, utc_now, base_url=given.base_url)
    maps = Sitemaps(index, utc_now, publishing.site)
    app = create_app(publishing, maps, ContentFiles(given.content).open_media, utc_now)
    app.register_blueprint(preview_blueprint(Preview(index, utc_now, publishing.site), messages.describe))
    return app, taking
