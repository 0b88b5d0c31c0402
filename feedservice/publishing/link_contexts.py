"""What the index knows around a few articles: whom they link to, and who is like them."""

from collections.abc import Mapping

from feedservice.domain import internal_links
from feedservice.domain.headline import Headline
from feedservice.domain.model import Article
from feedservice.feeds.link_context import MAX_RELATED, LinkContext
from feedservice.index.snapshot import Snapshot


def load(
    view: Snapshot,
    articles: tuple[Article, ...],
    base_url: str,
    related: Mapping[str, tuple[Headline, ...]] | None = None,
) -> LinkContext:
    """Return what is known around ``articles``.

    Args:
        view: what is asked.
        articles: the few.
        base_url: begins the addresses that the context makes.
        related: articles like each, by its slug, where they are known.
    """
    slugs: set[str] = set()
    paths: set[str] = set()
    for article in articles:
        slugs.update(link.slug for link in article.related if link.slug)
        slugs.update(slug for _, slug in article.translations)
        for target in internal_links.targets(article.html):
            if target.kind == "article":
                slugs.add(target.name)
            elif target.kind == "file":
                paths.add(target.name)
    return LinkContext(
        site=view.site,
        base_url=base_url,
        now=view.now,
        by_slug=view.by_slug(slugs),
        by_path=view.by_path(paths),
        computed=view.related(articles, MAX_RELATED) if related is None else related,
    )
