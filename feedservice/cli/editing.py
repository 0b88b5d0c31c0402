"""The commands that need files: check, new, init, schema. Parse, call, print."""

import json
import os
import sys
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from feedservice.authoring import check as checking
from feedservice.authoring import json_schema, report, scaffold
from feedservice.cli.options import content_option, say, settings_for
from feedservice.clock import utc_now
from feedservice.content.reading_process import ReadingProcess
from feedservice.domain.errors import FeedserviceError
from feedservice.domain.identity import Claim, Holders
from feedservice.domain.known_site import KnownSite
from feedservice.domain.model import Problem, Severity
from feedservice.domain.text import visible
from feedservice.i18n import LANGUAGES, _, render, supported


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    help="The language of messages; the site's otherwise.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
)
@click.option("--fix", is_flag=True, help="Fix what is safe to fix, and show the difference.")
@click.option("--dry-run", is_flag=True, help="With --fix: show the difference, write nothing.")
def check(paths: tuple[Path, ...], lang: str | None, form: str, fix: bool, dry_run: bool) -> None:
    """Check a content folder, or files in one.

    Exit code 0 where nothing keeps an article back, 1 where an error does, 2 where the check could
    not be made.
    """
    own = settings_for(None).content
    given = paths or (own,)
    now = utc_now()
    root = checking.site_folder(given[0])
    holders, known = _holders(root, now), _known(root, now)
    read = ReadingProcess(partial(checking.checked, now=now)).read
    if fix:
        fixed = checking.fix_files(given, now, holders, read, known, write=not dry_run)
        for _path, difference in fixed:
            click.echo("\n".join(map(visible, difference.split("\n"))))
    problems, language, root = checking.check(given, now, holders, read, known)
    problems, language = checking.hinted(problems, root), lang or supported(language)
    if form == "json":
        click.echo(report.as_json(problems, language))
    elif form == "github":
        for problem in problems:
            click.echo(report.as_github(problem, _where(root, problem), language))
    else:
        _show(problems, language, root)
    if any(problem.severity is Severity.ERROR for problem in problems):
        sys.exit(1)


def _holders(root: Path, now: datetime) -> Holders:
    """What the index of a folder that is served tells of who holds an address, where it can."""

    def ask(claims: Collection[Claim]) -> Mapping[Claim, str]:
        from feedservice.service import wiring  # noqa: PLC0415 - only where two files claim the same

        try:
            return wiring.reader(settings_for(root)).holders(claims, now)
        except FeedserviceError:
            return {}

    return ask


def _known(root: Path, now: datetime) -> KnownSite | None:
    """What the index of a folder that is served tells of the site, where there is one."""
    given = settings_for(root)
    if not Path(given.database.removeprefix("sqlite:///")).is_file():
        return None
    from feedservice.service import wiring  # noqa: PLC0415 - only where a folder is served

    try:
        return wiring.reader(given).known_site(now)
    except FeedserviceError:
        return None


@click.command()
@click.argument("title")
@click.option(
    "--category", default="", help="Slug or name of the category: the folder of the file."
)
@click.option(
    "--slug", default="", help="The last part of the address; made from date and title otherwise."
)
@click.option("--author", default="", help="Slug or name of the author.")
@click.option("--publish", is_flag=True, help="For readers at once, not as a draft.")
@click.option("--edit", is_flag=True, help="Open the file in $VISUAL or $EDITOR.")
@content_option
def new(
    title: str,
    category: str,
    slug: str,
    author: str,
    publish: bool,
    edit: bool,
    content: Path | None,
) -> None:
    """Write a new article file: front matter with id and date, ready for its text.

    A draft, which nobody sees until the line "status: draft" is deleted.
    """
    root = settings_for(content).content
    path = scaffold.new_article(
        root, title, category, slug, author, utc_now(), is_draft=not publish
    )
    click.echo(str(path))
    if not publish:
        say(_("a draft: delete its line status: draft to publish it"), err=True)
    if edit:
        click.edit(filename=str(path))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", default="", help="The name of the site.")
@click.option("--url", default="", help="What every address begins with.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="ar",
    show_default=True,
    help="The language of the site.",
)
def init(folder: Path, title: str, url: str, lang: str) -> None:
    """Write a site to start from: site.yaml, a README, media/, a category, a first draft."""
    for path in scaffold.init_site(folder, lang, utc_now(), title, url):
        click.echo(str(path))


@click.command("schema")
@click.argument("what", type=click.Choice(["article", "site"]), required=False)
@click.option(
    "--write",
    type=click.Path(path_type=Path),
    help="A content folder: write both into its .vscode/.",
)
def print_schema(what: str | None, write: Path | None) -> None:
    """Print the JSON Schema of front matter or site.yaml, or wire both for VS Code."""
    made = {"article": json_schema.article_schema(), "site": json_schema.site_schema()}
    if write is None:
        click.echo(json.dumps(made[what or "article"], ensure_ascii=False, indent=2))
        return
    folder = checking.site_folder(write) / ".vscode"
    for path in json_schema.write_schemas(folder, made):
        click.echo(str(path))


def _show(problems: tuple[Problem, ...], language: str, root: Path) -> None:
    is_terminal = sys.stdout.isatty()
    for problem in problems:
        line, where = checking.line_of(root, problem), _where(root, problem)
        click.echo(report.as_text(problem, line, where, language, is_terminal=is_terminal))
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = len(problems) - errors
    counts = _("errors: {errors}, warnings: {warnings}", errors=errors, warnings=warnings)
    click.echo(render(counts, language))


def _where(root: Path, problem: Problem) -> str:
    return os.path.relpath(root / problem.path)
