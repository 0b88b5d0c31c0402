"""The commands of operators: serve, index. Parse, call, print."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import click

from feedservice import __version__
from feedservice.authoring import check
from feedservice.cli.options import (
    LOOPBACK,
    port_option,
    said,
    say,
    say_where,
    settings_for,
    site_options,
    site_settings,
    warn,
    warn_of_withheld,
)
from feedservice.cli.progress import bars
from feedservice.content import watch
from feedservice.domain.model import Severity
from feedservice.i18n import _, ngettext
from feedservice.ingest.indexer import ScanReport
from feedservice.service import kept_answers, metrics, wiring
from feedservice.service.lock import RemovalGuard, WriterLock
from feedservice.service.writer import follow, repeat, while_held
from feedservice.system import child_process, open_files


@click.command(help=_("Serve a content folder, and follow what editors save in it.").text)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help=_("The address to listen on.").text
)
@port_option(8000)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help=_("Worker processes.").text,
)
@site_options
def serve(host: str, port: int, workers: int, content: Path | None) -> None:
    """Serve a content folder, and follow what editors save in it."""
    # A native library that no other command needs.
    from feedservice.service import server  # noqa: PLC0415

    given = site_settings(content)
    os.environ.update(given.as_env())
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    site = check.read_site(given.content)
    server.ensure_free(host, port)
    base_url = given.base_url or site.base_url
    if urlsplit(base_url).hostname in LOOPBACK and host not in LOOPBACK:
        warn(
            _(
                "base_url is {base_url}, but {host} is public: subscribers would get addresses "
                "that only this machine knows. Set base_url in site.yaml, or FEEDSERVICE_BASE_URL.",
                base_url=base_url,
                host=host,
            )
        )
    with suppress(OSError):  # a disk that is full or read-only
        if WriterLock(given.state).is_free():  # else another service over the same state counts on
            metrics.forget(given.state / "metrics")
    its_index = wiring.reader(given)
    supervisor = wiring.supervisor(given)
    supervisor.start()
    if not (given.state / kept_answers.NAME).exists():
        wiring.wait_until_filled(its_index, 10)
    click.echo(f"feedservice {__version__}: {site.title}")
    click.echo(f"  http://{_authority(host, port)}/  ←  {given.content}")
    try:
        server.serve(host, port, workers)
    finally:
        supervisor.stop()


@click.command(help=_("Bring the index up to date with the content folder.").text)
@click.option("--watch", "keep", is_flag=True, help=_("Go on following the folder.").text)
@click.option(
    "--accept-removals",
    is_flag=True,
    help=_("Accept that many articles vanished at once.").text,
)
@click.option("--with-parent", is_flag=True, hidden=True)
@site_options
def index(content: Path | None, keep: bool, accept_removals: bool, with_parent: bool) -> None:
    """Bring the index up to date with the content folder."""
    # Who follows a folder waits for it: a mount may return.
    given = settings_for(content) if keep else site_settings(content)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    lock = WriterLock(given.state)
    guard = RemovalGuard(given.state)
    if not lock.acquire(patience=0.5 if with_parent else 0):
        if accept_removals:
            guard.lift()
        if not with_parent:
            say(_("Another process is the writer of this site; it follows changes by itself."))
        return
    if not keep:
        indexer, _index = wiring.indexer(given)
        _report(
            _with_progress(
                lambda step: indexer.scan(accept_removals=accept_removals, progress=step)
            )
        )
        say_where(given.content)
        waiting = wiring.notifier(given).waiting()
        if waiting:
            say(
                ngettext(
                    "{n} message to hubs is waiting; the next serve or index --watch sends it.",
                    "{n} messages to hubs are waiting; the next serve or index --watch sends them.",
                    waiting,
                )
            )
        return
    stop = threading.Event()
    if with_parent:
        # A terminal's Ctrl-C reaches this process too; it ends when its parent does.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        child_process.on_parent_end(stop.set)
    else:
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if accept_removals:
        guard.lift()
    open_files.ignore_leases()
    hints = watch.Hints(while_held(lock, watch.watch(given.content, stop, poll=given.poll), stop))
    indexer, its_index = wiring.indexer(given, stop.is_set, hints.take)
    telling = repeat(wiring.notifier(given).work, stop, 0.5)
    follow(indexer, hints, guard, given.rescan, wiring.caretaker(its_index))
    telling.join(timeout=5)
    its_index.close()


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _with_progress(work: Callable[[Callable[[int, int], None]], ScanReport]) -> ScanReport:
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
