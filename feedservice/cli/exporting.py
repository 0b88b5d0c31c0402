"""The command that writes the site as files: export. Parse, call, print."""

import os
import sys
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.progress import Progress

from feedservice.cli.options import (
    LOOPBACK,
    said,
    say,
    say_where,
    site_options,
    site_settings,
    warn,
    warn_of_withheld,
)
from feedservice.cli.progress import bars
from feedservice.clock import utc_now
from feedservice.domain.errors import ExportError
from feedservice.domain.selections import Selection
from feedservice.exporting.export import ExportReport, export
from feedservice.i18n import _
from feedservice.service import wiring, wiring_export, wiring_writer
from feedservice.service.lock import SoleWriter
from feedservice.settings import Settings

_INDEX_TIMEOUT = 60.0
"""Seconds that another process is given to fill an empty index."""
_PASSES = 3


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--base-url",
    default="",
    help=_("What every address begins with (FEEDSERVICE_BASE_URL).").text,
)
@click.option(
    "--jobs",
    default=os.cpu_count() or 1,
    show_default=_("one a core").text,
    type=click.IntRange(1, 64),
    help=_("How many addresses are asked at once.").text,
)
@click.option(
    "--all",
    "ask_all",
    is_flag=True,
    help=_("Ask for every address, also where nothing changed.").text,
)
@site_options
def export_site(
    folder: Path, base_url: str, jobs: int, ask_all: bool, content: Path | None
) -> None:
    """Write the site as files."""
    settings = site_settings(content)
    if base_url:
        settings = Settings.from_env({**settings.as_env(), "FEEDSERVICE_BASE_URL": base_url})
    if folder.resolve().is_relative_to(settings.content.resolve()):
        raise ExportError(_("{folder} is in the content folder: name one outside", folder=folder))
    lock = wiring_writer.lock(settings)
    try:
        with bars() as progress:
            update_index(settings, lock, progress)
            report = _export_one_state(settings, folder, jobs, ask_all, progress)
    finally:
        lock.release()
    _print(report, folder, wiring.reader(settings).current()[1].base_url)
    say_where(settings.content, err=False)
    if report.problems:
        sys.exit(1)


def update_index(settings: Settings, lock: SoleWriter, progress: Progress) -> None:
    """Bring the index up to date; a writer that runs does so itself.

    Raises:
        ExportError: another process has not filled it within `_INDEX_TIMEOUT`.
    """
    if lock.acquire() and lock.lead_now(wiring_writer.copy(settings)):
        indexer, _index = wiring_writer.indexer(settings, lock)
        task = progress.add_task(said(_("indexing")), total=None)
        report = indexer.scan(
            progress=lambda done, total: progress.update(task, completed=done, total=total)
        )
        warn_of_withheld(report.withheld)
    elif not wiring.wait_until_filled(wiring.reader(settings), _INDEX_TIMEOUT):
        raise ExportError(
            _("another process writes this site's index, which is still empty: try again later")
        )


def _export_one_state(
    settings: Settings, folder: Path, jobs: int, ask_all: bool, progress: Progress
) -> ExportReport:
    """Export; again where a writer changed something meanwhile, so that one state is shown."""
    task = progress.add_task(said(_("exporting")), total=None)
    index = wiring.reader(settings)
    whole: ExportReport | None = None
    for _pass in range(_PASSES):
        revision = index.revision()
        report = export(
            wiring_export.exporting(settings),
            folder,
            _moment(settings),
            jobs=jobs,
            ask_all=ask_all,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
        whole = report.after(whole) if whole else report
        if index.revision() == revision:
            return whole
    assert whole is not None
    whole.problems.append(_("the site changed while it was exported: export again"))
    return whole


def _moment(settings: Settings) -> datetime:
    """Now, but not before the latest stamp of the index, which may be a second or two ahead."""
    with wiring.reader(settings).snapshot(utc_now()) as view:
        stamp = view.last_modified(Selection())
    ahead = (stamp - utc_now()).total_seconds()
    if 0 < ahead < 10:
        time.sleep(ahead)
    return utc_now()


def _print(report: ExportReport, folder: Path, base_url: str) -> None:
    if urlsplit(base_url).hostname in LOOPBACK:
        warn(
            _(
                "base_url is {base_url}: subscribers would get addresses that only this machine "
                "knows. Set base_url in site.yaml, or give --base-url",
                base_url=base_url,
            )
        )
    say(
        _(
            "addresses {addresses} (asked {asked}, redirects {redirects}, gone {gone}); "
            "files written {written}, unchanged {unchanged}, removed {removed}",
            addresses=report.addresses,
            asked=report.asked,
            redirects=report.redirects,
            gone=report.gone,
            written=report.written,
            unchanged=report.unchanged,
            removed=report.removed,
        )
    )
    for problem in report.problems:
        warn(problem)
    if report.reload:
        say(
            _(
                "nginx has new configuration: see {file}, then {command}",
                file=folder / "nginx" / "site.conf",
                command="nginx -t && nginx -s reload",
            )
        )
