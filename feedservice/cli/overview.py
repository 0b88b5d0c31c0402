"""The commands that show a site to its editors: status, preview. Parse, call, print; nothing is
decided here.
"""

import json
import signal
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from werkzeug.serving import make_server

from feedservice.authoring import check
from feedservice.cli.options import content_option, settings_for
from feedservice.clock import utc_now
from feedservice.content import messages, watch
from feedservice.domain.model import Article
from feedservice.index.overview import Overview, overview
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
        indexer, _ = wiring.indexer(given)
        indexer.scan()
        lock.release()
    found = overview(wiring.reader(given), utc_now())
    click.echo(_status_json(found)) if form == "json" else _status_table(found)


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--port", default=8010, show_default=True, type=click.IntRange(1, 65535), help="The port."
)
def preview(path: Path | None, port: int) -> None:
    """Show every article before readers see it, on this machine only; pages load anew when a file
    is saved.
    """
    root = check.site_folder(path or settings_for(None).content)
    check.read_site(root)
    stop = threading.Event()
    with tempfile.TemporaryDirectory(prefix="feedservice-preview-") as scratch:
        given = replace(
            settings_for(root),
            state=Path(scratch),
            database=f"sqlite:///{scratch}/index.sqlite3",
            base_url="",
        )
        app, indexer = wiring_web.previewing(given)
        batches = watch.watch(given.content, stop, poll=given.poll)
        follower = threading.Thread(
            target=follow,
            args=(indexer, batches, RemovalGuard(given.state), given.rescan),
            daemon=True,
        )
        indexer.scan()
        follower.start()
        server = make_server("127.0.0.1", port, app, threaded=True)
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        where = check.slug_of(root, path) if path and path.is_file() else ""
        click.echo(f"http://127.0.0.1:{port}/preview" + (f"/articles/{where}" if where else ""))
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            stop.set()
            follower.join(timeout=5)
            server.server_close()


def _status_table(found: Overview) -> None:
    table = Table(title=f"منشور / published: {found.published}")
    for name in ("الحالة / state", "متى / when", "الملف / file", "العنوان / title"):
        table.add_column(name, overflow="fold")
    rows: list[tuple[str, str, str, str]] = []
    for state, articles in _groups(found):
        rows += [
            (state, _when(state, article), article.path, article.title) for article in articles
        ]
    for broken in found.broken:
        wrong, _ = messages.describe(broken.problem, "ar")
        stays = (
            f"{wrong} (تبقى نسخة {broken.stays.modified:%Y-%m-%d %H:%M})" if broken.stays else wrong
        )
        rows.append(("معطوب / broken", f"{broken.since:%Y-%m-%d %H:%M}", broken.path, stays))
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _groups(found: Overview) -> tuple[tuple[str, tuple[Article, ...]], ...]:
    return (
        ("مجدول / scheduled", found.scheduled),
        ("ينتهي / expiring", found.expiring),
        ("انتهى / expired", found.expired),
        ("مسحوب / withdrawn", found.withdrawn),
        ("مسودة / draft", found.drafts),
    )


def _when(state: str, article: Article) -> str:
    moment = article.expires if article.expires and state.startswith(("ينتهي", "انتهى")) else None
    return f"{moment or (article.modified if 'withdrawn' in state else article.published):%Y-%m-%d %H:%M}"


def _status_json(found: Overview) -> str:
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
            for name in ("scheduled", "expiring", "expired", "withdrawn", "drafts")
        },
        "broken": [
            {
                "path": broken.path,
                "since": broken.since.isoformat(),
                "code": broken.problem.code,
                "line": broken.problem.line,
                "stays": told(broken.stays) if broken.stays else None,
            }
            for broken in found.broken
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)
