"""What is wrong only beside other files: lost identities, and names that nothing answers to. Pure.

The same over all files at once that `index.problems` finds in the index.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from feedservice.content.seen import Walk
from feedservice.domain.dead_links import SPACE as ADDRESS
from feedservice.domain.dead_links import LinkRule
from feedservice.domain.identity import Claims
from feedservice.domain.model import Problem, Severity, Site
from feedservice.domain.near_names import Nearest
from feedservice.domain.references import (
    ANCHOR_SPACES,
    Anchors,
    Reference,
    at_its_claim,
    broken,
    in_order,
)


def site_problems(
    articles: Mapping[str, tuple[Claims, tuple[Reference, ...]]],
    lost: Mapping[str, Problem],
    site: Site,
    former: Callable[[], Collection[str]] = tuple,
) -> list[Problem]:
    """Return what the site as a whole has against its good articles.

    Args:
        articles: by path, what each claims, and the names in its file.
        lost: by path, what `identity.decide` says of those who lose a claim.
        site: of the articles.
        former: returns slugs by which readers knew articles that are there; asked where it matters.
    """
    claims = [claims for claims, _ in articles.values()]
    known = {
        "name": {name for each in claims for name in (each.slug, *each.aliases)},
        "path": set(articles),
    }
    anchors = Anchors((each.space, each.value) for _, found in articles.values() for each in found)
    for path, (each, references) in articles.items() if anchors.wanted else ():
        owners = {("path", path), *(("name", name) for name in (each.slug, *each.aliases))}
        for owner in owners & anchors.wanted:
            anchors.add(owner, references)
    lacking = anchors.missing()
    by_space: dict[str, Nearest] = {}
    rule = LinkRule(site, lambda name: name in known["name"] or name in former())
    is_dead = cache(rule.is_dead)

    def nearest(space: str, value: str, but: Collection[str]) -> str:
        if space in ANCHOR_SPACES:
            return anchors.nearest(space, value)
        if space == ADDRESS:
            return rule.nearest(value, lambda name: nearest("name", name, but))
        if space not in by_space:  # made where something is missing: it looks at every name
            by_space[space] = Nearest(known[space])
        return by_space[space](value, but)

    found = [at_its_claim(problem, articles[path][1]) for path, problem in lost.items()]
    for path, (_, references) in articles.items():
        missing = {
            (space, value)
            for _, space, value, *_ in references
            if (space, value) in lacking
            or (space in known and value not in known[space])
            or (space == ADDRESS and is_dead(value))
        }
        missing -= {each for each in missing if each[0] == "path" and rule.leads_on(each[1])}
        found += broken(path, references, missing, nearest)
    return found


def as_second_names(problems: Iterable[Problem], names: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return problems, all of a file's second name as one: to mend these would change the file.

    Args:
        problems: of articles.
        names: by path, the first name of each file that has a second one.
    """
    kept, held = [], set()
    for problem in problems:
        first = names.get(problem.path, problem.path)
        other = problem.facts.get("other", "")
        if names.get(other, other) == first:  # one name claims what the other does
            held.add(first)
        elif problem.path not in names:
            kept.append(problem)
    for path, first in names.items():
        severity = Severity.ERROR if first in held else Severity.WARNING
        facts = {"other": first}
        kept.append(Problem(path=path, code="file-twice", facts=facts, severity=severity))
    return in_order(kept)


def with_nearest_media(problems: Iterable[Problem], walk: Callable[[], Walk]) -> Iterator[Problem]:
    """Yield problems, those of a missing file of media/ with the one whose name is most like it.

    Args:
        problems: of articles.
        walk: sees the files of media/; called where one is missing.
    """
    nearest: Nearest | None = None
    for problem in problems:
        if problem.code not in ("image-missing", "media-missing"):
            yield problem
            continue
        nearest = nearest or Nearest(walk().media)
        near = nearest(problem.facts["value"])
        yield replace(problem, facts=problem.facts | {"nearest": near}) if near else problem
