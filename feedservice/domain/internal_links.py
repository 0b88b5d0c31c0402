"""Marks: how the body of an article names targets inside the site until rendering knows their
addresses. Pure.

A body is read once and rendered many times, for feeds (absolute addresses) and pages (paths), and
what it points to can be renamed, withdrawn or expire meanwhile. So the sanitiser writes
``href="x-site:article/<slug>"`` and rendering resolves it. The scheme is no allowed one, so that an
author's own ``x-site:`` never survives the sanitiser.
"""

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote

Kind = Literal["article", "file", "media", "path"]
"""An article by slug or by its file below content/, a file below media/, any other path of the
site."""

_ATTRIBUTE = re.compile(r' (href|src|cite)="x-site:(article|file|media|path)/([^"#]*)(#[^"]*)?"')


class Target(NamedTuple):
    """What a mark points to: a slug, a path below content/ or media/, or a path of the site without
    ``/``.
    """

    kind: Kind
    name: str


def mark(kind: Kind, name: str, fragment: str = "") -> str:
    """Return the URL that stands for a target; ``fragment`` is empty or begins with ``#``."""
    return f"x-site:{kind}/{quote(name, safe='/-._~?=,')}{fragment}"


def targets(html: str) -> Iterator[Target]:
    """Yield each target in ``html``, in order, repetitions included."""
    for match in _ATTRIBUTE.finditer(html):
        yield Target(match[2], unquote(match[3]))  # type: ignore[arg-type]


def resolve(html: str, find: Callable[[Target], str | None]) -> str:
    """Return ``html`` with each mark replaced by what ``find`` returns; the attribute goes where
    that is None.
    """

    def replace(match: re.Match[str]) -> str:
        url = find(Target(match[2], unquote(match[3])))  # type: ignore[arg-type]
        return "" if url is None else f' {match[1]}="{url.replace("&", "&amp;")}{match[4] or ""}"'

    return _ATTRIBUTE.sub(replace, html)
