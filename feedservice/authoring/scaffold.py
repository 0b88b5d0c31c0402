"""What an editor begins with: a new article, a new page. Never writes over anything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain, count
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from feedservice.authoring.check import read_site
from feedservice.authoring.new_slug import MAX_NAME, latin, new_slug, short
from feedservice.content import article, frontmatter, labels
from feedservice.content.decoding import decode
from feedservice.content.field_reader import MAX_SLUG_BYTES
from feedservice.content.file_types import is_article
from feedservice.content.files import ContentFiles
from feedservice.content.invisible import bare
from feedservice.domain import urls
from feedservice.domain.errors import ContentError, UsageError
from feedservice.domain.model import Site
from feedservice.domain.taxonomy import find_author, find_category, nearest_category
from feedservice.domain.text import one_line, slugify
from feedservice.i18n import Message, _


def new_article(
    root: Path,
    title: str,
    category: str,
    slug: str,
    author: str,
    now: datetime,
    *,
    is_draft: bool = True,
) -> Path:
    """Write a new article file.

    Args:
        root: the content folder.
        title: plain text.
        category: slug or name of a category: the folder of the file.
        slug: the last part of the address; made from the date and the title where it is empty.
        author: slug or name of the author, or empty.
        now: the article's date.
        is_draft: nobody sees it until the status is taken out.

    Raises:
        ContentError: site.yaml cannot be used.
        UsageError: no such category, no title or no letters in it, a slug that cannot be had.
    """
    _refuse_blank(title)
    site = read_site(root)
    folder = find_category(category, site)
    if folder is None:
        raise UsageError(_unknown_category(category, site))
    local = now.astimezone(ZoneInfo(site.timezone))
    files = ContentFiles(root)
    if slug:
        name = address = _given(slug, files, site, folder)
    else:
        name, address = _made(f"{local:%Y-%m-%d}", title, files, site)
    known_author = find_author(author, site) if author else None
    fields = {
        "title": one_line(title),
        "date": f"{local:%Y-%m-%d %H:%M}",
        "slug": address if address != name else "",
        "id": _id(site, address),
        "status": "draft" if is_draft else "",
        "author": known_author.slug if known_author else one_line(author),
        "tags": "",
        "summary": "",
    }
    text = frontmatter.dump(
        {key: value for key, value in fields.items() if value or key in ("tags", "summary")}
    )
    return _written(files, f"{folder}/{name}.md", text)


def new_page(root: Path, title: str, slug: str, *, is_draft: bool = True) -> Path:
    """Write a new page beside the news, a file of ``pages/``.

    Args:
        root: the content folder.
        title: plain text.
        slug: the last part of the address; made from the title where it is empty.
        is_draft: nobody sees it until the status is taken out.

    Raises:
        ContentError: site.yaml cannot be used.
        UsageError: a category has that folder, no letters in the title, or a file of that name.
    """
    _refuse_blank(title)
    site = read_site(root)
    if find_category(urls.PAGES.rstrip("/"), site):
        raise UsageError(_("pages is a category of this site: a page would be an article of it"))
    made = latin(title) if site.has_latin_slugs else slugify(title)
    name = short(slugify(slug) if slug else made, MAX_NAME)
    path = f"{urls.PAGES}{name}.md"
    if not name or not is_article(path):
        raise UsageError(_("the title has no letters for an address; give --slug"))
    fields = {"title": one_line(title), "summary": ""} | ({"status": "draft"} if is_draft else {})
    return _written(ContentFiles(root), path, frontmatter.dump(fields))


def _refuse_blank(title: str) -> None:
    if not bare(title):
        raise UsageError(_('the title is empty: feedservice new "The title"'))


def _written(files: ContentFiles, path: str, text: str) -> Path:
    try:
        return files.write_new(path, text)
    except FileExistsError as error:
        raise UsageError(_("{path} already exists; give another --slug", path=path)) from error


def _unknown_category(value: str, site: Site) -> Message:
    known = tuple(f"{each.slug} ({each.name})" for each in site.categories)
    nearest = nearest_category(value, site)
    if not value:
        return _("give --category. Known: {known}", known=known)
    if not nearest:
        return _("the category {value!r} is unknown. Known: {known}", value=value, known=known)
    return _(
        "the category {value!r} is unknown. Nearest: {nearest}. Known: {known}",
        value=value,
        nearest=nearest,
        known=known,
    )


def _given(slug: str, files: ContentFiles, site: Site, folder: str) -> str:
    """The slug that an editor gave, where it can be one."""
    name = slugify(slug)
    if not name or not is_article(f"{folder}/{name}.md"):
        raise UsageError(
            _("--slug {value!r} cannot be an address; write letters or digits", value=slug)
        )
    if len(name.encode()) > MAX_SLUG_BYTES:
        raise UsageError(
            _("--slug has more than {limit} bytes; write a few words", limit=MAX_SLUG_BYTES)
        )
    free = _free(name, files, site)
    if free != name:
        raise UsageError(
            _("--slug {value} belongs to another article; {free} is free", value=name, free=free)
        )
    return name


def _made(day: str, title: str, files: ContentFiles, site: Site) -> tuple[str, str]:
    """The names of a file and of its address, made of the title; numbered where they are taken."""
    address = new_slug(title, day, site)
    if not address:
        raise UsageError(_("the title has no letters for an address; give --slug"))
    address = _free(address, files, site)
    if not site.has_latin_slugs:
        return address, address
    return _free(new_slug(title, day, replace(site, has_latin_slugs=False)), files, site), address


def _free(name: str, files: ContentFiles, site: Site) -> str:
    """The name, or the nearest with a number, of which no file is called and that none claims."""
    taken = set(_claimed(name, files))
    for candidate in chain((name,), (f"{name}-{n}" for n in count(2))):
        if not taken & {candidate, _id(site, candidate)}:
            return candidate
    raise AssertionError  # numbers do not end


def _claimed(name: str, files: ContentFiles) -> Iterator[str]:
    """The slugs, aliases and ids of the files that could claim a name, or it with a number."""
    spelt = urls.percent(name)
    for path in files.walk().articles:
        yield slugify(PurePosixPath(path).stem)
        try:
            text = decode(files.read(path), path)
            if name not in text.lower() and spelt not in text:
                continue
            fields = article.take_apart(text, path).fields.plain()
        except (ContentError, OSError):
            continue
        names = fields.get("aliases", ())
        names = [names] if isinstance(names, str) else names
        yield from (slugify(alias) for _n, alias in labels.separated(list(map(str, names))))
        yield slugify(str(fields.get("slug", "")))
        yield str(fields.get("id", ""))


def _id(site: Site, slug: str) -> str:
    return f"{site.id}:{urls.percent(slug)}"
