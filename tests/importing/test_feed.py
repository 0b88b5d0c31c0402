"""Feeds of others: what is carried, broken ones, hostile ones, and the pages of one feed."""

import json
from pathlib import Path

import httpx
import pytest

import factories
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import ImportFailure
from feedservice.importing import feed, importer
from feedservice.importing.feed_source import FeedSource
from feedservice.importing.fetch import Fetcher
from feedservice.importing.import_report import ImportReport
from feedservice.importing.importer import ImportOptions
from import_sources import Run, item, rss, rss_bytes


def whats(report: ImportReport) -> list[str]:
    return [remark.code for remark in report.remarks]


def text_of(content: Path, name: str = "post-1", folder: str = "field") -> str:
    return (content / folder / f"{name}.md").read_text(encoding="utf-8")


def test_an_rss_item_keeps_guid_date_zone_summary_and_old_address(run: Run, content: Path) -> None:
    full = item(
        1,
        content_encoded="<![CDATA[<p>النص <b>كاملًا</b></p>]]>",
        description="ملخص",
        dc_creator="فلان",
    )
    report = run(rss(full), category="field")
    assert text_of(content) == (
        "---\ntitle: عنوان 1\ndate: 2024-05-01 10:00\nid: https://old.example/?p=1\nauthor: فلان\nsummary: ملخص\n---\n\nالنص **كاملًا**\n"
    )
    assert report.redirects == (
        ("/2024/05/01/post-1", "/articles/post-1"),
        ("/?p=1", "/articles/post-1"),
    )
    assert [(author.slug, author.name) for author in report.authors] == [("فلان", "فلان")]


def test_the_pages_and_feeds_of_bloggers_labels_lead_to_their_categories(run: Run) -> None:
    entries = (
        item(n, guid=f"tag:blogger.com,1999:blog-7.post-{n}", category="أخبار محلية")
        for n in range(1, 3)
    )
    moved = dict(run(rss(*entries)).redirects)
    assert moved["/search/label/أخبار محلية"] == "/categories/أخبار-محلية"
    assert moved["/feeds/posts/default/-/أخبار محلية"] == "/categories/أخبار-محلية.rss"


def test_a_dry_run_says_the_same_and_writes_nothing(run: Run, content: Path) -> None:
    source = rss(item(1, category="جديد"))
    would, did = run(source, write=False), run(source)
    assert would.articles == did.articles
    assert would.categories == did.categories
    assert would.redirects == did.redirects


def test_site_yaml_keeps_its_remarks_and_order(run: Run, content: Path) -> None:
    before = "# ملاحظة\n" + (content / "site.yaml").read_text(encoding="utf-8") + "# في آخره\n"
    (content / "site.yaml").write_text(before, encoding="utf-8")
    run(rss(item(1, category="جديد", dc_creator="فلان")))
    after = (content / "site.yaml").read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line in before.splitlines()] == before.splitlines()
    assert "  - slug: جديد" in after


def test_terms_that_the_site_knows_are_categories_and_the_rest_are_tags_where_items_have_several(
    run: Run, content: Path
) -> None:
    run(
        rss(item(1, category="ميدان</category><category>داريا"), item(2, category="ماء")),
        category="economy",
    )
    assert "tags: [داريا]\n" in text_of(content, "post-1", "field")
    assert "tags: [ماء]\n" in text_of(content, "post-2", "economy")


def test_a_date_that_nobody_can_read_makes_a_draft(run: Run, content: Path) -> None:
    report = run(
        rss(
            item(1, pubDate="قريبًا"),
            item(2, pubDate="20 كانون الأول 2024"),
            item(3, pubDate="Wed, 40 Foo 2024"),
        ),
        category="field",
    )
    assert whats(report).count("date-unreadable") == 2
    assert "status: draft\n" in text_of(content)
    assert "date: 2024-12-20" in text_of(content, "post-2")


def test_text_that_an_open_tag_hides_is_told(run: Run) -> None:
    broken = '<![CDATA[<p>أول</p><p class="lead>ثان</p><p>ثالث</p>]]>'
    report = run(rss(item(1, content_encoded=broken), item(2)), category="field")
    told = [(each.code, each.facts["value"]) for each in report.remarks if "<p" in str(each.facts)]
    assert told == [("html-open", '<p class="lead>ثان</p><p>ثالث</p>')]


def test_an_item_without_title_or_text_is_titled_or_left_out(run: Run, content: Path) -> None:
    report = run(
        rss(item(1, title=""), item(2, description=""), item(3, title="", description="")),
        category="field",
    )
    assert "title: نص المادة 1." in text_of(content)
    assert text_of(content, "post-2").endswith("\n\nعنوان 2\n")
    assert whats(report) == ["entry-empty"]


def test_two_items_of_one_address_do_not_share_a_file(run: Run, content: Path) -> None:
    same = "https://old.example/x/same/"
    report = run(rss(item(1, link=same), item(2, link=same)), category="field")
    assert report.count == 2
    assert sorted(path.name for path in (content / "field").iterdir()) == ["same-2.md", "same.md"]


def test_a_file_that_is_there_is_never_written_over(run: Run, content: Path) -> None:
    (content / "field").mkdir()
    (content / "field" / "post-1.md").write_text(
        "---\ntitle: لنا\ndate: 2020-01-01\nid: x\n---\nلنا\n", encoding="utf-8"
    )
    run(rss(item(1)), category="field")
    assert "لنا" in text_of(content)
    assert "slug:" not in text_of(content, "post-1-2")


def test_old_article_addresses_become_aliases(run: Run, content: Path) -> None:
    run(
        rss(
            item(1, link="https://old.example/articles/daraya", guid="x1"),
            item(2, link="https://old.example/articles/Big%20News", guid="x2"),
        ),
        category="field",
    )
    assert (content / "field" / "daraya.md").is_file()
    assert (content / "field" / "big-news.md").is_file()
    assert "redirects" not in (content / "site.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (rss_bytes(item(1, title="عنوان&nbsp;قديم &eacute;")), "title: عنوان قديم é\n"),
        (
            rss_bytes(item(1)).decode().replace("utf-8", "windows-1256").encode("windows-1256"),
            "title: عنوان 1\n",
        ),
        (rss_bytes(item(1)).decode().replace('encoding="utf-8"', "").encode("windows-1256"), ""),
        (rss_bytes(item(1)).removesuffix(b"</channel></rss>"), "title: عنوان 1\n"),
        (
            rss_bytes(item(1)).replace(b"<rss", b"\n<rss").replace(b"<?xml", b"  <?xml"),
            "title: عنوان 1\n",
        ),
        (rss_bytes(item(1, title="خبر & آخر < هنا")), "title: "),
        (rss_bytes(item(1, title="قبل\x0bبعد")), "title: "),
    ],
    ids=[
        "entities",
        "windows-1256",
        "windows-1256 undeclared",
        "cut off",
        "space before",
        "bare ampersand",
        "control character",
    ],
)
def test_malformed_feeds_are_read_as_far_as_can_be(
    run: Run, content: Path, data: bytes, title: str
) -> None:
    report = run(FeedSource("feed.xml", data), category="field")
    assert report.count == 1
    assert title in text_of(content).replace("\xa0", " ")


def test_entities_are_never_expanded_and_no_file_is_read(
    run: Run, content: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("سرّ", encoding="utf-8")
    bomb = "".join(f"<!ENTITY l{n} '" + f"&l{n - 1};" * 10 + "'>" for n in range(1, 10))
    prolog = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol"><!ENTITY x SYSTEM "file://{tmp_path}/secret">{bomb}]>'
    report = run(rss(item(1, description="نص &l9; &x; هنا"), prolog=prolog), category="field")
    assert report.count == 1
    assert "lollol" not in text_of(content)
    assert "سرّ" not in text_of(content)


@pytest.mark.parametrize(
    "data",
    [b"", b"<html><body>x</body></html>", b"{}", b'{"version": 1', b"\x00\x01", "نص".encode()],
)
def test_what_is_no_feed_is_told(run: Run, data: bytes) -> None:
    with pytest.raises(ImportFailure, match="not an RSS"):
        run(FeedSource("x", data), write=False)


def test_a_json_feed_of_odd_shapes_is_read(run: Run, content: Path) -> None:
    items = [
        {"id": 7, "url": "https://old.example/post-1", "title": "أ", "content_text": "سطر\n\nآخر <b>", "date_published": "2024-05-01T10:00:00+03:00"},
        "garbage", {"id": "x", "title": None, "content_html": None},
    ]  # fmt: skip
    data = json.dumps(
        {"version": "https://jsonfeed.org/version/1", "author": {"name": "فلان"}, "items": items}
    ).encode()
    report = run(FeedSource("feed.json", data), category="field")
    assert "id: 7\nauthor: فلان\n---\n\nسطر\n\nآخر \\<b>\n" in text_of(content)
    assert whats(report) == ["entry-empty"]


OTHER = {"url": "https://e.example/", "title": "ب"}


@pytest.mark.parametrize(
    "ours",
    [{"_feedservice": {"about": "https://old.example/feeds#json", "related": [OTHER]}}, {"_related": [OTHER]}],
    ids=["today's", "0.1's"],
)  # fmt: skip
def test_related_pages_of_our_own_json_feeds_are_read_in_both_shapes(
    run: Run, content: Path, ours: dict[str, object]
) -> None:
    item = {"id": "x", "url": "https://old.example/post-1", "title": "أ", "content_text": "نص"}
    item["date_published"] = "2024-05-01T10:00:00Z"
    data = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item | ours]})
    run(FeedSource("feed.json", data.encode()), category="field")
    assert 'related: [{url: "https://e.example/", title: ب}]' in text_of(content)


def pages(documents: dict[str, bytes]) -> Fetcher:
    def answer(request: httpx.Request) -> httpx.Response:
        data = documents.get(str(request.url))
        return (
            httpx.Response(404)
            if data is None
            else httpx.Response(
                200, content=iter([data]), headers={"Content-Type": "application/rss+xml"}
            )
        )

    return Fetcher(transport=httpx.MockTransport(answer))


def page(n: int, *links: tuple[str, str]) -> bytes:
    return rss_bytes(
        item(n), head="".join(f'<atom:link rel="{rel}" href="{href}"/>' for rel, href in links)
    )


A, B, C = (
    "https://old.example/feed",
    "https://old.example/feed?page=2",
    "https://old.example/2024-05.rss",
)


def test_next_and_archive_links_are_followed_and_each_page_is_read_once(run: Run) -> None:
    fetcher = pages(
        {A: page(1, ("next", "?page=2"), ("prev-archive", C)), B: page(2, ("next", C)), C: page(3)}
    )
    report = run(FeedSource(A, fetcher=fetcher), category="field")
    assert (report.count, report.remarks) == (3, [])


def test_a_loop_ends_and_is_told(run: Run) -> None:
    report = run(
        FeedSource(A, fetcher=pages({A: page(1, ("next", B)), B: page(2, ("next", A))})),
        category="field",
    )
    assert (report.count, whats(report)) == (2, ["pages-loop"])


def test_pages_are_bounded_and_a_lost_one_is_told(run: Run) -> None:
    fetcher = pages({A: page(1, ("next", B)), B: page(2, ("next", C))})
    report = run(FeedSource(A, fetcher=fetcher, limit=2), category="field")
    assert (report.count, whats(report)) == (2, ["pages-many"])
    again = run(FeedSource(A, fetcher=fetcher), category="field")
    assert (again.count, again.present, whats(again)) == (0, 2, ["page-unreachable"])


def test_a_feed_that_cannot_be_fetched_is_an_error(run: Run) -> None:
    with pytest.raises(ImportFailure, match="404"):
        run(FeedSource(A, fetcher=pages({})), write=False)


def test_of_two_pages_with_one_id_the_one_updated_last_counts() -> None:
    old, new = (
        feed.read(rss_bytes(item(1, title=title, pubDate=when)), A)
        for title, when in (
            ("قديم", "Wed, 01 May 2024 10:00:00 +0300"),
            ("جديد", "Thu, 02 May 2024 10:00:00 +0300"),
        )
    )
    assert [entry.title for entry in feed.merged([old, new, old])] == ["جديد"]


def test_both_readings_are_told_as_one_way_to_the_end(content: Path) -> None:
    told: list[tuple[int, int]] = []
    importer.run(
        rss(item(1), item(2)),
        ContentFiles(content),
        ImportOptions(),
        factories.NOW,
        lambda done, total: told.append((done, total)),
    )
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("kind", "written", "title"),
    [
        ("text", "استعمال &lt;table&gt; هنا", "استعمال ‹table› هنا"),
        ("text", "أ &lt; ب", "أ < ب"),
        ("html", "&lt;b&gt;عنوان&lt;/b&gt; &amp;amp; آخر", "عنوان & آخر"),
    ],
)
def test_a_title_of_atom_is_text_where_it_says_so(
    run: Run, kind: str, written: str, title: str
) -> None:
    entry = (
        "<entry><id>urn:x:1</id><updated>2024-05-01T00:00:00Z</updated>"
        f'<title type="{kind}">{written}</title><content type="html">نص</content></entry>'
    )
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x</id>{entry}</feed>'
    report = run(FeedSource("feed.xml", feed.encode()), category="field")
    assert report.articles[0].title == title


def encoded(declared: str, actual: str) -> bytes:
    return rss_bytes(item(1)).decode().replace('"utf-8"', f'"{declared}"').encode(actual)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (encoded("utf-8", "utf-8"), []),
        (encoded("UTF8", "utf-8-sig"), []),
        (encoded("windows-1256", "windows-1256"), []),
        (encoded("utf-16", "utf-16"), []),
        (encoded("windows-1256", "utf-8"), ["cp1256 → utf-8"]),
        (encoded("us-ascii", "utf-8"), ["ascii → utf-8"]),
        (encoded("no-such", "utf-8"), ["no-such → utf-8"]),
    ],
)
def test_an_encoding_that_is_declared_wrongly_is_told(
    run: Run, content: Path, data: bytes, said: list[str]
) -> None:
    report = run(FeedSource("feed.xml", data), category="field")
    assert [each.facts["value"] for each in report.remarks if each.code == "encoding"] == said
    assert "title: عنوان 1\n" in text_of(content)


def test_bytes_that_are_not_of_the_declared_encoding_are_told(run: Run) -> None:
    report = run(FeedSource("feed.xml", encoded("utf-8", "windows-1256")), category="field")
    (noted,) = [each for each in report.remarks if each.code == "encoding"]
    assert str(noted.facts["value"]).startswith("utf-8 → ")


@pytest.mark.parametrize(
    ("content_type", "said"),
    [
        ("text/xml", []),  # which means ASCII by RFC 3023 alone
        ("application/rss+xml; charset=UTF-8", []),
        ("text/xml; charset=iso-8859-1", ["iso8859-1 → utf-8"]),
    ],
)
def test_the_server_may_declare_the_encoding(content_type: str, said: list[str]) -> None:
    page = feed.read(rss_bytes(item(1)), "https://old.example/feed", content_type)
    assert [each.facts["value"] for each in page.remarks] == said
    assert page.entries[0].title == "عنوان 1"


@pytest.mark.parametrize("kind", ["image/png", "audio/mpeg"])
def test_a_file_with_a_malformed_address_is_told(run: Run, kind: str) -> None:
    enclosure = f'<enclosure url="http://[x/a.png" type="{kind}" length="1"/>'
    report = run(rss(item(1) + enclosure), category="field", download=None)
    assert [(each.code, each.facts["value"]) for each in report.remarks] == [
        ("link-unknown", "http://[x/a.png")
    ]
