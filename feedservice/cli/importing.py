"""The command of those who move in: import. Parse, call, print; nothing is decided here.

What reads foreign formats is imported by the command itself: no other command should wait for it.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from feedservice.authoring import check
from feedservice.cli.options import settings_for
from feedservice.clock import utc_now
from feedservice.content.files import ContentFiles
from feedservice.importing import remarks
from feedservice.importing.foreign_entry import KINDS

if TYPE_CHECKING:
    from feedservice.importing.importer import Report

_SHOWN = 40


@click.command("import")
@click.argument("source")
@click.option("--write", is_flag=True, help="Write what would come; without it nothing is written.")
@click.option(
    "--from", "kind", type=click.Choice(KINDS), help="What SOURCE is; looked up otherwise."
)
@click.option(
    "--content",
    "--into",
    type=click.Path(path_type=Path),
    help="The content folder (FEEDSERVICE_CONTENT).",
)
@click.option("--category", default="", help="Category of entries that have none (slug or name).")
@click.option("--no-media", is_flag=True, help="Leave pictures and recordings where they are.")
@click.option(
    "--allow-private",
    is_flag=True,
    help="Ask addresses of this machine and of private networks too.",
)
@click.option("--all", "everything", is_flag=True, help="Show every row, not the first ones only.")
@click.option(
    "--lang",
    type=click.Choice(["ar", "en"]),
    help="The language of the report; the site's otherwise.",
)
def import_source(
    source: str,
    write: bool,
    kind: str | None,
    content: Path | None,
    category: str,
    no_media: bool,
    allow_private: bool,
    everything: bool,
    lang: str | None,
) -> None:
    """Bring in a feed (file or address), a WordPress export, or a folder of Hugo, Jekyll or
    Pelican.

    Shows what would come; --write writes it. What is there is never written over: a second import
    adds what is new.
    """
    from feedservice.importing import importer  # noqa: PLC0415
    from feedservice.importing.fetch import MAX_PICTURE, Fetcher, FetchError  # noqa: PLC0415
    from feedservice.importing.media import Stays  # noqa: PLC0415
    from feedservice.importing.opening import open_source  # noqa: PLC0415

    fetcher = Fetcher(allow_private=allow_private)

    def fetch(url: str) -> bytes:
        try:
            return fetcher.get(url, MAX_PICTURE).body
        except FetchError as error:
            raise Stays(error.reason) from error

    files = ContentFiles(settings_for(content).content)
    wish = importer.Wish(write=write, category=category, fetch=None if no_media else fetch)
    console = Console(stderr=True)
    site = check.read_site(files.root)
    opened = open_source(source, kind, fetcher, site.timezone)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    try:
        with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task(opened.kind, total=None)
            report = importer.run(
                opened,
                files,
                wish,
                utc_now(),
                lambda done, total: bar.update(task, completed=done, total=total or None),
            )
    finally:
        fetcher.close()
    _print(
        report,
        lang or ("ar" if site.language.startswith("ar") else "en"),
        None if everything else _SHOWN,
    )
    if report.faults and not report.count and not report.present:
        sys.exit(1)


def _print(report: "Report", lang: str, limit: int | None) -> None:
    arabic = lang == "ar"
    console = Console(soft_wrap=True, emoji=False)
    if report.rows:
        table = Table(
            title=("ما أُخذ" if report.written else "ما سيؤخذ")
            if arabic
            else "what came"
            if report.written
            else "what would come"
        )
        for name in (
            ("الملف", "العنوان", "التاريخ", "الحالة")
            if arabic
            else ("file", "title", "date", "status")
        ):
            table.add_column(name, overflow="fold")
        for row in report.rows[:limit]:
            table.add_row(
                row.path, row.title, f"{row.published:%Y-%m-%d %H:%M%z}", row.status.value
            )
        Console().print(table)
        more = report.count - len(report.rows[:limit])
        if more > 0:
            console.print(
                f"… {'و' if arabic else 'and '}{more} {'غيرها' if arabic else 'more'} (--all)"
            )
    for name, found in _additions(report, arabic):
        for each in found[:limit]:
            console.print(f"+ {name}: {each}", markup=False, highlight=False)
        if limit is not None and len(found) > limit:
            console.print(
                f"+ {name}: … {len(found) - limit} (--all)", markup=False, highlight=False
            )
    kept, more_faults = remarks.gathered(report.faults, limit or len(report.faults))
    for fault in kept:
        wrong, remedy = remarks.describe(fault, lang)
        console.print(f"! {fault.place}: {wrong}\n    ← {remedy}", markup=False, highlight=False)
    more_faults += report.more_faults
    if more_faults:
        console.print(f"! … {more_faults} (--all)", markup=False, highlight=False)
    _sum_up(report, arabic)


def _additions(report: "Report", arabic: bool) -> tuple[tuple[str, list[str]], ...]:
    return (
        (
            "site.yaml تصنيف" if arabic else "site.yaml category",
            [f"{each.slug} ({each.name})" for each in report.categories],
        ),
        (
            "site.yaml كاتب" if arabic else "site.yaml author",
            [f"{each.slug} ({each.name})" for each in report.authors],
        ),
        (
            "site.yaml تحويل" if arabic else "site.yaml redirect",
            [f"{old} → {new}" for old, new in report.redirects],
        ),
        ("ملف" if arabic else "file", [f"{name} ← {address}" for name, address in report.files]),
    )


def _sum_up(report: "Report", arabic: bool) -> None:
    counts = {
        ("مقالات" if arabic else "articles"): report.count,
        ("منها مسودات" if arabic else "of them drafts"): report.drafts,
        ("ومجدولة" if arabic else "scheduled"): report.scheduled,
        ("ملفات media" if arabic else "media files"): report.media,
        ("موجودة من قبل" if arabic else "there before"): report.present,
        ("ملاحظات" if arabic else "remarks"): len(report.faults) + report.more_faults,
    }
    click.echo(
        f"{report.kind}: " + (" · ".join(f"{name} {count}" for name, count in counts.items()))
    )
    if not report.written:
        click.echo(
            "لم يُكتب شيء. للكتابة: أضف --write، ثم feedservice check"
            if arabic
            else "Nothing was written. To write it: add --write, then run feedservice check"
        )
