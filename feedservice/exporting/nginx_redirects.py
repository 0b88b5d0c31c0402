"""Lines of site.yaml with words or with a query → rows of nginx's maps. Pure."""

import re
from collections.abc import Iterator
from urllib.parse import quote_plus, urlsplit

from feedservice.domain import redirects, urls
from feedservice.exporting.hosting import Hosting, old_feeds
from feedservice.exporting.nginx_texts import Variable, as_key, as_value

_WORDS = {**redirects.WORDS, "slug": r"[^/?\\]+?", "parent": r"[^?\\]+"}
_VALUES = {**redirects.WORDS, "slug": r"[^/&#\\]+"}
"""Browsers take a backslash for a slash, so that a stranger could choose the host."""


def patterns(hosting: Hosting) -> Iterator[tuple[str, str]]:
    """Rows of patterns, of the request as it came: nginx encodes nothing again."""
    start = hosting.encoded_prefix
    for old, new in (*hosting.patterns, *old_feeds()):
        pattern = "".join(
            f"(?<fs_{part}>{_WORDS[part]})" if is_word else _literal(urls.percent(part))
            for part, is_word in _parts(old.rstrip("/"))
        )
        yield as_key(rf"~^{_literal(start)}{pattern}/*(?:\?|$)"), _target(hosting, new)


def queries(hosting: Hosting) -> Iterator[tuple[str, str]]:
    """Rows of old addresses that have parameters, in whatever order."""
    start = hosting.encoded_prefix
    for old, new in hosting.queries:
        path, pairs = redirects.parameters(old)
        needed = "".join(
            rf"(?=(?:.*&)?{_literal(quote_plus(name))}={_given(value)}(?:&|$))"
            for name, value in pairs
        )
        whole = _literal(start + urls.percent(path.rstrip("/")))
        yield as_key(rf"~^{whole}/*\?{needed}"), _target(hosting, new)


def _target(hosting: Hosting, new: str) -> str:
    is_url = bool(urlsplit(new).scheme)
    encode = urls.uri if is_url else urls.percent_path
    encoded = encode(new).replace("%7B", "{").replace("%7D", "}")
    target = [Variable(f"fs_{part}") if is_word else part for part, is_word in _parts(encoded)]
    return as_value(*target) if is_url else as_value(hosting.encoded_prefix, *target)


def _given(value: str) -> str:
    """The pattern of a parameter's value: itself, or what its word stands for."""
    word = re.fullmatch(r"\{(\w+)\}", value)
    return f"(?<fs_{word[1]}>{_VALUES[word[1]]})" if word else _literal(quote_plus(value))


def _literal(encoded: str) -> str:
    """The pattern of a text; the digits of what is percent-encoded are of either case."""
    return re.sub("%([0-9A-F]{2})", r"%(?i:\1)", re.escape(encoded))


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Split a redirect at its words in braces; yield each part, and whether it is a word."""
    for number, part in enumerate(re.split(r"\{(\w+)\}", text)):
        yield part, number % 2 == 1
