"""What import --verify asks without a source: whether the new site answers each old address."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click

from feedservice.cli.exporting import update_index
from feedservice.cli.options import say, site_settings
from feedservice.cli.progress import bars
from feedservice.clock import utc_now
from feedservice.domain.errors import ImportFailure
from feedservice.domain.text import visible
from feedservice.exporting import wsgi_client
from feedservice.i18n import _
from feedservice.importing import old_addresses
from feedservice.importing.fetch import Fetcher, FetchError
from feedservice.importing.foreign_entry import ignore
from feedservice.importing.opening import open_feed, read_named
from feedservice.service import wiring, wiring_export, wiring_writer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_MAX_REDIRECTS = 5
_LISTED = 40


def verify_addresses(
    named: str, content: Path | None, fetcher: Fetcher, *, everything: bool
) -> None:
    """Ask the new site each address of an old sitemap or feed; end with 1 where one fails.

    Raises:
        ImportFailure: ``named`` cannot be had, or is neither.
    """
    addresses = _addresses(named, fetcher)
    settings = site_settings(content)
    lock = wiring_writer.lock(settings)
    try:
        with bars() as progress:
            update_index(settings, lock, progress)
        base_url = wiring.reader(settings).current()[1].base_url
        app = wiring_export.FrozenApplication(settings, utc_now())()
        found = old_addresses.answers(
            addresses, lambda path, query: _status(app, base_url, path, query)
        )
    finally:
        lock.release()
    shown = found.failed if everything else found.failed[:_LISTED]
    for address, status in shown:
        click.echo(f"! {status} {visible(address)}")
    if len(found.failed) > len(shown):
        say(_("… and {n} more (--all)", n=len(found.failed) - len(shown)))
    say(
        _(
            "old addresses: known {known} · answered {answered} · not {failed}",
            known=found.answered + len(found.failed),
            answered=found.answered,
            failed=len(found.failed),
        )
    )
    if found.failed or not found.answered:
        sys.exit(1)


def _addresses(named: str, fetcher: Fetcher) -> Iterator[str]:
    def get(url: str) -> bytes:
        try:
            return fetcher.get(url).body
        except FetchError as error:
            raise ImportFailure(error.message) from error

    data = read_named(named, get)
    if old_addresses.is_sitemap(data):
        return old_addresses.of_sitemap(data, get)
    feed = open_feed(named, fetcher)
    return (entry.url for entry in feed.entries(ignore) if entry.url)


def _status(app: "WSGIApplication", base_url: str, path: str, query: str) -> int:
    """The status that a reader ends at; an address elsewhere is one that answers."""
    below = urlsplit(base_url).path.rstrip("/")
    for _step in range(_MAX_REDIRECTS):
        path = path.removeprefix(below) if path.startswith(f"{below}/") else path
        with wsgi_client.ask(app, base_url, path, query) as answer:
            to = urlsplit(answer.headers.get("Location", ""))
            status = answer.status
        if not 300 <= status < 400 or (to.netloc and to.netloc != urlsplit(base_url).netloc):
            return status
        path, query = unquote(to.path) or "/", to.query
    return 508
