"""What is done with foreign bytes, in a process that may die of them: see `beside`.

An article is written by nobody who has not read it as the index will: what `content.reader` calls
an error is refused here.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from feedservice.authoring.new_slug import new_slug
from feedservice.content import article as article_file
from feedservice.content import frontmatter, messages
from feedservice.content.dates import stamp
from feedservice.content.decoding import decode
from feedservice.content.files import ContentFiles
from feedservice.content.markdown_words import titled
from feedservice.content.reader import FileReader, Task
from feedservice.content.seen import Seen
from feedservice.domain import urls
from feedservice.domain.errors import ContentError
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Problem, Severity, Site
from feedservice.domain.text import slugify
from feedservice.i18n import Message, _, render
from feedservice.importing.media import shortened
from feedservice.micropub import properties
from feedservice.micropub.actions import KNOWN, Action, Kind, Refused, Value
from feedservice.micropub.front_matter_edit import as_before, edited
from feedservice.micropub.properties import Keys
from feedservice.micropub.uploads import upload as upload  # noqa: PLC0414 - asked for by its name
from feedservice.system.worker import tell

_ONE_VALUE = ("name", "summary", "content", "published", "updated", "post-status")
_ORDER = (
    "title", "date", "id", "status", "author", "category", "tags", "summary", "image", "media",
)  # fmt: skip
_MAX_SLUG = 200
"""Bytes of one that a program wishes, behind which a number may come."""
_MAX_TOLD = 5
"""Problems of which a refusal tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A new article that has no name yet.

    Attributes:
        folder: of its category.
        wish: the slug that it would have, if nobody has it.
        keys: of its front matter, without id.
        body: Markdown.
    """

    folder: str
    wish: str
    keys: Keys
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An article file that may be written.

    Attributes:
        path: below the content folder.
        before: what it was made of; None for a new one.
        data: what is to be written.
        slug: the last part of its address.
        is_public: whether readers see it once it is written.
        warnings: of the check, in the site's language.
    """

    path: str
    before: bytes | None
    data: bytes
    slug: str
    is_public: bool
    warnings: tuple[str, ...]


def draft(action: Action, author: str, site: Site, now: datetime) -> Draft:
    """Return what a new article will be (Micropub §3.3)."""
    given = action.properties
    properties.refuse_private(given)
    _refuse_several(given)
    keys = properties.keys(given, KNOWN, site)
    summary, name = str(keys["summary"] or ""), str(keys["title"] or "")
    text = properties.body(given, site) or summary or name
    title = name or titled(summary or text)
    if not title:
        raise Refused.invalid(_("name, content or summary is missing: an article needs words"))
    keys["title"] = title
    local = now.astimezone(ZoneInfo(site.timezone))
    keys["date"] = keys["date"] or f"{local:%Y-%m-%d %H:%M}"
    keys["author"] = author or None
    keys["media"] = properties.media(given, {}, site) or None
    folder, keys["category"] = _placed(keys["category"], site)
    wish = shortened(slugify(properties.text(given, "mp-slug")), _MAX_SLUG).strip("-")
    wish = wish or new_slug(title, f"{local:%Y-%m-%d}", site) or f"{local:%Y-%m-%d-%H%M%S}"
    body = properties.with_pictures(text, properties.pictures(given, site)[1:])
    return Draft(folder=folder, wish=wish, keys=keys, body=body)


def new_file(
    files: ContentFiles, draft: Draft, slug: str, coming: Collection[str], site: Site, now: datetime
) -> Checked:
    """Return the file of a new article.

    Args:
        files: the content folder.
        draft: what it will be.
        slug: that it has.
        coming: files of media/ that will be there once it is.
        site: of the folder.
        now: the moment.
    """
    keys = {**draft.keys, "id": f"{site.id}:{urls.percent(slug)}"}
    front = frontmatter.dump({key: value for key in _ORDER if (value := keys.get(key))})
    path = f"{draft.folder}/{slug}.md"
    return _checked(files, path, None, f"{front}{draft.body}\n", coming, site, now)


def changed_file(
    files: ContentFiles, path: str, action: Action, version: str, site: Site, now: datetime
) -> Checked:
    """Return the file of an article as an update, a delete or an undelete leaves it (§3.4, §3.5).

    Args:
        files: the content folder.
        path: of the article.
        action: what is to be done.
        version: of the file that is meant, as `source` told it; empty for whichever is there.
        site: of the folder.
        now: the moment.
    """
    before = _read(files, path)
    if version and version != version_of(before):
        raise Refused.changed()
    text = _decoded(before, path)
    source = article_file.take_apart(text, path)
    if action.kind is Kind.UPDATE:
        after = _updated(text, path, source, action, site)
    else:
        after = edited(text, path, _turned(files, path, text, action.kind, site, now))
    return _checked(files, path, before, after, (), site, now)


def source(
    files: ContentFiles, path: str, names: Collection[str], site: Site
) -> tuple[dict[str, Any], str]:
    """Return an article as microformats2 JSON (§3.7.2), and the version of its file.

    Args:
        files: the content folder.
        path: of the article.
        names: of the properties that are wanted; all without any.
        site: of the folder.
    """
    data = _read(files, path)
    taken = article_file.take_apart(_decoded(data, path), path)
    found = properties.of_article(taken, site)
    told = {name: list(values) for name, values in found.items() if not names or name in names}
    types = {} if names else {"type": ["h-entry"]}
    return {**types, "properties": told}, version_of(data)


def version_of(data: bytes) -> str:
    """Return what tells the bytes of a file from all others."""
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def _placed(slugs: Any, site: Site) -> tuple[str, Any]:
    """The folder of an article, and ``category`` where the folder does not say it all."""
    if slugs:
        return slugs[0], slugs if len(slugs) > 1 else None
    if not site.categories:
        raise Refused(409, "conflict", _("site.yaml has no category in which an article could lie"))
    return site.categories[0].slug, None


def _refuse_several(given: Mapping[str, tuple[Value, ...]]) -> None:
    for name in _ONE_VALUE:
        if len(given.get(name, ())) > 1:
            raise Refused.invalid(_("{key} has one value: replace it", key=name))


def _updated(text: str, path: str, source: frontmatter.Source, action: Action, site: Site) -> str:
    current = properties.of_article(source, site)
    asked = properties.applied(current, action)
    names = [*properties.changed(current, asked)]
    plain = source.fields.plain()
    if "post-status" in names and plain.get("status") == Status.WITHDRAWN:
        raise Refused.invalid(_("the article is withdrawn: undelete it"))
    _refuse_several(asked)
    keys: dict[str, Any] = properties.keys(asked, names, site)
    if {"audio", "video"} & set(names):
        keys["media"] = properties.media({"audio": (), "video": ()} | asked, plain, site) or None
    if keys.get("image") and isinstance(plain.get("image"), dict):
        keys["image"] = _with_known(keys["image"], plain["image"])
    body = properties.body(asked, site) if "content" in names else None
    more = properties.pictures(asked, site)[1:] if "photo" in names else []
    if more:
        body = properties.with_pictures(source.body.strip("\n") if body is None else body, more)
    return edited(text, path, keys, body)


def _with_known(image: Any, known: Mapping[str, str]) -> Any:
    """A picture with the caption and credit that it had, if it is the same one."""
    src, alt = (image, "") if isinstance(image, str) else (image["src"], image.get("alt", ""))
    return {**known, **({"alt": alt} if alt else {})} if src == known.get("src") else image


def _turned(
    files: ContentFiles, path: str, text: str, kind: Kind, site: Site, now: datetime
) -> Keys:
    """What withdraws an article, or takes that back.

    What was never public becomes a draft: a notice of its withdrawal would tell of it.
    """
    article, _problems = _article(files, path, text, site, now)
    local = stamp(now.astimezone(ZoneInfo(site.timezone)), site.timezone)
    is_withdrawn = article.status is Status.WITHDRAWN
    if kind is Kind.UNDELETE:
        keys: Keys = {"status": None, "reason": None, "updated": local}
        return keys if is_withdrawn else {}
    if is_withdrawn or article.status is Status.DRAFT:
        return {}
    if article.published > now:
        return {"status": str(Status.DRAFT)}
    return {"status": str(Status.WITHDRAWN), "updated": local}


def _read(files: ContentFiles, path: str) -> bytes:
    tell(path)
    try:
        return files.read(path)
    except OSError as error:
        raise Refused.invalid(_("there is no such article any more")) from error


def _decoded(data: bytes, path: str) -> str:
    try:
        text = decode(data, path)
        article_file.take_apart(text, path)
    except ContentError as error:
        raise Refused.invalid(_said([error.problem])) from error
    return text


def _checked(
    files: ContentFiles,
    path: str,
    before: bytes | None,
    text: str,
    coming: Collection[str],
    site: Site,
    now: datetime,
) -> Checked:
    data = as_before(text, before or b"")
    article, problems = _article(files, path, _decoded(data, path), site, now)
    told = [each for each in problems if each.facts.get("value") not in coming]
    return Checked(
        path=path,
        before=before,
        data=data,
        slug=article.slug,
        is_public=article.is_public(now),
        warnings=tuple(render(_said([each]), site.language) for each in told),
    )


def _article(
    files: ContentFiles, path: str, text: str, site: Site, now: datetime
) -> tuple[Article, tuple[Problem, ...]]:
    """What the index will read.

    Raises:
        Refused: an error keeps it back.
    """
    tell(path)
    seen = Seen(path=path, size=len(text), mtime_ns=0)
    reading = FileReader(Task(files=files, site=site), tell).reading(seen, text, "", now)
    if reading.article is None:
        errors = [each for each in reading.problems if each.severity is Severity.ERROR]
        raise Refused.invalid(_said(errors[:_MAX_TOLD]))
    return reading.article, reading.problems


def _said(problems: list[Problem]) -> Message:
    said = (messages.explain(each) for each in problems)
    parts = tuple(
        Message("{wrong}. {remedy}", {"wrong": wrong, "remedy": remedy}) for wrong, remedy in said
    )
    return Message("{parts}", {"parts": parts})
