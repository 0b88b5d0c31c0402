"""What a web page says of itself: JSON-LD (schema.org), OpenGraph, ``meta``. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from feedservice.importing.addresses import host_and_path, is_http, join
from feedservice.importing.plain_json import document_of

_ARTICLE = re.compile(r"\b\w*Article|BlogPosting|LiveBlogPosting|Report")
_LIST = frozenset({"CollectionPage", "SearchResultsPage", "ProfilePage"})
_MAX_NODES = 20_000

Object = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMetadata:
    """What a page says of itself; dates as they are written, empty where it says nothing.

    Attributes:
        is_article: whether it says that it is one; None where it does not say.
        kind: what it says that it is instead.
        canonical: the address that it wants to be known by, absolute.
        image: the address of its picture, as it is written.
    """

    is_article: bool | None = None
    kind: str = ""
    canonical: str = ""
    title: str = ""
    published: str = ""
    modified: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: str = ""
    alt: str = ""
    caption: str = ""
    lang: str = ""


def read(tree: HtmlElement, url: str) -> PageMetadata:
    """Return what a page says of itself.

    Args:
        tree: the page.
        url: its address.
    """
    meta = _Meta(tree)
    objects = tuple(_objects(tree))
    by_id = {each["@id"]: each for each in objects if isinstance(each.get("@id"), str)}
    types = [name for each in objects for name in _types(each)]
    article = _article(objects, url)
    kind = meta.first("og:type")
    lists = [name for name in types if name in _LIST]
    is_article: bool | None = None
    if article or kind == "article" or meta.first("article:published_time"):
        is_article = not (lists and not article)
    elif lists or kind or any(map(_ARTICLE.fullmatch, types)):
        is_article = False
    said = _Said(article or {}, by_id)
    image, caption = said.image()
    keywords = said.names("keywords") or meta.all("article:tag")
    canonical = next(iter(tree.xpath("//link[@rel='canonical']/@href")), "")
    return PageMetadata(
        is_article=is_article,
        kind=next(iter(lists), "") or kind or "ItemList",
        canonical=join(url, str(canonical)) if canonical else "",
        title=said.text("headline") or meta.first("og:title"),
        published=said.text("datePublished") or meta.first("article:published_time"),
        modified=said.text("dateModified") or meta.first("article:modified_time"),
        summary=said.text("description") or meta.first("og:description", "description"),
        authors=said.names("author") or _people(meta.all("article:author", "author")),
        sections=said.names("articleSection") or meta.all("article:section"),
        tags=tuple(name for each in keywords for name in _divided(each)),
        image=image or meta.first("og:image", "twitter:image"),
        alt=meta.first("og:image:alt"),
        caption=caption,
        lang=said.text("inLanguage") or tree.get("lang", "").strip(),
    )


class _Meta:
    """``meta`` elements by their property or name."""

    def __init__(self, tree: HtmlElement) -> None:
        self._said: dict[str, list[str]] = {}
        for each in tree.iter("meta"):
            name = each.get("property") or each.get("name") or ""
            content = (each.get("content") or "").strip()
            if content:
                self._said.setdefault(name.strip().lower(), []).append(content)

    def all(self, *names: str) -> tuple[str, ...]:
        return next((tuple(self._said[each]) for each in names if each in self._said), ())

    def first(self, *names: str) -> str:
        return next(iter(self.all(*names)), "")


class _Said:
    """Values of an object of JSON-LD, however deep its writer put them."""

    def __init__(self, values: Object, by_id: dict[str, Object]) -> None:
        self._values = values
        self._by_id = by_id

    def text(self, key: str) -> str:
        return next(iter(self.names(key)), "")

    def names(self, key: str) -> tuple[str, ...]:
        found = (_string(self._object(each).get("name")) for each in _listed(self._values.get(key)))
        return tuple(dict.fromkeys(filter(None, found)))

    def image(self) -> tuple[str, str]:
        for each in _listed(self._values.get("image")):
            said = self._object(each)
            address = _string(said.get("url") or said.get("contentUrl") or said.get("name"))
            if address:
                return address, _string(said.get("caption"))
        return "", ""

    def _object(self, value: object) -> Object:
        if not isinstance(value, dict):
            return {"name": value}
        known = self._by_id.get(str(value.get("@id")))
        return known if known and len(value) == 1 else value


def _article(objects: tuple[Object, ...], url: str) -> Object | None:
    """The article that a page is; of several the one that has its address, else none."""
    found = [each for each in objects if any(map(_ARTICLE.fullmatch, _types(each)))]
    if len(found) < 2:
        return found[0] if found else None
    own = host_and_path(url)
    for each in found:
        page = each.get("mainEntityOfPage")
        page = page.get("@id") if isinstance(page, dict) else page
        named = (page, each.get("url"), each.get("@id"))
        if any(isinstance(name, str) and host_and_path(join(url, name)) == own for name in named):
            return each
    return None


def _objects(tree: HtmlElement) -> Iterator[Object]:
    left = _MAX_NODES
    for script in tree.iter("script"):
        if script.get("type", "").strip().lower() != "application/ld+json":
            continue
        try:
            pending = [document_of(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue
        while pending and left:
            left -= 1
            value = pending.pop(0) if len(pending) < 100 else pending.pop()
            if isinstance(value, dict):
                if "@type" in value:
                    yield value
                pending += value.values()
            elif isinstance(value, list):
                pending += value


def _types(each: Object) -> list[str]:
    return [name for name in _listed(each.get("@type")) if isinstance(name, str)]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _string(value: object) -> str:
    return " ".join(unescape(value).split()) if isinstance(value, str) else ""


def _people(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of authors: some pages give the address of a profile."""
    return tuple(name for name in names if not is_http(name))


def _divided(keywords: str) -> Iterator[str]:
    return filter(None, map(str.strip, re.split("[,،;؛]", keywords)))
