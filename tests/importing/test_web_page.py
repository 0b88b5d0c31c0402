"""One page of a site without an export: what it says of itself, and which part of it is its text."""

import json

import pytest

from feedservice.importing import web_page
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.page_reading import PageAsked, PageRead

URL = "https://old.example/news/1"
LONG = "وقال المتحدث باسم الوزارة إن العمل في الميناء الجديد استغرق خمس سنوات كاملة"
BODY = f"""
<p>افتتح اليوم <strong>الميناء الجديد</strong> بحضور <a href="/news/2">الوزير</a>. {LONG}.</p>
<h2>تفاصيل الافتتاح</h2>
<p>بلغت الحرارة ٣٥<sup>م</sup> كما نقلت <span dir="ltr">ABC News</span> عن هيئة الأرصاد في المدينة.</p>
<figure><img src="/a-300.jpg" srcset="/a-300.jpg 300w, /a-1200.jpg 1200w" alt="رصيف">
<figcaption>رصيف الميناء قبل الافتتاح</figcaption></figure>
<iframe src="https://www.youtube.com/embed/AbCdEfG"></iframe>
<p>والفقرة الأخيرة من هذا المقال طويلة أيضا حتى يعرف من يقرؤها أنها من نصه.</p>"""


def page(body: str = BODY, head: str = "", around: str = "") -> bytes:
    return f"""<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>افتتاح الميناء | الجريدة</title>{head}</head><body>
<nav><ul><li><a href="/">الرئيسية</a></li><li><a href="/tag/x">وسوم</a></li></ul></nav>
<main><article><h1>افتتاح الميناء</h1>
<figure><img src="/lead.jpg" alt="سفينة"><figcaption>سفينة تدخل</figcaption></figure>
<div class="body">{body}</div></article>{around}
<aside><h3>اقرأ أيضا</h3><ul><li><a href="/3">خبر آخر لا صلة له بهذا المقال</a></li></ul></aside></main>
<footer>حقوق النشر محفوظة</footer></body></html>""".encode()


def linked_data(*objects: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(objects)}</script>'


def read(data: bytes, url: str = URL, content_type: str = "") -> PageRead:
    return web_page.read(
        PageAsked(address=url, url=url, data=data, content_type=content_type, zone="Asia/Riyadh")
    )


def entry_of(data: bytes, **asked: str) -> ForeignEntry:
    entry = read(data, **asked).entry
    assert entry
    return entry


def test_the_text_of_an_article_comes_as_the_site_wrote_it_and_nothing_around_it() -> None:
    html = entry_of(page()).html or ""
    for kept in (
        '<span dir="ltr">ABC News</span>',
        "<sup>م</sup>",
        '<img src="/a-1200.jpg" alt="رصيف">',
        "<figcaption>رصيف الميناء قبل الافتتاح</figcaption>",
        "youtube.com/embed/AbCdEfG",
        '<a href="/news/2">الوزير</a>',
    ):
        assert kept in html
    for other in ("خبر آخر", "الرئيسية", "حقوق", "<h1", "lead.jpg"):
        assert other not in html


def test_what_the_extractor_leaves_out_within_an_article_is_told() -> None:
    shares = '<ul class="share"><li><a href="/s">شارك هذا الخبر</a></li></ul>'
    entry = entry_of(page(BODY.replace("<h2>", f"{shares}<h2>")))
    assert "شارك هذا الخبر" not in (entry.html or "")
    assert [(each.code, each.facts["value"]) for each in entry.remarks] == [
        ("site-left", "شارك هذا الخبر")
    ]


def test_linked_data_comes_before_guesses() -> None:
    article = {
        "@type": "NewsArticle",
        "headline": "افتتاح &quot;الميناء&quot;",
        "datePublished": "2024-05-01T10:00:00",
        "dateModified": "2024-05-02T10:00:00Z",
        "author": [{"@id": "#leila"}, {"@type": "Person", "name": "سامي"}],
        "articleSection": ["اقتصاد"],
        "keywords": "ميناء، بحر",
        "description": "خلاصة الخبر",
        "image": {"@id": "#image"},
    }
    head = linked_data(
        {"@graph": [article, {"@type": "Person", "@id": "#leila", "name": "ليلى"}]},
        {"@type": "ImageObject", "@id": "#image", "url": "/big.jpg", "caption": "السفينة"},
    )
    entry = entry_of(page(head=head + '<meta property="og:title" content="غيره">'))
    assert entry.title == 'افتتاح "الميناء"'
    assert entry.published
    assert entry.published.isoformat() == "2024-05-01T10:00:00+03:00"
    assert entry.updated
    assert entry.updated.isoformat() == "2024-05-02T10:00:00+00:00"
    assert [each.name for each in entry.authors] == ["ليلى", "سامي"]
    assert [each.name for each in entry.categories] == ["اقتصاد"]
    assert entry.tags == ("ميناء", "بحر")
    assert entry.summary == "خلاصة الخبر"
    assert entry.image
    assert (entry.image.src, entry.image.caption, entry.image.alt) == (
        "https://old.example/big.jpg",
        "السفينة",
        "سفينة",
    )


def test_half_a_letter_in_linked_data_is_in_no_entry() -> None:
    half = "ن\ud83d"
    told = {"headline": half, "description": half, "keywords": half, "articleSection": half}
    named = {
        "author": {"name": half, "url": f"https://old.example/{half}"},
        "image": f"/{half}.jpg",
    }
    entry = entry_of(page(head=linked_data({"@type": "NewsArticle"} | told | named)))
    assert entry.title == "ن\ufffd"
    assert str(entry).encode()


def test_open_graph_says_what_linked_data_does_not() -> None:
    head = (
        '<script type="application/ld+json">{broken</script>'
        '<meta property="og:type" content="article"><meta property="og:title" content="العنوان">'
        '<meta property="article:published_time" content="2024-05-01T10:00:00+02:00">'
        '<meta property="article:tag" content="أول"><meta property="article:tag" content="ثان">'
        '<meta property="article:author" content="https://social.example/leila">'
    )
    entry = entry_of(page(head=head))
    assert (entry.title, entry.tags) == ("العنوان", ("أول", "ثان"))
    assert entry.published
    assert entry.published.isoformat() == "2024-05-01T10:00:00+02:00"
    assert entry.image
    assert entry.image.src == "https://old.example/lead.jpg"
    assert entry.image.caption == "سفينة تدخل"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (linked_data({"@type": "CollectionPage"}), "CollectionPage"),
        ('<meta property="og:type" content="website">', "website"),
        (
            linked_data(*({"@type": "NewsArticle", "url": f"/news/{n}"} for n in (7, 8))),
            "ItemList",
        ),
    ],
)
def test_a_page_that_says_it_is_no_article_is_none(head: str, kind: str) -> None:
    found = read(page(head=head))
    assert found.refused
    assert (found.refused.code, found.refused.facts["value"]) == (
        "site-list",
        kind,
    )


def test_of_several_articles_a_page_is_the_one_with_its_address() -> None:
    related = ({"@type": "Article", "url": f"/news/{n}", "headline": f"خبر {n}"} for n in (1, 2))
    assert entry_of(page(head=linked_data(*related))).title == "خبر 1"


@pytest.mark.parametrize(
    "body",
    [
        "<nav><a href=/>x</a></nav>",
        "".join(
            f"<p><a href=/{n}>خبر رقم {n} له عنوان طويل في هذه القائمة</a> {n}</p>"
            for n in range(20)
        ),
    ],
)
def test_a_page_without_text_of_its_own_is_no_article(body: str) -> None:
    found = read(f"<html><body>{body}</body></html>".encode())
    assert found.refused
    assert found.refused.code == "site-empty"


@pytest.mark.parametrize("content_type", ["", "text/html; charset=windows-1256"])
def test_pages_in_old_arabic_encodings_are_read(content_type: str) -> None:
    data = page().replace(b'<meta charset="utf-8">', b"").decode().replace("٣٥", "35")
    entry = entry_of(data.encode("windows-1256"), content_type=content_type)
    assert "استغرق خمس سنوات" in (entry.html or "")
