"""(Site, Channel, articles) → the neutral page. Pure; only canonical addresses are absolute."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import cast

from feedservice.domain import direction, urls
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Related, Site
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds import pictures, reading_time
from feedservice.feeds.build import full_title
from feedservice.feeds.formats import FORMATS
from feedservice.feeds.link_context import LinkContext
from feedservice.feeds.page import Alternate, Anchor, ArticlePage, AuthorBox, Card, Listing
from feedservice.feeds.titles import Channel


def listing(
    channel: Channel,
    cards: tuple[Card, ...],
    site: Site,
    *,
    next_page: str,
    last_modified: datetime | None,
    good_until: datetime | None,
) -> Listing:
    """Return the page of a list."""
    selection = channel.selection
    return Listing(
        site=site,
        channel=channel,
        title=channel.title,
        description=channel.description or (site.description if channel.path == "/" else ""),
        canonical_url=urls.absolute(site.base_url, channel.path),
        cards=cards,
        alternates=alternates(channel.path, full_title(channel.title, site.title)),
        subscribe_path=urls.subscription(channel.selection),
        newest_path=urls.canonical(replace(selection, before=None)) if selection.before else "",
        next_path=next_page,
        author=_author_of(selection, site),
        last_modified=last_modified,
        good_until=good_until,
    )


def article_page(
    article: Article,
    around: LinkContext,
    *,
    base_url: str,
    beside: tuple[Article | None, Article | None] = (None, None),
    card_of: Callable[[Article, LinkContext], Card] | None = None,
    last_modified: datetime | None,
    good_until: datetime | None,
) -> ArticlePage:
    """Return the page of an article; ``beside`` it are the older and the newer one.

    Where ``card_of`` keeps cards, those of related articles come from there.
    """
    path = urls.article_path(article.slug)
    # Links of a body are written once, so they go below the path of base_url here.
    body_context = replace(around, base_url=urls.from_host(base_url, "/").rstrip("/"))
    address, image = "", article.image
    if image:
        address, image = pictures.alone(image, around.media_url(image), around.url)
    feeds = list(alternates("/", around.site.title))
    for slug in article.categories:
        category = around.site.category(slug)
        if category:
            feeds += alternates(
                urls.label_path(Taxonomy.CATEGORY, slug),
                full_title(category.name, around.site.title),
            )
    shown = card(article, around)
    words = len(article.text.split())
    older, newer = (_anchor(each) if each else None for each in beside)
    return ArticlePage(
        site=around.site,
        card=shown,
        canonical_url=urls.absolute(base_url, path),
        image_url=urls.absolute(base_url, address) if address.startswith("/") else address,
        image=image,
        html=body_context.body(article, shown.direction),
        words=words,
        minutes=reading_time.minutes(words, article.lang),
        tags=tuple(
            Anchor(path=urls.label_path(Taxonomy.TAG, tag.slug), text=tag.label)
            for tag in article.tags
        ),
        related=tuple(
            _external(other)
            if isinstance(other, Related)
            else (card_of or card)(cast(Article, other), around)
            for other in around.related(article)
        ),
        translations=tuple(
            replace(_anchor(other), language=language)
            for language, other in around.translations(article)
        ),
        corrections=article.corrections,
        attachments=tuple((around.media_url(media), media) for media in article.media),
        alternates=tuple(feeds),
        subscribe_path=urls.subscription(_first_list(article, around.site)),
        authors=tuple(
            filter(None, (_author_box(author.slug, around.site) for author in article.authors))
        ),
        older=older,
        newer=newer,
        last_modified=last_modified,
        good_until=good_until,
    )


def _anchor(article: Article) -> Anchor:
    return Anchor(path=urls.article_path(article.slug), text=article.title, language=article.lang)


def _author_of(selection: Selection, site: Site) -> AuthorBox | None:
    kind, slug = selection.label or ("", "")
    return _author_box(slug, site) if kind == Taxonomy.AUTHOR else None


def _author_box(slug: str, site: Site) -> AuthorBox | None:
    author = site.author(slug)
    if author is None or author.profile is None:
        return None
    told = author.profile
    return AuthorBox(
        path=urls.label_path(Taxonomy.AUTHOR, slug),
        name=author.name,
        bio=told.bio,
        image_path=urls.file_address(told.image),
        links=tuple(Anchor(path=urls.uri(url), text=name) for name, url in told.links),
    )


def first_category(article: Article, site: Site) -> str:
    """Return the slug of its first category that the site has, or an empty text."""
    return next((slug for slug in article.categories if site.category(slug)), "")


def _first_list(article: Article, site: Site) -> Selection:
    """The list that an article's reader is offered: its first category's, else the site's."""
    slug = first_category(article, site)
    return Selection.of(Taxonomy.CATEGORY, slug) if slug else Selection()


def card(article: Article, around: LinkContext) -> Card:
    """Return an article as lists show it."""
    return Card(
        path=urls.article_path(article.slug),
        title=article.title,
        direction=direction.of_article(article),
        summary=article.summary,
        published=None if article.status is Status.PAGE else article.published,
        updated=article.updated,
        language=article.lang,
        categories=tuple(
            Anchor(path=urls.label_path(Taxonomy.CATEGORY, slug), text=category.name)
            for slug in article.categories
            if (category := around.site.category(slug))
        ),
        authors=tuple(
            Anchor(path=urls.label_path(Taxonomy.AUTHOR, a.slug), text=a.name)
            for a in article.authors
        ),
        image=article.image,
        image_path=around.media_url(article.image) if article.image else "",
        views=article.views,
    )


@lru_cache(maxsize=64)
def alternates(page: str, title: str) -> tuple[Alternate, ...]:
    """Return the feeds of a list, one a format."""
    return tuple(
        Alternate(
            path=urls.feed_path(page, form.suffix),
            media_type=form.media_type,
            title=f"{title} ({name})",
        )
        for name, form in FORMATS.items()
    )


def _external(other: Related) -> Card:
    return Card(
        path=urls.uri(other.url),
        title=other.title,
        direction=direction.direction("", f"{other.title} {other.summary}"),
        summary=other.summary,
        language="",
        is_external=True,
    )
