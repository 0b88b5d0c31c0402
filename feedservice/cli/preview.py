"""The command that shows a site before readers see it: preview. Parse, call, print."""

import os
import signal
import sys
import tempfile
import threading
import webbrowser
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import click
from werkzeug.serving import make_server

from feedservice.authoring import check
from feedservice.cli.options import (
    located,
    port_option,
    say_where,
    settings_for,
    site_options,
    site_settings,
)
from feedservice.clock import steady_now
from feedservice.content import watch
from feedservice.domain import urls
from feedservice.domain.errors import UsageError
from feedservice.i18n import _
from feedservice.service import wiring_preview
from feedservice.service.lock import RemovalGuard
from feedservice.service.wiring_web import preview_links
from feedservice.service.writer import follow
from feedservice.settings import Settings


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@port_option(8010)
@click.option("--no-browser", is_flag=True, help=_("Open no browser; the address is printed.").text)
@click.option(
    "--share",
    is_flag=True,
    help=_("Print an address of the service at which others see this one article.").text,
)
@click.option(
    "--days",
    default=7,
    show_default=True,
    type=click.IntRange(1, 90),
    help=_("How long that address is to last.").text,
)
@site_options
def preview(
    path: Path | None, port: int, no_browser: bool, share: bool, days: int, content: Path | None
) -> None:
    """Show every article before readers see it."""
    own = settings_for(content).content
    path = path and located(path, own)
    if share:
        click.echo(shared_address(path, timedelta(days=days), site_settings(content)))
        return
    root = check.site_folder(path) if path else site_settings(content).content
    check.read_site(root)
    stop = threading.Event()
    with tempfile.TemporaryDirectory(prefix="feedservice-preview-") as scratch:
        given = replace(
            settings_for(root),
            state=Path(scratch),
            database=f"sqlite:///{scratch}/index.sqlite3",
            base_url="",
        )
        wiring_preview.begin_with_copy(settings_for(root), Path(scratch) / "index.sqlite3")
        app, indexer = wiring_preview.previewing(given)
        batches = watch.watch(given.content, stop, poll=given.poll)
        follower = threading.Thread(
            target=follow,
            args=(indexer, batches, RemovalGuard(given.state), given.rescan),
            daemon=True,
        )
        indexer.scan(accept_removals=True)
        follower.start()
        server = make_server("127.0.0.1", port, app, threaded=True)
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        where = check.slug_of(root, path) if path and path.is_file() else ""
        address = f"http://127.0.0.1:{port}/preview" + (f"/articles/{where}" if where else "")
        click.echo(address)
        say_where(root)
        if not no_browser and has_display():
            # Some wait for the browser's end.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            stop.set()
            follower.join(timeout=5)
            server.server_close()


def shared_address(path: Path | None, lasts: timedelta, given: Settings) -> str:
    """Return the address at which the service shows an article to whoever knows it.

    Raises:
        UsageError: no file is named, it is no article, or the service shares no previews; the
            message says what to do.
    """
    links = preview_links(given)
    if links is None:
        raise UsageError(
            _(
                "Set FEEDSERVICE_PREVIEW_SECRET_FILE to the file that the service reads its secret "
                "of shared previews from. Make one with: {command}",
                command="openssl rand -hex 32",
            )
        )
    slug = unquote(check.slug_of(given.content, path)) if path and path.is_file() else ""
    if not slug:
        raise UsageError(_("Name the article's file that is to be shared."))
    base_url = given.base_url or check.read_site(given.content).base_url
    return urls.absolute(base_url, links.path(slug, steady_now() + lasts))


def has_display() -> bool:
    """Whether a browser would open a window, and not take the terminal."""
    is_desktop = sys.platform in ("darwin", "win32")
    return is_desktop or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
