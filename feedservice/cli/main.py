"""The command line: its commands, each loaded when it is called, and how any of them ends."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from feedservice import __version__
from feedservice.cli.commands import COMMANDS
from feedservice.cli.options import lang_option, say
from feedservice.cli.surroundings import choose_language, in_its_language
from feedservice.domain.errors import (
    CommandError,
    ContentError,
    IndexUnavailable,
    PortTaken,
    reason_of,
)
from feedservice.i18n import LANGUAGES, Message, _, render
from feedservice.system.importing import importing


class _Commands(click.Group):
    """Editors run `check` at every save; it must not wait for what only `serve` needs."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **named: Any) -> Any:
        """Read the command line, and speak one language from its first fault on."""
        choose_language(sys.argv[1:] if args is None else args)
        return click.Group.main(in_its_language(self), args, *rest, **named)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        listed = COMMANDS.get(cmd_name)
        if listed is None:
            return None
        with importing():
            found = getattr(import_module(f"feedservice.cli.{listed.module}"), listed.name)
        assert isinstance(found, click.Command)
        found.help = listed.told
        return in_its_language(found)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, none of which is loaded for that."""
        told = (click.Command(name, help=listed.told) for name, listed in COMMANDS.items())
        listing = click.Group(commands=list(map(in_its_language, told)))
        listing.format_commands(ctx, formatter)


def main() -> None:
    """Run the command line: no fault of a file, setting or address ends in a traceback."""
    try:
        group(standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):  # click turns those of commands alone into its own
        say(_("interrupted; the next run goes on from here"), err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ContentError as error:
        # A table that most runs do not need.
        from feedservice.content import messages  # noqa: PLC0415

        problem = error.problem
        wrong, remedy = messages.explain(problem)
        place = f"{problem.path}:{problem.line}:{problem.column}"
        facts = {"place": place, "wrong": wrong, "remedy": remedy}
        _fail(Message("{place}: {wrong}\n    ← {remedy}", facts))
    except PortTaken as error:  # of which a newcomer may hear before any language is chosen
        told = (render(_error(error.message), each) for each in LANGUAGES)
        click.echo(" · ".join(told), err=True)
        sys.exit(2)
    except CommandError as error:
        _fail(error.message)
    except IndexUnavailable as error:
        _fail(_("the index cannot be read: {reason}", reason=error))
    except OSError as error:
        facts = {"file": error.filename or "", "reason": reason_of(error)}
        _fail(Message("{file}: {reason}", facts))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_("feedservice: article files in, Arabic feeds out.").text,
)
@lang_option
@click.version_option(
    __version__, prog_name="feedservice", help=_("Show the version and exit.").text
)
def group() -> None:
    """The command line."""


def _fail(reason: Message | str) -> NoReturn:
    say(_error(reason), err=True)
    sys.exit(2)


def _error(reason: Message | str) -> Message:
    return _("error: {reason}", reason=reason)
