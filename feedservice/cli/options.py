"""What commands share: an option, how settings are read, how a person is told something."""

import os
from pathlib import Path

import click

from feedservice.content import places
from feedservice.i18n import Message, _, bilingual, ngettext
from feedservice.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")

content_option = click.option(
    "--content", type=click.Path(path_type=Path), help="The content folder (FEEDSERVICE_CONTENT)."
)


def settings_for(content: Path | None) -> Settings:
    """Return the settings of this process; ``content`` goes before the environment's."""
    environment = dict(os.environ)
    if content is not None:
        environment["FEEDSERVICE_CONTENT"] = str(content)
    given = Settings.from_env(environment)
    places.allow(given.links)
    return given


def say(message: Message, *, err: bool = False) -> None:
    """Print a message in both languages, a line each."""
    click.echo(bilingual(message, "\n"), err=err)


def warn(message: Message) -> None:
    """Print a warning in both languages to standard error."""
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
