"""What commands share: options, how settings are read, how a person is told something."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from feedservice.cli.surroundings import ASKED, content_folder, is_site, language
from feedservice.content import places
from feedservice.domain.errors import UsageError
from feedservice.domain.text import visible
from feedservice.i18n import LANGUAGES, Message, _, ngettext, render
from feedservice.settings import Settings

OLDER = _(
    "The content here is older than what is published, so it is not taken up. "
    "If it is right as it is: feedservice index --accept-older"
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _keep(context: click.Context, _option: click.Parameter, language: str | None) -> None:
    if language:
        context.meta[ASKED] = language


lang_option = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    callback=_keep,
    help=_("The language that is spoken; FEEDSERVICE_LANG, your locale's or the site's else.").text,
)
content_option = click.option(
    "--content",
    type=click.Path(path_type=Path),
    help=_(
        "The content folder; FEEDSERVICE_CONTENT else, or the folder here or above that holds "
        "site.yaml, or ./content."
    ).text,
)


def site_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--content``, as its argument ``content``, and ``--lang``."""
    return content_option(lang_option(command))


def port_option(default: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command ``--port``."""
    return click.option(
        "--port",
        default=default,
        show_default=True,
        type=click.IntRange(1, 65535),
        help=_("The port.").text,
    )


def settings_for(content: Path | None, **more: str) -> Settings:
    """Return the settings of this process; ``content`` and ``more`` go before the environment's."""
    environment = {**os.environ, "FEEDSERVICE_CONTENT": str(content_folder(content)), **more}
    if content is not None:
        environment["FEEDSERVICE_SOURCE"] = ""
    given = Settings.from_env(environment)
    places.allow(given.links)
    return given


def site_settings(content: Path | None) -> Settings:
    """Return `settings_for` a folder that holds a site.

    Raises:
        UsageError: it holds no site.yaml; the message names it.
        SourceUnavailable: it has to come from a source, which fails.
    """
    found = settings_for(content)
    if found.source and not is_site(found.content):
        # What fetches, where there is something to fetch.
        from feedservice.service.wiring_source import bring  # noqa: PLC0415

        bring(found)
    if not is_site(found.content):
        raise UsageError(
            _(
                "{folder} holds no site.yaml. Name the content folder with --content, or begin "
                "with: {command}",
                folder=found.content,
                command="feedservice init",
            )
        )
    return found


def located(path: Path, folder: Path) -> Path:
    """Return a path as it was typed: of the working directory, else of the content folder.

    Raises:
        UsageError: it is in neither; the message names both.
    """
    for each in (path, folder / path):
        if each.exists():
            return each
    raise UsageError(
        _("{path} does not exist, and is not in {folder}", path=path.absolute(), folder=folder)
    )


def said(message: Message) -> str:
    """Return a message in the language of whoever called the command."""
    return render(message, language())


def say(message: Message, *, err: bool = False) -> None:
    """Print a message."""
    click.echo(said(message), err=err)


def say_where(folder: Path, *, err: bool = True) -> None:
    """Print the content folder that was looked at, beside what is read by programs."""
    click.echo(f"← {visible(str(folder))}", err=err)


def warn(message: Message) -> None:
    """Print a warning to standard error."""
    say(_("warning: {text}", text=message), err=True)


def warn_of_withheld(n: int) -> None:
    """Warn that so many articles vanished at once that none was removed."""
    if n:
        warn(
            ngettext(
                "{n} article vanished; it was not removed. If that is meant: "
                "feedservice index --accept-removals",
                "{n} articles vanished at once; none was removed. If that is meant: "
                "feedservice index --accept-removals",
                n,
            )
        )
