"""An export of Ghost (JSON) → entries: posts and pages, but no members. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from feedservice.domain.errors import ImportFailure
from feedservice.domain.headline import Status
from feedservice.i18n import _
from feedservice.importing.dates import is_in_reach, known_zone, moment_of
from feedservice.importing.foreign_entry import ForeignEntry, Person, Picture
from feedservice.importing.ghost_body import Shown, of_lexical, of_mobiledoc
from feedservice.importing.markdown import plain_text
from feedservice.importing.plain_json import document_of, objects, text
from feedservice.importing.remarks import Remark, remark

_SITE = "__GHOST_URL__"
"""Stands in an export where the site's address was."""
_PERMALINK = re.compile(r"(?:/(?::(?:slug|id|year|month|day)|[\w-]+))+/")
"""What Ghost let a site choose before its second version, with no more than an export says."""


def is_export(document: Any) -> bool:
    """Whether a JSON document is an export of Ghost, of any version."""
    return bool(objects(_data(document), "posts"))


def parsed(data: bytes, name: str) -> Any:
    """Return the JSON document of an export.

    Raises:
        ImportFailure: it is none.
    """
    try:
        return document_of(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise ImportFailure(
            _("{source} cannot be read: {reason}", source=name, reason=str(error))
        ) from error


def entries_of(document: Any, name: str) -> Iterator[ForeignEntry | Remark]:
    """Yield the entries of an export, and what is told of it.

    Args:
        document: as `parsed`.
        name: of the file, for remarks.
    """
    data = _data(document)
    tags = _related(data, "posts_tags", "tag_id", "tags")
    authors = _related(data, "posts_authors", "author_id", "users")
    users = {text(each, "id"): each for each in objects(data, "users")}
    meta = {text(each, "post_id"): each for each in objects(data, "posts_meta")}
    settings = {text(each, "key"): text(each, "value") for each in objects(data, "settings")}
    site = _address_of(settings)
    key = _id_of_feed(document)
    for number, post in enumerate(objects(data, "posts"), start=1):
        found = text(post, "id")
        known = authors[found] or [users.get(text(post, "author_id"), {})]
        # What other programs write for Ghost to read has tags within posts.
        tagged = tags[found] or objects(post, "tags")
        labels = [each for each in tagged if text(each, "visibility") != "internal"]
        place = f"{name}: {number}: {text(post, 'slug') or found}"
        whole = {**post, **meta.get(found, {})}
        path = _path_of(whole, settings)
        entry = _entry({**whole, "id": text(post, key, "id")}, place, site, path)
        yield replace(
            entry,
            uncertain=tuple(filter(None, (text(each, "name") for each in labels))),
            tag_slugs=tuple((text(each, "slug"), text(each, "name")) for each in labels),
            authors=tuple(
                Person(name=text(each, "name"), slug=text(each, "slug"), url=text(each, "website"))
                for each in known
                if text(each, "name")
            ),
        )
    members = len(objects(data, "members"))
    if members:
        yield remark("members", name, n=members)


def _entry(post: dict[str, Any], place: str, site: str, path: str) -> ForeignEntry:
    shown = _shown(post)
    remarks: list[Remark] = []
    if shown.lost:
        remarks.append(remark("html-dropped", place, value=", ".join(dict.fromkeys(shown.lost))))
    status = text(post, "status")
    is_open = text(post, "visibility") in ("", "public")
    is_shown = status in ("published", "scheduled", "")
    if not is_open:
        remarks.append(remark("members-only", place))
    if status == "sent":
        remarks.append(remark("status-other", place, value=status))
    slug = text(post, "slug")
    image = text(post, "feature_image", "image").replace(_SITE, site)
    return ForeignEntry(
        place=place,
        id=text(post, "id"),
        url=f"{site}{path}" if path else "",
        title=text(post, "title"),
        html=shown.html.replace(_SITE, site),
        base=f"{site}{path}",
        published=_moment(post, "published_at") or _moment(post, "created_at"),
        updated=_moment(post, "updated_at"),
        summary=text(post, "custom_excerpt", "meta_description"),
        slug=slug,
        known_as=(path,) if path else (),
        image=Picture(
            src=image,
            alt=text(post, "feature_image_alt"),
            caption=plain_text(text(post, "feature_image_caption")),
        )
        if image
        else None,
        status=Status.PUBLISHED if is_open and is_shown else Status.DRAFT,
        lang=text(post, "locale"),
        is_page=_is_page(post),
        remarks=tuple(remarks),
    )


def _is_page(post: dict[str, Any]) -> bool:
    return text(post, "type") == "page" or text(post, "page") == "1"


def _moment(post: dict[str, Any], key: str) -> datetime | None:
    """A date: before Ghost 1.0 milliseconds since 1970."""
    said = text(post, key)
    if not said.isdecimal():
        return moment_of(said)
    try:
        moment = datetime.fromtimestamp(int(said[:20]) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if is_in_reach(moment) else None


def _path_of(post: dict[str, Any], settings: dict[str, str]) -> str:
    """The path of an address, as the site chose it; pages have their slug alone."""
    slug, moment = text(post, "slug"), _moment(post, "published_at")
    pattern = settings.get("permalinks", "")
    if not slug or _is_page(post) or not moment or not _PERMALINK.fullmatch(pattern):
        return f"/{slug}/" if slug else ""
    moment = moment.astimezone(ZoneInfo(known_zone(settings.get("activeTimezone", "UTC"))))
    values = {
        "slug": slug, "id": text(post, "id"), "year": f"{moment:%Y}", "month": f"{moment:%m}",
        "day": f"{moment:%d}",
    }  # fmt: skip
    return re.sub(r":(slug|id|year|month|day)", lambda match: values[match[1]], pattern)


def _shown(post: dict[str, Any]) -> Shown:
    """What Ghost made of a body; where that is missing (a draft), what the editor keeps."""
    html = text(post, "html")
    if html:
        return Shown(html=html)
    if text(post, "lexical"):
        return of_lexical(text(post, "lexical"))
    return of_mobiledoc(text(post, "mobiledoc"))


def _data(document: Any) -> Any:
    return _holder(document).get("data")


def _holder(document: Any) -> dict[str, Any]:
    databases = objects(document, "db")
    holder = databases[0] if databases else document
    return holder if isinstance(holder, dict) else {}


def _id_of_feed(document: Any) -> str:
    """The key of what feeds gave as guid: before Ghost 1.0 ("009" in its exports) the uuid."""
    meta = _holder(document).get("meta")
    return "uuid" if isinstance(meta, dict) and text(meta, "version").isdecimal() else "id"


def _address_of(settings: dict[str, str]) -> str:
    """The site's address where its settings say it; empty: addresses are paths."""
    url = settings.get("url", "").rstrip("/")
    return url if url.startswith(("http://", "https://")) else ""


def _related(data: Any, table: str, key: str, of: str) -> defaultdict[str, list[dict[str, Any]]]:
    """What belongs to each post by a table of pairs, in its order."""
    known = {text(each, "id"): each for each in objects(data, of)}
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    pairs = objects(data, table)
    pairs.sort(key=lambda pair: (text(pair, "sort_order") or "0").zfill(9))
    for pair in pairs:
        if text(pair, key) in known:
            found[text(pair, "post_id")].append(known[text(pair, key)])
    return found
