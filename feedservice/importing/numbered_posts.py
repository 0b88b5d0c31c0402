"""WordPress' numbers of posts (``/?p=7``): one line for all, and an alias of each. Pure."""

from collections import Counter
from collections.abc import Callable, Container, Mapping
from itertools import chain, count

from feedservice.domain.model import Site
from feedservice.domain.urls import PAGES
from feedservice.importing.addresses import from_root, number_of
from feedservice.importing.redirect_rules import MIN_ALIKE, OldAddress

_MAX_NUMBER = 20
_TARGET = "/articles/{word}-{{id}}"


class NumberedPosts:
    """What an import meets of them, by the path of their blog.

    Which post a number means stands among the addresses that links know, and nowhere besides.

    Args:
        site: site.yaml as it is.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._counts: Counter[str] = Counter()
        self._words: dict[str, str] = {}
        """What aliases begin with, by the path of the blog."""
        self._others: set[str] = set()
        """Addresses that have a line of their own."""

    @property
    def redirects(self) -> tuple[tuple[str, str], ...]:
        """Lines for site.yaml. After `close`."""
        return tuple((_line(path), _TARGET.format(word=word)) for path, word in self._words.items())

    def note(self, old: OldAddress) -> bool:
        """Count the address of a public article; False where it is another one."""
        name, _mark, number = old.query.partition("=")
        is_post = old.is_number and name == "p" and len(number) <= _MAX_NUMBER
        if is_post:
            self._counts[old.path] += 1
        return is_post

    def close(
        self,
        known: Mapping[str, str],
        drafts: Container[str],
        taken: Container[str],
        is_new: Callable[[str], bool],
    ) -> list[OldAddress]:
        """Decide which blogs have a line; return the addresses that need one of their own.

        Args:
            known: slugs by what `host_and_path` tells of addresses.
            drafts: those of them that mean drafts.
            taken: slugs and aliases that are not free.
            is_new: whether a slug is of an article that comes; one that was there has its alias.
        """
        lines = dict(self._site.redirects)
        for path in self._counts:
            before = lines.get(_line(path), "")
            word = before.removeprefix("/articles/").removesuffix("-{id}")
            if before == _TARGET.format(word=word):
                self._words[path] = word
        words = chain(("p",), (f"p{n}" for n in count(2)))
        used = {*lines.values()}
        free = (word for word in words if _TARGET.format(word=word) not in used)
        for path, n in self._counts.items():
            if n >= MIN_ALIKE and path not in self._words:
                self._words[path] = next(free)
        left = []
        for key, slug in known.items():
            path, number = self._numbered(key)
            is_article = is_new(slug) and not slug.startswith(PAGES)
            if not number or not self._counts[path] or key in drafts or not is_article:
                continue
            alias = f"{self._words.get(path)}-{number}"
            if path not in self._words or (alias in taken and alias != slug):
                left.append(OldAddress(path=path, slug=slug, query=f"p={number}"))
                self._others.add(key)
        return left

    def alias_of(self, key: str, slug: str) -> str:
        """Return the alias to which a line leads; empty where none does. After `close`.

        Args:
            key: what `host_and_path` tells of an address that means the article.
            slug: of the article.
        """
        path, number = self._numbered(key)
        if not number or path not in self._words or key in self._others:
            return ""
        alias = f"{self._words[path]}-{number}"
        return "" if alias == slug else alias

    def _numbered(self, key: str) -> tuple[str, str]:
        path, number = number_of(key)
        if not 0 < len(number) <= _MAX_NUMBER:
            return "", ""
        return from_root(f"{path}/", self._site.base_url).rstrip("/"), number


def _line(path: str) -> str:
    return f"{path or '/'}?p={{id}}"
