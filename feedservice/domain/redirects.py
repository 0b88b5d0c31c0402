"""Old addresses and where they lead now: literal ones, and patterns for a whole archive. Pure.

A pattern has words in braces: ``{year}`` (four digits), ``{month}`` and ``{day}`` (one or two),
``{id}`` (digits), ``{slug}`` (one segment, without what follows the brace). One rule,
``/{year}/{slug}: /articles/{slug}``, takes the place of ten thousand lines. An old address with a
query, ``/?p=7``, is one that has these parameters, whatever others. Must not know articles: whether
there is one is for others to ask.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from feedservice.domain import urls
from feedservice.domain.absolute_urls import is_url
from feedservice.domain.own_addresses import OwnAddresses

WORDS = MappingProxyType(
    {
        "year": "[0-9]{4}",
        "month": "[0-9]{1,2}",
        "day": "[0-9]{1,2}",
        "id": "[0-9]+",
        "slug": "[^/]+?",
    }
)
_WORD = re.compile(r"\{([^{}]*)\}")
_STRANGERS_HOST = re.compile(r"[^/?#]*//[^/?#]*\{slug\}")


class Rules(NamedTuple):
    """Redirects ready to be asked.

    Literal ones by their path, patterns in their order, and those with a query by their path: the
    parameters that they need, and where they lead.
    """

    literal: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    queries: Mapping[str, tuple[tuple[frozenset[tuple[str, str]], str], ...]]


class Target(NamedTuple):
    """Where an old address leads, percent-encoded, and the slug that a pattern took (or empty)."""

    address: str
    slug: str


def find(path: str, redirects: tuple[tuple[str, str], ...]) -> Target | None:
    """Return where an old path (decoded) leads, or None. A slash at its end makes no difference.

    >>> find("/2025/12/daraya/", (("/{year}/{month}/{slug}", "/articles/{slug}"),))
    Target(address='/articles/daraya', slug='daraya')
    """
    wanted = path.rstrip("/")
    rules = _rules(redirects)
    if wanted in rules.literal:
        return Target(_encoded(rules.literal[wanted]), "")
    for pattern, target in rules.patterns:
        match = pattern.fullmatch(wanted)
        if match:
            return Target(
                _encoded(_filled(target, match.groupdict())), match.groupdict().get("slug", "")
            )
    return None


def find_query(
    path: str, pairs: Iterable[tuple[str, str]], redirects: tuple[tuple[str, str], ...]
) -> str | None:
    """Return where an old address with a query leads, percent-encoded, or None.

    >>> find_query("/", [("p", "7"), ("lang", "ar")], (("/?p=7", "/articles/daraya"),))
    '/articles/daraya'
    """
    rules = _rules(redirects).queries.get(path.rstrip("/"), ())
    given = frozenset(pairs) if rules else frozenset()
    return next((_encoded(target) for needed, target in rules if needed <= given), None)


def has_query(old: str) -> bool:
    """Whether an old address has a query."""
    return "?" in old


def is_pattern(old: str) -> bool:
    """Whether an old address has words in braces."""
    return _WORD.search(old) is not None


def patterns(redirects: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the pairs that are patterns."""
    return tuple(pair for pair in redirects if is_pattern(pair[0]))


def circles(redirects: tuple[tuple[str, str], ...], own: OwnAddresses) -> Iterator[tuple[str, str]]:
    """Yield of each circle of literal redirects the pair at which it was entered.

    Args:
        redirects: good ones.
        own: knows which URLs are paths of the site.
    """
    literal = {
        old.rstrip("/"): (old, new)
        for old, new in redirects
        if not has_query(old) and not is_pattern(old)
    }
    seen: set[str] = set()
    for start in literal:
        way: set[str] = set()
        path: str | None = start
        while path in literal and path not in seen:
            seen.add(path)
            way.add(path)
            new = literal[path][1]
            inside = new if new.startswith("/") else own.path_of(new)
            path = None if inside is None else unquote(urlsplit(inside).path).rstrip("/")
        if path in way:
            yield literal[path]


def is_good(old: str, new: str) -> bool:
    """Whether a path leads to a path or a URL, and their words are known, each once in ``old``."""
    words = _WORD.findall(old)
    is_path = new.startswith("/") and not new.startswith("//")
    return (
        old.startswith("/")
        and (is_path or is_url(_WORD.sub("1", new)))
        and len(set(words)) == len(words)
        and set(words) <= WORDS.keys()
        and set(_WORD.findall(new)) <= set(words)
        and not _STRANGERS_HOST.match(new)  # a stranger's slug would choose the host
        and "}{" not in old  # two words side by side can be told apart in many ways
        and (not has_query(old) or (not words and bool(parse_qsl(old.partition("?")[2]))))
    )


def _filled(target: str, words: Mapping[str, str]) -> str:
    return _WORD.sub(lambda word: words[word[1]], target)


def _encoded(address: str) -> str:
    return urls.uri(address) if urlsplit(address).scheme else urls.percent_path(address)


@lru_cache(maxsize=4)
def _rules(redirects: tuple[tuple[str, str], ...]) -> Rules:
    literal: dict[str, str] = {}
    queries: dict[str, tuple[tuple[frozenset[tuple[str, str]], str], ...]] = {}
    for old, new in redirects:
        path, _mark, query = old.partition("?")
        if query:
            rule = (frozenset(parse_qsl(query, keep_blank_values=True)), new)
            queries[path.rstrip("/")] = (*queries.get(path.rstrip("/"), ()), rule)
        elif not _WORD.search(old):
            literal[old.rstrip("/")] = new
    patterns = tuple(
        (_compiled(old.rstrip("/")), new) for old, new in redirects if _WORD.search(old)
    )
    return Rules(MappingProxyType(literal), patterns, MappingProxyType(queries))


def _compiled(old: str) -> re.Pattern[str]:
    parts: Iterable[str] = _WORD.split(old)
    return re.compile(
        "".join(
            f"(?P<{part}>{WORDS[part]})" if n % 2 else re.escape(part)
            for n, part in enumerate(parts)
        )
    )
