"""What the index knows around a few articles: whom they link to, and who is like them. Asks;
decides nothing.
"""

from datetime import datetime

from feedservice.domain import internal_links
from feedservice.domain.model import Article, Site
from feedservice.feeds.link_context import MAX_RELATED, LinkContext
from feedservice.index.reader import IndexReader


def gather(
    index: IndexReader, articles: tuple[Article, ...], site: Site, base_url: str, now: datetime
) -> LinkContext:
    """Return the surroundings of ``articles`` at ``now``; ``base_url`` is what their addresses
    begin with.
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
        site=site,
        base_url=base_url,
        now=now,
        by_slug=index.by_slug(slugs),
        by_path=index.by_path(paths),
        computed=index.related(articles, now, MAX_RELATED),
    )
