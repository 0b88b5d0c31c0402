"""Where an address leads that nothing is at, as one snapshot of the index knows it."""

from functools import partial

from feedservice.domain import moved_addresses, redirects, urls
from feedservice.domain.errors import Moved, NotFound
from feedservice.domain.model import Article
from feedservice.domain.text import nfc, slugify
from feedservice.index import former_slugs
from feedservice.index.snapshot import Snapshot


def redirect(view: Snapshot, path: str) -> str | None:
    """Return where an old address leads, by site.yaml or as another system's feed or list.

    Args:
        view: what is asked.
        path: decoded.

    Returns:
        A percent-encoded path, a URL, or None.
    """
    rules = redirects.rules(view.site.redirects)
    return moved_addresses.redirect(path, view.site, rules, partial(article_at, view))


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
