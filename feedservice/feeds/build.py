"""(Site, Channel, articles) → Feed: what every format says, decided once. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from zoneinfo import ZoneInfo

from feedservice.domain import direction, urls
from feedservice.domain.headline import Headline
from feedservice.domain.model import Article, Author, Content, Media, Related
from feedservice.domain.periods import Place
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds.feed import Attachment, Feed, Item, Link, Person, Term, Tombstone
from feedservice.feeds.link_context import LinkContext, atom_id
from feedservice.feeds.pictures import figure
from feedservice.feeds.titles import Channel
from feedservice.i18n import Message, _, render

JSON_DOCS = "/feeds#json"
"""The part of a page that says what JSON feeds have besides the format's own keys."""
STYLESHEET = "/static/old/style.css"
"""Without a version: feeds change with the news, and not with the style of a release."""


def feed(
    channel: Channel,
    articles: tuple[Article, ...],
    around: LinkContext,
    *,
    suffix: str,
    withdrawn: tuple[Article, ...] = (),
    left: datetime | None = None,
    next_page: str = "",
    place: Place | None = None,
    ttl: int = 5,
) -> Feed:
    """Return the feed of a channel.

    Args:
        channel: what it is of.
        articles: public ones, newest first.
        around: with an absolute base_url.
        suffix: of the format, such as ``.rss``: self and next links carry it.
        withdrawn: articles that become tombstones.
        left: when an article last left the list.
        next_page: the page address of the list's next part, or empty.
        place: of the document in the list's history; None for a list that has none.
        ttl: minutes.
    """
    site = around.site
    content = channel.selection.content or site.content
    items = tuple(item(article, around, content) for article in articles)
    year = int(site.id.rpartition(",")[2][:4])
    place = place or Place()

    def document_url(page: str) -> str:
        return around.url(urls.feed_path(page, suffix)) if page else ""

    return Feed(
        id=f"{site.id}:{urls.identity(channel.selection)}",
        title=direction.mark(full_title(channel.title, site.title), direction.of_site(site)),
        page_url=around.url(channel.path),
        docs_url=around.url(JSON_DOCS),
        self_url=document_url(place.archive or channel.path),
        updated=max(
            (*(item.updated for item in items), *((left,) if left else ())),
            default=datetime(year, 1, 1, tzinfo=UTC),
        ),
        author=Person(name=site.title, url=around.url("/")),
        description=channel.description or site.description,
        language=site.language,
        copyright=site.copyright,
        icon_url=around.media_url(Media(src=site.icon)) if site.icon else "",
        logo_url=around.media_url(Media(src=site.logo)) if site.logo else "",
        ttl=ttl,
        hubs=site.hubs if channel.selection.is_pinged and not place.archive else (),
        items=items,
        tombstones=tuple(_tombstone(article, around) for article in withdrawn),
        next_url=document_url(next_page),
        previous_archive_url=document_url(place.previous),
        next_archive_url=document_url(place.next),
        current_url=document_url(channel.path) if place.archive else "",
        archive=bool(place.archive),
        stylesheet=urls.from_host(site.base_url, STYLESHEET) if site.has_xml_feeds else "",
    )


def full_title(title: str, site_title: str) -> str:
    """Return what a list is of, and whose it is."""
    return f"{title} — {site_title}" if title else site_title


def item(article: Article, around: LinkContext, content: Content = Content.FULL) -> Item:
    """Return an article as feeds show it at ``around.now``."""
    site = around.site
    way = direction.of_article(article)
    related = tuple([_link(other, around) for other in around.related(article)])
    translations = tuple(
        Link(url=around.url(urls.article_path(other.slug)), title=other.title, language=language)
        for language, other in around.translations(article)
    )
    return Item(
        id=article.id,
        atom_id=atom_id(article.id, site),
        url=around.url(urls.article_path(article.slug)),
        title=direction.mark(article.title, way),
        docs_url=around.url(JSON_DOCS),
        published=article.published,
        updated=article.modified,
        summary=direction.mark(article.summary, way),
        html=full_text(article, around, related, way) if content is Content.FULL else "",
        language=article.lang,
        authors=tuple(_person(author, around) for author in article.authors),
        terms=_terms(article, around),
        image=_attachment(article.image, around) if article.image else None,
        attachments=tuple(_attachment(media, around) for media in article.media),
        related=related,
        translations=translations,
    )


def full_text(article: Article, around: LinkContext, related: tuple[Link, ...], way: str) -> str:
    """Return the body in ``<div dir lang>``, the lead before, corrections and related links after.

    Few readers show rel=related, and some no media:content, so both are in the text too. ``way`` is
    its direction.
    """
    lead = article.image
    parts = [around.body(article, way)]
    if lead:
        parts.insert(0, figure(lead, article.html, around.media_url(lead), around.url))
    if article.corrections:
        zone = ZoneInfo(around.site.timezone)
        rows = (
            f"<li><time>{correction.date.astimezone(zone):%Y-%m-%d}</time>: "
            f"{escape(correction.note, quote=False)}</li>"
            for correction in article.corrections
        )
        parts.append(_section(_("Corrections"), article.lang, rows))
    if related:
        links = [
            f'<li><a href="{escape(link.url)}">'
            f"{escape(link.title or link.url, quote=False)}</a></li>"
            for link in related
        ]
        parts.append(_section(_("Related articles"), article.lang, links))
    body = "\n".join(part.strip() for part in parts if part.strip())
    if not body:
        return ""
    return f'<div dir="{way}" lang="{escape(article.lang)}">{body}</div>'


def _section(heading: Message, language: str, items: Iterable[str]) -> str:
    return f"<h2>{render(heading, language)}</h2>\n<ul>\n" + "\n".join(items) + "\n</ul>"


def _person(author: Author, around: LinkContext) -> Person:
    page = around.url(urls.label_path(Taxonomy.AUTHOR, author.slug))
    url = urls.uri(author.url) if author.url else page
    return Person(name=author.name, email=author.email, url=url)


def _link(other: Headline | Related, around: LinkContext) -> Link:
    if isinstance(other, Related):
        return Link(url=urls.uri(other.url), title=other.title, summary=other.summary)
    return Link(
        url=around.url(urls.article_path(other.slug)),
        title=other.title,
        summary=other.summary,
        language=other.lang,
    )


def _terms(article: Article, around: LinkContext) -> tuple[Term, ...]:
    site, base_url = around.site, around.base_url
    named = (site.category(slug) for slug in article.categories)
    categories = [
        _term(Taxonomy.CATEGORY, each.slug, each.name, base_url) for each in named if each
    ]
    tags = [_term(Taxonomy.TAG, tag.slug, tag.label, base_url) for tag in article.tags]
    return (*categories, *tags)


# Articles share few of them.
@lru_cache(maxsize=512)
def _term(taxonomy: Taxonomy, slug: str, label: str, base_url: str) -> Term:
    scheme = urls.absolute(base_url, f"/{taxonomy.plural}")
    url = urls.absolute(base_url, urls.label_path(taxonomy, slug))
    return Term(slug=slug, label=label, url=url, scheme=scheme)


def _attachment(media: Media, around: LinkContext) -> Attachment:
    return Attachment(
        url=around.media_url(media),
        media_type=media.media_type or "application/octet-stream",
        length=media.length,
        width=media.width,
        height=media.height,
        alt=media.alt,
        caption=media.caption,
        credit=media.credit,
    )


def _tombstone(article: Article, around: LinkContext) -> Tombstone:
    return Tombstone(
        id=article.id,
        atom_id=atom_id(article.id, around.site),
        url=around.url(urls.article_path(article.slug)),
        when=article.modified,
    )
