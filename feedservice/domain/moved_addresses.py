"""Where an address leads that nothing is at: by site.yaml, or as another system's list. Pure.

Must not know articles: who asks says which there are.
"""

from collections.abc import Callable
from types import MappingProxyType
from urllib.parse import unquote

from feedservice.domain import former_feeds, former_lists, redirects, urls
from feedservice.domain.model import Site
from feedservice.domain.redirects import Rules
from feedservice.domain.route import FEEDS
from feedservice.domain.routes import parse

_NAMED = MappingProxyType({"xml": "rss"})
"""Endings of feeds of other systems."""


def redirect(
    path: str, site: Site, rules: Rules, is_article: Callable[[str], object]
) -> str | None:
    """Return where an old address leads.

    Args:
        path: decoded.
        site: whose address it is.
        rules: its redirects.
        is_article: whether an article has, or had, a slug or alias, however it is spelt.

    Returns:
        A percent-encoded path, a URL, or None.
    """
    return (
        _by_line(path, rules, is_article)
        or _feed_of_moved(site, rules, path)
        or former_feeds.moved_in(path)
        or _by_line(former_lists.without_index(path), rules, is_article)
        or _page_of_moved(site, rules, path)
        or former_lists.moved_in(path)
    )


def _by_line(path: str, rules: Rules, is_article: Callable[[str], object]) -> str | None:
    """Where a line of site.yaml leads."""
    found = redirects.find(path, rules) if path.strip("/") else None
    # A pattern fits addresses that never were; only one that leads to an article is followed.
    is_followed = found and (not found.slug or is_article(found.slug))
    return found.address if found and is_followed else None


def _page_of_moved(site: Site, rules: Rules, path: str) -> str | None:
    """Where a numbered page leads of a list that moved, or the file that its page was."""
    page = former_lists.first_page(path)
    if page:
        found = redirects.find(page, rules) if page.strip("/") else None
        return found.address if found and not found.slug else None
    leads = (_moved_list(site, rules, each) for each in former_lists.of_file(path))
    return next(filter(None, leads), None)


def _feed_of_moved(site: Site, rules: Rules, path: str) -> str | None:
    """Where the feed of a list leads whose page leads to another list of the site."""
    page, _dot, ending = path.rpartition(".")
    format_ = _NAMED.get(ending, ending)
    found = _moved_list(site, rules, page) if format_ in FEEDS else None
    return urls.feed_path(found, f".{format_}") if found else None


def _moved_list(site: Site, rules: Rules, page: str) -> str | None:
    """Where a line of site.yaml leads, where that is another list of the site."""
    found = redirects.find(page, rules) if page.strip("/") else None
    if found is None or found.slug:
        return None
    target, _mark, query = found.address.partition("?")
    leads_to_list = target != page and parse(unquote(target), query, site, FEEDS).is_list
    return found.address if leads_to_list else None
