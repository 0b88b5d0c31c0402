"""A line for each key of an article, a page and site.yaml, as its value may be written. Pure."""

from types import MappingProxyType

_EXAMPLES = MappingProxyType(
    {
        "aliases": "[old-name]",
        "author": "[desk]",
        "authors": "[{slug: desk, name: …}]",
        "base_url": "https://news.example",
        "categories": "[{slug: field, name: …}]",
        "category": "[field]",
        "corrections": "[{date: 2025-12-20, note: …}]",
        "date": "2025-12-20 14:30",
        "expires": "2026-12-20",
        "feed": "{limit: 30, content: full}",
        "former_urls": "[https://old.example]",
        "hubs": "[https://hub.example/]",
        "icon": "media/icon.png",
        "id": "tag:news.example,2025:name",
        "image": "{src: media/name.jpg, alt: …}",
        "lang": "ar",
        "language": "ar",
        "logo": "media/logo.png",
        "media": "[media/name.mp3]",
        "menu": "[field, {label: …, target: /pages/about}]",
        "notify": "[{to: mail, address: desk@news.example}]",
        "order": "1",
        "redirects": "{/old: /articles/name}",
        "related": "[name-of-an-article]",
        "slug": "name",
        "slugs": "latin",
        "status": "draft",
        "tags": "[…, …]",
        "theme": "{font: naskh}",
        "timezone": "Asia/Damascus",
        "translations": "{en: name-of-an-article}",
        "updated": "2025-12-20 14:30",
        "views": "37",
    }
)


def example(key: str) -> str:
    """Return the line of a key with a value of the right shape; one of plain text for any other."""
    return f"{key}: {_EXAMPLES.get(key, '…')}"
