"""Properties of an h-entry ⇄ the keys and body of an article. Pure.

What a program sends as plain ``content`` is the Markdown of the body, since that is what writing
programs send; HTML becomes Markdown as a body that is imported does. Values of ``category`` that
site.yaml names are categories, all others tags.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from feedservice.content import labels
from feedservice.content.dates import DateError, parse_date, stamp
from feedservice.content.field_reader import media_src
from feedservice.content.file_types import suffix_of
from feedservice.content.frontmatter import Source
from feedservice.content.frontmatter import Value as Written
from feedservice.content.markup import MarkupError
from feedservice.domain.headline import Status
from feedservice.domain.media_types import MEDIA_TYPES
from feedservice.domain.model import Site
from feedservice.domain.own_addresses import own_addresses
from feedservice.domain.taxonomy import find_category
from feedservice.domain.text import clean, one_line
from feedservice.domain.urls import absolute, media_path
from feedservice.i18n import _
from feedservice.micropub.actions import KNOWN, Action, Properties, Refused, Value

Keys = dict[str, Written | None]
_PLAYED = ("audio", "video")


def refuse_private(given: Properties) -> None:
    """Refuse an entry that is not for everybody: ignored, that would be published."""
    asked = text(given, "visibility") or "public"
    if asked != "public":
        raise Refused.invalid(
            _("visibility {value!r}: all articles are public here; send a draft", value=asked[:100])
        )


def of_article(source: Source, site: Site) -> dict[str, tuple[Value, ...]]:
    """Return the properties of an article.

    Args:
        source: its file, under our keys.
        site: for names of categories, its zone and its addresses.
    """
    plain = source.fields.plain()
    found: dict[str, tuple[Value, ...]] = {
        "name": _one(plain.get("title")),
        "summary": _one(plain.get("summary")),
        "content": _one(source.body.strip("\n")),
        "published": _moment(plain.get("date"), site),
        "updated": _moment(plain.get("updated"), site),
        "category": tuple(_categories(plain, site)),
        "photo": tuple(_photo(plain.get("image"), site)),
        "post-status": (str(plain.get("status") or Status.PUBLISHED),),
    }
    media = [_src(each) for each in _listed(plain.get("media"))]
    for kind in _PLAYED:
        found[kind] = tuple(_address(src, site) for src in media if _is(kind, src))
    return {name: values for name, values in found.items() if values}


def applied(current: Properties, action: Action) -> dict[str, tuple[Value, ...]]:
    """Return the properties of an article as an update leaves them (§3.4)."""
    asked = {**current, **action.properties}
    for name, values in action.added.items():
        has = asked.get(name, ())
        asked[name] = (*has, *(each for each in values if each not in has))
    for name, values in action.removed.items():
        gone = {said(each) for each in values}
        left = (each for each in asked.get(name, ()) if gone and said(each) not in gone)
        asked[name] = tuple(left)
    return asked


def changed(
    current: Mapping[str, tuple[Value, ...]], asked: Mapping[str, tuple[Value, ...]]
) -> Iterator[str]:
    """Yield the names of properties that have other values in ``asked``."""
    for name in KNOWN:
        if current.get(name, ()) != asked.get(name, ()):
            yield name


def keys(given: Mapping[str, tuple[Value, ...]], names: Iterable[str], site: Site) -> Keys:
    """Return the keys of an article for some of its properties; None for what it has not."""
    found: Keys = {}
    for name in names:
        if name in ("name", "summary"):
            found[{"name": "title"}.get(name, name)] = one_line(text(given, name)) or None
        elif name in ("published", "updated"):
            key = "date" if name == "published" else name
            moment = text(given, name).strip()
            found[key] = _stamp(moment, site) if moment else None
        elif name == "category":
            found["category"], found["tags"] = categories_and_tags(given, site)
        elif name == "photo":
            found["image"] = next(iter(pictures(given, site)), None)
        elif name == "post-status":
            found["status"] = _status(text(given, name))
    return found


def media(given: Mapping[str, tuple[Value, ...]], plain: Mapping[str, Any], site: Site) -> Written:
    """Return ``media`` with the recordings of some properties, and whatever else it had."""
    kept = [
        each
        for each in _listed(plain.get("media"))
        if not any(kind in given and _is(kind, _src(each)) for kind in _PLAYED)
    ]
    added = [_own(said(value), site) for kind in _PLAYED for value in given.get(kind, ())]
    return [*kept, *(src for src in dict.fromkeys(added) if src)]


def categories_and_tags(
    given: Mapping[str, tuple[Value, ...]], site: Site
) -> tuple[list[str] | None, list[str] | None]:
    """Return what of ``category`` site.yaml names, by slug, and what is left: tags."""
    names = [one_line(re.sub("[,،؛]", " ", said(each))) for each in given.get("category", ())]
    slugs = {name: find_category(name, site) for name in names if name}
    found = list(dict.fromkeys(slug for slug in slugs.values() if slug))
    return found or None, [name for name, slug in slugs.items() if not slug] or None


def pictures(given: Mapping[str, tuple[Value, ...]], site: Site) -> list[str | dict[str, str]]:
    """Return what ``photo`` names as ``image`` has it: text, or a mapping with ``alt``."""
    found: list[str | dict[str, str]] = []
    for value in given.get("photo", ()):
        src = _own(said(value), site)
        alt = one_line(str(value.get("alt", ""))) if isinstance(value, Mapping) else ""
        if src:
            found.append({"src": src, "alt": alt} if alt else src)
    return found


def body(given: Mapping[str, tuple[Value, ...]], site: Site) -> str:
    """Return ``content`` as Markdown.

    Raises:
        Refused: its HTML is nested too deep for anybody.
    """
    values = given.get("content", ())
    if not values:
        return ""
    if not isinstance(values[0], Mapping):
        return clean(values[0]).strip("\n")
    if "html" not in values[0]:
        return clean(str(values[0].get("value", ""))).strip("\n")
    # A parser of HTML: for who sends some.
    from feedservice.importing.markdown import convert  # noqa: PLC0415

    try:
        html = str(values[0]["html"])
        return convert(html, lambda _kind, url: _own(url, site), site.language).markdown.strip("\n")
    except MarkupError as error:
        raise Refused.invalid(_("the HTML of content is nested too deep")) from error


def with_pictures(markdown: str, more: Iterable[str | dict[str, str]]) -> str:
    """Return a body with pictures below it, those that it does not show already."""
    parts = [markdown]
    for each in more:
        src, alt = (each, "") if isinstance(each, str) else (each["src"], each.get("alt", ""))
        if src not in markdown:
            shown = re.sub(r"([\[\]\\*_`<])", r"\\\1", alt)
            parts.append(f"![{shown}](<{re.sub('[<>]', '', src)}>)")
    return "\n\n".join(filter(None, parts))


def text(given: Mapping[str, tuple[Value, ...]], name: str) -> str:
    """Return the first value of a property; empty where it has none."""
    values = given.get(name, ())
    return said(values[0]) if values else ""


def said(value: Value) -> str:
    """Return a value as text."""
    return value if isinstance(value, str) else str(value.get("value", ""))


def _one(value: Any) -> tuple[str, ...]:
    return (str(value),) if value else ()


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _src(item: Any) -> str:
    return str(item.get("src", "") if isinstance(item, Mapping) else item)


def _is(kind: str, src: str) -> bool:
    suffix = suffix_of(src.partition("?")[0])
    return MEDIA_TYPES.get(suffix, "").startswith(f"{kind}/")


def _categories(plain: Mapping[str, Any], site: Site) -> Iterator[str]:
    for name in labels.names([str(each) for each in _listed(plain.get("category"))]):
        known = site.category(find_category(name, site) or "")
        yield known.name if known else name
    yield from labels.names([str(each) for each in _listed(plain.get("tags"))])


def _photo(image: Any, site: Site) -> Iterator[Value]:
    if image:
        address = _address(_src(image), site)
        alt = image.get("alt") if isinstance(image, Mapping) else ""
        yield {"value": address, "alt": str(alt)} if alt else address


def _address(src: str, site: Site) -> str:
    own = media_src(src)
    return absolute(site.base_url, media_path(own)) if own else src


def _own(address: str, site: Site) -> str:
    """An address as a file of ours names it: a file of media/ by its path."""
    address = one_line(address)
    path = own_addresses(site.base_url, *site.former_urls).path_of(address)
    found = media_src(unquote(urlsplit(path).path).removeprefix("/")) if path else ""
    return found or address


def _moment(value: Any, site: Site) -> tuple[str, ...]:
    try:
        moment = parse_date(str(value), site.timezone) if value else None
    except DateError:
        return (str(value),)
    return (moment.astimezone(ZoneInfo(site.timezone)).isoformat(),) if moment else ()


def _stamp(value: str, site: Site) -> str:
    """A date as editors write it; one that cannot be read stays, and is told by the check."""
    try:
        moment = parse_date(value, site.timezone).astimezone(ZoneInfo(site.timezone))
        return stamp(moment, site.timezone)
    except DateError:
        return one_line(value)


def _status(value: str) -> str | None:
    if value in ("", Status.PUBLISHED):
        return None
    if value != Status.DRAFT:
        told = _("post-status {value!r} is not accepted: published or draft", value=value[:100])
        raise Refused.invalid(told)
    return str(Status.DRAFT)
