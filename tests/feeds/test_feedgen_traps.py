"""The ten traps of feedgen 1.0.0: each is mended in our documents, and still there in feedgen's
own.

One check for each trap runs twice: on what we render, where it must hold, and on what feedgen makes
of the same feed in the plain way, where it must fail. So no check can pass by accident, and a
feedgen that mends a trap is noticed.
"""

import json
import locale
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import feedgen.entry
import feedgen.feed
import pytest
from feedgen.feed import FeedGenerator
from lxml import etree

import feed_factories as make
from feedservice.feeds.feed import Feed
from feedservice.feeds.formats import ATOM, JSON, RSS

NS = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}


class Made(NamedTuple):
    """A feed and makers of its documents, parsed."""

    feed: Feed
    rss: Callable[[], etree._Element]
    atom: Callable[[], etree._Element]


def ours(feed: Feed) -> Made:
    return Made(
        feed,
        lambda: etree.fromstring(RSS.render(feed)),
        lambda: etree.fromstring(ATOM.render(feed)),
    )


def plain(feed: Feed) -> Made:
    """The feed as feedgen's documentation shows how to make one."""

    def generator() -> FeedGenerator:
        fg = FeedGenerator()
        fg.load_extension("media")
        fg.id(feed.id)
        fg.title(feed.title)
        fg.link(href=feed.page_url, rel="alternate")
        fg.link(href=feed.self_url, rel="self")
        for hub in feed.hubs:
            fg.link(href=hub, rel="hub")
        fg.description(feed.description or feed.title)
        for item in feed.items:
            entry = fg.add_entry()
            entry.id(item.atom_id)
            entry.title(item.title)
            entry.link(href=item.url, rel="alternate")
            for link in item.related:
                entry.link(href=link.url, rel="related", title=link.title, type="text/html")
            entry.content(item.html, type="CDATA")
            entry.description(item.summary)
            entry.published(item.published)
            for person in item.authors:
                entry.author(name=person.name)
            if item.image:
                entry.media.content(url=item.image.url, medium="image")
                entry.media.thumbnail(url=item.image.url)
        return fg

    return Made(
        feed,
        lambda: etree.fromstring(generator().rss_str()),
        lambda: etree.fromstring(generator().atom_str()),
    )


def links_of_atom_entries_keep_their_attributes(made: Made) -> None:
    related = made.atom().xpath("a:entry/a:link[@rel='related']", namespaces=NS)
    assert [(link.get("href"), link.get("title"), link.get("type")) for link in related] == [
        (link.url, link.title, "text/html")
        for item in made.feed.items
        for link in (*item.related, *item.translations)
    ]


def there_is_one_alternate_in_each_atom_entry(made: Made) -> None:
    for entry, item in zip(made.atom().iterfind("a:entry", NS), made.feed.items, strict=True):
        alternates = entry.xpath("a:link[@rel='alternate' or not(@rel)]/@href", namespaces=NS)
        assert alternates == [item.url]


def the_link_of_the_channel_is_its_page(made: Made) -> None:
    assert made.rss().findtext("channel/link") == made.feed.page_url


def the_channel_names_its_hubs_and_archives(made: Made) -> None:
    links = made.rss().xpath("channel/a:link/@rel", namespaces=NS)
    assert links == [
        "self",
        *["hub"] * len(made.feed.hubs),
        "next",
        "prev-archive",
        "next-archive",
        "current",
    ]


def rss_items_name_what_is_related(made: Made) -> None:
    links = made.rss().xpath("channel/item/a:link[@rel='related']/@href", namespaces=NS)
    assert links == [
        link.url for item in made.feed.items for link in (*item.related, *item.translations)
    ]


def the_feed_is_dated_by_its_content(made: Made) -> None:
    assert datetime.fromisoformat(made.atom().findtext("a:updated", "", NS)) == made.feed.updated


def the_channel_is_dated_by_its_content(made: Made) -> None:
    dates = [element.text for element in made.rss().iterfind("channel/lastBuildDate")]
    assert dates == [made.feed.updated.strftime("%a, %d %b %Y %H:%M:%S +0000")]


def entries_are_dated_by_their_content(made: Made) -> None:
    dates = [
        datetime.fromisoformat(text)
        for text in made.atom().xpath("a:entry/a:updated/text()", namespaces=NS)
    ]
    assert dates == [item.updated for item in made.feed.items]


def the_order_is_the_feeds(made: Made) -> None:
    assert made.rss().xpath("channel/item/guid/text()") == [item.id for item in made.feed.items]
    assert made.atom().xpath("a:entry/a:id/text()", namespaces=NS) == [
        item.atom_id for item in made.feed.items
    ]


def the_locale_is_left_alone(made: Made) -> None:
    with pytest.MonkeyPatch.context() as patch:

        def swapped(*_: object) -> str:
            raise AssertionError("the locale of the process was touched")

        patch.setattr(feedgen.feed, "formatRFC2822", swapped)
        patch.setattr(feedgen.entry, "formatRFC2822", swapped)
        patch.setattr(locale, "setlocale", swapped)
        made.rss()
        made.atom()


def authors_without_an_address_stay_in_rss(made: Made) -> None:
    names = made.rss().xpath("channel/item[1]/dc:creator/text()", namespaces=NS)
    assert names == [person.name for person in made.feed.items[0].authors]


def the_type_of_content_is_one_that_atom_knows(made: Made) -> None:
    types = made.atom().xpath("a:entry/*[self::a:content or self::a:summary]/@type", namespaces=NS)
    assert types
    assert set(types) <= {"text", "html", "xhtml"}


def summary_and_full_text_stand_beside_each_other(made: Made) -> None:
    item = made.feed.items[0]
    entry = made.atom().find("a:entry", NS)
    assert entry is not None
    assert (entry.findtext("a:summary", None, NS), entry.findtext("a:content", None, NS)) == (
        item.summary,
        item.html,
    )


def media_are_not_grouped(made: Made) -> None:
    item = made.rss().find("channel/item")
    assert item is not None
    assert item.find("media:content", NS) is not None
    assert item.find("media:thumbnail", NS) is not None
    assert item.find("media:group", NS) is None


CHECKS = (
    links_of_atom_entries_keep_their_attributes,
    there_is_one_alternate_in_each_atom_entry,
    the_link_of_the_channel_is_its_page,
    the_channel_names_its_hubs_and_archives,
    rss_items_name_what_is_related,
    the_feed_is_dated_by_its_content,
    the_channel_is_dated_by_its_content,
    entries_are_dated_by_their_content,
    the_order_is_the_feeds,
    the_locale_is_left_alone,
    authors_without_an_address_stay_in_rss,
    the_type_of_content_is_one_that_atom_knows,
    summary_and_full_text_stand_beside_each_other,
    media_are_not_grouped,
)
named = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)


@named
def test_our_documents_are_free_of_the_trap(check: Callable[[Made], None]) -> None:
    check(ours(make.full_feed()))


@named
def test_plain_feedgen_falls_into_the_trap(check: Callable[[Made], None]) -> None:
    with pytest.raises(AssertionError):
        check(plain(make.full_feed()))


SPOILT = {
    "a forbidden character": {"title": "عنوان\x0b"},
    "a lone surrogate": {"html": "<p>\ud83d</p>"},
    "no id": {"id": "", "atom_id": ""},
    "no address": {"url": ""},
    "no title": {"title": None},
    "no date": {"published": None},
    "a date without a zone": {"published": datetime(2025, 12, 1)},  # noqa: DTZ001 - that is the fault
}


@pytest.mark.parametrize("fault", SPOILT.values(), ids=SPOILT)
@pytest.mark.parametrize("form", [RSS, ATOM], ids=["rss", "atom"])
def test_a_bad_item_costs_only_itself_and_is_reported(form, fault) -> None:
    bad = make.full_item(**fault)
    reports = []
    left = form.render(make.feed(make.item("one"), bad, make.item("two"), updated=datetime(2025, 12, 2, tzinfo=UTC)),
                       report=lambda item, error: reports.append((item, type(error))))  # fmt: skip
    assert left == form.render(
        make.feed(make.item("one"), make.item("two"), updated=datetime(2025, 12, 2, tzinfo=UTC))
    )
    assert [item for item, _ in reports] == [bad]


def test_a_bad_item_costs_only_itself_in_json_too() -> None:
    reports = []
    bad = make.full_item(html="<p>\ud83d</p>")
    document = JSON.render(
        make.feed(make.item("two"), bad), report=lambda item, _: reports.append(item)
    )
    assert [item["url"] for item in json.loads(document)["items"]] == [make.item("two").url]
    assert reports == [bad]


def test_plain_feedgen_loses_the_feed_for_one_bad_item() -> None:
    for fault in ("a forbidden character", "no title"):
        made = plain(make.feed(make.item("one"), make.full_item(**SPOILT[fault])))
        with pytest.raises((ValueError, TypeError)):
            made.atom()


def test_without_a_report_the_log_is_told_of_a_bad_item(caplog: pytest.LogCaptureFixture) -> None:
    RSS.render(make.feed(make.item("spoilt", title="\x00")))
    assert "spoilt" in caplog.text
