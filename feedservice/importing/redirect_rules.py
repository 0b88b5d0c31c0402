"""Old addresses → redirects and aliases: one pattern where many are alike. Pure."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote_plus

from feedservice.domain import redirects
from feedservice.domain.text import slugify
from feedservice.domain.urls import PAGES
from feedservice.importing.addresses import POST_NUMBER
from feedservice.importing.remarks import Remark, remark

MAX_LITERAL = 1_500
"""Redirects of one import that may be listed one by one in site.yaml, which is read as a whole."""
MIN_ALIKE = 5
"""Addresses that are alike from which a pattern is made."""

_YEAR = re.compile("(?:19|20)[0-9]{2}")
_SHORT = re.compile("[0-9]{1,2}")
_NUMBER = re.compile("[0-9]{1,20}")
_ENDING = re.compile(r"\.(?:html?|php|aspx?)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class OldAddress:
    """An old path (decoded, from the root of its site) and the slug of its article or page.

    Attributes:
        query: the parameters that tell which entry is meant, percent-encoded; mostly empty.
    """

    path: str
    slug: str
    query: str = ""

    @property
    def old(self) -> str:
        """The address as a line of redirects has it."""
        return f"{self.path or '/'}?{self.query}" if self.query else self.path.rstrip("/")

    @property
    def target(self) -> str:
        """Where it leads, decoded."""
        return f"/{self.slug}" if self.slug.startswith(PAGES) else f"/articles/{self.slug}"

    @property
    def is_number(self) -> bool:
        """Whether it is one of WordPress' numbers of an entry."""
        return POST_NUMBER.search(self.query) is not None

    @property
    def is_sayable(self) -> bool:
        """Whether a line of redirects can say it."""
        return is_literal(self.path or "/") and redirects.is_good(self.old, "/")


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectRules:
    """What site.yaml needs, aliases with the slug of each, and what could not be carried."""

    redirects: tuple[tuple[str, str], ...]
    aliases: Mapping[str, str]
    unanswered: tuple[OldAddress, ...]
    remarks: tuple[Remark, ...]


def rules_for(
    addresses: Sequence[OldAddress],
    taken: Collection[str],
    known: Collection[tuple[str, str]] = (),
) -> RedirectRules:
    """Decide how each old address goes on answering.

    Args:
        addresses: the old addresses.
        taken: slugs and aliases that are not free.
        known: redirects that there are; one more address that fits a pattern of them needs no line.
    """
    known = frozenset(known)
    alike: dict[tuple[str, str], list[OldAddress]] = defaultdict(list)
    for address in addresses:
        alike[_alike(address)[:2]].append(address)
    patterns: list[tuple[str, str]] = []
    aliases: dict[str, str] = {}
    literal: list[OldAddress] = []
    for rule, members in alike.items():
        if not rule[0] or (len(members) < MIN_ALIKE and rule not in known):
            literal += members
            continue
        patterns.append(rule)
        for address in members:
            # Made twice: all at once are tens of megabytes of a hundred thousand.
            name = _alike(address)[2]
            if name == address.slug or aliases.get(name) == address.slug:
                continue
            if not name or name in taken or name in aliases:
                literal.append(address)
            else:
                aliases[name] = address.slug
    odd = [address for address in literal if not address.is_sayable]
    literal = [address for address in literal if address.is_sayable]
    kept, lost = literal[:MAX_LITERAL], literal[MAX_LITERAL:]
    pairs = [(address.old, address.target) for address in kept]
    return RedirectRules(
        # A literal address goes before a pattern that fits it too.
        redirects=tuple(dict((*pairs, *patterns)).items()),
        aliases=aliases,
        unanswered=(*odd, *lost),
        remarks=(
            *(remark("address-odd", address.old, value=address.old) for address in odd),
            *((remark("redirects-many", lost[0].old, n=len(lost)),) if lost else ()),
        ),
    )


def _alike(address: OldAddress) -> tuple[str, str, str]:
    """The pattern of an address and its target, and the alias that the target's words then name."""
    if address.query:
        return _alike_by_query(address)
    name = address.path.rstrip("/").rpartition("/")[2]
    pattern = pattern_of(address.path)
    return pattern, "/articles/{slug}" if pattern else "", slugify(_ENDING.sub("", name))


def _alike_by_query(address: OldAddress) -> tuple[str, str, str]:
    """The same of an address with a query, if one parameter is a number."""
    pairs = parse_qsl(address.query)
    numbers = [pair for pair in pairs if _NUMBER.fullmatch(pair[1])]
    if len(numbers) != 1 or "?" in address.path:
        return "", "", ""
    (_name, number), label = numbers[0], slugify(numbers[0][0])
    values = ("{id}" if pair == numbers[0] else quote_plus(pair[1]) for pair in pairs)
    query = "&".join(
        f"{quote_plus(each)}={value}" for (each, _), value in zip(pairs, values, strict=True)
    )
    pattern, target = f"{address.path or '/'}?{query}", f"/articles/{label}-{{id}}"
    alias = f"{label}-{number}"
    if not label or slugify(alias) != alias or not redirects.is_good(pattern, target):
        return "", "", ""
    return pattern, target, alias


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
