"""What a reader's library finds in our documents is what was put in."""

import json
from html import unescape
from typing import Any

import feedparser
import pytest
from lxml import etree

import feed_factories as make
from feedservice.domain import direction
from feedservice.feeds.feed import Attachment, Feed
from feedservice.feeds.formats import ATOM, JSON, RSS, Format

XML = pytest.mark.parametrize("form", [RSS, ATOM], ids=["rss", "atom"])
FEEDS = pytest.mark.parametrize("build", [make.full_feed, make.empty_feed, make.summary_feed])
NS = {
    "a": "http://www.w3.org/2005/Atom",
    "media": "http://search.yahoo.com/mrss/",
}


def parsed(form: Format, feed: Feed) -> Any:
    # Otherwise feedparser takes `dir` and `lang` out, and turns the summary into what it thinks is
    # meant.
    return feedparser.parse(
        form.render(feed), sanitize_html=False, response_headers={"content-type": form.content_type}
    )


@XML
@FEEDS
def test_a_reader_finds_no_fault(form: Format, build) -> None:
    result = parsed(form, build())
    assert not result.bozo, result.get("bozo_exception")
    assert result.version == {"rss": "rss20", "atom": "atom10"}[form.name]
    assert result.encoding == "utf-8"


@XML
def test_a_reader_finds_the_feed(form: Format) -> None:
    feed = make.full_feed()
    found = parsed(form, feed).feed
    assert (found.title, found.link, found.language) == (feed.title, feed.page_url, feed.language)
    assert unescape(found.subtitle) == feed.description
    assert found.rights == feed.copyright
    assert found.generator == "feedservice"
    assert found.updated_parsed[:6] == feed.updated.timetuple()[:6]
    links = [(link.rel, link.href) for link in found.links]
    for expected in [
        ("self", feed.self_url),
        *(("hub", hub) for hub in feed.hubs),
        ("next", feed.next_url),
        ("prev-archive", feed.previous_archive_url),
        ("next-archive", feed.next_archive_url),
        ("current", feed.current_url),
    ]:
        assert links.count(expected) == 1


@XML
@FEEDS
def test_a_reader_finds_every_entry(form: Format, build) -> None:
    feed = build()
    found = parsed(form, feed).entries
    assert len(found) == len(feed.items)
    for entry, item in zip(found, feed.items, strict=True):
        assert entry.title == item.title
        assert entry.link == item.url
        assert entry.id == (item.id if form is RSS else item.atom_id)
        assert entry.published_parsed[:6] == item.published.timetuple()[:6]
        assert entry.updated_parsed[:6] == item.updated.timetuple()[:6]
        # RSS's description is HTML, Atom's summary is not.
        summary = entry.get("summary", "")
        assert (unescape(summary) if form is RSS else summary) == item.summary
        assert [content.value for content in entry.get("content", ())] == (
            [item.html] if item.html else []
        )
        assert [tag.label or tag.term for tag in entry.get("tags", ())] == [
            term.label for term in item.terms
        ]
        assert [author.get("name") for author in entry.get("authors", ()) if author] == [
            p.name for p in item.authors
        ]


@XML
def test_a_reader_finds_related_pages_in_order_and_then_translations(form: Format) -> None:
    item = make.full_item()
    (entry,) = parsed(form, make.feed(item)).entries
    found = [
        (link.href, link.title, link.type, link.get("hreflang", ""))
        for link in entry.links
        if link.rel == "related"
    ]
    assert found == [
        (link.url, link.title, "text/html", link.language)
        for link in (*item.related, *item.translations)
    ]


def test_a_podcast_client_finds_the_recording_in_rss() -> None:
    (entry,) = parsed(RSS, make.feed(make.full_item())).entries
    assert [(e.href, e.type, e.length) for e in entry.enclosures] == [
        ("https://news.example/media/statement.mp3", "audio/mpeg", "0")
    ]
    assert [content["url"] for content in entry.media_content] == [
        "https://news.example/media/strike.jpg",
        "https://news.example/media/report.pdf",
        "https://cdn.example/map.png",
    ]


def test_the_first_file_is_the_enclosure_where_there_is_no_recording() -> None:
    files = (
        Attachment(url="https://n.example/a", media_type=""),
        Attachment(url="https://n.example/b", media_type="x/y"),
    )
    (entry,) = parsed(RSS, make.feed(make.item(attachments=files))).entries
    assert [(e.href, e.type, e.length) for e in entry.enclosures] == [
        ("https://n.example/a", "application/octet-stream", "0")
    ]


def test_a_reader_finds_all_files_in_atom() -> None:
    (entry,) = parsed(ATOM, make.feed(make.full_item())).entries
    assert [(e.href, e.type, e.get("length")) for e in entry.enclosures] == [
        ("https://news.example/media/strike.jpg", "image/jpeg", "48213"),
        ("https://news.example/media/report.pdf", "application/pdf", "9120"),
        ("https://news.example/media/statement.mp3", "audio/mpeg", None),
        ("https://cdn.example/map.png", "image/png", None),
    ]


@XML
def test_a_reader_finds_the_picture_its_size_caption_and_credit(form: Format) -> None:
    item = make.full_item(attachments=())
    (entry,) = parsed(form, make.feed(item)).entries
    image = item.image
    assert image is not None
    assert entry.media_content == [
        {
            "url": image.url,
            "type": image.media_type,
            "filesize": "48213",
            "medium": "image",
            "width": "1200",
            "height": "675",
        }
    ]
    assert entry.media_thumbnail == [{"url": image.url, "width": "1200", "height": "675"}]
    root = etree.fromstring(form.render(make.feed(item)))
    assert root.findtext(".//media:description", None, NS) == image.caption
    assert root.findtext(".//media:title", None, NS) == image.alt
    assert root.findtext(".//media:credit", None, NS) == image.credit


@XML
def test_the_alternative_text_describes_a_picture_without_a_caption(form: Format) -> None:
    image = Attachment(url="https://n.example/a.png", media_type="image/png", alt="خريطة")
    root = etree.fromstring(form.render(make.feed(make.item(image=image))))
    assert root.findtext(".//media:description", None, NS) == "خريطة"
    assert root.find(".//media:title", NS) is None


@XML
@pytest.mark.parametrize(
    "texts", [{"html": ""}, {"summary": ""}, {"html": "", "summary": ""}], ids=str
)
def test_a_caption_is_not_taken_for_the_summary_or_the_full_text(
    form: Format, texts: dict[str, str]
) -> None:
    item = make.full_item(**texts)
    assert item.image is not None
    document = form.render(make.feed(item)).decode()
    assert document.count(f">{item.image.caption}<") == 1
    (entry,) = parsed(form, make.feed(item)).entries
    assert item.image.caption not in entry.get("summary", "")
    assert [content.value for content in entry.get("content", ())] == (
        [item.html] if item.html else []
    )


@XML
def test_only_an_item_in_another_language_names_it(form: Format) -> None:
    root = etree.fromstring(form.render(make.full_feed()))
    entries = root.findall("channel/item") or root.findall("a:entry", NS)
    assert [entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in entries] == [
        None,
        "en",
        None,
    ]


def test_the_language_of_the_feed_decides_which_item_names_its_own() -> None:
    feed = make.feed(make.item(), make.english_item(), language="en")
    for form in (RSS, ATOM):
        root = etree.fromstring(form.render(feed))
        entries = root.findall("channel/item") or root.findall("a:entry", NS)
        assert [entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in entries] == [
            "ar",
            None,
        ]
    assert [item.get("language") for item in json.loads(JSON.render(feed))["items"]] == ["ar", None]


def test_a_plain_text_summary_is_escaped_as_html_in_rss() -> None:
    summary = "وسم <b> و &amp; و 3 < 5"
    root = etree.fromstring(RSS.render(make.feed(make.item(summary=summary))))
    assert root.findtext("channel/item/description") == "وسم &lt;b&gt; و &amp;amp; و 3 &lt; 5"


def test_withdrawn_entries_are_named_in_atom_and_json_only() -> None:
    feed = make.full_feed()
    (stone,) = feed.tombstones
    ns = {"at": "http://purl.org/atompub/tombstones/1.0"}
    (deleted,) = etree.fromstring(ATOM.render(feed)).iterfind("at:deleted-entry", ns)
    assert (deleted.get("ref"), deleted.get("when")) == (stone.atom_id, "2025-12-02T09:00:00+00:00")
    assert json.loads(JSON.render(feed))["_feedservice"]["deleted"] == [
        {"id": stone.id, "url": stone.url, "date": "2025-12-02T09:00:00+00:00"}
    ]
    assert stone.url.encode() not in RSS.render(feed)


@XML
def test_a_title_keeps_the_mark_that_turns_it_from_right_to_left(form: Format) -> None:
    title = direction.mark("NATO تعلن", direction.direction("ar"))
    assert title[0] == "\u200f"
    (entry,) = parsed(form, make.feed(make.item(title=title))).entries
    assert entry.title == title
