"""Settings → publisher, Flask app, WSGI application: the constructor of what answers."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from feedservice.clock import Clock, steady_now
from feedservice.content import messages
from feedservice.content.file_types import is_servable
from feedservice.content.files import ContentFiles
from feedservice.content.site_rules import as_second_names
from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Problem, Site
from feedservice.exporting.export import ExportedSite
from feedservice.exporting.frozen_site import FrozenSite
from feedservice.http import revision
from feedservice.http.access_log import access_line
from feedservice.http.admission import Slots
from feedservice.http.cache import CACHE_STATUS, HttpCache
from feedservice.http.instrumentation import Instrumented, Observer
from feedservice.index.engine import open_engine
from feedservice.index.overview import Tally, tally
from feedservice.index.reader import IndexReader
from feedservice.index.sqlite_file import IndexFile
from feedservice.ingest.indexer import Indexer
from feedservice.publishing.preview import Preview
from feedservice.publishing.publisher import Publisher
from feedservice.service import kept_answers, wiring
from feedservice.service.kept_answers import KeptAnswers
from feedservice.settings import Settings
from feedservice.system import child_process, memory
from feedservice.web.app import create_app
from feedservice.web.preview import only_this_machine, preview_blueprint
from feedservice.web.routing import ROUTE, Lane, Routing, SiteSource

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from feedservice.service.metrics import Metrics

log = logging.getLogger(__name__)

GRACE = 5.0
"""Seconds that a worker without a server has for the answers that it is giving."""
SWITCH = 0.001
"""Seconds after which a thread that makes an answer lets one pass that gives a kept one."""
FIRST_FILLING = 5.0
"""Seconds that a first request waits for an empty index to be filled before it is answered 503."""
LANES: Mapping[Lane, tuple[int, int]] = MappingProxyType(
    {Lane.FRONT: (1, 5), Lane.USUAL: (2, 7), Lane.SEARCH: (1, 2)}
)
"""How many answers each process makes at once, and how many requests wait for that."""


def around(
    app: Flask,
    known: SiteSource,
    clock: Clock = steady_now,
    *,
    budget: int = 0,
    revision_ttl: timedelta = revision.TTL,
    changes: Callable[[], object] | None = None,
    observers: Iterable[Observer] = (),
    file: Path | None = None,
) -> Flask:
    """Put round the app what a request passes first: routing, observers, the cache of answers.

    Args:
        app: answers plain GETs.
        known: tells the revision and the site.
        clock: tells freshness.
        budget: bytes of answers to keep.
        revision_ttl: how often the revision is asked where nothing tells of a change.
        changes: returns another value after each change.
        observers: are told of each request.
        file: where what is kept outlives this process.
    """
    kept = KeptAnswers(file, known, clock) if file and budget else None
    routing = Routing(kept.known if kept else known)
    slots = {lane: Slots(count, waiting) for lane, (count, waiting) in LANES.items()}
    cache = HttpCache(
        app.wsgi_app,
        routing.key,
        routing.revision,
        clock,
        budget=budget,
        revision_ttl=revision_ttl,
        changes=changes,
        slots=lambda environ: slots[routing.lane(environ)],
    )
    if kept:
        kept.hand_on(cache, routing)
    app.wsgi_app = routing.before(Instrumented(cache, observers))  # type: ignore[method-assign,assignment]
    return app


def application(
    given: Settings | None = None, *, first: Callable[[], None] = lambda: None
) -> Flask:
    """Return the WSGI application; it opens nothing before the first request: forking is safe.

    Args:
        given: the settings; those of the environment without it.
        first: called at the first request of each process.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    given = given or wiring.settings()
    index = wiring.reader(given)
    supervisor = wiring.supervisor(given)
    file = given.state / kept_answers.NAME
    measured = wiring.metrics(given)
    # By process, since a preloading server forks after this function ran.
    started: set[int] = set()

    def begin() -> None:
        if os.getpid() not in started:
            first()
            supervisor.start()
            if request.path == "/readyz":
                return
            if not file.exists():  # else threads that wait would keep kept answers back
                wiring.wait_until_filled(index, FIRST_FILLING)
            started.add(os.getpid())

    publishing = Publisher(index, steady_now, max_age=given.max_age, rendered=measured.rendered)
    app = create_app(
        publishing,
        ContentFiles(given.content).open_media,
        max_age=given.max_age,
        scrape=lambda: measured.text(lambda: gauges(index)),
        operators=given.operators,
        before_request=begin,
    )

    commits = wiring.commits(given)

    def known() -> tuple[int, Site]:
        supervisor.start()  # kept answers may be all that is asked for
        commits.follow()
        return publishing.known()

    observers: list[Observer] = [partial(_measure, measured)]
    if given.access_log:
        observers.append(_write_access_log)
    budget = given.cache * 1024 * 1024
    return around(app, known, budget=budget, changes=commits.value, observers=observers, file=file)


def gauges(index: IndexReader) -> dict[tuple[str, str, str], Mapping[str, float]]:
    """Return what the index counts now, as `Metrics.text` takes it; nothing without an index."""
    try:
        with index.snapshot(steady_now()) as view:
            return gauges_of(tally(view))
    except IndexUnavailable:
        return {}


def gauges_of(found: Tally) -> dict[tuple[str, str, str], Mapping[str, float]]:
    """Return a tally under the names that operators know."""
    return {
        ("articles", "Articles by state.", "state"): found.articles,
        (
            "problems",
            "Problems of files, as `feedservice check` tells them.",
            "severity",
        ): found.problems,
        ("outbox_pings", "Lists of which a WebSub hub is still to be told.", ""): {"": found.pings},
    }


def _measure(
    measured: "Metrics", environ: "WSGIEnvironment", status: str, length: int, seconds: float
) -> None:
    route = environ[ROUTE]
    measured.answered(
        route.label, route.format, status[:3], environ.get(CACHE_STATUS, "pass"), length, seconds
    )


def _write_access_log(environ: "WSGIEnvironment", status: str, length: int, seconds: float) -> None:
    # One write a line: lines of several processes do not mix.
    os.write(1, (access_line(environ, status, length, seconds, steady_now()) + "\n").encode())


def worker(first: Callable[[], None]) -> Flask:
    """Return the application in a worker of `serve`, which ends whenever `serve` does."""
    child_process.on_parent_end(_end_worker)
    memory.share_arenas()
    sys.setswitchinterval(SWITCH)
    return application(first=first)


def _end_worker() -> None:
    """Give the answers that are begun, then end: a server that is killed outright tells nobody."""
    log.warning("the server is gone: this worker ends")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


@dataclass(frozen=True, slots=True)
class FrozenApplication:
    """Makes the application as of one moment, without a writer. A value, so picklable."""

    given: Settings
    now: datetime

    def __call__(self) -> Flask:
        """Return the application."""
        given = self.given
        index = FrozenSite(open_engine(given.database, readonly=True), given.base_url)

        def clock() -> datetime:
            return self.now

        publishing = Publisher(index, clock, max_age=given.max_age)
        app = create_app(publishing, ContentFiles(given.content).open_media, max_age=given.max_age)
        app.after_request(_without_moment)
        return around(app, publishing.known, clock)


def _without_moment(response: Response) -> Response:
    """A folder of files cannot count down to a moment: headers stay until the next export."""
    response.headers.pop("Expires", None)
    return response


def exporting(given: Settings) -> ExportedSite:
    """Return what an export needs to know; the index is filled by then."""
    files = ContentFiles(given.content)
    return ExportedSite(
        make=lambda now: FrozenApplication(given, now),
        index=wiring.reader(given),
        media=lambda: [src for src in files.walk("media").media if is_servable(src)],
        key=str(given.max_age),
    )


def begin_with_copy(given: Settings, path: Path) -> None:
    """Begin a preview's index with what the service's knows, where it can be copied.

    Last good versions of broken files, who holds an address, and what need not be read again.
    """
    file = IndexFile.of(open_engine(given.database, readonly=True))
    if file:
        file.copy_to(path)


def previewing(given: Settings) -> tuple[Flask, Indexer]:
    """Return the preview's application over an index of its own, and that index's indexer."""
    taking, index = wiring.indexer(given)
    publishing = Publisher(index, steady_now)
    files = ContentFiles(given.content)
    app = create_app(publishing, files.open_media)
    describe = partial(messages.describe, isolated=True)

    def told(problems: Iterable[Problem]) -> Iterable[Problem]:
        return as_second_names(problems, files.second_names(files.walk()))

    app.register_blueprint(preview_blueprint(Preview(index, steady_now, told), describe))
    app = around(app, publishing.known)
    app.wsgi_app = only_this_machine(app.wsgi_app)  # type: ignore[assignment,method-assign]
    return app, taking
