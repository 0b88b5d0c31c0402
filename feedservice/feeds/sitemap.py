"""Sitemaps (sitemaps.org 0.9), with Google's extensions for pictures, languages and news. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from lxml.etree import Element, SubElement, _Element, tostring

MEDIA_TYPE = "application/xml"
MAX_ENTRIES = 50_000
"""How many addresses a sitemap, or sitemaps an index, may hold (sitemaps.org, "Sitemap index
files")."""

MAX_NEWS = 1_000
"""How many articles a news sitemap may hold."""

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"

_BEGIN = f"""\
<?xml version='1.0' encoding='UTF-8'?>
<urlset xmlns="{_SITEMAP}" xmlns:image="{_IMAGE}" xmlns:xhtml="{_XHTML}">
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page, or in an index another sitemap.

    Attributes:
        url: absolute and percent-encoded.
        lastmod: when it last changed; None where unknown.
        images: absolute URLs of its pictures.
        alternates: pairs of language and URL; of the page itself too, as Google asks.
    """

    url: str
    lastmod: datetime | None = None
    images: tuple[str, ...] = ()
    alternates: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """An article in a news sitemap of ``publication``, in a ``language`` of ISO 639."""

    url: str
    title: str
    published: datetime
    publication: str
    language: str


def render_sitemap(pages: Iterable[Page]) -> bytes:
    """Return a ``urlset`` of at most `MAX_ENTRIES` pages.

    Written as text, each page as it comes: a tree of fifty thousand takes ten times its document.
    """
    made = bytearray(_BEGIN.encode())
    for page in pages:
        made += _url(page).encode()
    return bytes(made + b"</urlset>\n")


def _url(page: Page) -> str:
    lines = [f"<loc>{_escaped(page.url)}</loc>"]
    if page.lastmod:
        lines.append(f"<lastmod>{page.lastmod.isoformat(timespec='seconds')}</lastmod>")
    for language, url in page.alternates:
        named = f'hreflang="{_escaped(language)}" href="{_escaped(url)}"'
        lines.append(f'<xhtml:link rel="alternate" {named}/>')
    for image in page.images:
        lines += ["<image:image>", f"  <image:loc>{_escaped(image)}</image:loc>", "</image:image>"]
    within = "".join(f"    {line}\n" for line in lines)
    return f"  <url>\n{within}  </url>\n"


def _escaped(text: str) -> str:
    return escape(text, quote=False).replace('"', "&quot;")


def render_index(sitemaps: Iterable[Page]) -> bytes:
    """Return a ``sitemapindex`` of at most `MAX_ENTRIES` sitemaps."""
    root = Element(f"{{{_SITEMAP}}}sitemapindex", nsmap={None: _SITEMAP})
    for sitemap in sitemaps:
        _located(root, "sitemap", sitemap)
    return _document(root)


def render_news(articles: Iterable[News]) -> bytes:
    """Return a news ``urlset`` of at most `MAX_NEWS` articles, young enough ones."""
    root = Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP, "news": _NEWS})
    for article in articles:
        node = SubElement(root, f"{{{_SITEMAP}}}url")
        _text(node, _SITEMAP, "loc", article.url)
        news = SubElement(node, f"{{{_NEWS}}}news")
        publication = SubElement(news, f"{{{_NEWS}}}publication")
        _text(publication, _NEWS, "name", article.publication)
        _text(publication, _NEWS, "language", article.language)
        _text(news, _NEWS, "publication_date", article.published.isoformat(timespec="seconds"))
        _text(news, _NEWS, "title", article.title)
    return _document(root)


def _located(root: _Element, name: str, page: Page) -> _Element:
    node = SubElement(root, f"{{{_SITEMAP}}}{name}")
    _text(node, _SITEMAP, "loc", page.url)
    if page.lastmod:
        _text(node, _SITEMAP, "lastmod", page.lastmod.isoformat(timespec="seconds"))
    return node


def _text(parent: _Element, namespace: str, name: str, text: str) -> None:
    SubElement(parent, f"{{{namespace}}}{name}").text = text


def _document(root: _Element) -> bytes:
    document: bytes = tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return document
