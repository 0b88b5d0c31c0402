import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories import (
    NOW,
    FixedClock,
    article,
    at,
    fill,
    inside,
    moment,
    reading,
    site,
    states_of,
)
from feedservice.domain.errors import BadParameter, Gone, IndexUnavailable, Moved, NotFound, Refusal
from feedservice.domain.headline import Status
from feedservice.domain.internal_links import Target, placeholder
from feedservice.domain.model import Article, Author, Category, Correction, Related
from feedservice.feeds.feed import Unchanged
from feedservice.feeds.formats import FORMATS
from feedservice.index.engine import open_engine, write_transaction
from feedservice.index.reader import IndexReader
from feedservice.index.rows import put_meta
from feedservice.index.writer import IndexWriter
from feedservice.publishing.directory import directory, subscription_list
from feedservice.publishing.publisher import Publisher


def feed(
    publisher: Publisher, path: str = "/", name: str = "json", **query: str
) -> dict[str, object]:
    return json.loads(publisher.feed(at(path, list(query.items()), name)).body)  # type: ignore[no-any-return]


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
    assert len({publisher.feed(at(path, pairs, name)).etag for path, pairs in spellings}) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_two_indexes_over_the_same_articles_give_the_same_bytes(
    new_index: Callable[[], IndexWriter], clock: FixedClock, name: str
) -> None:
    made = [
        article(slug, tags=["ماء"], published=moment(f"2026-01-0{n}"))
        for n, slug in enumerate("abc", 1)
    ]
    bodies = []
    for order in (made, made[::-1]):
        index = new_index()
        index.put_site(site(), (), NOW)
        index.mark_filled()
        for each in order:
            index.write([reading(each)], (), NOW + timedelta(seconds=len(bodies)))
        document = Publisher(index, clock).feed(at("/", (), name))
        bodies.append((document.body, document.etag))
    assert bodies[0] == bodies[1]


def test_an_empty_list_is_a_valid_feed_of_the_first_of_january(publisher: Publisher) -> None:
    for path in ("/", "/categories/economy", "/tags/لا-أحد", "/authors/desk"):
        found = feedparser.parse(publisher.feed(at(path, (), "atom")).body)
        assert not found.bozo
        assert (found.entries, found.feed.updated) == ([], "2025-01-01T00:00:00+00:00")


def test_an_unfilled_index_answers_nothing(
    new_index: Callable[[], IndexWriter], clock: FixedClock
) -> None:
    empty = Publisher(new_index(), clock)
    assert empty.state() == "filling"
    with pytest.raises(IndexUnavailable):
        empty.feed(at("/", (), "rss"))


def test_a_feed_knows_its_id_page_self_and_next(index: IndexWriter, publisher: Publisher) -> None:
    fill(index, *(article(f"a{n}", published=moment(f"2026-01-0{n}")) for n in range(1, 6)))
    first = feed(publisher, "/categories/field", limit="2")
    assert first["feed_url"] == "https://news.example/categories/field.json?limit=2"
    assert first["home_page_url"] == "https://news.example/categories/field?limit=2"
    seen = [each["url"] for each in first["items"]]  # type: ignore[attr-defined]
    page = first
    while "next_url" in page:
        query = str(page["next_url"]).partition("?")[2]
        page = feed(
            publisher, "/categories/field", **dict(part.split("=") for part in query.split("&"))
        )
        seen += [each["url"] for each in page["items"]]  # type: ignore[attr-defined]
    assert seen == [f"https://news.example/articles/a{n}" for n in range(5, 0, -1)]
    atom = feedparser.parse(publisher.feed(at("/categories/field", [("limit", "2")], "atom")).body)
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
    related = items(publisher)[0]["_feedservice"]["related"]
    assert [each["url"].rpartition("/")[2] for each in related] == [
        "%D8%B3",
        "chosen",
        "near5",
        "near4",
        "near3",
    ]  # type: ignore[index, union-attr, attr-defined]


def test_related_links_follow_renames_and_vanish_with_what_they_lead_to(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(
        index,
        article(
            "main",
            published=moment("2026-01-10"),
            related=(Related(slug="b"),),
            categories=("economy",),
        ),
        article("b"),
    )
    before = publisher.feed(at("/categories/economy", (), "json"))
    fill(index, article("c", path="field/b.md", aliases=("b",)))
    renamed = publisher.feed(at("/categories/economy", (), "json"))
    assert b"/articles/c" in renamed.body
    fill(
        index, article("c", path="field/b.md", aliases=("b",), status=Status.WITHDRAWN, updated=NOW)
    )
    withdrawn = publisher.feed(at("/categories/economy", (), "json"))
    assert b"/articles/c" not in withdrawn.body
    stamps = [each.last_modified for each in (before, renamed, withdrawn)]
    assert stamps == sorted(set(stamps))


def test_links_of_the_body_lead_to_public_articles_only(
    index: IndexWriter, publisher: Publisher
) -> None:
    html = (
        f"<p><a{inside('file', 'field/b.md', '#t-x')}>ب</a> <a{inside('article', 'draft')}>س</a>"
        f" <img{inside('media', 'ص.png', attribute='src')}> <a{inside('path', 'feeds')}>ف</a></p>"
    )
    fill(
        index,
        article("a", html=html, published=NOW),
        article("b"),
        article("draft", status=Status.DRAFT),
    )
    text = items(publisher)[0]["content_html"]
    assert 'href="https://news.example/articles/b#t-x"' in text  # type: ignore[operator]
    assert "<a>س</a>" in text  # type: ignore[operator]
    assert 'src="https://news.example/media/%D8%B5.png"' in text  # type: ignore[operator]
    assert 'href="https://news.example/feeds"' in text  # type: ignore[operator]
    assert 'href="/articles/b#t-x"' in publisher.article("a").html
    index.put_site(site(base_url="https://news.example/ar"), (), NOW)
    assert 'href="/ar/articles/b#t-x"' in publisher.article("a").html


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
        article(
            "a",
            lang="en",
            title="English",
            translations=(("ar", "b"),),
            html="<p>x</p>",
            text="x",
            published=NOW,
        ),
        article("b"),
    )
    item = items(publisher)[0]
    assert item["language"] == "en"
    assert str(item["content_html"]).startswith('<div dir="ltr" lang="en">')
    assert "related" not in item["_feedservice"]  # a translation is this article, not one like it
    assert item["_feedservice"]["translations"][0]["url"] == "https://news.example/articles/b"  # type: ignore[index]


def test_an_imported_id_that_is_no_iri_stays_and_atom_has_one_made_from_it(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(index, article("a", id="معرف قديم"))
    assert items(publisher)[0]["id"] == "معرف قديم"
    assert feedparser.parse(publisher.feed(at("/", (), "rss")).body).entries[0].id == "معرف قديم"
    assert (
        feedparser.parse(publisher.feed(at("/", (), "atom")).body)
        .entries[0]
        .id.startswith("tag:news.example,2025:%D9%85")
    )


def test_a_withdrawn_article_becomes_a_tombstone(index: IndexWriter, publisher: Publisher) -> None:
    fill(
        index, article("a"), article("gone", status=Status.WITHDRAWN, updated=moment("2026-01-05"))
    )
    assert b'ref="tag:news.example,2025:gone"' in publisher.feed(at("/", (), "atom")).body
    assert feed(publisher)["_feedservice"]["deleted"] == [
        {
            "id": "tag:news.example,2025:gone",
            "url": "https://news.example/articles/gone",
            "date": "2026-01-05T00:00:00+00:00",
        }
    ]
    assert b"gone" not in publisher.feed(at("/", (), "rss")).body


CHANGED = re.compile(rb"<(?:updated|lastBuildDate)>([^<]*)<")


def changed(publisher: Publisher, *given: object) -> set[datetime]:
    """What a document says of when its feed last changed, in RSS and in Atom."""
    path, pairs, period = (*given, (), "")[:3]
    documents = [
        publisher.archive(at(path, pairs, each, period))  # type: ignore[arg-type]
        if period
        else publisher.feed(at(path, pairs, each))  # type: ignore[arg-type]
        for each in ("rss", "atom")
    ]
    rss, atom = (CHANGED.search(each.body)[1].decode() for each in documents)  # type: ignore[index,union-attr]
    return {parsedate_to_datetime(rss), datetime.fromisoformat(atom)}


EVERY_LIST: tuple[tuple[object, ...], ...] = (
    ("/",),
    ("/categories/field",),
    ("/tags/ماء",),
    ("/authors/desk",),
    ("/", (("tag", "-نار"), ("category", "field,economy"))),
    ("/search", (("q", "خبر"),)),
    ("/categories/field", (("limit", "1"),)),
    ("/", (), "2026-01"),
)


@pytest.mark.parametrize("given", EVERY_LIST, ids=str)
@pytest.mark.parametrize("others", [2, 1, 0], ids=["of three", "of two", "the only one"])
@pytest.mark.parametrize(
    "how",
    [{"status": Status.WITHDRAWN, "updated": moment("2026-01-14")}, {"expires": moment("2026-01-14")}],
    ids=["withdrawn", "expired"],
)  # fmt: skip
def test_the_newest_article_that_leaves_takes_no_feed_back(
    index: IndexWriter,
    publisher: Publisher,
    given: tuple[object, ...],
    others: int,
    how: dict[str, object],
) -> None:
    shared = {"title": "خبر", "tags": ["ماء"], "authors": (index.site().authors[0],)}
    newest = article("new", published=moment("2026-01-12"), **shared)
    days = range(1, others + 1)
    older = [article(f"o{day}", published=moment(f"2026-01-0{day}"), **shared) for day in days]
    elsewhere = article("e", categories=("economy",), tags=["نار"], expires=moment("2026-01-15"))
    fill(index, newest, *older, elsewhere)
    is_whole = given in (EVERY_LIST[0], EVERY_LIST[-1])
    assert changed(publisher, *given) == {moment("2026-01-15" if is_whole else "2026-01-12")}
    index.write([reading(replace(newest, **how))], ["field/e.md"], NOW)  # type: ignore[arg-type]
    if len(given) < 3 or others:
        # What is deleted meanwhile had changed the whole list later.
        latest = "2026-01-15" if given == EVERY_LIST[0] else "2026-01-14"
        assert changed(publisher, *given) == {moment(latest)}


@pytest.mark.parametrize("others", [2, 0], ids=["of three", "the only one"])
@pytest.mark.parametrize(
    ("given", "how"),
    [
        *((given, None) for given in EVERY_LIST[:4]),
        (("/categories/field",), {"categories": ("economy",)}),
        (("/tags/ماء",), {"tags": ()}),
        (("/tags/ماء",), {"status": Status.DRAFT}),
        (("/",), {"published": moment("2026-01-01T09:00")}),
    ],
    ids=str,
)
def test_what_is_deleted_or_moved_elsewhere_takes_no_feed_back(
    index: IndexWriter,
    publisher: Publisher,
    given: tuple[object, ...],
    how: dict[str, object] | None,
    others: int,
) -> None:
    shared = {"tags": ["ماء"], "authors": (index.site().authors[0],)}
    newest = article("new", published=moment("2026-01-12"), **shared)
    days = range(1, others + 1)
    older = [article(f"o{day}", published=moment(f"2026-01-0{day}"), **shared) for day in days]
    fill(index, newest, *older)
    again = [] if how is None else [reading(replace(newest, **how))]  # type: ignore[arg-type]
    index.write(again, [] if again else ["field/new.md"], NOW)
    assert changed(publisher, *given) == {moment("2026-01-12")}
    fill(index, article("late", published=moment("2026-01-13"), **shared))
    assert changed(publisher, *given) == {moment("2026-01-13")}


@pytest.mark.parametrize("again", [{}, {"expires": None}], ids=["deleted", "without an expiry"])
@pytest.mark.parametrize("given", EVERY_LIST[:4], ids=str)
def test_what_had_expired_takes_no_feed_back_when_it_goes_or_comes_again(
    index: IndexWriter, publisher: Publisher, given: tuple[object, ...], again: dict[str, object]
) -> None:
    shared = {"tags": ["ماء"], "authors": (index.site().authors[0],)}
    ended = article("new", published=moment("2026-01-12"), expires=moment("2026-01-14"), **shared)
    fill(index, ended, article("old", published=moment("2026-01-01"), **shared))
    assert changed(publisher, *given) == {moment("2026-01-14")}
    back = [reading(replace(ended, **again))] if again else []  # type: ignore[arg-type]
    index.write(back, [] if back else ["field/new.md"], NOW)
    assert changed(publisher, *given) == {moment("2026-01-14")}


def test_what_was_deleted_takes_no_feed_back_when_the_index_is_made_anew(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(index, article("new", published=moment("2026-01-12")), article("old"))
    index.write([], ["field/new.md"], NOW)
    known = index.site()
    with write_transaction(index._engine) as connection:
        put_meta(connection, "schema", "1")
    index.prepare()
    index.put_site(known, (), NOW)
    fill(index, article("old"))
    index.mark_filled()
    assert changed(publisher, "/") == {moment("2026-01-12")}


def test_what_left_counts_from_the_moment_on_at_which_it_does(
    index: IndexWriter, publisher: Publisher, clock: FixedClock
) -> None:
    soon = NOW + timedelta(minutes=5)
    fill(
        index,
        article("a"),
        article("ends", expires=soon),
        article("draft", status=Status.DRAFT, expires=moment("2026-01-09")),
        article("early", published=soon, status=Status.WITHDRAWN, updated=soon),
    )
    before = publisher.feed(at("/", (), "atom"))
    assert changed(publisher, "/") == {moment("2026-01-01")}
    clock.now = soon
    after = publisher.feed(at("/", (), "atom"))
    assert changed(publisher, "/") == {soon}
    assert before.last_modified < after.last_modified  # type: ignore[union-attr]


def test_an_article_that_is_published_again_takes_no_feed_back(
    index: IndexWriter, publisher: Publisher
) -> None:
    gone = article("a", status=Status.WITHDRAWN, updated=moment("2026-01-05"))
    fill(index, gone)
    fill(index, replace(gone, status=Status.PUBLISHED))
    assert changed(publisher, "/") == {moment("2026-01-05")}


def test_what_an_article_address_answers(
    index: IndexWriter, publisher: Publisher, clock: FixedClock
) -> None:
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
    fill(
        index,
        article("a", categories=("economy",)),
        article("later", published=NOW + timedelta(hours=1)),
    )
    before = {
        path: publisher.feed(at(path, (), "rss"))
        for path in ("/", "/categories/field", "/categories/economy")
    }
    assert before["/"].good_until == NOW + timedelta(hours=1)
    clock.now += timedelta(hours=1)
    after = {path: publisher.feed(at(path, (), "rss")) for path in before}
    assert {path for path in before if before[path].etag != after[path].etag} == {
        "/",
        "/categories/field",
    }
    assert after["/"].last_modified == clock.now


def test_feeds_name_the_site_its_categories_authors_months_and_tags(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(index, article("a", authors=(Author(slug="ضيف", name="ضيف"),), tags=["ماء"]), article("b"))
    rows = {row.path: row.count for row in publisher.ask(partial(directory, at("/feeds"))).rows}
    assert rows == {
        "/": 2,
        "/categories/field": 2,
        "/categories/economy": 0,
        "/categories/heritage": 0,
        "/authors/desk": 0,
        "/authors/%D8%B6%D9%8A%D9%81": 1,
        "/archive/2026-01": None,
        "/tags/%D9%85%D8%A7%D8%A1": 1,
    }
    imported = publisher.ask(partial(subscription_list, at("/feeds.opml"))).body
    assert imported.count(b"xmlUrl=") == len(rows) - 2
    with_tags = publisher.ask(partial(subscription_list, at("/feeds.opml", [("tags", "1")]))).body
    assert with_tags.count(b"xmlUrl=") == len(rows) - 1


def test_a_base_url_of_the_settings_goes_before_that_of_the_site(
    index: IndexWriter, clock: FixedClock
) -> None:
    fill(index, article("a"))
    reader = IndexReader(index._engine, "https://other.example/news")
    document = Publisher(reader, clock).feed(at("/", (), "rss"))
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


@pytest.mark.parametrize(
    ("path", "pairs", "refusal"),
    [
        ("/categories/none", [], NotFound),
        ("/authors/none", [], NotFound),
        ("/", [("category", "none")], BadParameter),
        ("/", [("limit", "0")], BadParameter),
    ],
)
def test_what_an_address_cannot_give_is_refused_for_feed_and_page(
    publisher: Publisher, path: str, pairs: list[tuple[str, str]], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        publisher.feed(at(path, pairs, "rss"))
    with pytest.raises(refusal):
        publisher.listing(at(path, pairs))


def test_an_author_whom_only_articles_name_is_known_while_one_is_public(
    index: IndexWriter, publisher: Publisher
) -> None:
    guest = article("a", authors=(Author(slug="ضيف", name="ضيف عزيز"),))
    fill(index, guest)
    assert feed(publisher, "/authors/ضيف")["title"] == "ضيف عزيز — صحيفة الاختبار"
    fill(index, replace(guest, status=Status.DRAFT))
    with pytest.raises(NotFound):
        publisher.feed(at("/authors/ضيف", (), "rss"))


def test_redirects_of_the_site_lead_to_paths_and_to_other_sites(
    index: IndexWriter, publisher: Publisher
) -> None:
    index.put_site(
        site(redirects=(("/قديم/", "/articles/مقال"), ("/out", "https://e.example/س"))),
        (),
        NOW,
    )
    assert publisher.redirect("/قديم") == "/articles/%D9%85%D9%82%D8%A7%D9%84"
    assert publisher.redirect("/out/") == "https://e.example/%D8%B3"
    assert publisher.redirect("/nowhere") is None


@pytest.mark.parametrize("name", ["{slug}", "b"])
def test_a_link_to_an_old_address_that_ends_as_a_file_does_is_kept(
    index: IndexWriter, publisher: Publisher, name: str
) -> None:
    """In feeds and on pages, and while the article to which it leads is not there."""
    links = [
        f"<a{placeholder('href', Target('file', path))}>x</a>" for path in ("docs/b.md", "b.md")
    ]
    index.put_site(site(redirects=((f"/docs/{name}.md", f"/articles/{name}"),)), (), NOW)
    fill(index, article("a", html="".join(links)))
    for _ in range(2):
        (item,) = (each for each in items(publisher) if str(each["url"]).endswith("/a"))
        kept = '<a href="https://news.example/docs/b.md">x</a><a>x</a>'
        assert kept in str(item["content_html"])
        assert '<a href="/docs/b.md">x</a><a>x</a>' in publisher.article("a").html
        fill(index, article("b", path="field/c.md"))
    assert publisher.redirect("/docs/b.md") == "/articles/b"


def test_the_feeds_of_a_list_that_moved_follow_its_page(
    index: IndexWriter, publisher: Publisher
) -> None:
    moved = (
        ("/categories/news", "/categories/field"), ("/authors/سلمى", "/?author=desk"), ("/old", "/articles/a"),
        ("/out", "https://e.example/categories/a"), ("/all", "/"), ("/circle", "/circle"), ("/x/{slug}", "/tags/{slug}"),
    )  # fmt: skip
    index.put_site(site(redirects=moved), (), NOW)
    found = {path: publisher.redirect(path) for path in (
        "/categories/news.rss", "/categories/news.json", "/authors/سلمى.atom", "/all.rss", "/old.rss", "/out.rss", "/circle.rss", "/x/a.rss", "/categories/news.xml", "/categories/news.txt",
    )}  # fmt: skip
    assert {path: target for path, target in found.items() if target} == {
        "/categories/news.rss": "/categories/field.rss", "/categories/news.json": "/categories/field.json",
        "/authors/سلمى.atom": "/feed.atom?author=desk", "/all.rss": "/feed.rss", "/categories/news.xml": "/categories/field.rss",
    }  # fmt: skip


def test_lists_under_a_base_of_their_own_lead_on_by_two_lines_each(
    index: IndexWriter, publisher: Publisher
) -> None:
    moved = (
        ("/topic/leb", "/tags/a"),
        ("/topic/leb/feed", "/tags/a.rss"),
        ("/in/{slug}", "/tags/{slug}"),
    )
    index.put_site(site(redirects=moved), (), NOW)
    asked = ("/topic/leb/", "/topic/leb/page/2/", "/topic/leb/feed/", "/in/a")
    found = [publisher.redirect(path) for path in asked]
    assert found == ["/tags/a", "/tags/a", "/tags/a.rss", None]


def test_a_tombstone_is_shown_to_those_who_can_hold_its_entry(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(
        index,
        article("a", published=moment("2026-01-10")),
        article(
            "lately",
            status=Status.WITHDRAWN,
            updated=moment("2026-01-11"),
            published=moment("2025-06-01"),
        ),
        article(
            "long-ago",
            status=Status.WITHDRAWN,
            updated=moment("2025-07-01"),
            published=moment("2025-06-01"),
        ),
        article("elsewhere", status=Status.WITHDRAWN, updated=NOW, categories=("economy",)),
    )
    deleted = [
        each["id"] for each in feed(publisher, "/categories/field")["_feedservice"]["deleted"]
    ]  # type: ignore[attr-defined, index]
    assert deleted == ["tag:news.example,2025:lately"]
    assert "_feedservice" not in feed(publisher, "/search", q="a")


def test_the_summary_form_of_a_feed_has_its_id_and_no_text(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(index, article("a"))
    teaser, full = (
        publisher.feed(at("/", [("content", content)], "json")) for content in ("summary", "full")
    )
    assert b"content_html" not in teaser.body
    assert b"content_html" in full.body
    assert teaser.links == ('<https://news.example/feed.json?content=summary>; rel="self"',)
    assert full.links == ('<https://news.example/feed.json>; rel="self"',)


def test_hubs_are_linked_from_whole_lists_alone(index: IndexWriter, publisher: Publisher) -> None:
    index.put_site(site(hubs=("https://hub.example/",)), (), NOW)
    hub = '<https://hub.example/>; rel="hub"'
    assert publisher.feed(at("/tags/a", (), "rss")).links[1:] == (hub,)
    assert publisher.feed(at("/search", [("q", "a")], "rss")).links[1:] == ()


def test_a_feed_is_not_rendered_for_whoever_holds_it_until_something_changes(
    index: IndexWriter, clock: FixedClock
) -> None:
    rendered: list[str] = []
    publisher = Publisher(index, clock, rendered=rendered.append)
    fill(index, article("a", expires=NOW + timedelta(hours=1)))
    first = publisher.feed(at("/", (), "rss"))
    same = publisher.feed(at("/", [("limit", "30")], "rss"), first.last_modified)
    assert same == Unchanged(good_until=NOW + timedelta(hours=1))
    assert rendered == ["rss"]
    index.put_site(site(title="أخرى"), (), clock.now)
    second = publisher.feed(at("/", (), "rss"), first.last_modified)
    assert second.etag != first.etag
    clock.now += timedelta(hours=1)
    assert publisher.feed(at("/", (), "rss"), second.last_modified).body.count(b"<item>") == 0
    assert rendered == ["rss"] * 3


def test_a_new_article_renders_anew_the_lists_that_it_is_in_and_no_other(
    index: IndexWriter, clock: FixedClock
) -> None:
    slugs = [f"c{number}" for number in range(20)]
    categories = tuple(Category(slug=slug, name=slug) for slug in slugs)
    index.put_site(site(categories=categories), (), NOW)
    yesterday = NOW - timedelta(days=1)
    fill(index, *(article(f"a-{slug}", categories=(slug,), published=yesterday) for slug in slugs))
    publisher = Publisher(index, clock)
    routes = [at(f"/categories/{slug}", (), "rss") for slug in slugs]
    held = [publisher.feed(route).last_modified for route in routes]
    new = article("new", title="جديد", categories=("c7",), published=clock.now)
    index.write([reading(new)], (), clock.now)
    clock.now += timedelta(seconds=5)
    feeds = [publisher.feed(*each) for each in zip(routes, held, strict=True)]
    changed = [n for n, feed in enumerate(feeds) if not isinstance(feed, Unchanged)]
    assert changed == [7]
    assert "جديد".encode() in feeds[7].body


def test_a_feed_that_is_held_is_good_until_what_was_scheduled_meanwhile(
    index: IndexWriter, clock: FixedClock
) -> None:
    fill(index, article("a"))
    publisher = Publisher(index, clock)
    first = publisher.feed(at("/", (), "rss"))
    assert first.good_until is None
    later = clock.now + timedelta(hours=1)
    index.write([reading(article("b", published=later))], (), clock.now)
    assert publisher.feed(at("/", (), "rss"), first.last_modified) == Unchanged(good_until=later)


NAMES = ("a", "b", "c")
LISTS = (("/", ()), ("/categories/economy", ()), ("/tags/ماء", ()), ("/search", (("q", "خبر"),)))
days = st.integers(-2, 2).map(lambda day: NOW + timedelta(days=day))


@st.composite
def any_articles(draw: st.DrawFn) -> Article:
    """An article in any state, one of a few, that may name the others."""
    published = draw(days)
    status = draw(st.sampled_from([*[Status.PUBLISHED] * 4, Status.DRAFT, Status.WITHDRAWN]))
    other = draw(st.sampled_from(NAMES))
    return article(
        draw(st.sampled_from(NAMES)),
        title=draw(st.sampled_from(["خبر", "نبأ"])),
        published=published,
        updated=published if status is Status.WITHDRAWN else None,
        status=status,
        expires=draw(
            st.none() | st.integers(1, 3).map(lambda day: published + timedelta(days=day))
        ),
        categories=draw(st.sampled_from([("field",), ("economy",), ("economy", "field")])),
        tags=draw(st.sampled_from([(), ("ماء",), ("مَاء",)])),
        aliases=draw(st.sampled_from([(), ("old",), ("a",)])),
        related=draw(st.sampled_from([(), (Related(slug=other),)])),
        translations=draw(st.sampled_from([(), (("en", "b"),)])),
        html=draw(st.sampled_from(["<p>نص</p>", f"<a{inside('file', f'field/{other}.md')}>س</a>"])),
    )


histories = st.lists(
    st.tuples(
        st.lists(any_articles(), max_size=2, unique_by=lambda each: each.path),
        st.sets(st.sampled_from([f"field/{name}.md" for name in NAMES]), max_size=1),
        st.sampled_from([0, 0, 1, 86_400]),
    ),
    min_size=1,
    max_size=5,
)


Answers = dict[str, tuple[object, datetime]]


def answers(publisher: Publisher, held: Answers, now: datetime) -> Answers:
    """What every list and every article's page shows to whoever holds some, and when each says it last changed."""
    found: dict[str, tuple[object, datetime | None]] = {}
    for path, pairs in LISTS:
        last = held[path][1] if path in held and held[path][1] < now else None
        with suppress(Refusal):  # a tag's first spelling may have become another
            document = publisher.feed(at(path, pairs, "atom"), last)
            is_same = isinstance(document, Unchanged)
            found[path] = held[path] if is_same else (document.body, document.last_modified)
    for name in NAMES:
        with suppress(Refusal):
            page = publisher.article(name)
            found[name] = replace(page, last_modified=NOW, good_until=None), page.last_modified
    return found  # type: ignore[return-value]


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(histories)
def test_whatever_happens_what_is_held_is_true_and_what_changes_says_so(
    index: IndexWriter,
    reader: IndexReader,
    clock: FixedClock,
    history: list[tuple[list[Article], set[str], int]],
) -> None:
    # Within a second, as every write is: an article's time may come at a whole one.
    clock.now = clock.now.replace(microsecond=1)
    index.write([], states_of(index), clock.now)
    publisher = Publisher(reader, clock)
    before, asked = answers(publisher, {}, clock.now), clock.now
    for fresh, removed, seconds in history:
        clock.now += timedelta(seconds=seconds)
        revision = index.revision()
        index.write(
            [reading(each) for each in fresh], removed - {each.path for each in fresh}, clock.now
        )
        after = answers(publisher, before, asked)
        assert after == answers(Publisher(reader, clock), {}, clock.now)
        for name in before.keys() & after.keys():
            if before[name][0] != after[name][0]:
                assert after[name][1] > before[name][1]
                assert index.revision() > revision or seconds
        before, asked = after, clock.now


@pytest.mark.parametrize(
    "ask",
    [
        lambda publisher: publisher.article("a"),
        lambda publisher: publisher.feed(at("/", (), "rss")),
        lambda publisher: publisher.archive(at("/", (), "rss", "2026-01")),
        lambda publisher: publisher.listing(at("/")),
        lambda publisher: publisher.sitemap("2026-01"),
        lambda publisher: publisher.redirect("/old"),
    ],
)
def test_nothing_is_said_to_be_absent_while_the_index_is_being_filled(
    tmp_path: Path, clock: FixedClock, ask: Callable[[Publisher], object]
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'index'}", readonly=False)
    filling = IndexWriter(engine)
    filling.prepare()
    filling.put_site(site(), (), NOW)
    with pytest.raises(IndexUnavailable, match="being filled"):
        ask(Publisher(filling, clock))
    engine.dispose()
