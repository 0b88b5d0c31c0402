"""Jekyll itself and jekyll-feed build small sites: every id and address of their feeds is ours."""

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from factories import FixedClock
from feedservice.importing import opening
from feedservice.importing.foreign_entry import ignore
from feedservice.index.writer import IndexWriter
from import_sources import Run, entries_of, serve

pytestmark = pytest.mark.system

POSTS = {
    "_posts/2024-01-02-khabar.md": "title: أ\ndate: 2024-01-02 22:30:00 +0000",
    "_posts/2024-01-03-خبر-عاجل.md": "title: ب",
    "_posts/2024-01-04-Two Words_x.md": "title: ت\ncategories: [أخبار محلية, News]",
    "محليات/_posts/2024-01-05-sub.md": "title: ث\ncategory: Big News",
    "_posts/2024-01-06-own.md": "title: ج\npermalink: /custom/page/",
    "_posts/2024-01-07-slugged.md": "title: ح\nslug: عنوان-آخر",
    "_posts/2024-01-08-midnight.md": "title: خ\ndate: 2024-01-08 23:30:00",
    "_posts/2024-01-09-quoted.md": 'title: د\ndate: "2024-01-09 23:30"',
    "_posts/2024-01-10-C++ (more).html": "title: ذ",
    "_posts/2024-01-11-dotted.v1.2.md": "title: ر\ncategories: one two",
    "_posts/2024-01-13-Spaced .md": "title: س",
    "_posts/2024-01-12-own.html.md": "title: ز\npermalink: /ar/خبر.html",
}
STYLES = (
    "date",
    "pretty",
    "ordinal",
    "weekdate",
    "none",
    "/:title/",
    "/:year/:title",
    "/:title.html",
    "/blog/:slug/",
    "/:slugified_categories/:i_month-:i_day/:title:output_ext",
    "/:short_year/:short_month/:long_month/:y_day/:title/",
)
DEFAULTS = """
defaults:
  - scope: {path: "", type: posts}
    values: {permalink: "/all/:title/", categories: [عام]}
  - scope: {path: "محليات"}
    values: {permalink: "/local/:title.html"}
"""


def jekyll() -> str:
    found = shutil.which("jekyll")
    if not found:
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail("jekyll is not installed (apt-get install jekyll ruby-jekyll-feed)")
        pytest.skip("jekyll is not installed")
    return found


def built(
    root: Path, config: str, files: dict[str, str], feed: str = "feed.xml"
) -> dict[str, tuple[str, str]]:
    """Build a site; what its feed says: title → id and address."""
    whole = {name: f"---\n{front}\n---\nنص.\n" for name, front in files.items()}
    entries = built_entries(root, {"_config.yml": config, **whole}, feed)
    return {each.title: (each.id, each.link) for each in entries}


def built_entries(root: Path, files: dict[str, str], feed: str, zone: str = "UTC") -> list[Any]:
    """Build a site on a machine of a zone; the entries of its feed."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    subprocess.run(
        [jekyll(), "build", "--quiet", "--disable-disk-cache", "--source", root],
        cwd=root,
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": zone},
        check=True,
        capture_output=True,
    )
    entries: list[Any] = feedparser.parse((root / "_site" / feed).read_bytes()).entries
    return entries


def ours(root: Path) -> dict[str, tuple[str, str]]:
    source = opening.open_folder(root, None, "UTC")
    return {each.title: (each.id, each.url) for each in source.entries(ignore)}


def config(style: str, more: str = "") -> str:
    quoted = f'"{style}"'
    return (
        "url: https://old.example\nplugins: [jekyll-feed]\nfeed: {posts_limit: 50}\n"
        f"timezone: Asia/Amman\npermalink: {quoted}\n{more}"
    )


@pytest.mark.parametrize("style", STYLES)
def test_ids_and_addresses_of_every_permalink_are_jekylls_own(tmp_path: Path, style: str) -> None:
    assert ours_of(tmp_path, config(style), POSTS)


@pytest.mark.parametrize(
    "more",
    [
        "baseurl: /news\n",
        DEFAULTS,
        "baseurl: /أخبار/\n",
        "title: ع\nurl: https://old.example/\n",
        "timezone: Riyadh/Saudi Arabia\n",
    ],
    ids=["below a path", "defaults", "below an Arabic path", "a slash", "no zone of anybody's"],
)
def test_what_the_configuration_says_is_obeyed(tmp_path: Path, more: str) -> None:
    assert ours_of(tmp_path, config("pretty", more), POSTS)


def test_documents_of_a_collection_have_the_addresses_that_jekyll_gives_them(
    tmp_path: Path,
) -> None:
    more = (
        "feed: {posts_limit: 50, collections: {news: {path: /news.xml}}}\n"
        "collections:\n  news: {output: true}\n  people: {output: false}\n"
    )
    files = {
        "_news/one.md": "title: أ\ndate: 2024-01-02",
        "_news/خبر/ثان.md": "title: ب\ndate: 2024-01-03",
        "_people/x.md": "title: ت",
    }
    text = config("pretty").replace("feed: {posts_limit: 50}\n", "") + more
    assert ours_of(tmp_path, text, files, "news.xml")


@pytest.mark.parametrize("style", STYLES)
def test_addresses_of_pages_are_jekylls_own(tmp_path: Path, style: str) -> None:
    listed = "{% for each in site.pages %}{{ each.url }} {{ each.title }}\n{% endfor %}"
    (tmp_path / "addresses.txt").write_text(f"---\n---\n{listed}", encoding="utf-8")
    built(tmp_path, config(style), {"about.md": "title: أ", "عن/team.html": "title: ب"})
    told = (tmp_path / "_site" / "addresses.txt").read_text(encoding="utf-8")
    found = {
        f"{url.removeprefix('https://old.example')} {title}"
        for title, (_id, url) in ours(tmp_path).items()
    }
    assert len(found) == 2
    assert found <= set(told.splitlines())


def ours_of(root: Path, text: str, files: dict[str, str], feed: str = "feed.xml") -> bool:
    theirs = built(root, text, files, feed)
    assert theirs
    assert ours(root) == theirs
    return True


DAYS = {
    "_posts/2024-01-02-west.md": "title: أ\ndate: 2024-01-02 19:25:00 -0700",
    "_posts/2024-01-03-east.md": "title: ب\ndate: 2024-01-03 01:30:00 +0300",
    "_posts/2024-01-04-plain.md": "title: ت\ndate: 2024-01-04 23:30:00",
    "_posts/2024-01-05-text.md": 'title: ث\ndate: "2024-01-05 23:30"',
    "_posts/2024-01-06-day.md": "title: ج\ndate: 2024-01-06",
    "_posts/2024-01-07-named.md": "title: ح",
    "_posts/2024-01-08-morning.md": "title: خ\ndate: 2024-01-08 08:00:00 +0300",
    "_posts/2024-01-09-own.md": "title: د\ndate: 2024-01-09 23:30:00 -0700\npermalink: /own/",
}


@pytest.mark.parametrize(
    ("machine", "zone", "others"),
    [
        ("UTC", "UTC", ""),
        ("UTC", "Asia/Damascus", ""),
        ("America/Phoenix", "UTC", "خ"),
        ("Asia/Damascus", "UTC", "ت"),
        ("Asia/Damascus", "Asia/Damascus", ""),
    ],
)
def test_without_a_zone_each_day_of_the_author_and_of_utc_leads_on(
    tmp_path: Path, run: Run, machine: str, zone: str, others: str
) -> None:
    """``others``: written in another zone than the machine's, and than that of our site."""
    text = config("pretty").replace("timezone: Asia/Amman\n", "")
    posts = {name: f"---\n{front}\n---\nنص.\n" for name, front in DAYS.items()}
    theirs = built_entries(tmp_path, {"_config.yml": text, **posts}, "feed.xml", machine)
    source = opening.open_folder(tmp_path, None, zone)
    known = {each.title: {each.url, *each.aliases} for each in source.entries(ignore)}
    assert len(theirs) == len(known) == len(DAYS)
    assert {each.title for each in theirs if each.link not in known[each.title]} == set(others)
    report = run(source, category="field")
    told = {each.place for each in report.remarks if each.code == "day-unsure"}
    west, east, plain, *_rest = DAYS
    assert told == {west, east} | ({plain} if zone == "Asia/Damascus" else set())
    old = {path.removesuffix("/") for path, _new in report.redirects}
    assert "/{year}/{month}/{day}/{slug}" in old


BODY = "أول *فقرة* مع [رابط][r].\n\nثانية.\n<!--more-->\n\nثالثة.\n\n[r]: https://news.example/\n"
SAID = {
    "a paragraph": "",
    "an excerpt": "excerpt: مقتطف كتبه <b>محرر</b>",
    "a description": "description: وصف الخبر",
    "both": "description: وصف الخبر\nexcerpt: مقتطف",
    "a mark of its own": "excerpt_separator: ثالثة",
    "no mark": 'excerpt_separator: "\\n\\n"',
    "a change": "last_modified_at: 2024-02-03 10:00:00 +0300",
    "a change without a zone": "last_modified_at: 2024-02-03 10:00:00",
    "a day of change": "last_modified_at: 2024-02-03",
    "a change as text": 'last_modified_at: "2024-02-03 10:00"',
}


@pytest.mark.parametrize("more", ["", 'excerpt_separator: "<!--more-->"\n'], ids=["", "marked"])
def test_summaries_and_changes_are_those_that_jekyll_publishes(
    tmp_path: Path,
    run: Run,
    content: Path,
    new_index: Callable[[], IndexWriter],
    clock: FixedClock,
    more: str,
) -> None:
    head = "---\ntitle: {}\ndate: 2024-01-02 10:00:00 +0300\n{}\n---\n{}"
    posts = {
        f"_posts/2024-01-02-post-{n}.md": head.format(title, front, BODY)
        for n, (title, front) in enumerate(SAID.items())
    }
    root = tmp_path / "site"
    theirs = said(built_entries(root, {"_config.yml": config("pretty", more), **posts}, "feed.xml"))
    assert len(theirs) == len(SAID)
    report = run(opening.open_folder(root, None, "UTC"), category="field")
    assert (report.count, report.remarks) == (len(SAID), [])
    assert said(entries_of(serve(content, new_index(), clock))) == theirs


def said(entries: list[Any]) -> dict[str, tuple[str, datetime]]:
    """Summary and last change of each entry, by its id."""
    return {
        each.id: (each.summary, datetime.fromisoformat(each.updated).astimezone(UTC))
        for each in entries
    }
