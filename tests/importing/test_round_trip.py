"""A feed that we publish, imported into an empty content folder and published again, is the same
feed."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import feedparser
import httpx
import pytest
from flask import Flask

import factories
from factories import FixedClock, write_article
from feedservice.content.files import ContentFiles
from feedservice.content.markup import plain_text
from feedservice.importing import importer
from feedservice.importing.feed_source import FeedSource
from feedservice.importing.fetch import Fetcher
from feedservice.importing.import_report import ImportReport
from feedservice.importing.importer import ImportOptions
from feedservice.index.writer import IndexWriter
from import_sources import item, rss, serve

BODY = """\
نص *المقال* مع [رابط إلى آخر](c) و`رمز` وحاشية[^1]، و<span dir="ltr">ISO 8601</span>.

## عنوان فرعي

| الاسم | العدد |
|---|---|
| قمح | ٣ |

1. أول
2. ثانٍ
   - داخله

> قول مأثور

```
سطر
سطر آخر
```

[^1]: نص الحاشية.
"""


def fill(root: Path) -> None:
    for n, letter in enumerate("abcdefgh"):
        write_article(
            root, f"{('field', 'economy')[n % 2]}/{letter}.md", BODY.replace("[رابط إلى آخر](c)", "بلا رابط") if letter == "c" else BODY,
            title=f'"مقال {letter}: < & «خاص»"', date=f"2025-{n + 3:02d}-05 14:30:07", tags=f"[داريا, وسم {letter}]",
            author="[desk, كاتب ضيف]", updated="2025-12-01 09:00" if n == 2 else '""',
        )  # fmt: skip


def texts(html: str) -> str:
    return plain_text(html)


def told(app: Flask, suffix: str) -> list[dict[str, Any]]:
    """What a subscriber knows of each entry."""
    body = app.test_client().get(f"/feed{suffix}?limit=100").get_data()
    if suffix == ".json":
        return [
            {
                "id": each["id"], "title": each["title"], "published": each["date_published"], "updated": each["date_modified"],
                "tags": sorted(each["tags"]), "authors": [a["name"] for a in each["authors"]], "text": texts(each["content_html"]),
                "summary": each["summary"], "url": each["url"],
            }
            for each in json.loads(body)["items"]
        ]  # fmt: skip
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    return [
        {
            "id": each.id, "title": each.title, "published": each.published_parsed, "updated": each.updated_parsed,
            "tags": sorted(tag.label or tag.term for tag in each.tags), "authors": [a.get("name") for a in each.authors],
            "text": texts(each.content[0].value), "summary": each.summary, "url": each.link,
        }
        for each in parsed.entries
    ]  # fmt: skip


@pytest.fixture
def original(tmp_path: Path, new_index: Callable[[], IndexWriter], clock: FixedClock) -> Flask:
    """Eight articles, three to a feed, so that pages and archives must be followed."""
    root = tmp_path / "original"
    root.mkdir()
    (root / "site.yaml").write_text(factories.SITE_YAML + "feed: {limit: 3}\n", encoding="utf-8")
    fill(root)
    return serve(root, new_index(), clock)


def bring(app: Flask, root: Path, suffix: str) -> ImportReport:
    fetcher = Fetcher(transport=httpx.WSGITransport(app=app))
    source = FeedSource(f"https://news.example/feed{suffix}", fetcher=fetcher)
    wish = ImportOptions(write=True)
    return importer.run(source, ContentFiles(root), wish, factories.NOW, lambda done, total: None)


@pytest.mark.parametrize("suffix", [".rss", ".atom", ".json"])
def test_our_own_feed_comes_back_entry_by_entry(
    original: Flask,
    content: Path,
    new_index: Callable[[], IndexWriter],
    clock: FixedClock,
    suffix: str,
) -> None:
    report = bring(original, content, suffix)
    assert report.count == 8
    assert report.remarks == []
    assert report.categories == ()
    again = serve(content, new_index(), clock)
    assert told(again, suffix) == told(original, suffix)
    assert "ملف" not in report.kind


@pytest.mark.parametrize("suffix", [".rss", ".atom", ".json"])
def test_a_second_import_adds_nothing_and_an_edit_stays(
    original: Flask, content: Path, suffix: str
) -> None:
    bring(original, content, suffix)
    edited = next(content.glob("field/*.md"))
    edited.write_text(
        re.sub(
            "^title:.*", "title: عدّله محرر", edited.read_text(encoding="utf-8"), flags=re.MULTILINE
        ),
        encoding="utf-8",
    )
    site, files = (content / "site.yaml").read_text(encoding="utf-8"), sorted(content.rglob("*.md"))
    report = bring(original, content, suffix)
    assert (report.count, report.present) == (0, 8)
    assert sorted(content.rglob("*.md")) == files
    assert (content / "site.yaml").read_text(encoding="utf-8") == site
    assert "title: عدّله محرر" in edited.read_text(encoding="utf-8")


def test_old_addresses_answer_301_once_the_import_is_served(
    content: Path, new_index: Callable[[], IndexWriter], clock: FixedClock
) -> None:
    items = [item(n, guid=f"id-{n}") for n in range(1, 7)]
    items.append(item(8, link="https://old.example/articles/Old%20Name/", title="ثامن"))
    items.append(item(9, link="https://old.example/%D8%AE%D8%A8%D8%B1/قديم/"))
    importer.run(
        rss(*items),
        ContentFiles(content),
        ImportOptions(write=True, category="field"),
        factories.NOW,
        lambda done, total: None,
    )
    client = serve(content, new_index(), clock).test_client()
    for old, new in (
        ("/2024/05/03/post-3/", "/articles/post-3"),
        ("/خبر/قديم", "/articles/" + quote("قديم")),
        ("/articles/Old Name", "/articles/old-name"),
    ):
        answer = client.get(old)
        assert (answer.status_code, answer.location) == (301, new)
        assert client.get(new).status_code == 200
    assert client.get("/2024/05/03/never").status_code == 404


ENCODED = (
    "https://old.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1",
    "https://old.example/%d8%a3%d8%ae%d8%a8%d8%a7%d8%b1/2",
    "https://old.example/%D8%A3%d8%ae%D8%A8%D8%A7%d8%b1/3?q=%2f&amp;a=%7E",
    "https://OLD.example:443/%41/../4#%20",
)


@pytest.mark.parametrize("is_addressed", [True, False], ids=["as its address", "as its id"])
def test_an_encoded_id_is_the_same_bytes_in_every_feed(
    content: Path,
    new_index: Callable[[], IndexWriter],
    clock: FixedClock,
    is_addressed: bool,
) -> None:
    items = [
        item(n, link=each, guid="") if is_addressed else item(n, guid=each)
        for n, each in enumerate(ENCODED, start=1)
    ]
    files, wish = ContentFiles(content), ImportOptions(write=True, category="field")
    report = importer.run(rss(*items), files, wish, factories.NOW, lambda done, total: None)
    assert report.count == len(ENCODED)
    client = serve(content, new_index(), clock).test_client()
    for suffix, form in (
        (".rss", "<guid[^>]*>(.*?)</guid>"),
        (".atom", "<entry>.*?<id>(.*?)</id>"),
    ):
        ids = re.findall(form, client.get(f"/feed{suffix}").get_data(as_text=True), re.DOTALL)
        assert sorted(ids) == sorted(ENCODED), suffix
    told = json.loads(client.get("/feed.json").get_data())["items"]
    assert sorted(each["id"] for each in told) == sorted(unescape(each) for each in ENCODED)


def test_an_encoded_address_in_a_body_is_the_same_bytes_in_every_feed(
    content: Path, new_index: Callable[[], IndexWriter], clock: FixedClock
) -> None:
    html = "".join(f'<p><a href="{each}">رابط</a></p>' for each in ELSEWHERE)
    wish = ImportOptions(write=True, category="field")
    source = rss(item(1, description=f"<![CDATA[{html}]]>"))
    importer.run(source, ContentFiles(content), wish, factories.NOW, lambda done, total: None)
    client = serve(content, new_index(), clock).test_client()
    for suffix in (".rss", ".atom", ".json"):
        text = client.get(f"/feed{suffix}").get_data(as_text=True)
        if suffix == ".json":
            text = json.loads(text)["items"][0]["content_html"]
        assert re.findall('https://other[^"&<]*', unescape(text))[:2] == list(ELSEWHERE), suffix


ELSEWHERE = tuple(each.replace("old.", "other.") for each in ENCODED[:2])
