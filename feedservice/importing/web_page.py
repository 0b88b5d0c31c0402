"""A page of a site → its entry. Pure; the process that it is read in bounds the time of it."""

import re
from contextlib import suppress

from feedservice.importing import main_text, page_metadata
from feedservice.importing.addresses import is_http, join
from feedservice.importing.dates import moment_of
from feedservice.importing.foreign_entry import ForeignEntry, Person, Picture, Term
from feedservice.importing.main_text import MainText
from feedservice.importing.page_reading import PageAsked, PageRead
from feedservice.importing.raw_html import with_largest
from feedservice.importing.remarks import remark

_LEAST = 120
"""Letters that a page has whose text is taken for an article though nothing says that it is one."""
_LINKED = 0.5
"""Of these letters, that are links at most."""
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*+=\s*+["']?([\w-]{1,40})""", re.IGNORECASE)
_ENCODINGS = re.compile(r"utf-?8|utf-16(?:le|be)?|iso-8859-\d{1,2}|windows-125\d|cp125\d|koi8-[ru]")


def read(page: PageAsked) -> PageRead:
    """Return what a page is."""
    html = with_largest(_decoded(page))
    tree = main_text.parsed(html)
    if tree is None:
        return PageRead(refused=remark("site-empty", page.address))
    said = page_metadata.read(tree, page.url)
    if said.is_article is False:
        told = remark("site-list", page.address, value=said.kind)
        return PageRead(refused=told, canonical=said.canonical)
    found = main_text.read(html, tree, page.url, said.title)
    if found is None or not (said.is_article or _is_like_one(found)):
        return PageRead(refused=remark("site-empty", page.address), canonical=said.canonical)
    document = found.document
    people = said.authors or tuple(map(str.strip, (document.author or "").split(";")))
    src, alt, caption = found.picture
    image = join(page.url, said.image or src or document.image or page.url)
    left = " | ".join(found.left_out)
    base = next(iter(tree.xpath("//base/@href")), "")
    entry = ForeignEntry(
        place=page.address,
        id=page.address,
        url=page.address,
        title=said.title or document.title or "",
        html=found.html,
        base=join(page.url, str(base)) or page.url,
        published=moment_of(said.published or document.date or "", page.zone),
        updated=moment_of(said.modified, page.zone),
        summary=said.summary or document.description or "",
        categories=tuple(Term(name=name) for name in said.sections),
        tags=said.tags or tuple(document.tags or ()),
        authors=tuple(Person(name=name) for name in people if name),
        image=Picture(src=image, alt=said.alt or alt, caption=said.caption or caption)
        if image != page.url and is_http(image)
        else None,
        lang=said.lang.partition("-")[0].lower(),
        remarks=(remark("site-left", page.address, value=left),) if left else (),
    )
    return PageRead(entry=entry, canonical=said.canonical)


def _is_like_one(found: MainText) -> bool:
    return found.count >= _LEAST and found.linked <= _LINKED * found.count


def _decoded(page: PageAsked) -> str:
    """The text of a page: as it, its host, or its bytes say."""
    charset = re.search(r"charset\s*=\s*[\"']?([\w-]+)", page.content_type, re.IGNORECASE)
    meta = _CHARSET.search(page.data[:4096])
    named = (charset[1] if charset else "", meta[1].decode() if meta else "", "utf-8-sig")
    for name in filter(None, map(str.lower, named)):
        if name == "utf-8-sig" or _ENCODINGS.fullmatch(name):
            with suppress(UnicodeDecodeError, LookupError):
                return page.data.decode("utf-8-sig" if name in ("utf-8", "utf8") else name)
    return page.data.decode("windows-1256" if _looks_arabic(page.data) else "utf-8", "replace")


def _looks_arabic(data: bytes) -> bool:
    return len(re.findall(rb"[\xc0-\xff]{3,}", data[:65_536])) > 20
