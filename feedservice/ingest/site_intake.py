"""site.yaml → index: a file that cannot be used, or takes from readers what they use, is held."""

import logging
from collections.abc import Sequence

from feedservice.clock import Clock
from feedservice.content.files import ContentFiles
from feedservice.content.messages import describe
from feedservice.content.site_changes import DROPPED
from feedservice.content.site_reader import read_site
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Problem, Severity, Site
from feedservice.index.writer import IndexWriter
from feedservice.ingest import site_icons

log = logging.getLogger(__name__)


class SiteIntake:
    """Takes up the site as the file says; else the last good one stays, and the fault is told."""

    def __init__(self, files: ContentFiles, index: IndexWriter, clock: Clock) -> None:
        self._files = files
        self._index = index
        self._clock = clock
        self._is_held = False
        self._told: frozenset[tuple[str, str]] = frozenset()

    def take(self) -> Site:
        """Return the site that holds now.

        Raises:
            ContentError: the index has no site yet and site.yaml cannot be used.
        """
        now = self._clock()
        known = self._index.known_site(now)
        site, problems = read_site(self._files, known)
        self._is_held = site is None
        if site is None:
            if known is None:
                raise ContentError(problems[0])
            site = known.site
        self._tell(problems)
        self._index.put_site(site, problems, now)
        site_icons.take(site, self._files, self._index)
        return site

    def _tell(self, problems: Sequence[Problem]) -> None:
        """Log a fault, or what a change dropped, once."""
        told = {(each.code, each.facts.get("value", "")): each for each in problems}
        for problem in (each for key, each in told.items() if key not in self._told):
            if problem.severity is Severity.ERROR:
                log.error("site.yaml cannot be used; the last good one stays: %s", _said(problem))
            elif problem.code in DROPPED:
                log.warning("%s", _said(problem))
        self._told = frozenset(told)

    def moved_on(self, site: Site) -> bool:
        """Whether another site would hold by now: what is held may wait for articles' changes."""
        if not self._is_held:
            return False
        found, _problems = read_site(self._files, self._index.known_site(self._clock()))
        return found is not None and found != site


def _said(problem: Problem) -> str:
    wrong, remedy = describe(problem, "en")
    text = f"{problem.path}:{problem.line}: {problem.code}: {wrong}. {remedy}"
    return " ".join(text.split("\n"))
