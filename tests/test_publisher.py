import json
from collections.abc import Callable
from datetime import timedelta

import feedparser
import pytest

from factories import NOW, SITE_YAML, FixedClock, article, moment, reading, site
from feedservice.errors import Gone, IndexUnavailable, Moved, NotFound
from feedservice.feeds.formats import FORMATS
from feedservice.index.writer import IndexWriter
from feedservice.model import Article, Author, Correction, Related, Status
from feedservice.publisher import Publisher


def fill(index: IndexWriter, *articles: Article) -> None:
    index.write([reading(each) for each in articles], (), NOW)


def feed(publisher: Publisher, path: str = "/", name: str = "json", **query: str) -> dict[str, object]:
    return json.loads(publisher.feed(path, list(query.items()), name).body)  # type: ignore[no-any-return]


def items(publisher: Publisher, path: str = "/", **query: str) -> list[dict[str, object]]:
    return feed(publisher, path, **query)["items"]  # type: ignore[return-value]


@pytest.mark.parametrize("name", FORMATS)
def test_every_spelling_of_a_selection_gives_the_same_bytes(
    index: IndexWriter, publisher: Publisher, name: str
) -> None:
    fill(index, article("a", tags=["ماء"]), article("b"))
    spellings = [
        ("/categories/field", []), ("/", [("category", "ميداني")]), ("/", [("utm", "x"), ("category", "field")]),
        ("/categories/field", [("limit", "30"), ("content", "full")]),
    ]  # fmt: skip
    assert len({publisher.feed(path, pairs, name).etag for path, pairs in spellings}) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_two_indexes_over_the_same_articles_give_the_same_bytes(
    new_index: Callable[[], IndexWriter], clock: FixedClock, name: str
) -> None:
    made = [article(slug, tags=["ماء"], published=moment(f"2026-01-0{n}")) for n, slug in enumerate("abc", 1)]
    bodies = []
    for order in (made, made[::-1]):
        index = new_index()
        index.put_site(site(), SITE_YAML, (), NOW)
        index.mark_filled()
        for each in order:
            index.write([reading(each)], (), NOW + timedelta(seconds=len(bodies)))
        document = Publisher(index, clock).feed("/", [], name)
        bodies.append((document.body, document.etag))
    assert bodies[0] == bodies[1]


def test_an_empty_list_is_a_valid_feed_of_the_first_of_january(publisher: Publisher) -> None:
    for path in ("/", "/categories/economy", "/tags/لا-أحد", "/authors/desk"):
        found = feedparser.parse(publisher.feed(path, [], "atom").body)
        assert not found.bozo
        assert (found.entries, found.feed.updated) == ([], "2025-01-01T00:00:00+00:00")


def test_an_unfilled_index_answers_nothing(new_index: Callable[[], IndexWriter], clock: FixedClock) -> None:
    empty = Publisher(new_index(), clock)
    assert empty.state() == "filling"
    with pytest.raises(IndexUnavailable):
        empty.feed("/", [], "rss")


def test_a_feed_knows_its_id_page_self_and_next(index: IndexWriter, publisher: Publisher) -> None:
    fill(index, *(article(f"a{n}", published=moment(f"2026-01-0{n}")) for n in range(1, 6)))
    first = feed(publisher, "/categories/field", limit="2")
    assert first["feed_url"] == "https://news.example/categories/field.json?limit=2"
    assert first["home_page_url"] == "https://news.example/categories/field?limit=2"
    seen = [each["url"] for each in first["items"]]  # type: ignore[attr-defined]
    page = first
    while "next_url" in page:
        query = str(page["next_url"]).partition("?")[2]
        page = feed(publisher, "/categories/field", **dict(part.split("=") for part in query.split("&")))
        seen += [each["url"] for each in page["items"]]  # type: ignore[attr-defined]
    assert seen == [f"https://news.example/articles/a{n}" for n in range(5, 0, -1)]
    atom = feedparser.parse(publisher.feed("/categories/field", [("limit", "2")], "atom").body)
    assert atom.feed.id == "tag:news.example,2025:/categories/field"


def test_the_editors_related_links_come_first_and_computed_ones_fill_up(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(
        index,
        article(
            "main",
            published=moment("2026-01-10"),
            related=(
                Related(url="https://e.example/س", title="خارج"),
                Related(slug="old"),
                Related(slug="hidden"),
                Related(slug="main"),
            ),
        ),
        article("chosen", aliases=("old",), categories=("heritage",)),
        article("hidden", status=Status.DRAFT),
        *(article(f"near{n}", published=moment(f"2026-01-0{n}")) for n in range(1, 6)),
    )
    related = items(publisher)[0]["_related"]
    assert [each["url"].rpartition("/")[2] for each in related] == ["%D8%B3", "chosen", "near5", "near4", "near3"]  # type: ignore[index, union-attr, attr-defined]


def test_related_links_follow_renames_and_vanish_with_what_they_lead_to(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(
        index,
        article("main", published=moment("2026-01-10"), related=(Related(slug="b"),), categories=("economy",)),
        article("b"),
    )
    before = publisher.feed("/categories/economy", [], "json")
    fill(index, article("c", path="field/b.md", aliases=("b",)))
    renamed = publisher.feed("/categories/economy", [], "json")
    assert b"/articles/c" in renamed.body
    fill(index, article("c", path="field/b.md", aliases=("b",), status=Status.WITHDRAWN, updated=NOW))
    withdrawn = publisher.feed("/categories/economy", [], "json")
    assert b"/articles/c" not in withdrawn.body
    stamps = [each.last_modified for each in (before, renamed, withdrawn)]
    assert stamps == sorted(set(stamps))


def test_links_of_the_body_lead_to_public_articles_only(index: IndexWriter, publisher: Publisher) -> None:
    html = '<p><a href="x-site:file/field/b.md#t-x">ب</a> <a href="x-site:article/draft">س</a> <img src="x-site:media/%D8%B5.png"> <a href="x-site:path/feeds">ف</a></p>'
    fill(index, article("a", html=html, published=NOW), article("b"), article("draft", status=Status.DRAFT))
    text = items(publisher)[0]["content_html"]
    assert 'href="https://news.example/articles/b#t-x"' in text  # type: ignore[operator]
    assert "<a>س</a>" in text  # type: ignore[operator]
    assert 'src="https://news.example/media/%D8%B5.png"' in text  # type: ignore[operator]
    assert 'href="https://news.example/feeds"' in text  # type: ignore[operator]
    assert 'href="/articles/b#t-x"' in publisher.article("a").html


def test_full_text_has_its_direction_and_ends_with_corrections_and_related_links(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(
        index,
        article(
            "a",
            title="RSS بالعربية",
            html="<p>RSS ملف</p>",
            text="RSS ملف",
            published=NOW,
            corrections=(Correction(date=moment("2026-01-14T22:00"), note="صُحّح < كذا"),),
        ),
        article("b"),
    )
    item = items(publisher)[0]
    assert item["title"] == "\u200fRSS بالعربية"
    assert item["content_html"] == (
        '<div dir="rtl" lang="ar"><p>\u200fRSS ملف</p>\n<h2>تصويبات</h2>\n<ul>\n<li><time>2026-01-15</time>: صُحّح &lt; كذا</li>\n</ul>\n'
        '<h2>مقالات ذات صلة</h2>\n<ul>\n<li><a href="https://news.example/articles/b">عنوان b</a></li>\n</ul></div>'
    )


def test_an_english_article_says_so(index: IndexWriter, publisher: Publisher) -> None:
    fill(
        index,
        article("a", lang="en", title="English", translations=(("ar", "b"),), html="<p>x</p>", text="x", published=NOW),
        article("b"),
    )
    item = items(publisher)[0]
    assert item["language"] == "en"
    assert str(item["content_html"]).startswith('<div dir="ltr" lang="en">')
    assert "_related" not in item  # a translation is this article, not one like it
    assert item["_translations"][0]["url"] == "https://news.example/articles/b"  # type: ignore[index]


def test_an_imported_id_that_is_no_iri_stays_and_atom_has_one_made_from_it(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(index, article("a", id="معرف قديم"))
    assert items(publisher)[0]["id"] == "معرف قديم"
    assert feedparser.parse(publisher.feed("/", [], "rss").body).entries[0].id == "معرف قديم"
    assert (
        feedparser.parse(publisher.feed("/", [], "atom").body).entries[0].id.startswith("tag:news.example,2025:%D9%85")
    )


def test_a_withdrawn_article_becomes_a_tombstone(index: IndexWriter, publisher: Publisher) -> None:
    fill(index, article("a"), article("gone", status=Status.WITHDRAWN, updated=moment("2026-01-05")))
    assert b'ref="tag:news.example,2025:gone"' in publisher.feed("/", [], "atom").body
    assert feed(publisher)["_deleted"] == [
        {
            "id": "tag:news.example,2025:gone",
            "url": "https://news.example/articles/gone",
            "date": "2026-01-05T00:00:00+00:00",
        }
    ]
    assert b"gone" not in publisher.feed("/", [], "rss").body


def test_what_an_article_address_answers(index: IndexWriter, publisher: Publisher, clock: FixedClock) -> None:
    fill(
        index,
        article("a", aliases=("old",)),
        article("draft", status=Status.DRAFT, aliases=("old-draft",)),
        article("later", published=NOW + timedelta(hours=1)),
        article("gone", status=Status.WITHDRAWN, updated=NOW),
        article("over", expires=NOW),
    )
    assert publisher.article("a").card.title == "عنوان a"
    with pytest.raises(Moved, match=r"^/articles/a$"):
        publisher.article("old")
    with pytest.raises(Moved, match=r"^/articles/a$"):
        publisher.article("A")
    for slug in ("draft", "later", "old-draft", "none"):
        with pytest.raises(NotFound):
            publisher.article(slug)
    for slug in ("gone", "over"):
        with pytest.raises(Gone):
            publisher.article(slug)
    clock.now += timedelta(hours=1)
    assert publisher.article("later").card.title == "عنوان later"


def test_an_embargo_lifts_in_exactly_its_feeds_with_validators_moving(
    index: IndexWriter, publisher: Publisher, clock: FixedClock
) -> None:
    fill(index, article("a", categories=("economy",)), article("later", published=NOW + timedelta(hours=1)))
    before = {path: publisher.feed(path, [], "rss") for path in ("/", "/categories/field", "/categories/economy")}
    assert before["/"].good_until == NOW + timedelta(hours=1)
    clock.now += timedelta(hours=1)
    after = {path: publisher.feed(path, [], "rss") for path in before}
    assert {path for path in before if before[path].etag != after[path].etag} == {"/", "/categories/field"}
    assert after["/"].last_modified == clock.now


def test_lists_name_the_site_its_categories_and_authors(index: IndexWriter, publisher: Publisher) -> None:
    fill(index, article("a", authors=(Author(slug="ضيف", name="ضيف"),)), article("b"))
    rows = {row.path: row.count for row in publisher.feed_rows()}
    assert rows == {
        "/": 2,
        "/categories/field": 2,
        "/categories/economy": 0,
        "/categories/heritage": 0,
        "/authors/desk": 0,
        "/authors/%D8%B6%D9%8A%D9%81": 1,
    }
    assert publisher.opml().body.count(b"xmlUrl=") == len(rows)


def test_a_base_url_of_the_settings_goes_before_that_of_the_site(index: IndexWriter, clock: FixedClock) -> None:
    fill(index, article("a"))
    document = Publisher(index, clock, base_url="https://other.example/news").feed("/", [], "rss")
    assert b"https://other.example/news/articles/a" in document.body
    assert b"https://news.example" not in document.body


def test_a_list_is_titled_by_what_it_is_of(index: IndexWriter, publisher: Publisher) -> None:
    fill(index, article("a", tags=["ماء"]))
    titles = [
        feed(publisher, "/", **query)["title"]
        for query in (
            {"category": "field,economy"},
            {"category": "field", "tag": "ماء"},
            {"category": "-field"},
            {"q": "نص"},
        )
    ]
    assert titles == [
        "اقتصاد أو ميداني — صحيفة الاختبار",
        "ميداني وماء — صحيفة الاختبار",
        "صحيفة الاختبار دون ميداني — صحيفة الاختبار",
        "بحث: نص — صحيفة الاختبار",
    ]
