"""The commands that show a site to its editors: status, preview. Parse, call, print."""

import json
import os
import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text
from werkzeug.serving import make_server

from feedservice.authoring import check
from feedservice.cli.options import content_option, settings_for
from feedservice.clock import utc_now
from feedservice.content import messages, passed_over, watch
from feedservice.content.files import ContentFiles
from feedservice.domain.model import Article, Problem
from feedservice.domain.text import visible
from feedservice.i18n import Message, _, bilingual
from feedservice.index.overview import Broken, Overview, overview
from feedservice.service import wiring, wiring_web
from feedservice.service.lock import RemovalGuard, WriterLock
from feedservice.service.writer import follow


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@content_option
def status(form: str, content: Path | None) -> None:
    """Show what is published, to come, ending, withdrawn and broken."""
    given = settings_for(content)
    lock = WriterLock(given.state)
    if lock.acquire():  # nobody follows the folder now: look for ourselves
        indexer, _index = wiring.indexer(given)
        indexer.scan()
        lock.release()
    with wiring.reader(given).snapshot(utc_now()) as view:
        found = overview(view)
    files = ContentFiles(given.content)
    passed = tuple(passed_over.problems(files, files.walk()))
    click.echo(_status_json(found, passed)) if form == "json" else _status_table(found, passed)


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--port", default=8010, show_default=True, type=click.IntRange(1, 65535), help="The port."
)
@click.option("--no-browser", is_flag=True, help="Open no browser; the address is printed.")
def preview(path: Path | None, port: int, no_browser: bool) -> None:
    """Show every article before readers see it, on this machine only.

    Pages reload when a file is saved.
    """
    own = settings_for(None).content
    root = check.site_folder(path or own)
    check.read_site(root)
    stop = threading.Event()
    with tempfile.TemporaryDirectory(prefix="feedservice-preview-") as scratch:
        given = replace(
            settings_for(root),
            state=Path(scratch),
            database=f"sqlite:///{scratch}/index.sqlite3",
            base_url="",
        )
        wiring_web.begin_with_copy(settings_for(root), Path(scratch) / "index.sqlite3")
        app, indexer = wiring_web.previewing(given)
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


_STATES = (
    ("scheduled", _("scheduled"), attrgetter("published")),
    ("expiring", _("expiring"), attrgetter("expires")),
    ("expired", _("expired"), attrgetter("expires")),
    ("withdrawn", _("withdrawn"), attrgetter("modified")),
    ("drafts", _("draft"), attrgetter("published")),
)
"""The lists of an `Overview`: its field, what an article in it is, and the moment that matters."""


def _status_table(found: Overview, passed: Sequence[Problem]) -> None:
    table = Table(title=bilingual(_("published: {n}", n=found.published)))
    for heading in (_("State"), _("When"), _("File"), _("Title")):
        table.add_column(bilingual(heading), overflow="fold")
    for field, state, moment_of in _STATES:
        for article in getattr(found, field):
            moment = f"{moment_of(article):%Y-%m-%d %H:%M}"
            table.add_row(bilingual(state), moment, _shown(article.path), _shown(article.title))
    for broken in found.broken:
        since = f"{broken.since:%Y-%m-%d %H:%M}" if broken.since else ""
        reason = Text(bilingual(_reason(broken), "\n"))
        table.add_row(bilingual(_("broken")), since, _shown(broken.path), reason)
    for problem in passed:
        wrong = Text(bilingual(messages.explain(problem)[0], "\n"))
        table.add_row(bilingual(_("passed over")), "", _shown(problem.path), wrong)
    Console().print(table)


def _shown(text: str) -> Text:
    """Foreign text in a cell: neither rich's markup nor the terminal's commands."""
    return Text(visible(text))


def _reason(broken: Broken) -> Message:
    wrong, _remedy = messages.explain(broken.problem)
    if broken.stays is None:
        return wrong
    saved = f"{broken.stays.modified:%Y-%m-%d %H:%M}"
    return _("{reason} (the version of {saved} stays published)", reason=wrong, saved=saved)


def _status_json(found: Overview, passed: Sequence[Problem]) -> str:
    def told(article: Article) -> dict[str, str | None]:
        return {
            "path": article.path,
            "slug": article.slug,
            "title": article.title,
            "published": article.published.isoformat(),
            "updated": article.updated.isoformat() if article.updated else None,
            "expires": article.expires.isoformat() if article.expires else None,
        }

    document = {
        "published": found.published,
        **{
            name: [told(article) for article in getattr(found, name)]
            for name, _state, _moment in _STATES
        },
        "broken": [
            {
                "path": broken.path,
                "since": broken.since.isoformat() if broken.since else None,
                "code": broken.problem.code,
                "line": broken.problem.line,
                "stays": told(broken.stays) if broken.stays else None,
            }
            for broken in found.broken
        ],
        "passed_over": [{"path": each.path, "code": each.code} for each in passed],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)
