"""The preview's pages over a real index: lists, search, calendar, proofs, entries."""

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from factories import NOW, SITE_YAML, FixedClock, write_article
from feedservice.content import messages
from feedservice.content.files import ContentFiles
from feedservice.domain.model import Problem
from feedservice.domain.text import one_line
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.publishing import preview as previews
from feedservice.publishing.preview import Preview
from feedservice.publishing.publisher import Publisher
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app
from feedservice.web.preview import only_this_machine, preview_blueprint

Describe = Callable[[Problem, str], tuple[str, str]]
HOST = {"base_url": "http://127.0.0.1:8010"}


def describe(problem: Problem, language: str) -> tuple[str, str]:
    return messages.describe(problem, language, isolated=True)


@pytest.fixture
def client(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> FlaskClient:
    """Asks the preview of the content folder, as it was at the last `Indexer.scan`."""
    publisher = Publisher(its_index, clock)
    app = create_app(publisher, ContentFiles(content).open_media)
    app.register_blueprint(preview_blueprint(Preview(its_index, clock), describe))
    app = around(app, publisher.known, clock)
    app.wsgi_app = only_this_machine(app.wsgi_app)  # type: ignore[assignment,method-assign]
    return app.test_client()


def shown(client: FlaskClient, address: str) -> str:
    answer = client.get(address, base_url=HOST["base_url"])
    assert answer.status_code == 200, answer.text
    return answer.text


def titles(page: str) -> list[str]:
    found = re.findall(r'<a href="/preview/articles/[^"]*">([^<]*)</a>', page)
    return [html.unescape(title) for title in found]


class Elements(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def states(content: Path, indexer: Indexer) -> None:
    """An article in each state, and one that broke after it was good."""
    write_article(content, "field/out.md", title="منشور")
    write_article(content, "field/soon.md", title="غدًا", date="2026-01-20 09:30")
    write_article(content, "field/later.md", title="بعد شهر", date="2026-02-03")
    write_article(content, "field/draft.md", title="مسودة عن الماء", status="draft")
    write_article(content, "field/gone.md", title="مسحوب", status="withdrawn", updated="2026-01-02")
    write_article(content, "field/ended.md", title="منتهٍ", expires="2026-01-05")
    broken = write_article(content, "field/broke.md", title="سليم قبل العطب")
    write_article(content, "field/never.md", date="31/02/2026")
    indexer.scan()
    broken.write_text("---\ntitle: عُطب\n", encoding="utf-8")
    indexer.scan()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("published", ["منشور", "سليم قبل العطب"]),
        ("scheduled", ["غدًا", "بعد شهر"]),
        ("draft", ["مسودة عن الماء"]),
        ("withdrawn", ["مسحوب"]),
        ("expired", ["منتهٍ"]),
        ("broken", ["سليم قبل العطب"]),
    ],
)
def test_a_list_of_each_state(
    client: FlaskClient, states: None, state: str, expected: list[str]
) -> None:
    page = shown(client, f"/preview?state={state}")
    assert sorted(titles(page)) == sorted(expected)
    if state == "scheduled":
        assert titles(page) == expected, "the next comes first"
    assert 'aria-current="page"' in page
    counted = 2 if state in ("published", "scheduled", "broken") else 1
    label = {"published": "منشور", "scheduled": "مجدول", "broken": "معطوب"}.get(state)
    assert label is None or f"{label} ({counted})" in page


def test_the_list_of_all_begins_with_what_is_broken(client: FlaskClient, states: None) -> None:
    for address in ("/preview", "/preview?state=nonsense", "/preview?state=&page=0&q=%20"):
        page = shown(client, address)
        assert page.index("field/broke.md") < page.index("field/never.md") < page.index("غدًا")
        assert len(titles(page)) == 7
        assert "لا وجود للتاريخ" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ماء", {"مسودة عن الماء"}),
        ("field/la", {"بعد شهر"}),
        ("لا أحد", set()),
        ("%", set()),
        ("_", set()),
        ('" OR *', set()),
        ("\0لا\u2069 أحد", set()),
        ("x" * 5000, set()),
        ("broke", {"سليم قبل العطب"}),
    ],
)
def test_a_search_finds_words_and_files_in_every_state(
    client: FlaskClient, states: None, query: str, expected: set[str]
) -> None:
    answer = client.get("/preview", query_string={"q": query}, **HOST)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert set(titles(answer.text)) == expected
    assert f'value="{html.escape(one_line(query)[:200]).replace("&quot;", "&#34;")}"' in answer.text


def test_a_query_of_any_bytes_is_answered(client: FlaskClient, states: None) -> None:
    for query in (
        "q=%ff%fe",
        "q=%ED%A0%80",
        "q=a&q=b",
        "page=1&page=2",
        "state[]=draft",
        "q=%00",
        "&&&",
    ):
        assert client.get(f"/preview?{query}", **HOST).status_code == 200  # type: ignore[arg-type]
        calendar = client.get(f"/preview/calendar?month=%ff&{query}", **HOST)  # type: ignore[arg-type]
        assert calendar.status_code == 200


def test_a_search_stays_within_its_state(client: FlaskClient, states: None) -> None:
    assert titles(shown(client, "/preview?state=scheduled&q=field")) == ["غدًا", "بعد شهر"]
    assert titles(shown(client, "/preview?state=draft&q=later")) == []


def test_ten_thousand_files_are_shown_by_pages(
    client: FlaskClient,
    content: Path,
    indexer: Indexer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(previews, "PAGE", 4)
    for n in range(7):
        write_article(content, f"field/a{n}.md", title=f"خبر {n}", date=f"2026-01-0{n + 1}")
    for n in range(3):
        write_article(content, f"field/b{n}.md", date="x")
    indexer.scan()
    pages = [shown(client, f"/preview?page={n}") for n in (1, 2, 3)]
    assert [len(re.findall("<tr>", page)) - 1 for page in pages] == [4, 4, 2]
    assert [title for page in pages for title in titles(page)] == [
        f"خبر {n}" for n in range(6, -1, -1)
    ]
    assert 'rel="next"' in pages[0]
    assert 'rel="prev"' not in pages[0]
    assert 'rel="next"' not in pages[2]
    assert "الصفحة 2 من 3" in pages[1]
    for page in ("99", "0", "-1", "x", "٢", "1" * 30):
        assert "الصفحة" in shown(client, f"/preview?page={page}")


def test_a_last_good_version_of_a_broken_file_is_shown_and_said_to_be_one(
    client: FlaskClient, states: None
) -> None:
    for address in ("/preview?state=broken", "/preview/articles/broke", "/preview/entries/broke"):
        page = shown(client, address)
        assert "سليم قبل العطب" in page
        assert "الملف معطوب" in page
        assert "معطوب" in page
    assert "المقدمة غير مغلقة" in shown(client, "/preview/articles/broke")
    assert "الملف معطوب" not in shown(client, "/preview/articles/out")


def test_the_calendar_shows_what_is_scheduled_in_the_sites_zone(
    client: FlaskClient, content: Path, indexer: Indexer
) -> None:
    # Damascus is three hours ahead: the last evening of January there is January's.
    write_article(content, "field/a.md", title="مساء", date="2026-01-31 23:30")
    write_article(content, "field/b.md", title="فجر", date="2026-01-31T21:30:00Z")
    write_article(content, "field/out.md", title="منشور", date="2026-01-10")
    write_article(content, "field/d.md", title="مسودة", date="2026-01-20", status="draft")
    indexer.scan()
    january = shown(client, "/preview/calendar")
    assert titles(january) == ["مساء"]
    assert "كانون الثاني 2026" in january
    assert re.search(r'<time datetime="2026-01-31">31</time>\s*<ul>', january)
    assert "23:30" in january
    february = shown(client, "/preview/calendar?month=2026-02")
    assert titles(february) == ["فجر"]
    assert re.search(r'<time datetime="2026-02-01">1</time>\s*<ul>', february)
    assert "00:30" in february
    assert 'href="/preview/calendar?month=2026-03"' in february


@pytest.mark.parametrize(
    "month", ["2026-13", "0000-01", "9999-12", "x", "2026-1", "٢٠٢٦-٠١", "", "2026-01-01", "1900-01", "2099-12"]
)  # fmt: skip
def test_a_month_that_is_none_is_the_present_one(
    client: FlaskClient, states: None, month: str
) -> None:
    page = client.get("/preview/calendar", query_string={"month": month}, **HOST)  # type: ignore[arg-type]
    assert page.status_code == 200
    if month not in ("1900-01", "2099-12"):
        assert titles(page.text) == ["غدًا"]


def test_a_calendar_begins_its_weeks_where_the_language_does(
    client: FlaskClient, content: Path, states: None
) -> None:
    page = shown(client, "/preview/calendar")
    assert re.findall(r'<th scope="col">([^<]+)</th>', page)[0] == "السبت"
    assert page.count("<time datetime=") == 31


def test_what_is_published_leaves_the_calendar_by_itself(
    client: FlaskClient, states: None, clock: FixedClock
) -> None:
    before = shown(client, "/preview/state")
    clock.now = NOW + timedelta(days=6)
    assert titles(shown(client, "/preview/calendar")) == []
    assert "غدًا" in titles(shown(client, "/preview?state=published"))
    assert shown(client, "/preview/state") != before


def test_an_entry_is_shown_as_feed_readers_show_it(
    client: FlaskClient, content: Path, indexer: Indexer
) -> None:
    (content / "media").mkdir()
    Image.new("RGB", (8, 6)).save(content / "media" / "a.png")
    write_article(
        content,
        "field/a.md",
        "نص ![صورة](media/a.png)\n\n<p style='color:red' onclick=x>أحمر</p>",
        title="عنوان",
        author="desk",
        image="{src: media/a.png, alt: وصف}",
        status="draft",
    )
    indexer.scan()
    page = shown(client, "/preview/entries/a")
    entry = page[page.index('<article class="reader"') : page.index("</article>")]
    assert 'lang="ar" dir="rtl"' in entry
    shown_at = re.findall(r'<img[^>]* src="([^"]*)"', entry)
    assert len(shown_at) == 2
    assert all(each.startswith(("/media/", "/pictures/")) for each in shown_at), "this machine's"
    assert "هيئة التحرير" in entry
    assert "أحمر" in entry
    assert 'class="prose"' not in page
    with client.get("/media/a.png", **HOST) as picture:  # type: ignore[arg-type]
        assert picture.status_code == 200
    assert client.get("/preview/entries/none", **HOST).status_code == 404  # type: ignore[arg-type]


def test_an_entry_of_a_site_that_gives_summaries_is_its_summary(
    client: FlaskClient, content: Path, indexer: Indexer
) -> None:
    (content / "site.yaml").write_text(SITE_YAML + "feed: {content: summary}\n", encoding="utf-8")
    write_article(content, "field/a.md", "المتن كله", summary="الملخص وحده")
    indexer.scan()
    page = shown(client, "/preview/entries/a")
    assert "الملخص وحده" in page
    assert "المتن كله" not in page


def test_what_is_not_written_yet_leaves_no_gap(
    client: FlaskClient, content: Path, indexer: Indexer
) -> None:
    write_article(content, "field/a.md", "", summary="", status="draft")
    indexer.scan()
    entry = shown(client, "/preview/entries/a").partition('<article class="reader"')[2]
    assert not re.search(r"<p>\s*</p>", entry)


def test_a_page_is_shown_as_a_page_which_no_feed_has(
    client: FlaskClient, content: Path, indexer: Indexer
) -> None:
    (content / "pages").mkdir()
    file = content / "pages" / "about.md"
    file.write_text("---\ntitle: من نحن\n---\nنص\n", encoding="utf-8")
    indexer.scan()
    page = shown(client, "/preview/articles/pages/about")
    assert "من نحن" in page
    assert "/preview/entries/" not in page
    assert "/subscribe" not in page.partition("<main")[2].partition("<footer")[0]
    answer = client.get("/preview/entries/pages/about", **HOST)  # type: ignore[arg-type]
    assert answer.status_code == 404


EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&{{7*7}}"


def test_no_markup_of_a_file_becomes_markup_of_a_page(
    client: FlaskClient, content: Path, indexer: Indexer
) -> None:
    quoted = json.dumps(EVIL, ensure_ascii=False)
    keys = dict.fromkeys(("category", "author", "slug", "status", "lang", "image", "x<b>"), quoted)
    for name, given in (
        ("title", {"title": json.dumps("a < b & \"c\" 'd' {{7*7}}")}),
        ("tags", {"tags": f"[{quoted}]", "summary": quoted, "author": quoted}),
        ("alt", {"image": f"{{src: media/none.png, alt: {quoted}, caption: {quoted}}}"}),
        ("date", {"date": quoted}),
        ("related", {"related": f"[{quoted}]", "id": quoted}),
        *((f"key-{n}", {key: value}) for n, (key, value) in enumerate(keys.items())),
        ("markup", {"title": quoted}),
    ):
        write_article(content, f"field/{name}.md", f"{EVIL} ![]({EVIL}) [x](<{EVIL}>)", **given)
        write_article(content, f"field/{name}-later.md", date="2026-01-20", **{
            key: value for key, value in given.items() if key != "date"
        })  # fmt: skip
    write_article(content, f"field/{EVIL.replace('/', '')}.md", date="x")
    indexer.scan()
    slugs = re.findall(r'href="/preview/articles/([^"]+)"', shown(client, "/preview"))
    addresses = [
        "/preview",
        "/preview?state=broken",
        "/preview/calendar",
        *(f"/preview/{kind}/{slug}" for slug in slugs for kind in ("articles", "entries")),
    ]
    assert len(slugs) > 5
    for address in addresses:
        page = shown(client, address)
        scripts = [known for tag, known in Elements(page).tags if tag == "script"]
        assert scripts == [{"src": "/preview/reload.js", "defer": None}], address
        assert not [
            name
            for _, known in Elements(page).tags
            for name in known
            if name.startswith("on") or name == "style"
        ], address
        assert "alert(2)&gt;" in page or "onerror=alert" not in page
        assert "49" not in re.findall(r"\b49\b", page)
    for query in (EVIL, "&#34;><b>"):
        answer = client.get("/preview", query_string={"q": query, "state": query}, **HOST)  # type: ignore[arg-type]
        assert "<script>alert" not in answer.text
        assert "<b>" not in answer.text


def test_code_is_isolated_and_a_line_to_paste_stands_alone(
    client: FlaskClient, content: Path, indexer: Indexer
) -> None:
    write_article(content, "field/a.md", date="غدًا الساعة 5")
    write_article(content, "field/b.md", category="econmy")
    write_article(content, "field/c.md", category='"\\u2069econmy"')
    indexer.scan()
    page = shown(client, "/preview")
    assert 'اكتب مثلًا: <bdi dir="ltr">2025-12-20 14:30</bdi>' in page
    assert "«<bdi>غدًا الساعة 5</bdi>»" in page
    assert '<pre dir="ltr"><code>category: economy</code></pre>' in page
    assert not re.search("[\u2066-\u2069]", page)
    assert page.count("<bdi") == page.count("</bdi>")


@pytest.mark.parametrize(
    "address",
    ["/preview", "/preview?state=draft&q=x", "/preview/calendar", "/preview/articles/out",
     "/preview/entries/out", "/preview/state", "/preview/reload.js", "/preview/none", "/"],
)  # fmt: skip
def test_pages_are_this_machines_alone_and_run_no_script_of_theirs(
    client: FlaskClient, states: None, address: str
) -> None:
    answer = client.get(address, **HOST)  # type: ignore[arg-type]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    if address.startswith("/preview") and answer.status_code == 200:
        assert answer.headers.get("Cache-Control", "no-store").startswith("no-store")
    if "html" in answer.headers["Content-Type"]:
        elements = Elements(answer.text).tags
        assert all(known.get("src") for tag, known in elements if tag == "script")
        assert not [known for tag, known in elements if tag == "style" or "style" in known]
    for host, remote in (("evil.example", "127.0.0.1"), ("127.0.0.1:8010", "192.0.2.1")):
        refused = client.get(
            address, headers={"Host": host}, environ_overrides={"REMOTE_ADDR": remote}
        )
        assert refused.status_code == 403


def test_pages_can_be_used_without_scripts_or_eyes(client: FlaskClient, states: None) -> None:
    for address in (
        "/preview?q=field",
        "/preview/calendar",
        "/preview/articles/out",
        "/preview/entries/out",
    ):
        page = shown(client, address)
        elements = Elements(page).tags
        assert ("html", {"lang": "ar", "dir": "rtl"}) in elements
        assert sum(tag == "h1" for tag, _ in elements) == 1
        assert sum(tag == "main" for tag, _ in elements) == 1
        assert all(known.get("scope") for tag, known in elements if tag == "th")
        assert all("alt" in known for tag, known in elements if tag == "img")
        named = [known.get("aria-label") for tag, known in elements if tag == "nav"]
        assert all(named)
        assert len(named) == len(set(named))
        ids = [known["id"] for _, known in elements if "id" in known]
        assert len(ids) == len(set(ids))
        for tag, known in elements:
            if tag == "input" and known.get("type") != "hidden":
                assert known.get("aria-label")
