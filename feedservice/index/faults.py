"""What is held back at this moment, and which hubs fail: asked often, so by indexes alone."""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select

from feedservice.domain.incidents import FILE, HUB
from feedservice.domain.model import Problem, Severity
from feedservice.index.outbox import is_hub
from feedservice.index.payload import problems_from_json
from feedservice.index.rows import get_meta
from feedservice.index.schema import articles, files, pings
from feedservice.index.statements import Statement

_BROKEN = Statement(select(files.c.path).where(files.c.names.is_(None)))
_LOST = Statement(select(articles.c.path).where(articles.c.conflict.is_not(None)))
_HUBS = Statement(
    select(pings.c.hub).where(pings.c.failing_since > 0, is_hub(pings.c.hub)).distinct()
)
_OF_FILE = Statement(select(files.c.problems).where(files.c.path == bindparam("path")))
_OF_ARTICLE = Statement(select(articles.c.conflict).where(articles.c.path == bindparam("path")))


def subjects(connection: Connection) -> set[str]:
    """Return what is wrong: files that are held back, site.yaml too, and hubs that fail."""
    paths = {path for each in (_BROKEN, _LOST) for (path,) in each.rows(connection)}
    paths.update(problem.path for problem in _of_site(connection))
    hubs = {f"{HUB}{hub}" for (hub,) in _HUBS.rows(connection)}
    return hubs | {f"{FILE}{path}" for path in paths}


def problem_of(connection: Connection, path: str) -> Problem | None:
    """Return what holds a file back, the first of several; None where nothing does by now."""
    told = (each.run(connection, path=path).scalar() for each in (_OF_FILE, _OF_ARTICLE))
    found = [*_errors(next(told)), *_errors(next(told)), *_of_site(connection)]
    return next((problem for problem in found if problem.path == path), None)


def _of_site(connection: Connection) -> Iterator[Problem]:
    return _errors(get_meta(connection, "site_problems"))


def _errors(text: str | None) -> Iterator[Problem]:
    problems = problems_from_json(text) if text and text != "[]" else ()
    return (problem for problem in problems if problem.severity is Severity.ERROR)
