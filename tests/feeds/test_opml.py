from lxml import etree

from feedservice.feeds import opml
from feedservice.feeds.page import Alternate, FeedRow

BASE = "https://news.example/sub"


def row(path: str, feed: str, **overrides: str) -> FeedRow:
    alternates = (
        Alternate(path=f"{feed}.atom", media_type="application/atom+xml", title="Atom"),
        Alternate(path=f"{feed}.rss", media_type="application/rss+xml", title="RSS"),
    )
    values = {"title": "ميداني", "description": "أخبار & تقارير", "kind": "category"} | overrides
    return FeedRow(path=path, alternates=alternates, **values)


def test_each_list_is_an_outline_with_the_address_of_its_rss_feed() -> None:
    rows = (
        row("/", "/feed", title="أخبار", kind="site"),
        row("/categories/field", "/categories/field"),
    )
    root = etree.fromstring(opml.render("أخبار المثال", rows, BASE, language="ar"))
    assert (root.tag, root.get("version"), root.findtext("head/title")) == (
        "opml",
        "2.0",
        "أخبار المثال",
    )
    first, second = root.findall("body/outline")
    assert first.attrib["xmlUrl"] == f"{BASE}/feed.rss"
    assert second.attrib == {
        "type": "rss",
        "text": "ميداني",
        "title": "ميداني",
        "xmlUrl": f"{BASE}/categories/field.rss",
        "htmlUrl": f"{BASE}/categories/field",
        "description": "أخبار & تقارير",
        "language": "ar",
    }


def test_what_is_unknown_is_left_out() -> None:
    (outline,) = etree.fromstring(
        opml.render("x", (row("/", "/feed", description=""),), BASE)
    ).iter("outline")
    assert not {"description", "language"} & set(outline.attrib)


def test_a_list_without_an_rss_feed_is_no_subscription() -> None:
    without = FeedRow(title="x", description="", path="/x", kind="tag", alternates=())
    assert etree.fromstring(opml.render("x", (without,), BASE)).findall("body/outline") == []


def test_the_type_is_that_of_opml() -> None:
    assert opml.MEDIA_TYPE == "text/x-opml; charset=utf-8"
