"""The command that writes the site down as files: export. Parse, call, print; nothing is decided
here.
"""

import os
import sys
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from feedservice.cli.options import LOOPBACK, content_option, settings_for
from feedservice.clock import utc_now
from feedservice.domain.errors import ExportError
from feedservice.domain.selections import Selection
from feedservice.exporting.export import Report, export
from feedservice.service import wiring, wiring_web
from feedservice.service.lock import WriterLock
from feedservice.settings import Settings

_PATIENCE = 60.0
"""Seconds that another process is given to fill an empty index."""
_PASSES = 3


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--base-url", default="", help="What every address begins with (FEEDSERVICE_BASE_URL)."
)
@click.option(
    "--jobs", default=os.cpu_count() or 1, show_default="one a core", type=click.IntRange(1, 64)
)
@click.option(
    "--all", "ask_all", is_flag=True, help="Ask for every address, also where nothing changed."
)
@content_option
def export_site(
    folder: Path, base_url: str, jobs: int, ask_all: bool, content: Path | None
) -> None:
    """Write every page, feed, archive and file into a folder that any web server can serve.

    Only what changed is written, and what left is removed. FOLDER is new, empty, or of an export
    before.
    """
    given = settings_for(content)
    if base_url:
        given = Settings.from_env({**given.as_env(), "FEEDSERVICE_BASE_URL": base_url})
    if folder.resolve().is_relative_to(given.content.resolve()):
        raise ExportError(f"{folder} lies in the content folder; name one outside it")
    lock = WriterLock(given.state)
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            _fill(given, lock, progress)
            report = _settled(given, folder, jobs, ask_all, progress)
    finally:
        lock.release()
    _warn(wiring.reader(given).current()[1].base_url)
    _tell(report, folder)
    if report.troubles:
        sys.exit(1)


def _fill(given: Settings, lock: WriterLock, progress: Progress) -> None:
    """Bring the index up to date; a writer that runs does so itself."""
    if lock.acquire():
        indexer, _ = wiring.indexer(given)
        task = progress.add_task("indexing", total=None)
        report = indexer.scan(
            progress=lambda done, total: progress.update(task, completed=done, total=total)
        )
        if report.withheld:
            click.echo(
                f"{report.withheld} articles vanished at once; none was removed. Where that is meant: "
                "feedservice index --accept-removals",
                err=True,
            )
    elif not wiring.wait_until_filled(wiring.reader(given), _PATIENCE):
        raise ExportError(
            "another process is the writer of this site, and has not filled the index yet; try again"
        )


def _settled(given: Settings, folder: Path, jobs: int, ask_all: bool, progress: Progress) -> Report:
    """Export; again where a writer changed something meanwhile, so that the folder shows one
    state.
    """
    task = progress.add_task("exporting", total=None)
    index = wiring.reader(given)
    whole: Report | None = None
    for _ in range(_PASSES):
        revision = index.revision()
        found = export(
            wiring_web.exporting(given),
            folder,
            _moment(given),
            jobs=jobs,
            ask_all=ask_all,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
        whole = found.after(whole) if whole else found
        if index.revision() == revision:
            return whole
    assert whole is not None
    whole.troubles.append("the site changed while it was exported; export again")
    return whole


def _moment(given: Settings) -> datetime:
    """Now, but not before the latest stamp of the index, which may lie a second or two ahead."""
    with wiring.reader(given).snapshot(utc_now()) as view:
        stamp = view.last_modified(Selection())
    ahead = (stamp - utc_now()).total_seconds()
    if 0 < ahead < 10:
        time.sleep(ahead)
    return utc_now()


def _warn(base_url: str) -> None:
    if urlsplit(base_url).hostname in LOOPBACK:
        click.echo(
            f"تنبيه / warning: base_url is {base_url}: subscribers would be given addresses that only this machine "
            "knows. Set base_url in site.yaml, or give --base-url.",
            err=True,
        )


def _tell(report: Report, folder: Path) -> None:
    click.echo(
        f"addresses {report.addresses} (asked {report.asked}, redirects {report.redirects}, gone {report.gone}); "
        f"files written {report.written}, unchanged {report.unchanged}, removed {report.removed}"
    )
    for trouble in report.troubles:
        click.echo(f"تنبيه / warning: {trouble}", err=True)
    if report.reload:
        click.echo(
            f"nginx has new configuration: see {folder}/nginx/site.conf, then nginx -t && nginx -s reload"
        )
