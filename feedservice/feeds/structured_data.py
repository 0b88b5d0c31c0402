"""The page of an article → what machines read of it (schema.org, as JSON-LD 1.1). Pure."""

from typing import Any

from feedservice.domain import urls
from feedservice.domain.model import Media, Site
from feedservice.feeds.page import Anchor, ArticlePage


def news_article(page: ArticlePage) -> dict[str, Any]:
    """Return the ``NewsArticle`` of a page; what the article does not say is left out."""
    card, site = page.card, page.site
    said = {
        "headline": card.title,
        "description": card.summary,
        "inLanguage": card.language,
        "datePublished": card.published and card.published.isoformat(),
        "dateModified": card.modified and card.modified.isoformat(),
        "author": [_person(each, page) for each in card.authors],
        "publisher": _publisher(site),
        "image": [_picture(page.image_url, page.image)] if page.image_url else [],
        "articleSection": [each.text for each in card.categories],
        "keywords": [each.text for each in page.tags],
        "wordCount": page.words,
        "timeRequired": f"PT{page.minutes}M" if page.minutes else "",
        "isAccessibleForFree": True,
        "correction": [
            {
                "@type": "CorrectionComment",
                "text": each.note,
                "datePublished": each.date.isoformat(),
            }
            for each in page.corrections
        ],
    }
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": page.canonical_url,
        **{name: value for name, value in said.items() if value},
    }


def _person(author: Anchor, page: ArticlePage) -> dict[str, Any]:
    url = urls.absolute(page.site.base_url, author.path)
    elsewhere = [link.path for box in page.authors if box.path == author.path for link in box.links]
    told = {"@type": "Person", "name": author.text, "url": url, "sameAs": elsewhere}
    return {name: value for name, value in told.items() if value}


def _publisher(site: Site) -> dict[str, Any]:
    url = urls.file_url(site, site.logo or site.icon)
    told = {"@type": "NewsMediaOrganization", "name": site.title, "url": site.base_url + "/"}
    return told | ({"logo": {"@type": "ImageObject", "url": url}} if url else {})


def _picture(url: str, image: Media | None) -> dict[str, Any]:
    told: dict[str, Any] = {"@type": "ImageObject", "url": url}
    if image:
        said = {
            "width": image.width,
            "height": image.height,
            "caption": image.caption or image.alt,
            "creditText": image.credit,
        }
        told |= {name: value for name, value in said.items() if value}
    return told
