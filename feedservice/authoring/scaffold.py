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

START = """\
# ملف الموقع. غيّر القيم ثم شغّل: feedservice check
# The site. Change the values, then run: feedservice check
title: اسم الصحيفة
description: جملة عنها
base_url: http://127.0.0.1:8000
id: tag:news.example,{year}
language: ar
timezone: Asia/Damascus
categories:
  - {{slug: news, name: أخبار, description: كل جديد}}
authors:
  - {{slug: desk, name: هيئة التحرير}}
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
        known = ", ".join(f"{c.slug} ({c.name})" for c in site.categories)
        near = nearest_category(category, site)
        raise UsageError(
            f"no category is called {category!r}; nearest: {near or '-'}; known: {known}"
        )
    local = now.astimezone(ZoneInfo(site.timezone))
    name = slugify(slug or f"{local:%Y-%m-%d}-{title}")
    if not slugify(slug or title):
        raise UsageError("the title has no letters to make an address of; give --slug")
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
        raise UsageError(f"{folder}/{name}.md is there already; give another --slug") from error


def init_site(folder: Path, now: datetime) -> tuple[Path, ...]:
    """Write a site to start from: site.yaml, a category and a first article.

    Raises:
        UsageError: the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: not empty / المجلد ليس فارغًا")
    files = ContentFiles(folder)
    first = {
        "title": "أول مقال",
        "date": f"{now:%Y-%m-%d}",
        "id": f"tag:news.example,{now.year}:first",
        "author": "desk",
    }
    return (
        files.write_new(site_file.NAME, START.format(year=now.year)),
        files.write_new("news/first.md", frontmatter.dump(first) + "اكتب هنا.\n"),
    )


def _short(name: str) -> str:
    """File systems allow 255 bytes; an Arabic letter takes two."""
    while len(name.encode()) > 200:
        name = name[:-1]
    return name.strip("-")
