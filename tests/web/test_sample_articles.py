"""What the sample site's articles tell newcomers of following it is true of that very site."""

import re
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
from flask.testing import FlaskClient
from lxml import html

from factories import moment
from feedservice.content.files import ContentFiles
from feedservice.feeds.formats import FORMATS
from feedservice.index.engine import open_engine
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.publishing.publisher import Publisher
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app

CONTENT = Path(__file__).parents[2] / "content"
WHAT_IS_RSS = CONTENT / "technology" / "2026-01-10-what-is-rss.md"
FOLLOW_US = CONTENT / "guide" / "2026-01-12-follow-us.md"
NOW = moment("2026-03-01")
TYPES = [form.media_type for form in FORMATS.values()]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    file = tmp_path_factory.mktemp("sample") / "index.sqlite3"
    index = IndexWriter(open_engine(f"sqlite:///{file}", readonly=False))
    index.prepare()
    Indexer(ContentFiles(CONTENT), index, lambda: NOW, pause=lambda _: None).scan()
    publisher = Publisher(index, lambda: NOW)
    app = create_app(publisher, lambda _: None)
    yield around(app, publisher.known, lambda: NOW).test_client()
    index.close()


def page(reader: FlaskClient, path: str) -> html.HtmlElement:
    answer = reader.get(path)
    assert answer.status_code == 200, path
    assert answer.content_type == "text/html; charset=utf-8"
    return html.document_fromstring(answer.text)


def test_a_reader_that_is_given_the_sites_address_finds_the_feed_alone(reader: FlaskClient) -> None:
    assert "سيعثر على الخلاصة وحده" in WHAT_IS_RSS.read_text(encoding="utf-8")
    links = page(reader, "/").xpath("//head/link[@rel='alternate']")
    assert [each.get("type") for each in links] == TYPES
    for each in links:
        answer = reader.get(each.get("href"))
        assert answer.mimetype == each.get("type")
        found = feedparser.parse(answer.data)
        assert found.version or answer.is_json
        # Title, address, date and an id that stays; and the whole text.
        assert all(e.title and e.link and e.id and e.published and e.content for e in found.entries)
        again = reader.get(each.get("href"), headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_every_address_that_the_guide_names_is_a_feed_of_its_page(reader: FlaskClient) -> None:
    text = FOLLOW_US.read_text(encoding="utf-8")
    named = re.findall(r"`(/[^`]+)`", text)
    assert len(named) > 6
    for address in named:
        answer = reader.get(address)
        assert (answer.status_code, answer.mimetype in TYPES) == (200, True), address
        ((path, suffix, query),) = re.findall(r"\A(.+?)(\.\w+)(\?.*)?\Z", address)
        list_page = page(reader, ("/" if path == "/feed" else path) + query)
        feeds = [reader.get(each) for each in list_page.xpath("//link[@rel='alternate']/@href")]
        assert answer.data in [each.data for each in feeds], (address, suffix)


def test_each_page_leads_to_subscribing_and_that_page_has_the_addresses(
    reader: FlaskClient,
) -> None:
    assert "[صفحة الاشتراك](/subscribe)" in FOLLOW_US.read_text(encoding="utf-8")
    for path in ("/", "/categories/heritage", f"/articles/{WHAT_IS_RSS.stem}"):
        (way,) = page(reader, path).xpath("//p[@class='subscribe']/a/@href")
        shown = page(reader, way).xpath("//input[@readonly]/@value")
        assert shown, path
        for url in shown:
            assert reader.get(re.sub(r"^https?://[^/]+", "", url)).mimetype in TYPES


def test_a_browser_is_given_a_feed_as_programs_are(reader: FlaskClient) -> None:
    assert "المتصفّح في الغالب ينزّله ملفًّا ولا يعرضه" in FOLLOW_US.read_text(encoding="utf-8")
    for form in FORMATS.values():
        answer = reader.get(f"/feed{form.suffix}", headers={"Accept": "text/html,*/*;q=0.8"})
        assert answer.mimetype == form.media_type
        assert b"xml-stylesheet" not in answer.data
