"""An export of Blogger (Atom, of its settings or of Takeout) → entries, one after another. Pure.

Comments, settings and templates stand among the entries, and are told from posts by their kind.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from lxml import etree

from feedservice.domain.errors import ImportFailure
from feedservice.domain.model import Status
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
_LONGEST = 64
"""Bytes: more than one match of `_POSTS` has."""


def is_blog(opener: Callable[[], BinaryIO]) -> bool:
    """Return whether a file is an export that holds posts or pages, and not comments alone."""
    with opener() as stream:
        chunk = stream.read(_CHUNK)
        before = b""
        is_export = MARK.search(chunk) is not None
        while is_export and chunk:
            if _POSTS.search(before + chunk):
                return True
            before, chunk = chunk[-_LONGEST:], stream.read(_CHUNK)
    return False


def entries_of(opener: Callable[[], BinaryIO], name: str) -> Iterator[ForeignEntry | Remark]:
    """Yield the entries of an export, and what is told of it.

    Args:
        opener: opens the file.
        name: of the file, for remarks.

    Raises:
        ImportFailure: it is no XML at all.
    """
    counts: Counter[str] = Counter()
    with opener() as stream:
        try:
            for _event, element in reading_of(stream, ("{*}entry",)):
                kind = _kind(element)
                if kind in ("post", "page"):
                    yield _entry(element, name, is_page=kind == "page")
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


def _entry(entry: Any, name: str, *, is_page: bool) -> ForeignEntry:
    links = {each.get("rel"): each.get("href") or "" for each in entry.iterfind("{*}link")}
    url = links.get("alternate", "") or text_of(entry, "filename")
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
