"""What an editor wants to know of the whole site: each state's articles, and what is broken."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from sqlalchemy import case, func, select, union

from feedservice.domain.headline import State
from feedservice.domain.model import Article, Problem, Severity
from feedservice.domain.selections import Selection
from feedservice.index import counts, schema
from feedservice.index.changes import SITE, unix_seconds
from feedservice.index.finding import MANY
from feedservice.index.outbox import PURGE
from feedservice.index.payload import article_from_json
from feedservice.index.schema import HAS_PROBLEMS, articles, files
from feedservice.index.snapshot import Snapshot
from feedservice.index.statements import Statement
from feedservice.index.states import MOMENT, is_in, teasers

_COUNTS = MappingProxyType(
    {
        state: Statement(select(func.count()).select_from(articles).where(is_in(state)))
        for state in State
        if state is not State.PUBLIC
    }
)
_FILES = select(files.c.path, files.c.mtime_ns)
_LOST = select(articles.c.path).where(articles.c.conflict.is_not(None))
_PATHS = Statement(select(files.c.path).order_by(files.c.path))
_WITH_PROBLEMS = Statement(union(_FILES.where(HAS_PROBLEMS), _FILES.where(files.c.path.in_(_LOST))))
Articles = tuple[Article, ...]
Told = Callable[[Iterable[Problem]], Iterable[Problem]]
"""Makes of all problems what is told, in order: only the folder knows which files are links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A file that cannot be used.

    Attributes:
        since: when the file was saved as it is; None for site.yaml.
        problem: its first error.
        stays: the version that readers go on seeing, or None.
    """

    path: str
    since: datetime | None
    problem: Problem
    stays: Article | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The site at one moment; articles are teasers."""

    published: int
    scheduled: tuple[Article, ...]
    expiring: tuple[Article, ...]
    expired: tuple[Article, ...]
    withdrawn: tuple[Article, ...]
    drafts: tuple[Article, ...]
    broken: tuple[Broken, ...]


def overview(view: Snapshot, told: Told = iter, most: int = MANY) -> Overview:
    """Return what the index knows.

    Args:
        view: is asked.
        told: see `Told`.
        most: how many articles each list has at most: what is next, or what was last.
    """
    published, leaves, is_ending = (
        articles.c.published,
        articles.c.leaves,
        articles.c.leaves > MOMENT,
    )
    return Overview(
        published=view.count(Selection()),
        scheduled=_first(view, most, published, State.SCHEDULED),
        expiring=_first(view, most, leaves, State.PUBLIC, is_ending),
        expired=_last(view, most, leaves, State.EXPIRED),
        withdrawn=_last(view, most, leaves, State.WITHDRAWN),
        drafts=_last(view, most, published, State.DRAFT),
        broken=_broken(view, told),
    )


def paths(view: Snapshot) -> tuple[str, ...]:
    """Return the files that the index has, by path: articles and pages, whatever their state."""
    return tuple(path for (path,) in _PATHS.run(view.connection))


def public(view: Snapshot) -> Articles:
    """Return what readers see, as teasers, newest first."""
    return _first(view, MANY, articles.c.published.desc(), State.PUBLIC)


def _first(view: Snapshot, most: int, order: Any, state: State, *conditions: Any) -> Articles:
    return _listed(view, most, (order, articles.c.slug), is_in(state), *conditions)


def _last(view: Snapshot, most: int, order: Any, state: State) -> Articles:
    return _listed(view, most, (order.desc(), articles.c.slug.desc()), is_in(state))[::-1]


def _listed(view: Snapshot, most: int, orders: Any, *conditions: Any) -> Articles:
    statement = teasers().where(*conditions).order_by(*orders).limit(most)
    rows = view.connection.execute(statement, {"moment": unix_seconds(view.now)})
    return tuple(article_from_json(row) for (row,) in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many there are at one moment.

    Attributes:
        articles: by state.
        problems: of files, by severity: error, warning.
        pings: that hubs are still to be sent.
        purges: keys of which a CDN is still to be told.
    """

    articles: dict[str, int]
    problems: dict[str, int]
    pings: int
    purges: int


def by_state(view: Snapshot) -> dict[str, int]:
    """Return how many articles are in each state."""
    moment = unix_seconds(view.now)
    found = {state: each.run(view.connection, moment=moment) for state, each in _COUNTS.items()}
    public = counts.of_list(view.connection, *SITE, view.now)
    return {state.value: found[state].scalar_one() if state in found else public for state in State}


def problem_counts(view: Snapshot) -> dict[str, int]:
    """Return how many problems there are of each severity; looks for all that links name."""
    found = Counter(problem.severity.value for problem in view.problems(hints=False))
    return {severity.value: found[severity.value] for severity in Severity}


def tally(view: Snapshot, problems: Mapping[str, int]) -> Tally:
    """Return what the index counts, and `problem_counts` of a moment."""
    is_purge = schema.pings.c.hub.startswith(PURGE)
    purges = func.coalesce(func.sum(case((is_purge, 1), else_=0)), 0)
    waiting, for_cdn = view.connection.execute(
        select(func.count(), purges).select_from(schema.pings)
    ).one()
    return Tally(
        articles=by_state(view),
        problems=dict(problems),
        pings=waiting - for_cdn,
        purges=for_cdn,
    )


def _broken(view: Snapshot, told: Told) -> tuple[Broken, ...]:
    errors: dict[str, Problem] = {}
    for problem in told(view.problems(hints=False)):
        if problem.severity is Severity.ERROR:
            errors.setdefault(problem.path, problem)
    # Every file of which anything is told: naming the broken ones would make as many
    # parameters.
    rows = _WITH_PROBLEMS.run(view.connection).all()
    saved = {path: datetime.fromtimestamp(mtime_ns // 10**9, UTC) for path, mtime_ns in rows}
    stays = view.by_path(errors)
    return tuple(
        Broken(path=path, since=saved.get(path), problem=problem, stays=stays.get(path))
        for path, problem in errors.items()
    )


def problems_of(view: Snapshot, told: Told = iter) -> dict[str, tuple[Problem, ...]]:
    """Return what is told of each file, warnings too."""
    by_path = groupby(told(view.problems()), key=lambda problem: problem.path)
    return {path: tuple(problems) for path, problems in by_path}
