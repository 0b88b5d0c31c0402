"""A WordPress export (WXR) → entries, one after another, whatever its size.

The file is read as a stream and each item is thrown away once it is read. Entities are never
resolved, nothing is loaded, and what is broken is passed over (libxml2's recovery) and remarked on.
Opens nothing itself: it is handed an opener.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, BinaryIO
from urllib.parse import unquote

from lxml import etree

from feedservice.domain.errors import ImportFailure
from feedservice.domain.headline import Status
from feedservice.i18n import _
from feedservice.importing import wordpress_body
from feedservice.importing.dates import is_in_reach, moment_of
from feedservice.importing.foreign_entry import ForeignEntry, Person, Picture, Progress, Term
from feedservice.importing.markdown import plain_text
from feedservice.importing.remarks import Remark, remark
from feedservice.importing.wordpress_addresses import old_addresses, renamed
from feedservice.importing.wordpress_body import Body
from feedservice.importing.wordpress_library import Attachment, Library
from feedservice.importing.words_lost import Written
from feedservice.importing.xml_stream import Children, all_text, forget, reading_of, text_of

_TAGS = ("{*}item", "{*}author", "{*}category", "{*}base_blog_url")
_UNSORTED = frozenset({"uncategorized", "غير مصنف", "غير-مصنف"})
_STATUSES = {
    "publish": Status.PUBLISHED,
    "future": Status.PUBLISHED,
    "draft": Status.DRAFT,
    "auto-draft": Status.DRAFT,
}
_UNCOUNTED = frozenset({"attachment", "revision", "nav_menu_item", "wp_block"})
_MAX_PATTERNS = 4 << 20
"""Characters of synced patterns (``wp_block``) that are kept."""
_SQL = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d", re.ASCII)
_PAUSES = re.compile(r"[\s.]+")
_SAME_SAVE = timedelta(minutes=1)
"""WordPress notes a change at every save; one right after publication is not an update."""


@dataclass(frozen=True, slots=True)
class Export:
    """The file: how it is opened, its name and bytes, its encoding where it says a wrong one."""

    opener: Callable[[], BinaryIO]
    name: str
    size: int
    encoding: str | None = None


@dataclass(slots=True)
class WordPress:
    """An export in one file, or in several, as a `Source`."""

    exports: tuple[Export, ...]
    kind: str = "wordpress"
    _library: Library = field(default_factory=Library)
    _names: dict[str, str] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)
    _counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _broken: dict[str, str] = field(default_factory=dict)
    _name: str = ""
    _home: str = ""
    _is_named: bool = False
    _kept: int = 0
    found: int = 0
    _offset: timedelta = timedelta()

    def entries(self, progress: Progress) -> Iterator[ForeignEntry]:
        """See `Source`.

        Pictures are known by number only at the second reading: bodies come with that.
        """
        self._counts.clear()
        self.found = 0
        for export in self.exports:
            self._name = export.name
            yield from self._entries(export, progress)
        self._is_named = True

    def _entries(self, export: Export, progress: Progress) -> Iterator[ForeignEntry]:
        with export.opener() as stream:
            for element in self._elements(export, stream, progress):
                name = etree.QName(element).localname
                if name != "item" and next(element.iterancestors("{*}item"), None) is not None:
                    continue  # it is read with its item
                if name == "base_blog_url":
                    self._home = all_text(element).strip()
                    continue
                if name == "category":
                    number = text_of(element, "term_id")
                    if number.isdecimal():
                        self._numbers[unquote(text_of(element, "category_nicename"))] = number
                    continue
                if name == "author":
                    login = text_of(element, "author_login")
                    self._names[login] = text_of(element, "author_display_name") or login
                else:
                    item = Children(element)
                    self.found += _is_entry(item)
                    entry = self._item(item)
                    if entry:
                        yield entry
                forget(element)
        progress(export.size, export.size)

    def remarks(self) -> tuple[Remark, ...]:
        """See `Source`."""
        counted = (
            remark(code, name, value=value, n=count)
            for (name, code, value), count in sorted(self._counts.items())
        )
        broken = (remark("source-broken", name, value=said) for name, said in self._broken.items())
        return (*counted, *broken)

    def media(self, src: str) -> bytes | None:  # noqa: ARG002 - a Source's
        """See `Source`: an export holds no files, only their addresses."""
        return None

    def _elements(self, export: Export, stream: BinaryIO, progress: Progress) -> Iterator[Any]:
        reading = reading_of(stream, _TAGS, export.encoding)
        count = 0
        try:
            for _event, element in reading:
                count += 1
                if count % 50 == 0:
                    progress(stream.tell(), export.size)
                yield element
        except etree.XMLSyntaxError as error:
            self._broken[export.name] = str(error)
            if not count:
                raise ImportFailure(
                    _("{source} cannot be read: {reason}", source=export.name, reason=str(error))
                ) from error
        log = list(reading.error_log)
        if log:
            self._broken[export.name] = f"{log[0].line}: {log[0].message}"

    def _item(self, item: Children) -> ForeignEntry | None:
        kind, status = item.text("post_type") or "post", item.text("status")
        meta = {
            text_of(each, "meta_key"): text_of(each, "meta_value") for each in item.all("postmeta")
        }
        if not item.text("guid") and not item.text("post_id"):
            self._count("item-broken", 1)
            return None
        if kind == "attachment":
            self._attach(item, meta)
        if kind == "wp_block":
            self._keep_pattern(item)
        if kind not in ("post", "page"):
            self._count("post-type", 1 if kind not in _UNCOUNTED else 0, kind)
            return None
        if status in ("trash", "inherit"):
            self._count("trash", 1)
            return None
        self._count("comments", len(item.all("comment")))
        entry = self._post(item, status, meta)
        return replace(entry, is_page=True) if kind == "page" else entry

    def _count(self, code: str, count: int, value: str = "") -> None:
        if count:
            self._counts[self._name, code, value] += count

    def _post(self, item: Children, status: str, meta: dict[str, str]) -> ForeignEntry:
        number, link, guid = (item.text(name) for name in ("post_id", "link", "guid"))
        place = f"{self._name}:{item.line}: {guid or link}"
        remarks: list[Remark] = []
        if status not in _STATUSES:
            remarks.append(remark("status-other", place, value=status or "-"))
        if item.text("post_password"):
            remarks.append(remark("password", place))
            status = "draft"
        published = self._moment(item, "post_date") or moment_of(item.text("pubDate"))
        updated = self._moment(item, "post_modified")
        is_updated = updated and published and updated - published > _SAME_SAVE
        body, text = Body(""), ""
        if self._is_named:
            text = item.text("encoded", "content")
            body = wordpress_body.html_of(text, self._library, number)
        remarks += [remark("shortcode", place, value=f"[{name}]") for name in body.unknown]
        if body.lost:
            remarks.append(remark("html-dropped", place, value=", ".join(body.lost)))
        has_path = "?p=" not in link
        numbers = old_addresses(item.text("post_type"), number, link, guid, self._home)
        old_slug = unquote(meta.get("_wp_old_slug", ""))
        enclosure = meta.get("enclosure", "").partition("\n")[0].strip()
        tags = tuple(map(_slug_and_name, _terms(item, "post_tag")))
        return ForeignEntry(
            place=place,
            id=guid,
            url=link if has_path else "",
            title=plain_text(item.text("title")),
            html=body.html,
            written=Written(text=text),
            base=link,
            published=published,
            updated=updated if is_updated else None,
            summary=plain_text(item.text("encoded", "excerpt")),
            slug=unquote(item.text("post_name")),
            aliases=(
                *((renamed(link, old_slug),) if old_slug and has_path else ()),
                *(numbers if status in ("publish", "future") else ()),
            ),
            known_as=(*((f"/?p={number}",) if number else ()), link, guid),
            categories=_categories(item, self._numbers),
            tags=tuple(name for _slug, name in tags),
            tag_slugs=tags,
            authors=self._authors(item),
            image=self._picture(meta.get("_thumbnail_id", "")),
            media=(enclosure,) if enclosure else (),
            status=_STATUSES.get(status, Status.DRAFT),
            remarks=tuple(remarks),
        )

    def _attach(self, item: Children, meta: dict[str, str]) -> None:
        number, parent = item.text("post_id"), item.text("post_parent")
        if parent not in ("", "0"):
            self._library.of_posts.setdefault(parent, {})[number] = None
        url = item.text("attachment_url") or item.text("guid")
        self._library.urls.add(url)
        self._library.files[number] = Attachment(
            url=url,
            alt=meta.get("_wp_attachment_image_alt", ""),
            caption=plain_text(item.text("encoded", "excerpt")),
        )

    def _keep_pattern(self, item: Children) -> None:
        number, text = item.text("post_id"), item.text("encoded", "content")
        kept = self._kept + len(text) - len(self._library.patterns.get(number, ""))
        if kept <= _MAX_PATTERNS:
            self._kept = kept
            self._library.patterns[number] = text

    def _picture(self, number: str) -> Picture | None:
        file = self._library.files.get(number)
        if file is None or not file.url:
            return None
        return Picture(src=file.url, alt=file.alt, caption=file.caption)

    def _authors(self, item: Children) -> tuple[Person, ...]:
        """Those whom Co-Authors Plus names, else the one who saved it."""
        logins = [_term_name(each) for each in _terms(item, "author")] or [item.text("creator")]
        # The export's e-mail addresses were never public, so none is carried; nor is a login that
        # is one.
        return tuple(
            Person(name=self._names.get(login, login), slug=_slug_of(login))
            for login in filter(None, logins)
        )

    def _moment(self, item: Children, name: str) -> datetime | None:
        """A local time and the same in UTC tell the zone; a draft has the first alone."""
        local, utc = _sql(item.text(name)), _sql(item.text(f"{name}_gmt"))
        if local and utc:
            offset = local - utc
            # What is no offset on any map is a clock that went wrong: the one before it holds.
            if abs(offset) <= timedelta(hours=14) and not offset % timedelta(minutes=15):
                self._offset = offset
        if utc:
            zone = timezone(self._offset) if local else UTC
            return utc.replace(tzinfo=UTC).astimezone(zone)
        return local.replace(tzinfo=timezone(self._offset)) if local else None


def _is_entry(item: Children) -> bool:
    """Whether an item is more than a file, an older version or a line of a menu."""
    return item.text("post_type") not in _UNCOUNTED


def _terms(item: Children, domain: str) -> list[Any]:
    return [each for each in item.all("category") if each.get("domain") == domain]


def _term_name(term: Any) -> str:
    """WordPress keeps names of terms as HTML: ``&amp;`` stands in them."""
    return plain_text(all_text(term))


def _slug_and_name(term: Any) -> tuple[str, str]:
    return unquote(term.get("nicename") or ""), _term_name(term)


def _categories(item: Children, numbers: Mapping[str, str]) -> tuple[Term, ...]:
    """Categories of a post; what it has where it has none is called nothing."""
    return tuple(
        Term(
            name=name if _UNSORTED.isdisjoint((name.lower(), slug.lower())) else "",
            slug=slug,
            pages=(f"/?cat={numbers[slug]}",) if slug in numbers else (),
        )
        for slug, name in map(_slug_and_name, _terms(item, "category"))
    )


def _slug_of(login: str) -> str:
    """What WordPress calls an author in addresses, if nobody changed it."""
    return "" if "@" in login else _PAUSES.sub("-", login.lower())


def _sql(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if _SQL.fullmatch(text) else None
    except ValueError:
        return None
    return moment if moment and is_in_reach(moment) else None
