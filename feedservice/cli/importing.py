"""The command of those who move in: import. Parse, call, print; nothing is decided here.

What reads foreign formats is imported by the command itself: no other command should wait for it,
and it may be absent (the extra ``import``).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from feedservice.authoring import check
from feedservice.cli.options import say_where, site_options, site_settings
from feedservice.cli.surroundings import language_of
from feedservice.clock import utc_now
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import UsageError
from feedservice.domain.text import visible
from feedservice.i18n import Message, _, render
from feedservice.importing import remarks
from feedservice.importing.foreign_entry import KINDS

if TYPE_CHECKING:
    from feedservice.importing.import_report import ImportReport

_LISTED = 40


@click.command("import")
@click.argument("source", required=False)
@click.option(
    "--write",
    is_flag=True,
    help=_("Write what would come; without it nothing is written.").text,
)
@click.option(
    "--dry-run", is_flag=True, help=_("Write nothing, which is so without --write anyway.").text
)
@click.option(
    "--from",
    "kind",
    type=click.Choice(KINDS),
    help=_("What SOURCE is; looked up otherwise.").text,
)
@click.option(
    "--feed",
    help=_("The old site's own feed (an address or a file): its ids win.").text,
)
@click.option(
    "--verify",
    help=_(
        "Write nothing; compare with the old site's feed or, without SOURCE, ask the new site for"
        " each address of an old sitemap or feed."
    ).text,
)
@click.option(
    "--into",
    "into",
    type=click.Path(path_type=Path),
    help=_("Another name of --content.").text,
)
@click.option(
    "--category",
    default="",
    help=_("Category of entries that have none (slug or name).").text,
)
@click.option(
    "--no-media", is_flag=True, help=_("Leave pictures and recordings where they are.").text
)
@click.option(
    "--media-limit",
    type=click.IntRange(min=0),
    default=1024,
    show_default=True,
    help=_("MiB that all pictures and recordings may have.").text,
)
@click.option(
    "--pages",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help=_("Pages of a site that one import asks for.").text,
)
@click.option(
    "--allow-private",
    is_flag=True,
    help=_("Ask addresses of this machine and of private networks too.").text,
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help=_("Show every row, not the first ones only.").text,
)
@site_options
def import_source(
    source: str | None,
    write: bool,
    dry_run: bool,
    feed: str | None,
    verify: str | None,
    kind: str | None,
    into: Path | None,
    category: str,
    no_media: bool,
    media_limit: int,
    pages: int,
    allow_private: bool,
    everything: bool,
    content: Path | None,
) -> None:
    """Bring in what another system publishes."""
    with _naming_what_is_absent():
        from feedservice.importing import importer  # noqa: PLC0415
        from feedservice.importing.fetch import Fetcher  # noqa: PLC0415
        from feedservice.importing.old_feed import BesideFeed  # noqa: PLC0415
        from feedservice.importing.opening import open_feed, open_source  # noqa: PLC0415
        from feedservice.importing.site import Crawl  # noqa: PLC0415

    if write and (verify or dry_run):
        option = "--verify" if verify else "--dry-run"
        raise UsageError(
            _("{option} writes nothing: import with --write afterwards", option=option)
        )
    if not source and not verify:
        raise UsageError(_("what is imported? Name a SOURCE, or --verify and an old sitemap"))
    files = ContentFiles(site_settings(content or into).content)
    site = check.read_site(files.root)
    fetcher = Fetcher(allow_private=allow_private, max_media=media_limit * 1024 * 1024)
    options = importer.ImportOptions(
        write=write,
        category=category,
        download=None if no_media else fetcher.download,
        weigh=None if no_media or verify else fetcher.size,
    )
    if not source:
        from feedservice.cli.verifying import verify_addresses  # noqa: PLC0415

        verify_addresses(str(verify), content or into, fetcher, everything=everything)
        return
    named = feed or verify
    old_feed = open_feed(named, fetcher) if named else None
    crawl = Crawl(
        pages=pages,
        feed=old_feed if feed else None,
        known=partial(importer.known_ids, files, site),
    )
    with _naming_what_is_absent():  # each kind has its own
        opened = open_source(source, kind, fetcher, site.timezone, crawl)
    if old_feed:
        opened = BesideFeed(opened, old_feed, wins=bool(feed))
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    try:
        with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task(opened.kind, total=None)

            def progress(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total or None)

            report = importer.run(opened, files, options, utc_now(), progress)
    finally:
        fetcher.close()
    _Printer(language_of(site.language), None if everything else _LISTED).print(report)
    say_where(files.root)
    if verify and report.kinds["feed-id"] + report.kinds["feed-missing"]:
        sys.exit(1)
    if report.unexplained or not report.count + report.present:
        sys.exit(1)


@contextmanager
def _naming_what_is_absent() -> Iterator[None]:
    """Tell a library that is not installed, and how it is."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(
            _(
                "import needs the library {name}; this installs it: {command}",
                name=error.name,
                command="pip install 'feedservice[import]'",
            )
        ) from error


class _Printer:
    """Prints a report; what strangers wrote is shown, never obeyed.

    Args:
        language: of the reader.
        limit: how many rows of each list; None for all.
    """

    def __init__(self, language: str, limit: int | None) -> None:
        self._language = language
        self._limit = limit
        self._console = Console(soft_wrap=True, emoji=False, markup=False, highlight=False)

    def print(self, report: "ImportReport") -> None:
        """Print what came, or would come."""
        if report.articles:
            self._print_articles(report)
        for name, rows in _additions(report):
            label = self._said(name)
            for row in rows[: self._limit]:
                self._console.print(f"+ {label}: {visible(row)}")
            self._print_more(len(rows) - len(rows[: self._limit]), f"+ {label}: ")
        listed, more = report.distinct_remarks(self._limit)
        for each in listed:
            wrong, remedy = remarks.describe(each, self._language)
            self._console.print(f"! {visible(f'{each.place}: {wrong}')}\n    ← {visible(remedy)}")
        self._print_more(more + report.more_remarks, "! ")
        if more + report.more_remarks:
            for code, n in report.kinds.most_common():
                self._console.print(f"! {n} × {code}")
        self._console.print(self._said(_summary(report)))
        if report.estimate.told:
            self._console.print(self._said(_estimate(report)))
        self._console.print(self._said(report.answers))
        for message in report.addresses.by_kind():
            self._console.print(f"  {self._said(message)}")
        self._console.print(self._said(_balance(report)))
        if report.unexplained:
            self._console.print(
                self._said(
                    _(
                        "{n} entries of the source are missing, and nothing says why: that is a"
                        " fault of feedservice; please report it",
                        n=report.unexplained,
                    )
                )
            )
        if not report.found:
            self._console.print(
                self._said(_("The source holds no entry: is it the right one? Try --from"))
            )
        if not report.written:
            self._console.print(
                self._said(
                    _("Nothing was written. Add --write to write it, then run feedservice check")
                )
            )

    def _print_articles(self, report: "ImportReport") -> None:
        title = _("what came") if report.written else _("what would come")
        table = Table(title=self._said(title))
        for name in (_("file"), _("title"), _("date"), _("status")):
            table.add_column(self._said(name), overflow="fold")
        for row in report.articles[: self._limit]:
            cells = (row.path, row.title, f"{row.published:%Y-%m-%d %H:%M%z}", row.status.value)
            table.add_row(*(Text(visible(cell)) for cell in cells))
        Console().print(table)
        self._print_more(report.count - len(report.articles[: self._limit]))

    def _print_more(self, n: int, before: str = "") -> None:
        if n > 0:
            self._console.print(before + self._said(_("… and {n} more (--all)", n=n)))

    def _said(self, message: Message) -> str:
        return render(message, self._language)


def _additions(report: "ImportReport") -> Iterator[tuple[Message, list[str]]]:
    yield _("site.yaml category"), [f"{each.slug} ({each.name})" for each in report.categories]
    yield _("site.yaml author"), [f"{each.slug} ({each.name})" for each in report.authors]
    yield _("site.yaml redirect"), [f"{old} → {new}" for old, new in report.redirects]
    yield _("new file"), [f"{name} ← {address}" for name, address in report.files]


def _balance(report: "ImportReport") -> Message:
    return _(
        "in the source {found} = came {came} + drafts {drafts} + there before {present}"
        " + left out, each told {told} + unexplained {unexplained}",
        found=report.found,
        came=report.count - report.drafts,
        drafts=report.drafts,
        present=report.present,
        told=report.told,
        unexplained=report.unexplained,
    )


def _estimate(report: "ImportReport") -> Message:
    return _(
        "of {media} media files {told} have {size} MiB, as their hosts say (--media-limit)",
        media=report.media,
        told=report.estimate.told,
        size=f"{report.estimate.size / 1024 / 1024:.1f}",
    )


def _summary(report: "ImportReport") -> Message:
    return _(
        "{kind}: articles {count} · of them drafts {drafts} · scheduled {scheduled}"
        " · media files {media} · there before {present} · remarks {remarks}",
        kind=report.kind,
        count=report.count,
        drafts=report.drafts,
        scheduled=report.scheduled,
        media=report.media,
        present=report.present,
        remarks=len(report.remarks) + report.more_remarks,
    )
