"""The editor's side of the content folder, without an index: check it, and write a new article into
it.
"""

import difflib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feedservice.authoring import fix
from feedservice.content import article, frontmatter
from feedservice.content import site as site_file
from feedservice.content import site_rules as rules
from feedservice.content.decoding import decode
from feedservice.content.file_types import is_article, is_servable
from feedservice.content.files import ContentFiles
from feedservice.domain import urls
from feedservice.domain.errors import ContentError, FeedserviceError
from feedservice.domain.model import Article, Problem, Site
from feedservice.domain.taxonomy import find_author, find_category, nearest_category
from feedservice.domain.text import one_line, slugify


class UsageError(FeedserviceError):
    """What a command was asked for cannot be done; the message says what can."""


def site_folder(path: Path) -> Path:
    """Return the nearest folder at or above ``path`` that holds site.yaml.

    Raises:
        UsageError: there is none.
    """
    start = path.absolute()
    for folder in (start, *start.parents):
        if (folder / site_file.NAME).is_file():
            return folder
    raise UsageError(
        f"{path}: no site.yaml here or in a folder above / لا ملف site.yaml هنا ولا في مجلد أعلى"
    )


def read_site(root: Path) -> Site:
    """Return the site of a content folder.

    Raises:
        ContentError: site.yaml is absent or cannot be used.
    """
    site, problems = _site(ContentFiles(root))
    if site is None:
        raise ContentError(problems[0])
    return site


def check(paths: Sequence[Path], now: datetime) -> tuple[tuple[Problem, ...], str, Path]:
    """Check a content folder, or some files or folders of one.

    Returns:
        The problems that concern ``paths``, by path and line; the site's language; the content
        folder.

    Raises:
        UsageError: a path is not there, no article, or not in the same site as the others.
    """
    root = site_folder(paths[0])
    wanted = [_below(path, root) for path in paths]
    files = ContentFiles(root)
    site, problems = _site(files)
    if site is None:
        return problems, "ar", root
    walk = files.walk()
    found: list[Problem] = []
    articles: dict[str, Article] = {}
    texts: dict[str, str] = {}
    for path in sorted(walk.articles):
        try:
            text = decode(files.read(path), path)
        except ContentError as error:
            found.append(error.problem)
            continue
        except OSError as error:
            facts = {"value": error.strerror or str(error)}
            found.append(Problem(path=path, code="file-unreadable", facts=facts))
            continue
        read, its_problems = article.read(text, path, site, now)
        found += its_problems
        if read:
            articles[path], texts[path] = read, text
    media = {path: is_servable(path) for path in walk.media}
    found += rules.check(rules.Facts(articles=articles, texts=texts, media=media))
    kept = (problem for problem in found if any(_concerns(problem.path, each) for each in wanted))
    return tuple(sorted(kept, key=lambda p: (p.path, p.line, p.column))), site.language, root


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


def slug_of(root: Path, path: Path) -> str:
    """Return the percent-encoded slug of an article file; empty where it cannot be read."""
    below = _below(path, root)
    try:
        fields = frontmatter.split(
            decode(ContentFiles(root).read(below), below), below
        ).fields.plain()
    except (ContentError, OSError):
        return ""
    return urls.percent(slugify(str(fields.get("slug") or "") or path.stem))


def line_of(root: Path, problem: Problem) -> str:
    """Return the line that a problem stands in; empty where it cannot be read."""
    try:
        text = decode(ContentFiles(root).read(problem.path), problem.path)
    except (ContentError, OSError):
        return ""
    lines = text.splitlines()
    return lines[problem.line - 1] if problem.line <= len(lines) else ""


def mend(paths: Sequence[Path], *, write: bool) -> Iterator[tuple[str, str]]:
    """Mend what is safe to mend in a content folder, or in some files or folders of one.

    Args:
        paths: as in `check`.
        write: whether files are written; each through a temporary file and a rename.

    Yields:
        The path of each file that differs, and the difference (unified diff).

    Raises:
        UsageError, ContentError: as in `check` and `read_site`.
    """
    root = site_folder(paths[0])
    wanted = [_below(path, root) for path in paths]
    site = read_site(root)
    files = ContentFiles(root)
    for path in sorted(files.walk().articles):
        if not any(_concerns(path, each) for each in wanted):
            continue
        try:
            before = decode(files.read(path), path)
        except (ContentError, OSError):
            continue
        after = fix.fix(before, path, site)
        if after == before:
            continue
        if write:
            files.replace(path, after)
        lines = difflib.unified_diff(
            before.splitlines(), after.splitlines(), path, path, lineterm="", n=1
        )
        yield path, "\n".join(lines)


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


def write_schemas(folder: Path, schemas: Mapping[str, Mapping[str, Any]]) -> tuple[Path, ...]:
    """Write JSON Schemas and the settings that VS Code's YAML extension reads; what is there is
    written anew.
    """
    folder.mkdir(exist_ok=True)
    wired = {
        "yaml.schemas": {
            "./.vscode/site.schema.json": "site.yaml",
            "./.vscode/article.schema.json": "*.front.yaml",
        },
    }
    documents = {
        **{f"{name}.schema.json": made for name, made in schemas.items()},
        "settings.json": wired,
    }
    paths = []
    for name, document in documents.items():
        path = folder / name
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        paths.append(path)
    return tuple(paths)


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


def _short(name: str) -> str:
    """File systems allow 255 bytes; an Arabic letter takes two."""
    while len(name.encode()) > 200:
        name = name[:-1]
    return name.strip("-")


def _site(files: ContentFiles) -> tuple[Site | None, tuple[Problem, ...]]:
    try:
        return site_file.read(decode(files.read(site_file.NAME), site_file.NAME))
    except ContentError as error:
        return None, (error.problem,)
    except OSError:
        return None, (Problem(path=site_file.NAME, code="site-missing"),)


def _below(path: Path, root: Path) -> str:
    if not path.exists():
        raise UsageError(f"{path}: not there / غير موجود")
    try:
        relative = unicodedata.normalize("NFC", path.absolute().relative_to(root).as_posix())
    except ValueError as error:
        raise UsageError(f"{path}: not in {root}") from error
    if path.is_file() and relative != site_file.NAME and not is_article(relative):
        raise UsageError(f"{path}: no article (articles are *.md in a folder of the site)")
    return "" if relative == "." else relative


def _concerns(path: str, wanted: str) -> bool:
    return not wanted or path == wanted or path.startswith(f"{wanted}/")
