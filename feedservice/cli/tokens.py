"""The commands that say who may write from elsewhere: token new, list, revoke."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from feedservice.authoring.check import read_site
from feedservice.cli.options import said, say, site_options, site_settings
from feedservice.cli.surroundings import in_its_language
from feedservice.clock import utc_now
from feedservice.domain.errors import UsageError
from feedservice.domain.model import Site
from feedservice.domain.taxonomy import find_author
from feedservice.domain.text import one_line, visible
from feedservice.i18n import _
from feedservice.micropub import tokens
from feedservice.micropub.token_file import TokenFile


class _Commands(click.Group):
    """A group whose commands speak the language that was chosen."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name)
        return in_its_language(found) if found else None


@click.group(cls=_Commands)
@site_options
@click.pass_context
def token(context: click.Context, content: Path | None) -> None:
    """Say who may write from elsewhere."""
    context.obj = content


@token.command("new", help=_("Make a token. Its secret is shown once, on the last line.").text)
@click.option("--name", required=True, help=_("What you call it: a person and a device.").text)
@click.option(
    "--scope",
    default=",".join(tokens.SCOPES),
    show_default=True,
    help=_("What it allows, commas between.").text,
)
@click.option(
    "--author", default="", help=_("Slug or name of the author of what is written with it.").text
)
@site_options
@click.pass_obj
def new(folder: Path | None, name: str, scope: str, author: str, content: Path | None) -> None:
    """Make a token."""
    given = site_settings(content or folder)
    site = read_site(given.content)
    made, secret = tokens.new(_name(name), _scopes(scope), _author(author, site), utc_now())
    TokenFile(given.state).add(made)
    address = f"{given.base_url or site.base_url}/micropub"
    say(_("Give the program this address: {address}", address=address), err=True)
    say(_("Its secret, which is shown only now:"), err=True)
    click.echo(secret)


@token.command("list", help=_("List the tokens: what they allow, and when they were used.").text)
@site_options
@click.pass_obj
def listed(folder: Path | None, content: Path | None) -> None:
    """List the tokens."""
    given = site_settings(content or folder)
    zone = ZoneInfo(read_site(given.content).timezone)
    file = TokenFile(given.state)
    for each in file.read():
        used = file.last_use(each)
        parts = (
            visible(each.name),
            ",".join(each.scopes),
            visible(each.author) or "-",
            f"{each.made.astimezone(zone):%Y-%m-%d %H:%M}",
            f"{used.astimezone(zone):%Y-%m-%d %H:%M}" if used else said(_("never used")),
        )
        click.echo("\t".join(parts))


@token.command("revoke", help=_("Revoke the token NAME, from the next request on.").text)
@click.argument("name")
@site_options
@click.pass_obj
def revoke(folder: Path | None, name: str, content: Path | None) -> None:
    """Revoke a token."""
    TokenFile(site_settings(content or folder).state).revoke(name)
    say(_("revoked: {name}", name=name))


def _name(given: str) -> str:
    name = one_line(given)
    if not name or len(name) > tokens.MAX_NAME:
        raise UsageError(
            _("--name {value!r} is not accepted: write some letters", value=given[:200])
        )
    return name


def _scopes(given: str) -> tuple[str, ...]:
    asked = {part.strip() for part in given.split(",")} - {""}
    found = tuple(scope for scope in tokens.SCOPES if scope in asked)
    if not found or len(found) < len(asked):
        known = tokens.SCOPES
        raise UsageError(
            _("--scope {value!r} is not accepted. Known: {known}", value=given, known=known)
        )
    return found


def _author(given: str, site: Site) -> str:
    if not one_line(given):
        return ""
    found = find_author(given, site)
    if found is None and site.authors and not site.has_open_authors:
        known = tuple(f"{each.slug} ({each.name})" for each in site.authors)
        raise UsageError(
            _("--author {value!r} is not in site.yaml. Known: {known}", value=given, known=known)
        )
    return found.slug if found else one_line(given)
