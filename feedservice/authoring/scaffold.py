"""What an editor begins with: a new article file, a new site. Never writes over anything."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from feedservice.authoring.check import read_site
from feedservice.content import frontmatter
from feedservice.content import site as site_file
from feedservice.content.files import ContentFiles
from feedservice.domain import urls
from feedservice.domain.errors import UsageError
from feedservice.domain.taxonomy import find_author, find_category, nearest_category
from feedservice.domain.text import one_line, slugify
from feedservice.i18n import _, render

START = """\
# {comment}
title: {title}
description: {description}
base_url: http://127.0.0.1:8000
id: tag:news.example,{year}
language: {language}
timezone: Asia/Damascus
categories:
  - {{slug: news, name: {category}, description: {category_description}}}
authors:
  - {{slug: desk, name: {author}}}
"""


def new_article(
    root: Path, title: str, category: str, slug: str, author: str, now: datetime
) -> Path:
    """Write a new article file.

    Args:
        root: the content folder.
        title: plain text.
        category: slug or name of a category: the folder of the file.
        slug: the last part of the address; made from the date and the title where it is empty.
        author: slug or name of the author, or empty.
        now: the article's date.

    Raises:
        ContentError: site.yaml cannot be used.
        UsageError: no such category, no letters in the title, or a file of that name is there.
    """
    site = read_site(root)
    folder = find_category(category, site)
    if folder is None:
        raise UsageError(
            _(
                "the category {value!r} is unknown. Nearest: {nearest}. Known: {known}",
                value=category,
                nearest=nearest_category(category, site) or "-",
                known=tuple(f"{each.slug} ({each.name})" for each in site.categories),
            )
        )
    local = now.astimezone(ZoneInfo(site.timezone))
    name = slugify(slug or f"{local:%Y-%m-%d}-{title}")
    if not slugify(slug or title):
        raise UsageError(_("the title has no letters for an address; give --slug"))
    known_author = find_author(author, site) if author else None
    fields = {
        "title": one_line(title),
        "date": f"{local:%Y-%m-%d %H:%M}",
        "id": f"{site.id}:{urls.percent(name)}",
        "author": known_author.slug if known_author else one_line(author),
        "tags": "",
        "summary": "",
    }
    text = frontmatter.dump(
        {key: value for key, value in fields.items() if value or key in ("tags", "summary")}
    )
    try:
        return ContentFiles(root).write_new(f"{folder}/{_short(name)}.md", text)
    except FileExistsError as error:
        message = _("{path} already exists; give another --slug", path=f"{folder}/{name}.md")
        raise UsageError(message) from error


def init_site(folder: Path, language: str, now: datetime) -> tuple[Path, ...]:
    """Write a site to start from: site.yaml, a category and a first article.

    Args:
        folder: empty, or not there yet.
        language: of the site.
        now: the date of the article.

    Raises:
        UsageError: the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(_("the folder {folder} is not empty", folder=folder))
    files = ContentFiles(folder)
    site = START.format(
        comment=render(_("Change the values, then run: feedservice check"), language),
        title=render(_("Name of the newspaper"), language),
        description=render(_("A sentence about it"), language),
        year=now.year,
        language=language,
        category=render(_("News"), language),
        category_description=render(_("Everything new"), language),
        author=render(_("Editorial desk"), language),
    )
    first = {
        "title": render(_("First article"), language),
        "date": f"{now:%Y-%m-%d}",
        "id": f"tag:news.example,{now.year}:first",
        "author": "desk",
    }
    body = render(_("Write here."), language)
    return (
        files.write_new(site_file.NAME, site),
        files.write_new("news/first.md", frontmatter.dump(first) + f"{body}\n"),
    )


def _short(name: str) -> str:
    """File systems allow 255 bytes; an Arabic letter takes two."""
    while len(name.encode()) > 200:
        name = name[:-1]
    return name.strip("-")
