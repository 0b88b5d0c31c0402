"""An export of Blogger (Atom, of its settings or of Takeout) → entries, one after another. Pure.

Comments, settings and templates stand among the entries, and are told from posts by their kind.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

from lxml import etree

from feedservice.domain.errors import ImportFailure
from feedservice.domain.headline import Status
from feedservice.i18n import _
from feedservice.importing.dates import moment_of
from feedservice.importing.foreign_entry import ForeignEntry, Person
from feedservice.importing.remarks import Remark, remark
from feedservice.importing.xml_stream import forget, reading_of, text_of

_KIND = "schemas.google.com/g/2005#kind"
_OF_THE_SITE = frozenset({"settings", "template", "theme"})
MARK = re.compile(rb"schemas\.google\.com/blogger/(?:2008/kind#|2018)")
"""In the head of every export, and in no feed that Blogger publishes."""
IN_TAKEOUT = "feed.atom"
"""What Google's Takeout calls a blog, and the comments that one wrote, each in a folder."""
_POSTS = re.compile(rb"blogger:type>(?:POST|PAGE)<|blogger/2008/kind#(?:post|page)\b")
_CHUNK = 1_048_576
_LONGEST = 1_024
"""Bytes: more than what is looked for has."""
_FILE = re.compile(rb"<blogger:filename>(/[^<\s]{1,500})<")
_LINK = re.compile(rb"https?://([a-z0-9.-]{1,100})(/[0-9]{4}/[0-9]{2}/[^\s\"'&<>?#/]{1,300}\.html)")
_MOST_LINKS = 5_000
_FEWEST = 3
"""Links that tell the host of a blog."""


def is_blog(opener: Callable[[], BinaryIO]) -> bool:
    """Return whether a file is an export that holds posts or pages, and not comments alone."""
    pieces = _pieces(opener)
    first = next(pieces, b"")
    return MARK.search(first) is not None and any(map(_POSTS.search, chain((first,), pieces)))


def site_of(opener: Callable[[], BinaryIO]) -> str:
    """Return the address of a blog whose export in Takeout's form does not say it; else nothing.

    It is the host that its articles link to where they link to each other: most links to that host
    lead to an article that is in the file.
    """
    files: set[bytes] = set()
    links: set[tuple[bytes, bytes]] = set()
    for piece in _pieces(opener):
        files.update(_FILE.findall(piece))
        links.update(islice(_LINK.findall(piece), _MOST_LINKS - len(links)))
    linked = Counter(host for host, _path in links)
    found = Counter(host for host, path in links if path in files)
    host, n = next(iter(found.most_common(1)), (b"", 0))
    return f"https://{host.decode()}" if n >= _FEWEST and n * 2 > linked[host] else ""


def _pieces(opener: Callable[[], BinaryIO]) -> Iterator[bytes]:
    """Yield the bytes of a file piece by piece; what lies across two is in the second."""
    before = b""
    with opener() as stream:
        while chunk := stream.read(_CHUNK):
            yield before + chunk
            before = chunk[-_LONGEST:]


def entries_of(
    opener: Callable[[], BinaryIO], name: str, site: str = ""
) -> Iterator[ForeignEntry | Remark]:
    """Yield the entries of an export, and what is told of it.

    Args:
        opener: opens the file.
        name: of the file, for remarks.
        site: what the addresses begin with of an export that names paths alone (`site_of`).

    Raises:
        ImportFailure: it is no XML at all.
    """
    counts: Counter[str] = Counter()
    with opener() as stream:
        try:
            for _event, element in reading_of(stream, ("{*}entry",)):
                kind = _kind(element)
                if kind in ("post", "page"):
                    yield _entry(element, name, site, is_page=kind == "page")
                elif kind not in _OF_THE_SITE:
                    counts[kind] += 1
                forget(element)
        except etree.XMLSyntaxError as error:
            if not counts:
                raise ImportFailure(
                    _("{source} cannot be read: {reason}", source=name, reason=str(error))
                ) from error
            yield remark("source-broken", name, value=str(error))
    comments = counts.pop("comment", 0)
    if comments:
        yield remark("comments", name, n=comments)
    for kind, n in sorted(counts.items()):
        yield remark("post-type", name, value=kind or "-", n=n)


def _kind(entry: Any) -> str:
    """``post``, ``page``, ``comment`` …, as either of the two formats says it."""
    new = text_of(entry, "type")
    if new:
        return new.lower()
    terms = (each for each in entry.iterfind("{*}category") if _KIND in (each.get("scheme") or ""))
    return next((str(each.get("term")).rpartition("#")[2] for each in terms), "post")


def _entry(entry: Any, name: str, site: str, *, is_page: bool) -> ForeignEntry:
    links = {each.get("rel"): each.get("href") or "" for each in entry.iterfind("{*}link")}
    path = text_of(entry, "filename")
    url = links.get("alternate", "") or (f"{site}{path}" if path.startswith("/") else path)
    said = text_of(entry, "status")
    drafted = next(entry.iterfind(".//{*}draft"), None)  # RFC 5023 §13.1.1
    is_draft = said == "DRAFT" or (drafted is not None and drafted.text == "yes")
    labels = [
        each.get("term") or ""
        for each in entry.iterfind("{*}category")
        if _KIND not in (each.get("scheme") or "")
    ]
    author = next(entry.iterfind("{*}author"), None)
    place = f"{name}:{entry.sourceline}: {url or text_of(entry, 'title')}"
    is_gone = said == "SOFT_TRASHED"
    return ForeignEntry(
        place=place,
        id=text_of(entry, "id"),
        url=url,
        title=text_of(entry, "title"),
        html=text_of(entry, "content"),
        base=url,
        published=moment_of(text_of(entry, "published")),
        updated=moment_of(text_of(entry, "updated")),
        known_as=(url,) if url else (),
        uncertain=tuple(filter(None, labels)),
        tag_slugs=tuple((label, label) for label in labels if label),
        authors=(Person(name=text_of(author, "name")),) if author is not None else (),
        media=tuple(filter(None, (links.get("enclosure", ""),))),
        status=Status.DRAFT if is_draft or is_gone else Status.PUBLISHED,
        is_page=is_page,
        remarks=(remark("status-other", place, value=said),) if is_gone else (),
    )
