"""The command that writes the index, once or for as long as a service runs: index."""

import logging
from pathlib import Path

import click

from feedservice.cli.options import settings_for, site_options, site_settings
from feedservice.i18n import _
from feedservice.service import wiring_reading
from feedservice.system.importing import importing


@click.command()
@click.option("--watch", "keep", is_flag=True, help=_("Go on following the folder.").text)
@click.option(
    "--accept-removals",
    is_flag=True,
    help=_("Accept that many articles vanished at once.").text,
)
@click.option(
    "--accept-older",
    is_flag=True,
    help=_("Accept that the content here is older than what is published.").text,
)
@click.option("--with-parent", is_flag=True, hidden=True)
@site_options
def index(
    content: Path | None, keep: bool, accept_removals: bool, accept_older: bool, with_parent: bool
) -> None:
    """Bring the index up to date with the content folder."""
    # Who follows a folder waits for it: a mount may return.
    given = settings_for(content) if keep else site_settings(content)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    readers = wiring_reading.readers()  # before there is a thread
    ahead = None if keep else wiring_reading.ahead(given, readers)
    with importing():  # while they read
        from feedservice.cli import writing  # noqa: PLC0415

    writing.write(
        given,
        readers,
        ahead,
        keep=keep,
        accept_removals=accept_removals,
        accept_older=accept_older,
        with_parent=with_parent,
    )
