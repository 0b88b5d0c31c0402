"""The command that answers readers: serve."""

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from socket import socket
from urllib.parse import urlsplit

import click

from feedservice import __version__
from feedservice.cli.options import (
    LOOPBACK,
    port_option,
    said,
    settings_for,
    site_options,
    site_settings,
    warn,
)
from feedservice.content import places
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Problem, Site
from feedservice.domain.source_address import without_secret
from feedservice.domain.text import visible
from feedservice.i18n import Message, _
from feedservice.service.listening import listen
from feedservice.settings import Settings
from feedservice.system import child_process
from feedservice.system.importing import importing


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
@click.option(
    "--replica",
    is_flag=True,
    help=_(
        "Answer from the database alone, without content and without a writer; FEEDSERVICE_REPLICA."
    ).text,
)
@site_options
def serve(host: str, port: int, workers: int, replica: bool, content: Path | None) -> None:
    """Serve a content folder, and follow what editors save in it."""
    given = settings_for(content, **({"FEEDSERVICE_REPLICA": "1"} if replica else {}))
    if not given.replica:
        given = site_settings(content)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    run = _replicate if given.replica else _serve
    with listen(host, port) as listening:
        run(listening, host, port, workers, given)


def _replicate(listening: socket, host: str, port: int, workers: int, given: Settings) -> None:
    """Serve what a database holds; it is asked by none but workers, and nobody waits for it."""
    with importing():
        from feedservice.service import metrics, server, wiring, wiring_media  # noqa: PLC0415
        from feedservice.service.keeper import Keeper, Succession  # noqa: PLC0415
    wiring.reader(given)  # its address may be refused
    wiring_media.check(given)
    os.environ.update(given.as_env())
    with suppress(OSError):  # a disk that is full or read-only
        given.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        metrics.forget(given.state / "metrics")

    def run(is_first: bool, succession: Succession) -> None:
        if is_first:
            told = said(_("a replica: what another machine writes is read"))
            click.echo(f"feedservice {__version__}: {told}")
            asked = f"http://{_authority(host, port)}"
            database = without_secret(given.database).partition("?")[0]  # which may have one, too
            click.echo(f"  {asked}/  ←  {visible(database)}")
        server.serve(listening, workers, succession=succession)

    Keeper(run, ending=listening.close).run()


def _serve(listening: socket, host: str, port: int, workers: int, given: Settings) -> None:
    # In a process beside: workers are copies of this one, and none of them reads YAML.
    with ProcessPoolExecutor(1, initializer=_begin_beside, initargs=(given.links,)) as beside:
        reading = child_process.hand(beside, _read_site, given.content)
        # Meanwhile, what the workers run; no other command needs it.
        with importing():
            from feedservice.service import (  # noqa: PLC0415
                kept_answers,
                metrics,
                server,
                wiring,
                wiring_media,
            )
            from feedservice.service.keeper import Keeper, Succession  # noqa: PLC0415
            from feedservice.service.lock import WriterLock  # noqa: PLC0415
        site, problems = reading.result()
    if site is None:
        raise ContentError(problems[0])
    asked = f"http://{_authority(host, port)}"
    given = replace(given, base_url=given.base_url or _followed(asked, host, site.base_url))
    os.environ.update(given.as_env())
    with suppress(OSError):  # a disk that is full or read-only
        if WriterLock(given.state).is_free():  # else another service over the same state counts on
            metrics.forget(given.state / "metrics")
    # Before a writer starts, since these settings may be refused.
    index = wiring.reader(given)
    wiring_media.check(given)

    def run(is_first: bool, succession: Succession) -> None:
        supervisor = wiring.supervisor(given)
        supervisor.start()
        if is_first:
            has_kept = (given.state / kept_answers.NAME).exists()
            has_answers = has_kept or wiring.wait_until_filled(index, 10)
            click.echo(f"feedservice {__version__}: {site.title}")
            click.echo(f"  {asked}/  ←  {visible(without_secret(given.source)) or given.content}")
            if not has_answers:
                _say_beneath(_("the articles are being read: pages come up once that is done"))
            _tell_of_base_url(host, asked, given.base_url or site.base_url, site.base_url)
        try:
            server.serve(listening, workers, supervisor.ask_to_stop, succession)
        finally:
            supervisor.stop()

    Keeper(run, ending=listening.close).run()


def _begin_beside(links: Sequence[Path]) -> None:
    child_process.begin_worker()  # it has the socket, too: the port is free only once it ends
    places.allow(links)


def _read_site(root: Path) -> tuple[Site | None, Sequence[Problem]]:
    from feedservice.content.files import ContentFiles  # noqa: PLC0415
    from feedservice.content.site_reader import read_site  # noqa: PLC0415

    return read_site(ContentFiles(root))


def _followed(asked: str, host: str, base_url: str) -> str:
    """Return the base_url for an address of this machine that differs from site.yaml's, else ""."""
    given = urlsplit(base_url)
    if host not in LOOPBACK or given.hostname not in LOOPBACK or _origin(base_url) == asked:
        return ""
    return asked + given.path


def _origin(url: str) -> str:
    given = urlsplit(url)
    return f"{given.scheme}://{given.netloc}"


def _tell_of_base_url(host: str, asked: str, base_url: str, its_own: str) -> None:
    """Say what links and feeds name where that is not the address that is asked for."""
    if urlsplit(base_url).hostname in LOOPBACK and host not in LOOPBACK:
        warn(
            _(
                "base_url is {base_url}, but {host} is public: subscribers would get addresses "
                "that only this machine knows. Set base_url in site.yaml, or FEEDSERVICE_BASE_URL.",
                base_url=base_url,
                host=host,
            )
        )
    elif _origin(base_url) != asked:
        _say_beneath(_("feeds name {base_url} (base_url), not this address", base_url=base_url))
    elif base_url != its_own:
        _say_beneath(_("feeds name this address; base_url is {base_url}", base_url=its_own))


def _say_beneath(told: Message) -> None:
    click.echo(f"  {said(told)}")


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
