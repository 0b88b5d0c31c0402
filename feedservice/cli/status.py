"""The command that says how a site stands: status. Parse, call, print."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from feedservice.cli.options import OLDER, site_options, site_settings
from feedservice.cli.surroundings import language_of
from feedservice.clock import utc_now
from feedservice.content import messages, passed_over
from feedservice.content.files import ContentFiles
from feedservice.content.seen import Walk
from feedservice.content.site_rules import as_second_names
from feedservice.domain.model import Article, Problem, Severity, Site
from feedservice.domain.text import visible
from feedservice.i18n import Message, _, render
from feedservice.index.finding import MANY
from feedservice.index.overview import Broken, Overview, overview, paths, public
from feedservice.service import wiring, wiring_writer
from feedservice.service.source_standing import Standing

_LISTED = 40
"""Warnings that a person is shown, and articles of each state; `check`, or a program, has all."""
_STATES = (
    ("scheduled", _("scheduled"), attrgetter("published"), slice(_LISTED)),
    ("expiring", _("expiring"), attrgetter("expires"), slice(_LISTED)),
    ("expired", _("expired"), attrgetter("expires"), slice(-_LISTED, None)),
    ("withdrawn", _("withdrawn"), attrgetter("modified"), slice(-_LISTED, None)),
    ("drafts", _("draft"), attrgetter("published"), slice(-_LISTED, None)),
)
"""The lists of an `Overview`: its field, what an article in it is, the moment that matters, and how
much of it a person is shown."""
_HELD = _(
    "its file is gone, and its removal is held. If that is meant: "
    "feedservice index --accept-removals"
)
_Row = tuple[Message, datetime | None, str, str]


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help=_("For people, or for programs.").text,
)
@click.option("--published", "is_whole", is_flag=True, help=_("List what is published, too.").text)
@site_options
def status(form: str, is_whole: bool, content: Path | None) -> None:
    """Show how the site stands."""
    given = site_settings(content)
    lock = wiring_writer.lock(given)
    copy = wiring_writer.copy(given)
    if lock.acquire() and lock.lead_now(copy):  # nobody follows the folder now: look for ourselves
        indexer, _index = wiring_writer.indexer(given, lock)
        indexer.scan()
    is_older = wiring_writer.is_older(given, copy)
    lock.release()
    files = ContentFiles(given.content)
    walk = files.walk()
    told = partial(as_second_names, names=files.second_names(walk))
    with wiring.reader(given).snapshot(utc_now()) as view:
        standing = _Standing(
            content=given.content,
            site=view.site,
            overview=overview(view, told, MANY if form == "json" else _LISTED + 1),
            published=public(view) if is_whole else (),
            warnings=(
                *(each for each in told(view.problems()) if each.severity is Severity.WARNING),
                *wiring.metrics(given).template_faults(view.site.templates),
            ),
            held=() if is_older else _gone(paths(view), walk),
            passed_over=tuple(passed_over.problems(files, walk)),
            source=wiring.standing(given).read() if given.source else None,
            is_older=is_older,
        )
    if form == "json":
        click.echo(_as_json(standing, is_whole=is_whole))
    else:
        _Printer(standing).print()


def _gone(known: Iterable[str], walk: Walk) -> tuple[str, ...]:
    closed = tuple(f"{path}/" for path in walk.unreadable)  # who knows what is in there
    return tuple(
        path for path in known if path not in walk.articles and not path.startswith(closed)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What is shown; ``held`` are files that are gone, and not removed so far."""

    content: Path
    site: Site
    overview: Overview
    published: tuple[Article, ...]
    warnings: tuple[Problem, ...]
    held: tuple[str, ...]
    passed_over: tuple[Problem, ...]
    source: Standing | None
    is_older: bool


class _Printer:
    """Prints it for a person, in the site's zone; what strangers wrote is shown, never obeyed."""

    def __init__(self, standing: _Standing) -> None:
        self._standing = standing
        self._language = language_of(standing.site.language)
        self._zone = ZoneInfo(standing.site.timezone)

    def print(self) -> None:
        standing = self._standing
        count = self._said(_("published: {n}", n=standing.overview.published))
        click.echo(f"{count} · {visible(str(standing.content))}")
        if standing.source:
            click.echo(self._said(self._source(standing.source)))
        if standing.is_older:
            click.echo(self._said(OLDER))
        table = Table()
        zone = _("When ({zone})", zone=standing.site.timezone)
        for heading in (_("State"), zone, _("File"), _("Title")):
            table.add_column(self._said(heading), overflow="fold")
        for state, moment, path, text in self._rows():
            when = f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}" if moment else ""
            table.add_row(self._said(state), when, Text(visible(path)), Text(text))
        if table.row_count:
            Console().print(table)
        if len(standing.held) > _LISTED or any(
            len(getattr(standing.overview, field)) > _LISTED for field, *_rest in _STATES
        ):
            click.echo(self._said(_("… and more of them: feedservice status --format json")))
        more = len(standing.warnings) - _LISTED
        if more > 0:
            click.echo(self._said(_("… and {n} more warnings: feedservice check", n=more)))

    def _source(self, source: Standing) -> Message:
        moment = source.failing_since or source.since
        when = f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}" if moment else "–"
        if source.failing_since:
            reason = visible(source.reason)
            return _("source: not to be had since {when}: {reason}", when=when, reason=reason)
        name = source.generation[:12] or "–"
        return _("source: {generation}, asked at {when}", generation=name, when=when)

    def _rows(self) -> Iterator[_Row]:
        standing = self._standing
        for field, state, moment_of, shown in _STATES:
            for article in getattr(standing.overview, field)[shown]:
                yield state, moment_of(article), article.path, visible(article.title)
        for article in standing.published:
            yield _("published"), article.published, article.path, visible(article.title)
        for broken in standing.overview.broken:
            yield _("broken"), broken.since, broken.path, self._reason(broken)
        for path in standing.held[:_LISTED]:
            yield _("gone"), None, path, self._said(_HELD)
        for problem in standing.passed_over:
            yield _("passed over"), None, problem.path, self._wrong(problem)
        for problem in standing.warnings[:_LISTED]:
            yield _("warning"), None, f"{problem.path}:{problem.line}", self._wrong(problem)

    def _reason(self, broken: Broken) -> str:
        wrong = self._wrong(broken.problem)
        if broken.stays is None:
            return wrong
        saved = f"{broken.stays.modified.astimezone(self._zone):%Y-%m-%d %H:%M}"
        return self._said(
            _("{reason} (the version of {saved} stays published)", reason=wrong, saved=saved)
        )

    def _wrong(self, problem: Problem) -> str:
        return visible(messages.describe(problem, self._language)[0])

    def _said(self, message: Message) -> str:
        return render(message, self._language)


def _as_json(standing: _Standing, *, is_whole: bool) -> str:
    found = standing.overview
    document = {
        "published": found.published,
        **{name: [_told(article) for article in getattr(found, name)] for name, *_rest in _STATES},
        "broken": [
            {
                "path": broken.path,
                "since": broken.since.isoformat() if broken.since else None,
                "code": broken.problem.code,
                "line": broken.problem.line,
                "stays": _told(broken.stays) if broken.stays else None,
            }
            for broken in found.broken
        ],
        "held": [*standing.held],
        "passed_over": [{"path": each.path, "code": each.code} for each in standing.passed_over],
        "warnings": [_placed(each) for each in standing.warnings],
        "content": str(standing.content),
        "timezone": standing.site.timezone,
    }
    if standing.is_older:
        document["is_older"] = True
    if standing.source:
        document["source"] = standing.source.as_json()
    if is_whole:
        document["published_articles"] = [_told(article) for article in standing.published]
    return json.dumps(document, ensure_ascii=False, indent=2)


def _told(article: Article) -> dict[str, str | None]:
    return {
        "path": article.path,
        "slug": article.slug,
        "title": article.title,
        "published": article.published.isoformat(),
        "updated": article.updated.isoformat() if article.updated else None,
        "expires": article.expires.isoformat() if article.expires else None,
    }


def _placed(problem: Problem) -> dict[str, str | int]:
    return {"path": problem.path, "line": problem.line, "code": problem.code}
