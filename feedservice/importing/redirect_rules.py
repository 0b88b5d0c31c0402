"""Old addresses → redirects and aliases: one pattern where many are alike. Pure."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from feedservice.domain import redirects
from feedservice.domain.text import slugify
from feedservice.importing.remarks import Remark, remark

MAX_LITERAL = 1_500
"""Redirects of one import that may be listed one by one in site.yaml, which is read as a whole."""
MIN_ALIKE = 5
"""Addresses that are alike from which a pattern is made."""

_YEAR = re.compile("(?:19|20)[0-9]{2}")
_SHORT = re.compile("[0-9]{1,2}")
_ENDING = re.compile(r"\.(?:html?|php|aspx?)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class OldAddress:
    """An old path (decoded, from the root of its site) and the slug of its article."""

    path: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectRules:
    """What site.yaml needs, aliases as pairs of slug and alias, and what could not be carried."""

    redirects: tuple[tuple[str, str], ...]
    aliases: tuple[tuple[str, str], ...]
    remarks: tuple[Remark, ...]


def rules_for(addresses: Sequence[OldAddress], taken: Collection[str]) -> RedirectRules:
    """Decide how each old address goes on answering.

    Args:
        addresses: the old addresses.
        taken: slugs and aliases that are not free.
    """
    alike: dict[str, list[OldAddress]] = defaultdict(list)
    for address in addresses:
        alike[pattern_of(address.path)].append(address)
    patterns: list[tuple[str, str]] = []
    aliases: dict[str, str] = {}
    literal: list[OldAddress] = []
    for pattern, members in alike.items():
        if not pattern or len(members) < MIN_ALIKE:
            literal += members
            continue
        patterns.append((pattern, "/articles/{slug}"))
        for address in members:
            name = slugify(_ENDING.sub("", address.path.rstrip("/").rpartition("/")[2]))
            if name == address.slug:
                continue
            if not name or name in taken or name in aliases:
                literal.append(address)
            else:
                aliases[name] = address.slug
    odd = [address.path for address in literal if not is_literal(address.path)]
    literal = [address for address in literal if is_literal(address.path)]
    kept, lost = literal[:MAX_LITERAL], literal[MAX_LITERAL:]
    pairs = [(address.path.rstrip("/"), f"/articles/{address.slug}") for address in kept]
    return RedirectRules(
        # A literal address goes before a pattern that fits it too.
        redirects=tuple(dict((*pairs, *patterns)).items()),
        aliases=tuple((slug, alias) for alias, slug in aliases.items()),
        remarks=(
            *(remark("address-odd", path, value=path) for path in odd),
            *((remark("redirects-many", lost[0].path, n=len(lost)),) if lost else ()),
        ),
    )


def is_literal(path: str) -> bool:
    """Whether a line of redirects can say an old path: a question mark would begin a query."""
    is_other = redirects.has_query(path) or redirects.is_pattern(path)
    return not is_other and redirects.is_good(path, "/")


def pattern_of(path: str) -> str:
    """Return the pattern of an old path; empty where it has braces, a query or no slug.

    >>> pattern_of("/2025/12/21/daraya/"), pattern_of("/blog/daraya.html")
    ('/{year}/{month}/{day}/{slug}', '/blog/{slug}.html')
    """
    *folders, name = path.strip("/").split("/")
    if not name or set(path) & set("{}?"):
        return ""
    words: list[str] = []
    free = ["month", "day"]
    for folder in folders:
        if _YEAR.fullmatch(folder) and "{year}" not in words:
            words.append("{year}")
        elif _SHORT.fullmatch(folder) and "{year}" in words and free:
            words.append("{" + free.pop(0) + "}")
        else:
            words.append(folder)
    ending = _ENDING.search(name)
    return "/" + "/".join((*words, "{slug}" + (ending[0] if ending else "")))
