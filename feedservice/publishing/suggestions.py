"""What a reader is offered at an address that nothing is at. Reads only."""

import re
from dataclasses import dataclass

from feedservice.domain.route import FEEDS
from feedservice.domain.selections import Selection
from feedservice.domain.text import slugify
from feedservice.feeds import build_page
from feedservice.feeds.link_context import LinkContext
from feedservice.feeds.page import Card
from feedservice.index import guesses
from feedservice.index.snapshot import Snapshot
from feedservice.publishing.near_lists import NearList, near_lists

SHOWN = 5
"""Articles of each kind."""
_LONGEST, _MOST = 300, 8
"""Characters of an address that are looked at, and words of it."""
_SHORTEST = 4
"""Characters of a name from which on it is taken for the beginning of another."""
_WORD = re.compile(r"[^\W\d_][^\W_]*")
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{1,5})$")
_PAGES = frozenset({"html", "htm", "php", "asp", "aspx", "jsp", "md"})
"""Suffixes of addresses at which other systems have pages; a picture or a script is no article."""
_NO_WORDS = frozenset({"articles", "categories", "tags", "authors", "index", "amp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """``words`` are those of the address; ``matches`` and ``newest`` have no article twice.

    Of a feed's address there are ``lists`` only: it is a program that asks.
    """

    words: str
    lists: tuple[NearList, ...]
    matches: tuple[Card, ...]
    newest: tuple[Card, ...]


def suggestions(path: str, view: Snapshot) -> Suggestions:
    """Return what may be meant by an address (decoded), and what is new."""
    lists = near_lists(path, view) if len(path) <= _LONGEST else ()
    if path.rpartition(".")[2] in FEEDS:
        return Suggestions(words="", lists=lists, matches=(), newest=())
    name, words = _read(path[:_LONGEST])
    found = guesses.find(view, name, words, SHOWN)
    around = LinkContext(site=view.site, base_url="", now=view.now)
    matches = [build_page.card(article, around) for article in found]
    newest = view.select(Selection(), SHOWN, teaser=True)
    return Suggestions(
        words=" ".join(words),
        lists=lists,
        matches=tuple(matches),
        newest=tuple(build_page.card(each, around) for each in newest if each not in found),
    )


def _read(path: str) -> tuple[str, list[str]]:
    """How a slug that is meant may begin, and the words of an address; nothing of a file's."""
    suffix = _SUFFIX.search(path)
    if "/." in path or (suffix and suffix[1].lower() not in _PAGES):
        return "", []
    path = path[: suffix.start()] if suffix else path
    words = dict.fromkeys(word.lower() for word in _WORD.findall(path))
    name = slugify(path.rstrip("/").rpartition("/")[2])
    return (
        name if len(name) >= _SHORTEST else "",
        [word for word in words if word not in _NO_WORDS][:_MOST],
    )
