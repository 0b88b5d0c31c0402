"""The command that answers readers: serve."""

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import click

from feedservice import __version__
from feedservice.cli.options import LOOPBACK, port_option, site_options, site_settings, warn
from feedservice.content import places
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Problem, Site
from feedservice.i18n import _
from feedservice.system.importing import uncollected


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help=_("The address to listen on.").text
)
@port_option(8000)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help=_("Worker processes.").text,
)
@site_options
def serve(host: str, port: int, workers: int, content: Path | None) -> None:
    """Serve a content folder, and follow what editors save in it."""
    given = site_settings(content)
    os.environ.update(given.as_env())
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    # In a process beside: workers are copies of this one, and none of them reads YAML.
    with ProcessPoolExecutor(1, initializer=places.allow, initargs=(given.links,)) as beside:
        reading = beside.submit(_read_site, given.content)
        # Meanwhile, what the workers run; no other command needs it.
        with uncollected():
            from feedservice.service import kept_answers, metrics, server, wiring  # noqa: PLC0415
            from feedservice.service.lock import WriterLock  # noqa: PLC0415
        site, problems = reading.result()
    if site is None:
        raise ContentError(problems[0])
    server.ensure_free(host, port)
    base_url = given.base_url or site.base_url
    if urlsplit(base_url).hostname in LOOPBACK and host not in LOOPBACK:
        warn(
            _(
                "base_url is {base_url}, but {host} is public: subscribers would get addresses "
                "that only this machine knows. Set base_url in site.yaml, or FEEDSERVICE_BASE_URL.",
                base_url=base_url,
                host=host,
            )
        )
    with suppress(OSError):  # a disk that is full or read-only
        if WriterLock(given.state).is_free():  # else another service over the same state counts on
            metrics.forget(given.state / "metrics")
    index = wiring.reader(given)  # before a writer starts: settings of a database may be refused
    supervisor = wiring.supervisor(given)
    supervisor.start()
    if not (given.state / kept_answers.NAME).exists():
        wiring.wait_until_filled(index, 10)
    click.echo(f"feedservice {__version__}: {site.title}")
    click.echo(f"  http://{_authority(host, port)}/  ←  {given.content}")
    try:
        server.serve(host, port, workers)
    finally:
        supervisor.stop()


def _read_site(root: Path) -> tuple[Site | None, Sequence[Problem]]:
    from feedservice.content.files import ContentFiles  # noqa: PLC0415
    from feedservice.content.reader import read_site  # noqa: PLC0415

    return read_site(ContentFiles(root))


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
