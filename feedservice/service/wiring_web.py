"""Settings → publisher, Flask app, WSGI application: the constructor of what answers."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import Flask, request

from feedservice.clock import Clock, steady_now
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import SettingsError
from feedservice.domain.model import Site
from feedservice.domain.route import Kind
from feedservice.http import revision
from feedservice.http.access_log import access_line
from feedservice.http.admission import Slots
from feedservice.http.cache import CACHE_STATUS, HttpCache
from feedservice.http.instrumentation import Instrumented, Observer
from feedservice.i18n import _
from feedservice.index.engine import database_at
from feedservice.publishing.entries import KeptEntries
from feedservice.publishing.publisher import Publisher
from feedservice.publishing.shared_preview import PreviewLinks, SharedPreview
from feedservice.service import (
    kept_answers,
    wiring,
    wiring_desk,
    wiring_files,
    wiring_media,
    wiring_micropub,
)
from feedservice.service.feed_files import FeedFiles
from feedservice.service.gauges import IndexGauges, source_gauges
from feedservice.service.kept_answers import KeptAnswers
from feedservice.settings import Settings
from feedservice.system import child_process, memory, scheduling
from feedservice.system.secret_file import LEAST, MOST, read_secret
from feedservice.system.turn import turn
from feedservice.web import micropub
from feedservice.web.alone import Alone
from feedservice.web.app import create_app
from feedservice.web.cdn import Cdn
from feedservice.web.discovery import Links, announcing, no_links
from feedservice.web.hook import content_hook
from feedservice.web.intake import Intake
from feedservice.web.media import OpenDerived, OpenMedia, nothing
from feedservice.web.routing import HIDDEN_PATH, ROUTE, Lane, Routing, SiteSource
from feedservice.web.shared_preview import shared_preview_blueprint

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

    from feedservice.service.metrics import Metrics

log = logging.getLogger(__name__)

SWITCH = 0.0005
"""Seconds after which a thread that makes an answer lets one pass that gives a kept one."""
FIRST_FILLING = 5.0
"""Seconds that a first request waits for an empty index to be filled before it is answered 503."""
FAR_TTL = timedelta(seconds=1)
"""How often the revision is asked of a database that tells of commits, in case it did not."""
PATIENCE = 0.1
"""Seconds that a kept answer waits for the revision where the database may hang."""
LANES: Mapping[Lane, tuple[int, int]] = MappingProxyType(
    {Lane.FRONT: (1, 5), Lane.USUAL: (2, 7), Lane.SEARCH: (1, 24)}
)
"""How many answers each process makes at once, and how many requests wait for that.

Many searches wait, since one that waits holds a thread and no processor: who is refused asks again
at once, and costs more.
"""
TURNS = max(1, (os.cpu_count() or 1) // 2)
"""Of all processes so many make a search at once: half of the processors are for what is kept."""


def around(
    app: Flask,
    known: SiteSource,
    clock: Clock = steady_now,
    *,
    budget: int = 0,
    revision_ttl: timedelta = revision.TTL,
    patience: float | None = None,
    changes: Callable[[], object] | None = None,
    observers: Iterable[Observer] = (),
    file: Path | None = None,
    entries: KeptEntries | None = None,
    alone: Callable[[], AbstractContextManager[object]] = nullcontext,
    links: Links = no_links,
    asked_alone: Alone | None = None,
    feed_files: FeedFiles | None = None,
) -> Flask:
    """Put round the app what a request passes first: routing, observers, the cache of answers.

    Args:
        app: answers plain GETs.
        known: tells the revision and the site.
        clock: tells freshness.
        budget: bytes of answers to keep.
        revision_ttl: how often the revision is asked where nothing tells of a change.
        patience: seconds that a request waits for it at most; None where it is told at once.
        changes: returns another value after each change.
        observers: are told of each request.
        file: where what is kept outlives this process.
        entries: of feeds, which outlive it beside.
        alone: what a search takes before it is made: one that no other process has.
        links: of the front page, for programs.
        asked_alone: answers who asks for everything once, without the cache.
        feed_files: for nginx, of what is kept.
    """
    kept = KeptAnswers(file, known, clock, entries) if file and budget else None
    routing = Routing(kept.known if kept else known)
    slots = {
        lane: Slots(*places, turn=alone if lane is Lane.SEARCH else nullcontext)
        for lane, places in LANES.items()
    }
    cache = HttpCache(
        app.wsgi_app,
        routing.key,
        routing.revision,
        clock,
        budget=budget,
        revision_ttl=revision_ttl,
        patience=patience,
        changes=changes,
        slots=lambda environ: slots[routing.lane(environ)],
    )
    if kept:
        kept.hand_on(cache, routing)
    if feed_files:
        feed_files.hand_on(cache, routing)
    answering: WSGIApplication = Instrumented(cache, observers)
    front = announcing(answering, routing.site, links)
    if asked_alone:
        answering, front = (asked_alone.within(routing, each) for each in (answering, front))
    app.wsgi_app = routing.before(answering, front)  # type: ignore[method-assign,assignment]
    return app


def application(given: Settings | None = None) -> Flask:
    """Return the WSGI application; it opens nothing before the first request: forking is safe.

    Args:
        given: the settings; those of the environment without it.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    given = given or wiring.settings()
    index = wiring.reader(given)
    keep_writer = wiring.supervisor(given).start if not given.replica else lambda: None
    file = given.state / kept_answers.NAME
    measured = wiring.metrics(given)
    # By process, since a preloading server forks after this function ran.
    started: set[int] = set()

    def begin() -> None:
        if os.getpid() not in started:
            keep_writer()
            if request.path == "/readyz" or request.method == "POST":
                return
            # Else threads that wait would keep kept answers back.
            if not given.replica and not file.exists():
                wiring.wait_until_filled(index, FIRST_FILLING)
            started.add(os.getpid())

    standing, counted = wiring.standing(given), IndexGauges(index, measured)
    publishing = Publisher(index, steady_now, max_age=given.max_age, rendered=measured.rendered)
    open_media: OpenMedia = nothing
    open_derived: OpenDerived = nothing
    taking: Mapping[Kind, Intake] = {}
    links: Links = no_links
    if elsewhere := wiring_media.opening(given):
        open_media, open_derived = elsewhere.media, elsewhere.derived
    if not given.replica:  # which takes nothing
        desk = wiring_micropub.desk(given, publishing)
        open_media = ContentFiles(given.content).open_media
        open_derived = wiring.derived_files(given).open
        taking = intakes(given) | micropub.intakes(desk)
        links = partial(micropub.links, desk, indieauth=given.indieauth)
    app = create_app(
        publishing,
        open_media,
        open_derived=open_derived,
        media_at=given.media if given.replica and not elsewhere else "",
        max_age=given.max_age,
        scrape=lambda: measured.text(
            lambda: counted.now() | (source_gauges(standing.read()) if given.source else {})
        ),
        cdn=Cdn(name=given.cdn, max_age=given.cdn_max_age) if given.cdn else None,
        operators=given.operators,
        behind_since=lambda: standing.read().failing_since if given.source else None,
        intakes=taking,
        desk=wiring_desk.desk(given),
        before_request=begin,
        template_failed=measured.template_failed,
    )

    try:
        previews = preview_links(given)
    except SettingsError as error:  # everything else is answered
        log.error("no preview is shared: %s", error)  # noqa: TRY400 - the message says it all
    else:
        if previews:
            app.register_blueprint(
                shared_preview_blueprint(SharedPreview(index, previews, steady_now))
            )
    commits, is_far = wiring.told_of_commits(given), database_at(given.database).is_far

    def known() -> tuple[int, Site]:
        keep_writer()  # kept answers may be all that is asked for
        if feed_files:
            feed_files.begin()
        commits.follow()
        return publishing.known()

    feed_files = wiring_files.feed_files(given)
    observers: list[Observer] = [partial(_measure, measured)]
    if given.access_log:
        observers.append(_write_access_log)
    budget = given.cache * 1024 * 1024
    return around(
        app,
        known,
        budget=budget,
        revision_ttl=FAR_TTL if is_far else revision.TTL,
        patience=PATIENCE if is_far else None,
        changes=commits.value,
        observers=observers,
        file=file,
        entries=publishing.entries,
        alone=lambda: turn(given.state / f"search-{os.getpid() % TURNS}.lock"),
        links=links,
        feed_files=feed_files,
    )


def intakes(given: Settings) -> dict[Kind, Intake]:
    """Return what takes what is sent to the site; nothing where no secret is set."""
    try:
        secret = _secret("FEEDSERVICE_WEBHOOK_SECRET_FILE", given.webhook_secret_file)
    except SettingsError as error:  # everything else is answered
        log.error("no webhook is taken: %s", error)  # noqa: TRY400 - the message says it all
        secret = None
    return {Kind.HOOK: content_hook(secret, wiring.hooks(given).add)} if secret else {}


def preview_links(given: Settings) -> PreviewLinks | None:
    """Return what makes and reads addresses of shared previews; None where no secret is set.

    Raises:
        SettingsError: the secret cannot be read; the message says how one is made.
    """
    secret = _secret("FEEDSERVICE_PREVIEW_SECRET_FILE", given.preview_secret_file)
    return PreviewLinks(secret) if secret else None


def _secret(setting: str, path: Path | None) -> bytes | None:
    try:
        return read_secret(path) if path else None
    except (OSError, ValueError) as error:
        raise SettingsError(
            _(
                "{setting}: {path} is no readable file of {least} to {most} bytes. Make one with: "
                "{command}",
                setting=setting,
                path=path,
                least=LEAST,
                most=MOST,
                command=f"openssl rand -hex 32 > {path}",
            )
        ) from error


def _measure(
    measured: "Metrics", environ: "WSGIEnvironment", status: str, length: int, seconds: float
) -> None:
    route = environ[ROUTE]
    measured.answered(
        route.label, route.format, status[:3], environ.get(CACHE_STATUS, "pass"), length, seconds
    )


def _write_access_log(environ: "WSGIEnvironment", status: str, length: int, seconds: float) -> None:
    if environ[ROUTE].kind is Kind.PREVIEW:
        environ = {**environ, "PATH_INFO": HIDDEN_PATH.encode().decode("latin-1")}
    # One write a line: lines of several processes do not mix.
    os.write(1, (access_line(environ, status, length, seconds, steady_now()) + "\n").encode())


def worker(wait: Callable[[], object] = lambda: None) -> Flask:
    """Return the application in a worker of `serve`, which ends when its server has ended.

    Args:
        wait: called then; returns once others answer, or nobody is to.
    """

    def end() -> None:
        wait()
        log.warning("the server is gone: this worker ends")
        # As when the server says so: one that is killed outright tells nobody.
        os.kill(os.getpid(), signal.SIGTERM)

    child_process.on_parent_end(end)
    memory.share_arenas()
    scheduling.run_in_turns()
    sys.setswitchinterval(SWITCH)
    return application()
