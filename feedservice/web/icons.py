"""The icons of the site as documents: its own, or ours; and the manifest that tells of them."""

import json
from importlib.resources import files
from types import MappingProxyType

from feedservice.domain import urls
from feedservice.domain.direction import of_site
from feedservice.domain.model import Site
from feedservice.domain.site_icons import MASKABLE, SIZES
from feedservice.domain.theme import LIGHT
from feedservice.feeds.feed import Document
from feedservice.publishing.publisher import Publisher
from feedservice.web.respond import page_document

_TYPES = MappingProxyType({"ico": "image/x-icon", "png": "image/png"})


def icon(publisher: Publisher, name: str) -> Document:
    """Return an icon by its name."""
    data = publisher.icon(name)
    if not data:
        data = (files("feedservice.web") / "static" / "icons" / name).read_bytes()
    return page_document(data, _TYPES[name.rpartition(".")[2]])


def manifest(site: Site) -> Document:
    """Return the manifest (W3C, Web Application Manifest)."""
    told = {
        "name": site.title,
        "description": site.description,
        "lang": site.language,
        "dir": of_site(site),
        "start_url": urls.from_host(site.base_url, "/"),
        "scope": urls.from_host(site.base_url, "/"),
        "display": "minimal-ui",
        "background_color": LIGHT[0],
        "theme_color": LIGHT[0],
        "icons": [
            {
                "src": urls.from_host(site.base_url, f"/{name}"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "maskable" if name == MASKABLE else "any",
            }
            for name, size in SIZES.items()
            if name.startswith("icon-")
        ],
    }
    told = {name: value for name, value in told.items() if value}
    return page_document(json.dumps(told, ensure_ascii=False), "application/manifest+json")
