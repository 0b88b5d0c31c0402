"""What an editor begins with: a new article file, a new site. Never writes over anything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain, count
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedservice.authoring.check import read_site
from feedservice.authoring.new_slug import new_slug
from feedservice.content import article, frontmatter, labels
from feedservice.content import site as site_file
from feedservice.content.decoding import decode
from feedservice.content.field_reader import MAX_SLUG_BYTES
from feedservice.content.file_types import is_article
from feedservice.content.files import ContentFiles
from feedservice.domain import absolute_urls, urls
from feedservice.domain.errors import ContentError, UsageError
from feedservice.domain.model import Site
from feedservice.domain.taxonomy import find_author, find_category, nearest_category
from feedservice.domain.text import one_line, slugify
from feedservice.i18n import Message, _, render

LOCAL = "http://127.0.0.1:8000"
START = """\
# {comment}
title: {title}
description: {description}
base_url: {base_url}
id: tag:{owner},{year}
language: {language}
timezone: Asia/Damascus
categories:
  - {{slug: news, name: {category}, description: {category_description}}}
authors:
  - {{slug: desk, name: {author}}}
"""


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
        UsageError: no such category, no letters in the title, or a slug that cannot be had.
    """
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
    path = f"{folder}/{name}.md"
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


def init_site(
    folder: Path, language: str, now: datetime, title: str = "", base_url: str = ""
) -> tuple[Path, ...]:
    """Write a site to start from: site.yaml, a README, media/, a category and a first draft.

    Args:
        folder: empty but for hidden names, or not there yet.
        language: of the site.
        now: the date of the draft.
        title: of the site; a name to be changed where it is empty.
        base_url: what every address begins with; this machine where it is empty.

    Raises:
        UsageError: the folder holds something already, or ``base_url`` is no address.
    """
    base_url = site_address(base_url or LOCAL)
    ensure_free(folder)
    files = ContentFiles(folder)
    title = one_line(title) or render(default_title(), language)
    site_id = f"tag:{_owner(base_url)},{now.year}"
    site = START.format(
        comment=render(_("Change the values, then run: feedservice check"), language),
        title=frontmatter.scalar(title),
        description=render(_("A sentence about it"), language),
        base_url=base_url,
        owner=_owner(base_url),
        year=now.year,
        language=language,
        category=render(_("News"), language),
        category_description=render(_("Everything new"), language),
        author=render(_("Editorial desk"), language),
    )
    first = {
        "title": render(_("First article"), language),
        "date": f"{now:%Y-%m-%d}",
        "id": f"{site_id}:first",
        "status": "draft",
        "author": "desk",
    }
    body = render(_("Write here."), language)
    written = (
        files.write_new(site_file.NAME, site),
        files.write_new("README.md", render(_readme(title), language)),
        files.write_new("news/first.md", frontmatter.dump(first) + f"{body}\n"),
    )
    (folder / "media").mkdir(exist_ok=True)
    return written


def ensure_free(folder: Path) -> None:
    """Refuse a folder that holds something, but for hidden names (.git).

    Raises:
        UsageError: it does.
    """
    if (folder / site_file.NAME).exists():
        raise UsageError(_("the folder {folder} holds a site already", folder=folder))
    if folder.exists() and (not folder.is_dir() or any(map(_is_seen, folder.iterdir()))):
        raise UsageError(_("the folder {folder} is not empty", folder=folder))


def default_title() -> Message:
    """Return the name of a site that has none yet."""
    return _("Name of the newspaper")


def _readme(name: str) -> Message:
    return _(
        "# {name}\n\n"
        "- site.yaml: the name of the site, its address, its categories and authors.\n"
        "- news: the articles of a category, a file each. Another category is a folder of its own, "
        "and a line in site.yaml.\n"
        "- media: pictures, recordings and documents.\n\n"
        "Each day, in this folder:\n\n"
        '    feedservice new "Title" --category news\n'
        "    feedservice check\n"
        "    feedservice preview\n\n"
        "The first writes a draft and prints the name of its file: write below its second line of "
        "hyphens. The second says what is wrong, on which line, and what to write instead. The "
        "third shows what readers would see. To publish, delete the line status: draft.\n",
        name=name,
    )


def site_address(given: str) -> str:
    """Return what a site's addresses may begin with.

    Raises:
        UsageError: it can be none; the message says what is meant, as far as it can be told.
    """
    base_url = one_line(given).rstrip("/")
    if absolute_urls.is_base_url(base_url):
        return base_url
    meant = f"https://{base_url}"
    if "." not in base_url or not absolute_urls.is_base_url(meant):
        meant = "https://news.example"
    raise UsageError(
        _("{value!r} is not an address; write for example: {meant}", value=given, meant=meant)
    )


def _owner(base_url: str) -> str:
    """Who gives out a site's ids: its host, where that is a name of its own (RFC 4151 §2.1)."""
    host = urlsplit(base_url).hostname or ""
    is_name = host.rpartition(".")[2].isalpha() and not f".{host}".endswith(".localhost")
    return host if is_name and site_file.is_site_id(f"tag:{host},2000") else "news.example"


def _is_seen(path: Path) -> bool:
    return not path.name.startswith(".")
