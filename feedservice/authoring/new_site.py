"""A site to start from. Never writes over anything."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from feedservice.content import frontmatter
from feedservice.content import site as site_file
from feedservice.content.files import ContentFiles
from feedservice.domain import absolute_urls
from feedservice.domain.errors import UsageError
from feedservice.domain.text import one_line
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
