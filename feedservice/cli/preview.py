"""The command that shows a site before readers see it: preview. Parse, call, print."""

import os
import signal
import sys
import tempfile
import threading
import webbrowser
from dataclasses import replace
from pathlib import Path

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
from feedservice.content import watch
from feedservice.i18n import _
from feedservice.service import wiring_preview
from feedservice.service.lock import RemovalGuard
from feedservice.service.writer import follow


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@port_option(8010)
@click.option("--no-browser", is_flag=True, help=_("Open no browser; the address is printed.").text)
@site_options
def preview(path: Path | None, port: int, no_browser: bool, content: Path | None) -> None:
    """Show every article before readers see it."""
    own = settings_for(content).content
    path = path and located(path, own)
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


def has_display() -> bool:
    """Whether a browser would open a window, and not take the terminal."""
    is_desktop = sys.platform in ("darwin", "win32")
    return is_desktop or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
