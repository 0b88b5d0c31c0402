"""The past of lists, and sitemaps: walked as a reader walks them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from effort import rounds
from factories import NOW, FixedClock, article, at, moment, reading, site
from feedservice.domain.errors import Moved, NotFound
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Media
from feedservice.domain.periods import MAX_ENTRIES, Period
from feedservice.feeds import sitemap
from feedservice.feeds.formats import FORMATS
from feedservice.index.snapshot import Listed
from feedservice.index.writer import IndexWriter
from feedservice.publishing import archives
from feedservice.publishing import sitemaps as sitemaps_module
from feedservice.publishing.archives import Archives
from feedservice.publishing.publisher import Publisher

BASE = "https://news.example"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many entries one document has in this test."""
    monkeypatch.setattr(archives, "MAX_ENTRIES", 4)
    return 4


def fill(index: IndexWriter, *articles: Article) -> None:
    index.write([reading(each) for each in articles], (), NOW)


def archive(publisher: Publisher, url: str) -> bytes:
    path, name = re.fullmatch(rf"{BASE}(.*)/archive/([0-9-]+)\.atom", url).groups()  # type: ignore[union-attr]
    return publisher.archive(at(unquote(path) or "/", (), "atom", name)).body


def links(feed: object) -> dict[str, str]:
    return {link.rel: link.href for link in feed.feed.links}  # type: ignore[attr-defined]


def walk_back(publisher: Publisher, path: str) -> Iterator[tuple[str, object]]:
    """Follow prev-archive from the subscription document."""
    found = feedparser.parse(publisher.feed(at(path, (), "atom")).body)
    while url := links(found).get("prev-archive"):
        found = feedparser.parse(archive(publisher, url))
        yield url, found


def spread(count: int, **overrides: object) -> list[Article]:
    """Articles some nine days apart, the newest first."""
    return [
        article(f"a{n:03d}", published=NOW - timedelta(days=9 * n, minutes=n), **overrides)
        for n in range(count)
    ]


@pytest.mark.parametrize("path", ["/", "/categories/field", "/tags/ماء", "/authors/desk"])
def test_the_archives_of_a_list_hold_each_public_article_exactly_once(
    index: IndexWriter, publisher: Publisher, path: str
) -> None:
    authors = (index.site().authors[0],)
    made = spread(60, tags=["ماء"], authors=authors)
    fill(
        index,
        *made,
        article("draft", status=Status.DRAFT, tags=["ماء"], authors=authors),
        article("later", published=NOW + timedelta(days=1), tags=["ماء"], authors=authors),
    )
    seen = [entry.id for _, found in walk_back(publisher, path) for entry in found.entries]  # type: ignore[attr-defined]
    first = feedparser.parse(publisher.feed(at(path, (), "atom")).body)
    oldest_shown = first.entries[-1].id
    assert len(seen) == len(set(seen))
    assert {entry.id for entry in first.entries} | set(seen) == {a.id for a in made}
    assert oldest_shown in seen  # the open month of the oldest entry is walked too


def test_archive_documents_know_their_neighbours_and_the_current_one(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(index, *spread(40))
    walked = list(walk_back(publisher, "/categories/field"))
    urls = [url for url, _ in walked]
    assert urls == sorted(urls, reverse=True)
    for (url, found), newer in zip(walked[1:], urls, strict=False):
        assert links(found)["next-archive"] == newer
        assert links(found)["self"] == url
        assert links(found)["current"] == f"{BASE}/categories/field.atom"
    assert b"<fh:archive/>" in archive(publisher, urls[-1])
    assert "prev-archive" not in links(walked[-1][1])


def test_a_month_of_readers_is_a_month_in_the_zone_of_the_site(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(index, article("a", published=moment("2025-12-31T21:30")))
    assert (
        b"<id>tag:news.example,2025:a</id>"
        in publisher.archive(at("/", (), "atom", "2026-01")).body
    )
    with pytest.raises(NotFound):
        publisher.archive(at("/", (), "atom", "2025-12"))


def test_a_large_month_is_cut_into_days(index: IndexWriter, publisher: Publisher) -> None:
    many = [
        article(f"m{n:03d}", published=moment("2025-11-03") + timedelta(minutes=n * 5))
        for n in range(MAX_ENTRIES + 1)
    ]
    fill(index, *many, article("before", published=moment("2025-10-01")), *spread(1))
    with pytest.raises(Moved, match=r"^/archive/2025-11-04\.atom$"):
        publisher.archive(at("/", (), "atom", "2025-11"))
    with pytest.raises(Moved, match=r"^/archive/2025-10\.atom$"):
        publisher.archive(at("/", (), "atom", "2025-10-01"))
    walked = list(walk_back(publisher, "/"))
    assert [url.rpartition("/")[2] for url, _ in walked][-3:] == [
        "2025-11-04.atom",
        "2025-11-03.atom",
        "2025-10.atom",
    ]
    seen = [entry.id for _, found in walked for entry in found.entries]  # type: ignore[attr-defined]
    assert len(seen) == len(set(seen))
    assert len(seen) >= MAX_ENTRIES + 2


def test_a_large_day_is_cut_into_parts_and_a_full_part_keeps_its_entries(
    index: IndexWriter, publisher: Publisher, few: int
) -> None:
    day = [
        article(f"d{n}", published=moment("2025-11-03T08:00") + timedelta(minutes=n))
        for n in range(2 * few)
    ]
    fill(index, *day)
    for named in ("2025-11", "2025-11-03", "2025-11-03-3", "2025-11-03-99999"):
        with pytest.raises(Moved, match=r"^/archive/2025-11-03-2\.rss$"):
            publisher.archive(at("/", (), "rss", named))
    full = publisher.archive(at("/", (), "rss", "2025-11-03-1"))
    assert re.findall(r"articles/(d\d+)</link>", full.body.decode()) == [
        f"d{n}" for n in reversed(range(few))
    ]
    fill(index, *spread(1), article("more", published=moment("2025-11-03T20:00")))
    later = publisher.archive(at("/", (), "rss", "2025-11-03-1"))
    assert later.etag == full.etag
    assert publisher.archive(at("/", (), "rss", "2025-11-03-3")).body.count(b"<item>") == 1


def test_a_part_of_a_day_that_fits_leads_to_what_holds_its_entries(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(index, article("a", published=moment("2025-11-03")))
    with pytest.raises(Moved, match=r"^/archive/2025-11\.rss$"):
        publisher.archive(at("/", (), "rss", "2025-11-03-1"))
    with pytest.raises(NotFound):
        publisher.archive(at("/", (), "rss", "2025-11-04"))


def test_a_withdrawal_is_told_by_the_newest_part_of_its_day(
    index: IndexWriter, publisher: Publisher, few: int
) -> None:
    day = [article(f"d{n}", published=moment("2025-11-03T08:00")) for n in range(few * 2)]
    fill(index, *day, article("gone", published=moment("2025-11-03"), status=Status.WITHDRAWN))
    for part, count in ((1, 0), (2, 1)):
        body = publisher.archive(at("/", (), "atom", f"2025-11-03-{part}")).body
        assert body.count(b"<at:deleted-entry") == count


@pytest.mark.fuzz
@given(
    days=st.lists(
        st.tuples(st.integers(0, 90), st.integers(0, 9), st.booleans()), min_size=1, max_size=6
    ),
    limit=st.integers(1, 8),
    path=st.sampled_from(["/", "/categories/field", "/tags/ماء"]),
)
@settings(
    max_examples=rounds(2000, 20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_a_list_holds_the_walk_shows_each_entry_once_and_few_at_a_time(
    index: IndexWriter, few: int, days: list[tuple[int, int, bool]], limit: int, path: str
) -> None:
    made = [
        article(
            f"a{number}-{n}",
            tags=["ماء"],
            published=NOW - timedelta(days=day, seconds=0 if is_at_once else n * 60),
        )
        for number, (day, count, is_at_once) in enumerate(days)
        for n in range(count)
    ]
    before = {f"field/a{number}-{n}.md" for number in range(6) for n in range(9)}
    index.write([reading(each) for each in made], before - {each.path for each in made}, NOW)
    selection = at(path, (), "atom").selection
    with index.snapshot(NOW) as view:
        found = Archives(view, selection)
        shown = view.listed(selection, limit)
        previous = found.before(shown[-1]).previous if shown else ""
        walked: list[Period] = []
        seen: list[Listed] = []
        later = ""
        while previous:
            period = Period.read(previous.rpartition("/")[2], view.site.timezone)
            assert period is not None
            assert found.right_period(period) == period
            place = found.place(period)
            assert (place.archive, place.next) == (previous, later) or not walked
            entries = found.listed(period)
            assert 0 < len(entries) <= few
            assert list(entries) == sorted(
                entries, key=lambda each: (-each.published.timestamp(), each.slug)
            )
            seen += entries
            walked.append(period)
            later, previous = previous, place.previous
        every = list(found.periods())
        newest = found.place(every[0]) if every else None
    assert every[len(every) - len(walked) :] == walked
    assert newest is None or newest.next == ""
    assert len(seen) == len(set(seen))
    assert {each.slug for each in (*shown, *seen)} == {each.slug for each in made}
    assert set(shown[-1:]) <= set(seen)


def test_a_new_article_changes_no_closed_month(index: IndexWriter, publisher: Publisher) -> None:
    fill(index, *spread(20))
    before = publisher.archive(at("/", (), "rss", "2025-12")).etag
    fill(index, article("new", published=NOW))
    assert publisher.archive(at("/", (), "rss", "2025-12")).etag == before


def test_a_withdrawal_reaches_the_archives(index: IndexWriter, publisher: Publisher) -> None:
    fill(
        index,
        article("a", published=moment("2025-12-05")),
        article("b", published=moment("2025-12-06")),
    )
    fill(index, article("a", published=moment("2025-12-05"), status=Status.WITHDRAWN, updated=NOW))
    body = publisher.archive(at("/", (), "atom", "2025-12")).body
    assert b'<at:deleted-entry ref="tag:news.example,2025:a"' in body
    assert b"<id>tag:news.example,2025:a</id>" not in body


@pytest.mark.parametrize(
    "name",
    [
        "2025-13",
        "2025",
        "2025-02-30",
        "2025-02-03-0",
        "2025-02-03-01",
        "2025-02-03-",
        "x",
        "0001-01",
        "9999-12",
        "٢٠٢٥-١٢",
    ],
)
def test_what_names_no_period_is_not_found(
    index: IndexWriter, publisher: Publisher, name: str
) -> None:
    fill(index, *spread(5))
    with pytest.raises(NotFound):
        publisher.archive(at("/", (), "rss", name))


def test_narrowed_lists_have_no_archive(index: IndexWriter, publisher: Publisher) -> None:
    fill(index, *spread(60, tags=["ماء"]))
    for pairs in ([("q", "نص")], [("category", "field"), ("tag", "ماء")]):
        assert b"prev-archive" not in publisher.feed(at("/", pairs, "atom")).body


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_archives(index: IndexWriter, publisher: Publisher, name: str) -> None:
    fill(index, *spread(5))
    assert (
        b"/archive/2025-12" + FORMATS[name].suffix.encode()
        in publisher.archive(at("/", (), name, "2025-12")).body
    )


def test_a_period_begins_and_ends_at_midnight_of_the_site() -> None:
    month = Period.month_of(moment("2025-12-31T21:00"), "Asia/Damascus")
    assert (month.name, month.start, month.end) == (
        "2026-01",
        moment("2025-12-31T21:00"),
        moment("2026-01-31T21:00"),
    )
    day = Period.day_of(moment("2024-02-29T23:59:59"), "UTC")
    assert Period.read("2024-02-29", "UTC") == day
    assert Period.read("2024-02-29-12", "UTC") == day.numbered(12)


def locations(body: bytes) -> list[str]:
    return re.findall(r"<loc>(.*?)</loc>", body.decode())


def test_the_sitemap_names_lists_and_public_articles_with_pictures_and_translations(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(
        index,
        article("a", translations=(("en", "b"),), image=Media(src="media/x.png")),
        article("b", lang="en"),
        article("draft", status=Status.DRAFT),
    )
    body = publisher.sitemap().body
    found = locations(body)
    assert {
        f"{BASE}/articles/a",
        f"{BASE}/articles/b",
        f"{BASE}/",
        f"{BASE}/categories/field",
        *(f"{BASE}/{name}" for name in ("tags", "authors", "archive", "feeds")),
    } <= set(found)
    assert f"{BASE}/articles/draft" not in found
    assert b'hreflang="en" href="https://news.example/articles/b"' in body
    assert b"<image:loc>https://news.example/media/x.png</image:loc>" in body


def test_a_sitemap_is_the_same_however_few_articles_are_held_at_once(
    index: IndexWriter, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"a{number}" for number in range(9)]
    pairs = zip(names, reversed(names), strict=True)
    fill(index, *(article(name, translations=(("en", other),)) for name, other in pairs))
    whole = publisher.sitemap().body
    assert whole.count(b'hreflang="en"') == 8  # the fifth is no translation of itself
    monkeypatch.setattr(sitemaps_module, "_AT_ONCE", 2)
    assert Publisher(publisher._index, publisher._clock).sitemap().body == whole


def test_a_large_site_has_a_sitemap_a_month(
    index: IndexWriter, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps_module, "MAX_ENTRIES", 9)
    made = spread(10)
    fill(index, *made)
    lists, *months = [
        re.search("sitemap-(.*).xml", url)[1] for url in locations(publisher.sitemap().body)
    ]  # type: ignore[index]
    assert f"{BASE}/archive" in locations(publisher.sitemap(lists).body)
    found = [url for month in months for url in locations(publisher.sitemap(month).body)]
    assert sorted(found) == sorted(f"{BASE}/articles/{each.slug}" for each in made)
    for name in ("2020-01", "x", "2025-12-01"):
        with pytest.raises(NotFound):
            publisher.sitemap(name)


def test_the_news_sitemap_holds_two_days_and_knows_when_it_changes(
    index: IndexWriter, publisher: Publisher, clock: FixedClock
) -> None:
    assert sitemap.MAX_NEWS == 1000
    fill(
        index,
        article("young", published=NOW - timedelta(hours=47)),
        article("old", published=NOW - timedelta(hours=49)),
    )
    news = publisher.sitemap("news")
    assert locations(news.body) == [f"{BASE}/articles/young"]
    assert news.good_until == NOW + timedelta(hours=1)
    names, until = publisher.sitemaps()
    assert names == (f"{BASE}/sitemap.xml", f"{BASE}/sitemap-news.xml")
    assert until == NOW + timedelta(hours=1)
    fill(index, article("late", published=NOW + timedelta(minutes=30)))
    clock.now = NOW + timedelta(hours=1, seconds=1)
    later = publisher.sitemap("news")
    assert locations(later.body) == [f"{BASE}/articles/late"]
    assert news.last_modified
    assert later.last_modified
    assert news.last_modified < later.last_modified == NOW + timedelta(hours=1)


def test_without_news_there_is_no_news_sitemap_and_robots_do_not_hear_of_it(
    index: IndexWriter, publisher: Publisher, clock: FixedClock
) -> None:
    fill(
        index,
        article("a", published=NOW - timedelta(hours=49)),
        article("b", published=NOW + timedelta(hours=1)),
    )
    with pytest.raises(NotFound):
        publisher.sitemap("news")
    assert publisher.sitemaps() == ((f"{BASE}/sitemap.xml",), NOW + timedelta(hours=1))
    clock.now = NOW + timedelta(hours=1)
    assert locations(publisher.sitemap("news").body) == [f"{BASE}/articles/b"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/rss/", "/feed.rss"), ("/tag/lira/rss/", "/tags/lira.rss"), ("/author/desk/rss", "/authors/desk.rss"),
        ("/feeds/posts/default", "/feed.atom"), ("/feeds/posts/default/-/lira", "/tags/lira.atom"),
        ("/feed/", "/feed.rss"), ("/feed", "/feed.rss"), ("/feed/atom/", "/feed.atom"), ("/feed/rss2/", "/feed.rss"),
        ("/category/field/feed/", "/categories/field.rss"), ("/category/world/field/feed/", "/categories/field.rss"),
        ("/tag/ماء/feed/", "/tags/%D9%85%D8%A7%D8%A1.rss"), ("/author/desk/feed/atom/", "/authors/desk.atom"),
        ("/index.xml", "/feed.rss"), ("/categories/field/index.xml", "/categories/field.rss"), ("/atom.xml", "/feed.atom"),
        ("/nothing", None), ("/feeds", None),
    ],
)  # fmt: skip
def test_feed_addresses_of_other_systems_lead_to_ours(
    publisher: Publisher, old: str, new: str | None
) -> None:
    assert publisher.redirect(old) == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/page/2/", "/"), ("/page2", "/"), ("/category/world/field/page/3/", "/categories/field"),
        ("/tag/ماء/page/2", "/tags/%D9%85%D8%A7%D8%A1"), ("/author/desk/page/2/", "/authors/desk"),
        ("/tag/ماء/", "/tags/%D9%85%D8%A7%D8%A1"), ("/category/world/field", "/categories/field"), ("/tags/ماء", None),
        ("/search/label/ماء", "/tags/%D9%85%D8%A7%D8%A1"),
        ("/tags/lira/page/2/", "/tags/lira"), ("/2024/", "/archive"), ("/2024/05/", "/archive"),
        ("/2024/05/page/2/", "/archive"), ("/sport/page/4/", "/categories/field"),
        ("/nothing/page/2", None), ("/page/two", None), ("/20245", None),
        ("/index.html", "/"),
        ("/index-3.html", "/"),
        ("/2024/05/index.html", "/archive"),
        ("/archive.html", "/archive"),
        ("/authors/index.html", "/authors"),
        ("/sitemapindex.xml", "/sitemap.xml"),
        ("/tags/lira/index-2.html", "/tags/lira"),
        ("/posts/a/index.html", "/articles/a"),
        ("/posts/b/index.html", None),
        ("/x/index.html", None),
        ("/archive", None),
        *((f"/sport{each}", "/categories/field") for each in ("/index.html", "/index-1.html", ".html", "-2.html")),
        ("/sport.xml", "/categories/field.rss"),
        ("/sport.atom", "/categories/field.atom"),
        ("/old-2.html", None),
        ("/x.html", None),
        ("/authors/desk.html", "/authors/desk"),
        ("/tags/covid-19.html", "/tags/covid-19"),
        ("/tag/lira.html", "/tags/lira"),
        ("/sport-9.html", "/tags/nine"),
        ("/authors/desk.xml", "/authors/desk.rss"),
        ("/tags/index.xml", None),
        ("/tags/", None),
        ("/.html", None),
    ],
)  # fmt: skip
def test_pages_and_months_of_other_systems_lead_to_lists(
    index: IndexWriter, publisher: Publisher, old: str, new: str | None
) -> None:
    # The second is never followed, as `check` says: the front page is there.
    moved = (
        ("/sport", "/categories/field"),
        ("/", "/categories/economy"),
        ("/sport-9", "/tags/nine"),
    )
    lines = (*moved, ("/old", "/articles/a"), ("/posts/{slug}", "/articles/{slug}"))
    fill(index, article("a"))
    index.put_site(site(redirects=lines), (), NOW)
    assert publisher.redirect(old) == new
