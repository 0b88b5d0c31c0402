"""Links inside the site, as bodies hold them until rendering knows their addresses. Pure.

A body is read once and rendered many times, for feeds (absolute addresses) and pages (paths), and
what it points to can be renamed, withdrawn or expire meanwhile. So an attribute that points inside
the site is a placeholder in a body, between two noncharacters (Unicode §23.7, "for internal use"),
which no text that was read can hold.
"""

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Literal, NamedTuple, cast
from urllib.parse import quote, unquote

Kind = Literal["article", "file", "media", "path", "self", "anchor"]
"""An article by slug or by its file, a file below media/, any other address of the site; the
article itself, and a place in it (which is no address, but an id)."""

ID_PREFIX = "t-"
"""Before every id of a body, so that none meets one of the page around it."""

_EDGE = "\ufdd0"
_ANCHOR = f"{_EDGE}id anchor/"
_SOURCE = re.compile(f"{_EDGE}src media/([^{_EDGE}#]*+)")
_SAFE = re.compile(r"[\w./-]*")
_OWN = re.compile("[a-z]+ (?:self|anchor)/")


class Target(NamedTuple):
    """What a link leads to: a slug, a path below content/ or media/, an address without ``/``."""

    kind: Kind
    name: str


def placeholder(attribute: str, target: Target, fragment: str = "") -> str:
    """Return what a tag has in place of an attribute; a ``fragment`` begins with ``#``."""
    name = target.name if _SAFE.fullmatch(target.name) else quote(target.name)
    return f"{_EDGE}{attribute} {target.kind}/{name}{fragment}{_EDGE}"


def targets(body: str) -> Iterator[Target]:
    """Yield each target in ``body`` that lies outside of it, in order, repetitions included."""
    return (target for target, _ in links(body))


def links(body: str) -> Iterator[tuple[Target, str]]:
    """Yield what `targets` does, each with the id in it that is meant, percent-encoded."""
    for piece in body.split(_EDGE)[1::2]:
        if not _OWN.match(piece):
            _, target, fragment = _read(piece)
            yield target, fragment.removeprefix(f"#{ID_PREFIX}")


def sources(body: str) -> Iterator[str]:
    """Yield what lies below media/ and is shown in ``body``, once each, as ``media/…``."""
    for name in dict.fromkeys(_SOURCE.findall(body)):
        yield f"media/{unquote(name)}"


def shown_in(tag: str) -> tuple[str, str, str]:
    """Return what a tag of a body shows of media/ (``media/…``, or nothing), and what is around it.

    >>> shown_in(' alt="a"' + placeholder("src", Target("media", "b c.jpg")) + ' id="d"')
    (' alt="a"', 'media/b c.jpg', ' id="d"')
    """
    before, found, after = tag.partition(f"{_EDGE}src media/")
    name, _, rest = after.partition(_EDGE)
    return before, f"media/{unquote(name.partition('#')[0])}" if found else "", rest


def anchors(body: str) -> Iterator[str]:
    """Yield the ids of ``body``, to which a link may lead, as they were typed."""
    if _ANCHOR in body:
        for piece in body.split(_ANCHOR)[1:]:
            yield unquote(piece.partition(_EDGE)[0])


def resolve(body: str, find: Callable[[Target], str | None]) -> str:
    """Return ``body`` with the addresses that ``find`` tells; None removes the attribute."""
    pieces = body.split(_EDGE)
    for n in range(1, len(pieces), 2):
        attribute, target, fragment = _read(pieces[n])
        address = find(target)
        pieces[n] = "" if address is None else f' {attribute}="{escape(address + fragment)}"'
    return "".join(pieces)


def _read(piece: str) -> tuple[str, Target, str]:
    attribute, _, rest = piece.partition(" ")
    kind, _, rest = rest.partition("/")
    name, mark, fragment = rest.partition("#")
    return attribute, Target(cast(Kind, kind), unquote(name)), mark + fragment
