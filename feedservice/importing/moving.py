"""Old addresses → redirects and aliases: one pattern where an archive's addresses are of one make.
Pure.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from feedservice.domain.text import slugify
from feedservice.importing.foreign_entry import Fault

MAX_LITERAL = 1_500
"""Redirects of one import that may stand one by one in site.yaml, which is read as a whole."""
MIN_ALIKE = 5
"""Addresses of one make from which a pattern is made."""

_YEAR = re.compile("(?:19|20)[0-9]{2}")
_SHORT = re.compile("[0-9]{1,2}")
_ENDING = re.compile(r"\.(?:html?|php|aspx?)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An old path (decoded, from the root of its site) and the slug of the article that lives
    elsewhere now.
    """

    path: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What site.yaml needs, aliases by slug, and what could not be carried."""

    redirects: tuple[tuple[str, str], ...]
    aliases: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...]


def rules_for(moved: Sequence[Moved], taken: Collection[str]) -> Settled:
    """Decide how each old address goes on answering.

    Args:
        moved: the addresses.
        taken: slugs and aliases that are not free.
    """
    groups: dict[str, list[Moved]] = defaultdict(list)
    for each in moved:
        groups[pattern_of(each.path)].append(each)
    redirects: list[tuple[str, str]] = []
    aliases: list[tuple[str, str]] = []
    literal: list[Moved] = []
    used = set(taken)
    for pattern, members in groups.items():
        if not pattern or len(members) < MIN_ALIKE:
            literal += members
            continue
        redirects.append((pattern, "/articles/{slug}"))
        for each in members:
            last = _last(each.path)
            if last == each.slug:
                continue
            if last and last not in used:
                used.add(last)
                aliases.append((each.slug, last))
            else:
                literal.append(each)
    kept = [(each.path.rstrip("/"), f"/articles/{each.slug}") for each in literal[:MAX_LITERAL]]
    lost = literal[MAX_LITERAL:]
    faults = (
        (Fault(what="redirects-many", place=lost[0].path, facts={"count": str(len(lost))}),)
        if lost
        else ()
    )
    # A literal address goes before a pattern that fits it too.
    return Settled(
        redirects=tuple(dict((*kept, *redirects)).items()), aliases=tuple(aliases), faults=faults
    )


def pattern_of(path: str) -> str:
    """Return the pattern that an old path is of; empty where it has braces or no segment to take a
    slug from.

    >>> pattern_of("/2025/12/21/daraya/"), pattern_of("/blog/daraya.html")
    ('/{year}/{month}/{day}/{slug}', '/blog/{slug}.html')
    """
    parts = path.strip("/").split("/")
    if not parts[-1] or "{" in path or "}" in path:
        return ""
    made: list[str] = []
    free = ["month", "day"]
    for part in parts[:-1]:
        if _YEAR.fullmatch(part) and "{year}" not in made:
            made.append("{year}")
        elif _SHORT.fullmatch(part) and "{year}" in made and free:
            made.append("{" + free.pop(0) + "}")
        else:
            made.append(part)
    ending = _ENDING.search(parts[-1])
    return "/" + "/".join((*made, "{slug}" + (ending[0] if ending else "")))


def _last(path: str) -> str:
    return slugify(_ENDING.sub("", path.rstrip("/").rpartition("/")[2]))
