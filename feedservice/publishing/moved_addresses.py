"""Where an address leads that nothing is at, as one snapshot of the index knows it."""

from types import MappingProxyType
from urllib.parse import unquote

from feedservice.domain import former_feeds, former_lists, redirects, urls
from feedservice.domain.errors import Moved, NotFound
from feedservice.domain.model import Article, Site
from feedservice.domain.routes import parse
from feedservice.domain.text import nfc, slugify
from feedservice.feeds.formats import FORMATS
from feedservice.index import former_slugs
from feedservice.index.snapshot import Snapshot

_NAMED = MappingProxyType({"xml": "rss"})
"""Endings of feeds of other systems."""


def redirect(view: Snapshot, path: str) -> str | None:
    """Return where an old address leads, by site.yaml or as another system's feed or list.

    Args:
        view: what is asked.
        path: decoded.

    Returns:
        A percent-encoded path, a URL, or None.
    """
    return (
        _by_line(view, path)
        or _feed_of_moved(view.site, path)
        or former_feeds.moved_in(path)
        or _by_line(view, former_lists.without_index(path))
        or _page_of_moved(view.site, path)
        or former_lists.moved_in(path)
    )


def _by_line(view: Snapshot, path: str) -> str | None:
    """Where a line of site.yaml leads."""
    found = redirects.find(path, view.site.redirects) if path.strip("/") else None
    # A pattern fits addresses that never were; only one that leads to an article is followed.
    is_followed = found and (not found.slug or article_at(view, found.slug))
    return found.address if found and is_followed else None


def _page_of_moved(site: Site, path: str) -> str | None:
    """Where a numbered page leads of a list that moved, or the file that its page was."""
    page = former_lists.first_page(path)
    if page:
        found = redirects.find(page, site.redirects) if page.strip("/") else None
        return found.address if found and not found.slug else None
    leads = (_moved_list(site, each) for each in former_lists.of_file(path))
    return next(filter(None, leads), None)


def _feed_of_moved(site: Site, path: str) -> str | None:
    """Where the feed of a list leads whose page leads to another list of the site."""
    page, _dot, ending = path.rpartition(".")
    format_ = _NAMED.get(ending, ending)
    found = _moved_list(site, page) if format_ in FORMATS else None
    return urls.feed_path(found, f".{format_}") if found else None


def _moved_list(site: Site, page: str) -> str | None:
    """Where a line of site.yaml leads, where that is another list of the site."""
    found = redirects.find(page, site.redirects) if page.strip("/") else None
    if found is None or found.slug:
        return None
    target, _mark, query = found.address.partition("?")
    leads_to_list = target != page and parse(unquote(target), query, site, FORMATS).is_list
    return found.address if leads_to_list else None


def refusal(view: Snapshot, slug: str) -> Moved | NotFound:
    """Return what is said where no public article has that slug.

    It may be an alias, one that an article had, or misspelt.
    """
    for name in dict.fromkeys((slug, nfc(slug), slugify(slug))):
        article = _known_as(view, name) if name else None
        if article is not None:
            is_public = article.is_public(view.now)
            return Moved(urls.article_path(article.slug)) if is_public else NotFound(slug)
    return NotFound(slug)


def article_at(view: Snapshot, slug: str) -> str | None:
    """Return the path of the article that has, or had, a slug or alias, if readers ever saw it.

    Args:
        view: what is asked.
        slug: however an old address spells it.
    """
    article = _known_as(view, slugify(slug))
    is_known = article is not None and _is_known(view, article)
    return urls.article_path(article.slug) if article and is_known else None


def _known_as(view: Snapshot, name: str) -> Article | None:
    """The article that is called so; where readers never saw that one, the one that was before."""
    article = view.by_slug([name]).get(name)
    if article is not None and _is_known(view, article):
        return article
    return former_slugs.at(view.connection, [name]).get(name, article)


def _is_known(view: Snapshot, article: Article) -> bool:
    return article.is_public(view.now) or article.is_gone(view.now)
