"""Old addresses and where they lead now: literal ones, and patterns for a whole archive. Pure.

A pattern has words in braces: ``{year}`` (four digits), ``{month}`` and ``{day}`` (one or two),
``{id}`` (digits), ``{slug}`` (one segment, without what follows the brace). One rule,
``/{year}/{slug}: /articles/{slug}``, takes the place of ten thousand lines. An old address with a
query, ``/?p=7``, is one that has these parameters, whatever others; a word may take the place of a
whole value, ``/?p={id}``. Must not know articles: whether there is one is for others to ask.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
_VALUES = MappingProxyType(
    {word: re.compile(form) for word, form in {**WORDS, "slug": "[^/?#]+"}.items()}
)
"""What words stand for in a query, where a value may have the signs that end a path."""
_STRANGERS_HOST = re.compile(r"[^/?#]*//[^/?#]*\{slug\}")


class QueryRule(NamedTuple):
    """Parameters that an address must have, those whose values are words, and where it leads."""

    needed: frozenset[tuple[str, str]]
    words: Mapping[str, str]
    target: str


class Rules(NamedTuple):
    """Redirects ready to be asked.

    Literal ones by their path, patterns in their order, and those with a query by their path, the
    literal ones first.
    """

    literal: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    queries: Mapping[str, list[QueryRule]]


class Target(NamedTuple):
    """Where an old address leads, percent-encoded, and the slug that a pattern took (or empty)."""

    address: str
    slug: str


@lru_cache(maxsize=4)
def rules(redirects: tuple[tuple[str, str], ...]) -> Rules:
    """Return redirects ready to be asked; who asks often keeps them, to find them looks at all."""
    literal = {
        old.rstrip("/"): new for old, new in redirects if not has_query(old) and not is_pattern(old)
    }
    by_path: dict[str, list[QueryRule]] = defaultdict(list)
    for old, new in queries(redirects):
        path, pairs = parameters(old)
        words = {name: value[1:-1] for name, value in pairs if _WORD.fullmatch(value)}
        needed = frozenset(pair for pair in pairs if pair[0] not in words)
        by_path[path.rstrip("/")].append(QueryRule(needed, words, new))
    compiled = tuple((_compiled(old.rstrip("/")), new) for old, new in patterns(redirects))
    return Rules(MappingProxyType(literal), compiled, MappingProxyType(by_path))


def find(path: str, rules: Rules) -> Target | None:
    """Return where an old path (decoded) leads, or None. A slash at its end makes no difference.

    >>> find("/2025/12/daraya/", rules((("/{year}/{month}/{slug}", "/articles/{slug}"),)))
    Target(address='/articles/daraya', slug='daraya')
    """
    wanted = path.rstrip("/")
    if wanted in rules.literal:
        return Target(_encoded(rules.literal[wanted]), "")
    for pattern, target in rules.patterns:
        match = pattern.fullmatch(wanted)
        if match:
            return Target(
                _encoded(_filled(target, match.groupdict())), match.groupdict().get("slug", "")
            )
    return None


def find_query(path: str, pairs: Sequence[tuple[str, str]], rules: Rules) -> Target | None:
    """Return where an old address with a query leads, or None.

    The slug is that of the article to which a pattern leads, or empty where it leads elsewhere.

    >>> find_query("/", [("p", "7"), ("lang", "ar")], rules((("/?p={id}", "/articles/p-{id}"),)))
    Target(address='/articles/p-7', slug='p-7')
    """
    candidates = rules.queries.get(path.rstrip("/"), ())
    if not candidates:
        return None
    given, values = frozenset(pairs), dict(pairs)
    for rule in candidates:
        if not rule.needed <= given:
            continue
        if not rule.words:
            return Target(_encoded(rule.target), "")
        words = {word: values.get(name, "") for name, word in rule.words.items()}
        if all(_VALUES[word].fullmatch(value) for word, value in words.items()):
            filled = _filled(rule.target, words)
            article = re.fullmatch("/articles/([^/]+)", filled)
            return Target(_encoded(filled), article[1] if article else "")
    return None


def has_query(old: str) -> bool:
    """Whether an old address has a query."""
    return "?" in old


def is_pattern(old: str) -> bool:
    """Whether an old address has words in braces."""
    return _WORD.search(old) is not None


def patterns(redirects: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the pairs that are patterns of a path."""
    return tuple(pair for pair in redirects if is_pattern(pair[0]) and not has_query(pair[0]))


def queries(redirects: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the pairs that have a query, in the order in which they are tried."""
    found = (pair for pair in redirects if has_query(pair[0]))
    return tuple(sorted(found, key=lambda pair: is_pattern(pair[0])))


def parameters(old: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the path of an old address with a query, and its parameters.

    >>> parameters("/news.php?name=News&sid={id}")
    ('/news.php', [('name', 'News'), ('sid', '{id}')])
    """
    path, _mark, query = old.partition("?")
    return path, parse_qsl(query)


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
        and (not has_query(old) or _has_good_query(old, len(words)))
    )


def _has_good_query(old: str, words: int) -> bool:
    """Whether there are parameters, and each word is the whole value of one."""
    _path, pairs = parameters(old)
    names = {name for name, value in pairs if _WORD.fullmatch(value)}
    return bool(pairs) and len(names) == words


def _filled(target: str, words: Mapping[str, str]) -> str:
    return _WORD.sub(lambda word: words[word[1]], target)


def _encoded(address: str) -> str:
    return urls.uri(address) if urlsplit(address).scheme else urls.percent_path(address)


def _compiled(old: str) -> re.Pattern[str]:
    parts: Iterable[str] = _WORD.split(old)
    return re.compile(
        "".join(
            f"(?P<{part}>{WORDS[part]})" if n % 2 else re.escape(part)
            for n, part in enumerate(parts)
        )
    )
