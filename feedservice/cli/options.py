"""What both halves of the command line share: an option, and how settings are read."""

import os
from pathlib import Path

import click

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
    return Settings.from_env(environment)
