"""Neutral feeds and items for tests: plain functions, every part of which can be overridden."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from feedservice.domain.direction import RLM
from feedservice.feeds.feed import Attachment, Feed, Item, Link, Person, Term, Tombstone

BASE = "https://news.example"
SITE_ID = "tag:news.example,2025"


def item(name: str = "one", **overrides: Any) -> Item:
    """A small Arabic item; ``name`` makes its id and address."""
    values: dict[str, Any] = {
        "id": f"{SITE_ID}:{name}",
        "atom_id": f"{SITE_ID}:{name}",
        "url": f"{BASE}/articles/{name}",
        "title": f"عنوان {name}",
        "docs_url": f"{BASE}/feeds#json",
        "summary": "موجز الخبر.",
        "html": '<div dir="rtl" lang="ar"><p>نص الخبر.</p></div>',
        "published": datetime(2025, 12, 1, 9, 0, tzinfo=UTC),
        "updated": datetime(2025, 12, 1, 9, 0, tzinfo=UTC),
    }
    return Item(**(values | overrides))


def full_item(**overrides: Any) -> Item:
    """An Arabic item with every part, its texts full of what has to be escaped."""
    values: dict[str, Any] = {
        "title": "التحالف الدولي يقصف <مواقع> & يعلن «النصر»",
        "summary": "أعلن التحالف أنّ 3 < 5 & أنّ الضربات «دقيقة». المزيد لاحقاً.",
        "html": (
            '<div dir="rtl" lang="ar"><p>نصٌّ كامل &amp; فيه <a href="https://example.org/?a=1&amp;b=2">رابط</a>.'
            " ]]&gt;</p><h2>مقالات ذات صلة</h2>"
            '<ul><li><a href="https://news.example/articles/two">الخبر الثاني</a></li></ul></div>'
        ),
        "updated": datetime(2025, 12, 2, 10, 30, tzinfo=UTC),
        "authors": (
            Person(name="سليم العمر", email="salim@news.example", url=f"{BASE}/authors/salim"),
            Person(name="هيئة التحرير"),
        ),
        "terms": (
            Term(
                slug="field",
                label="ميداني",
                url=f"{BASE}/categories/field",
                scheme=f"{BASE}/categories/",
            ),
            Term(
                slug="حلب",
                label="حلب",
                url=f"{BASE}/tags/%D8%AD%D9%84%D8%A8",
                scheme=f"{BASE}/tags/",
            ),
        ),
        "image": Attachment(
            url=f"{BASE}/media/strike.jpg",
            media_type="image/jpeg",
            length=48213,
            width=1200,
            height=675,
            alt="دخان فوق المدينة",
            caption="الدخان يتصاعد فوق المدينة بعد الضربة",
            credit="تصوير: وكالة الأنباء",
        ),
        "attachments": (
            Attachment(
                url=f"{BASE}/media/report.pdf",
                media_type="application/pdf",
                length=9120,
                caption="التقرير",
            ),
            Attachment(url=f"{BASE}/media/statement.mp3", media_type="audio/mpeg"),
            Attachment(url="https://cdn.example/map.png", media_type="image/png", alt="خريطة"),
        ),
        "related": (
            Link(
                url=f"{BASE}/articles/two",
                title="الخبر الثاني",
                summary="موجز الثاني",
                language="ar",
            ),
            Link(url="https://example.org/report?x=1&y=2", title='تقرير "خارجي"'),
        ),
        "translations": (
            Link(url=f"{BASE}/articles/strike-en", title="Coalition strikes", language="en"),
        ),
    }
    return item(**(values | overrides))


def english_item(**overrides: Any) -> Item:
    """An English item for an Arabic feed."""
    values: dict[str, Any] = {
        "title": "Coalition strikes",
        "summary": "A summary.",
        "html": '<div dir="ltr" lang="en"><p>Full text.</p></div>',
        "language": "en",
        "published": datetime(2025, 11, 30, 8, 0, tzinfo=UTC),
        "updated": datetime(2025, 11, 30, 8, 0, tzinfo=UTC),
    }
    return item("strike-en", **(values | overrides))


def latin_item(**overrides: Any) -> Item:
    """An Arabic item whose title and text begin with Latin letters, marked as `direction.mark`
    does it."""
    values: dict[str, Any] = {
        "title": RLM + "NATO تعلن خطتها",
        "summary": RLM + "NATO تعلن خطتها الجديدة.",
        "html": f'<div dir="rtl" lang="ar"><p>{RLM}NATO تعلن.</p></div>',
        "published": datetime(2025, 11, 29, 23, 59, 59, tzinfo=UTC),
        "updated": datetime(2025, 11, 29, 23, 59, 59, tzinfo=UTC),
    }
    return item("nato", **(values | overrides))


def feed(*items: Item, **overrides: Any) -> Feed:
    """The site's feed with ``items``, and no more than a feed must have."""
    values: dict[str, Any] = {
        "id": f"{SITE_ID}:/",
        "title": "أخبار المثال",
        "page_url": f"{BASE}/",
        "self_url": f"{BASE}/feed.rss",
        "docs_url": f"{BASE}/feeds#json",
        "updated": max(
            (entry.updated for entry in items), default=datetime(2025, 1, 1, tzinfo=UTC)
        ),
        "author": Person(name="أخبار المثال", url=f"{BASE}/"),
        "items": items,
    }
    return Feed(**(values | overrides))


def full_feed(**overrides: Any) -> Feed:
    """An archive-linked feed with everything that a feed can have."""
    values: dict[str, Any] = {
        "description": "آخر الأخبار & التقارير",
        "copyright": "© 2025 أخبار المثال",
        "icon_url": f"{BASE}/media/icon.png",
        "logo_url": f"{BASE}/media/logo.png",
        "hubs": ("https://hub.example/", "https://hub2.example/?a=1&b=2"),
        "tombstones": (
            Tombstone(
                id=f"{SITE_ID}:gone",
                atom_id=f"{SITE_ID}:gone",
                url=f"{BASE}/articles/gone",
                when=datetime(2025, 12, 2, 9, tzinfo=UTC),
            ),
        ),
        "next_url": f"{BASE}/feed.rss?before=2025-11-29T23:59:59Z,nato",
        "previous_archive_url": f"{BASE}/archive/2025/11.rss",
        "next_archive_url": f"{BASE}/archive/2026/01.rss",
        "current_url": f"{BASE}/feed.rss",
        "archive": True,
    }
    return feed(full_item(), english_item(), latin_item(), **(values | overrides))


def empty_feed() -> Feed:
    """A feed without articles."""
    return feed()


def summary_feed() -> Feed:
    """A feed of summaries: no item has its full text, and one has no summary either."""
    items = (full_item(html=""), item("two", html="", summary=""))
    return feed(
        *items,
        title="أخبار المثال: حلب",
        self_url=f"{BASE}/tags/aleppo.rss?content=summary",
        ttl=15,
    )


def in_format(neutral: Feed, suffix: str) -> Feed:
    """The feed with addresses as they are in another format."""
    return replace(
        neutral,
        self_url=neutral.self_url.replace(".rss", suffix),
        next_url=neutral.next_url.replace(".rss", suffix),
        previous_archive_url=neutral.previous_archive_url.replace(".rss", suffix),
        next_archive_url=neutral.next_archive_url.replace(".rss", suffix),
        current_url=neutral.current_url.replace(".rss", suffix),
    )
