"""The command line as a whole."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from factories import write_article
from feedservice.cli.main import group

ASK = (
    "import sys; from feedservice.cli.main import group; group(['check', sys.argv[1]], standalone_mode=False);"
    "print([name for name in ('flask', 'sqlalchemy', 'granian', 'feedgen', 'httpx') if name in sys.modules])"
)


def test_a_check_waits_for_no_library_of_the_server(content: Path) -> None:
    write_article(content, "field/a.md")
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(content)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", group.list_commands(click.Context(group)))
def test_every_command_says_what_it_does(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command
    assert command.name == name
    assert command.get_short_help_str()


def test_an_unknown_command_is_none() -> None:
    assert group.get_command(click.Context(group), "publish") is None
