"""The commands that need files: check, new, init, schema. Parse, call, print."""

import json
import os
import shlex
import sys
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from feedservice.authoring import check as checking
from feedservice.authoring import fix as fixing
from feedservice.authoring import json_schema, new_site, report, scaffold
from feedservice.cli.options import (
    content_option,
    located,
    said,
    say,
    say_where,
    settings_for,
    site_options,
    site_settings,
)
from feedservice.cli.surroundings import content_folder, language_of
from feedservice.clock import utc_now
from feedservice.content.files import ContentFiles
from feedservice.content.reading_process import ReadingProcess
from feedservice.content.site_reader import read_site as read_site_file
from feedservice.domain.errors import FeedserviceError, UsageError
from feedservice.domain.identity import Claim, Holders
from feedservice.domain.known_site import KnownSite
from feedservice.domain.model import Problem, Severity
from feedservice.domain.text import visible
from feedservice.i18n import LANGUAGES, Message, _, render


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help=_("For people, for programs, or as annotations of GitHub.").text,
)
@click.option(
    "--fix", is_flag=True, help=_("Fix what is safe to fix, and show the difference.").text
)
@click.option(
    "--dry-run", is_flag=True, help=_("With --fix: show the difference, write nothing.").text
)
@site_options
def check(
    paths: tuple[Path, ...], form: str, fix: bool, dry_run: bool, content: Path | None
) -> None:
    """Check a site, or some of it."""
    own = settings_for(content).content
    given = [located(path, own) for path in paths] or [site_settings(content).content]
    now = utc_now()
    root = checking.site_folder(given[0])
    holders, known = _holders(root, now), _known(root, now)
    read = ReadingProcess(partial(checking.checked, now=now), is_copy=True).read
    if fix:
        # All before a word is printed, at which `| head` may end this process.
        fixed = list(checking.fix_files(given, now, holders, read, known, write=not dry_run))
        for _path, difference in fixed:
            click.echo("\n".join(map(visible, difference.split("\n"))))
    problems, language, root = checking.check(given, now, holders, read, known)
    if settings_for(root).base_url:  # goes before the file's
        problems = tuple(each for each in problems if each.code != "base-url-local")
    if any(path.resolve() == root.resolve() for path in given):
        problems = (*problems, *_template_faults(root))
    problems, language = checking.hinted(problems, root), language_of(language)
    if form == "json":
        click.echo(report.as_json(problems, language))
    elif form == "github":
        for problem in problems:
            click.echo(report.as_github(problem, _where(root, problem), language))
    else:
        _show(problems, language, root)
        if not fix and fixing.is_fixable(problems):
            say(_("check --fix fixes what needs no guess, and shows the difference"), err=True)
    if any(problem.severity is Severity.ERROR for problem in problems):
        sys.exit(1)


def _holders(root: Path, now: datetime) -> Holders:
    """What the index of a folder that is served tells of who holds an address, where it can."""

    def ask(claims: Collection[Claim]) -> Mapping[Claim, str]:
        # Only where two files claim the same.
        from feedservice.service import wiring  # noqa: PLC0415

        try:
            return wiring.reader(settings_for(root)).holders(claims, now)
        except FeedserviceError:
            return {}

    return ask


def _known(root: Path, now: datetime) -> KnownSite | None:
    """What the index of a folder that is served tells of the site, where there is one."""
    given = settings_for(root)
    database = given.database.removeprefix("sqlite:///")
    if database != given.database and not Path(database).is_file():
        return None
    from feedservice.service import wiring  # noqa: PLC0415 - only where a folder is served

    try:
        return wiring.reader(given).known_site(now)
    except FeedserviceError:
        return None


def _template_faults(root: Path) -> tuple[Problem, ...]:
    """What the service noted while it made pages by the templates that are there now."""
    site, _problems = read_site_file(ContentFiles(root))
    if site is None or not site.templates:
        return ()
    from feedservice.service import wiring  # noqa: PLC0415 - only where there are templates

    return wiring.metrics(settings_for(root)).template_faults(site.templates)


@click.command()
@click.argument("title")
@click.option(
    "--category",
    default="",
    help=_("Slug or name of the category: the folder of the file.").text,
)
@click.option(
    "--slug",
    default="",
    help=_("The last part of the address; made from date and title otherwise.").text,
)
@click.option("--author", default="", help=_("Slug or name of the author.").text)
@click.option("--page", "is_page", is_flag=True, help=_("A page beside the news, in pages/.").text)
@click.option(
    "--publish", is_flag=True, help=_("For readers once it has text, not as a draft.").text
)
@click.option("--edit", is_flag=True, help=_("Open the file in $VISUAL or $EDITOR.").text)
@site_options
def new(
    title: str,
    category: str,
    slug: str,
    author: str,
    is_page: bool,
    publish: bool,
    edit: bool,
    content: Path | None,
) -> None:
    """Write a new article file."""
    root = site_settings(content).content
    if is_page and (category or author):
        raise UsageError(_("a page has no category and no author: leave the option out"))
    path = (
        scaffold.new_page(root, title, slug, is_draft=not publish)
        if is_page
        else scaffold.new_article(
            root, title, category, slug, author, utc_now(), is_draft=not publish
        )
    )
    click.echo(str(path))
    if publish:
        say(_("readers see it as soon as it has text: write it below the second ---"), err=True)
    else:
        say(_("a draft: delete its line status: draft to publish it"), err=True)
    if edit:
        click.edit(filename=str(path))


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--title", help=_("The name of the site.").text)
@click.option("--url", help=_("What every address begins with: https://news.example").text)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    help=_("The language of the site, ar where nothing is said, and of what is asked.").text,
)
@content_option
def init(
    folder: Path | None, title: str | None, url: str | None, lang: str | None, content: Path | None
) -> None:
    """Write a site to start from."""
    root = content_folder(folder or content)
    new_site.ensure_free(root)
    if sys.stdin and sys.stdin.isatty():
        try:
            lang = lang or _ask(_("Language of the site: ar or en"), LANGUAGES[0], _a_language)
            named = render(new_site.default_title(), lang)
            title = title or _ask(_("Name of the site"), named, str)
            url = url or _ask(_("Address of the site"), new_site.LOCAL, new_site.site_address)
        except click.Abort:
            say(_("interrupted; nothing was written"), err=True)
            sys.exit(130)
    lang = lang or LANGUAGES[0]
    for path in new_site.init_site(root, lang, utc_now(), title or "", url or ""):
        click.echo(str(path))
    say(_("Next:"))
    where = "" if content_folder() == root else f" --content {shlex.quote(str(folder or content))}"
    example = render(_("First news"), lang)
    for command in (f"new '{example}' --category news", "check", "preview"):
        click.echo(f"  feedservice {command}{where}")


def _ask(question: Message, default: str, accept: Callable[[str], str]) -> str:
    """Ask at the terminal, until there is an answer that can be used."""

    def read(answer: str) -> str:
        try:
            return accept(answer)
        except UsageError as error:
            raise click.UsageError(said(error.message)) from error

    answer: str = click.prompt(said(question), default=default, value_proc=read, err=True)
    return answer


def _a_language(answer: str) -> str:
    if answer not in LANGUAGES:
        raise UsageError(_("{value!r} is not accepted: ar or en", value=answer))
    return answer


@click.command("schema")
@click.argument("what", type=click.Choice(["article", "site"]), required=False)
@click.option(
    "--write",
    is_flag=False,
    flag_value=".",
    type=click.Path(path_type=Path),
    help=_("Write both into .vscode/ of the content folder (which may be named here).").text,
)
@click.option(
    "--desk",
    is_flag=True,
    help=_("Print the configuration of the desk in the browser, of Sveltia CMS, instead.").text,
)
@site_options
def print_schema(what: str | None, write: Path | None, desk: bool, content: Path | None) -> None:
    """Print the JSON Schema of front matter or site.yaml, or write both."""
    if desk:
        given = site_settings(content)
        from feedservice.service import wiring_desk  # noqa: PLC0415 - only where it is asked for

        told = wiring_desk.config(given, checking.read_site(given.content))
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    made = {
        "article": json_schema.article_schema(),
        "page": json_schema.page_schema(),
        "site": json_schema.site_schema(),
    }
    if write is None:
        click.echo(json.dumps(made[what or "article"], ensure_ascii=False, indent=2))
        return
    named = write if write != Path() else None
    root = checking.site_folder(named) if named else site_settings(content).content
    for path in json_schema.write_schemas(root / ".vscode", made):
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
    say_where(root)


def _where(root: Path, problem: Problem) -> str:
    return os.path.relpath(root / problem.path)
