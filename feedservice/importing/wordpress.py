"""A WordPress export (WXR) → entries, one after another, whatever its size.

The file is read as a stream and each item is thrown away once it is read. Entities are never
resolved, nothing is loaded, and what is broken is passed over (libxml2's recovery) and told. What
WordPress calls things stands here; what its bodies are written in, in `wordpress_body`. Opens
nothing itself: it is handed an opener.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from lxml import etree

from feedservice.domain.errors import ImportFailure
from feedservice.domain.model import Status
from feedservice.importing import wordpress_body
from feedservice.importing.foreign_entry import Fault, Imported, Person, Picture, Progress, Term
from feedservice.importing.markdown import plain_text
from feedservice.importing.wordpress_body import Attachment

_HEAD = 1 << 20
_DOCTYPE = re.compile(rb"<!DOCTYPE.*", re.DOTALL | re.IGNORECASE)
_WANTED = ("{*}item", "{*}author")
_UNSORTED = frozenset({"uncategorized", "غير مصنف", "غير-مصنف"})
_STATUSES = {
    "publish": Status.PUBLISHED,
    "future": Status.PUBLISHED,
    "draft": Status.DRAFT,
    "auto-draft": Status.DRAFT,
}
_SILENT = frozenset({"attachment", "revision", "nav_menu_item"})
_TOUCHED = timedelta(minutes=1)
"""WordPress notes a change at every save; one right after publication is none that readers want
told."""


@dataclass(frozen=True, slots=True)
class Export:
    """The file: how it is opened, its name, its size in bytes, and its encoding where it does not
    say it rightly.
    """

    opener: Callable[[], BinaryIO]
    name: str
    size: int
    encoding: str | None = None


@dataclass(slots=True)
class WordPress:
    """The export as a `Source`."""

    export: Export
    kind: str = "wordpress"
    _attachments: dict[str, Attachment] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _broken: str = ""
    _offset: timedelta = timedelta()

    def entries(self, progress: Progress) -> Iterator[Imported]:
        """See `Source`. Pictures are known by number only once the whole file has been read: at the
        second reading.
        """
        self._counts.clear()
        with self.export.opener() as stream:
            for element in self._elements(stream, progress):
                name = etree.QName(element).localname
                if name == "author":
                    login = _text(element, "author_login")
                    self._names[login] = _text(element, "author_display_name") or login
                else:
                    entry = self._item(element)
                    if entry:
                        yield entry
                _forget(element)
        progress(self.export.size, self.export.size)

    def faults(self) -> tuple[Fault, ...]:
        """See `Source`."""
        found = [
            Fault(what=what, place=self.export.name, facts={"value": value, "count": str(count)})
            for (what, value), count in sorted(self._counts.items())
        ]
        if self._broken:
            found.append(
                Fault(what="source-broken", place=self.export.name, facts={"value": self._broken})
            )
        return tuple(found)

    def media(self, src: str) -> bytes | None:  # noqa: ARG002 - a Source's
        """See `Source`: an export holds no files, only their addresses."""
        return None

    def _elements(self, stream: BinaryIO, progress: Progress) -> Iterator[Any]:
        reading = etree.iterparse(
            _WithoutDoctype(stream),
            events=("end",),
            tag=_WANTED,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=True,
            remove_comments=True,
            encoding=self.export.encoding,
        )
        seen = 0
        try:
            for _, element in reading:
                seen += 1
                if seen % 50 == 0:
                    progress(stream.tell(), self.export.size)
                yield element
        except etree.XMLSyntaxError as error:
            self._broken = str(error)
            if not seen:
                raise ImportFailure(
                    f"{self.export.name}: لا يُقرأ / cannot be read: {error}"
                ) from error
        log = list(reading.error_log)
        if log:
            self._broken = f"{log[0].line}: {log[0].message}"

    def _item(self, item: Any) -> Imported | None:
        kind, status = _text(item, "post_type") or "post", _text(item, "status")
        meta = {
            _text(each, "meta_key"): _text(each, "meta_value")
            for each in item.iterfind("{*}postmeta")
        }
        if not _text(item, "guid") and not _text(item, "post_id"):
            return None  # the file broke off here
        if kind == "attachment":
            self._attach(item, meta)
        if kind != "post":
            if kind not in _SILENT:
                self._counts["post-type", kind] += 1
            return None
        if status in ("trash", "inherit"):
            self._counts["trash", ""] += status == "trash"
            return None
        comments = sum(1 for _ in item.iterfind("{*}comment"))
        if comments:
            self._counts["comments", ""] += comments
        return self._post(item, status, meta)

    def _post(self, item: Any, status: str, meta: dict[str, str]) -> Imported:
        number, link = _text(item, "post_id"), _text(item, "link")
        guid = _text(item, "guid")
        place = f"{self.export.name}:{item.sourceline}: {guid or link}"
        faults: list[Fault] = []
        if status not in _STATUSES:
            faults.append(Fault(what="status-other", place=place, facts={"value": status or "-"}))
        if _text(item, "post_password"):
            faults.append(Fault(what="password", place=place))
            status = "draft"
        published = self._moment(item, "post_date") or _rfc(_text(item, "pubDate"))
        updated = self._moment(item, "post_modified")
        html, unknown = wordpress_body.html_of(_text(item, "encoded", "content"), self._attachments)
        faults += [
            Fault(what="shortcode", place=place, facts={"value": f"[{name}]"}) for name in unknown
        ]
        name = unquote(_text(item, "post_name"))
        slugs = [unquote(meta["_wp_old_slug"])] if meta.get("_wp_old_slug") else []
        categories = [
            each for each in item.iterfind("{*}category") if each.get("domain") == "category"
        ]
        return Imported(
            place=place,
            id=guid,
            url=link if "?p=" not in link else "",
            title=plain_text(_text(item, "title")),
            html=html,
            base=link,
            published=published,
            updated=updated if updated and published and updated - published > _TOUCHED else None,
            summary=plain_text(_text(item, "encoded", "excerpt")),
            slug=name,
            others=tuple(_renamed(link, old) for old in slugs if "?p=" not in link),
            known_as=tuple(filter(None, (f"/?p={number}" if number else "", link, guid))),
            categories=tuple(
                Term(name=_all_text(each), slug=unquote(each.get("nicename") or ""))
                for each in categories
                if _all_text(each).lower() not in _UNSORTED
                and each.get("nicename") not in _UNSORTED
            ),
            tags=tuple(
                _all_text(each)
                for each in item.iterfind("{*}category")
                if each.get("domain") == "post_tag"
            ),
            authors=self._authors(item),
            image=self._picture(meta.get("_thumbnail_id", "")),
            media=tuple(
                meta["enclosure"].split("\n")[0].strip() for _ in (0,) if meta.get("enclosure")
            ),
            status=_STATUSES.get(status, Status.DRAFT),
            faults=tuple(faults),
        )

    def _attach(self, item: Any, meta: dict[str, str]) -> None:
        self._attachments[_text(item, "post_id")] = Attachment(
            url=_text(item, "attachment_url") or _text(item, "guid"),
            alt=meta.get("_wp_attachment_image_alt", ""),
            caption=plain_text(_text(item, "encoded", "excerpt")),
        )

    def _picture(self, number: str) -> Picture | None:
        found = self._attachments.get(number)
        return (
            Picture(src=found.url, alt=found.alt, caption=found.caption)
            if found and found.url
            else None
        )

    def _authors(self, item: Any) -> tuple[Person, ...]:
        login = _text(item, "creator")
        if not login:
            return ()
        # The export's e-mail addresses were never public, so none is carried; nor is a login that
        # is one.
        return (Person(name=self._names.get(login, login), slug="" if "@" in login else login),)

    def _moment(self, item: Any, name: str) -> datetime | None:
        """A local time and the same in UTC tell the zone; a draft has the first alone."""
        local, utc = _sql(_text(item, name)), _sql(_text(item, f"{name}_gmt"))
        if local and utc:
            # What is no offset on any map is a clock that went wrong: the one before it holds.
            if (
                abs(local - utc) <= timedelta(hours=14)
                and (local - utc) % timedelta(minutes=15) == timedelta()
            ):
                self._offset = local - utc
            return utc.replace(tzinfo=UTC).astimezone(timezone(self._offset))
        if utc:
            return utc.replace(tzinfo=UTC)
        return local.replace(tzinfo=timezone(self._offset)) if local else None


class _WithoutDoctype:
    """A stream without its document type: no export needs one, and what it could declare is never
    wanted.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        head = stream.read(_HEAD)
        begin = head.find(b"<rss")
        self._head = _DOCTYPE.sub(b"", head[:begin]) + head[begin:] if begin > 0 else head

    def read(self, size: int) -> bytes:
        """Return the next bytes; at most ``size``."""
        if self._head:
            part, self._head = self._head[:size], self._head[size:]
            return part
        return self._stream.read(size)


def _forget(element: Any) -> None:
    """Free an element and all before it (what iterparse has read stays in its tree otherwise)."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _text(element: Any, name: str, space: str = "") -> str:
    """The text of the first child of that name; ``space`` tells `content:encoded` from
    `excerpt:encoded`.
    """
    for child in element.iterfind("{*}" + name):
        if not space or space in (etree.QName(child).namespace or ""):
            return _all_text(child)
    return ""


def _all_text(element: Any) -> str:
    """Text with references to HTML's entities as the characters; any other reference stays as it
    was written.
    """
    parts = [element.text or ""]
    for child in element:
        parts += [
            unescape(child.text) if child.tag is etree.Entity else "".join(child.itertext()),
            child.tail or "",
        ]
    return "".join(parts).strip()


def _sql(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - as typed, no zone yet
    except ValueError:
        return None


def _rfc(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)) if found.year > 1 else None


def _renamed(link: str, old: str) -> str:
    path = urlsplit(link).path.rstrip("/")
    return re.sub(r"[^/]*$", "", path) + old
