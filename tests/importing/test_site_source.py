"""A site without an export: what its sitemaps and feeds list comes, or is told, page by page."""

import gzip
import http.server
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from feedservice.cli.main import group
from feedservice.domain.errors import ImportFailure
from feedservice.importing import (
    fetch,
    old_addresses,
    page_reading,
    politeness,
    site,
    site_addresses,
    web_page,
)
from feedservice.importing.fetch import Fetcher
from feedservice.importing.foreign_entry import Source, ignore
from feedservice.importing.import_report import ImportReport
from feedservice.importing.opening import open_source
from feedservice.importing.page_reading import PageAsked, PageRead
from feedservice.importing.politeness import Pace
from feedservice.importing.site import Crawl
from import_sources import Run, item, rss_bytes

TEXT = "وقال المتحدث باسم الوزارة في المدينة إن العمل في الميناء الجديد استغرق خمس سنوات كاملة."


class Site:
    """What a loopback server has: by path, its bytes, or where it leads."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.pages: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.lock = threading.Lock()

    def add(self, path: str, data: bytes | str) -> None:
        self.pages[path] = data if isinstance(data, bytes) else data.encode()

    def article(self, n: int, head: str = "", body: str = TEXT) -> str:
        path = f"/news/{n}"
        self.add(
            path,
            f'<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>خبر {n}</title>'
            '<meta property="og:type" content="article">'
            f'<meta property="og:title" content="خبر {n}">'
            f'<meta property="article:published_time" content="2024-05-0{n}T10:00:00+03:00">{head}'
            f"</head><body><nav><a href=/>الرئيسية</a></nav><main><article><h1>خبر {n}</h1>"
            f"<p>الفقرة الأولى من الخبر رقم {n} وفيها أصل القصة كلها.</p><p>{body}</p>"
            "</article></main></body></html>",
        )
        return f"{self.origin}{path}"

    def sitemap(self, *addresses: str, path: str = "/sitemap.xml") -> str:
        self.add(path, sitemap(*addresses))
        return f"{self.origin}{path}"


def sitemap(*addresses: str, kind: str = "urlset", inner: str = "url") -> str:
    listed = "".join(f"<{inner}><loc>{each}</loc></{inner}>" for each in addresses)
    return f'<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</{kind}>'


@pytest.fixture(scope="module")
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            has: Site = self.server.site  # type: ignore[attr-defined]
            with has.lock:
                has.asked.append(self.path)
            data = has.pages.get(self.path)
            if data and data.startswith(b"to "):
                self.send_response(302)
                self.send_header("Location", data[3:].decode())
                self.end_headers()
                return
            self.send_response(404 if data is None else 200)
            self.send_header("Content-Type", "text/html" if data else "text/plain")
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def old(server: http.server.ThreadingHTTPServer) -> Site:
    made = Site(f"http://127.0.0.1:{server.server_address[1]}")
    server.site = made  # type: ignore[attr-defined]
    return made


class _Here(page_reading.PageReader):
    """Reads in this process, whose libraries are there."""

    def read(self, page: PageAsked) -> PageRead:
        return web_page.read(page)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Source]]:
    monkeypatch.setattr(site, "PageReader", _Here)
    fetcher = Fetcher(allow_private=True)

    def made(named: str, kind: str | None = None, **crawl: Any) -> Source:
        given = Crawl(pace=Pace(lambda _seconds: None), **crawl)
        return open_source(named, kind, fetcher, "Asia/Riyadh", given)

    yield made
    fetcher.close()


def told(report: ImportReport) -> dict[str, int]:
    return {code: n for code, n in report.kinds.items() if code.startswith("site-")}


def written(content: Path, n: int) -> str:
    (found,) = content.rglob(f"{n}.md")
    return found.read_text(encoding="utf-8")


def test_every_page_of_a_sitemap_comes_or_is_told(
    old: Site, opened: Callable[..., Source], run: Run, content: Path
) -> None:
    articles = [old.article(n) for n in (1, 2)]
    old.add("/", "<html></html>")
    old.add("/tag/x", '<html><head><meta property="og:type" content="website"></head></html>')
    old.add("/empty", "<html><body><nav><a href=/>x</a></nav></body></html>")
    old.add("/away", b"to http://other.invalid/")
    twice = old.article(3, f'<link rel="canonical" href="{articles[0]}">')
    old.add("/robots.txt", "User-agent: *\nDisallow: /*secret$\n")
    others = (f"{old.origin}{path}" for path in ("/", "/tag/x", "/empty", "/gone", "/my-secret"))
    source = opened(old.sitemap(*articles, *others, twice, "https://other.example/x", "ftp://x"))
    report = run(source)
    assert (report.found, report.count, report.unexplained) == (10, 2, 0)
    assert told(report) == {
        "site-list": 2, "site-empty": 1, "site-unfetched": 1, "site-robots": 1, "site-twice": 1,
        "site-foreign": 1,
    }  # fmt: skip
    assert "/my-secret" not in old.asked
    assert old.asked.count("/news/1") == 1
    text = written(content, 1)
    assert f"id: {articles[0]}" in text
    assert "date: 2024-05-01 10:00\n" in text
    assert "الفقرة الأولى من الخبر رقم 1" in text
    assert "# خبر" not in text
    assert ("/news/{slug}", "/articles/{slug}") in report.redirects or (
        "/news/1", "/articles/1",
    ) in report.redirects  # fmt: skip
    assert any(old_path == "/news/3" for old_path, _ in report.redirects)


def test_a_site_is_found_by_its_front_page_and_what_its_feed_has_wins(
    old: Site, opened: Callable[..., Source], run: Run, content: Path
) -> None:
    first, second, third = (old.article(n) for n in (1, 2, 3))
    feed = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    comments = '<link rel="alternate" type="application/rss+xml" href="/comments/feed">'
    old.add("/", f"<html><head>{comments}{feed}</head></html>")
    old.add(
        "/robots.txt",
        f"garbage \x00\n:::\nSitemap: {old.origin}/all.xml.gz\nSitemap: {old.origin}/none.xml\n",
    )
    index = sitemap(
        f"{old.origin}/all.xml.gz", f"{old.origin}/part.xml", kind="sitemapindex", inner="sitemap"
    )
    old.add("/all.xml.gz", gzip.compress(index.encode()))
    old.sitemap(first, second, path="/part.xml")
    full = f"&lt;p&gt;الفقرة الأولى كما في الخلاصة. {TEXT}&lt;/p&gt;&lt;p&gt;وهذه زيادة فيها.&lt;/p&gt;"
    old.add(
        "/feed",
        rss_bytes(
            item(1, link=f"{first}?utm_source=rss", guid="tag:old,1", content_encoded=full),
            item(2, link=second, guid="tag:old,2", description="مقدمة الخبر…", category="اقتصاد"),
            item(3, link=third, guid="tag:old,3"),
            item(4, link=f"{old.origin}/news/4", guid="tag:old,4"),
        ),
    )
    old.add("/news/3", '<html><head><meta property="og:type" content="website"></head></html>')
    report = run(opened(old.origin, "site"))
    assert (report.found, report.count, report.unexplained) == (4, 4, 0)
    assert told(report) == {"site-source": 1, "site-feed-only": 2}
    assert "/comments/feed" not in old.asked
    assert "id: tag:old,1" in written(content, 1)
    assert "كما في الخلاصة" in written(content, 1)
    assert "رقم 2 وفيها أصل القصة" in written(content, 2)
    assert "tag:old,2" in written(content, 2)
    assert "id: tag:old,3" in written(content, 3)
    assert "نص المادة 4" in written(content, 4)


def test_what_came_is_not_asked_for_again_and_the_budget_goes_on(
    old: Site, opened: Callable[..., Source], run: Run, content: Path
) -> None:
    articles = [old.article(n) for n in (1, 2, 3)]
    named = old.sitemap(*articles)
    report = run(opened(named, pages=2))
    assert (report.found, report.count, told(report)) == (3, 2, {"site-budget": 1})
    old.asked.clear()
    report = run(opened(named, pages=2, known=lambda: frozenset(articles[:2])))
    assert (report.found, report.present, report.count, report.unexplained) == (3, 2, 1, 0)
    assert [path for path in old.asked if path.startswith("/news")] == ["/news/3"]


def test_what_sitemaps_list_is_bounded_in_all_together(
    old: Site, opened: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_addresses, "MAX_ADDRESSES", 3)
    old.add("/", "<html></html>")
    long = f"{old.origin}/{'a' * old_addresses.MAX_ADDRESS}"
    first = old.sitemap(long + "b", old.article(1), long + "c", path="/1.xml")
    second = old.sitemap(*(f"{old.origin}/news/{n}" for n in (1, 2, 3, 4)), path="/2.xml")
    old.add("/robots.txt", f"Sitemap: {first}\nSitemap: {second}\n")
    source = opened(old.origin, "site")
    assert len(list(source.entries(ignore))) == 1
    codes = [each.code for each in source.remarks()]
    assert sorted(codes) == ["site-long", "site-source", "site-unfetched", "site-unfetched"]
    assert source.found == 5
    dated = sitemap(f"{long}</loc><lastmod>{'2' * 100_000}</lastmod><loc>")
    (listed,) = old_addresses.listed(dated.encode(), lambda _address: b"")
    assert len(listed.address + listed.modified) < 2_200


def test_a_sitemap_that_cannot_be_read_is_told_and_ends_no_other(
    old: Site, opened: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_addresses, "MAX_UNPACKED", 2_000)
    parts = [f"{old.origin}/{name}" for name in ("html", "large", "cut", "good")]
    old.add("/", "<html></html>")
    old.add("/html", "<html>Just a moment…</html>")
    old.add("/large", gzip.compress(f"<urlset>{' ' * 3_000}</urlset>".encode()))
    old.add("/cut", b"\x1f\x8bbroken")
    old.sitemap(old.article(1), path="/good")
    old.add("/index.xml", sitemap(*parts, kind="sitemapindex", inner="sitemap"))
    old.add("/list.txt", old.article(2))
    old.add("/robots.txt", f"Sitemap: {old.origin}/index.xml\nSitemap: {old.origin}/list.txt\n")
    source = opened(old.origin, "site")
    assert [each.url for each in source.entries(ignore)] == [f"{old.origin}/news/1"]
    assert sorted(each.place.rpartition("/")[2] for each in source.remarks()) == [
        "cut", "html", "large", "list.txt",
    ]  # fmt: skip


def test_a_sitemap_that_moved_is_of_the_site_where_it_lies(
    old: Site, opened: Callable[..., Source]
) -> None:
    there = old.origin.replace("127.0.0.1", "localhost")
    old.article(1)
    old.sitemap(f"{there}/news/1", path="/new.xml")
    old.add("/sitemap.xml", f"to {there}/new.xml")
    for kind in (None, "site"):
        source = opened(f"{old.origin}/sitemap.xml", kind)
        assert [each.url for each in source.entries(ignore)] == [f"{there}/news/1"]


def test_a_robots_txt_is_read_as_far_as_it_may_be_long(
    old: Site, opened: Callable[..., Source]
) -> None:
    """RFC 9309 §2.5: what comes after 500 KiB may be left."""
    rules = "User-agent: *\nDisallow: /news/2\n"
    old.add("/robots.txt", rules + "#" * politeness.MAX_ROBOTS)
    source = opened(old.sitemap(old.article(1), old.article(2)))
    assert [each.url for each in source.entries(ignore)] == [f"{old.origin}/news/1"]


@pytest.mark.parametrize("order", [(1, 2, 3), (2, 1, 3), (3, 2, 1)])
def test_what_leads_to_a_page_that_leads_on_leads_there_too(
    old: Site, opened: Callable[..., Source], order: tuple[int, ...]
) -> None:
    for n in (1, 2):
        old.article(n, f'<link rel="canonical" href="{old.origin}/news/{n + 1}">')
    old.article(3)
    source = opened(old.sitemap(*(f"{old.origin}/news/{n}" for n in order)))
    (entry,) = source.entries(ignore)
    assert entry.url == f"{old.origin}/news/3"
    assert sorted(entry.aliases) == [f"{old.origin}/news/{n}" for n in (1, 2)]


def test_a_page_that_ends_the_process_is_told_and_the_next_is_read(
    old: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    old.article(1)
    page = PageAsked(address="http://x/1", url="http://x/1", data=old.pages["/news/1"])
    reader = page_reading.PageReader()
    with monkeypatch.context() as patched:
        patched.setattr(page_reading, "read_beside", os._exit)  # which no page may be given
        refused = reader.read(page).refused
    assert refused
    assert refused.code == "site-unread"
    assert reader.read(page).entry
    reader.close()


def test_a_page_that_leads_to_a_private_network_is_not_asked(
    old: Site, opened: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.1")
    old.add("/inside", b"to http://127.0.0.2:1/")
    fetcher = Fetcher()
    crawl = Crawl(pace=Pace(lambda _seconds: None))
    named = old.sitemap(old.article(1), f"{old.origin}/inside")
    source = open_source(named, None, fetcher, "UTC", crawl)
    assert [each.id for each in source.entries(ignore)] == [f"{old.origin}/news/1"]
    (said,) = [each for each in source.remarks() if each.code == "site-unfetched"]
    assert "private" in str(said.facts["value"])
    fetcher.close()


def test_an_address_that_no_line_of_redirects_can_say_is_told_and_the_others_go_on(
    old: Site, opened: Callable[..., Source], run: Run, content: Path
) -> None:
    """Nor does a page choose with its address what all other addresses mean."""
    odd = [f"{old.origin}/{path}" for path in ("why%3F-a", "%7Bslug%7D", "x%3Fy/1", "a%7D%7Bb")]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "قديمة", "items": []}
    feed["items"] = [
        {"id": f"{n}", "url": url, "title": "خبر", "content_text": TEXT}
        for n, url in enumerate([*odd, f"{old.origin}/\ud800", f"{old.origin}/x/good"])
    ]
    old.add("/f.json", json.dumps(feed))
    kind = 'rel="alternate" type="application/feed+json"'
    old.add("/", f'<html><link {kind} href="/f.json"></html>')
    report = run(opened(old.origin, "site"))
    assert (report.found, report.count, report.unexplained) == (6, 6, 0)
    assert report.kinds["address-odd"] == 4
    assert [path for path, _ in report.redirects if "?" in path or "{" in path] == []
    assert "/x/good:" in (content / "site.yaml").read_text(encoding="utf-8")


def test_a_site_that_lists_nothing_is_said(old: Site, opened: Callable[..., Source]) -> None:
    old.add("/", "<html></html>")
    source = opened(old.origin, "site")
    with pytest.raises(ImportFailure, match="neither a sitemap nor a feed"):
        next(iter(source.entries(ignore)))


@pytest.mark.parametrize(
    ("rules", "path", "is_allowed"),
    [
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Disallow: /a\nAllow: /a/b", "/a/c", False),
        ("Disallow: /*.pdf$", "/x.pdf", False),
        ("Disallow: /*.pdf$", "/x.pdf?a", True),
        ("Disallow: /x$", "/x", False),
        ("Disallow: /x$", "/xy", True),
        ("Disallow: /%D8%A3", "/أ", False),
        ("Disallow: /*?page=", "/a?page=2", False),
        ("Disallow:", "/a", True),
        ("Disallow: /" + "*a" * 500 + "b", "/" + "a" * 2_000, True),
    ],
)
def test_robots_txt_is_obeyed(rules: str, path: str, is_allowed: bool) -> None:
    said = politeness.read(f"User-agent: x\nUser-agent: *\n{rules} # why".encode())
    assert said.allows(f"http://old.example{path}") is is_allowed


def test_the_group_of_robots_txt_that_names_us_is_ours() -> None:
    data = b"User-agent: *\nDisallow: /\nCrawl-delay: 99\nUser-agent: Feedservice-Import\nCrawl-delay: 2\nDisallow: /x"
    said = politeness.read(data)
    assert said.allows("http://old.example/a")
    assert not said.allows("http://old.example/x")
    assert said.pause == 2.0
    assert politeness.read(b"\xff\x00" * 1000 + b"\n: \nDisallow: /").allows("http://old.example/")


def test_what_a_hostile_robots_txt_holds_is_not_multiplied() -> None:
    """Each rule of a group holds for each of its agents: 10 KB were half a million of pairs."""
    data = b"User-agent: *\n" * 500 + b"Allow: /\n" * 500 + b"User-agent: x\nDisallow: /\n"
    said = politeness.read(data)
    assert len(said.rules) == 500
    assert said.allows("http://old.example/\ud800")


def test_hosts_are_asked_with_a_pause_between() -> None:
    waited: list[float] = []
    pace = Pace(waited.append)
    for host in ("a", "a", "b", "a"):
        pace.take_turn(host, 100.0)
    assert [round(each, -2) for each in waited] == [100.0, 200.0]


def test_the_command_imports_a_site_whose_hostile_pages_cost_themselves_alone(
    old: Site, content: Path
) -> None:
    """Read in the process beside; nothing is written unless that is asked for."""
    good = [old.article(n) for n in (1, 2)]
    old.add("/huge", b"x" * (page_reading.MAX_PAGE + 1))
    old.add("/deep", f"<html><body>{'<div>' * 100_000}<p>{TEXT}</p></body></html>")
    hostile = [f"{old.origin}/{name}" for name in ("huge", "deep")]
    named = old.sitemap(good[0], *hostile, good[1])
    command = ["import", named, "--into", str(content), "--allow-private", "--no-media"]
    result = CliRunner().invoke(group, [*command, "--pages", "5", "--lang", "en"])
    assert result.exit_code == 0, result.output
    assert "site: articles 2" in result.output
    assert "in the source 4 = came 2 + drafts 0 + there before 0 + left out, each told 2" in (
        result.output
    )
    assert "Nothing was written" in result.output
