"""What the command `index` does once what reads has begun: it writes the index."""

import signal
import sys
import threading
import time
from collections.abc import Callable

from feedservice.cli.options import (
    OLDER,
    said,
    say,
    say_where,
    warn_of_withheld,
)
from feedservice.content import watch
from feedservice.domain.errors import UsageError
from feedservice.domain.model import Severity
from feedservice.i18n import _, ngettext
from feedservice.ingest.background_walk import Looked
from feedservice.ingest.batches import Readers
from feedservice.ingest.scan_report import ScanReport
from feedservice.service import wiring_media, wiring_source, wiring_writer
from feedservice.service.lock import AgeGuard, RemovalGuard, SoleWriter
from feedservice.service.writer import (
    SWITCH,
    follow,
    repeat,
    telling,
    while_held,
    with_hooks,
    with_signs_of_life,
)
from feedservice.settings import Settings
from feedservice.system import child_process, open_files

_OTHER = _("Another process is the writer of this site; it follows changes by itself.")
_HANDED_ON = _(
    "Another process is the writer of this site; it was told, and removes what is gone at once."
)


def write(
    given: Settings,
    readers: Readers,
    ahead: Looked | None,
    *,
    keep: bool,
    accept_removals: bool,
    accept_older: bool,
    with_parent: bool,
) -> None:
    """Bring the index up to date, and go on doing so where ``keep`` says so.

    Args:
        given: the settings.
        readers: read files.
        ahead: what `wiring_reading.ahead` saw.
        keep: go on following the folder.
        accept_removals: accept that many articles vanished at once.
        accept_older: accept that the content is older than what is published.
        with_parent: end with the process that began this one.
    """
    lock = wiring_writer.lock(given)
    guard = RemovalGuard(given.state)
    if accept_older:
        AgeGuard(given.state).lift()
    if not lock.acquire(patience=0.5 if with_parent else 0):
        if accept_removals:
            guard.lift()
        if not with_parent:
            say(_HANDED_ON if accept_removals else _OTHER)
        return
    sys.setswitchinterval(SWITCH)
    if given.source and not keep:
        wiring_source.bring(given)
    if not keep:
        _bring_up_to_date(given, lock, readers, ahead, accept_removals=accept_removals)
        return
    stop = _until_told(with_parent=with_parent)
    if accept_removals:
        guard.lift()
    hooks = wiring_writer.webhooks(given)
    source = wiring_source.following(given) if given.source else None
    if source:  # who stands by has it ready, too
        wiring_source.follow(given, source, stop, hooks)
    if not lock.stand_by(source or wiring_writer.copy(given), stop.is_set):
        return
    open_files.ignore_leases()
    seen = while_held(lock, watch.watch(given.content, stop, poll=given.poll), stop)
    media = wiring_media.copies(given, lambda: lock.is_held() and not stop.is_set())
    if media:
        seen = telling(seen, media.tell)
        repeat(media.work, stop, 1, media.is_told, name="putting media for replicas")
    hints = watch.Hints(seen)

    def is_told_to_end() -> bool:
        lock.beat()  # of a scan, which may take long
        return stop.is_set()

    is_committed = threading.Event()
    indexer, its_index = wiring_writer.indexer(
        given, lock, is_told_to_end, hints.take, readers, is_committed.set
    )
    alerts = wiring_writer.alerts(given, lock)
    hubs = repeat(
        wiring_writer.telling(given, lock, alerts.gave_up), stop, 0.5, name="telling hubs"
    )
    cdn = wiring_writer.telling_cdn(given, lock)
    repeat(cdn, stop, 0.5, is_committed, name="telling the CDN")
    repeat(alerts.work, stop, 5, name="telling people what is wrong")
    pictures = wiring_writer.smaller_pictures(given, stop.is_set)
    repeat(pictures.work, stop, 1, name="making smaller pictures")
    batches = with_signs_of_life(hints, lock)
    if not given.source:
        batches = with_hooks(batches, hooks, time.monotonic)
    follow(indexer, batches, guard, given.rescan, wiring_writer.caretaker(its_index))
    hubs.join(timeout=0.5)  # what a hub was not told yet is told at the next start
    its_index.close()


def _until_told(*, with_parent: bool) -> threading.Event:
    """Return what is set once this process is to end."""
    stop = threading.Event()
    if with_parent:
        # A terminal's Ctrl-C reaches this process too; it ends when its parent does.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        child_process.on_parent_end(stop.set)
    else:
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    return stop


def _bring_up_to_date(
    given: Settings,
    lock: SoleWriter,
    readers: Readers,
    ahead: Looked | None,
    *,
    accept_removals: bool,
) -> None:
    if not lock.lead_now(wiring_writer.copy(given)):
        if lock.is_older:
            raise UsageError(OLDER)
        say(_OTHER)
        return
    indexer, its_index = wiring_writer.indexer(given, lock, reading=readers)
    seen = None if its_index.count() else ahead
    _report(
        _with_progress(
            lambda step: indexer.scan(accept_removals=accept_removals, progress=step, ahead=seen)
        )
    )
    say_where(given.content)
    waiting = wiring_writer.outbox(given, lock).waiting()
    if waiting:
        say(
            ngettext(
                "{n} message to hubs is waiting; the next serve or index --watch sends it.",
                "{n} messages to hubs are waiting; the next serve or index --watch sends them.",
                waiting,
            )
        )


def _with_progress(work: Callable[[Callable[[int, int], None]], ScanReport]) -> ScanReport:
    if not sys.stderr.isatty():
        return work(lambda _done, _total: None)
    # A library that draws, where there is a terminal to draw on.
    from feedservice.cli.progress import bars  # noqa: PLC0415

    with bars() as progress:
        task = progress.add_task(said(_("indexing")), total=None)
        return work(lambda done, total: progress.update(task, completed=done, total=total))


def _report(report: ScanReport) -> None:
    errors = sum(problem.severity is Severity.ERROR for problem in report.problems)
    say(
        _(
            "articles {seen}, read {read}, removed {removed}, errors {errors}, revision {revision}",
            seen=report.seen,
            read=report.read,
            removed=report.removed,
            errors=errors,
            revision=report.revision,
        )
    )
    warn_of_withheld(report.withheld)
    if errors:
        say(_("feedservice check shows what is wrong and how to fix it"), err=True)
