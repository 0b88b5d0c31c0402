"""Links in bodies to addresses of the site, no article's: which of them nothing is at. Pure.

Of tags, authors and months only the articles of a moment know which there are: they are told of by
nobody. Whether there is a category, a page or a redirect depends on files that change without the
one that links, so it is asked anew each time.
"""

import posixpath
from collections.abc import Callable
from urllib.parse import unquote

from feedservice.domain import moved_addresses, redirects, urls
from feedservice.domain.errors import MovedByQuery, NotFound
from feedservice.domain.model import Site
from feedservice.domain.route import FEEDS, Kind, Route
from feedservice.domain.routes import parse
from feedservice.domain.taxonomy import nearest_category
from feedservice.domain.text import slugify

SPACE = "address"
"""Of a `Reference` to such an address, as a link has it: percent-encoded, without the slash before
it."""
_HOPS = 3
"""Redirects that are followed: a browser would follow more, an editor writes none."""


class LinkRule:
    """Tells which addresses the site answers.

    Args:
        site: whose addresses they are.
        is_named: whether an article or a page has, or had, a slug or alias.
    """

    def __init__(self, site: Site, is_named: Callable[[str], bool]) -> None:
        self._site = site
        self._rules = redirects.rules(site.redirects)
        self._is_named = is_named

    def is_dead(self, address: str, hops: int = _HOPS) -> bool:
        """Whether nothing is at an address, nor does it lead anywhere."""
        route = _route(address, self._site)
        if route.kind is Kind.ARTICLE:
            return not self._is_article(route.name)
        if route.kind is Kind.PAGE and self._is_article(route.name):
            return False
        if isinstance(route.refusal, MovedByQuery):
            return bool(route.refusal.slug) and not self._is_article(route.refusal.slug)
        if route.kind is not Kind.PAGE and not isinstance(route.refusal, NotFound):
            return False
        found = moved_addresses.redirect(route.path, self._site, self._rules, self._is_article)
        if found is None:
            return True
        is_own = found.startswith("/") and not found.startswith("//")
        return is_own and hops > 0 and self.is_dead(found.lstrip("/"), hops - 1)

    def leads_on(self, file: str) -> bool:
        """Whether the address that a file would have is an old one, which leads on."""
        found = redirects.find(f"/{file}", self._rules)
        return found is not None and (not found.slug or self._is_article(found.slug))

    def nearest(self, address: str, nearest_name: Callable[[str], str]) -> str:
        """Return the address that was meant by one at which nothing is; empty for none.

        Args:
            address: such a one.
            nearest_name: the slug or alias most like another; empty for none.
        """
        route = _route(address, self._site)
        if route.kind is Kind.CATEGORY:
            slug = nearest_category(route.name, self._site)
            page = f"/categories/{slug}" if slug else ""
            return (
                urls.feed_path(page, f".{route.format}") if page and route.format in FEEDS else page
            )
        name = posixpath.basename(route.path.rstrip("/")).removesuffix(".html")
        folder = urls.PAGES if route.kind is Kind.PAGE else ""
        near = nearest_name(folder + slugify(name))
        return unquote(urls.article_path(near)) if near else ""

    def _is_article(self, name: str) -> bool:
        folder = urls.PAGES if name.startswith(urls.PAGES) else ""
        return self._is_named(folder + slugify(name.removeprefix(folder)))


def may_be_dead(address: str) -> bool:
    """Whether a site may have nothing at an address; asked of every link, without a site."""
    route = _route(address, None)
    return route.kind in (Kind.CATEGORY, Kind.PAGE) or isinstance(route.refusal, NotFound)


def _route(address: str, site: Site | None) -> Route:
    path, _mark, query = address.partition("?")
    return parse(unquote(path), query, site, FEEDS)
