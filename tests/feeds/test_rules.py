"""The rules of each format's specification, checked on every kind of feed."""

import json
import re
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

import feed_factories as make
from feedservice.feeds.feed import Attachment, Person
from feedservice.feeds.formats import ATOM, FORMATS, JSON, RSS

SCHEMA = etree.RelaxNG(file=str(Path(__file__).with_name("atom.rng")))
ATOM_NS = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
RFC_822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d \+0000"
)
FEEDS = pytest.mark.parametrize("build", [make.full_feed, make.empty_feed, make.summary_feed])


def absolute(url: str | None) -> bool:
    parts = urlsplit(url or "")
    return parts.scheme in ("http", "https") and bool(parts.netloc) and (url or "").isascii()


@FEEDS
def test_rss_keeps_the_rules_of_the_advisory_board(build) -> None:
    root = etree.fromstring(RSS.render(build()))
    assert (root.tag, root.get("version"), len(root)) == ("rss", "2.0", 1)
    channel = root[0]
    once = [child.tag for child in channel if child.tag not in ("item", f"{ATOM_NS}link")]
    assert len(once) == len(set(once))
    for name in ("title", "link", "description", "language", "lastBuildDate", "generator", "ttl"):
        assert channel.findtext(name), name
    assert RFC_822.fullmatch(channel.findtext("lastBuildDate", ""))
    assert channel.findtext("ttl", "").isdigit()
    (itself,) = [link for link in channel.iterfind(f"{ATOM_NS}link") if link.get("rel") == "self"]
    assert itself.get("type") == RSS.media_type
    image = channel.find("image")
    if image is not None:
        assert image.findtext("title") == channel.findtext("title")
        assert image.findtext("link") == channel.findtext("link")
        assert absolute(image.findtext("url"))
    guids = [item.findtext("guid") for item in channel.iterfind("item")]
    assert all(guids)
    assert len(guids) == len(set(guids))
    # Items come after everything else of the channel, so that a reader knows the channel when it
    # meets the first.
    tags = [child.tag for child in channel]
    assert "item" not in tags[: len(tags) - tags.count("item")]


@FEEDS
def test_rss_items_keep_the_rules_of_the_advisory_board(build) -> None:
    for item in etree.fromstring(RSS.render(build())).iterfind("channel/item"):
        repeatable = (
            "category",
            f"{ATOM_NS}link",
            "{http://purl.org/dc/elements/1.1/}creator",
            f"{MEDIA}content",
        )
        once = [child.tag for child in item if child.tag not in (*repeatable, f"{MEDIA}thumbnail")]
        assert len(once) == len(set(once))
        assert item.findtext("title") or item.findtext("description")
        assert absolute(item.findtext("link"))
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"
        assert RFC_822.fullmatch(item.findtext("pubDate", ""))
        assert parsedate_to_datetime(item.findtext("pubDate", "")).utcoffset() is not None
        assert item.find("author") is None  # it must be an e-mail address
        for enclosure in item.iterfind("enclosure"):
            assert set(enclosure.attrib) == {"url", "length", "type"}
            assert str(enclosure.get("length")).isdigit()
        encoded = "{http://purl.org/rss/1.0/modules/content/}encoded"
        if encoded in once and "description" in once:
            assert once.index("description") < once.index(encoded)
        for content in item.iter(f"{MEDIA}content"):
            assert (
                content.getparent() is item
            )  # never grouped: a group means one thing in several forms
            assert content.get("medium") in ("image", "audio", "video", "document")


@FEEDS
@pytest.mark.parametrize("form", [RSS, ATOM], ids=["rss", "atom"])
def test_every_address_is_absolute_and_ascii(form, build) -> None:
    root = etree.fromstring(form.render(build()))
    found = [
        node.get(name)
        for node in root.iter()
        for name in ("href", "url", "domain", "scheme")
        if node.get(name)
    ]
    found += [
        node.text
        for node in root.iter("link", "url", f"{ATOM_NS}icon", f"{ATOM_NS}logo", f"{ATOM_NS}uri")
    ]
    assert found
    assert [url for url in found if not absolute(url)] == []


@FEEDS
def test_atom_is_valid_by_its_schema(build) -> None:
    document = etree.fromstring(ATOM.render(build()))
    assert SCHEMA.validate(document), SCHEMA.error_log


@pytest.mark.parametrize(
    ("valid", "broken"),
    [
        (b"<id>tag:news.example,2025:/</id>", b""),
        (b"</entry>", b"<updated>yesterday</updated></entry>"),
        (b'type="html"', b'type="CDATA"'),
        (b'<link rel="related"', b"<link"),
        (b"<author>", b"<author><name>x</name>"),
        (b'rel="enclosure" type="image/jpeg"', b'rel="enclosure" type="picture"'),
    ],
)
def test_the_schema_refuses_what_is_no_atom(valid: bytes, broken: bytes) -> None:
    document = ATOM.render(make.full_feed())
    assert valid in document
    spoilt = etree.fromstring(document.replace(valid, broken))
    # A second alternate is what §4.1.2 forbids in prose: same type and language.
    alternates = spoilt.xpath(
        "a:entry[count(a:link[@rel='alternate' or not(@rel)]) > 1]", namespaces={"a": ATOM_NS[1:-1]}
    )
    assert alternates or not SCHEMA.validate(spoilt)


@FEEDS
def test_atom_keeps_the_rules_that_its_schema_cannot_say(build) -> None:
    document = ATOM.render(build())
    root = etree.fromstring(document)
    assert root.nsmap[None] == ATOM_NS[1:-1]
    assert b"<atom:" not in document
    assert (
        root.find(f"{ATOM_NS}author") is not None
    )  # §4.1.1: entries without an author have the feed's
    assert [
        link.get("type") for link in root.iterfind(f"{ATOM_NS}link") if link.get("rel") == "self"
    ] == [ATOM.media_type]
    ids = [entry.findtext(f"{ATOM_NS}id") for entry in root.iterfind(f"{ATOM_NS}entry")]
    assert len(ids) == len(set(ids))
    for entry in root.iterfind(f"{ATOM_NS}entry"):
        # §4.1.2: at most one alternate of a type and language; readers want at most one at all.
        (alternate,) = [
            link for link in entry.iterfind(f"{ATOM_NS}link") if link.get("rel") == "alternate"
        ]
        assert alternate.get("type") == "text/html"
        assert entry.findtext(f"{ATOM_NS}published", "") <= entry.findtext(f"{ATOM_NS}updated", "")


@FEEDS
def test_archives_are_marked_in_both_xml_formats(build) -> None:
    feed = build()
    for form in (RSS, ATOM):
        marks = list(
            etree.fromstring(form.render(feed)).iter(
                "{http://purl.org/syndication/history/1.0}archive"
            )
        )
        assert len(marks) == feed.archive


@FEEDS
def test_json_feed_keeps_the_rules_of_version_1_1(build) -> None:
    feed = build()
    document = json.loads(JSON.render(feed))
    known = {"version", "title", "home_page_url", "feed_url", "description", "next_url", "icon", "favicon", "authors",
             "language", "hubs", "items"}  # fmt: skip
    assert [key for key in document if key not in known and not key.startswith("_")] == []
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["title"] == feed.title
    assert isinstance(document["items"], list)
    assert all(
        set(hub) == {"type", "url"} and hub["type"] == "WebSub" for hub in document.get("hubs", [])
    )
    assert document.get("next_url") != document["feed_url"]
    known = {"id", "url", "title", "content_html", "content_text", "summary", "image", "date_published",
             "date_modified", "authors", "tags", "language", "attachments"}  # fmt: skip
    for item in document["items"]:
        assert [key for key in item if key not in known and not key.startswith("_")] == []
        assert isinstance(item["id"], str)
        assert item.get("content_html") or item.get("content_text")
        assert all(author.keys() & {"name", "url"} for author in item.get("authors", []))
        assert all(file["url"] and file["mime_type"] for file in item.get("attachments", []))
        assert all(
            isinstance(file.get("size_in_bytes", 0), int) for file in item.get("attachments", [])
        )


def test_json_names_the_type_of_a_file_even_where_it_is_unknown() -> None:
    files = (Attachment(url="https://n.example/a", media_type=""),)
    document = json.loads(JSON.render(make.feed(make.item(attachments=files))))
    assert document["items"][0]["attachments"] == [
        {"url": "https://n.example/a", "mime_type": "application/octet-stream"}
    ]


def test_json_gives_an_author_without_a_page_their_mail_address() -> None:
    people = (Person(name="سليم", email="s@news.example"),)
    document = json.loads(JSON.render(make.feed(make.item(authors=people))))
    assert document["items"][0]["authors"] == [{"name": "سليم", "url": "mailto:s@news.example"}]


def test_json_text_is_readable_as_it_stands() -> None:
    assert "التحالف الدولي" in JSON.render(make.full_feed()).decode()


def test_formats_have_the_names_suffixes_and_types_that_the_world_knows() -> None:
    assert [
        (name, form.name, form.suffix, form.content_type) for name, form in FORMATS.items()
    ] == [
        ("rss", "rss", ".rss", "application/rss+xml; charset=utf-8"),
        ("atom", "atom", ".atom", "application/atom+xml; charset=utf-8"),
        ("json", "json", ".json", "application/feed+json; charset=utf-8"),
    ]
    with pytest.raises(TypeError):
        FORMATS["rss"] = RSS  # type: ignore[index]
