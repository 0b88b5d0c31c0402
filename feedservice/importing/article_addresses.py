"""Old addresses of articles and pages: met one after another, then made into redirects. Pure.

A query counts where nothing else tells which entry is meant: a number that WordPress gives
(``/?p=7``), or a path that several entries have (``/news.php?sid=7``). Where one entry has the
path, whatever query goes with it (``?utm_source=rss``) is nobody's. Numbers of articles are not
kept here: links know them already, and all posts of a large blog have one.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from feedservice.domain import redirects
from feedservice.domain.headline import Status
from feedservice.domain.model import Site
from feedservice.domain.text import slugify
from feedservice.importing.address_count import AddressCount
from feedservice.importing.addresses import from_root, has_number, host_and_path, path_of, query_of
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.numbered_posts import NumberedPosts
from feedservice.importing.redirect_rules import MAX_LITERAL, OldAddress, rules_for
from feedservice.importing.remarks import Remark, remark
from feedservice.importing.taken_names import TakenNames

_ARTICLE = re.compile(r"/articles/([^/]+)/?")


class ArticleAddresses:
    """What an import meets of them.

    Args:
        site: site.yaml as it is.
        taken: slugs and aliases that are not free; those that are given are added.
    """

    def __init__(self, site: Site, taken: TakenNames) -> None:
        self._site = site
        self._rules = redirects.rules(site.redirects)
        self._taken = taken
        self._noted: list[OldAddress] = []
        self._pages: list[OldAddress] = []
        self._queried: dict[str, dict[str, str]] = defaultdict(dict)
        """By path: slugs of entries that have a query too, and what `host_and_path` tells."""
        self._unsaid = 0
        self._numbered = NumberedPosts(site)
        self.aliases: dict[str, tuple[str, ...]] = {}
        self.remarks: list[Remark] = []
        self.count = AddressCount()

    def note(
        self, entry: ForeignEntry, slug: str, kept: Mapping[str, str], known: Collection[str]
    ) -> None:
        """Note the old addresses of a new entry.

        Args:
            entry: an article or a page.
            slug: its slug here.
            kept: one text serves here and there for those that are in it.
            known: paths of others, from which a draft takes none away.
        """
        is_public = entry.status is Status.PUBLISHED
        met: dict[OldAddress, None] = {}
        for address in (entry.url, *entry.aliases):
            old = self._read(address, slug, kept)
            if old is None:
                self._unsaid += "?" in address and address == entry.url
            elif is_public or not (old.is_number or old.path in known):
                met[old] = None
        for old in met:
            if entry.is_page:
                if old.old != f"/{slug}" and old.is_sayable:
                    self._pages.append(old)
            elif self._numbered.note(old):
                self.count.add([(old.old, old.target)])
            elif not self._is_alias(old):
                self._noted.append(old)

    def _read(self, address: str, slug: str, kept: Mapping[str, str]) -> OldAddress | None:
        """The old address; None where it does not say which entry is meant."""
        path = from_root(path_of(address), self._site.base_url).rstrip("/")
        query, key = query_of(address), host_and_path(address)[1]
        if not path.startswith("/") and (path or not query):
            return None
        if "?" in address and not has_number(key):
            self._queried[path][slug] = key
        return OldAddress(path=kept.get(path, path), slug=slug, query=query)

    def _is_alias(self, old: OldAddress) -> bool:
        """Whether it is where our own articles are: then it becomes an alias, if that is free."""
        article = _ARTICLE.fullmatch(old.path)
        alias = slugify(article[1]) if article and not old.query else ""
        if alias:
            self.count.add([(old.path, old.target)])
            if alias not in self._taken:
                self._taken[alias] += 1
                self._add_alias(old.slug, alias)
        return bool(alias)

    def _add_alias(self, slug: str, alias: str) -> None:
        self.aliases[slug] = (*self.aliases.get(slug, ()), alias)

    def aliases_of(self, entry: ForeignEntry, slug: str, known: Mapping[str, str]) -> Iterator[str]:
        """Yield the aliases of a new article. After `close`; ``known`` as there."""
        yield from self.aliases.get(slug, ())
        if entry.status is Status.PUBLISHED:
            keys = (host_and_path(address)[1] for address in (entry.url, *entry.aliases))
            found = (self._numbered.alias_of(key, slug) for key in keys if known.get(key) == slug)
            yield from filter(None, found)

    def close(
        self, known: Mapping[str, str], drafts: Collection[str], is_new: Callable[[str], bool]
    ) -> tuple[tuple[str, str], ...]:
        """Decide aliases and redirects, once every entry is noted; return the redirects.

        Args:
            known: slugs by what `host_and_path` tells of addresses.
            drafts: those of them that mean drafts.
            is_new: whether a slug is of an entry that comes.
        """
        numbers = self._numbered.close(known, drafts, self._taken, is_new)
        noted, pages = (list(self._apart(each)) for each in (self._noted, self._pages))
        self._noted, self._pages = [], []
        for each in (noted, pages):
            self.count.add((old.old, old.target) for old in each)
        rules = rules_for(
            [each for each in (*noted, *numbers) if not self._is_redirected(each)],
            self._taken,
            self._site.redirects,
        )
        noted.clear()
        for alias, slug in rules.aliases.items():
            self._add_alias(slug, alias)
        self.count.fail((old.old, old.target) for old in rules.unanswered)
        fitting = self.fitting([(old.old, old.target) for old in pages])
        self.remarks += rules.remarks
        if self._unsaid:
            self.remarks.append(remark("address-query", "-", n=self._unsaid))
            unsaid = [("/?", "/")] * self._unsaid
            self.count.add(unsaid)
            self.count.fail(unsaid)
        return (*dict((*fitting, *rules.redirects, *self._numbered.redirects)).items(),)

    def fitting(self, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return those that site.yaml has room for; the others are told."""
        if lost := pairs[MAX_LITERAL:]:
            self.remarks.append(remark("redirects-many", lost[0][0], n=len(lost)))
            self.count.fail(lost)
        return pairs[:MAX_LITERAL]

    def shared(self) -> Iterator[str]:
        """Yield what `host_and_path` tells of entries that only a query tells apart."""
        for keys in self._queried.values():
            if len(keys) > 1:
                yield from keys.values()

    def _apart(self, noted: list[OldAddress]) -> Iterator[OldAddress]:
        """Those that say which entry is meant: by the path alone where one entry has it."""
        for each in noted:
            is_shared = len(self._queried.get(each.path, ())) > 1
            if each.is_number or (each.query and is_shared):
                yield each
            elif is_shared or not each.path:
                self._unsaid += 1
            else:
                yield replace(each, query="") if each.query else each

    def _is_redirected(self, old: OldAddress) -> bool:
        """Whether site.yaml has a line for it, or a pattern that leads to that very slug."""
        if old.query:
            found = redirects.find_query(old.path, parse_qsl(old.query), self._rules)
        else:
            found = redirects.find(old.path, self._rules)
        return found is not None and (not found.slug or slugify(found.slug) == old.slug)
