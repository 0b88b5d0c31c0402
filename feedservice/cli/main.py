"""The command line: its commands, each loaded when it is called, and how any of them ends."""

import sys
from importlib import import_module
from typing import NoReturn

import click

from feedservice import __version__
from feedservice.domain.errors import ContentError, FeedserviceError

_COMMANDS = {
    "check": "editing:check",
    "export": "exporting:export_site",
    "import": "importing:import_source",
    "index": "serving:index",
    "init": "editing:init",
    "new": "editing:new",
    "preview": "overview:preview",
    "schema": "editing:print_schema",
    "serve": "serving:serve",
    "status": "overview:status",
}


class _Commands(click.Group):
    """Editors run `check` at every save; it must not wait for what only `serve` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        module, _, name = _COMMANDS.get(cmd_name, "").partition(":")
        found = getattr(import_module(f"feedservice.cli.{module}"), name) if module else None
        assert found is None or isinstance(found, click.Command)
        return found


def main() -> None:
    """Run the command line: no fault of a file, setting or address ends in a traceback."""
    try:
        group(standalone_mode=False)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ContentError as error:
        from feedservice.content import messages  # noqa: PLC0415 - catalogues that most runs need not open

        wrong, remedy = messages.describe(error.problem, "ar")
        _fail(
            f"{error.problem.path}:{error.problem.line}:{error.problem.column}: {wrong}\n    ← {remedy}"
        )
    except FeedserviceError as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename or ''}: {error.strerror or error}")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="feedservice")
def group() -> None:
    """Feedservice: article files in, Arabic feeds out."""


def _fail(message: str) -> NoReturn:
    click.echo(f"خطأ / error: {message}", err=True)
    sys.exit(2)
